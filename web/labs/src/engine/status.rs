//! What the page knows about the engine, as one signal that anything may watch.

use kit::t;
use leptos::prelude::*;

/// Which device the learner wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The CPU at once; WebGPU for work that it was measured to do faster.
    #[default]
    Auto,
    /// Always the CPU, with relaxed SIMD where the browser has it.
    Relaxed,
    /// Always the CPU, with plain SIMD128.
    Simd,
    /// Always WebGPU, where it works.
    Gpu,
}

impl Wanted {
    /// The choices in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Relaxed, Self::Simd, Self::Gpu];

    /// As kept in the store and in the switch.
    pub fn key(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Relaxed => "cpu-relaxed",
            Self::Simd => "cpu-simd",
            Self::Gpu => "gpu",
        }
    }

    /// As the learner reads it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => t!("engine.automatic"),
            Self::Relaxed => t!("engine.cpu_relaxed_simd"),
            Self::Simd => t!("engine.cpu_simd128"),
            Self::Gpu => "WebGPU",
        }
    }

    /// The choice that [`Self::key`] names; anything else is [`Self::Auto`].
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|wanted| wanted.key() == key).unwrap_or_default()
    }
}

/// How the worker fares.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum EngineState {
    /// Nothing has asked for the engine yet, so it is not loaded.
    #[default]
    Idle,
    /// The first worker is being loaded.
    Starting,
    /// Jobs run at once.
    Ready,
    /// A worker was lost and its successor is being loaded.
    Restarting,
    /// Given up, with the reason as a sentence.
    Stopped(String),
}

/// Everything the page may show about the engine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EngineStatus {
    /// The device that computes, once a worker is ready: "CPU, relaxed SIMD" or "WebGPU (adapter)".
    pub device: Option<String>,
    /// What computes the jobs without tensors, once their worker is ready: "CPU, relaxed SIMD".
    pub beside: Option<String>,
    /// What the learner chose.
    pub wanted: Wanted,
    /// How the worker fares.
    pub state: EngineState,
    /// A sentence the learner should see, such as why the CPU computes instead of WebGPU.
    pub notice: Option<String>,
    /// Increases with every new worker; sessions of an older one are gone.
    pub generation: u32,
    /// Increases when the device is changed on purpose or WebGPU was lost: what was under way is worth
    /// asking again.
    pub switches: u32,
    /// How long the newest replacement took, from noticing the failure until the successor was ready.
    pub recovered_ms: Option<f64>,
}

thread_local! {
    // Lives as long as the page, whichever component asks for it first.
    static STATUS: ArcRwSignal<EngineStatus> = ArcRwSignal::new(EngineStatus::default());
}

/// The status, to watch.
pub fn status() -> ReadSignal<EngineStatus> {
    STATUS.with(|status| status.read_only().into())
}

/// The status now, without watching it.
pub(super) fn current() -> EngineStatus {
    STATUS.with(ArcRwSignal::clone).get_untracked()
}

/// Changes the status; watchers hear of it only if something is different.
pub(super) fn change(edit: impl FnOnce(&mut EngineStatus)) {
    let signal = STATUS.with(ArcRwSignal::clone);
    let before = signal.get_untracked();
    let mut after = before.clone();
    edit(&mut after);
    if after != before {
        signal.set(after);
    }
}
