//! Training: the data, one step, the optimizer, and the jobs around them.

mod arena;
mod data;
pub(crate) mod job;
mod trainer;

pub use data::Corpus;
pub use trainer::{StepOutcome, Trainer};
