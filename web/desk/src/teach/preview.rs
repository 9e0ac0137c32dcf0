//! The page as learners will see it, in a frame of its own; the lab's controls are read from there.

use super::controls::{self, Control};
use crate::share::link;
use gloo::timers::callback::Interval;
use kit::t;
use learn::share::State;
use leptos::{html, prelude::*};

/// How often the frame is looked at for controls, in milliseconds.
const LOOK_MS: u32 = 700;

/// Draws the frame and the button that brings it up to date.
#[component]
pub fn Preview(
    /// The page's address.
    page: Memo<String>,
    /// What the link will say.
    state: Memo<State>,
    /// The controls that are found in it.
    found: RwSignal<Vec<Control>>,
) -> impl IntoView {
    let frame = NodeRef::<html::Iframe>::new();
    let address = RwSignal::new(None::<String>);
    let update = move || {
        let (page, state) = (page.get_untracked(), state.get_untracked());
        if !state.lab.is_empty() {
            address.set(Some(link::link(&page, &state).unwrap_or(page)));
        }
    };
    Effect::new(move |_| {
        // Set as a whole: an attribute that is taken away and put back would empty the frame.
        if let (Some(frame), Some(address)) = (frame.get(), address.get()) {
            frame.set_src(&address);
        }
    });
    let place = Memo::new(move |_| (page.get(), state.with(|state| state.lab.clone())));
    Effect::new(move |_| {
        place.track();
        found.set(Vec::new());
        update();
    });
    let look = Interval::new(LOOK_MS, move || {
        let lab_name = state.with_untracked(|state| state.lab.clone());
        let document = frame.get_untracked().and_then(|frame| frame.content_document());
        let Some(lab) = document.and_then(|document| controls::lab(&document, &lab_name)) else { return };
        // A lab shows some of its controls later; what was seen once stays in the list.
        let mut all = found.get_untracked();
        let before = all.len();
        for control in controls::list(&lab) {
            if all.iter().all(|known| known.name != control.name) {
                all.push(control);
            }
        }
        if all.len() > before {
            found.set(all);
        }
    });
    let look = StoredValue::new_local(Some(look));
    on_cleanup(move || drop(look.try_update_value(Option::take)));
    view! {
        <section class="teach-preview" aria-labelledby="teach-preview-title">
            <h2 id="teach-preview-title">{t!("teach.preview")}</h2>
            <p><button type="button" data-action="teach-preview" on:click=move |_| update()>{t!("teach.preview-now")}</button></p>
            <Show when=move || address.with(Option::is_some)>
                <iframe node_ref=frame class="teach-frame" title=t!("teach.preview")></iframe>
            </Show>
        </section>
    }
}
