//! Positions: five ways to tell a model where a token stands, each drawn, and each put into the same small model that is
//! trained while one watches.

mod dials;
mod drawn;
mod results;
mod settings;
mod table;

use super::knobs;
use crate::widgets::{
    LabFrame, LabState,
    in_turn::{InTurn, Series},
    line_chart::LineChart,
    outcome,
};
use engine_core::{
    jobs::positions::{Standing, TrainPositions},
    positions::{Scheme, task::Task, training::Setup},
};
use kit::t;
use leptos::prelude::*;
use results::{Results, Shown};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The scheme in view: `none`, `sinusoidal`, `learned`, `rope` or `alibi`.
    scheme: Scheme,
    /// `look-back`, `latest` or `reverse`.
    task: Task,
    /// Tokens of each text.
    tokens: usize,
    /// Layers of the model.
    layers: usize,
    /// Steps of each run.
    steps: u32,
    /// The length of a step at its peak.
    rate: f32,
    /// How long waves and turns are.
    base: f64,
    /// Fixes the first numbers and every text.
    seed: u64,
    /// What the curves show: `exact`, `tokens`, `far` or `loss`.
    show: Shown,
    /// On RoPE's dials: where the query stands.
    query: usize,
    /// On RoPE's dials: where the key stands.
    key: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        let TrainPositions { scheme, setup, .. } = TrainPositions::default();
        let Setup { task, tokens, layers, steps, learning_rate, base, seed } = setup;
        Self { scheme, task, tokens, layers, steps, rate: learning_rate, base, seed, show: Shown::Exact, query: 5, key: 2 }
    }
}

impl Knobs {
    fn setup(&self) -> Setup {
        let Self { task, tokens, layers, steps, rate, base, seed, .. } = *self;
        Setup { task, tokens, layers, steps, learning_rate: rate, base, seed }
    }

    /// For a link: what differs from the defaults.
    fn shared(&self) -> String {
        let first = Self::default();
        knobs::changed(&[
            ("scheme", &self.scheme.key(), &first.scheme.key()),
            ("task", &self.task.key(), &first.task.key()),
            ("tokens", &self.tokens, &first.tokens),
            ("layers", &self.layers, &first.layers),
            ("steps", &self.steps, &first.steps),
            ("rate", &self.rate, &first.rate),
            ("base", &self.base, &first.base),
            ("seed", &self.seed, &first.seed),
            ("show", &self.show.key(), &first.show.key()),
            ("query", &self.query, &first.query),
            ("key", &self.key, &first.key),
        ])
    }
}

/// The trainings of the schemes.
#[derive(Clone, Copy)]
struct Trainings {
    results: RwSignal<Results>,
    setup: Setup,
}

impl Series for Trainings {
    type Key = Scheme;
    type Job = TrainPositions;

    fn job(self, scheme: Scheme) -> Option<TrainPositions> {
        let from = self.results.try_with_untracked(|results| (!results.is_done(scheme)).then(|| results.kept(scheme)));
        from.flatten().map(|from| TrainPositions { scheme, setup: self.setup, from })
    }

    fn take(self, scheme: Scheme, standing: Standing) {
        self.results.try_update(|results| results.standings.insert(scheme, standing));
    }

    fn begins(self, scheme: Scheme) -> String {
        t!("positions.training", name = results::name(scheme))
    }

    fn stopped(self) -> String {
        t!("positions.stopped").into()
    }

    fn ended(self) -> String {
        self.results.try_with_untracked(Results::verdict).unwrap_or_default()
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    let results = RwSignal::new(Results::default());
    let turns = InTurn::new();
    let (state, says, current, busy) = (turns.state, turns.says, turns.current, turns.busy());
    let begin = move |wanted: Vec<Scheme>| {
        if busy.get_untracked() {
            return turns.stop();
        }
        let setup = knobs.with_untracked(Knobs::setup);
        if results.with_untracked(|results| results.setup != Some(setup)) {
            results.set(Results { setup: Some(setup), ..Results::default() });
        }
        turns.run(wanted, Trainings { results, setup });
    };

    // Of whole runs only, and anew when another scheme comes into view.
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done) {
            let shown = knobs.with(|knobs| knobs.scheme);
            results.with(|results| outcome::report("positions", true, &results.values(shown)));
        }
    });

    let shown = Memo::new(move |_| knobs.with(|knobs| knobs.show));
    let curves = Signal::derive(move || results.with(|results| Arc::new(results.curves(shown.get()))));
    let by_position = Signal::derive(move || results.with(|results| Arc::new(results.by_position())));
    let there = Memo::new(move |_| results.with(|results| !results.standings.is_empty()));
    let stale = Memo::new(move |_| {
        let now = knobs.with(Knobs::setup);
        results.with(|results| results.setup.is_some_and(|setup| setup != now))
    });
    let progress = move || {
        let steps = |scheme| results.with(|results| f64::from(results.step(scheme)));
        current.get().map_or(0.0, steps)
    };
    let show = move |shown: Shown| {
        let selected = move || knobs.with(|knobs| knobs.show == shown);
        view! { <option value=shown.key() prop:selected=selected>{shown.name()}</option> }
    };
    let choose_shown = move |key: String| {
        if let Some(shown) = Shown::ALL.into_iter().find(|shown| shown.key() == key) {
            knobs.update(|knobs| knobs.show = shown);
        }
    };
    let trained_on = Signal::derive(move || {
        let last = results.with(|results| results.setup.map_or(0, |setup| setup.tokens)).saturating_sub(1);
        t!("positions.by_position", last = last)
    });
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="positions" title=t!("positions.title") state share>
            <p class="positions-caption">{t!("positions.draw")}</p>
            <settings::Schemes knobs/>
            <drawn::Drawn knobs results/>
            <p class="positions-caption">{t!("positions.swap")}</p>
            <p class="lab-note">{t!("positions.model")}</p>
            <settings::Settings knobs busy/>
            <div class="positions-actions">
                <button type="button" class="primary" data-action="all" on:click=move |_| begin(Scheme::ALL.to_vec())>
                    {move || if busy.get() { t!("positions.stop") } else { t!("positions.train_all") }}
                </button>
                <progress
                    aria-label=t!("positions.trained_so_far") hidden=move || !busy.get()
                    max=move || results.with(|results| results.setup.map_or(1, |setup| setup.steps)) prop:value=progress
                ></progress>
            </div>
            <p class="lab-note" role="status" data-output="says">{says}</p>
            <p class="lab-note" hidden=move || !stale.get()>{t!("positions.other_setup")}</p>
            <table::Schemes results stale current begin=Callback::new(move |scheme| begin(vec![scheme]))/>
            <Show when=move || there.get()>
                <label class="positions-field positions-show">
                    <span>{t!("positions.show")}</span>
                    <select data-field="show" on:change:target=move |e| choose_shown(e.target().value())>
                        {Shown::ALL.map(show).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                <LineChart title=t!("positions.curves") data=curves/>
                <LineChart title=trained_on data=by_position/>
                <table::Sample results/>
            </Show>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs {
            scheme: Scheme::Alibi,
            task: Task::Reverse,
            tokens: 10,
            layers: 2,
            steps: 80,
            rate: 0.01,
            base: 100.0,
            seed: 9,
            show: Shown::Far,
            query: 7,
            key: 0,
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared()).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(), "");
    }
}
