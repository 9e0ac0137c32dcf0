//! Which device computes, and the switch to another one.

use crate::engine::{self, EngineState, Wanted};
use kit::t;
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const KEY: &str = "glassbox-device";

/// Applies the choice of an earlier visit. It must be known before the first worker starts, so it is
/// kept where it can be read at once; a browser that denies that starts with the automatic choice.
pub fn apply_kept() {
    let storage = window().local_storage().ok().flatten();
    if let Some(key) = storage.and_then(|storage| storage.get_item(KEY).ok().flatten()) {
        engine::choose(Wanted::from_key(&key));
    }
}

/// Draws the device's name and the switch into the place that the header keeps for them; an embed has none.
pub fn mount() {
    let slot = document().get_element_by_id("device-slot").and_then(|slot| slot.dyn_into::<HtmlElement>().ok());
    if let Some(slot) = slot {
        mount_to(slot, || view! { <DeviceSwitch/> }).forget();
    }
}

#[component]
fn DeviceSwitch() -> impl IntoView {
    let status = engine::status();
    let choose = move |event| {
        let wanted = Wanted::from_key(&event_target_value(&event));
        engine::choose(wanted);
        engine::warm();
        if let Ok(Some(storage)) = window().local_storage() {
            // Not remembered is no reason to interrupt the learner.
            let _ = storage.set_item(KEY, wanted.key());
        }
    };
    let name = move || {
        status.with(|status| match (&status.device, &status.state) {
            (Some(device), _) => device.clone(),
            (None, EngineState::Idle) if status.beside.is_some() => status.beside.clone().unwrap_or_default(),
            (None, EngineState::Idle) => t!("shell.not_loaded_yet").to_owned(),
            (None, EngineState::Starting) => t!("shell.starting").to_owned(),
            (None, EngineState::Restarting) => t!("shell.restarting").to_owned(),
            (None, EngineState::Stopped(_)) => t!("shell.stopped").to_owned(),
            (None, EngineState::Ready) => t!("shell.ready").to_owned(),
        })
    };
    let state = move || {
        status.with(|status| match status.state {
            EngineState::Idle if status.beside.is_some() => "ready",
            EngineState::Idle => "idle",
            EngineState::Starting => "starting",
            EngineState::Ready => "ready",
            EngineState::Restarting => "restarting",
            EngineState::Stopped(_) => "stopped",
        })
    };
    let options: Vec<_> = Wanted::ALL
        .into_iter()
        .map(|wanted| {
            let selected = move || status.with(|status| status.wanted == wanted);
            let missing = wanted == Wanted::Relaxed && !engine::relaxed_simd();
            view! { <option value=wanted.key() prop:selected=selected disabled=missing>{wanted.label()}</option> }
        })
        .collect();
    view! {
        <div class="device" data-engine-state=state>
            <span class="device-dot" aria-hidden="true"></span>
            <span class="device-name"><span class="visually-hidden">{t!("shell.computes_on")} " "</span><span data-device-name="">{name}</span></span>
            <label class="switch">
                <span class="visually-hidden">{t!("shell.device")}</span>
                <select data-action="device" on:change=choose>{options}</select>
            </label>
        </div>
    }
}
