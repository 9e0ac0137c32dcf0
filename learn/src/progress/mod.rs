//! A learner's progress: a log of events that only grows, and where the learner stands, which is a replay of it.
//!
//! The log is a set: putting two together is a union, so two tabs, two devices and an imported file never undo
//! each other. Clocks are passed in, never read.

mod certificate;
mod event;
mod import;
mod lesson;
mod log;
mod mastery;
mod memory;
mod migrate;
pub mod milestones;
pub mod notes;
mod standing;
mod streak;

pub use certificate::{Certificate, Known, certificate, digest};
pub use event::{Event, Kind, Now, day};
pub use import::{IMPORT_CAP, Plan, Refused, Summary, plan};
pub use lesson::{Asked, GoOn, Reached};
pub use log::{Log, Read, VERSION, lost, recover};
pub use mastery::{Earned, Level};
pub use memory::{Grade, Memory};
pub use migrate::from_version_1;
pub use standing::{Item, Standing};
pub use streak::{Streak, streak};
