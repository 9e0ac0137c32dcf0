//! Runs that both a test and the tool `tune` make: the training lab's and the training board's.

use crate::Engine;
use engine_core::{
    jobs::{
        board::{BoardOpened, BoardUpdate, Look, RunBoard, Source},
        train::{OpenTraining, RunTraining, Start, TokenizerChoice, TrainUpdate, TrainingOpened},
    },
    presets::Preset,
    tasks,
};

/// The novel that the lab *Train a small GPT* begins with.
///
/// # Panics
/// If the file is gone.
pub fn novel() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/data/pride-and-prejudice.txt");
    std::fs::read_to_string(file).expect("the novel is in the repository")
}

/// Trains a preset: what was opened, the validation losses by step, and the last training loss, evened out as the lab
/// does it.
///
/// # Panics
/// If the engine refuses the preset.
pub fn trained(preset: &Preset, text: String) -> (TrainingOpened, Vec<(u32, f32)>, f32) {
    let Preset { shape, training, .. } = *preset;
    let start = Start::New { tokenizer: TokenizerChoice::Chars, shape, training };
    let engine = Engine::default();
    let (opened, _) = engine.run(&OpenTraining { session: 1, text, start }).expect("the preset can be trained");
    let (_, updates) = engine.run(&RunTraining { session: 1, steps: None }).expect("it was just opened");
    let (mut curve, mut even) = (Vec::new(), None);
    for update in updates {
        match update {
            TrainUpdate::Validation { step, loss } => curve.push((step, loss)),
            TrainUpdate::Step(done) => even = Some(even.map_or(done.loss, |old| old + 0.1 * (done.loss - old))),
            TrainUpdate::Sample(_) | TrainUpdate::Checkpoint { .. } => {}
        }
    }
    (opened, curve, even.expect("a run has steps"))
}

/// The training board's default run of a task.
///
/// # Panics
/// If there is no such task.
pub fn default_run(key: &str) -> RunBoard {
    let task = tasks::by_key(key).expect("a task of the list");
    let source = Source::Task(key.into());
    RunBoard { source, shape: task.shape(), training: task.training(), from: None, steps: None }
}

/// What a run on the board began with.
///
/// # Panics
/// If it did not begin.
pub fn opened(updates: &[BoardUpdate]) -> &BoardOpened {
    updates.iter().find_map(|u| if let BoardUpdate::Opened(it) = u { Some(it) } else { None }).expect("it was opened")
}

/// The looks of a run on the board.
pub fn looks(updates: &[BoardUpdate]) -> Vec<&Look> {
    updates.iter().filter_map(|u| if let BoardUpdate::Look(look) = u { Some(look) } else { None }).collect()
}
