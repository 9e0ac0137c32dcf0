//! LoRA: the same model adapted to a new text by several methods, one after another, with what each learns, holds and
//! forgets; adapters are merged, saved and put on again.

mod adapters;
mod ending;
mod results;
mod settings;
mod table;
mod texts;

use super::knobs;
use crate::{
    picked::{Picked, use_picked},
    widgets::{
        LabFrame, LabState,
        in_turn::{InTurn, Series},
        line_chart::LineChart,
        outcome,
    },
};
use engine_core::{
    jobs::adapt::{Adapt, Adapting, Method, Setup, Targets},
    quantize::blocks::Levels,
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use results::Results;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson, a link or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a kept model; empty is the built-in one.
    model: String,
    /// The method in view: `full`, `lora`, `qlora`, `biases` or `head`.
    method: Method,
    /// The new text: the id of a shipped one, or `own`.
    new: String,
    /// A text of the learner, for `own`.
    own: String,
    /// The old text: the id of a shipped one.
    old: String,
    /// What samples go on from.
    prompt: String,
    /// Width of an adapter.
    rank: usize,
    /// How much an adapter counts.
    alpha: f32,
    /// Which matrices get one.
    qkv: bool,
    /// The same.
    proj: bool,
    /// The same.
    up: bool,
    /// The same.
    down: bool,
    /// The levels of four bits: `normal` or `even`.
    levels: Levels,
    /// Whether scales are kept in eight bits.
    double: bool,
    /// Sequences per step.
    batch: usize,
    /// Steps.
    steps: u32,
    /// Learning rate of adapters and biases.
    rate: f32,
    /// Learning rate of whole matrices.
    full_rate: f32,
    /// Fixes all that is drawn.
    seed: u64,
}

impl Default for Knobs {
    fn default() -> Self {
        let Setup { rank, alpha, targets, levels, double, batch, steps, rate, full_rate, seed } = Setup::default();
        let Targets { qkv, proj, up, down } = targets;
        Self {
            model: String::new(),
            method: Method::Lora,
            new: "lincoln".into(),
            own: String::new(),
            old: "emma".into(),
            prompt: "It is ".into(),
            rank,
            alpha,
            qkv,
            proj,
            up,
            down,
            levels,
            double,
            batch,
            steps,
            rate,
            full_rate,
            seed,
        }
    }
}

impl Knobs {
    fn setup(&self) -> Setup {
        let Self { rank, alpha, qkv, proj, up, down, levels, double, batch, steps, rate, full_rate, seed, .. } = *self;
        let targets = Targets { qkv, proj, up, down };
        Setup { rank, alpha, targets, levels, double, batch, steps, rate, full_rate, seed }
    }

    /// All that a run depends on.
    fn asked(&self, model: String) -> Asked {
        let (new, own, old, prompt) = (self.new.clone(), self.own.clone(), self.old.clone(), self.prompt.clone());
        Asked { setup: self.setup(), model, new, own, old, prompt }
    }

    /// For a link: what differs from the defaults. A text of the learner stays with the learner.
    fn shared(&self) -> String {
        let first = Self::default();
        let pair = |now: &dyn ToString, first: &dyn ToString| (now.to_string(), first.to_string());
        let levels = |levels: Levels| if levels == Levels::Normal { "normal" } else { "even" };
        let all = [
            ("method", pair(&self.method.key(), &first.method.key())),
            ("new", pair(&self.new, &first.new)),
            ("old", pair(&self.old, &first.old)),
            ("prompt", pair(&self.prompt, &first.prompt)),
            ("rank", pair(&self.rank, &first.rank)),
            ("alpha", pair(&self.alpha, &first.alpha)),
            ("qkv", pair(&self.qkv, &first.qkv)),
            ("proj", pair(&self.proj, &first.proj)),
            ("up", pair(&self.up, &first.up)),
            ("down", pair(&self.down, &first.down)),
            ("levels", pair(&levels(self.levels), &levels(first.levels))),
            ("double", pair(&self.double, &first.double)),
            ("batch", pair(&self.batch, &first.batch)),
            ("steps", pair(&self.steps, &first.steps)),
            ("rate", pair(&self.rate, &first.rate)),
            ("full_rate", pair(&self.full_rate, &first.full_rate)),
            ("seed", pair(&self.seed, &first.seed)),
        ];
        knobs::differing(&all.map(|(name, (now, first))| (name, now, first)))
    }
}

/// What the runs of one table have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    setup: Setup,
    model: String,
    new: String,
    own: String,
    old: String,
    prompt: String,
}

/// What a run is given besides its settings.
#[derive(Clone)]
struct Given {
    model: Arc<Vec<u8>>,
    new: String,
    old: String,
}

/// The runs of the methods.
#[derive(Clone, Copy)]
struct Runs {
    results: RwSignal<Results>,
    given: StoredValue<Option<Given>>,
}

impl Series for Runs {
    type Key = Method;
    type Job = Adapt;

    fn job(self, method: Method) -> Option<Adapt> {
        let Given { model, new, old } = self.given.try_get_value().flatten()?;
        let asked = self.results.try_with_untracked(|results| (!results.is_done(method)).then(|| results.asked.clone()));
        let Asked { setup, prompt, .. } = asked.flatten().flatten()?;
        Some(Adapt { model: model.to_vec(), text: new, old_text: old, method, setup, prompt })
    }

    fn take(self, method: Method, told: Adapting) {
        self.results.try_update(|results| results.runs.insert(method, told));
    }

    fn begins(self, method: Method) -> String {
        t!("lora.learning", name = results::name(method))
    }

    fn stopped(self) -> String {
        t!("lora.stopped").into()
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
    let picked: Picked = use_picked(knobs.model.clone());
    let knobs = RwSignal::new(knobs);
    let results = RwSignal::new(Results::default());
    let given = StoredValue::new(None);
    let turns = InTurn::new();
    let (state, says, current, busy) = (turns.state, turns.says, turns.current, turns.busy());
    let asked = Memo::new(move |_| knobs.with(|knobs| knobs.asked(picked.id.get())));
    let begin = move |wanted: Vec<Method>| {
        if busy.get_untracked() {
            return turns.stop();
        }
        let Some(model) = untrack(|| picked.bytes()) else { return };
        let now = asked.get_untracked();
        if results.with_untracked(|results| results.asked.as_ref() != Some(&now)) {
            results.set(Results { asked: Some(now.clone()), ..Results::default() });
        }
        state.set(LabState::Running);
        says.set(t!("lora.fetching").into());
        spawn_local(async move {
            let (new, old) = (texts::text(&now.new, &now.own).await, texts::text(&now.old, "").await);
            match (new, old) {
                (Ok(new), Ok(old)) => {
                    given.try_set_value(Some(Given { model, new, old }));
                    turns.run(wanted, Runs { results, given });
                }
                (Err(why), _) | (_, Err(why)) => {
                    says.try_set(String::new());
                    state.try_set(LabState::Failed(why));
                }
            }
        });
    };

    // Of whole runs only, and anew when another method comes into view.
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done) {
            let shown = knobs.with(|knobs| knobs.method);
            results.with(|results| {
                let values = results.values(shown);
                let values: Vec<(&str, outcome::Value)> =
                    values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                outcome::report("lora", true, &values);
            });
        }
    });

    let there = Memo::new(move |_| results.with(|results| !results.runs.is_empty()));
    let stale =
        Memo::new(move |_| results.with(|results| results.asked.as_ref().is_some_and(|old| *old != asked.get())));
    let new = Signal::derive(move || results.with(|results| Arc::new(results.curves(|point| point.new))));
    let old = Signal::derive(move || results.with(|results| Arc::new(results.curves(|point| point.old))));
    let cursor = RwSignal::new(None);
    let progress = move || current.get().map_or(0.0, |method| results.with(|results| f64::from(results.step(method))));
    let frame = Signal::derive(move || picked.trouble.get().map_or_else(|| state.get(), LabState::Failed));
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="lora" title=t!("lora.title") state=frame share>
            <settings::Texts knobs picked busy/>
            <settings::Numbers knobs busy/>
            <div class="lab-actions">
                <button type="button" class="primary" data-action="two" on:click=move |_| begin(vec![Method::Lora, Method::Full])>
                    {move || if busy.get() { t!("lora.stop") } else { t!("lora.adapt_two") }}
                </button>
                <progress
                    aria-label=t!("lora.steps_so_far") hidden=move || !busy.get()
                    max=move || knobs.with(|knobs| knobs.steps) prop:value=progress
                ></progress>
            </div>
            <p class="lab-note" role="status" data-output="says">{says}</p>
            <p class="lab-note" hidden=move || !stale.get()>{t!("lora.other_setup")}</p>
            <table::Methods results stale current begin=Callback::new(move |method| begin(vec![method]))/>
            <Show when=move || there.get()>
                <LineChart title=t!("lora.curve_new") data=new cursor/>
                <LineChart title=t!("lora.curve_old") data=old cursor/>
                <table::Memory results/>
                <ending::Ending knobs results/>
            </Show>
            <adapters::TryOn picked knobs results busy/>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting_but_the_learners_own() {
        let odd = Knobs {
            method: Method::Qlora,
            new: "moby-dick".into(),
            old: "pride-and-prejudice".into(),
            prompt: "The ".into(),
            rank: 8,
            alpha: 3.0,
            qkv: false,
            proj: false,
            up: false,
            levels: Levels::Even,
            double: false,
            batch: 4,
            steps: 40,
            rate: 0.5,
            full_rate: 0.25,
            seed: 7,
            ..Knobs::default()
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared()).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(), "");
        assert_eq!(Knobs { own: "mine".into(), model: "x".into(), ..Knobs::default() }.shared(), "");
    }
}
