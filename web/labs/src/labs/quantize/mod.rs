//! Quantize your own model: which whole numbers, what they cost, what they save, measured on this device.

mod gpu;
mod keep;
mod layers;
mod results;
mod settings;
mod words;

use super::knobs;
use crate::{
    engine::use_job,
    model_text::{self, OWN},
    picked::{self, PickModel, use_picked},
    widgets::{LabFrame, LabState, outcome, timing::debounced},
};
use engine_core::{
    jobs::quantize::{Activations, Method, Plan, QuantizeModel, Report, Tokens},
    quantize::{Calibration, Grid, Scheme, Share, Width},
    sampling::Sampling,
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use settings::{Reach, Shared};
use std::sync::Arc;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a kept model; empty is the built-in one, `copying` the one that copies. `?model=…` in the address wins.
    model: String,
    /// The text that measures it: `own`, what it learned from, or a shipped one.
    text: String,
    /// `int8` or `int4`.
    bits: Width,
    /// Which weights share a scale: `tensor`, `row` or `group`.
    share: Shared,
    /// Weights of a group.
    group: usize,
    /// `symmetric` or `affine`.
    grid: Grid,
    /// How far a scale reaches: `absmax` or `percentile`.
    reach: Reach,
    /// Which percentile.
    percentile: f64,
    /// How whole numbers are chosen: `nearest`, `gptq` or `awq`.
    method: Method,
    /// Windows of the text that GPTQ and AWQ are shown.
    windows: usize,
    /// What comes into a layer: `int8` or `float`.
    activations: Activations,
    /// The table of tokens: `float`, `int8`, or `same` as the blocks.
    tokens: Tokens,
    /// What the model writes on from.
    prompt: String,
    /// Fixes what it writes.
    seed: u64,
    /// The matrix whose histogram is shown, by its name in the file; empty is the first of a block.
    layer: String,
}

impl Default for Knobs {
    fn default() -> Self {
        let Plan { method, activations, tokens, windows, .. } = Plan::default();
        Self {
            model: String::new(),
            text: OWN.into(),
            bits: Width::Int8,
            share: Shared::default(),
            group: 32,
            grid: Grid::Symmetric,
            reach: Reach::default(),
            percentile: 99.9,
            method,
            windows,
            activations,
            tokens,
            prompt: String::new(),
            seed: 1,
            layer: String::new(),
        }
    }
}

/// Tokens that each of the two models writes.
const WRITES: u32 = 60;
/// Milliseconds for measuring speed, about.
const SPEED_MS: f64 = 700.0;

impl Knobs {
    fn plan(&self) -> Plan {
        let share = match self.share {
            Shared::Tensor => Share::Tensor,
            Shared::Row => Share::Row,
            Shared::Group => Share::Group(self.group),
        };
        let calibration = match self.reach {
            Reach::Absmax => Calibration::AbsMax,
            Reach::Percentile => Calibration::Percentile(self.percentile),
        };
        let scheme = Scheme { width: self.bits, share, grid: self.grid, calibration };
        let Self { method, activations, tokens, windows, .. } = *self;
        Plan { scheme, method, activations, tokens, windows }
    }

    /// What decides the numbers: the histogram in view does not.
    fn asked(&self) -> Self {
        Self { layer: String::new(), ..self.clone() }
    }

    fn written(&self, model: &str) -> String {
        let first = Self::default();
        let pair = |now: &dyn ToString, first: &dyn ToString| (now.to_string(), first.to_string());
        let all = [
            ("model", pair(&picked::shipped(model), &"")),
            ("text", pair(&self.text, &first.text)),
            ("bits", pair(&self.bits.key(), &first.bits.key())),
            ("share", pair(&self.share.key(), &first.share.key())),
            ("group", pair(&self.group, &first.group)),
            ("grid", pair(&self.grid.key(), &first.grid.key())),
            ("reach", pair(&self.reach.key(), &first.reach.key())),
            ("percentile", pair(&self.percentile, &first.percentile)),
            ("method", pair(&self.method.key(), &first.method.key())),
            ("windows", pair(&self.windows, &first.windows)),
            ("activations", pair(&self.activations.key(), &first.activations.key())),
            ("tokens", pair(&self.tokens.key(), &first.tokens.key())),
            ("prompt", pair(&self.prompt, &first.prompt)),
            ("seed", pair(&self.seed, &first.seed)),
            ("layer", pair(&self.layer, &first.layer)),
        ];
        knobs::differing(&all.map(|(name, (now, first))| (name, now, first)))
    }
}

/// What is asked about a model's file and a text.
fn job(knobs: &Knobs, file: &[u8], text: &str) -> QuantizeModel {
    QuantizeModel {
        file: file.to_vec(),
        text: text.to_owned(),
        plan: knobs.plan(),
        prompt: knobs.prompt.clone(),
        sampling: Sampling { seed: knobs.seed, ..Sampling::default() },
        tokens: WRITES,
        speed_ms: SPEED_MS,
        keep: false,
    }
}

/// The text that is measured on, for which model and choice it was loaded.
type Loaded = Option<(String, String, Arc<str>)>;

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let picked = use_picked(knobs.model.clone());
    let knobs = RwSignal::new(knobs);
    let (loaded, trouble) = (RwSignal::new(Loaded::None), RwSignal::new(None::<String>));
    let which = Memo::new(move |_| (picked.id.get(), knobs.with(|knobs| knobs.text.clone())));
    Effect::new(move |_| {
        let (id, name) = which.get();
        spawn_local(async move {
            let found = model_text::of(&id, &name).await;
            // The learner may have chosen another one in the meantime, or left.
            if which.try_get_untracked() == Some((id.clone(), name.clone())) {
                trouble.set(found.as_ref().err().cloned());
                loaded.set(found.ok().map(|text| (id, name, text.into())));
            }
        });
    });
    let text = move || {
        let now = which.get();
        loaded.with(|loaded| {
            let (.., text) = loaded.as_ref().filter(|(id, name, _)| *id == now.0 && *name == now.1)?;
            Some(text.clone())
        })
    };
    let asked = Memo::new(move |_| knobs.with(Knobs::asked));
    let settled = debounced(asked.into(), 350);
    let run = use_job(move || {
        let (file, text) = (picked.bytes()?, text()?);
        Some(settled.with(|knobs| job(knobs, &file, &text)))
    });

    // What is known of the newest settings so far; while nothing is, what was found for the last ones stays.
    let report = RwSignal::new(Arc::new(Report::default()));
    let fresh = RwSignal::new(false);
    Effect::new(move |_| {
        settled.track();
        which.track();
        fresh.set(false);
    });
    Effect::new(move |_| {
        run.update.with(|update| {
            if let Some(update) = update {
                report.set(Arc::new(update.clone()));
                fresh.set(true);
            }
        });
    });
    Effect::new(move |_| {
        run.outcome.with(|outcome| {
            let Some(Ok(found)) = outcome else { return };
            let told = settled.with_untracked(|knobs| words::told(found, knobs, &picked.told()));
            outcome::report("quantize", true, &told);
            report.set(Arc::new(found.clone()));
        });
    });
    let state = Signal::derive(move || match picked.trouble.get().or_else(|| trouble.get()) {
        Some(sentence) => LabState::Failed(sentence),
        None if picked.bytes().is_none() || text().is_none() || settled.with(|old| asked.with(|now| old != now)) => {
            LabState::Running
        }
        None => run.outcome.with(|outcome| LabState::of(run.running.get(), outcome.as_ref())),
    });
    let running = Signal::derive(move || state.with(|state| *state == LabState::Running));
    let says = move || match state.get() {
        LabState::Done => report.with(|report| settled.with(|knobs| words::summary(report, knobs))),
        LabState::Running if fresh.get() => report.with(|report| words::progress(report)),
        LabState::Running => t!("quantize.begins").into(),
        _ => String::new(),
    };
    let share = Signal::derive(move || picked.id.with(|id| knobs.with(|knobs| knobs.written(id))));
    let found = Signal::derive(move || report.get());
    let there = Memo::new(move |_| report.with(|report| !report.layers.is_empty()));
    let write = move |event| knobs.update(|knobs| knobs.prompt = event_target_value(&event));
    view! {
        <LabFrame name="quantize" title=t!("quantize.title") state share>
            <div class="quantize-model">
                <PickModel picked/>
                <settings::ChooseText knobs/>
                <label class="quantize-field">
                    <span>{t!("quantize.prompt")}</span>
                    <input
                        type="text" data-field="prompt" maxlength="200" spellcheck="false"
                        prop:value=move || knobs.with(|knobs| knobs.prompt.clone()) on:input=write
                    />
                </label>
            </div>
            <settings::Settings knobs/>
            <p class="lab-note">{t!("quantize.how")}</p>
            <p class="quantize-says" role="status" data-output="says">{says}</p>
            <Show when=move || there.get()>
                <results::Results found/>
                <layers::Layers found knobs/>
                <gpu::Gpu found/>
                <keep::Keep picked knobs text=Signal::derive(text) running/>
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
            model: picked::COPYING.into(),
            text: "emma".into(),
            bits: Width::Int4,
            share: Shared::Group,
            group: 16,
            grid: Grid::Affine,
            reach: Reach::Percentile,
            percentile: 99.5,
            method: Method::Gptq,
            windows: 8,
            activations: Activations::Float,
            tokens: Tokens::Same,
            prompt: "He & she".into(),
            seed: 4,
            layer: "blocks.1.mlp.up.weight".into(),
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.written(picked::COPYING)).expect("it fits"), odd);
        assert_eq!(Knobs::default().written(""), "");
        assert_eq!(Knobs::default().written("one-of-the-learners"), "");
        assert_eq!(odd.asked(), Knobs { layer: String::new(), ..odd.clone() });
    }

    #[test]
    fn every_setting_reaches_the_job() {
        let plan = knobs::parse::<Knobs>("bits=int4&share=group&group=64&reach=percentile&percentile=99")
            .expect("it fits")
            .plan();
        let scheme = Scheme { share: Share::Group(64), calibration: Calibration::Percentile(99.0), ..Scheme::INT4 };
        assert_eq!(plan, Plan { scheme, ..Plan::default() });
        assert!(job(&Knobs::default(), &[], "").validate().is_ok());
        assert_eq!(Knobs::default().plan(), Plan::default());
    }
}
