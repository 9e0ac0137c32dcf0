//! A GPT-2-shaped model, put together from its settings: every shape, every byte and every operation at once.

mod compare;
mod costs;
mod fields;
mod file;
mod stack;
mod words;

use super::knobs;
use crate::{
    address,
    widgets::{
        LabFrame, LabState,
        outcome::{self, Value},
    },
};
use engine_core::architecture::{Architecture, Number, PRESETS, Part};
use kit::{axis::grouped, t};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a lesson or the learner can set; at first, GPT-2 small.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Different tokens.
    vocab: usize,
    /// Tokens at once.
    context: usize,
    /// Width of the residual stream.
    d_model: usize,
    /// Heads of each block.
    n_heads: usize,
    /// Blocks.
    n_layers: usize,
    /// Width inside the MLP; zero is four times `d_model`.
    d_ff: usize,
    /// Whether the output layer is the token embedding once more.
    tied: bool,
    /// Whether linear layers and norms add a vector.
    bias: bool,
    /// Whether there is a table of learned positions.
    positions: bool,
    /// Texts in one training step.
    batch: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self::of(&Architecture::GPT2_SMALL, 8)
    }
}

impl Knobs {
    /// The settings that build `model`.
    fn of(model: &Architecture, batch: usize) -> Self {
        let Architecture { vocab, context, d_model, n_heads, n_layers, d_ff, tied, bias, learned_positions } = *model;
        let d_ff = if d_ff == 4 * d_model { 0 } else { d_ff };
        Self { vocab, context, d_model, n_heads, n_layers, d_ff, tied, bias, positions: learned_positions, batch }
    }

    fn model(&self) -> Architecture {
        let Self { vocab, context, d_model, n_heads, n_layers, d_ff, tied, bias, positions, .. } = *self;
        let d_ff = if d_ff == 0 { d_model.saturating_mul(4) } else { d_ff };
        Architecture { vocab, context, d_model, n_heads, n_layers, d_ff, tied, bias, learned_positions: positions }
    }

    /// The preset of these settings, if there is one.
    fn preset(&self) -> Option<usize> {
        let model = self.model();
        PRESETS.iter().position(|preset| preset.model == model)
    }

    fn written(&self) -> String {
        let first = Self::default();
        let all = |of: &Self| {
            [of.vocab, of.context, of.d_model, of.n_heads, of.n_layers, of.d_ff, of.batch].map(|size| size.to_string())
        };
        let flags = |of: &Self| [of.tied, of.bias, of.positions].map(|flag| flag.to_string());
        let names =
            ["vocab", "context", "d_model", "n_heads", "n_layers", "d_ff", "batch", "tied", "bias", "positions"];
        let pairs = all(self).into_iter().chain(flags(self)).zip(all(&first).into_iter().chain(flags(&first)));
        let settings: Vec<_> = names.into_iter().zip(pairs).map(|(name, (now, first))| (name, now, first)).collect();
        knobs::differing(&settings)
    }
}

/// The most texts in a step that are counted with.
const MOST_BATCH: usize = 1_000_000;

/// Why these settings are impossible, in a sentence.
fn refusal(knobs: &Knobs) -> Option<String> {
    if !(1..=MOST_BATCH).contains(&knobs.batch) {
        return Some(words::size_fault("batch", knobs.batch, MOST_BATCH));
    }
    knobs.model().validate().err().map(words::fault)
}

fn report(knobs: &Knobs, of_file: Vec<(&'static str, Value)>) {
    let model = knobs.model();
    let possible = refusal(knobs).is_none();
    let mut values: Vec<(&str, Value)> = vec![
        ("possible", possible.into()),
        ("vocab", model.vocab.into()),
        ("context", model.context.into()),
        ("d_model", model.d_model.into()),
        ("n_heads", model.n_heads.into()),
        ("n_layers", model.n_layers.into()),
        ("d_ff", model.d_ff.into()),
        ("tied", model.tied.into()),
    ];
    if possible {
        let flops = model.flops();
        let share = |part| model.parameters_of(part) as f64 / model.parameters() as f64;
        values.extend([
            ("parameters", Value::Number(model.parameters() as f64)),
            ("preset", knobs.preset().map_or("", |at| PRESETS[at].key).into()),
            ("block_share", model.block_share().into()),
            ("embedding_share", share(Part::TokenEmbedding).into()),
            ("attention_share", share(Part::Attention).into()),
            ("mlp_share", share(Part::Mlp).into()),
            ("weights_mib", (model.weight_bytes(Number::F32) as f64 / f64::from(1 << 20)).into()),
            ("kv_mib", (model.kv_cache_bytes(Number::F16) as f64 / f64::from(1 << 20)).into()),
            ("forward_mflop", (flops.forward() / 1e6).into()),
            ("training_mflop", (flops.training() / 1e6).into()),
        ]);
    }
    values.extend(of_file);
    outcome::report("architecture", true, &values);
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    let refused = Memo::new(move |_| knobs.with(refusal));
    let state = Signal::derive(move || refused.get().map_or(LabState::Done, LabState::Failed));
    // While settings are impossible, the last possible model stays in the pictures, which are hidden.
    let model = Memo::new(move |last: Option<&Architecture>| {
        let now = knobs.with(Knobs::model);
        if refused.with(Option::is_none) { now } else { last.copied().unwrap_or(Architecture::GPT2_SMALL) }
    });
    let batch = Memo::new(move |_| knobs.with(|knobs| knobs.batch.clamp(1, MOST_BATCH)));
    let told = file::Told::new(Vec::new());
    Effect::new(move |_| knobs.with(|knobs| report(knobs, told.get())));
    let headline = move || t!("architecture.parameters_in_all", count = grouped(&model.get().parameters().to_string()));
    let named = move || {
        let preset = knobs.with(Knobs::preset).map(|at| PRESETS[at].name);
        preset.map_or(t!("architecture.own_model").to_owned(), |name| t!("architecture.exactly", name = name))
    };
    let small = Memo::new(move |_| model.get().scaled_down());
    let train = move || {
        let small = small.get();
        let [layers, heads, width, context] =
            [small.n_layers, small.n_heads, small.d_model, small.context].map(|size| size.to_string());
        let all = [("layers", layers), ("heads", heads), ("d_model", width), ("context", context)];
        let settings: Vec<_> = all.into_iter().map(|(name, now)| (name, now, String::new())).collect();
        address::shared("learn/project-mini-gpt/", "train", &knobs::differing(&settings))
    };
    let small_words = move || {
        let small = small.get();
        let count = grouped(&small.model().parameters().to_string());
        let (layers, heads, width) = (small.n_layers, small.n_heads, small.d_model);
        t!(
            "architecture.small_one",
            layers = layers,
            heads = heads,
            width = width,
            context = small.context,
            count = count
        )
    };
    view! {
        <LabFrame name="architecture" title=t!("architecture.title") state share=Signal::derive(move || knobs.with(Knobs::written))>
            <fields::Fields knobs/>
            <div class="arch-result" hidden=move || refused.with(Option::is_some)>
                <p class="arch-headline" role="status">
                    <strong data-output="parameters">{headline}</strong> " " <span data-output="preset">{named}</span>
                </p>
                <stack::Stack knobs model/>
                <costs::Costs model batch/>
                <compare::Compare knobs model/>
                <div class="arch-train">
                    // A whole page load: a link that sets a lab up is unpacked before the labs begin.
                    <a class="button primary" rel="external" data-action="train" href=train>{t!("architecture.train_small")}</a>
                    <p class="lab-note" data-output="small">{small_words}</p>
                </div>
            </div>
            <file::FromFile knobs model told/>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_and_models_are_two_ways_to_say_the_same() {
        for preset in PRESETS {
            let knobs = Knobs::of(&preset.model, 4);
            assert_eq!(knobs.model(), preset.model, "{}", preset.key);
            let read: Knobs = knobs::parse(&knobs.written()).expect("the lab reads what it wrote");
            assert_eq!(read, knobs, "{}", preset.key);
        }
        assert_eq!(Knobs::default().written(), "");
    }

    #[test]
    fn impossible_settings_are_refused_in_a_sentence() {
        let odd = Knobs { n_heads: 10, ..Knobs::default() };
        let why = refusal(&odd).expect("10 does not divide 768");
        assert!(why.contains("768") && why.contains("10") && why.contains('8'), "{why}");
        assert!(refusal(&Knobs { d_model: usize::MAX, ..Knobs::default() }).is_some());
        assert!(refusal(&Knobs { batch: 0, ..Knobs::default() }).is_some_and(|why| why.contains("batch")));
        assert_eq!(refusal(&Knobs::default()), None);
    }
}
