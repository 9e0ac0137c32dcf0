//! A model on a small device: what it needs, how long it takes, and whether it should rather run elsewhere.

pub mod latency;
pub mod plan;
pub mod route;
pub mod schedule;
