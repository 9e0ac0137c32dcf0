//! A teacher's tasks: the page that builds links to them, and what such a link does to the page it opens.

mod banner;
mod builder;
mod controls;
mod enforce;
mod hand_in;
mod knobs;
mod lesson;
mod preview;

use crate::{
    share::{self, link},
    slots::Slot,
};
use banner::Banner;
use gloo::events::EventListener;
use learn::share::State;
use leptos::{mount::mount_to, prelude::*};

/// A task that a link has set, and the page it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What the link says.
    pub state: State,
    /// The path of the page.
    pub path: String,
}

impl Task {
    /// The task in the address bar. The pages that build links read them for themselves.
    fn arrived() -> Option<Self> {
        let state = link::arrived().filter(|state| !state.teacher.is_empty())?;
        let builds = document().query_selector("[data-desk=\"teach\"], [data-desk=\"embeds\"]").ok().flatten();
        let path = window().location().pathname().ok()?;
        builds.is_none().then_some(Self { state, path })
    }
}

/// The teacher's builder.
pub fn part(slot: Slot) -> AnyView {
    builder::view(&slot)
}

/// Sets the task that the address bar asks for, now and whenever another link is pasted.
pub fn install() {
    let task = RwSignal::new(Task::arrived());
    EventListener::new(&window(), "glassbox-shared", move |_| task.set(Task::arrived())).forget();
    if let Some(place) = share::place("desk-task", "before-main") {
        mount_to(place, move || view! { <Banner task/> }).forget();
    }
    enforce::start(task);
}
