//! Weights in blocks against the slow twin, and the layers of a Llama around them.

use super::random::{Random, assert_close};
use kernels::{
    blocks::{self, BLOCK, Codes, Inputs, LARGEST, Weights},
    rms_norm, swiglu,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The whole numbers are exact; what rounds is the scaling, once a block and lane.
const TOLERANCE: f32 = 2e-6;

/// Bits of finite numbers of half precision, from the smallest to about two thousand, of either sign.
fn halves(random: &mut Random, n: usize) -> Vec<u16> {
    (0..n).map(|_| (random.below(2) << 15 | random.below(0x6800)) as u16).collect()
}

#[test]
fn half_precision_is_read_exactly() {
    for bits in (0..=u16::MAX).filter(|bits| bits >> 10 & 31 != 31) {
        let (ours, twin) = (f64::from(blocks::single(bits)), blocks::naive::single(bits));
        assert!(ours == twin && ours.is_sign_negative() == twin.is_sign_negative(), "{bits:#x}: {ours} against {twin}");
    }
}

#[test]
fn activations_keep_what_they_are() {
    let mut random = Random(14);
    let mut inputs = Inputs::default();
    for round in 0..40 {
        let [tokens, blocks] = [random.size(9), random.size(5)];
        let mut x = random.numbers(tokens * blocks * BLOCK);
        // Lopsided: one number towers over its block, one block is nothing.
        x[0] = 1e4;
        if round % 3 == 0 {
            x[..BLOCK].fill(0.0);
        }
        inputs.read(&x, blocks * BLOCK);
        assert_eq!((inputs.tokens(), inputs.blocks()), (tokens, blocks));
        for (at, block) in x.chunks(BLOCK).enumerate() {
            let largest = block.iter().fold(0.0f32, |most, x| most.max(x.abs()));
            for (place, x) in block.iter().enumerate() {
                let found = inputs.number(at / blocks, at % blocks * BLOCK + place);
                assert!((found - x).abs() <= largest * 0.51 / f32::from(LARGEST), "{found} against {x} of {largest}");
            }
        }
    }
    for odd in [f32::NAN, f32::INFINITY] {
        let mut x = vec![1.0; 2 * BLOCK];
        x[BLOCK + 7] = odd;
        inputs.read(&x, 2 * BLOCK);
        let scales = [0x3c00; 2];
        let weights = Weights { blocks: 2, codes: Codes::Eight(&[[1; BLOCK]; 2]), scales: &scales, least: &[] };
        let mut out = [0.0];
        blocks::forward(weights, &inputs, &mut out);
        assert!(out[0].is_nan(), "{odd} must stay visible: {out:?}");
    }
}

#[test]
fn matrices_in_blocks() {
    let mut random = Random(15);
    let mut inputs = Inputs::default();
    for round in 0..120 {
        let [tokens, blocks, outputs] = [random.size(10), random.size(6), random.size(20)];
        let mut bytes = |n: usize| (0..n).map(|_| random.below(256) as u8).collect::<Vec<u8>>();
        // Once in a while the largest numbers there are.
        let largest = round % 10 == 0;
        let fours: Vec<[u8; 16]> =
            (0..outputs * blocks).map(|_| if largest { [255; 16] } else { bytes(16).try_into().unwrap() }).collect();
        let signed = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).unwrap().map(u8::cast_signed);
        let eights: Vec<[i8; 32]> =
            (0..outputs * blocks).map(|_| if largest { [-128; 32] } else { signed(bytes(32)) }).collect();
        let (scales, least) = (halves(&mut random, outputs * blocks), halves(&mut random, outputs * blocks));
        let x = if largest { vec![3.0; tokens * blocks * BLOCK] } else { random.numbers(tokens * blocks * BLOCK) };
        inputs.read(&x, blocks * BLOCK);
        let taken: Vec<f64> =
            (0..x.len()).map(|at| f64::from(inputs.number(at / (blocks * BLOCK), at % (blocks * BLOCK)))).collect();
        for codes in [Codes::Four(&fours), Codes::Eight(&eights)] {
            for least in [least.as_slice(), &[]] {
                let weights = Weights { blocks, codes, scales: &scales, least };
                let mut ours = vec![f32::NAN; tokens * outputs];
                blocks::forward(weights, &inputs, &mut ours);
                let twin: Vec<f32> = blocks::naive::forward(weights, &taken).into_iter().map(|x| x as f32).collect();
                // Each result against the largest of its token: tokens may differ much.
                for (ours, twin) in ours.chunks(outputs).zip(twin.chunks(outputs)) {
                    assert_close(&format!("{outputs} rows of {blocks} blocks"), ours, twin, TOLERANCE * 10.0);
                }
            }
        }
    }
}

/// SIMD128 and portable do the same in the same order; fusing changes the last bits.
#[test]
fn every_variant_finds_the_same_bits() {
    let mut random = Random(16);
    let (tokens, blocks, outputs) = (7, 5, 9);
    let codes: Vec<[u8; 16]> = (0..outputs * blocks).map(|_| [0; 16].map(|_: u8| random.below(256) as u8)).collect();
    let (scales, least) = (halves(&mut random, codes.len()), halves(&mut random, codes.len()));
    let mut inputs = Inputs::default();
    inputs.read(&random.numbers(tokens * blocks * BLOCK), blocks * BLOCK);
    let mut out = vec![0.0; tokens * outputs];
    blocks::forward(Weights { blocks, codes: Codes::Four(&codes), scales: &scales, least: &least }, &inputs, &mut out);
    let sum = out.iter().fold(0u32, |sum, x| sum.rotate_left(5) ^ x.to_bits());
    assert!(kernels::fuses() || sum == 0xda42_8fde, "{sum:#x}");
}

#[test]
fn norms_and_gates() {
    let mut random = Random(17);
    for _ in 0..60 {
        let [rows, d] = [random.size(5), random.size(70)];
        let (x, gain) = (random.numbers(rows * d), random.numbers(d));
        let mut ours = vec![f32::NAN; x.len()];
        rms_norm::forward(&x, &gain, 1e-5, &mut ours);
        let single = |numbers: Vec<f64>| numbers.into_iter().map(|x| x as f32).collect::<Vec<f32>>();
        assert_close("RMSNorm", &ours, &single(rms_norm::naive::forward(&x, &gain, 1e-5)), TOLERANCE);

        let gate: Vec<f32> = random.numbers(d).iter().map(|x| x * 60.0).collect();
        let mut ours = gate.clone();
        let up = random.numbers(d);
        swiglu::forward(&mut ours, &up);
        assert_close("SwiGLU", &ours, &single(swiglu::naive::forward(&gate, &up)), TOLERANCE);
    }
}
