//! Parts that several labs and pages share. No widget knows a lab.

pub mod appearance;
pub mod canvas;
pub mod cells;
mod chart_frame;
pub mod colour;
pub mod heat_paint;
mod heat_svg;
pub mod heatmap;
pub mod in_turn;
pub mod lab_frame;
pub mod line_chart;
mod line_paint;
pub mod lines;
pub mod outcome;
mod picture;
pub mod pretrained;
pub mod scatter;
pub mod settings;
pub mod signed_bars;
pub mod strips;
pub mod table;
pub mod timing;
pub mod token_bars;
pub mod token_radio;

pub use kit::{axis, download};
pub use lab_frame::{LabFrame, LabState};
