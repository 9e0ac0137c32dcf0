//! Every kernel against its slow twin, on random shapes with ragged and size-one edges. The same
//! tests run natively (`cargo test`) and in a browser, there for each variant.

mod blocks;
mod encoder;
mod int8;
mod random;
mod sparse;

use kernels::{
    adamw, attention, cross_entropy, fuses, gelu, layer_norm, linear,
    matmul::{Layout, Shape, blocked, matmul, matmul_add, naive},
    rows, softmax,
};
use random::{Random, assert_close};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Largest difference allowed, relative to the largest expected number.
mod tolerance {
    pub const MATMUL: f32 = 1e-5;
    pub const SOFTMAX: f32 = 1e-6;
    pub const LAYER_NORM: f32 = 2e-6;
    pub const LAYER_NORM_GRADIENT: f32 = 5e-6;
    pub const GELU: f32 = 5e-7;
    pub const ATTENTION: f32 = 1e-5;
    pub const CROSS_ENTROPY: f32 = 2e-6;
    pub const ADAMW: f32 = 2e-6;
    pub const ROWS: f32 = 1e-6;
}

#[test]
fn matrix_products() {
    let mut random = Random(1);
    for round in 0..150 {
        let most = if round % 15 == 0 { 300 } else { 70 };
        let layout = [Layout::Nn, Layout::Nt, Layout::Tn][round % 3];
        let shape = Shape { m: random.size(most), k: random.size(most), n: random.size(most), layout };
        let (a, b) = (random.numbers(shape.m * shape.k), random.numbers(shape.k * shape.n));
        let (mut ours, mut twin) = (vec![f32::NAN; shape.m * shape.n], vec![0.0; shape.m * shape.n]);
        matmul(shape, &a, &b, &mut ours);
        naive::matmul(shape, &a, &b, &mut twin);
        let tolerance = tolerance::MATMUL;
        assert_close(&format!("{shape:?}"), &ours, &twin, tolerance);
        let old = random.numbers(ours.len());
        let mut sum = old.clone();
        matmul_add(shape, &a, &b, &mut sum);
        let twin_sum: Vec<f32> = old.iter().zip(&twin).map(|(a, b)| a + b).collect();
        assert_close(&format!("added, {shape:?}"), &sum, &twin_sum, tolerance);
        if layout == Layout::Nn {
            blocked::matmul(shape, &a, &b, &mut ours);
            assert_close(&format!("blocked, {shape:?}"), &ours, &twin, tolerance);
        }
    }
}

#[test]
fn an_empty_sum_is_zero() {
    let mut out = [f32::NAN; 12];
    for shape in [Shape::nn(6, 0, 2), Shape::nn(2, 0, 6), Shape::nt(1, 0, 12), Shape::tn(12, 0, 1)] {
        out.fill(f32::NAN);
        matmul(shape, &[], &[], &mut out);
        assert_eq!(out, [0.0; 12], "{shape:?}");
    }
}

#[test]
fn not_a_number_stays_visible() {
    let mut a = vec![1.0; 64];
    a[9] = f32::NAN;
    let mut out = vec![0.0; 64];
    matmul(Shape::nn(8, 8, 8), &a, &[1.0; 64], &mut out);
    assert!(out[8].is_nan() && !out[0].is_nan());
    let mut row = [0.5, f32::NAN, 0.1, 0.2, 0.3];
    softmax::softmax(&mut row, 1.0);
    assert!(row.iter().any(|x| x.is_nan()), "{row:?}");
}

#[test]
fn softmaxes() {
    let mut random = Random(2);
    for _ in 0..100 {
        let n = random.size(200);
        let scale = [1.0, 0.25, 30.0][random.below(3)];
        let mut ours = random.numbers(n);
        let mut twin = ours.clone();
        let (a, b) = (softmax::softmax(&mut ours, scale), softmax::naive::softmax(&mut twin, scale));
        assert_close("softmax", &ours, &twin, tolerance::SOFTMAX * scale.max(1.0));
        assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "log of the sum: {a} against {b}");
        assert!((ours.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn linear_layers() {
    let mut random = Random(3);
    for _ in 0..60 {
        let [rows, inputs, outputs] = [random.size(80), random.size(60), random.size(60)];
        let x = random.numbers(rows * inputs);
        let weight = random.numbers(inputs * outputs);
        let bias = random.numbers(outputs);
        let grad = random.numbers(rows * outputs);
        let (mut ours, mut twin) = (vec![0.0; rows * outputs], vec![0.0; rows * outputs]);
        linear::forward(&x, &weight, &bias, &mut ours);
        linear::naive::forward(&x, &weight, &bias, &mut twin);
        assert_close("linear", &ours, &twin, tolerance::MATMUL);
        let [twin_x, twin_w, twin_b] = linear::naive::backward(&x, &weight, outputs, &grad);
        let mut ours = [vec![0.0; x.len()], vec![0.0; weight.len()], vec![0.0; outputs]];
        linear::grad_input(&grad, &weight, outputs, &mut ours[0]);
        linear::grad_weight(&x, &grad, outputs, &mut ours[1]);
        linear::grad_bias(&grad, &mut ours[2]);
        assert_close("gradient of x", &ours[0], &twin_x, tolerance::MATMUL);
        assert_close("gradient of the weight", &ours[1], &twin_w, tolerance::MATMUL);
        assert_close("gradient of the bias", &ours[2], &twin_b, tolerance::MATMUL);
    }
}

#[test]
fn layer_norms() {
    let mut random = Random(4);
    for _ in 0..100 {
        // One column has no variance: the result is the bias, and the twin's gradient is rounding noise.
        let [rows, width] = [random.size(20), random.size(130).max(2)];
        let x = random.numbers(rows * width);
        let [gain, bias] = [random.numbers(width), random.numbers(width)];
        let grad = random.numbers(rows * width);
        let (mut ours, mut stats) = (vec![0.0; x.len()], vec![[0.0; 2]; rows]);
        layer_norm::forward(&x, &gain, &bias, 1e-5, &mut ours, &mut stats);
        assert_close("layer norm", &ours, &layer_norm::naive::forward(&x, &gain, &bias, 1e-5), tolerance::LAYER_NORM);
        let (mut to_x, mut to_gain, mut to_bias) = (vec![0.0; x.len()], vec![0.0; width], vec![0.0; width]);
        layer_norm::backward(&x, &gain, &stats, &grad, &mut to_x, [&mut to_gain, &mut to_bias]);
        let twin = layer_norm::naive::backward(&x, &gain, 1e-5, &grad);
        // Two nearly equal numbers have a tiny deviation, by which everything is divided.
        let steep = stats.iter().map(|s| s[1]).fold(1.0, f32::max);
        let slack = tolerance::LAYER_NORM_GRADIENT * steep;
        // In narrow rows the terms of this gradient cancel: it is held against the size of the terms.
        let size = 4.0 * steep;
        let worst = to_x.iter().zip(&twin[0]).fold(0.0f32, |m, (a, b)| m.max((a - b).abs()));
        assert!(worst <= slack * size, "gradient of x: off by {worst}, terms of size {size}");
        assert_close("gradient of the gain", &to_gain, &twin[1], slack);
        assert_close("gradient of the bias", &to_bias, &twin[2], slack);
    }
    let (mut ours, mut stats) = ([0.0], [[0.0; 2]]);
    layer_norm::forward(&[7.0], &[3.0], &[2.0], 1e-5, &mut ours, &mut stats);
    assert_eq!(ours, [2.0], "a row of one number has no variance");
}

#[test]
fn rows_multiplied_and_added() {
    let mut random = Random(9);
    for _ in 0..200 {
        let n = random.size(100);
        let (a, b, scale) = (random.numbers(n), random.numbers(n), random.numbers(1)[0]);
        // Against the sum of the products' sizes, because a sum itself may be nearly nothing.
        let sizes: f32 = a.iter().zip(&b).map(|(a, b)| (a * b).abs()).sum();
        let off = f64::from(rows::dot(&a, &b)) - rows::naive::dot(&a, &b);
        assert!(off.abs() as f32 <= tolerance::ROWS * sizes, "{n} numbers: off by {off}");
        let single = |numbers: Vec<f64>| numbers.into_iter().map(|x| x as f32).collect::<Vec<f32>>();
        let twin = single(rows::naive::add_scaled(&a, scale, &b));
        let mut ours = a;
        rows::add_scaled(&mut ours, scale, &b);
        assert_close("a row added", &ours, &twin, tolerance::ROWS);

        let m = random.size(40);
        let (x, y, weight) = (random.numbers(m), random.numbers(n), random.numbers(m * n));
        let mut ours = y.clone();
        rows::add_product(&mut ours, &x, &weight);
        assert_close("a row by a matrix", &ours, &single(rows::naive::add_product(&y, &x, &weight)), tolerance::MATMUL);
        let mut ours = weight.clone();
        rows::add_outer(&mut ours, &x, &y);
        assert_close("an outer product", &ours, &single(rows::naive::add_outer(&weight, &x, &y)), tolerance::ROWS);
        let mut ours = vec![f32::NAN; m];
        rows::dots(&mut ours, &weight, &y);
        let twin: Vec<f32> = weight.chunks_exact(n).map(|row| rows::naive::dot(row, &y) as f32).collect();
        assert_close("a matrix by a column", &ours, &twin, tolerance::MATMUL);
    }
}

#[test]
fn gelus() {
    let x: Vec<f32> = (-6001..=6001).map(|i| i as f32 / 1000.0).collect();
    let mut out = vec![0.0; x.len()];
    gelu::forward(&x, &mut out);
    let twin: Vec<f32> = x.iter().map(|&x| gelu::naive::gelu(f64::from(x)) as f32).collect();
    assert_close("gelu", &out, &twin, tolerance::GELU);
    gelu::forward_tanh(&x, &mut out);
    let tanh: Vec<f32> = x.iter().map(|&x| gelu::naive::gelu_tanh(f64::from(x)) as f32).collect();
    assert_close("gelu by tanh", &out, &tanh, tolerance::GELU);
    let apart = twin.iter().zip(&tanh).fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
    assert!((4.0e-4..5.0e-4).contains(&apart), "the two differ by at most {apart}");
    let grad = Random(5).numbers(x.len());
    gelu::backward(&x, &grad, &mut out);
    let twin: Vec<f32> =
        x.iter().zip(&grad).map(|(&x, &g)| (gelu::naive::slope(f64::from(x)) * f64::from(g)) as f32).collect();
    assert_close("slope of gelu", &out, &twin, tolerance::GELU);
    for n in 1..9 {
        let mut some = vec![0.0; n];
        gelu::forward(&x[100..100 + n], &mut some);
        let twin: Vec<f32> = x[100..100 + n].iter().map(|&x| gelu::naive::gelu(f64::from(x)) as f32).collect();
        assert_close("few numbers", &some, &twin, 1e-3);
    }
}

#[test]
fn attentions() {
    let mut random = Random(6);
    for round in 0..40 {
        let tokens = if round % 8 == 0 { 33 + random.below(70) } else { random.size(34) };
        let shape = attention::Shape {
            batch: 1 + random.below(3),
            tokens,
            n_heads: 1 + random.below(3),
            d_head: random.size(20),
        };
        let qkv = random.numbers(shape.qkv_len());
        let (mut mixed, mut weights) = (vec![0.0; shape.mixed_len()], vec![f32::NAN; shape.weights_len()]);
        attention::forward(shape, &qkv, &mut mixed, &mut weights);
        let (twin_mixed, twin_weights) = attention::naive::forward(shape, &qkv);
        assert_close(&format!("mixed, {shape:?}"), &mixed, &twin_mixed, tolerance::ATTENTION);
        assert_close(&format!("weights, {shape:?}"), &weights, &twin_weights, tolerance::ATTENTION);
        // The last token alone, with what the others left behind.
        let (d, rows) = (shape.d_model(), shape.tokens);
        let part = |which: usize| -> Vec<f32> {
            qkv.chunks(3 * d).take(rows).flat_map(|row| row[which * d..(which + 1) * d].to_vec()).collect()
        };
        let mut last = vec![f32::NAN; d];
        attention::cached::attend(&part(0)[(rows - 1) * d..], &part(1), &part(2), shape.n_heads, &mut last);
        assert_close(&format!("cached, {shape:?}"), &last, &twin_mixed[(rows - 1) * d..rows * d], tolerance::ATTENTION);
        let grad = random.numbers(shape.mixed_len());
        let mut ours = vec![f32::NAN; qkv.len()];
        attention::backward(shape, &qkv, &weights, &grad, &mut ours);
        let twin = attention::naive::backward(shape, &qkv, &grad);
        assert_close(&format!("gradient, {shape:?}"), &ours, &twin, tolerance::ATTENTION);
    }
}

#[test]
fn attention_gradients_are_slopes() {
    let shape = attention::Shape { batch: 1, tokens: 5, n_heads: 2, d_head: 3 };
    let mut random = Random(7);
    let (qkv, grad) = (random.numbers(shape.qkv_len()), random.numbers(shape.mixed_len()));
    let loss = |qkv: &[f32]| -> f64 {
        let (mixed, _) = attention::naive::forward(shape, qkv);
        mixed.iter().zip(&grad).map(|(a, b)| f64::from(a * b)).sum()
    };
    let (mut mixed, mut weights) = (vec![0.0; shape.mixed_len()], vec![0.0; shape.weights_len()]);
    attention::forward(shape, &qkv, &mut mixed, &mut weights);
    let mut ours = vec![0.0; qkv.len()];
    attention::backward(shape, &qkv, &weights, &grad, &mut ours);
    for i in 0..qkv.len() {
        let shifted = |by: f32| {
            let mut moved = qkv.clone();
            moved[i] += by;
            loss(&moved)
        };
        let slope = (shifted(1e-2) - shifted(-1e-2)) / 2e-2;
        assert!((slope - f64::from(ours[i])).abs() < 3e-3, "number {i}: {} against {slope}", ours[i]);
    }
}

#[test]
fn cross_entropies() {
    let mut random = Random(8);
    for _ in 0..60 {
        let [rows, vocab] = [random.size(40), random.size(100)];
        let logits = random.numbers(rows * vocab);
        let targets: Vec<u32> = (0..rows).map(|_| random.below(vocab) as u32).collect();
        let mut ours = logits.clone();
        let loss = cross_entropy::forward(&mut ours, &targets);
        cross_entropy::backward(&mut ours, &targets, 1.0);
        let (twin_loss, twin) = cross_entropy::naive::loss_and_gradient(&logits, &targets);
        assert!((loss - twin_loss).abs() <= tolerance::CROSS_ENTROPY * twin_loss.max(1.0), "{loss} {twin_loss}");
        assert_close("gradient of the logits", &ours, &twin, tolerance::CROSS_ENTROPY);
    }
}

#[test]
fn optimizer_steps() {
    let mut random = Random(9);
    for count in 1..40 {
        let n = random.size(70);
        let betas = [0.9, 0.95];
        let step = adamw::Step { learning_rate: 0.01, weight_decay: 0.1, grad_scale: 0.7, count, betas, eps: 1e-8 };
        let old = [random.numbers(n), random.numbers(n), random.numbers(n), random.numbers(n)];
        let old = [old[0].clone(), old[1].clone(), old[2].clone(), old[3].iter().map(|x| x * x).collect()];
        let [mut params, grads, mut mean, mut square] = old.clone();
        adamw::update(&mut params, &grads, &mut mean, &mut square, &step);
        let twin: Vec<[f32; 3]> =
            (0..n).map(|i| adamw::naive::update(old[0][i], old[1][i], old[2][i], old[3][i], &step)).collect();
        let column = |c: usize| twin.iter().map(|t| t[c]).collect::<Vec<_>>();
        assert_close("parameters", &params, &column(0), tolerance::ADAMW);
        assert_close("mean", &mean, &column(1), tolerance::ADAMW);
        assert_close("square", &square, &column(2), tolerance::ADAMW);
    }
    assert!((adamw::sum_of_squares(&[3.0; 101]) - 909.0).abs() < 1e-9);
    assert!(adamw::sum_of_squares(&[1.0, f32::NAN]).is_nan());
}

#[test]
fn the_same_bits_every_time() {
    let mut random = Random(10);
    let (a, b) = (random.numbers(97 * 301), random.numbers(301 * 43));
    let bits = || {
        let mut out = vec![0.0; 97 * 43];
        matmul(Shape::nn(97, 301, 43), &a, &b, &mut out);
        out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(bits(), bits());
    assert!(!fuses() || kernels::VARIANT == "relaxed SIMD", "only relaxed SIMD may round once");
}

/// One head with its whole matrix, without it, and for the last token from a cache: all three are the definition.
#[test]
fn three_ways_to_attend_agree() {
    let mut random = Random(12);
    for round in 0..60 {
        let (tokens, d_head) = (random.size(if round % 10 == 0 { 200 } else { 80 }), random.size(40));
        let n = tokens * d_head;
        // Lopsided: a few scores are large, so that the running maximum moves.
        let [queries, keys, values] =
            [3.0, 2.0, 1.0].map(|by| random.numbers(n).iter().map(|x| x * by).collect::<Vec<_>>());
        let rows = |part: &[f32], i: usize| part[i * d_head..(i + 1) * d_head].to_vec();
        let qkv: Vec<f32> =
            (0..tokens).flat_map(|i| [rows(&queries, i), rows(&keys, i), rows(&values, i)].concat()).collect();
        let shape = attention::Shape { batch: 1, tokens, n_heads: 1, d_head };
        let (twin, twin_weights) = attention::naive::forward(shape, &qkv);

        let (mut matrix, mut out) = (vec![f32::NAN; tokens * tokens], vec![f32::NAN; n]);
        attention::whole::scores(d_head, &queries, &keys, &mut matrix);
        attention::whole::weights(d_head, 0, tokens, &mut matrix);
        attention::whole::mix(d_head, &matrix, &values, &mut out);
        assert_close(&format!("weights, {shape:?}"), &matrix, &twin_weights, tolerance::ATTENTION);
        assert_close(&format!("whole, {shape:?}"), &out, &twin, tolerance::ATTENTION);

        out.fill(f32::NAN);
        let seen = attention::fused::Seen { d_head, keys: &keys, values: &values };
        let mut room = attention::fused::Room::default();
        for first in (0..tokens).step_by(attention::fused::QUERIES) {
            let part = first * d_head..(first + attention::fused::QUERIES).min(tokens) * d_head;
            attention::fused::rows(seen, first, &queries[part.clone()], &mut out[part], &mut room);
        }
        assert_close(&format!("fused, {shape:?}"), &out, &twin, tolerance::ATTENTION);

        let mut last = vec![f32::NAN; d_head];
        attention::cached::attend(&rows(&queries, tokens - 1), &keys, &values, 1, &mut last);
        assert_close(&format!("cached, {shape:?}"), &last, &rows(&twin, tokens - 1), tolerance::ATTENTION);
    }
}
