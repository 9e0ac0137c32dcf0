//! What to do this week on a path, and how much is left.

use super::{Course, Lesson, Path};
use std::collections::BTreeSet;

/// What the plan must know of the learner.
pub trait Learner {
    /// How much of a lesson is done, from 0 to 1.
    fn done(&self, lesson: &str) -> f64;

    /// Whether the learner says that a module is known already, as after the placement quiz.
    fn knows(&self, module: &str) -> bool;
}

/// A path that somebody follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan<'a> {
    /// All lessons.
    pub course: &'a Course,
    /// The path.
    pub path: &'a Path,
    /// The first day, counted from 1970-01-01.
    pub start: i64,
    /// The time the learner has.
    pub hours_per_week: f64,
}

/// A lesson to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The lesson's slug.
    pub slug: String,
    /// Its heading.
    pub title: String,
    /// Its address below the site's root.
    pub path: String,
    /// The title of the stop that asks for it.
    pub stop: String,
    /// What is left of it.
    pub minutes: u32,
    /// It is begun.
    pub begun: bool,
    /// What would help to know first.
    pub advice: Vec<Advice>,
}

/// A module that another one builds on, and that the learner has not gone through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The module's slug.
    pub module: String,
    /// Its title.
    pub title: String,
    /// How many of its lessons are done.
    pub done: usize,
    /// How many of its lessons are written.
    pub written: usize,
}

/// How the learner does against the path's own calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// The start lies ahead, by so many days.
    NotBegun(u32),
    /// So many lessons of stops that are over are not done.
    Behind(usize),
    /// Everything up to now is done, or its time is running.
    OnTime,
    /// The stops whose time is running are done, too.
    Ahead,
    /// Every written lesson is done.
    Finished,
}

/// This week on a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// Counted from one; zero before the start.
    pub number: u32,
    /// The stops whose time it is, as places in the path.
    pub now: Vec<usize>,
    /// As many lessons as fit into the week, at least one if any is left.
    pub steps: Vec<Step>,
    /// The lesson after these.
    pub then: Option<Step>,
    /// Lessons of stops that may be left out, not done.
    pub electives: usize,
    /// How many lessons are done, of those that are written and not optional.
    pub done: usize,
    /// How many are left.
    pub left: usize,
    /// Left out because the learner knows their module.
    pub known: usize,
    /// Lessons of the path that are not written yet; they are not counted in any time.
    pub unwritten: usize,
    /// The time for all lessons that are left.
    pub minutes_left: u32,
    /// The same in weeks of the learner's own time, rounded up.
    pub weeks_left: u32,
    /// The day on which the last lesson is done at that pace.
    pub finish: i64,
    /// The day on which the path's own calendar ends.
    pub path_ends: i64,
    /// How the learner does.
    pub pace: Pace,
}

impl Plan<'_> {
    /// What to do in the week that holds `today`.
    pub fn week(&self, learner: &impl Learner, today: i64) -> Week {
        let elapsed = today - self.start;
        let sorted = self.sort(learner);
        let minutes_left: u32 = sorted.left.iter().map(|(_, step)| step.minutes).sum();
        let budget = (self.hours_per_week.clamp(0.5, 168.0) * 60.0) as u32;
        let fitting = fitting(sorted.left.iter().map(|(_, step)| step.minutes), budget);
        let weeks_left = minutes_left.div_ceil(budget);
        let first = today.max(self.start);
        let pace = self.pace(&sorted, elapsed);
        let mut steps: Vec<Step> = sorted.left.into_iter().map(|(_, step)| step).collect();
        let left = steps.len();
        let then = (fitting < left).then(|| steps[fitting].clone());
        steps.truncate(fitting);
        Week {
            number: u32::try_from(elapsed.div_euclid(7) + 1).unwrap_or(0),
            now: self.running(elapsed),
            steps,
            then,
            electives: sorted.electives,
            done: sorted.done,
            left,
            known: sorted.known,
            unwritten: sorted.unwritten,
            minutes_left,
            weeks_left,
            finish: first + i64::from((minutes_left * 7).div_ceil(budget)),
            path_ends: self.start + i64::from(self.path.days()),
            pace,
        }
    }

    /// The stops whose time is running.
    fn running(&self, elapsed: i64) -> Vec<usize> {
        let holds = |days: [u32; 2]| (i64::from(days[0])..i64::from(days[1])).contains(&elapsed);
        let stops = self.path.stops.iter().enumerate();
        stops.filter(|(_, stop)| !stop.optional && holds(stop.days)).map(|(index, _)| index).collect()
    }

    fn pace(&self, sorted: &Sorted, elapsed: i64) -> Pace {
        if sorted.left.is_empty() && sorted.done + sorted.known > 0 {
            return Pace::Finished;
        }
        if elapsed < 0 {
            return Pace::NotBegun(u32::try_from(-elapsed).unwrap_or(u32::MAX));
        }
        let days = |stop: usize| self.path.stops[stop].days.map(i64::from);
        let late = sorted.left.iter().filter(|(stop, _)| days(*stop)[1] <= elapsed).count();
        if late > 0 {
            Pace::Behind(late)
        } else if sorted.done > 0 && sorted.left.iter().all(|(stop, _)| days(*stop)[0] > elapsed) {
            Pace::Ahead
        } else {
            Pace::OnTime
        }
    }

    /// Every lesson of the path, once, to where it belongs.
    fn sort(&self, learner: &impl Learner) -> Sorted {
        let (mut sorted, mut seen) = (Sorted::default(), BTreeSet::new());
        // What a stop of the way asks for is no elective, even if an optional stop before asks for it too.
        for optional in [false, true] {
            let stops = self.path.stops.iter().enumerate().filter(|(_, stop)| stop.optional == optional);
            for (index, slug) in stops.flat_map(|(index, stop)| stop.lessons.iter().map(move |slug| (index, slug))) {
                let Some(lesson) = self.course.to_read(slug).filter(|lesson| seen.insert(lesson.slug.as_str())) else {
                    continue;
                };
                let done = learner.done(&lesson.slug).clamp(0.0, 1.0);
                let known = self.course.module_of(&lesson.slug).is_some_and(|module| learner.knows(&module.slug));
                match &lesson.path {
                    None => sorted.unwritten += usize::from(!optional),
                    Some(_) if done >= 1.0 => sorted.done += usize::from(!optional),
                    Some(_) if optional => sorted.electives += 1,
                    Some(_) if known => sorted.known += 1,
                    Some(path) => sorted.left.push((index, self.step(lesson, path, index, done, learner))),
                }
            }
        }
        sorted
    }

    fn step(&self, lesson: &Lesson, path: &str, stop: usize, done: f64, learner: &impl Learner) -> Step {
        Step {
            slug: lesson.slug.clone(),
            title: lesson.title.clone(),
            path: path.to_owned(),
            stop: self.path.stops[stop].title.clone(),
            minutes: ((f64::from(lesson.minutes) * (1.0 - done)).ceil() as u32).max(1),
            begun: done > 0.0,
            advice: self.advice(lesson, learner),
        }
    }

    /// The modules that the lesson's module builds on and of which less than half is done.
    fn advice(&self, lesson: &Lesson, learner: &impl Learner) -> Vec<Advice> {
        let Some(module) = self.course.module_of(&lesson.slug) else { return Vec::new() };
        let before = self.course.modules().filter(|other| module.builds_on.contains(&other.slug));
        let advice = before.filter(|other| !learner.knows(&other.slug)).map(|other| {
            let written: Vec<&Lesson> = other.lessons.iter().filter(|lesson| lesson.path.is_some()).collect();
            let done = written.iter().filter(|lesson| learner.done(&lesson.slug) >= 1.0).count();
            Advice { module: other.slug.clone(), title: other.title.clone(), done, written: written.len() }
        });
        advice.filter(|advice| advice.done * 2 < advice.written.max(1)).collect()
    }
}

/// The lessons of a path by what is to be done with them.
#[derive(Debug, Default)]
struct Sorted {
    /// With the place of their stop.
    left: Vec<(usize, Step)>,
    done: usize,
    known: usize,
    electives: usize,
    unwritten: usize,
}

/// How many of these fit into a budget, at least one if there is one.
fn fitting(minutes: impl Iterator<Item = u32>, budget: u32) -> usize {
    let mut spent = 0;
    minutes
        .enumerate()
        .take_while(|(index, minutes)| {
            spent += minutes;
            *index == 0 || spent <= budget
        })
        .count()
}
