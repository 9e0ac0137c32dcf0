//! The choices: which scheme is in view, which task, and how the model is trained.

use super::{Knobs, results};
use crate::widgets::settings::Fields;
use engine_core::{
    positions::{
        Scheme,
        task::{Task, written},
    },
    rng::{Rng, Stream},
};
use kit::t;
use leptos::prelude::*;

/// As a learner reads a task's name.
fn name(task: Task) -> &'static str {
    match task {
        Task::LookBack => t!("positions.look_back"),
        Task::Latest => t!("positions.latest"),
        Task::Reverse => t!("positions.reverse"),
    }
}

/// Draws the choice of the scheme in view.
#[component]
pub fn Schemes(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let choice = move |scheme: Scheme| {
        view! {
            <label>
                <input
                    type="radio" name="positions-scheme" value=scheme.key()
                    prop:checked=move || knobs.with(|knobs| knobs.scheme == scheme)
                    on:change=move |_| knobs.update(|knobs| knobs.scheme = scheme)
                />
                " " {results::name(scheme)}
            </label>
        }
    };
    view! {
        <div class="positions-choices" role="group" aria-label=t!("positions.scheme")>
            {Scheme::ALL.map(choice).into_iter().collect::<Vec<_>>()}
        </div>
    }
}

/// Draws the choice of a task with an example of it, and the settings of a run.
#[component]
pub fn Settings(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// Whether a run is under way.
    busy: Signal<bool>,
) -> impl IntoView {
    let choice = move |task: Task| {
        view! {
            <label>
                <input
                    type="radio" name="positions-task" value=task.key() disabled=busy
                    prop:checked=move || knobs.with(|knobs| knobs.task == task)
                    on:change=move |_| knobs.update(|knobs| knobs.task = task)
                />
                " " {name(task)}
            </label>
        }
    };
    let example = Memo::new(move |_| {
        let setup = knobs.with(Knobs::setup);
        let example = setup.task.example(setup.tokens, &mut Rng::new(setup.seed, Stream::Batch(0)));
        let wanted = example.wanted.iter().map(|wanted| wanted.map_or("·".to_owned(), |w| written([w])));
        (written(example.tokens.iter().copied()), wanted.collect::<String>())
    });
    let fields = Fields { knobs, busy, class: "positions-field" };
    view! {
        <div class="positions-choices" role="group" aria-label=t!("positions.task")>
            {Task::ALL.map(choice).into_iter().collect::<Vec<_>>()}
        </div>
        <dl class="positions-example" data-output="example">
            <dt>{t!("positions.reads")}</dt><dd><code>{move || example.get().0}</code></dd>
            <dt>{t!("positions.is_to_say")}</dt><dd><code>{move || example.get().1}</code></dd>
        </dl>
        <details>
            <summary>{t!("positions.settings")}</summary>
            <div class="positions-settings">
                {fields.number("tokens", t!("positions.tokens"), (6.0, 32.0, 0.0), |k| k.tokens as f64, |k, v| k.tokens = v as usize / 2 * 2)}
                {fields.number("layers", t!("positions.layers"), (1.0, 2.0, 0.0), |k| k.layers as f64, |k, v| k.layers = v as usize)}
                {fields.number("steps", t!("positions.steps"), (40.0, 5e3, 0.0), |k| f64::from(k.steps), |k, v| k.steps = v as u32)}
                {fields.number("rate", t!("positions.rate"), (1e-5, 0.1, 0.0), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {fields.number("base", t!("positions.base"), (2.0, 1e6, 0.0), |k| k.base, |k, v| k.base = v)}
                {fields.number("seed", t!("positions.seed"), (0.0, 1e6, 0.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
            </div>
        </details>
    }
}
