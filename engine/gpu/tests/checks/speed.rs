//! How long steps take here. The ceilings are loose, because machines differ; the counts are not (`model::costs`).

use super::{model, open, random, say};
use engine_core::config::{GptConfig, TrainConfig};
use engine_gpu::{Decoder, GpuGpt, GpuMatmul, Layout};

/// Milliseconds of `steps` training steps, each.
async fn step_ms(config: GptConfig, batch: usize, steps: usize, now: impl Fn() -> f64) -> (f64, f64) {
    let gpu = open().await;
    let training = TrainConfig { batch, ..TrainConfig::default() };
    let start = now();
    let mut gpt = GpuGpt::new(&gpu, config, batch, training, &model::lopsided(&config)).await.expect("fits");
    let (inputs, targets) = model::rows(&config, batch, 1);
    gpt.step(&inputs, &targets, 1e-3).expect("the batch fits");
    gpt.finish().await;
    let first = now() - start;
    let start = now();
    for _ in 0..steps {
        gpt.step(&inputs, &targets, 1e-3).expect("the batch fits");
        gpt.settle().await;
    }
    gpt.finish().await;
    (first, (now() - start) / steps as f64)
}

pub async fn small_step(now: impl Fn() -> f64) -> f64 {
    let config = GptConfig { vocab_size: 65, n_layers: 2, n_heads: 4, d_model: 64, context: 32, tied_head: true };
    let (first, each) = step_ms(config, 4, 20, now).await;
    say(&format!(
        "speed\t2 layers, d_model 64, context 32, batch 4: opening and first step {first:.0} ms, then {each:.1} ms"
    ));
    each
}

pub async fn large_step(now: impl Fn() -> f64) -> f64 {
    let config = GptConfig { vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true };
    let (first, each) = step_ms(config, 16, 2, now).await;
    say(&format!(
        "speed\t4 layers, d_model 128, context 128, batch 16: opening and first step {first:.0} ms, then {each:.0} ms"
    ));
    each
}

pub async fn decoding(now: impl Fn() -> f64) -> f64 {
    let config = GptConfig { vocab_size: 65, n_layers: 4, n_heads: 4, d_model: 128, context: 128, tied_head: true };
    let gpu = open().await;
    let training = TrainConfig::default();
    let gpt = GpuGpt::new(&gpu, config, 1, training, &model::lopsided(&config)).await.expect("fits");
    let mut decoder = Decoder::new(&gpt).await.expect("fits");
    decoder.greedy(&[1, 2, 3], 2).await.expect("fits");
    let start = now();
    decoder.greedy(&[1, 2, 3], 65).await.expect("fits");
    let each = (now() - start) / 65.0;
    say(&format!("speed\tgreedy decoding, 4 layers, d_model 128: {each:.2} ms a token, the prompt included"));
    each
}

pub async fn products(now: impl Fn() -> f64) -> f64 {
    let gpu = open().await;
    let mut last = 0.0;
    for size in [128, 256, 512] {
        let matmul = GpuMatmul::new(&gpu, Layout::Nn, [size; 3]).await.expect("fits");
        matmul.set(&random(1, size * size), &random(2, size * size)).expect("fits");
        matmul.run(1);
        matmul.finish().await;
        let start = now();
        matmul.run(2);
        matmul.finish().await;
        last = 2.0 * (size as f64).powi(3) / ((now() - start) / 2.0) / 1e6;
        say(&format!("speed\tmatmul {size}: {last:.2} GFLOP/s"));
    }
    last
}
