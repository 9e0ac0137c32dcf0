//! Where a learner stands: the log, replayed. The same events give the same standing, in whatever order they
//! arrived.

use super::{
    Event, Kind, Log, Now,
    mastery::{Earned, Level},
    memory::{Grade, Memory},
    streak::{Streak, streak},
};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one question, exercise or prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The lesson's slug.
    pub lesson: String,
    /// `q:<id>`, `x:<id>` or `p:<id>`.
    pub item: String,
    /// The lesson's objectives it asks about, counted from one.
    pub objectives: BTreeSet<u8>,
    /// The level, before any fading.
    pub earned: Earned,
    /// Whether it was ever answered right.
    pub was_right: bool,
    /// How many answers there were.
    pub answers: u32,
    /// When it was last answered.
    pub last_ms: u64,
    /// When it is to be reviewed.
    pub memory: Memory,
}

impl Item {
    /// The level at a moment, faded where its review is overdue.
    pub fn level(&self, now: Now) -> Level {
        let overdue = now.day().saturating_sub(self.memory.due_day());
        self.earned.level.faded(overdue, self.memory.interval_days())
    }

    /// Whether its review is due on this date.
    pub fn is_due(&self, now: Now) -> bool {
        self.memory.due_day() <= now.day()
    }
}

/// Where a learner stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// By lesson and item.
    pub(super) items: BTreeMap<String, BTreeMap<String, Item>>,
    /// When each lesson was last opened or answered in.
    pub(super) visited: BTreeMap<String, u64>,
    pub(super) milestones: BTreeMap<String, bool>,
    pub(super) notes: BTreeMap<String, String>,
    pub(super) choices: BTreeMap<String, String>,
    pub(super) placed: BTreeMap<String, bool>,
    /// The best score of the first site.
    pub(super) scored: BTreeMap<String, (u32, u32)>,
    /// Local dates with an answer.
    pub(super) days: BTreeSet<i64>,
}

impl Standing {
    /// Replays a log.
    pub fn of(log: &Log) -> Self {
        let mut standing = Self::default();
        for event in log.events() {
            standing.apply(event);
        }
        standing
    }

    /// Takes one more event, which must not be older than those before it.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            Kind::Opened { lesson } => {
                self.visited.insert(lesson.clone(), event.at_ms);
            }
            Kind::Answered { lesson, item, objectives, right, helped } => {
                self.visited.insert(lesson.clone(), event.at_ms);
                self.days.insert(event.day());
                let item = self.answered(event, (lesson, item), *right, *helped);
                item.objectives.extend(objectives);
            }
            Kind::Ticked { milestone, on } => {
                self.milestones.insert(milestone.clone(), *on);
            }
            Kind::Noted { lesson, text } => {
                self.notes.insert(lesson.clone(), text.clone());
            }
            Kind::Chose { what, value } => {
                self.choices.insert(what.clone(), value.clone());
            }
            Kind::Placed { module, known } => {
                self.placed.insert(module.clone(), *known);
            }
            Kind::Scored { lesson, right, of } => {
                let best = self.scored.entry(lesson.clone()).or_insert((*right, *of));
                if share(*best) < share((*right, *of)) {
                    *best = (*right, *of);
                }
            }
            Kind::Unknown => {}
        }
    }

    fn answered(&mut self, event: &Event, (lesson, name): (&str, &str), right: bool, helped: bool) -> &mut Item {
        let grade = match (right, helped) {
            (true, false) => Grade::Good,
            (true, true) => Grade::Hard,
            (false, _) => Grade::Again,
        };
        let at = event.at_ms;
        let items = self.items.entry(lesson.into()).or_default();
        let before = items.remove(name);
        let earned = Earned::after(before.as_ref().map(|item| item.earned), right, helped, at);
        let after = match before {
            Some(item) => Item {
                earned,
                was_right: item.was_right || right,
                answers: item.answers.saturating_add(1),
                last_ms: at,
                memory: item.memory.after(grade, at, event.offset_min),
                ..item
            },
            None => Item {
                lesson: lesson.into(),
                item: name.into(),
                objectives: BTreeSet::new(),
                earned,
                was_right: right,
                answers: 1,
                last_ms: at,
                memory: Memory::first(grade, at, event.offset_min),
            },
        };
        items.entry(name.into()).or_insert(after)
    }

    /// One item, where it was ever answered.
    pub fn item(&self, lesson: &str, item: &str) -> Option<&Item> {
        self.items.get(lesson)?.get(item)
    }

    /// All items of a lesson that were ever answered.
    pub fn items(&self, lesson: &str) -> impl Iterator<Item = &Item> {
        self.items.get(lesson).into_iter().flat_map(BTreeMap::values)
    }

    /// Whether nothing at all was done yet.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// When a lesson was last opened or answered in.
    pub fn visited_ms(&self, lesson: &str) -> Option<u64> {
        self.visited.get(lesson).copied()
    }

    /// The lesson that was opened or answered in last.
    pub fn last_visited(&self) -> Option<&str> {
        self.visited.iter().max_by_key(|(_, at)| **at).map(|(lesson, _)| lesson.as_str())
    }

    /// The items to review on this date, the one that is most likely forgotten first.
    pub fn due(&self, now: Now) -> Vec<&Item> {
        let mut due: Vec<_> = self.items.values().flat_map(BTreeMap::values).filter(|item| item.is_due(now)).collect();
        let order = |item: &&Item| (item.memory.recall(now.ms), item.memory.due_day());
        due.sort_by(|a, b| {
            let ((a_recall, a_due), (b_recall, b_due)) = (order(a), order(b));
            a_recall.total_cmp(&b_recall).then(a_due.cmp(&b_due))
        });
        due
    }

    /// The local date of the next review after today, in days since 1970.
    pub fn next_due_day(&self, now: Now) -> Option<i64> {
        let days = self.items.values().flat_map(BTreeMap::values).map(|item| item.memory.due_day());
        days.filter(|day| *day > now.day()).min()
    }

    /// The streak; `None` where the learner has switched it off.
    pub fn streak(&self, now: Now) -> Option<Streak> {
        (self.choice("streak") != Some("off")).then(|| streak(&self.days, now.day()))
    }

    /// Whether a milestone is ticked.
    pub fn has(&self, milestone: &str) -> bool {
        self.milestones.get(milestone) == Some(&true)
    }

    /// Whether a milestone was ever ticked or unticked; a tick taken away by hand stays away.
    pub fn was_ticked(&self, milestone: &str) -> bool {
        self.milestones.contains_key(milestone)
    }

    /// The notes of a lesson.
    pub fn note(&self, lesson: &str) -> &str {
        self.notes.get(lesson).map_or("", String::as_str)
    }

    /// A choice, such as the path.
    pub fn choice(&self, what: &str) -> Option<&str> {
        self.choices.get(what).map(String::as_str)
    }

    /// What the placement quiz found about a module.
    pub fn placed(&self, module: &str) -> Option<bool> {
        self.placed.get(module).copied()
    }

    /// The best score that the first version of this site kept for a lesson.
    pub fn scored(&self, lesson: &str) -> Option<(u32, u32)> {
        self.scored.get(lesson).copied()
    }
}

/// A score as a number that compares: nothing right of nothing is nothing.
pub(super) fn share((right, of): (u32, u32)) -> f64 {
    if of == 0 { 0.0 } else { f64::from(right) / f64::from(of) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400_000;

    fn answer(item: &str, right: bool) -> Kind {
        let (lesson, item) = ("attention-mechanism".into(), item.into());
        Kind::Answered { lesson, item, objectives: vec![1], right, helped: false }
    }

    fn now(day: u64) -> Now {
        Now { ms: day * DAY, offset_min: 0 }
    }

    #[test]
    fn what_is_most_likely_forgotten_comes_first() {
        let mut log = Log::default();
        log.record(1, now(0), answer("q:right", true));
        log.record(1, now(0), answer("q:wrong", false));
        let standing = Standing::of(&log);
        assert!(standing.due(now(0)).is_empty());
        assert_eq!(standing.next_due_day(now(0)), Some(1));
        let names = |day| standing.due(now(day)).iter().map(|item| item.item.clone()).collect::<Vec<_>>();
        assert_eq!(names(1), ["q:wrong"]);
        assert_eq!(names(30), ["q:wrong", "q:right"]);
    }

    #[test]
    fn mastery_fades_and_one_answer_brings_it_back() {
        let mut log = Log::default();
        log.record(1, now(0), answer("q:a", true));
        log.record(1, now(3), answer("q:a", true));
        let level =
            |log: &Log, day| Standing::of(log).item("attention-mechanism", "q:a").map(|item| item.level(now(day)));
        assert_eq!(level(&log, 4), Some(Level::Mastered));
        assert_eq!(level(&log, 400), Some(Level::Familiar));
        log.record(1, now(400), answer("q:a", true));
        assert_eq!(level(&log, 400), Some(Level::Mastered));
    }

    #[test]
    fn the_streak_can_be_switched_off() {
        let mut log = Log::default();
        log.record(1, now(5), answer("q:a", true));
        assert_eq!(Standing::of(&log).streak(now(5)).map(|streak| streak.days), Some(1));
        log.record(1, now(5), Kind::Chose { what: "streak".into(), value: "off".into() });
        assert_eq!(Standing::of(&log).streak(now(5)), None);
    }

    #[test]
    fn the_best_old_score_stays() {
        let mut log = Log::default();
        for (nth, right) in (0..).zip([3, 5, 4]) {
            let kind = Kind::Scored { lesson: "a".into(), right, of: 6 };
            log.insert(Event { at_ms: 0, offset_min: 0, device: 0, nth, kind });
        }
        assert_eq!(Standing::of(&log).scored("a"), Some((5, 6)));
    }
}
