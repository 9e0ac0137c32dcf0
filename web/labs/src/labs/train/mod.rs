//! The training lab: a text, a size, and a GPT that learns while you watch.

mod controls;
mod custom;
mod draw;
mod generate;
mod keep;
mod level;
mod live;
mod presets;
mod progress;
mod run;
mod session;
mod share;
mod size;
mod text_checks;
mod text_input;

use kit::t;
use super::Asked;
use crate::{
    address,
    widgets::{LabFrame, LabState},
};
use controls::{Controls, Kept, ResumeOffer};
use generate::GeneratePanel;
use leptos::prelude::*;
use live::Live;
use serde::{Deserialize, Serialize};
use session::{Phase, Session};
use size::{SizeChoice, use_probe};
use text_input::TextInput;

/// What a lesson or a link can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// The id of a shipped text; empty is the first one listed.
    pub text: String,
    /// A text of the learner's own, in place of a shipped one.
    pub own: String,
    /// A preset: nano, tiny, small or medium. Empty takes what suits the device.
    pub size: String,
    /// Steps of the schedule; 0 takes the preset's, as with all numbers below.
    pub steps: u32,
    /// Initial weights and batches follow from it.
    pub seed: u64,
    /// `chars` or `bpe`; empty takes the preset's.
    pub tokenizer: String,
    /// Blocks.
    pub layers: usize,
    /// Attention heads of each block.
    pub heads: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Tokens the model sees at once.
    pub context: usize,
    /// Sequences per step.
    pub batch: usize,
    /// Peak learning rate.
    pub learning_rate: f32,
    /// Steps over which the learning rate rises.
    pub warmup: u32,
    /// What fresh weights are drawn with: `gpt2` or `by-width`; empty takes the preset's.
    pub first_weights: String,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            text: String::new(),
            own: String::new(),
            size: String::new(),
            steps: 0,
            seed: 1,
            tokenizer: String::new(),
            layers: 0,
            heads: 0,
            d_model: 0,
            context: 0,
            batch: 0,
            learning_rate: 0.0,
            warmup: 0,
            first_weights: String::new(),
        }
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let session = Session::of_page();
    let fixed_size = share::sets_a_size(&knobs);
    let asked = use_context::<Asked>().is_some();
    let fresh = session.phase.get_untracked() == Phase::Idle && session.opened.with_untracked(Option::is_none);
    if asked && session.phase.get_untracked().is_busy() {
        session.notice.set(Some(t!("train.training_under_way").into()));
    } else if asked || fresh {
        session.settings.set(share::settings(&knobs));
    }
    share::report(session);
    use_probe(session);

    let state = Signal::derive(move || match session.phase.get() {
        Phase::Idle => LabState::Idle,
        Phase::Opening | Phase::Running => LabState::Running,
        Phase::Paused | Phase::Finished | Phase::Diverged => LabState::Done,
    });
    let number = |loss: Option<f32>| loss.map(|loss| format!("{loss:.4}"));
    let unigram = move || session.opened.with(|opened| number(opened.as_ref().map(|opened| opened.unigram_loss)));
    let (text, own) = (knobs.text.clone(), knobs.own.clone());
    let share = Signal::derive(move || share::link(session, (&text, &own)));
    let first = text_input::First { id: knobs.text, own: knobs.own, asked };
    view! {
        <LabFrame
            name="train"
            title=t!("train.train_gpt")
            state
            share
            attr:data-train-state=move || session.phase.get().key()
            attr:data-step=move || session.shown.get().numbers.step.to_string()
            attr:data-val-loss=move || number(session.shown.get().numbers.val_loss)
            attr:data-unigram-loss=unigram
            attr:data-saved-step=move || session.saved_step.get().map(|step| step.to_string())
        >
            <ResumeOffer session asked=address::parameter("resume")/>
            <TextInput session first/>
            <SizeChoice session fixed=fixed_size/>
            <Controls session/>
            <Live session/>
            <GeneratePanel session/>
            <Kept session/>
        </LabFrame>
    }
}
