//! Parts that several labs and pages share. No widget knows a lab.

mod appearance;
pub mod axis;
pub mod canvas;
pub mod cells;
mod chart_frame;
pub mod colour;
pub mod download;
pub mod heat_paint;
pub mod heatmap;
pub mod lab_frame;
pub mod line_chart;
mod line_paint;
pub mod lines;
pub mod table;
pub mod timing;
pub mod token_bars;

pub use lab_frame::{LabFrame, LabState};
