//! Breaking the engine on purpose, to see that the page survives it.

use crate::job::Job;
use serde::{Deserialize, Serialize};

/// Makes the worker fail in a chosen way. It never succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drill {
    /// The program stops with a message, as after a bug of ours.
    Panic,
    /// The program loops for ever and answers nothing.
    Hang,
    /// The program asks for memory until there is none.
    OutOfMemory,
    /// The program calls itself until its stack is full.
    StackOverflow,
    /// The graphics device is destroyed, as when its driver resets or the browser's GPU process ends.
    LoseDevice,
}

impl Job for Drill {
    const NAME: &'static str = "drill";
    type Update = ();
    type Output = ();
}
