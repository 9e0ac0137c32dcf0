//! Rows rounded to whole numbers, and weights read back, against the slow twins.

use super::random::{Random, assert_close};
use kernels::{
    int8::{Codes, Weights},
    rounding,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn rows_rounded() {
    let mut random = Random(21);
    for round in 0..200 {
        let (samples, columns) = (random.size(6), random.size(90));
        let mut x = random.numbers(samples * columns);
        // Rows of very different sizes, one of zeros, and one of the smallest numbers there are.
        for (at, row) in x.chunks_mut(columns).enumerate() {
            let by = [1.0, 1e4, 1e-5, 0.0, 1e-44][(round + at) % 5];
            row.iter_mut().for_each(|x| *x *= by);
        }
        let (mut codes, mut scales) = (vec![99; x.len()], vec![f32::NAN; samples]);
        rounding::rows(&x, &mut codes, &mut scales);
        let (twin, twin_scales) = rounding::naive::rows(&x, columns);
        assert_close("scales", &scales, &twin_scales, 1e-6);
        for (at, (ours, twin)) in codes.iter().zip(&twin).enumerate() {
            // In the middle between two, either is as near.
            let exact = f64::from(x[at]) / f64::from(scales[at / columns]);
            let middle = (exact.fract().abs() - 0.5).abs() < 1e-4;
            assert!(ours == twin || (middle && ours.abs_diff(*twin) == 1), "{exact} became {ours} and {twin}");
            assert!(*ours >= -127);
        }
    }
    let mut codes = [1; 4];
    rounding::rows(&[f32::NAN, 2.0, -4.0, f32::MAX], &mut codes, &mut [0.0]);
    assert_eq!(codes, [0, 0, 0, 127]);
}

#[test]
fn weights_read_back() {
    let mut random = Random(22);
    for round in 0..120 {
        let [inputs, outputs] = [random.size(90), random.size(20)];
        let group = [1 + random.below(inputs), inputs, 16, 32][round % 4];
        let groups = outputs * inputs.div_ceil(group);
        let mut bytes = |n: usize| (0..n).map(|_| random.below(256) as u8).collect::<Vec<u8>>();
        let signed = |bytes: Vec<u8>| bytes.into_iter().map(u8::cast_signed).collect::<Vec<i8>>();
        let (eight, four) = (signed(bytes(outputs * inputs)), bytes(outputs * inputs.div_ceil(2)));
        let zeros = signed(bytes(groups));
        let scales = random.numbers(groups);
        for codes in [Codes::Eight(&eight), Codes::Four(&four)] {
            for zeros in [zeros.as_slice(), &[]] {
                let weights = Weights { inputs, group, codes, scales: &scales, zeros };
                let mut ours = vec![f32::NAN; outputs * inputs];
                rounding::read_back(weights, &mut ours);
                assert_eq!(ours, rounding::naive::read_back(weights), "{inputs} inputs in groups of {group}");
            }
        }
    }
}
