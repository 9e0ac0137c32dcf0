//! Pruning: cut weights, heads or neurons of a model, train what is left, and see what it cost and what it bought.

mod results;
mod sizes;
mod times;

use super::knobs;
use crate::{
    model_text,
    on_model::{KeepModel, OnModel, PickText, Start},
    picked::{PickModel, use_picked},
    widgets::{LabFrame, LabState, line_chart::LineChart, outcome, settings::Fields},
};
use engine_core::{
    jobs::prune::{Plan, PruneModel, Report},
    prune::cut::What,
};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Tokens that each model writes.
const TOKENS: u32 = 60;
/// Milliseconds that measuring speed takes.
const SPEED_MS: f64 = 1_000.0;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of one of the learner's models; empty for the built-in one.
    model: String,
    /// The text it is trained and measured on: `own`, or the id of a shipped one.
    text: String,
    /// `global`, `layer`, `two-of-four`, `heads` or `neurons`.
    what: What,
    /// The share that is cut.
    share: f64,
    /// In how many rounds.
    rounds: u32,
    /// Steps of training in all.
    steps: u32,
    /// The peak learning rate.
    rate: f32,
    /// Fixes the batches and what is written.
    seed: u64,
    /// Inputs of the layer whose time is measured.
    inputs: usize,
    /// Tokens that go through it at once.
    tokens: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        let Plan { what, share, rounds, steps, learning_rate: rate, seed, .. } = Plan::default();
        Self { model: String::new(), text: model_text::OWN.into(), what, share, rounds, steps, rate, seed, inputs: 128, tokens: 64 }
    }
}

impl Knobs {
    fn plan(&self) -> Plan {
        let Self { what, share, rounds, steps, rate, seed, .. } = *self;
        Plan { what, share, rounds, steps, learning_rate: rate, seed, ..Plan::default() }
    }

    /// For a link: what differs from the defaults.
    fn shared(&self, model: String) -> String {
        let first = Self::default();
        let pair = |now: &dyn ToString, first: &dyn ToString| (now.to_string(), first.to_string());
        let all = [
            ("model", pair(&model, &first.model)),
            ("text", pair(&self.text, &first.text)),
            ("what", pair(&self.what.key(), &first.what.key())),
            ("share", pair(&self.share, &first.share)),
            ("rounds", pair(&self.rounds, &first.rounds)),
            ("steps", pair(&self.steps, &first.steps)),
            ("rate", pair(&self.rate, &first.rate)),
            ("seed", pair(&self.seed, &first.seed)),
            ("inputs", pair(&self.inputs, &first.inputs)),
            ("tokens", pair(&self.tokens, &first.tokens)),
        ];
        knobs::differing(&all.map(|(name, (now, first))| (name, now, first)))
    }
}

fn name(what: What) -> &'static str {
    match what {
        What::Global => t!("prune.global"),
        What::Layer => t!("prune.layer"),
        What::TwoOfFour => t!("prune.two_of_four"),
        What::Heads => t!("prune.heads"),
        What::Neurons => t!("prune.neurons"),
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let picked = use_picked(knobs.model.clone());
    let knobs = RwSignal::new(knobs);
    let runs = OnModel::<Report>::new();
    let (state, report, busy) = (runs.state, runs.report, runs.busy());
    // The plan that the report belongs to: settings may have changed since.
    let ran = RwSignal::new(None::<Plan>);
    let begin = Callback::new(move |()| {
        let plan = knobs.with_untracked(Knobs::plan);
        if !busy.get_untracked() {
            ran.set(Some(plan));
        }
        runs.toggle(picked, knobs.with_untracked(|knobs| knobs.text.clone()), move |file, text| PruneModel { file, text, plan, tokens: TOKENS, speed_ms: SPEED_MS });
    });
    let steps = Signal::derive(move || {
        let all = ran.with(|ran| ran.map_or(0, |plan| plan.steps));
        (report.with(|report| report.steps.len() as u32), all)
    });
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done)
            && let Some(plan) = ran.get_untracked()
        {
            let mut values = report.with(|report| results::values(report, &plan));
            values.push(("model", picked.told().as_str().into()));
            outcome::report("prune", true, &values);
        }
    });

    let which = Signal::derive(move || knobs.with(|knobs| knobs.text.clone()));
    let choose_text = Callback::new(move |text| knobs.update(|knobs| knobs.text = text));
    let fields = Fields { knobs, busy, class: "lab-field" };
    let option = move |what: What| {
        let selected = move || knobs.with(|knobs| knobs.what == what);
        view! { <option value=what.key() prop:selected=selected>{name(what)}</option> }
    };
    let choose = move |key: String| {
        if let Some(what) = What::ALL.into_iter().find(|what| what.key() == key) {
            knobs.update(|knobs| knobs.what = what);
        }
    };
    let there = Memo::new(move |_| report.with(|report| !report.cut.is_empty()));
    let curves = Signal::derive(move || report.with(|report| Arc::new(results::curves(report))));
    let file = Signal::derive(move || report.with(|report| report.file.clone().map(Arc::new)));
    let called = Signal::derive(move || {
        let share = ran.with(|ran| ran.map_or(0.0, |plan| 100.0 * plan.share));
        t!("prune.called", name = picked.name(), share = share)
    });
    let share = Signal::derive(move || knobs.with(|knobs| knobs.shared(picked.id.get())));
    view! {
        <LabFrame name="prune" title=t!("prune.title") state share>
            <p class="lab-note">{t!("prune.about")}</p>
            <div class="lab-picks">
                <PickModel picked/>
                <PickText which choose=choose_text busy/>
            </div>
            <div class="lab-settings">
                <label class="lab-field lab-wide">
                    <span>{t!("prune.what")}</span>
                    <select data-field="what" disabled=busy on:change:target=move |e| choose(e.target().value())>
                        {What::ALL.map(option).into_iter().collect::<Vec<_>>()}
                    </select>
                </label>
                {fields.number("share", t!("prune.share"), (0.0, 99.0, 5.0), |k| (1e4 * k.share).round() / 100.0, |k, v| k.share = v / 100.0)}
                {fields.number("rounds", t!("prune.rounds"), (1.0, 20.0, 1.0), |k| f64::from(k.rounds), |k, v| k.rounds = v as u32)}
                {fields.number("steps", t!("prune.steps"), (0.0, 2e3, 10.0), |k| f64::from(k.steps), |k, v| k.steps = v as u32)}
                {fields.number("rate", t!("prune.rate"), (1e-6, 0.1, 0.0), |k| f64::from(k.rate), |k, v| k.rate = v as f32)}
                {fields.number("seed", t!("prune.seed"), (0.0, 1e6, 1.0), |k| k.seed as f64, |k, v| k.seed = v as u64)}
            </div>
            <Start runs action="prune" begins=t!("prune.begin") begin steps/>
            <Show when=move || there.get()>
                <LineChart title=t!("prune.curves") data=curves/>
                <p class="lab-note" data-output="verdict">{move || report.with(|report| results::verdict(report))}</p>
                <sizes::Sizes report/>
                <sizes::Written report/>
                <KeepModel file name=called text=runs.text/>
            </Show>
            <p class="lab-caption">{t!("prune.times")}</p>
            <times::Times knobs/>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs {
            model: "abc".into(),
            text: "emma".into(),
            what: What::Heads,
            share: 0.25,
            rounds: 3,
            steps: 12,
            rate: 0.01,
            seed: 9,
            inputs: 64,
            tokens: 1,
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared("abc".into())).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(String::new()), "");
    }
}
