//! `course.json`: every lesson and every path, for the desk.

use crate::{Badge, Block, Course, Entry, Module, Route, Site};
use learn::itinerary as desk;

/// The course as the desk reads it.
pub fn course(site: &Site) -> desk::Course {
    let tracks = site.course.tracks.iter().map(|track| desk::Track {
        slug: track.slug.clone(),
        title: track.title.clone(),
        modules: track.modules.iter().map(|it| module(site, it)).collect(),
    });
    desk::Course {
        version: desk::VERSION,
        tracks: tracks.collect(),
        paths: site.routes.iter().map(|route| path(&site.course, route)).collect(),
    }
}

fn module(site: &Site, module: &Module) -> desk::Module {
    desk::Module {
        slug: module.slug.clone(),
        title: module.title.clone(),
        critical: module.badge == Some(Badge::Critical),
        builds_on: module.builds_on.clone(),
        lessons: module.lessons.iter().map(|entry| lesson(site, entry)).collect(),
    }
}

fn lesson(site: &Site, entry: &Entry) -> desk::Lesson {
    let mut out = desk::Lesson {
        slug: entry.slug.clone(),
        title: entry.title.clone(),
        minutes: 0,
        path: None,
        within: None,
        objectives: Vec::new(),
        questions: Vec::new(),
        exercises: Vec::new(),
        predictions: Vec::new(),
    };
    let Some((page, lesson)) = site.covering(&entry.slug) else { return out };
    out.path = Some(page.path.clone());
    if lesson.slug != entry.slug {
        out.within = Some(lesson.slug.clone());
        return out;
    }
    out.title.clone_from(&page.title);
    out.minutes = lesson.minutes;
    out.objectives.clone_from(&lesson.objectives);
    for block in &page.blocks {
        match block {
            Block::Quiz(quiz) => {
                out.questions.extend(quiz.questions.iter().map(|question| format!("q:{}", question.id)));
            }
            Block::Exercise(exercise) => out.exercises.push(format!("x:{}", exercise.id)),
            Block::Predict(prediction) => out.predictions.push(format!("p:{}", prediction.id)),
            _ => {}
        }
    }
    out
}

fn path(course: &Course, route: &Route) -> desk::Path {
    let stops = route.stops.iter().map(|leg| desk::Stop {
        when: leg.when(route.unit),
        title: leg.title.clone(),
        days: leg.days(route.unit),
        optional: leg.optional,
        lessons: leg.lessons.iter().filter(|slug| course.entry(slug).is_some()).cloned().collect(),
    });
    desk::Path {
        name: route.name.clone(),
        title: route.title.clone(),
        audience: route.audience.clone(),
        goal: route.goal.clone(),
        hours: route.hours_per_week(),
        length: route.length.clone(),
        stops: stops.collect(),
    }
}
