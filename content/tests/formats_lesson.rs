//! The lesson on GPTQ, AWQ and GGUF: what it computes by hand is computed again, its table is measured, its listings agree
//! with the engine, its exercise and its prediction turn out as it says.

mod lesson;
mod listing;
mod quantized;

use engine_core::{
    gguf::Kind,
    quantize::{
        Matrix, Scheme, Share,
        gptq::{gptq, pull},
        quantize,
    },
    reference::quantized::gptq_row,
    rng::{Rng, Stream},
};
use quantized::{cost, outcome, outputs, report};

const SLUG: &str = "quantization-formats";

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

#[test]
fn gptq_by_hand_is_right() {
    let moments = vec![vec![1.0, 0.8], vec![0.8, 1.0]];
    // A step of 1: the largest weight is 7.
    let step = quantize(Matrix { columns: 1, data: &[7.0] }, Scheme::INT4).unwrap().step(0, 0);
    let weights = [0.4, 0.4];
    let nearest = weights.map(|w| step.code(w));
    let codes = gptq_row(&weights, &moments, &[step; 2]);
    let error = |codes: &[i8]| {
        let off: Vec<f64> = weights.iter().zip(codes).map(|(w, code)| w - f64::from(*code)).collect();
        (0..2).flat_map(|i| (0..2).map(move |j| (i, j))).map(|(i, j)| off[i] * moments[i][j] * off[j]).sum::<f64>()
    };
    has(&format!("| Nearest | {}, {} | 0.4, 0.4 | {:.3} |", nearest[0], nearest[1], error(&nearest)));
    has(&format!("| GPTQ | {}, {} | 0.4, −0.6 | {:.3} |", codes[0], codes[1], error(&codes)));
    has(&format!("$0.576 / 0.136 = {:.1}$ times nearer", error(&nearest) / error(&codes)));
    // The inverse is 1 / (1 - 0.8²) times the matrix with the other sign beside its diagonal.
    assert!((1.0f64 - 0.64 - 0.36).abs() < 1e-12 && (0.4 * 0.8 - 0.32f64).abs() < 1e-12);
    has("$-0.4 \\cdot H^{-1}_{12} / H^{-1}_{11} = 0.4 \\cdot 0.8 = 0.32$, to 0.72, which rounds to 1");
    let alone = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
    assert_eq!(gptq_row(&weights, &alone, &[step; 2]), nearest);
}

#[test]
fn awq_by_hand_is_right() {
    let read = |first: f32| {
        let row = [first, 1.0];
        let quantized = quantize(Matrix { columns: 2, data: &row }, Scheme::INT4).unwrap();
        (quantized.scales[0], quantized.codes.row(0)[0], quantized.values()[0])
    };
    let (step, code, value) = read(0.05);
    assert_eq!((code, value), (0, 0.0));
    has(&format!("the step is $1/7 = {step:.3}$"));
    has(&format!("| Nearest | 0.05 | {:.2} → 0 | 0 | $10 \\cdot 0.05 = {:.1}$ |", 0.05 / step, 10.0 * 0.05));
    let (same, code, value) = read(0.2);
    assert_eq!((same, code), (step, 1));
    let back = value / 4.0;
    has(&format!(
        "| AWQ, $f = 4$ | 0.20 | {:.1} → 1 | $0.143 / 4 = {back:.4}$ | $10 \\cdot {:.4} = {:.3}$ |",
        0.2 / step,
        0.05 - back,
        10.0 * (0.05 - back)
    ));
}

#[test]
fn blocks_of_gguf_are_as_the_table_says() {
    for (kind, told) in [(Kind::F16, "16"), (Kind::Q8_0, "8.5"), (Kind::Q4_1, "5"), (Kind::Q4_0, "4.5")] {
        let bytes = kind.bytes(32).unwrap();
        assert_eq!((bytes as f64 * 8.0 / 32.0).to_string(), told);
        has(&format!("| {bytes} | {told} |"));
        has(&format!("| {} |", kind.name()));
    }
    let mut block = vec![0x00, 0x30, 0x7b];
    block.extend([0x88; 15]);
    let mut numbers = [f32::NAN; 32];
    Kind::Q4_0.numbers(&block, &mut numbers).unwrap();
    assert_eq!((numbers[0], numbers[1], numbers[16]), (0.375, 0.0, -0.125));
    has("weight 1 is $3 \\cdot 0.125 = 0.375$");
    has("Weight 17 is $-0.125$");
    // SmolLM2-135M: 30 blocks of 576, 9 heads that share 3, an MLP of 1536.
    let (d, inner, kv) = (576u64, 1536, 192);
    let blocks = 30 * (2 * d * d + 2 * d * kv + 3 * d * inner);
    let tokens = Kind::Q8_0.bytes(49_152 * d).unwrap();
    has(&format!("49,152 × 576 numbers in Q8_0, which makes {:.1} MB", tokens as f64 / 1e6));
    has(&format!(
        "{} weights in Q4_1, {:.1} MB",
        lesson::grouped(blocks),
        Kind::Q4_1.bytes(blocks).unwrap() as f64 / 1e6
    ));
    // A superblock of Q4_K: 128 bytes of weights, 12 of scales and lowest values, 4 that they share.
    assert_eq!((128 + 12 + 4) as f64 * 8.0 / 256.0, 4.5);
    assert_eq!(Kind::ALL.map(Kind::name), ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1"]);
    lesson::file_has(SLUG, "quiz.toml", "This page reads F32, F16, BF16, Q8_0, Q4_0 and Q4_1.");
}

#[test]
fn the_methods_are_measured() {
    let with =
        |method: &str, share: &str| report(&format!("bits=int4&share={share}&method={method}&activations=float"));
    let [nearest, awq, gptq] = ["nearest", "awq", "gptq"].map(|method| with(method, "row"));
    for (name, report) in [("Nearest", &nearest), ("AWQ", &awq), ("GPTQ", &gptq)] {
        let row = format!("| {name} | {:.3} | {:.1} % |", cost(report), 100.0 * outputs(report));
        println!("{row}");
        has(&row);
    }
    assert_eq!(gptq.bytes, nearest.bytes, "without one byte more");
    assert!((0.28..0.42).contains(&(1.0 - cost(&gptq) / cost(&nearest))), "a third of the loss");
    let [before, after] = ["nearest", "gptq"].map(|method| with(method, "group"));
    has(&format!("{:.3} becomes {:.3}", cost(&before), cost(&after)));
    assert!(cost(&after) < cost(&before) / 2.0, "more than half");
    // Its weights are further off, and its outputs nearer.
    let weights = |report: &engine_core::jobs::quantize::Report| {
        report.layers.iter().map(|layer| layer.weights.relative).sum::<f64>()
    };
    assert!(weights(&gptq) > weights(&nearest) && outputs(&gptq) < outputs(&nearest));
    // With one scale for a whole matrix, AWQ has little to choose.
    let strength = |report: &engine_core::jobs::quantize::Report| {
        let all: Vec<f64> = report.layers.iter().filter_map(|layer| layer.strength).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let [matrix, rows] = ["tensor", "row"].map(|share| strength(&with("awq", share)));
    assert!(matrix < rows / 2.0, "{matrix} with a scale for a matrix, {rows} with one for each output");
    let (bytes, loss) = (before.bytes.unwrap().after(), cost(&before));
    lesson::file_has(
        SLUG,
        "exercise.toml",
        &format!("takes **{} bytes** and loses **{loss:.3} nats**", lesson::grouped(bytes as u64)),
    );
    lesson::file_has(
        SLUG,
        "exercise.toml",
        &format!("{:.3} nats, and {} bytes as before", cost(&after), lesson::grouped(bytes as u64)),
    );
    lesson::file_has(SLUG, "predict.toml", &format!("loses **{:.3}** nats", cost(&nearest)));
    lesson::file_has(SLUG, "predict.toml", &format!("explain = \"{:.3} nats", cost(&gptq)));
}

#[test]
fn the_exercise_and_the_prediction_turn_out_as_said() {
    lesson::solved_only_by_its_solution(SLUG, "win-without-bits", outcome);
    lesson::foretold(SLUG, "nearer-outputs", 2, outcome);
}

#[test]
fn the_listings_agree_with_the_engine() {
    let mut rng = Rng::new(3, Stream::Init);
    let columns = 5;
    let inputs: Vec<f32> = (0..20 * columns).map(|_| rng.normal() + 0.5).collect();
    let triangle = pull(Matrix { columns, data: &inputs });
    let scheme = Scheme { share: Share::Row, ..Scheme::INT4 };
    let mut expected = Vec::new();
    let (mut python, mut csharp) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let weight: Vec<f32> = (0..columns).map(|_| rng.normal()).collect();
        let rounded = gptq(Matrix { columns, data: &weight }, Matrix { columns, data: &inputs }, scheme).unwrap();
        expected.extend(rounded.codes.row(0).into_iter().map(f64::from));
        let wide: Vec<f64> = weight.iter().map(|x| f64::from(*x)).collect();
        let scale = f64::from(rounded.scales[0]);
        python.push(format!("for code in round_row({wide:?}, {triangle:?}, {scale:?}):\n    show(code)"));
        let rows: Vec<String> = triangle.iter().map(|row| format!("new double[] {}", lesson::braces(row))).collect();
        csharp.push(format!(
            "foreach (int code in Gptq.RoundRow(new double[] {}, new double[][] {{ {} }}, {scale:?})) Print(code);",
            lesson::braces(&wide),
            rows.join(", ")
        ));
    }
    let file = "quantization-formats/gptq.py";
    listing::agree(file, listing::python(file, &python.join("\n")), &expected);
    let file = "quantization-formats/gptq.cs";
    listing::agree(file, listing::csharp(file, &csharp.join("\n")), &expected);
}
