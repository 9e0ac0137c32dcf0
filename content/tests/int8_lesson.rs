//! The lesson on INT8: every number of its text is computed again, its listings agree with the engine, its exercise and
//! its prediction turn out as it says.

mod lesson;
mod listing;

use engine_core::{
    architecture::{Architecture, Number},
    encoder::EncoderConfig,
    number_formats::{Format, Held},
    quantize::{Grid, Matrix, Scheme, quantize, range::Step},
    reference::quantized::product,
};
use learn::practice::{Outcome, Value};

const SLUG: &str = "quantization-int8";

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

/// What the lab tells of its number, with a reach of 1.
fn outcome(knobs: &str) -> Outcome {
    let number: f64 = lesson::knob(knobs, "number").expect("the number is set").parse().unwrap();
    let mut outcome = Outcome { lab: "formats".into(), is_final: true, ..Outcome::default() };
    outcome.values.insert("number".into(), Value::Number(number));
    for format in Format::ALL {
        let scale = if format.layout().is_some() { 1.0 } else { 1.0 / format.largest() };
        let off = Held::nearest(format, scale, number).error(number).abs();
        outcome.values.insert(format!("{}_error", format.name()), Value::Number(off));
    }
    outcome
}

#[test]
fn the_exercise_and_the_prediction_turn_out_as_said() {
    lesson::solved_only_by_its_solution(SLUG, "more-bits-further-off", outcome);
    lesson::foretold(SLUG, "which-sixteen", 2, outcome);
    let off = |format| Held::nearest(format, 1.0, 0.1).error(0.1).abs();
    lesson::file_has(SLUG, "predict.toml", &format!("Float16 is off by {:.6}", off(Format::Float16)));
    let times = off(Format::BFloat16) / off(Format::Float16);
    assert!((times - 4.0).abs() < 0.01, "four times as far: {times}");
    let eighth = |k: f64| Held::nearest(Format::Int8, 1.0 / 127.0, k / 7.0);
    lesson::file_has(SLUG, "exercise.toml", &format!("**{:.4}**", eighth(3.0).error(3.0 / 7.0).abs()));
    let far = (1..=7).filter(|k| eighth(f64::from(*k)).error(f64::from(*k) / 7.0).abs() > 0.003);
    assert_eq!(far.collect::<Vec<_>>(), [3, 4], "no other number of INT4 will do");
    lesson::file_has(
        SLUG,
        "exercise.toml",
        &format!("${:.2}$ steps of INT8, and $4/7$ is ${:.2}$", 3.0 * 127.0 / 7.0, 4.0 * 127.0 / 7.0),
    );
}

#[test]
fn the_formats_are_as_the_table_says() {
    let small = Architecture::GPT2_SMALL;
    let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
    has(&lesson::grouped(small.parameters()));
    has(&format!(
        "that is {}; at two bytes, {}",
        megabytes(small.weight_bytes(Number::F32)),
        megabytes(small.weight_bytes(Number::F16))
    ));
    has(&format!("at one byte, {}", megabytes(small.parameters())));
    for (format, largest) in [(Format::Float32, "3.40"), (Format::BFloat16, "3.39")] {
        assert_eq!(format!("{:.2}", format.largest() / 1e38), largest);
        has(&format!("${largest} \\cdot 10^{{38}}$"));
    }
    for format in [Format::Float32, Format::Float16, Format::BFloat16] {
        let layout = format.layout().unwrap();
        has(&format!("| {} | 1 | {} | {} |", format.name(), layout.exponent, layout.fraction));
        let one = format.encode(1.0);
        let step = format.decode(format.above(one).unwrap()) - 1.0;
        assert_eq!(step, 2f64.powi(-(layout.fraction as i32)));
        has(&format!("$1 + 2^{{-{}}}$", layout.fraction));
    }
    has(&format!("| {} |", lesson::grouped(Format::Float16.largest() as u64)));
    let of = |format: Format, x: f64| format.decode(format.encode(x));
    assert_eq!(of(Format::Float16, 70_000.0), f64::INFINITY);
    has(&format!("keeps it as {}", lesson::grouped(of(Format::BFloat16, 70_000.0) as u64)));
    assert_eq!(Format::Float16.smallest_normal(), 2f64.powi(-14));
    let tiny = Format::Float16.layout().unwrap().fraction_of(Format::Float16.encode(1e-7));
    assert_eq!(tiny, 2, "two of its ten bits are left");
}

#[test]
fn the_rows_by_hand_are_right() {
    let rows =
        [([0.50, -1.27, 0.26, 0.033], 0.01, [50, -127, 26, 3]), ([0.50, -12.7, 0.26, 0.033], 0.1, [5, -127, 3, 0])];
    for (row, scale, codes) in rows {
        let quantized = quantize(Matrix { columns: 4, data: &row }, Scheme::INT8).unwrap();
        assert!((quantized.scales[0] - scale).abs() < 1e-8);
        assert_eq!(quantized.codes.row(0), codes);
        let worst = row.iter().zip(quantized.values()).map(|(x, value)| (x - value).abs()).fold(0.0, f32::max);
        assert!(worst <= scale / 2.0);
        has(&format!("| {worst:.3}").replace("| 0.003", "| −0.003"));
    }
    has("| 0.033 | 0 | 0.0 | −0.033 |");

    let weight = quantize(Matrix { columns: 4, data: &rows[0].0 }, Scheme::INT8).unwrap();
    let x = [2.54, 1.0, 0.0, -0.5];
    let inputs = quantize(Matrix { columns: 4, data: &x }, Scheme::ACTIVATIONS).unwrap();
    assert_eq!(inputs.codes.row(0), [127, 50, 0, -25]);
    let exact: f32 = rows[0].0.iter().zip(x).map(|(w, x)| w * x).sum();
    has(&format!(
        "= {}, \\qquad 0.01 \\cdot 0.02 \\cdot (-75) = {:.4}$",
        50 * 127 - 127 * 50 - 75,
        product(&weight, &inputs)[0]
    ));
    has(&format!("exact answer is −{:.4}", exact.abs()));

    let bytes = Scheme::INT8.bytes(1, 768).all();
    has(&format!("$768 + 4 = {bytes}$ bytes instead of 3,072, which is {:.2} times", 3072.0 / bytes as f64));
    let step = |grid| Step::of(&[0.0, 2.55], Scheme { grid, ..Scheme::INT8 });
    let affine = step(Grid::Affine);
    has(&format!(
        "$2.55 / 127 = {:.4}$; with $z = {}$ it is $2.55 / 255 = {:.2}$",
        step(Grid::Symmetric).scale,
        affine.zero,
        affine.scale
    ));
    assert_eq!(i32::MAX / (128 * 128), 131_071);
    has("room for 131,071 of the very largest products");
}

#[test]
fn the_listings_agree_with_the_engine() {
    // Scales that are powers of two, so that single and double precision agree.
    let rows = [[0.5f32, -1.984375, 0.26, 0.0], [-1.0, 2.984375, 0.03, 1.5], [0.0; 4]];
    let mut expected = Vec::new();
    for grid in [Grid::Symmetric, Grid::Affine] {
        // The affine row alone has an exact step there, the symmetric one here.
        let row = rows[usize::from(grid == Grid::Affine)];
        for row in [row, rows[2]] {
            let step = Step::of(&row, Scheme { grid, ..Scheme::INT8 });
            expected.extend([f64::from(step.scale), f64::from(step.zero)]);
            expected.extend(row.map(|x| f64::from(step.value(step.code(f64::from(x))))));
        }
    }
    // The numbers as the engine has them, to their last bit.
    let wide = rows.map(|row| row.map(f64::from));
    let calls = [(0, false), (2, false), (1, true), (2, true)];

    let file = "quantization-int8/steps.py";
    let python: Vec<String> = calls
        .iter()
        .map(|(at, affine)| {
            let affine = if *affine { "True" } else { "False" };
            let row = wide[*at];
            format!(
                "row = {row:?}\nscale, zero = step(row, {affine})\nshow(scale)\nshow(zero)\n\
                 for x in row:\n    show(value(code(x, scale, zero, {affine}), scale, zero))"
            )
        })
        .collect();
    listing::agree(file, listing::python(file, &python.join("\n")), &expected);

    let file = "quantization-int8/steps.cs";
    let csharp: Vec<String> = calls
        .iter()
        .map(|(at, affine)| {
            let row = lesson::braces(&wide[*at]);
            format!(
                "{{ var row = new double[] {row}; var (scale, zero) = Steps.Of(row, {affine}); Print(scale, zero); \
                 foreach (double x in row) Print(Steps.Value(Steps.Code(x, scale, zero, {affine}), scale, zero)); }}"
            )
        })
        .collect();
    listing::agree(file, listing::csharp(file, &csharp.join("\n")), &expected);
}

/// MiniLM as its published file describes itself; that file also has a layer behind the encoder, which is not used.
#[test]
fn the_sentence_encoder_has_these_sizes() {
    let config = EncoderConfig {
        vocab_size: 30_522,
        context: 512,
        sentence_types: 2,
        d_model: 384,
        d_ff: 1536,
        n_layers: 6,
        n_heads: 12,
        eps: 1e-12,
    };
    let used: u64 = config.tensors().iter().map(|tensor| tensor.numbers()).sum();
    let behind = config.d_model as u64 * (config.d_model as u64 + 1);
    has(&lesson::grouped(used + behind));
    // Both files' bytes are checked by `cargo xtask models`, which knows their hashes.
    let (published, ours) = (90_868_376_u64, 23_180_820_u64);
    has(&lesson::grouped(published));
    has(&lesson::grouped(ours));
    has(&format!("{:.2} times smaller", published as f64 / ours as f64));
    has(&format!("answers {} numbers", config.d_model));
}
