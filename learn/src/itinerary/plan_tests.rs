//! Plans over a small course.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
struct Someone {
    done: BTreeMap<String, f64>,
    knows: BTreeSet<String>,
}

impl Learner for Someone {
    fn done(&self, lesson: &str) -> f64 {
        self.done.get(lesson).copied().unwrap_or_default()
    }

    fn knows(&self, module: &str) -> bool {
        self.knows.contains(module)
    }
}

fn who(done: &[(&str, f64)], knows: &[&str]) -> Someone {
    Someone {
        done: done.iter().map(|(slug, done)| ((*slug).to_owned(), *done)).collect(),
        knows: knows.iter().map(|module| (*module).to_owned()).collect(),
    }
}

fn lesson(slug: &str, minutes: u32) -> Lesson {
    Lesson {
        slug: slug.to_owned(),
        title: slug.to_uppercase(),
        minutes,
        path: (minutes > 0).then(|| format!("learn/{slug}/")),
        within: None,
        objectives: Vec::new(),
        questions: Vec::new(),
        exercises: Vec::new(),
        predictions: Vec::new(),
    }
}

fn stop(when: &str, days: [u32; 2], lessons: &[&str]) -> Stop {
    let lessons = lessons.iter().map(|slug| (*slug).to_owned()).collect();
    Stop { when: when.to_owned(), title: format!("stop {when}"), days, optional: false, lessons }
}

/// Two modules, the second built on the first; `c` is not written, and `e` is part of `d`.
fn course() -> Course {
    let module = |slug: &str, builds_on: &[&str], lessons: Vec<Lesson>| Module {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        critical: false,
        builds_on: builds_on.iter().map(|slug| (*slug).to_owned()).collect(),
        lessons,
    };
    let mut merged = lesson("e", 0);
    merged.within = Some("d".to_owned());
    merged.path = Some("learn/d/".to_owned());
    let modules = vec![
        module("first", &[], vec![lesson("a", 60), lesson("b", 40), lesson("c", 0)]),
        module("second", &["first"], vec![lesson("d", 100), merged, lesson("f", 20)]),
    ];
    let path = Path {
        name: "way".to_owned(),
        title: "A way".to_owned(),
        audience: String::new(),
        goal: String::new(),
        hours: None,
        length: "4 weeks".to_owned(),
        stops: vec![
            stop("Week 1", [0, 7], &["a", "b"]),
            stop("Week 2", [7, 14], &["c"]),
            stop("Weeks 3 to 4", [14, 28], &["d", "e", "a"]),
            Stop { optional: true, ..stop("Extra", [28, 35], &["f", "d"]) },
        ],
    };
    let track = Track { slug: "all".to_owned(), title: "All".to_owned(), modules };
    Course { version: VERSION, tracks: vec![track], paths: vec![path] }
}

fn week(done: &[(&str, f64)], knows: &[&str], today: i64, hours_per_week: f64) -> Week {
    let course = course();
    let plan = Plan { course: &course, path: &course.paths[0], start: 1000, hours_per_week };
    plan.week(&who(done, knows), today)
}

fn slugs(week: &Week) -> Vec<&str> {
    week.steps.iter().map(|step| step.slug.as_str()).collect()
}

#[test]
fn a_week_holds_what_fits_into_its_hours() {
    let first = week(&[], &[], 1000, 1.75);
    assert_eq!(slugs(&first), ["a", "b"]);
    assert_eq!(first.then.as_ref().map(|step| step.slug.as_str()), Some("d"));
    assert_eq!((first.number, first.done, first.left, first.unwritten, first.electives), (1, 0, 3, 1, 1));
    assert_eq!((first.minutes_left, first.weeks_left), (200, 2));
    assert_eq!((first.finish, first.path_ends), (1000 + 14, 1028), "200 of 105 minutes a week");
    assert_eq!(slugs(&week(&[], &[], 1000, 1.0)), ["a"]);
    assert_eq!(slugs(&week(&[("a", 1.0), ("b", 1.0)], &[], 1000, 0.5)), ["d"], "one is always there");
    assert_eq!(slugs(&week(&[], &[], 1000, 40.0)), ["a", "b", "d"]);
}

#[test]
fn a_lesson_begun_counts_what_is_left_of_it() {
    let begun = week(&[("a", 0.5)], &[], 1003, 1.2);
    assert_eq!(slugs(&begun), ["a", "b"]);
    assert_eq!((begun.steps[0].minutes, begun.steps[0].begun, begun.minutes_left), (30, true, 170));
}

#[test]
fn a_merged_lesson_is_one_step_and_each_lesson_comes_once() {
    let all = week(&[], &[], 1020, 40.0);
    assert_eq!(slugs(&all), ["a", "b", "d"]);
    assert_eq!(all.steps[2].stop, "stop Weeks 3 to 4");
}

#[test]
fn pace_is_held_against_the_calendar() {
    assert_eq!(week(&[], &[], 990, 5.0).pace, Pace::NotBegun(10));
    assert_eq!(week(&[], &[], 990, 5.0).number, 0);
    assert_eq!(week(&[], &[], 990, 5.0).finish, 1005, "it begins on the first day, not before");
    assert_eq!(week(&[], &[], 1006, 5.0).pace, Pace::OnTime);
    assert_eq!(week(&[], &[], 1007, 5.0).pace, Pace::Behind(2));
    assert_eq!(week(&[("a", 1.0)], &[], 1007, 5.0).pace, Pace::Behind(1));
    assert_eq!(week(&[("a", 1.0), ("b", 1.0)], &[], 1003, 5.0).pace, Pace::Ahead);
    assert_eq!(week(&[("a", 1.0), ("b", 1.0)], &[], 1015, 5.0).pace, Pace::OnTime);
    let finished = week(&[("a", 1.0), ("b", 1.0), ("d", 1.0)], &[], 1003, 5.0);
    assert_eq!((finished.pace, finished.minutes_left, finished.finish), (Pace::Finished, 0, 1003));
    assert!(finished.steps.is_empty() && finished.then.is_none());
}

#[test]
fn stops_are_found_by_the_day() {
    assert_eq!(week(&[], &[], 1000, 5.0).now, [0]);
    assert_eq!(week(&[], &[], 1013, 5.0).now, [1]);
    assert_eq!(week(&[], &[], 1014, 5.0).now, [2]);
    assert!(week(&[], &[], 1028, 5.0).now.is_empty() && week(&[], &[], 999, 5.0).now.is_empty());
}

#[test]
fn prerequisites_are_advice_until_half_of_them_is_done() {
    let advice = |week: &Week| week.steps.iter().find(|step| step.slug == "d").map(|step| step.advice.clone());
    let expected = Advice { module: "first".to_owned(), title: "first".to_owned(), done: 0, written: 2 };
    assert_eq!(advice(&week(&[], &[], 1000, 40.0)), Some(vec![expected]));
    assert_eq!(advice(&week(&[("a", 1.0)], &[], 1000, 40.0)), Some(vec![]));
    assert_eq!(advice(&week(&[], &["first"], 1000, 40.0)), Some(vec![]));
}

#[test]
fn what_is_known_is_left_out_and_counted() {
    let known = week(&[], &["first"], 1000, 40.0);
    assert_eq!((slugs(&known), known.known, known.minutes_left), (vec!["d"], 2, 100));
    assert_eq!(week(&[], &["first", "second"], 1000, 40.0).pace, Pace::Finished);
}

proptest! {
    #[test]
    fn doing_more_never_adds_work(
        a in 0.0..=1.0_f64, b in 0.0..=1.0_f64, d in 0.0..=1.0_f64, more in 0.0..=1.0_f64,
        today in 900..1100_i64, hours in 0.1..60.0_f64,
    ) {
        let before = week(&[("a", a), ("b", b), ("d", d)], &[], today, hours);
        let after = week(&[("a", a.max(more)), ("b", b), ("d", d)], &[], today, hours);
        prop_assert!(after.minutes_left <= before.minutes_left);
        prop_assert!(after.finish <= before.finish && after.weeks_left <= before.weeks_left);
        prop_assert_eq!(before.done + before.left + before.known, 3);
        prop_assert_eq!(before.steps.is_empty(), before.left == 0);
        prop_assert_eq!(before.then.is_some(), before.left > before.steps.len());
    }
}
