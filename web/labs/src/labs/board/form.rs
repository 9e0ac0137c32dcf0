//! What is learned, and with which settings.

use super::{corpus, run::Board, settings::Settings, words};
use crate::decimal;
use engine_core::tasks::TASKS;
use kit::t;
use leptos::prelude::*;

type Put = fn(Settings, f64) -> Settings;

/// Draws the choice of a task or text, and the settings.
#[component]
pub fn Form(
    /// Whose.
    board: Board,
) -> impl IntoView {
    let settings = board.settings;
    let busy = Signal::derive(move || board.is_running());
    let option = move |id: &'static str, title: &'static str| {
        view! { <option value=id prop:selected=move || settings.with(|s| s.source == id)>{title}</option> }
    };
    let tasks: Vec<_> = TASKS.iter().map(|task| option(task.key, words::title(task.key))).collect();
    let texts = corpus::SHIPPED.into_iter().chain([(corpus::OWN, t!("board.own"))]);
    let texts: Vec<_> = texts.map(|(id, title)| option(id, title)).collect();
    let choose = move |id: String| {
        settings.update(|settings| {
            let (seed, own) = (settings.training.seed, std::mem::take(&mut settings.own));
            *settings = Settings::of_task(&id);
            (settings.training.seed, settings.own) = (seed, own);
        });
    };
    let is_own = move || settings.with(|settings| settings.source == corpus::OWN);
    view! {
        <div class="board-source">
            <label class="board-field">
                <span>{t!("board.source")}</span>
                <select data-field="source" disabled=busy on:change:target=move |e| choose(e.target().value())>
                    <optgroup label=t!("board.tasks")>{tasks}</optgroup>
                    <optgroup label=t!("board.texts")>{texts}</optgroup>
                </select>
            </label>
            <p class="lab-note" data-output="tests">{move || settings.with(|settings| words::tests(&settings.source))}</p>
            <label class="board-field" hidden=move || !is_own()>
                <span>{t!("board.paste_here")}</span>
                <textarea
                    rows="5" data-field="own" spellcheck="false" disabled=busy
                    prop:value=move || settings.with(|settings| settings.own.clone())
                    on:input:target=move |e| settings.update(|settings| settings.own = e.target().value())
                ></textarea>
            </label>
        </div>
        <Fields board busy/>
    }
}

/// The settings by name, with their limits and how each is taken over.
const FIELDS: [(&str, (f64, f64, f64), Put); 8] = [
    ("steps", (10.0, 20_000.0, 10.0), |s, v| s.with_steps(v as u32)),
    ("rate", (0.0, 10.0, 0.001), |mut s, v| {
        s.training.learning_rate = v as f32;
        s
    }),
    ("layers", (1.0, 6.0, 1.0), |mut s, v| {
        s.shape.n_layers = v as usize;
        s
    }),
    ("heads", (1.0, 8.0, 1.0), |mut s, v| {
        s.shape.n_heads = v as usize;
        s
    }),
    ("d_model", (8.0, 256.0, 8.0), |mut s, v| {
        s.shape.d_model = v as usize;
        s
    }),
    ("batch", (1.0, 128.0, 1.0), |mut s, v| {
        s.training.batch = v as usize;
        s
    }),
    ("decay", (0.0, 10.0, 0.1), |mut s, v| {
        s.training.weight_decay = v as f32;
        s
    }),
    ("seed", (0.0, 1e9, 1.0), |mut s, v| {
        s.training.seed = v as u64;
        s
    }),
];

#[component]
fn Fields(board: Board, busy: Signal<bool>) -> impl IntoView {
    let settings = board.settings;
    let field = move |at: usize| {
        let (name, (low, high, step), put) = FIELDS[at];
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)).filter(|value| value.is_finite()) {
                settings.update(|settings| *settings = put(settings.clone(), value.clamp(low, high)));
            }
        };
        let label = settings.with_untracked(|settings| settings.listed()[at].1);
        let value = move || settings.with(|settings| settings.listed()[at].2.clone());
        view! {
            <label class="board-field">
                <span>{label}</span>
                <input type="number" data-field=name min=low max=high step=step disabled=busy prop:value=value on:change=set/>
            </label>
        }
    };
    let tuned = move |_| {
        settings.update(|settings| {
            let own = std::mem::take(&mut settings.own);
            *settings = Settings { own, ..Settings::of_task(&settings.source) };
        });
    };
    view! {
        <details class="board-settings">
            <summary>{t!("board.settings")}</summary>
            <div class="board-fields">{(0..FIELDS.len()).map(field).collect::<Vec<_>>()}</div>
            <button type="button" data-action="tuned" disabled=busy on:click=tuned>{t!("board.tuned")}</button>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_sets_what_it_is_called() {
        let settings = Settings::of_task("reverse");
        for (at, (name, (low, ..), put)) in FIELDS.into_iter().enumerate() {
            let changed = put(settings.clone(), low + 4.0);
            let (now, first) = (changed.listed(), settings.listed());
            assert_eq!(now[at].0, name);
            for (now, first) in now.iter().zip(&first) {
                assert_eq!(now.2 != first.2, now.0 == name, "{name} changes {}", now.0);
            }
        }
    }
}
