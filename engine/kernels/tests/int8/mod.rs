//! Whole numbers multiplied and added up, against the slow twin: on ragged sizes, with the largest numbers there are.

use super::random::{Random, assert_close};
use kernels::int8::{self, Codes, Weights};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Only the rescaling rounds, once for each group.
const TOLERANCE: f32 = 2e-6;

fn signed(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|byte| byte.cast_signed()).collect()
}

#[test]
fn rows_multiplied() {
    let mut random = Random(11);
    let mut bytes = |n: usize| (0..n).map(|_| random.below(256) as u8).collect::<Vec<u8>>();
    for n in (0..70).chain([127, 128, 1000]) {
        let (a, b) = (signed(&bytes(n)), signed(&bytes(n)));
        assert_eq!(i64::from(int8::dot(&a, &b)), int8::naive::dot(&a, &b), "{n} numbers");
    }
    // The largest sum there is: not one product may run over.
    let lowest = vec![i8::MIN; int8::LONGEST];
    assert_eq!(i64::from(int8::dot(&lowest, &lowest)), (int8::LONGEST as i64) << 14);
}

#[test]
fn layers() {
    let mut random = Random(12);
    for round in 0..120 {
        let [inputs, outputs, samples] = [random.size(90), random.size(20), random.size(5)];
        let group = [1 + random.below(inputs), inputs, 16, 32][round % 4];
        let groups = outputs * inputs.div_ceil(group);
        let mut bytes = |n: usize| (0..n).map(|_| random.below(256) as u8).collect::<Vec<u8>>();
        let (eight, four) = (signed(&bytes(outputs * inputs)), bytes(outputs * inputs.div_ceil(2)));
        let (x, zeros) = (signed(&bytes(samples * inputs)), signed(&bytes(groups)));
        let (scales, x_scales) = (random.numbers(groups), random.numbers(samples));
        for codes in [Codes::Eight(&eight), Codes::Four(&four)] {
            for zeros in [zeros.as_slice(), &[]] {
                let weights = Weights { inputs, group, codes, scales: &scales, zeros };
                let mut ours = vec![f32::NAN; samples * outputs];
                int8::forward(weights, &x, &x_scales, &mut ours);
                let twin: Vec<f32> =
                    int8::naive::forward(weights, &x, &x_scales).into_iter().map(|x| x as f32).collect();
                assert_close(&format!("{inputs} inputs in groups of {group}"), &ours, &twin, TOLERANCE);
            }
        }
    }
}
