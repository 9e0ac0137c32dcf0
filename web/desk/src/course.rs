//! The course as the site lists it in `course.json`: fetched once, when a part first asks.

use crate::slots::Busy;
use gloo::net::http::Request;
use kit::address;
use learn::{
    itinerary::{Course, Lesson},
    progress::Asked,
};
use leptos::{prelude::*, task::spawn_local};
use std::{cell::RefCell, sync::Arc};

thread_local! {
    static KNOWN: RefCell<Option<Arc<Course>>> = const { RefCell::new(None) };
}

/// The course.
///
/// # Errors
/// The browser's words, where the file cannot be fetched or read.
pub async fn load() -> Result<Arc<Course>, String> {
    if let Some(course) = KNOWN.with_borrow(Clone::clone) {
        return Ok(course);
    }
    let response = Request::get(&address::absolute("course.json")).send().await.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(response.status().to_string());
    }
    let text = response.text().await.map_err(|error| error.to_string())?;
    let course: Arc<Course> = Arc::new(serde_json::from_str(&text).map_err(|error| error.to_string())?);
    KNOWN.set(Some(course.clone()));
    Ok(course)
}

/// The course on its way, there, or not to be had.
pub type Loading = RwSignal<Option<Result<Arc<Course>, String>>>;

/// The course for a part that is drawn before it is there. `None`: on its way, and the part is busy meanwhile. A part
/// asks once and hands it to its pieces.
pub fn course() -> Loading {
    let course = RwSignal::new(KNOWN.with_borrow(Clone::clone).map(Ok));
    if course.with_untracked(Option::is_none) {
        let busy = Busy::here();
        spawn_local(async move {
            let loaded = load().await;
            // The part may have left the page meanwhile.
            course.try_set(Some(loaded));
            drop(busy);
        });
    }
    course
}

/// What a lesson asks, as progress counts it.
pub fn asked(lesson: &Lesson) -> Asked {
    let items = lesson.questions.iter().chain(&lesson.exercises).chain(&lesson.predictions);
    Asked { lesson: lesson.slug.clone(), items: items.cloned().collect() }
}

/// What the written lessons ask, in the order of the course.
pub fn all_asked(course: &Course) -> Vec<Asked> {
    course.lessons().filter(|lesson| lesson.path.is_some() && lesson.within.is_none()).map(asked).collect()
}
