//! The training board: tasks with exact answers and texts, up to five runs side by side, every look at the model kept,
//! and time as a slider over them.

mod chart;
mod chips;
mod controls;
mod corpus;
mod form;
mod head;
mod keep;
mod map;
mod milestones;
mod record;
mod run;
mod runs;
mod scrub;
mod settings;
mod tell;
mod words;

use crate::widgets::LabFrame;
use kit::t;
use leptos::prelude::*;
use run::Board;
use serde::{Deserialize, Serialize};

/// What a lesson or a link can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// A task's key, a shipped text's id, or `own`.
    source: String,
    /// The learner's own text.
    own: String,
    /// Steps of the schedule; 0 takes the source's own setting, as with all sizes below.
    steps: u32,
    /// Peak learning rate.
    rate: f32,
    /// Blocks.
    layers: usize,
    /// Attention heads of each block.
    heads: usize,
    /// Width of the residual stream.
    d_model: usize,
    /// Sequences per step.
    batch: usize,
    /// Decay of the weights; below zero takes the source's own setting.
    decay: f32,
    /// Initial weights and batches follow from it.
    seed: u64,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            source: "reverse".into(),
            own: String::new(),
            steps: 0,
            rate: 0.0,
            layers: 0,
            heads: 0,
            d_model: 0,
            batch: 0,
            decay: -1.0,
            seed: 1,
        }
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let board = Board::new(settings::Settings::of(&knobs));
    tell::report(board);
    let looked = Memo::new(move |_| board.current(|run| run.last().is_some()).unwrap_or_default());
    let share = Signal::derive(move || board.settings.with(settings::Settings::shared));
    let step = move || board.current(|run| run.step().to_string());
    let exact = move || board.current(|run| run.last().and_then(|look| look.exact)).flatten();
    view! {
        <LabFrame
            name="board"
            title=t!("board.title")
            state=board.state
            share
            attr:data-step=step
            attr:data-exact=move || exact().map(|exact| exact.to_string())
            attr:data-runs=move || board.runs.with(|runs| runs.len().to_string())
        >
            <form::Form board/>
            <controls::Controls board/>
            <Show when=move || looked.get()>
                <controls::Standing board/>
                <scrub::Scrub board/>
                <chips::Chips board/>
                <chart::Charts board/>
                <head::Head board/>
                <map::Map board/>
                <runs::Runs board/>
            </Show>
        </LabFrame>
    }
}
