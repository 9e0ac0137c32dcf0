//! The buttons, and where the run stands: four numbers, words, milestones and the verdict.

use super::{
    milestones::{in_words, milestones, verdict},
    record::Record,
    run::Board,
};
use crate::widgets::{LabState, lines, timing::throttled};
use kit::t;
use leptos::prelude::*;

/// Draws the buttons.
#[component]
pub fn Controls(
    /// What they act on.
    board: Board,
) -> impl IntoView {
    let busy = Signal::derive(move || board.is_running());
    let can_go_on = move || !busy.get() && board.current(Record::can_go_on).unwrap_or_default();
    let changes = Memo::new(move |_| {
        board.settings.with(|now| board.current(|run| now.changes(&run.settings))).unwrap_or_default()
    });
    let train = move || match (board.runs.with(Vec::is_empty), changes.with(Vec::is_empty)) {
        (true, _) => t!("board.train"),
        (_, true) => t!("board.train_again"),
        _ => t!("board.train_changed"),
    };
    let note = move || {
        let changes = changes.get();
        (!changes.is_empty() && !busy.get()).then(|| t!("board.changed", changes = changes.join(", ")))
    };
    let words = move || match board.state.get() {
        LabState::Idle => t!("board.ready").to_owned(),
        LabState::Running => t!("board.running").to_owned(),
        LabState::Failed(_) => String::new(),
        LabState::Done if !board.says.with(String::is_empty) => board.says.get(),
        LabState::Done if can_go_on() => t!("board.paused").to_owned(),
        LabState::Done => t!("board.done").to_owned(),
    };
    view! {
        <div class="board-actions" role="group" aria-label=t!("board.training")>
            <button type="button" class="primary" data-action="train" disabled=busy on:click=move |_| board.train()>{train}</button>
            <button type="button" data-action="pause" disabled=move || !busy.get() on:click=move |_| board.pause()>{t!("board.pause")}</button>
            <button type="button" data-action="resume" disabled=move || !can_go_on() on:click=move |_| board.go_on(None)>{t!("board.resume")}</button>
            <button type="button" data-action="step" disabled=busy on:click=move |_| board.single_step()>{t!("board.single_step")}</button>
            <progress
                aria-label=t!("board.steps_done") hidden=move || !busy.get()
                max=move || board.current(|run| run.settings.training.steps)
                prop:value=move || board.current(|run| f64::from(run.step())).unwrap_or_default()
            ></progress>
        </div>
        <p class="lab-note" role="status" data-output="says">{words}</p>
        <p class="lab-note" data-output="changed" hidden=move || note().is_none()>{note}</p>
    }
}

/// A share as people say it.
pub fn percent(share: f32) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Draws where the run stands.
#[component]
pub fn Standing(
    /// Whose.
    board: Board,
) -> impl IntoView {
    let number = |loss: Option<f32>| loss.map_or("–".to_owned(), |loss| format!("{loss:.3}"));
    let step = move || board.current(|run| t!("board.step_of", step = run.step(), steps = run.settings.training.steps));
    let loss = move || number(board.current(Record::recent_loss).flatten());
    let val = move || number(board.current(|run| run.last().map(|look| look.loss)).flatten());
    let right = move || board.current(|run| run.last().map(|look| percent(look.exact.unwrap_or(look.right)))).flatten();
    let is_task = Memo::new(move |_| board.current(|run| run.settings.is_task()).unwrap_or_default());
    let right_name = move || if is_task.get() { t!("board.exact") } else { t!("board.right") };
    let left = move || {
        board.current(|run| {
            let steps = run.settings.training.steps.saturating_sub(run.step());
            t!("board.seconds", seconds = lines::number((f64::from(steps) * run.ms / 1e3).ceil()))
        })
    };
    let words = move || board.current(|run| in_words(run, board.cursor.get())).unwrap_or_default();
    let spoken = throttled(Signal::derive(move || format!("{} {}", step().unwrap_or_default(), words())), 6000);
    view! {
        <dl class="board-numbers">
            <div><dt>{t!("board.step")}</dt><dd>{step}</dd></div>
            <div><dt>{t!("board.loss")}</dt><dd>{loss} <small>{move || t!("board.validation", loss = val())}</small></dd></div>
            <div><dt>{right_name}</dt><dd data-output="right">{right}</dd></div>
            <div><dt>{t!("board.time_left")}</dt><dd>{left}</dd></div>
        </dl>
        <p class="board-words" data-output="words">{words}</p>
        <p class="chart-spoken" aria-live="polite">{move || spoken.get()}</p>
        <Milestones board/>
        <Remedy board/>
    }
}

#[component]
fn Milestones(board: Board) -> impl IntoView {
    let reached = Memo::new(move |_| board.current(milestones).unwrap_or_default());
    let rows = move || {
        let row = |(step, milestone): (u32, super::milestones::Milestone)| {
            let go = move |_| board.cursor.set(Some(f64::from(step)));
            view! {
                <li data-milestone=milestone.key()>
                    <button type="button" class="quiet" on:click=go>{t!("board.at_step", step = step)}</button>
                    <span>{milestone.words()}</span>
                </li>
            }
        };
        reached.get().into_iter().map(row).collect::<Vec<_>>()
    };
    view! { <ol class="board-milestones" aria-label=t!("board.milestones") hidden=move || reached.with(Vec::is_empty)>{rows}</ol> }
}

#[component]
fn Remedy(board: Board) -> impl IntoView {
    let ended = Memo::new(move |_| {
        if board.is_running() {
            return None;
        }
        board.current(|run| verdict(run).map(|verdict| (verdict, run.settings.clone()))).flatten()
    });
    let shown = move || {
        let (verdict, settings) = ended.get()?;
        let [what, why, button] = verdict.words(settings.is_task());
        let next = verdict.remedy(&settings);
        let changes = next.changes(&settings).join(", ");
        let act = move |_| {
            board.settings.set(next.clone());
            board.train();
        };
        Some(view! {
            <div class="board-verdict" data-verdict=verdict.key()>
                <p><strong>{what}</strong> " " {why}</p>
                <button type="button" class="primary" data-action="remedy" on:click=act>{button}</button>
                <small>{changes}</small>
            </div>
        })
    };
    view! { <div aria-live="polite">{shown}</div> }
}
