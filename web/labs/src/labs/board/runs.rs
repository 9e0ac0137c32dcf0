//! The runs that are kept, what sets each apart, and sweeps of one setting.

use super::{controls::percent, record::Record, run::Board, settings::Settings};
use kit::t;
use leptos::prelude::*;

/// What a sweep changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sweep {
    Rate,
    Width,
    Seed,
}

impl Sweep {
    /// Three runs that differ in one setting; the middle one is as chosen.
    fn settings(self, chosen: &Settings) -> Vec<Settings> {
        let with = |step: i32| {
            let mut next = chosen.clone();
            match self {
                Self::Rate => next.training.learning_rate *= 3f32.powi(step),
                Self::Width => {
                    // Whole heads of at least four numbers each.
                    let least = 4 * next.shape.n_heads;
                    let width = (next.shape.d_model as f32 * 2f32.powi(step)) as usize;
                    next.shape.d_model = (width / next.shape.n_heads * next.shape.n_heads).clamp(least, 256.max(least));
                }
                Self::Seed => next.training.seed = chosen.training.seed.saturating_add((step + 1) as u64),
            }
            next
        };
        [-1, 0, 1].map(with).into()
    }
}

/// Draws the table of runs and the sweeps.
#[component]
pub fn Runs(
    /// Whose.
    board: Board,
) -> impl IntoView {
    let rows = move || {
        board.runs.with(|runs| {
            let row = |(at, run): (usize, &Record)| {
                let before = at.checked_sub(1).and_then(|at| runs.get(at));
                let changes = match before {
                    Some(before) => run.settings.changes(&before.settings).join(", "),
                    None => t!("board.first").to_owned(),
                };
                let changes = if changes.is_empty() { t!("board.unchanged").to_owned() } else { changes };
                let forked = run.forked.map(|(number, step)| t!("board.forked", number = number, step = step));
                let last = run.last();
                let right = last.map(|look| percent(look.exact.unwrap_or(look.right)));
                let loss = last.map(|look| format!("{:.3}", look.loss));
                let settings = run.settings.clone();
                let take = move |_| board.settings.set(settings.clone());
                view! {
                    <tr data-run=run.number.to_string()>
                        <th scope="row">{t!("board.run", number = run.number)}</th>
                        <td>{changes} {forked.map(|words| view! { <br/> {words} })}</td>
                        <td>{run.step()}</td>
                        <td>{right}</td>
                        <td>{loss}</td>
                        <td><button type="button" class="quiet" disabled=move || board.is_running() on:click=take>{t!("board.take")}</button></td>
                    </tr>
                }
            };
            runs.iter().enumerate().map(row).collect::<Vec<_>>()
        })
    };
    let chosen = RwSignal::new(Sweep::Rate);
    let sweeps = [
        ("rate", t!("board.sweep_rate"), Sweep::Rate),
        ("width", t!("board.sweep_width"), Sweep::Width),
        ("seed", t!("board.sweep_seed"), Sweep::Seed),
    ];
    let options = sweeps.map(
        |(id, words, sweep)| view! { <option value=id prop:selected=move || chosen.get() == sweep>{words}</option> },
    );
    let choose = move |event| {
        let id = event_target_value(&event);
        if let Some((.., sweep)) = sweeps.iter().find(|sweep| sweep.0 == id) {
            chosen.set(*sweep);
        }
    };
    let sweep =
        move |_| board.train_each(board.settings.with_untracked(|settings| chosen.get_untracked().settings(settings)));
    view! {
        <fieldset class="board-runs">
            <legend>{t!("board.runs")}</legend>
            <div class="board-scroll" tabindex="0" role="region" aria-label=t!("board.runs")>
                <table>
                    <thead><tr>
                        <th scope="col">{t!("board.run_title")}</th>
                        <th scope="col">{t!("board.changes")}</th>
                        <th scope="col">{t!("board.step")}</th>
                        <th scope="col">{t!("board.right_column")}</th>
                        <th scope="col">{t!("board.val_column")}</th>
                        <th scope="col">{t!("board.settings")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="lab-note">{t!("board.runs_how")}</p>
            <div class="board-actions">
                <label class="board-field board-sweep">
                    <span>{t!("board.sweep")}</span>
                    <select data-field="sweep" on:change=choose>{options}</select>
                </label>
                <button type="button" data-action="sweep" disabled=move || board.is_running() on:click=sweep>{t!("board.sweep_start")}</button>
            </div>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_three_runs_that_can_be_trained_and_differ_in_one_setting() {
        for task in engine_core::tasks::TASKS {
            let chosen = Settings::of_task(task.key);
            for sweep in [Sweep::Rate, Sweep::Width, Sweep::Seed] {
                let all = sweep.settings(&chosen);
                assert_eq!(all.len(), 3);
                for settings in &all {
                    assert_eq!(settings.shape.with_vocab(9).validate(), Ok(()), "{}", task.key);
                    assert!(settings.changes(&chosen).len() <= 1);
                }
                assert!(all[0] != all[1] && all[1] != all[2], "{}: {sweep:?}", task.key);
            }
        }
    }
}
