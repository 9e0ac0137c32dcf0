//! Failing on purpose: see [`engine_core::jobs::drill`].

use crate::{device, run::Context};
use engine_core::{job::JobError, jobs::drill::Drill};

pub(crate) async fn run(drill: Drill, cx: Context<Drill>) -> Result<(), JobError> {
    cx.checkpoint().await?;
    match drill {
        Drill::Panic => panic!("this is the drill the learner asked for"),
        Drill::Hang => loop {
            std::hint::black_box(());
        },
        Drill::OutOfMemory => {
            let mut hoard: Vec<Vec<u8>> = Vec::new();
            loop {
                // Asked for but never written to: filling four gigabytes would only take time.
                hoard.push(std::hint::black_box(Vec::with_capacity(64 << 20)));
            }
        }
        Drill::StackOverflow => {
            std::hint::black_box(sink(1));
            Ok(())
        }
        Drill::LoseDevice if device::lose() => loop {
            // The embedder hears of the loss and ends this worker, and this run with it.
            cx.checkpoint().await?;
        },
        Drill::LoseDevice => Err(JobError::Invalid(
            "The CPU cannot be lost. Choose WebGPU at the top of the page first, then lose it.".into(),
        )),
    }
}

#[expect(unconditional_recursion, reason = "filling the stack is the point")]
fn sink(depth: u64) -> u64 {
    let ballast = std::hint::black_box([depth; 512]);
    sink(depth + 1) + ballast[7]
}
