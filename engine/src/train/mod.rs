//! Training: the data, one step, the optimizer, and the jobs around them.

mod arena;
mod data;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(not(feature = "gpu"))]
#[path = "no_gpu.rs"]
mod gpu;
pub(crate) mod job;
mod trainer;

pub use engine_core::corpus::Corpus;
pub(crate) use engine_core::corpus::check;
pub use trainer::{StepOutcome, Trainer};
