//! What surrounds the labs, as plain data and arithmetic: it knows no browser and no engine, and everything
//! here is tested on this machine.

pub mod itinerary;
pub mod practice;
pub mod progress;
pub mod search;
pub mod share;
