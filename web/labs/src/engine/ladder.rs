//! CPU or WebGPU? Decided for each piece of work by what both were measured to do here, never by their names.

use super::gpu::Adapter;
use kit::t;

/// Moving to WebGPU loads a large program and compiles shaders; less gain than this is not worth it.
const WORTH_MOVING: f64 = 1.5;

/// A piece of work, as far as the choice depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Work {
    /// Floating-point operations between two answers: of a training step, or of one token.
    pub flops: f64,
}

/// What WebGPU was measured to do.
#[derive(Debug, Clone, PartialEq)]
pub enum GpuMeasured {
    /// There is no adapter.
    Missing,
    /// The adapter says itself that it is a program on the CPU: nothing was measured.
    Software(Adapter),
    /// It did not finish within the time, for a reason given as a sentence without its full stop.
    Unmeasured(Adapter, String),
    /// It finished.
    Rated {
        /// Which adapter.
        adapter: Adapter,
        /// A submission of as many small dispatches as a training step makes, until it is known to be done.
        submit_ms: f64,
        /// Floating-point operations per second in one large matrix product, in billions.
        gflops: f64,
    },
}

/// What was measured at start.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Billions of floating-point operations per second in training steps on the CPU; none if it did not finish.
    pub cpu_gflops: Option<f64>,
    /// WebGPU.
    pub gpu: GpuMeasured,
    /// How long measuring took in all.
    pub took_ms: f64,
}

/// What was chosen, and from which estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// WebGPU is to compute.
    pub gpu: bool,
    /// What the CPU is expected to need for the work.
    pub cpu_ms: Option<f64>,
    /// What WebGPU is expected to need.
    pub gpu_ms: Option<f64>,
    /// Why, as a sentence.
    pub why: String,
}

/// Chooses for one piece of work.
pub fn choose(measured: &Measured, work: Work) -> Choice {
    let time = |gflops: f64| work.flops / (gflops * 1e6);
    let cpu_ms = measured.cpu_gflops.map(time);
    let cpu = |gpu_ms, why: &str| Choice { gpu: false, cpu_ms, gpu_ms, why: why.to_owned() };
    let (submit_ms, gflops) = match &measured.gpu {
        GpuMeasured::Missing => return cpu(None, t!("engine.browser_offers_no")),
        GpuMeasured::Software(_) => {
            return cpu(None, t!("engine.webgpu_adapter_emulated"));
        }
        GpuMeasured::Unmeasured(_, why) => return cpu(None, &t!("engine.webgpu_could_not", why = why)),
        GpuMeasured::Rated { submit_ms, gflops, .. } => (*submit_ms, *gflops),
    };
    let arithmetic_ms = time(gflops);
    let gpu_ms = submit_ms + arithmetic_ms;
    let Some(cpu_only_ms) = cpu_ms else {
        return cpu(Some(gpu_ms), t!("engine.cpu_too_busy"));
    };
    if gpu_ms * WORTH_MOVING < cpu_only_ms {
        let why = t!("engine.webgpu_about_times", times = format!("{:.1}", cpu_only_ms / gpu_ms));
        return Choice { gpu: true, cpu_ms, gpu_ms: Some(gpu_ms), why };
    }
    if gpu_ms < cpu_only_ms {
        return cpu(Some(gpu_ms), t!("engine.webgpu_gains_too"));
    }
    let small = submit_ms > arithmetic_ms;
    let why = if small { t!("engine.small_model_or") } else { t!("engine.cpu_does_arithmetic") };
    cpu(Some(gpu_ms), why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(software: bool) -> Adapter {
        Adapter { name: "an adapter".into(), software }
    }

    fn laptop(submit_ms: f64, gflops: f64) -> Measured {
        let gpu = GpuMeasured::Rated { adapter: adapter(false), submit_ms, gflops };
        Measured { cpu_gflops: Some(20.0), gpu, took_ms: 60.0 }
    }

    const TOKEN: Work = Work { flops: 2e6 };
    const STEP: Work = Work { flops: 1e10 };

    #[test]
    fn large_steps_go_to_a_real_adapter_and_single_tokens_stay() {
        let measured = laptop(3.0, 400.0);
        let step = choose(&measured, STEP);
        assert!(step.gpu, "{step:?}");
        assert_eq!((step.cpu_ms, step.gpu_ms), (Some(500.0), Some(28.0)));
        assert!(step.why.contains("17.9 times"), "{}", step.why);
        let token = choose(&measured, TOKEN);
        assert!(!token.gpu && token.why.starts_with("Small model or batch 1"), "{token:?}");
    }

    #[test]
    fn an_adapter_that_is_slow_when_measured_loses_whatever_it_says() {
        let slow = choose(&laptop(3.0, 4.0), STEP);
        assert!(!slow.gpu && slow.why.contains("arithmetic faster"), "{slow:?}");
    }

    #[test]
    fn a_small_gain_moves_nothing() {
        let choice = choose(&laptop(1.0, 25.0), STEP);
        assert!(!choice.gpu && choice.gpu_ms < choice.cpu_ms, "{choice:?}");
        assert!(choice.why.contains("too little"), "{}", choice.why);
    }

    #[test]
    fn what_was_not_measured_is_not_chosen() {
        let gpus = [
            GpuMeasured::Missing,
            GpuMeasured::Software(adapter(true)),
            GpuMeasured::Unmeasured(adapter(false), "it took longer than 60 ms".into()),
        ];
        for gpu in gpus {
            let choice = choose(&Measured { cpu_gflops: Some(20.0), gpu, took_ms: 1.0 }, STEP);
            assert!(!choice.gpu && choice.gpu_ms.is_none() && choice.why.ends_with('.'), "{choice:?}");
        }
        let busy = Measured { cpu_gflops: None, ..laptop(1.0, 400.0) };
        assert!(!choose(&busy, STEP).gpu);
    }
}
