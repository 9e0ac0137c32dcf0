//! What a sentence encoder is made of, against the slow twins: kept factors, tiles of whole numbers, open attention.

use super::random::{Random, assert_close};
use kernels::{
    attention,
    int8::tiles::{self, naive::Layer},
    matmul::{Shape, kept::Kept, naive},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Numbers of 24 bits, added up in another order.
const TOLERANCE: f32 = 1e-5;

#[test]
fn a_kept_factor() {
    let mut random = Random(21);
    for round in 0..60 {
        let most = if round % 10 == 0 { 600 } else { 70 };
        let [m, k, n] = [random.size(70), random.size(most), random.size(70)];
        let (a, b) = (random.numbers(m * k), random.numbers(k * n));
        let old = random.numbers(m * n);
        let (mut ours, mut twin) = (old.clone(), vec![0.0; m * n]);
        Kept::transposed(k, n, &b).matmul_add(&a, &mut ours);
        naive::matmul(Shape::nt(m, k, n), &a, &b, &mut twin);
        let twin: Vec<f32> = old.iter().zip(&twin).map(|(a, b)| a + b).collect();
        assert_close(&format!("{m} by {k} by {n}"), &ours, &twin, TOLERANCE);
    }
}

#[test]
fn tiles_of_whole_numbers() {
    let mut random = Random(22);
    let mut rounded = tiles::Inputs::default();
    for _ in 0..120 {
        let [inputs, outputs, samples] = [random.size(90), random.size(40), random.size(40)];
        let codes: Vec<i8> = (0..inputs * outputs).map(|_| (random.below(256) as u8).cast_signed()).collect();
        let [scales, bias] = [0, 1].map(|_| random.numbers(outputs));
        let (factors, mut x) = (random.numbers(inputs), random.numbers(samples * inputs));
        // A sample of nothing but zeros has no largest number to divide by.
        x[..inputs].fill(0.0);
        let weights = tiles::Weights::new(inputs, &codes, scales.clone(), bias.clone());
        let mut ours = vec![f32::NAN; samples * outputs];
        rounded.round(&x, &factors);
        tiles::forward(&weights, &rounded, &mut ours);
        let layer = Layer { codes: &codes, scales: &scales, bias: &bias, factors: &factors };
        let twin: Vec<f32> = tiles::naive::forward(layer, &x).into_iter().map(|x| x as f32).collect();
        assert_close(&format!("{samples} by {inputs} by {outputs}"), &ours, &twin, 2e-6);
        assert_eq!(ours[..outputs], bias[..], "nothing but the bias is left of zeros");
    }
}

#[test]
fn the_largest_sum_of_a_tile_does_not_run_over() {
    let (inputs, codes) = (tiles::LONGEST, vec![i8::MIN; tiles::LONGEST]);
    let weights = tiles::Weights::new(inputs, &codes, vec![1.0], vec![0.0]);
    let mut rounded = tiles::Inputs::default();
    rounded.round(&vec![-1.0; inputs], &vec![f32::from(tiles::MOST); inputs]);
    let mut out = [0.0];
    tiles::forward(&weights, &rounded, &mut out);
    let sum = 128.0 * f32::from(tiles::MOST) * inputs as f32;
    assert!((out[0] / sum - 1.0).abs() < 1e-6, "{} in the place of {sum}", out[0]);
}

#[test]
fn not_a_number_stays_visible_in_its_sample() {
    let weights = tiles::Weights::new(2, &[1, 2], vec![1.0], vec![0.0]);
    let mut rounded = tiles::Inputs::default();
    rounded.round(&[1.0, f32::INFINITY, 1.0, 1.0], &[1.0, 1.0]);
    let mut out = [0.0; 2];
    tiles::forward(&weights, &rounded, &mut out);
    assert!(!out[0].is_finite() && (out[1] - 3.0).abs() < 1e-6, "{out:?}");
}

#[test]
fn attention_without_a_mask() {
    let mut random = Random(23);
    let mut room = Vec::new();
    for _ in 0..30 {
        let [batch, n_heads] = [1 + random.below(3), 1 + random.below(4)];
        let shape = attention::Shape { batch, tokens: random.size(70), n_heads, d_head: random.size(33) };
        let qkv = random.numbers(shape.qkv_len());
        let mut ours = vec![f32::NAN; shape.mixed_len()];
        attention::open::forward(shape, &qkv, &mut ours, &mut room);
        assert_close(&format!("{shape:?}"), &ours, &attention::naive::forward_open(shape, &qkv).0, TOLERANCE);
    }
}
