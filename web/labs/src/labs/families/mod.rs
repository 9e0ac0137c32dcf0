//! Families: an encoder, a decoder and an encoder-decoder, trained on the same small language and put to the same tests.

mod asked;
mod results;
mod seen;
mod settings;
mod table;

use super::knobs;
use crate::widgets::{
    LabFrame, LabState,
    in_turn::{InTurn, Series},
    line_chart::LineChart,
    outcome,
};
use asked::Asked;
use engine_core::{
    families::{
        Family,
        training::{Kept, Setup},
    },
    jobs::families::TrainFamily,
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
    /// Whose attention is in view: `encoder`, `decoder`, `encoder-decoder` or `prompted`.
    family: Family,
    /// Layers of each model, or of each half.
    layers: usize,
    /// Steps of each run.
    steps: u32,
    /// The length of a step at its peak.
    rate: f32,
    /// Fixes the first numbers and every sentence.
    seed: u64,
    /// What the curves show.
    show: Shown,
    /// An English sentence with a gap, `_`.
    gap: String,
    /// An English sentence that is to be translated.
    translate: String,
}

impl Default for Knobs {
    fn default() -> Self {
        let TrainFamily { family, setup, .. } = TrainFamily::default();
        let Setup { layers, steps, learning_rate, seed } = setup;
        let (gap, translate) = ("the _ have seen an owl".into(), "the dog has seen two cats today".into());
        Self { family, layers, steps, rate: learning_rate, seed, show: Shown::default(), gap, translate }
    }
}

impl Knobs {
    fn setup(&self) -> Setup {
        let Self { layers, steps, rate, seed, .. } = *self;
        Setup { layers, steps, learning_rate: rate, seed }
    }

    /// The learner's sentence for this family.
    fn sentence(&self, family: Family) -> &str {
        match family {
            Family::Encoder | Family::Decoder => &self.gap,
            Family::EncoderDecoder | Family::Prompted => &self.translate,
        }
    }

    fn sentence_mut(&mut self, family: Family) -> &mut String {
        match family {
            Family::Encoder | Family::Decoder => &mut self.gap,
            Family::EncoderDecoder | Family::Prompted => &mut self.translate,
        }
    }

    /// For a link: what differs from the defaults.
    fn shared(&self) -> String {
        let first = Self::default();
        knobs::changed(&[
            ("family", &self.family.key(), &first.family.key()),
            ("layers", &self.layers, &first.layers),
            ("steps", &self.steps, &first.steps),
            ("rate", &self.rate, &first.rate),
            ("seed", &self.seed, &first.seed),
            ("show", &self.show.key(), &first.show.key()),
            ("gap", &self.gap, &first.gap),
            ("translate", &self.translate, &first.translate),
        ])
    }
}

/// The trainings of the families.
#[derive(Clone, Copy)]
struct Trainings {
    results: RwSignal<Results>,
    setup: Setup,
}

impl Series for Trainings {
    type Key = Family;
    type Job = TrainFamily;

    fn job(self, family: Family) -> Option<TrainFamily> {
        let from = |results: &Results| (!results.is_done(family)).then(|| results.runs.get(&family).cloned());
        let from = self.results.try_with_untracked(from).flatten()?;
        Some(TrainFamily { family, setup: self.setup, from })
    }

    fn take(self, family: Family, kept: Kept) {
        self.results.try_update(|results| results.runs.insert(family, kept));
    }

    fn begins(self, family: Family) -> String {
        t!("families.training", name = results::name(family))
    }

    fn stopped(self) -> String {
        t!("families.stopped").into()
    }

    fn ended(self) -> String {
        String::new()
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
    let asked = Asked::new(knobs, results);
    let begin = move |wanted: Vec<Family>| {
        if busy.get_untracked() {
            return turns.stop();
        }
        let setup = knobs.with_untracked(Knobs::setup);
        if results.with_untracked(|results| results.setup != Some(setup)) {
            results.set(Results { setup: Some(setup), ..Results::default() });
        }
        turns.run(wanted, Trainings { results, setup });
    };

    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done) {
            results.with(|results| outcome::report("families", true, &results.values()));
        }
    });

    let shown = Memo::new(move |_| knobs.with(|knobs| knobs.show));
    let curves = Signal::derive(move || results.with(|results| Arc::new(results.curves(shown.get()))));
    let there = Memo::new(move |_| results.with(|results| !results.runs.is_empty()));
    let stale = Memo::new(move |_| {
        let now = knobs.with(Knobs::setup);
        results.with(|results| results.setup.is_some_and(|setup| setup != now))
    });
    let progress = move || current.get().map_or(0.0, |family| results.with(|results| f64::from(results.step(family))));
    let show = move |shown: Shown| {
        let selected = move || knobs.with(|knobs| knobs.show == shown);
        view! { <option value=shown.key() prop:selected=selected>{shown.name()}</option> }
    };
    let choose_shown = move |key: String| {
        if let Some(shown) = Shown::ALL.into_iter().find(|shown| shown.key() == key) {
            knobs.update(|knobs| knobs.show = shown);
        }
    };
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="families" title=t!("families.title") state share>
            <p class="lab-note">{t!("families.models")}</p>
            <settings::Settings knobs busy/>
            <div class="families-actions">
                <button type="button" class="primary" data-action="all" on:click=move |_| begin(Family::ALL.to_vec())>
                    {move || if busy.get() { t!("families.stop") } else { t!("families.train_all") }}
                </button>
                <progress
                    aria-label=t!("families.trained_so_far") hidden=move || !busy.get()
                    max=move || results.with(|results| results.setup.map_or(1, |setup| setup.steps)) prop:value=progress
                ></progress>
            </div>
            <p class="lab-note" role="status" data-output="says">{says}</p>
            <p class="lab-note" hidden=move || !stale.get()>{t!("families.other_setup")}</p>
            <table::Families results stale current begin=Callback::new(move |family| begin(vec![family]))/>
            <Show when=move || there.get()>
                <label class="families-field families-show">
                    <span>{t!("families.show")}</span>
                    <select data-field="show" on:change:target=move |e| choose_shown(e.target().value())>
                        {Shown::ALL.map(show).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                <LineChart title=t!("families.curves") data=curves/>
            </Show>
            <p class="families-caption">{t!("families.ask")}</p>
            <asked::Questions knobs results asked/>
            <p class="families-caption">{t!("families.look")}</p>
            <seen::Seen knobs results asked/>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs {
            family: Family::Prompted,
            layers: 1,
            steps: 80,
            rate: 0.01,
            seed: 9,
            show: Shown::Aligned,
            gap: "a _ sees".into(),
            translate: "two owls see".into(),
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared()).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(), "");
    }
}
