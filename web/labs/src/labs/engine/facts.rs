//! The facts about this device, this browser and this page.

use kit::t;
use crate::{engine, store};
use leptos::{prelude::*, task::spawn_local};

/// Lists them.
#[component]
pub fn Facts() -> impl IntoView {
    let status = engine::status();
    let adapter = RwSignal::new(t!("room.asking_browser").to_owned());
    let usage = RwSignal::new(None::<store::Usage>);
    let persistent = store::persistent();
    spawn_local(async move {
        adapter.try_set(match engine::gpu_available().await {
            None => t!("room.none_browser_offers").to_owned(),
            Some(found) if found.software => t!("room.emulated_software_cpu", adapter = found.name),
            Some(found) => found.name,
        });
        let now = store::usage().await;
        usage.try_set(now);
    });
    let simd = if engine::relaxed_simd() {
        t!("room.relaxed_simd_with")
    } else {
        t!("room.simd128_browser_refused")
    };
    let isolated = if engine::cross_origin_isolated() { t!("room.is") } else { t!("room.is_not") };
    let threads = t!("room.not_used_rust", isolated = isolated);
    let device = move || status.with(|status| status.device.clone().unwrap_or_else(|| t!("room.starting").into()));
    let kept = move || match (persistent.get(), usage.get()) {
        (false, _) => t!("room.only_pages_memory").to_owned(),
        (true, Some(usage)) => t!("room.browser_mb_used", megabytes = format!("{:.1}", usage.used / 1e6)),
        (true, None) => t!("room.browser").to_owned(),
    };
    let offline = document().document_element().and_then(|root| root.get_attribute("data-offline"));
    let offline = match offline.as_deref() {
        Some("ready") => t!("room.works_without_connection"),
        Some(_) => t!("room.needs_connection_browser"),
        None => t!("room.being_prepared"),
    };
    view! {
        <dl class="facts">
            <dt>{t!("room.computes_on")}</dt><dd data-output="device">{device}</dd>
            <dt>"WebAssembly"</dt><dd data-output="simd">{simd}</dd>
            <dt>{t!("room.threads")}</dt><dd data-output="threads">{threads}</dd>
            <dt>{t!("room.webgpu_adapter")}</dt><dd data-output="adapter">{adapter}</dd>
            <dt>{t!("room.engine_starts_so")}</dt><dd data-output="generation">{move || status.with(|status| status.generation)}</dd>
            <dt>{t!("room.models_scores")}</dt><dd data-output="storage">{kept}</dd>
            <dt>{t!("room.offline")}</dt><dd data-output="offline">{offline}</dd>
            <dt>{t!("room.build")}</dt><dd><code data-output="build">{engine::BUILD}</code></dd>
        </dl>
    }
}
