//! The labs on the page, as exercises and predictions see them: set up by an event, heard of by another.

use kit::wire;
use learn::practice::Outcome;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Calls `heard` with each outcome of `lab`, as long as the component is there.
pub fn outcomes(lab: &str, heard: impl Fn(Outcome) + 'static) {
    let lab = lab.to_owned();
    let listener = wire::hear(wire::OUTCOME, move |detail| {
        // Whatever else calls itself an outcome is none.
        if let Ok(outcome) = serde_json::from_str::<Outcome>(&detail)
            && outcome.lab == lab
        {
            heard(outcome);
        }
    });
    // Disposing of the value ends the listening.
    let _kept = StoredValue::new_local(listener);
}

/// Sets the first lab of that name up.
pub fn set(lab: &str, knobs: &str) {
    let asleep = document().query_selector(&format!(".lab-slot[data-lab=\"{lab}\"]")).ok().flatten();
    if let Some(asleep) = asleep {
        // The reader has not come near it, so it starts now, and as it is asked to.
        let _ = asleep.set_attribute("data-asked", knobs);
        wire::tell(wire::NEAR, "");
    } else {
        let detail = serde_json::json!({ "lab": lab, "knobs": knobs });
        wire::tell(wire::SET, &detail.to_string());
    }
}

/// Sets the first lab of that name up, and takes the keyboard's focus there.
pub fn set_up(lab: &str, knobs: &str) {
    set(lab, knobs);
    let place = format!(".lab-slot:is([data-lab-place=\"{lab}\"], [data-lab=\"{lab}\"])");
    request_animation_frame(move || {
        let Some(place) = document().query_selector(&place).ok().flatten() else { return };
        if let Ok(place) = place.dyn_into::<HtmlElement>() {
            place.set_tab_index(-1);
            // An element that can take the focus takes it.
            let _ = place.focus();
        }
    });
}

/// Brings a place of the page into view, with the keyboard's focus.
pub fn go_to(id: &str) {
    let Some(element) = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    element.set_tab_index(-1);
    element.scroll_into_view();
    let _ = element.focus();
}
