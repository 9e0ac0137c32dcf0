//! The training lab: a text, a size, and a GPT that learns while you watch.

mod controls;
mod custom;
mod draw;
mod generate;
mod keep;
mod live;
mod presets;
mod progress;
mod run;
mod session;
mod size;
mod text_checks;
mod text_input;

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
    /// A preset: nano, tiny, small or medium. Empty takes what suits the device.
    pub size: String,
    /// Steps of the schedule; 0 takes the preset's.
    pub steps: u32,
    /// Initial weights and batches follow from it.
    pub seed: u64,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { text: String::new(), size: String::new(), steps: 0, seed: 1 }
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let session = Session::of_page();
    let fixed_size = !knobs.size.is_empty() || knobs.steps > 0;
    if session.phase.get_untracked() == Phase::Idle && session.opened.with_untracked(Option::is_none) {
        let mut settings = presets::by_key(&knobs.size).settings;
        settings.training.seed = knobs.seed;
        if knobs.steps > 0 {
            settings.training.steps = knobs.steps;
        }
        session.settings.set(settings);
    }
    use_probe(session);

    let state = Signal::derive(move || match session.phase.get() {
        Phase::Idle => LabState::Idle,
        Phase::Opening | Phase::Running => LabState::Running,
        Phase::Paused | Phase::Finished | Phase::Diverged => LabState::Done,
    });
    let number = |loss: Option<f32>| loss.map(|loss| format!("{loss:.4}"));
    let unigram = move || session.opened.with(|opened| number(opened.as_ref().map(|opened| opened.unigram_loss)));
    view! {
        <LabFrame
            name="train"
            title="Train a GPT"
            state
            attr:data-train-state=move || session.phase.get().key()
            attr:data-step=move || session.shown.get().numbers.step.to_string()
            attr:data-val-loss=move || number(session.shown.get().numbers.val_loss)
            attr:data-unigram-loss=unigram
            attr:data-saved-step=move || session.saved_step.get().map(|step| step.to_string())
        >
            <ResumeOffer session asked=address::parameter("resume")/>
            <TextInput session first=knobs.text/>
            <SizeChoice session fixed=fixed_size/>
            <Controls session/>
            <Live session/>
            <GeneratePanel session/>
            <Kept session/>
        </LabFrame>
    }
}
