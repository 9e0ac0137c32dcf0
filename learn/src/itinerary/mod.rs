//! Ways through the course: what comes this week, and how much is left.
//!
//! The content compiler writes these types into `course.json`; the desk reads them and asks here what to do next.
//! Nothing here forbids anything: prerequisites are advice, and every lesson is open at any time.

mod calendar;
mod course;
mod following;
mod placement;
mod plan;
#[cfg(test)]
mod plan_tests;

pub use calendar::{Date, day_of, today};
pub use course::{Course, Lesson, Module, Path, Stop, Track, VERSION};
pub use following::{Following, HOURS};
pub use placement::{Placement, Suggested, Task};
pub use plan::{Advice, Learner, Pace, Plan, Step, Week};
