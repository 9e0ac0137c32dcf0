//! Properties of every scheme, on lopsided numbers and awkward sizes; GPTQ and AWQ against round-to-nearest.

use super::{awq::awq, errors::Errors, gptq::gptq, layer::output_error, *};
use crate::{
    reference::quantized::{SAFE, gptq_row, packed_row, product},
    rng::{Rng, Stream},
};
use kernels::int8::Codes::Four;
use proptest::prelude::*;

fn scheme() -> impl Strategy<Value = Scheme> {
    let share = prop_oneof![Just(Share::Tensor), Just(Share::Row), (1usize..40).prop_map(Share::Group)];
    let calibration = prop_oneof![Just(Calibration::AbsMax), (50.1f64..=100.0).prop_map(Calibration::Percentile)];
    (any::<bool>(), share, any::<bool>(), calibration).prop_map(|(wide, share, symmetric, calibration)| Scheme {
        width: if wide { Width::Int8 } else { Width::Int4 },
        share,
        grid: if symmetric { Grid::Symmetric } else { Grid::Affine },
        calibration,
    })
}

/// Rows of 1 to 70 numbers; a few of them are a thousand times larger than the others, and all may have one sign.
fn matrix() -> impl Strategy<Value = (usize, Vec<f32>)> {
    (1usize..6, prop_oneof![Just(1usize), Just(7), Just(65), 1usize..70], any::<u64>(), -1.5f32..1.5).prop_map(
        |(rows, columns, seed, shift)| {
            let mut rng = Rng::new(seed, Stream::Init);
            let mut number = || (rng.normal() + shift) * if rng.below(20) == 0 { 1000.0 } else { 1.0 };
            (columns, (0..rows * columns).map(|_| number()).collect())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_within_reach_is_off_by_more_than_half_a_step((columns, data) in matrix(), scheme in scheme()) {
        let matrix = Matrix { columns, data: &data };
        let quantized = quantize(matrix, scheme).unwrap();
        let values = quantized.values();
        let most = scheme.width.most();
        let lowest = if scheme.grid == Grid::Symmetric { -most } else { -most - 1 };
        for (at, (x, value)) in data.iter().zip(&values).enumerate() {
            let (row, column) = (at / columns, at % columns);
            let (step, code) = (quantized.step(row, column), quantized.codes.row(row)[column]);
            prop_assert!((lowest..=most).contains(&code));
            let (low, high) = (step.value(lowest), step.value(most));
            // The value and the scale are each rounded to 24 bits, and an affine grid is shifted by up to half a step.
            let slack = 2e-6 * (low.abs() + high.abs());
            if (low..=high).contains(x) {
                prop_assert!((x - value).abs() <= step.scale / 2.0 + slack, "{x} became {value}, a step is {}", step.scale);
            } else {
                prop_assert!(*value == low || *value == high, "{x} became {value}, not an end of {low} to {high}");
            }
            if scheme.calibration == Calibration::AbsMax {
                prop_assert!((x - value).abs() <= step.scale + slack, "{x} was cut off to {value}");
            }
        }
        prop_assert_eq!(step_of_nothing(scheme), 0.0);
        prop_assert_eq!(quantized.bytes(), scheme.bytes(matrix.rows(), columns));
        prop_assert_eq!(quantized.scales.len(), scheme.share.groups(matrix.rows(), columns));
    }

    #[test]
    fn what_is_on_the_grid_stays_there((columns, data) in matrix(), scheme in scheme()) {
        let scheme = Scheme { calibration: Calibration::AbsMax, ..scheme };
        let once = quantize(Matrix { columns, data: &data }, scheme).unwrap().values();
        let twice = quantize(Matrix { columns, data: &once }, scheme).unwrap().values();
        let most = once.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        // An affine grid may be a whole number of steps shorter the second time, and its steps a little smaller.
        let slack = if scheme.grid == Grid::Symmetric { 1e-6 } else { 0.6 / f32::from(scheme.width.most()) };
        for (a, b) in once.iter().zip(&twice) {
            prop_assert!((a - b).abs() <= slack * most, "{a} became {b}");
        }
    }

    #[test]
    fn whole_numbers_are_packed_and_unpacked(rows in prop::collection::vec(prop::collection::vec(-8i8..=7, 9), 1..5)) {
        for (width, bytes) in [(Width::Int8, 9), (Width::Int4, 5)] {
            let codes = Codes::of_rows(width, 9, rows.iter().cloned());
            prop_assert_eq!(codes.bytes(), rows.len() * bytes);
            prop_assert_eq!((0..codes.rows()).map(|row| codes.row(row)).collect::<Vec<_>>(), rows.clone());
        }
    }

    #[test]
    fn a_product_of_whole_numbers_is_that_of_their_values(
        (columns, data) in matrix(), samples in 1usize..4, seed in any::<u64>(), scheme in scheme(), of_inputs in scheme(),
    ) {
        let mut rng = Rng::new(seed, Stream::Init);
        let inputs: Vec<f32> = (0..samples * columns).map(|_| rng.normal() * 3.0 + 1.0).collect();
        let weight = quantize(Matrix { columns, data: &data }, scheme).unwrap();
        let inputs = quantize(Matrix { columns, data: &inputs }, of_inputs).unwrap();
        let (w, x) = (weight.values(), inputs.values());
        for (at, found) in product(&weight, &inputs).into_iter().enumerate() {
            let (sample, output) = (at / weight.rows(), at % weight.rows());
            let row = |all: &[f32], row: usize| all[row * columns..(row + 1) * columns].to_vec();
            let pairs = || row(&x, sample).into_iter().zip(row(&w, output)).map(|(a, b)| f64::from(a) * f64::from(b));
            let size: f64 = pairs().map(f64::abs).sum();
            prop_assert!((pairs().sum::<f64>() - found).abs() <= 1e-6 * size, "{found}");
        }
    }

    #[test]
    fn the_fast_product_is_the_slow_one((columns, data) in matrix(), samples in 1usize..4, seed in any::<u64>(), scheme in scheme()) {
        let mut rng = Rng::new(seed, Stream::Init);
        let inputs: Vec<f32> = (0..samples * columns).map(|_| rng.normal() * 3.0 + 1.0).collect();
        let weight = quantize(Matrix { columns, data: &data }, scheme).unwrap();
        let inputs = quantize(Matrix { columns, data: &inputs }, Scheme::ACTIVATIONS).unwrap();
        let most = |values: Vec<f32>| values.into_iter().fold(0.0f32, |most, x| most.max(x.abs()));
        // Sums of as many terms as there are inputs, none larger than this.
        let size = f64::from(most(weight.values())) * f64::from(most(inputs.values())) * columns as f64;
        for (slow, fast) in product(&weight, &inputs).into_iter().zip(layer::quantized_outputs(&weight, &inputs)) {
            prop_assert!((slow - f64::from(fast)).abs() <= 1e-6 * size, "{slow} and {fast}");
        }
    }

    #[test]
    fn packed_rows_are_read_back((columns, data) in matrix(), group in 1usize..9) {
        let scheme = Scheme { share: Share::Group(group), ..Scheme::INT4 };
        let quantized = quantize(Matrix { columns, data: &data }, scheme).unwrap();
        let (ready, groups) = (layer::ready(&quantized), columns.div_ceil(group));
        for (row, scales) in quantized.scales.chunks(groups).enumerate() {
            let mut fast = vec![0.0; columns];
            ready.read_row(row, &mut fast);
            let Four(bytes) = quantized.codes.row_as_kernel(row) else { panic!("four bits") };
            let scales: Vec<f64> = scales.iter().map(|scale| f64::from(*scale)).collect();
            let slow: Vec<f32> = packed_row(bytes, columns, group, &scales).into_iter().map(|x| x as f32).collect();
            prop_assert_eq!(fast, slow);
        }
    }

    #[test]
    fn gptq_is_what_its_paper_derives(columns in 1usize..12, seed in any::<u64>(), scheme in scheme()) {
        // A group's grid depends on the updates before it, so the twin is given whole rows.
        let scheme = Scheme { share: Share::Row, ..scheme };
        let mut rng = Rng::new(seed, Stream::Init);
        let weight: Vec<f32> = (0..3 * columns).map(|_| rng.normal()).collect();
        let inputs: Vec<f32> = (0..2 * columns * columns).map(|_| rng.normal() + 0.5).collect();
        let (weight, inputs) = (Matrix { columns, data: &weight }, Matrix { columns, data: &inputs });
        let quantized = gptq(weight, inputs, scheme).unwrap();
        let moments = gptq::second_moments(inputs);
        for (row, numbers) in weight.each_row().enumerate() {
            let numbers: Vec<f64> = numbers.iter().map(|x| f64::from(*x)).collect();
            let steps = vec![quantized.step(row, 0); columns];
            prop_assert_eq!(quantized.codes.row(row), gptq_row(&numbers, &moments, &steps));
        }
    }
}

/// What a group of zeros becomes.
fn step_of_nothing(scheme: Scheme) -> f32 {
    let step = range::Step::of(&[0.0; 5], scheme);
    step.value(step.code(0.0))
}

/// Examples whose numbers go together: few causes, and a few inputs that are always large, as in language models.
fn examples(seed: u64, samples: usize, inputs: usize) -> Vec<f32> {
    let causes = (inputs / 4).max(1);
    let mut fixed = Rng::new(7, Stream::Init);
    let mixing: Vec<f32> = (0..causes * inputs).map(|_| fixed.normal()).collect();
    let mut rng = Rng::new(seed, Stream::Batch(0));
    let mut data = Vec::new();
    for _ in 0..samples {
        let cause: Vec<f32> = (0..causes).map(|_| rng.normal()).collect();
        for input in 0..inputs {
            let mixed: f32 = cause.iter().enumerate().map(|(k, cause)| cause * mixing[k * inputs + input]).sum();
            let loud = if input % 16 == 3 { 20.0 } else { 1.0 };
            data.push((mixed + 0.1 * rng.normal()) * loud);
        }
    }
    data
}

#[test]
fn looking_at_the_inputs_beats_rounding_to_nearest() {
    for (outputs, inputs) in [(24, 64), (7, 33), (65, 48)] {
        let mut rng = Rng::new(outputs as u64, Stream::Init);
        let weight: Vec<f32> = (0..outputs * inputs).map(|_| rng.normal() * 0.1).collect();
        let weight = Matrix { columns: inputs, data: &weight };
        let (seen, unseen) = (examples(1, 100, inputs), examples(2, 100, inputs));
        let (seen, unseen) = (Matrix { columns: inputs, data: &seen }, Matrix { columns: inputs, data: &unseen });
        for (share, grid) in
            [(Share::Tensor, Grid::Symmetric), (Share::Row, Grid::Affine), (Share::Group(16), Grid::Symmetric)]
        {
            let scheme = Scheme { share, grid, ..Scheme::INT4 };
            let on = |inputs, values: &[f32]| output_error(weight, values, inputs);
            let nearest = quantize(weight, scheme).unwrap().values();
            let by_gptq = gptq(weight, seen, scheme).unwrap().values();
            let by_awq = awq(weight, seen, scheme).unwrap();
            assert_eq!(on(seen, &by_awq.values()), by_awq.error);
            assert!(by_awq.error <= on(seen, &nearest), "strength 0 is plain rounding");
            let [nearest, by_gptq, by_awq] = [nearest, by_gptq, by_awq.values()].map(|values| on(unseen, &values));
            println!("{outputs}x{inputs}, {share:?} {grid:?}: nearest {nearest:.4} GPTQ {by_gptq:.4} AWQ {by_awq:.4}");
            assert!(by_gptq < 0.8 * nearest, "{scheme:?}: GPTQ {by_gptq}, nearest {nearest}");
            // With one scale for all, a weight that is made larger makes every step larger: AWQ cannot promise much.
            assert!(share == Share::Tensor || by_awq < 0.8 * nearest, "{scheme:?}: AWQ {by_awq}, nearest {nearest}");
        }
    }
}

#[test]
fn inputs_that_say_nothing_change_nothing() {
    let weight = Matrix { columns: 3, data: &[0.3, -0.7, 0.05, 1.0, 2.0, -3.0] };
    let silent = Matrix { columns: 3, data: &[0.0; 12] };
    let nearest = quantize(weight, Scheme::INT4).unwrap();
    assert_eq!(gptq(weight, silent, Scheme::INT4).unwrap(), nearest);
    let awq = awq(weight, silent, Scheme::INT4).unwrap();
    assert_eq!((awq.strength, awq.weight, awq.input_scales), (0.0, nearest, vec![1.0; 3]));
}

#[test]
fn a_finer_share_loses_less_and_takes_more() {
    let mut rng = Rng::new(3, Stream::Init);
    // Row by row ten times larger, as the rows of real layers are.
    let data: Vec<f32> = (0..4 * 96).map(|at| rng.normal() * 10f32.powi(at / 96)).collect();
    let matrix = Matrix { columns: 96, data: &data };
    let all = [Share::Tensor, Share::Row, Share::Group(32), Share::Group(8)].map(|share| {
        let quantized = quantize(matrix, Scheme { share, ..Scheme::INT4 }).unwrap();
        let small = Errors::between(&data[..96], &quantized.values()[..96]);
        (quantized.bytes().all(), small.sqnr_db)
    });
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "{all:?}");
    assert_eq!(all[0].1, 0.0, "with one scale for all, the row of small numbers is nothing but zeros");
    let eight = quantize(matrix, Scheme::INT8).unwrap();
    let four = quantize(matrix, Scheme { width: Width::Int4, ..Scheme::INT8 }).unwrap();
    let [eight, four] = [eight, four].map(|quantized| Errors::between(&data, &quantized.values()).sqnr_db);
    assert!((eight - four - 25.2).abs() < 1.0, "127 steps for 7 are 25.2 dB: {eight} and {four}");
}

#[test]
fn a_percentile_gives_up_the_few_for_the_many() {
    let mut data: Vec<f32> = (0..1000).map(|i| (i as f32 / 500.0 - 1.0).powi(3)).collect();
    data[500] = 50.0;
    let matrix = Matrix { columns: 1000, data: &data };
    let errors = |calibration| {
        let values = quantize(matrix, Scheme { calibration, ..Scheme::INT8 }).unwrap().values();
        Errors::between(&data, &values)
    };
    let (whole, cut) = (errors(Calibration::AbsMax), errors(Calibration::Percentile(99.9)));
    assert!(cut.max > 40.0 && whole.max < 0.2, "{whole:?} {cut:?}");
    let cut_only = cut.mean - f64::from(49.0f32) / 1000.0;
    assert!(cut_only < whole.mean / 10.0, "the others are nearer: {cut:?} {whole:?}");
    assert_eq!(errors(Calibration::Percentile(100.0)), whole);
}

#[test]
fn the_bytes_of_a_model_are_counted() {
    let bytes = Scheme::INT4.bytes(3, 65);
    assert_eq!((bytes.codes, bytes.scales, bytes.zeros), (3 * 33, 3 * 3 * 4, 0));
    let affine = Scheme { grid: Grid::Affine, ..Scheme::INT4 };
    assert_eq!(affine.bytes(3, 65).zeros, 9);
    let model = Scheme::INT8.model_bytes(&[[10, 100], [5, 20]], 50);
    assert_eq!((model.before, model.kept, model.quantized.codes, model.quantized.scales), (4600, 200, 1100, 60));
    assert_eq!((model.after(), model.ratio()), (1360, 4600.0 / 1360.0));
}

#[test]
fn numbers_at_the_ends_of_float32_stay_numbers() {
    for data in [[f32::MAX, f32::MIN, 1.0, 0.0], [1e-45, -3e-45, 0.0, 1e-44], [f32::MIN_POSITIVE, 0.0, -0.0, 1e-40]] {
        for grid in [Grid::Symmetric, Grid::Affine] {
            for width in [Width::Int8, Width::Int4] {
                let scheme = Scheme { grid, width, ..Scheme::INT8 };
                let quantized = quantize(Matrix { columns: 4, data: &data }, scheme).unwrap();
                let values = quantized.values();
                let step = quantized.scales[0];
                assert!(
                    data.iter().zip(&values).all(|(x, y)| (x - y).abs() <= step),
                    "{data:?} {scheme:?}: {values:?}"
                );
            }
        }
    }
}

#[test]
fn long_rows_do_not_run_over() {
    // Two sums of the most products that fit, all of them the largest there are.
    let data = vec![1.0; SAFE + 7];
    let scheme = Scheme { grid: Grid::Affine, ..Scheme::INT8 };
    let long = quantize(Matrix { columns: data.len(), data: &data }, scheme).unwrap();
    assert_eq!((long.codes.row(0)[0], long.zeros[0]), (127, -128));
    let found = product(&long, &long)[0];
    assert!((found / data.len() as f64 - 1.0).abs() < 1e-6, "{found}");
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence() {
    let good = Matrix { columns: 2, data: &[1.0, 2.0, 3.0, 4.0] };
    let bad = Matrix { columns: 2, data: &[1.0, 2.0, f32::NAN, 4.0] };
    let of = |calibration| Scheme { calibration, ..Scheme::INT8 };
    for (fault, word) in [
        (quantize(bad, Scheme::INT8), "Row 2, column 1"),
        (quantize(Matrix { columns: 3, ..good }, Scheme::INT8), "rows of 3"),
        (quantize(Matrix { columns: 0, ..good }, Scheme::INT8), "rows of 0"),
        (quantize(Matrix { data: &[], ..good }, Scheme::INT8), "0 numbers"),
        (quantize(good, Scheme { share: Share::Group(0), ..Scheme::INT8 }), "at least 1"),
        (quantize(good, of(Calibration::Percentile(20.0))), "20th"),
        (quantize(good, of(Calibration::Percentile(f64::NAN))), "percentile"),
        (gptq(good, Matrix { columns: 1, ..good }, Scheme::INT8), "takes 2 numbers"),
        (gptq(good, bad, Scheme::INT8), "Row 2"),
        (awq(good, Matrix { columns: 1, ..good }, Scheme::INT8).map(|awq| awq.weight), "takes 2 numbers"),
        (awq(good, good, of(Calibration::Percentile(0.0))).map(|awq| awq.weight), "percentile"),
    ] {
        let sentence = fault.expect_err(word);
        assert!(sentence.contains(word) && sentence.ends_with('.'), "{sentence}");
    }
}

#[test]
fn a_transposed_matrix_has_rows_for_columns() {
    let matrix = Matrix { columns: 3, data: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
    assert_eq!(matrix.transposed(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
}
