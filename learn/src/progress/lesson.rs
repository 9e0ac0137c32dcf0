//! How far a lesson is: over all that it asks, and over each of its objectives.

use super::{
    Now, Standing,
    mastery::Level,
    standing::{Item, share},
};

/// The share of a lesson's items that makes it Familiar.
const FAMILIAR_SHARE: f64 = 0.7;

/// What a lesson asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The lesson's slug.
    pub lesson: String,
    /// `q:<id>`, `x:<id>` and `p:<id>`.
    pub items: Vec<String>,
}

/// How far a lesson is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The level; `None` where nothing was answered.
    pub level: Option<Level>,
    /// How many items were ever answered right.
    pub right: usize,
    /// How many items there are.
    pub of: usize,
    /// How many are due for review.
    pub due: usize,
}

impl Reached {
    /// Whether everything was answered right at least once.
    pub fn is_complete(self) -> bool {
        self.of > 0 && self.right == self.of
    }
}

impl Standing {
    /// How far a lesson is. It has the level that all of its items have; 70 % of them make it Familiar.
    pub fn reached(&self, asked: &Asked, now: Now) -> Reached {
        let items: Vec<_> = asked.items.iter().map(|item| self.item(&asked.lesson, item)).collect();
        let mut reached = over(&items, now);
        if reached.level <= Some(Level::Attempted)
            && let Some(score) = self.scored(&asked.lesson)
        {
            // The old score says neither when nor which, so it counts for no more than Familiar.
            let level = if share(score) >= FAMILIAR_SHARE { Level::Familiar } else { Level::Attempted };
            reached.level = reached.level.max(Some(level));
        }
        reached
    }

    /// How far one objective of a lesson is, over the items that ask about it and were answered.
    pub fn objective(&self, lesson: &str, objective: u8, now: Now) -> Option<Level> {
        let items: Vec<_> = self.items(lesson).filter(|item| item.objectives.contains(&objective)).map(Some).collect();
        over(&items, now).level
    }

    /// Where to go on: the lesson visited last, or the first incomplete one after it where that is complete.
    /// `course` lists the written lessons in their order.
    pub fn go_on(&self, course: &[Asked], now: Now) -> Option<GoOn> {
        let visited = |asked: &&Asked| self.visited_ms(&asked.lesson).is_some();
        let last = course.iter().filter(visited).max_by_key(|asked| self.visited_ms(&asked.lesson));
        let open = |asked: &&Asked| !self.reached(asked, now).is_complete();
        let Some(last) = last else {
            return course.first().map(|first| GoOn::Begin(first.lesson.clone()));
        };
        if open(&last) {
            return Some(GoOn::Resume(last.lesson.clone()));
        }
        let at = course.iter().position(|asked| asked.lesson == last.lesson).unwrap_or(0);
        let next = course.iter().cycle().skip(at + 1).take(course.len()).find(open);
        next.map(|next| GoOn::Next(next.lesson.clone()))
    }
}

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoOn {
    /// Nothing was opened yet: the first lesson.
    Begin(String),
    /// The lesson visited last is not complete.
    Resume(String),
    /// It is complete; this one is not.
    Next(String),
}

impl GoOn {
    /// The lesson's slug.
    pub fn lesson(&self) -> &str {
        let (Self::Begin(lesson) | Self::Resume(lesson) | Self::Next(lesson)) = self;
        lesson
    }
}

fn over(items: &[Option<&Item>], now: Now) -> Reached {
    let of = items.len();
    let known = || items.iter().flatten();
    let at_least = |level| known().filter(|item| item.level(now) >= level).count();
    let familiar = of as f64 * FAMILIAR_SHARE;
    let level = if of == 0 || known().count() == 0 {
        None
    } else if at_least(Level::Mastered) == of {
        Some(Level::Mastered)
    } else if at_least(Level::Proficient) == of {
        Some(Level::Proficient)
    } else if at_least(Level::Familiar) as f64 >= familiar {
        Some(Level::Familiar)
    } else {
        Some(Level::Attempted)
    };
    let right = known().filter(|item| item.was_right).count();
    Reached { level, right, of, due: known().filter(|item| item.is_due(now)).count() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Kind, Log};

    const NOW: Now = Now { ms: 1_763_720_000_000, offset_min: 0 };

    fn asked(lesson: &str) -> Asked {
        Asked { lesson: lesson.into(), items: ["q:a", "q:b", "q:c", "x:d"].map(String::from).into() }
    }

    fn answers(rights: &[&str]) -> Log {
        let mut log = Log::default();
        for (item, objective) in rights.iter().zip(1..) {
            let (lesson, item) = ("first".into(), (*item).into());
            log.record(
                1,
                NOW,
                Kind::Answered { lesson, item, objectives: vec![objective], right: true, helped: false },
            );
        }
        log
    }

    #[test]
    fn a_lesson_has_the_level_of_all_its_items() {
        let level = |rights: &[&str]| Standing::of(&answers(rights)).reached(&asked("first"), NOW).level;
        assert_eq!(level(&[]), None);
        assert_eq!(level(&["q:a"]), Some(Level::Attempted));
        assert_eq!(level(&["q:a", "q:b"]), Some(Level::Attempted));
        assert_eq!(level(&["q:a", "q:b", "q:c"]), Some(Level::Familiar));
        assert_eq!(level(&["q:a", "q:b", "q:c", "x:d"]), Some(Level::Proficient));
    }

    #[test]
    fn an_objective_counts_its_own_items() {
        let standing = Standing::of(&answers(&["q:a", "q:b"]));
        assert_eq!(standing.objective("first", 2, NOW), Some(Level::Proficient));
        assert_eq!(standing.objective("first", 3, NOW), None);
    }

    #[test]
    fn an_old_score_counts_for_familiar_at_most() {
        let level = |right| {
            let mut log = Log::default();
            log.record(0, NOW, Kind::Scored { lesson: "first".into(), right, of: 6 });
            Standing::of(&log).reached(&asked("first"), NOW).level
        };
        assert_eq!((level(6), level(3)), (Some(Level::Familiar), Some(Level::Attempted)));
    }

    #[test]
    fn one_goes_on_where_one_left_off() {
        let course = [asked("first"), asked("second"), asked("third")];
        let go_on = |log: &Log| Standing::of(log).go_on(&course, NOW);
        assert_eq!(go_on(&Log::default()), Some(GoOn::Begin("first".into())));
        assert_eq!(go_on(&answers(&["q:a"])), Some(GoOn::Resume("first".into())));
        let mut log = answers(&["q:a", "q:b", "q:c", "x:d"]);
        assert_eq!(go_on(&log), Some(GoOn::Next("second".into())));
        log.record(1, Now { ms: NOW.ms + 1, ..NOW }, Kind::Opened { lesson: "third".into() });
        assert_eq!(go_on(&log), Some(GoOn::Resume("third".into())));
    }
}
