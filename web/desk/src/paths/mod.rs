//! Paths: following one, and what it asks for this week. On `paths/` it shows the one that is followed; on a path's
//! own page it also lets the learner follow it.

mod choose;
mod week;

use crate::{course, progress, slots::Slot};
use choose::Choose;
use kit::{t, text::fill};
use learn::{
    itinerary::{Course, Date, Following, Path},
    progress::Kind,
};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use week::ThisWeek;

/// The part called `paths` and `path`.
pub fn part(slot: Slot) -> AnyView {
    let here = serde_json::from_str::<serde_json::Value>(&slot.json).ok();
    let here = here.and_then(|json| json.get("path").and_then(|name| name.as_str().map(str::to_owned)));
    let course = course::course();
    let shown = move || match course.get() {
        None => view! { <p class="muted">{t!("paths.loading")}</p> }.into_any(),
        Some(Err(why)) => view! { <p role="alert">{fill(t!("paths.failed"), &[("why", &why)])}</p> }.into_any(),
        Some(Ok(course)) => match here.as_deref().map(|name| course.path(name).cloned()) {
            None => view! { <Overview course/> }.into_any(),
            Some(Some(path)) => view! { <One course path/> }.into_any(),
            Some(None) => view! { <p role="alert">{t!("paths.unknown")}</p> }.into_any(),
        },
    };
    view! { <div class="desk-path">{shown}</div> }.into_any()
}

/// The path that is followed, if it is one of the course.
fn followed(course: Arc<Course>) -> Memo<Option<Following>> {
    let standing = progress::standing();
    Memo::new(move |_| {
        let following = standing.with(|standing| standing.choice("path").and_then(Following::read));
        following.filter(|following| course.path(&following.path).is_some())
    })
}

/// Writes down which path is followed from now on.
fn follow(following: Option<&Following>) {
    let value = following.map(ToString::to_string).unwrap_or_default();
    progress::record(Kind::Chose { what: "path".to_owned(), value });
}

/// A day as the learner's own calendar writes it.
fn date(day: i64) -> String {
    let options = js_sys::Object::new();
    for (key, value) in [("timeZone", "UTC"), ("year", "numeric"), ("month", "long"), ("day", "numeric")] {
        // Setting a field of a plain object cannot fail.
        let _ = js_sys::Reflect::set(&options, &key.into(), &value.into());
    }
    let moment = js_sys::Date::new(&JsValue::from_f64(day as f64 * 86_400_000.0));
    let language = match kit::text::language() {
        language if language == "xx" => "en".to_owned(),
        language => language,
    };
    moment.to_locale_date_string(&language, &options).as_string().unwrap_or_else(|| Date::of(day).to_string())
}

/// What `paths/` shows: the path that is followed, or how to get one.
#[component]
fn Overview(course: Arc<Course>) -> impl IntoView {
    let followed = followed(course.clone());
    move || match followed.get() {
        None => view! { <p class="desk-path-none">{t!("paths.none")}</p> }.into_any(),
        Some(following) => {
            let path = course.path(&following.path).cloned();
            let course = course.clone();
            path.map(|path| {
                let (href, title) = (format!("paths/{}/", path.name), path.title.clone());
                view! {
                    <h2 class="desk-path-title">{t!("paths.yours")}" "<a href=href>{title}</a></h2>
                    <ThisWeek course path following/>
                }
            })
            .into_any()
        }
    }
}

/// What a path's own page shows.
#[component]
fn One(course: Arc<Course>, path: Path) -> impl IntoView {
    let followed = followed(course.clone());
    let name = path.name.clone();
    let here = Memo::new(move |_| followed.get().filter(|following| following.path == name));
    let week = {
        let (course, path) = (course.clone(), path.clone());
        move || {
            here.get().map(|following| {
                let (course, path) = (course.clone(), path.clone());
                view! { <ThisWeek course path following/> }
            })
        }
    };
    let other = move || {
        let other = followed.get().filter(|_| here.with(Option::is_none))?;
        let title = course.path(&other.path)?.title.clone();
        Some(view! { <p>{fill(t!("paths.other"), &[("title", &title)])}</p> })
    };
    view! {
        {week}
        {other}
        <Choose path here/>
    }
}
