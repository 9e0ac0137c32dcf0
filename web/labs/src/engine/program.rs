//! The programs that a worker may run, all built from one source, and which of them is due.

use super::status::Wanted;

/// A program of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Computes on the CPU, with fused multiply-add by relaxed SIMD.
    Relaxed,
    /// Computes on the CPU, with the SIMD128 that every browser has had for years.
    Simd,
    /// Computes on WebGPU; several times larger, so loaded only on request.
    Gpu,
    /// Runs the jobs without tensors, with relaxed SIMD.
    PlainRelaxed,
    /// Runs the jobs without tensors, with SIMD128.
    Plain,
    /// Cuts texts with published vocabularies and can do nothing else; loaded when one is picked.
    Words,
}

impl Program {
    /// The file that starts it.
    pub fn loader(self) -> &'static str {
        match self {
            Self::Relaxed => "worker-relaxed_loader.js",
            Self::Simd => "worker_loader.js",
            Self::Gpu => "worker-gpu_loader.js",
            Self::PlainRelaxed => "worker-plain-relaxed_loader.js",
            Self::Plain => "worker-plain_loader.js",
            Self::Words => "worker-words_loader.js",
        }
    }

    /// Whether it computes on WebGPU.
    pub fn is_gpu(self) -> bool {
        self == Self::Gpu
    }
}

/// The program for jobs without tensors. `relaxed`: as in [`Situation`].
pub fn pick_plain(wanted: Wanted, relaxed: bool) -> Program {
    if relaxed && wanted != Wanted::Simd { Program::PlainRelaxed } else { Program::Plain }
}

/// What is known when a program is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// What the learner chose.
    pub wanted: Wanted,
    /// Jobs go to WebGPU: the learner or the ladder said so, and it has not been refused.
    pub on_gpu: bool,
    /// Relaxed SIMD was found by probing, and its program has not failed here.
    pub relaxed: bool,
}

/// The program to start.
pub fn pick(now: Situation) -> Program {
    match now {
        Situation { on_gpu: true, .. } => Program::Gpu,
        Situation { wanted: Wanted::Simd, .. } | Situation { relaxed: false, .. } => Program::Simd,
        _ => Program::Relaxed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relaxed_simd_is_taken_where_it_works_and_nobody_objects() {
        let cpu = |wanted, relaxed| pick(Situation { wanted, on_gpu: false, relaxed });
        assert_eq!(cpu(Wanted::Auto, true), Program::Relaxed);
        assert_eq!(cpu(Wanted::Relaxed, true), Program::Relaxed);
        assert_eq!(cpu(Wanted::Simd, true), Program::Simd);
        assert_eq!(cpu(Wanted::Gpu, true), Program::Relaxed, "WebGPU was refused");
        for wanted in Wanted::ALL {
            assert_eq!(cpu(wanted, false), Program::Simd, "{wanted:?} without relaxed SIMD");
            assert_eq!(pick(Situation { wanted, on_gpu: true, relaxed: false }), Program::Gpu);
            assert_eq!(pick_plain(wanted, false), Program::Plain);
        }
        assert_eq!(
            [Wanted::Gpu, Wanted::Simd].map(|wanted| pick_plain(wanted, true)),
            [Program::PlainRelaxed, Program::Plain]
        );
    }
}
