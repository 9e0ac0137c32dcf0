//! A closer look at one method's whole run: what is written before and after, how the weights moved, and what may be kept.

use super::{Knobs, results::{Results, name}};
use crate::{
    models,
    widgets::{download, line_chart::LineChart},
};
use engine_core::jobs::adapt::{Adapted, Method};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Draws the method in view.
#[component]
pub fn Ending(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What the runs have shown.
    results: RwSignal<Results>,
) -> impl IntoView {
    let shown = Memo::new(move |_| knobs.with(|knobs| knobs.method));
    let there = Memo::new(move |_| results.with(|results| results.is_done(shown.get())));
    let option = move |method: Method| {
        view! { <option value=method.key() prop:selected=move || shown.get() == method>{name(method)}</option> }
    };
    let choose = move |key: String| {
        if let Some(method) = Method::ALL.into_iter().find(|method| method.key() == key) {
            knobs.update(|knobs| knobs.method = method);
        }
    };
    let sample = move |after: bool| {
        let of = move |end: &Adapted| if after { end.after.clone() } else { end.before.clone() };
        let text = move || results.with(|results| results.end(shown.get()).map(of));
        let prompt = move || knobs.with(|knobs| knobs.prompt.clone());
        let output = if after { "after" } else { "before" };
        view! { <dd data-output=output>{prompt} <b>{text}</b></dd> }
    };
    let spectra = Signal::derive(move || results.with(|results| Arc::new(results.spectra())));
    let spectrum_title = Signal::derive(move || {
        let matrix = results.with(|results| results.runs.values().find_map(|run| run.end.as_ref().map(|end| end.matrix.clone())));
        t!("lora.spectrum", matrix = matrix.unwrap_or_default())
    });
    let gap = move || {
        let gap = results.with(|results| results.end(shown.get()).and_then(|end| end.merge_gap));
        gap.map(|gap| t!("lora.merge_gap", gap = format!("{gap:.1e}")))
    };
    view! {
        <label class="lab-field lora-show">
            <span>{t!("lora.look_at")}</span>
            <select data-field="method" on:change:target=move |e| choose(e.target().value())>
                {Method::ALL.map(option).into_iter().collect::<Vec<_>>()}
            </select>
        </label>
        <Show when=move || there.get() fallback=|| view! { <p class="lab-note">{t!("lora.not_yet")}</p> }>
            <dl class="lora-samples">
                <dt>{t!("lora.before")}</dt>{sample(false)}
                <dt>{t!("lora.after")}</dt>{sample(true)}
            </dl>
            <p class="lab-note" data-output="gap">{gap}</p>
            <Keep shown results/>
        </Show>
        <LineChart title=spectrum_title data=spectra/>
    }
}

/// Draws the buttons that keep the model and save the adapter.
#[component]
fn Keep(shown: Memo<Method>, results: RwSignal<Results>) -> impl IntoView {
    let (says, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let keep = move |_| {
        let method = shown.get_untracked();
        let file = results.with_untracked(|results| results.end(method).map(|end| end.model.clone()));
        let Some(file) = file.filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        spawn_local(async move {
            let kept = models::keep_file(&t!("lora.kept_name", name = name(method)), t!("lora.title").into(), &file).await;
            busy.try_set(false);
            says.try_set(match kept {
                Ok(record) => t!("lora.kept_model", name = record.name),
                Err(why) => t!("lora.not_kept", why = why),
            });
        });
    };
    let save = move |_| {
        let method = shown.get_untracked();
        results.with_untracked(|results| {
            if let Some(end) = results.end(method) {
                let file = download::file_name(&format!("adapter {}", method.key()), "safetensors");
                download::save_bytes(&file, "application/octet-stream", &end.adapter);
            }
        });
    };
    let has_adapter = move || shown.get().has_adapters();
    view! {
        <div class="lab-actions">
            <button type="button" data-action="keep" aria-disabled=move || busy.get().to_string() on:click=keep>
                {move || if has_adapter() { t!("lora.keep_merged") } else { t!("lora.keep") }}
            </button>
            <button type="button" data-action="save" hidden=move || !has_adapter() on:click=save>
                {move || {
                    let bytes = results.with(|results| results.end(shown.get()).map_or(0, |end| end.adapter.len()));
                    t!("lora.save_adapter", size = super::table::kilobytes(bytes))
                }}
            </button>
        </div>
        <p class="lab-note" role="status" data-output="kept">{says}</p>
    }
}
