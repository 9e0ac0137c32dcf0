//! What a task does to its lab: controls are hidden or cannot be changed, and locked ones say why.

use super::{Task, controls};
use crate::share::link;
use kit::t;
use learn::share::State;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, MutationObserver, MutationObserverInit};

/// What an element of the lab carries while a task is about it.
const MARK: &str = "data-teacher";
const NOTE: &str = "teacher-note";

/// Keeps the lab as the task wants it, however often it is drawn again. Another page ends the task.
pub fn start(task: RwSignal<Option<Task>>) {
    let look = move || {
        let path = window().location().pathname().unwrap_or_default();
        match task.get_untracked() {
            Some(now) if now.path != path => {
                link::forget();
                task.set(None);
            }
            Some(now) => apply(&now.state),
            None => {}
        }
    };
    Effect::new(move |_| {
        release();
        task.track();
        look();
    });
    let changed = Closure::<dyn FnMut()>::new(look);
    if let (Ok(observer), Some(main)) =
        (MutationObserver::new(changed.as_ref().unchecked_ref()), document().get_element_by_id("main"))
    {
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_subtree(true);
        // An element that is in the document can be watched.
        let _ = observer.observe_with_options(&main, &options);
    }
    changed.forget();
}

fn apply(state: &State) {
    let Some(lab) = controls::lab(&document(), &state.lab) else { return };
    for element in state.teacher.hide.iter().flat_map(|name| controls::of_name(&lab, name)) {
        mark(&element, "hidden");
    }
    for element in state.teacher.lock.iter().flat_map(|name| controls::of_name(&lab, name)) {
        mark(&element, "locked");
        if element.next_element_sibling().is_none_or(|next| next.class_name() != NOTE) {
            note(&element);
        }
    }
    // A control that the lab has taken away leaves no note behind.
    for note in controls::all(&lab, &format!(".{NOTE}")) {
        if note.previous_element_sibling().is_none_or(|control| !control.has_attribute(MARK)) {
            note.remove();
        }
    }
}

/// Attributes of elements that exist can be set, so no answer is looked at here.
fn mark(element: &Element, how: &str) {
    if element.get_attribute(MARK).as_deref() == Some(how) {
        return;
    }
    let _ = element.set_attribute(MARK, how);
    let _ = element.set_attribute("inert", "");
}

/// An inert control is silent, so that what stands after it says why.
fn note(element: &Element) {
    if let Ok(note) = document().create_element("span") {
        note.set_class_name(NOTE);
        note.set_text_content(Some(t!("teach.locked-note")));
        // The element has a parent: it was found in the lab.
        let _ = element.after_with_node_1(&note);
    }
}

/// Everything as it was without a task.
fn release() {
    let Some(main) = document().get_element_by_id("main") else { return };
    controls::all(&main, &format!(".{NOTE}")).iter().for_each(Element::remove);
    for element in controls::all(&main, &format!("[{MARK}]")) {
        let _ = element.remove_attribute(MARK);
        let _ = element.remove_attribute("inert");
    }
}
