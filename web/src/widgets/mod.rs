//! Parts that several labs and pages share. No widget knows a lab.

pub mod lab_frame;

pub use lab_frame::{LabFrame, LabState};
