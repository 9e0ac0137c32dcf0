//! The measure at start, once a visit: at the first quiet moment, or as soon as something depends on it.

use super::{
    Handle, gpu,
    ladder::{GpuMeasured, Measured},
    run, run_with,
    status::{self, EngineState, Wanted},
    supervisor,
    within::within,
};
use engine_core::{
    config::GptConfig,
    jobs::{
        gpu_rate::{GpuRate, GpuRated},
        probe::Probe,
    },
};
use gloo::timers::future::sleep;
use leptos::{prelude::*, task::spawn_local};
use std::{cell::Cell, rc::Rc, time::Duration};

/// A training step of a small model: some milliseconds, with every kind of layer in it.
const STEP: Probe = Probe {
    config: GptConfig { vocab_size: 65, n_layers: 2, n_heads: 2, d_model: 64, context: 32, tied_head: true },
    batch: 2,
    steps: 3,
    budget_ms: 20.0,
};

/// The CPU's part of the hundred milliseconds, and that of WebGPU.
const CPU_LIMIT_MS: u32 = 55;
const GPU_LIMIT_MS: f64 = 45.0;

/// Whoever uses the engine when it is to be measured gets so long to finish.
const QUIET_MS: u32 = 1_000;

/// A busy CPU is measured again at another quiet moment, but not for ever.
const ATTEMPTS: u32 = 3;

thread_local! {
    static MEASURED: ArcRwSignal<Option<Measured>> = ArcRwSignal::new(None);
    static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
    static ATTEMPTED: Cell<u32> = const { Cell::new(0) };
}

/// What was measured, to watch.
pub fn measured() -> ReadSignal<Option<Measured>> {
    MEASURED.with(|measured| measured.read_only().into())
}

fn complete() -> Option<Measured> {
    MEASURED.with(ArcRwSignal::clone).get_untracked().filter(|measured| measured.cpu_gflops.is_some())
}

/// Measures in a quiet moment, if the choice is the page's and nothing was measured yet.
pub fn measure_soon() {
    let wanted = status::current().wanted == Wanted::Auto && ATTEMPTED.get() < ATTEMPTS;
    if wanted && !UNDER_WAY.get() && complete().is_none() {
        spawn_local(async { drop(measure(false).await) });
    }
}

/// What was measured; measures first if nothing was, or if it is to be done `again`. Nothing can be
/// compared while WebGPU computes, so then there may be no answer.
pub async fn measure(again: bool) -> Option<Measured> {
    while UNDER_WAY.get() {
        sleep(Duration::from_millis(10)).await;
    }
    if supervisor::on_gpu() || (!again && complete().is_some()) {
        return complete();
    }
    UNDER_WAY.set(true);
    ATTEMPTED.set(ATTEMPTED.get() + 1);
    // One after the other: they may share one memory and one cooler.
    let (cpu_gflops, cpu_took_ms) = cpu().await;
    let (gpu, gpu_took_ms) = webgpu().await;
    let measured = Measured { cpu_gflops, gpu, took_ms: cpu_took_ms + gpu_took_ms };
    MEASURED.with(ArcRwSignal::clone).set(Some(measured.clone()));
    UNDER_WAY.set(false);
    Some(measured)
}

/// Billions of floating-point operations per second in training steps, and how long measuring took.
async fn cpu() -> (Option<f64>, f64) {
    // The engine may still be on its way, or at work for somebody; that is not part of the measure.
    supervisor::ensure_started();
    let mut waited_for_quiet = 0;
    while !supervisor::is_quiet() && waited_for_quiet < QUIET_MS {
        match status::current().state {
            EngineState::Stopped(_) => break,
            EngineState::Ready => waited_for_quiet += 10,
            EngineState::Idle | EngineState::Starting | EngineState::Restarting => {}
        }
        sleep(Duration::from_millis(10)).await;
    }
    let handle = Rc::new(Cell::new(None::<Handle>));
    let keep = Rc::clone(&handle);
    let begun = supervisor::now();
    let outcome =
        within(CPU_LIMIT_MS, async move { run_with(&STEP, move |handle| keep.set(Some(handle)), |()| {}).await }).await;
    let took_ms = supervisor::now() - begun;
    if outcome.is_none()
        && let Some(handle) = handle.take()
    {
        handle.cancel();
    }
    let flops = STEP.config.flops_per_token() * (STEP.batch * STEP.config.context) as f64;
    let rate = outcome.and_then(Result::ok).map(|probed| flops / (probed.ms_per_step * 1e6));
    (rate, took_ms)
}

/// What WebGPU can do, and how long measuring took.
async fn webgpu() -> (GpuMeasured, f64) {
    let Some(adapter) = gpu::gpu_available().await else { return (GpuMeasured::Missing, 0.0) };
    if adapter.software {
        return (GpuMeasured::Software(adapter), 0.0);
    }
    match run(&GpuRate { limit_ms: GPU_LIMIT_MS }).await {
        Ok(GpuRated { submit_ms, gflops, took_ms }) => (GpuMeasured::Rated { adapter, submit_ms, gflops }, took_ms),
        Err(why) => (GpuMeasured::Unmeasured(adapter, why.to_string()), GPU_LIMIT_MS),
    }
}
