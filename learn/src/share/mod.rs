//! What goes from one person to another without a server: the state of a lab in an address, a teacher's task
//! around it, what a learner achieved in it, and the results of a whole class.

mod class;
mod collect;
mod link;
mod qr;
mod result;
mod results_file;
mod state;
mod statistics;

pub use class::{Class, Entry, Fault, Repeated, Unreadable};
pub use collect::Collected;
pub use link::{LinkFault, MAX_LINK, MAX_STATE, TooLong, decode, encode, from_file, to_file};
pub use qr::{Qr, qr};
pub use result::{Achieved, CodeFault, Curve, Device, MAX_CURVE, MAX_CURVES, MAX_VALUES, Value, code, codes};
pub use results_file::{FileFault, MAX_FILE, MAX_RESULTS, from_results_file, to_results_file};
pub use state::{MAX_NAMES, MAX_TASK, State, Teacher, differing, is_name, knobs_of};
pub use statistics::{Overlay, Summary, csv, curve_names, overlay, summaries};
