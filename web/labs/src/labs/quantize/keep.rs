//! Keeping the quantized model among the learner's own.

use super::{Knobs, job};
use crate::{engine, models, picked::Picked};
use engine_core::jobs::quantize::QuantizeModel;
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Draws the button that keeps the model, and what came of it.
#[component]
pub fn Keep(
    /// The model that is quantized.
    picked: Picked,
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// The text that it is measured on.
    text: Signal<Option<Arc<str>>>,
    /// Whether something is being computed.
    running: Signal<bool>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let says = RwSignal::new(String::new());
    let off = move || running.get() || busy.get();
    let keep = move |_| {
        let (Some(file), Some(text)) = (picked.bytes(), text.get_untracked()) else { return };
        if off() {
            return;
        }
        busy.set(true);
        says.set(t!("quantize.keeping").into());
        let knobs = knobs.get_untracked();
        let name = t!("quantize.kept_name", name = picked.name(), bits = knobs.bits.key());
        // What it writes and how fast it is was measured before.
        let job = QuantizeModel { tokens: 0, speed_ms: 0.0, keep: true, ..job(&knobs, &file, &text) };
        spawn_local(async move {
            let kept = match engine::run(&job).await {
                Ok(report) => match report.file {
                    Some(file) => models::keep_file(&name, String::new(), &file).await,
                    None => Err(t!("quantize.no_file").into()),
                },
                Err(error) => Err(error.to_string()),
            };
            busy.try_set(false);
            says.try_set(match kept {
                Ok(record) => t!("quantize.kept", name = record.name),
                Err(why) => why,
            });
        });
    };
    view! {
        <div class="quantize-keep">
            <button type="button" data-action="keep" aria-disabled=move || off().to_string() on:click=keep>{t!("quantize.keep")}</button>
            <p class="lab-note">{t!("quantize.keep_how")}</p>
            <p role="status" data-output="kept">{says}</p>
        </div>
    }
}
