//! The facts about this device, this browser and this page.

use crate::{engine, store};
use leptos::{prelude::*, task::spawn_local};

/// Lists them.
#[component]
pub fn Facts() -> impl IntoView {
    let status = engine::status();
    let adapter = RwSignal::new("asking the browser …".to_owned());
    let usage = RwSignal::new(None::<store::Usage>);
    let persistent = store::persistent();
    spawn_local(async move {
        adapter.try_set(match engine::gpu_available().await {
            None => "none: this browser offers no WebGPU adapter, so the CPU computes".to_owned(),
            Some(found) if found.software => format!("{} (emulated in software: the CPU is faster)", found.name),
            Some(found) => found.name,
        });
        let now = store::usage().await;
        usage.try_set(now);
    });
    let simd = if engine::relaxed_simd() {
        "relaxed SIMD with fused multiply-add, found by asking the browser to check a tiny program"
    } else {
        "SIMD128; this browser refused a tiny program with relaxed SIMD, which would be faster"
    };
    let isolated = if engine::cross_origin_isolated() { "is" } else { "is not" };
    let threads = format!(
        "not used: Rust needs a nightly compiler to build them for WebAssembly. This page {isolated} cross-origin \
         isolated, which they would need too."
    );
    let device = move || status.with(|status| status.device.clone().unwrap_or_else(|| "starting …".into()));
    let kept = move || match (persistent.get(), usage.get()) {
        (false, _) => "only in this page's memory: the browser denies storage".to_owned(),
        (true, Some(usage)) => format!("in this browser, {:.1} MB used", usage.used / 1e6),
        (true, None) => "in this browser".to_owned(),
    };
    let offline = document().document_element().and_then(|root| root.get_attribute("data-offline"));
    let offline = match offline.as_deref() {
        Some("ready") => "works without a connection",
        Some(_) => "needs the connection: this browser keeps no offline copy",
        None => "being prepared",
    };
    view! {
        <dl class="facts">
            <dt>"Computes on"</dt><dd data-output="device">{device}</dd>
            <dt>"WebAssembly"</dt><dd data-output="simd">{simd}</dd>
            <dt>"Threads"</dt><dd data-output="threads">{threads}</dd>
            <dt>"WebGPU adapter"</dt><dd data-output="adapter">{adapter}</dd>
            <dt>"Engine starts so far"</dt><dd data-output="generation">{move || status.with(|status| status.generation)}</dd>
            <dt>"Models and scores"</dt><dd data-output="storage">{kept}</dd>
            <dt>"Offline"</dt><dd data-output="offline">{offline}</dd>
            <dt>"Build"</dt><dd><code data-output="build">{engine::BUILD}</code></dd>
        </dl>
    }
}
