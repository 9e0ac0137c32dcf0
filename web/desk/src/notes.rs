//! A learner's own notes at the end of a lesson, saved as they are typed.

use crate::{
    progress::{self, record},
    slots::Slot,
};
use gloo::timers::callback::Timeout;
use kit::t;
use learn::progress::Kind;
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};

/// A pause in typing that ends a piece of work.
const PAUSE_MS: u32 = 600;
const LONGEST: u32 = 20_000;

/// Draws the notes of the lesson around the slot.
pub fn part(slot: Slot) -> AnyView {
    let Some(lesson) = slot.lesson else { return ().into_any() };
    progress::opened(&lesson);
    let lesson = StoredValue::new(lesson);
    let kept = progress::standing();
    let kept = Memo::new(move |_| kept.with(|standing| lesson.with_value(|lesson| standing.note(lesson).to_owned())));
    let text = RwSignal::new(String::new());
    let unsaved = RwSignal::new(false);
    let saved = RwSignal::new(false);
    // Another tab's words, or those that were read from the copies, unless somebody is writing here.
    Effect::new(move |_| {
        let kept = kept.get();
        if !unsaved.get_untracked() {
            text.set(kept);
        }
    });

    let save = move || {
        if unsaved.get_untracked() {
            unsaved.set(false);
            let text = text.get_untracked();
            if kept.with_untracked(|kept| *kept != text) {
                record(Kind::Noted { lesson: lesson.get_value(), text });
            }
            saved.set(true);
        }
    };
    let pause = Rc::new(RefCell::new(None::<Timeout>));
    let typed = move |event: leptos::ev::Event| {
        text.set(event_target_value(&event));
        unsaved.set(true);
        saved.set(false);
        // The timer before it is dropped, and with that cancelled.
        *pause.borrow_mut() = Some(Timeout::new(PAUSE_MS, save));
    };
    let leaving = window_event_listener_untyped("pagehide", move |_| save());
    on_cleanup(move || {
        save();
        leaving.remove();
    });
    view! {
        <section class="notes" aria-labelledby="notes-heading">
            <h2 id="notes-heading">{t!("notes.heading")}</h2>
            <p id="notes-hint">{t!("notes.hint")} " " <a href=kit::address::absolute("progress/#notes")>{t!("notes.all")}</a></p>
            <textarea
                rows="5"
                maxlength=LONGEST
                aria-labelledby="notes-heading"
                aria-describedby="notes-hint"
                data-notes=""
                prop:value=text
                on:input=typed
                on:blur=move |_| save()
            ></textarea>
            <p class="notes-state" role="status">{move || if saved.get() { t!("notes.saved") } else { "" }}</p>
        </section>
    }
    .into_any()
}
