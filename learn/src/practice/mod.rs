//! Practice: questions, exercises and predictions, and what makes an answer to each of them right.
//!
//! The lesson compiler writes these types into a page as JSON; the desk reads them, shows them and asks here
//! for the verdict. Texts called `prompt`, `text`, `explain`, `task`, `hints` and `solution` are HTML that the
//! compiler wrote. What a learner types is never HTML.

mod condition;
mod curve;
mod exercise;
mod judge;
mod number;
mod outcome;
mod prediction;
mod question;
mod shuffle;

pub use condition::{Condition, Relation};
pub use curve::{Curve, CurveScore};
pub use exercise::{Checked, Exercise, Goal, GoalState};
pub use judge::{Given, Judged, Note, Verdict};
pub use number::{Tolerance, readings};
pub use outcome::{Outcome, Value};
pub use prediction::{Bet, Foreseen, Guess, Prediction, Prospect};
pub use question::{Ask, Choice, Expected, Item, NumberAsk, Pair, Question, Quiz, Slip, TextAsk};
pub use shuffle::shuffled;
