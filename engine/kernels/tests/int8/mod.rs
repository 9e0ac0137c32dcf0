//! Whole numbers multiplied and added up, against the slow twin: on ragged sizes, with the largest numbers there are.

use super::random::{Random, assert_close};
use kernels::{
    int8::{self, Codes, Layer, Weights, naive},
    matmul::{self, Shape},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Only the rescaling rounds, once for each group.
const TOLERANCE: f32 = 2e-6;
/// Sums of numbers of 24 bits, in another order: so much of the largest that a sum can be.
const FLOATS: f32 = 1e-6;

fn signed(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|byte| byte.cast_signed()).collect()
}

/// Sizes and numbers of a layer, and the samples that go through it.
struct Case {
    inputs: usize,
    group: usize,
    samples: usize,
    eight: Vec<i8>,
    four: Vec<u8>,
    scales: Vec<f32>,
    zeros: Vec<i8>,
}

impl Case {
    fn new(random: &mut Random, round: usize) -> Self {
        let [inputs, outputs, samples] = [random.size(90), random.size(20), random.size(9)];
        let group = [1 + random.below(inputs), inputs, 16, 32][round % 4];
        let groups = outputs * inputs.div_ceil(group);
        let mut bytes = |n: usize| (0..n).map(|_| random.below(256) as u8).collect::<Vec<u8>>();
        let (eight, four) = (signed(&bytes(outputs * inputs)), bytes(outputs * inputs.div_ceil(2)));
        let zeros = signed(&bytes(groups));
        Self { inputs, group, samples, eight, four, scales: random.numbers(groups), zeros }
    }

    /// Eight bits and four, with zero points and without.
    fn each(&self) -> impl Iterator<Item = Weights<'_>> {
        [Codes::Eight(&self.eight), Codes::Four(&self.four)].into_iter().flat_map(|codes| {
            [self.zeros.as_slice(), &[]].map(|zeros| {
                let Self { inputs, group, scales, .. } = self;
                Weights { inputs: *inputs, group: *group, codes, scales, zeros }
            })
        })
    }

    fn name(&self) -> String {
        format!("{} samples of {} inputs in groups of {}", self.samples, self.inputs, self.group)
    }
}

fn single(numbers: Vec<f64>) -> Vec<f32> {
    numbers.into_iter().map(|x| x as f32).collect()
}

#[test]
fn layers_of_whole_numbers() {
    let mut random = Random(12);
    for round in 0..160 {
        let case = Case::new(&mut random, round);
        let x: Vec<i8> = (0..case.samples * case.inputs).map(|_| (random.below(256) as u8).cast_signed()).collect();
        let x_scales = random.numbers(case.samples);
        for weights in case.each() {
            let twin = single(naive::forward(weights, &x, &x_scales));
            let mut ours = vec![f32::NAN; twin.len()];
            int8::forward(weights, &x, &x_scales, &mut ours);
            assert_close(&case.name(), &ours, &twin, TOLERANCE);
        }
    }
}

#[test]
fn the_largest_sums_there_are() {
    // Not one product may run over: neither here nor, with the numbers of eight bits all lit, on the way there.
    for inputs in [1, 5, 64, int8::LONGEST] {
        for (code, zero, x) in [(i8::MIN, i8::MAX, i8::MIN), (i8::MAX, i8::MIN, i8::MIN), (i8::MAX, i8::MIN, i8::MAX)] {
            let (codes, zeros) = (vec![code; 2 * inputs], [zero, -zero.saturating_abs()]);
            let weights =
                Weights { inputs, group: inputs, codes: Codes::Eight(&codes), scales: &[1.0; 2], zeros: &zeros };
            let x = vec![x; inputs];
            let mut ours = [0.0; 2];
            int8::forward(weights, &x, &[1.0], &mut ours);
            let twin: Vec<f32> = single(naive::forward(weights, &x, &[1.0]));
            assert_eq!(ours.as_slice(), twin, "{inputs} times ({code} - {zero}) · {}", x[0]);
        }
    }
}

/// The whole numbers that rows become, times their scales: what a layer makes of them that hands on what it is given.
fn rounded(x: &[f32], inputs: usize) -> Vec<f32> {
    let codes: Vec<i8> = (0..inputs * inputs).map(|at| i8::from(at % (inputs + 1) == 0)).collect();
    let scales = vec![1.0; inputs];
    let layer = Layer::new(Weights { inputs, group: inputs, codes: Codes::Eight(&codes), scales: &scales, zeros: &[] });
    let mut out = vec![0.0; x.len()];
    layer.add_rounded(x, &mut out);
    out
}

#[test]
fn inputs_are_rounded_on_the_way() {
    let mut random = Random(21);
    for round in 0..160 {
        let case = Case::new(&mut random, round);
        let mut x = random.numbers(case.samples * case.inputs);
        // Rows of very different sizes, one of zeros, and one of the smallest numbers there are.
        for (at, row) in x.chunks_mut(case.inputs).enumerate() {
            let by = [1.0, 1e4, 1e-5, 0.0, 1e-44][(round + at) % 5];
            row.iter_mut().for_each(|x| *x *= by);
        }
        let (mut codes, scales) = naive::round(&x, case.inputs);
        for (at, (code, found)) in codes.iter_mut().zip(rounded(&x, case.inputs)).enumerate() {
            let scale = f64::from(scales[at / case.inputs]);
            let (found, exact) = ((f64::from(found) / scale).round() as i8, f64::from(x[at]) / scale);
            // In the middle between two, either is as near.
            let middle = (exact.fract().abs() - 0.5).abs() < 1e-4;
            assert!(found == *code || (middle && found.abs_diff(*code) == 1), "{exact} became {found} and {code}");
            *code = found;
        }
        for weights in case.each() {
            let layer = Layer::new(weights);
            let old = random.numbers(case.samples * layer.outputs());
            let [mut ours, mut whole] = [old.clone(), old];
            layer.add_rounded(&x, &mut ours);
            layer.add_whole(&codes, &scales, &mut whole);
            assert_close(&case.name(), &ours, &whole, TOLERANCE);
        }
    }
    assert_eq!(rounded(&[f32::NAN, 2.0, -4.0, f32::MAX], 4), [0.0, 0.0, 0.0, f32::MAX / 127.0 * 127.0]);
    let steps: Vec<f32> = (-127..=127).map(|x| x as f32 * 0.25).collect();
    assert_eq!(rounded(&steps, steps.len()), steps);
    // In the middle between two, the even one.
    let halves: Vec<f32> = (-60..60).map(|x| x as f32 + 0.5).chain([127.0]).collect();
    assert_eq!(rounded(&halves, halves.len()), halves.iter().map(|x| x.round_ties_even()).collect::<Vec<_>>());
}

#[test]
fn layers_read_back_and_in_floats() {
    let mut random = Random(22);
    for round in 0..160 {
        let case = Case::new(&mut random, round);
        let x = random.numbers(case.samples * case.inputs);
        for weights in case.each() {
            let (layer, numbers) = (Layer::new(weights), naive::read_back(weights));
            let mut ours = vec![f32::NAN; numbers.len()];
            for (output, row) in ours.chunks_mut(case.inputs).enumerate() {
                layer.read_row(output, row);
            }
            assert_eq!(ours, numbers, "{}", case.name());
            let old = random.numbers(case.samples * layer.outputs());
            let [mut ours, mut twin] = [old.clone(), vec![0.0; old.len()]];
            layer.add_floats(&x, &mut ours);
            matmul::naive::matmul(Shape::nt(case.samples, case.inputs, layer.outputs()), &x, &numbers, &mut twin);
            // Of sums in which numbers cancel, the size of the numbers counts.
            let most = 2.0 * 2.0 * 255.0 * case.inputs as f32;
            for ((ours, old), twin) in ours.iter().zip(old).zip(twin) {
                assert!((ours - old - twin).abs() <= FLOATS * most, "{}: {} and {twin}", case.name(), ours - old);
            }
        }
    }
}

#[test]
fn nothing_is_stored_beyond_the_weights_where_sizes_are_even() {
    for (inputs, outputs, group) in [(88usize, 264, 88), (88, 352, 32), (352, 88, 16)] {
        let groups = outputs * inputs.div_ceil(group);
        let (eight, four) = (vec![0; inputs * outputs], vec![0; inputs * outputs / 2]);
        let (scales, zeros) = (vec![0.0; groups], vec![0; groups]);
        for (codes, bytes) in [(Codes::Eight(&eight), eight.len()), (Codes::Four(&four), four.len())] {
            let layer = Layer::new(Weights { inputs, group, codes, scales: &scales, zeros: &zeros });
            assert_eq!(layer.bytes(), bytes + groups * 5);
        }
    }
}
