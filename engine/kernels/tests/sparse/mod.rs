//! Layers with most weights gone, against the slow twin that multiplies every zero.

use super::random::{Random, assert_close};
use kernels::sparse::{self, Rows};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Sums in single precision, in another order than the twin's.
const TOLERANCE: f32 = 2e-6;

/// A matrix of which about `kept` weights in a hundred are not zero.
fn thinned(random: &mut Random, n: usize, kept: usize) -> Vec<f32> {
    let mut weight = random.numbers(n);
    weight.iter_mut().for_each(|w| *w = if random.below(100) < kept { *w } else { 0.0 });
    weight
}

#[test]
fn layers() {
    let mut random = Random(21);
    for round in 0..160 {
        let [inputs, outputs, samples] = [random.size(90), random.size(40), random.size(50)];
        let weight = thinned(&mut random, inputs * outputs, [0, 5, 30, 100][round % 4]);
        let (x, bias) = (random.numbers(samples * inputs), random.numbers(outputs));
        let rows = Rows::of(&weight, inputs);
        let mut ours = vec![f32::NAN; samples * outputs];
        sparse::forward(&rows, &x, &bias, &mut ours);
        let twin: Vec<f32> = sparse::naive::forward(&weight, &x, &bias).into_iter().map(|x| x as f32).collect();
        assert_close(&format!("{samples} of {inputs} to {outputs}"), &ours, &twin, TOLERANCE);
    }
}

#[test]
fn bytes_are_counted_as_they_lie_in_memory() {
    let rows = Rows::of(&[0.0, 2.0, 0.0, 3.0, 0.0, 4.0], 3);
    assert_eq!((rows.outputs(), rows.kept()), (2, 3));
    assert_eq!(rows.bytes(), 3 * 4 + 3 * 2 + 3 * 4, "weights, places, starts");
    assert_eq!(Rows::of(&[], 5).outputs(), 0, "a layer that is cut away whole");
}
