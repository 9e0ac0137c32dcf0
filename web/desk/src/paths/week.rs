//! This week on a path: the next lessons, the time that is left, and how it compares with the path's own calendar.

use super::date;
use crate::{course::asked, progress};
use kit::{t, text::fill};
use learn::{
    itinerary::{Advice, Course, Following, Learner, Pace, Path, Plan, Step, Week},
    progress::{Now, Standing},
};
use leptos::prelude::*;
use std::sync::Arc;

/// The learner, as progress knows them.
struct Known<'a> {
    course: &'a Course,
    standing: &'a Standing,
    now: Now,
}

impl Learner for Known<'_> {
    fn done(&self, lesson: &str) -> f64 {
        let Some(lesson) = self.course.lesson(lesson) else { return 0.0 };
        let reached = self.standing.reached(&asked(lesson), self.now);
        if reached.of == 0 { 0.0 } else { reached.right as f64 / reached.of as f64 }
    }

    fn knows(&self, module: &str) -> bool {
        self.standing.placed(module) == Some(true)
    }
}

/// What to do this week.
#[component]
pub fn ThisWeek(course: Arc<Course>, path: Path, following: Following) -> impl IntoView {
    let standing = progress::standing();
    move || {
        let now = progress::now();
        let plan =
            Plan { course: &course, path: &path, start: following.start, hours_per_week: f64::from(following.hours) };
        let week = standing.with(|standing| plan.week(&Known { course: &course, standing, now }, now.day()));
        shown(&path, &following, week)
    }
}

fn shown(path: &Path, following: &Following, week: Week) -> impl IntoView + use<> {
    let now: Vec<String> =
        week.now.iter().map(|stop| &path.stops[*stop]).map(|stop| format!("{}: {}", stop.when, stop.title)).collect();
    let now = (!now.is_empty()).then(|| fill(t!("paths.now"), &[("stops", &now.join("; "))]));
    let number = week.number.to_string();
    let title =
        if week.number == 0 { t!("paths.first_week").to_owned() } else { fill(t!("paths.week"), &[("n", &number)]) };
    let label = title.clone();
    let facts = facts(following, &week);
    let pace = pace(following, week.pace);
    let then = week.then.map(|step| {
        view! {
            <p class="desk-path-then">{t!("paths.then")}" "<a href=step.path>{step.title}</a></p>
        }
    });
    let steps = week.steps.into_iter().map(step).collect_view();
    view! {
        <section class="desk-week" aria-label=label>
            <h3>{title}</h3>
            <p class="desk-path-pace" data-pace=pace.0>{pace.1}</p>
            {now.map(|now| view! { <p class="muted">{now}</p> })}
            <ol class="desk-steps">{steps}</ol>
            {then}
            <dl class="path-facts">{facts}</dl>
        </section>
    }
}

fn step(step: Step) -> impl IntoView {
    let time = minutes(step.minutes);
    let time = if step.begun { fill(t!("paths.step.left"), &[("time", &time)]) } else { time };
    let advice = (!step.advice.is_empty()).then(|| {
        let modules = step.advice.into_iter().enumerate().map(|(place, advice)| {
            let comma = (place > 0).then_some(", ");
            let note = note(&advice);
            let href = format!("learn/#module-{}", advice.module);
            view! { {comma}<a href=href>{advice.title}</a>{note} }
        });
        view! { <p class="desk-step-advice">{t!("paths.advice")}" "{modules.collect_view()}</p> }
    });
    view! {
        <li data-lesson=step.slug>
            <a href=step.path>{step.title}</a>
            " "
            <span class="muted">{time}</span>
            {advice}
        </li>
    }
}

fn note(advice: &Advice) -> String {
    let (done, written) = (advice.done.to_string(), advice.written.to_string());
    let words = if advice.written == 0 { t!("paths.advice.unwritten") } else { t!("paths.advice.done") };
    format!(" {}", fill(words, &[("done", &done), ("written", &written)]))
}

/// A name for the pace, and what to say of it.
fn pace(following: &Following, pace: Pace) -> (&'static str, String) {
    let start = date(following.start);
    match pace {
        Pace::NotBegun(_) => ("not-begun", fill(t!("paths.pace.not_begun"), &[("date", &start)])),
        Pace::Behind(lessons) => ("behind", fill(t!("paths.pace.behind"), &[("n", &lessons.to_string())])),
        Pace::OnTime => ("on-time", t!("paths.pace.on_time").to_owned()),
        Pace::Ahead => ("ahead", t!("paths.pace.ahead").to_owned()),
        Pace::Finished => ("finished", t!("paths.pace.finished").to_owned()),
    }
}

/// Names and values, for a list of definitions.
fn facts(following: &Following, week: &Week) -> impl IntoView + use<> {
    let all = (week.done + week.left).to_string();
    let hours = following.hours.to_string();
    let left = match week.left {
        0 => t!("paths.left.none").to_owned(),
        _ => fill(
            t!("paths.left.some"),
            &[("time", &minutes(week.minutes_left)), ("hours", &hours), ("date", &date(week.finish))],
        ),
    };
    let mut facts = vec![
        ("done", t!("paths.done"), fill(t!("paths.done.of"), &[("done", &week.done.to_string()), ("all", &all)])),
        ("left", t!("paths.left"), left),
        ("ends", t!("paths.ends"), date(week.path_ends)),
    ];
    for (name, number, label, words) in [
        ("unwritten", week.unwritten, t!("paths.unwritten"), t!("paths.unwritten.why")),
        ("known", week.known, t!("paths.known"), t!("paths.known.why")),
        ("electives", week.electives, t!("paths.electives"), t!("paths.electives.why")),
    ] {
        if number > 0 {
            facts.push((name, label, fill(words, &[("n", &number.to_string())])));
        }
    }
    let fact = |(name, label, words)| view! { <dt>{label}</dt><dd data-fact=name>{words}</dd> };
    facts.into_iter().map(fact).collect_view()
}

/// `2 h 20 min`.
fn minutes(minutes: u32) -> String {
    let (hours, rest) = ((minutes / 60).to_string(), (minutes % 60).to_string());
    let words = match (minutes / 60, minutes % 60) {
        (0, _) => t!("paths.time.minutes"),
        (_, 0) => t!("paths.time.hours"),
        _ => t!("paths.time.both"),
    };
    fill(words, &[("h", &hours), ("min", &rest)])
}
