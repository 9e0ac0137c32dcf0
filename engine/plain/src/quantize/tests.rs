//! On the shipped models, with the texts they learned from.

use super::held::{Held, Table};
use crate::{
    alone,
    gpt::{Gpt, Matrix as _, Vocabulary as _},
};
use engine_core::{
    config::GptConfig,
    jobs::quantize::{Activations, Method, Plan, QuantizeModel, Report, Tokens},
    model_file::ModelFile,
    quantize::{Calibration, Grid, Matrix, Scheme, Share, Width, quantize},
    rng::{Rng, Stream},
    sampling::Sampling,
    tensor_file::Precision,
    tokenizer::{Bpe, Tokenizer},
};
use std::{fs, path::Path};

fn public(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public").join(path)).unwrap()
}

/// A part of the text is enough here; the lessons' tests take all of it.
fn job(plan: Plan) -> QuantizeModel {
    let text = String::from_utf8(public("data/pride-and-prejudice.txt")).unwrap();
    let text = text.chars().skip(300_000).take(120_000).collect();
    let (prompt, sampling) = ("She was".into(), Sampling::default());
    let file = public("models/tiny.safetensors");
    QuantizeModel { file, text, plan, prompt, sampling, tokens: 12, speed_ms: 0.0, keep: false }
}

fn found(plan: Plan) -> Report {
    alone::run(&job(plan)).unwrap().0
}

fn cost(report: &Report) -> f64 {
    let losses = report.losses.unwrap();
    losses.after - losses.before
}

#[test]
fn eight_bits_cost_next_to_nothing_and_four_need_groups() {
    let eight = found(Plan::default());
    let int4 = |share, method| {
        let scheme = Scheme { share, ..Scheme::INT4 };
        found(Plan { scheme, method, activations: Activations::Float, ..Plan::default() })
    };
    let [tensor, rows, groups] =
        [Share::Tensor, Share::Row, Share::Group(32)].map(|share| int4(share, Method::Nearest));
    let [gptq, awq] = [Method::Gptq, Method::Awq].map(|method| int4(Share::Group(32), method));
    for (name, report) in [
        ("int8", &eight),
        ("int4 tensor", &tensor),
        ("int4 rows", &rows),
        ("int4 groups", &groups),
        ("GPTQ", &gptq),
        ("AWQ", &awq),
    ] {
        let (losses, bytes) = (report.losses.unwrap(), report.bytes.unwrap());
        println!(
            "{name}: {:.4} + {:.4} ± {:.4}, {} bytes, {:.2} times smaller",
            losses.before,
            cost(report),
            losses.error,
            bytes.after(),
            bytes.ratio()
        );
    }
    assert!(cost(&eight).abs() < 0.01);
    assert!(cost(&tensor) > cost(&rows) && cost(&rows) > cost(&groups) && cost(&groups) > cost(&eight));
    assert!(cost(&gptq) < cost(&groups));
    assert!(eight.bytes.unwrap().ratio() > 3.5 && groups.bytes.unwrap().ratio() > 5.1);

    // Every matrix is told of, and its bytes are those of the whole.
    assert_eq!((eight.layers.len(), eight.matrices), (17, 17));
    let bytes = eight.bytes.unwrap();
    assert_eq!(eight.layers.iter().map(|layer| layer.bytes.all()).sum::<usize>(), bytes.quantized.all());
    assert_eq!(bytes.before, 4 * ModelFile::read(&job(Plan::default()).file).unwrap().config.parameters());
    for layer in &eight.layers {
        let [before, after] = &layer.histograms;
        let numbers = (layer.shape[0] * layer.shape[1]) as u32;
        assert_eq!((before.counts.iter().sum::<u32>(), after.counts.iter().sum::<u32>()), (numbers, numbers));
        assert!(layer.weights.relative < 0.02, "{}: {:?}", layer.name, layer.weights);
        assert_eq!(layer.outputs.is_none(), layer.name == "tok_emb");
        assert!(layer.outputs.unwrap_or(0.0) < 0.02, "{}", layer.name);
    }
    // GPTQ's weights are further from what they were, and its outputs nearer: that is what it is for.
    let sum = |report: &Report, of: fn(&engine_core::jobs::quantize::Layer) -> f64| {
        report.layers.iter().skip(1).map(of).sum::<f64>()
    };
    assert!(sum(&gptq, |layer| layer.weights.relative) > sum(&groups, |layer| layer.weights.relative));
    for better in [&gptq, &awq] {
        assert!(sum(better, |layer| layer.outputs.unwrap()) < sum(&groups, |layer| layer.outputs.unwrap()));
    }
}

#[test]
fn what_is_kept_as_a_file_is_what_was_measured() {
    let scheme = Scheme { grid: Grid::Affine, calibration: Calibration::Percentile(99.9), ..Scheme::INT4 };
    let plan = Plan { scheme, method: Method::Awq, activations: Activations::Float, ..Plan::default() };
    let mut asked = QuantizeModel { keep: true, speed_ms: 1.0, ..job(plan) };
    let (report, updates) = alone::run(&asked).unwrap();
    let again = alone::run(&asked).unwrap().0;
    assert_eq!((&again.layers, &again.losses, &again.written), (&report.layers, &report.losses, &report.written));
    assert!(updates.windows(2).all(|pair| pair[0].layers.len() <= pair[1].layers.len()) && updates.len() > 5);
    let speed = report.speed.unwrap();
    assert!(speed.rounds >= 5 && speed.reading.into_iter().chain(speed.writing).all(|rate| rate > 0.0));
    // The file is another model, whose floats are those the whole numbers stand for.
    asked.file = report.file.unwrap();
    asked.keep = false;
    asked.plan = Plan { tokens: Tokens::Float, scheme: Scheme::INT8, ..plan };
    let from_file = alone::run(&asked).unwrap().0;
    let (measured, read) = (report.losses.unwrap().after, from_file.losses.unwrap().before);
    assert!((measured - read).abs() < 1e-4, "{measured} and {read}");
    assert_eq!(from_file.written.unwrap()[0], report.written.unwrap()[1]);
}

#[test]
fn a_head_of_its_own_is_quantized_too() {
    let text: String = "abcdefghijklmnop\n".repeat(400);
    let file = public("models/copy.safetensors");
    let report = alone::run(&QuantizeModel { file, text, ..job(Plan::default()) }).unwrap().0;
    let names: Vec<&str> = report.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!((names.len(), &names[..2]), (10, &["tok_emb", "head.weight"][..]));
    assert!(cost(&report).abs() < 0.05, "{:?}", report.losses);
}

#[test]
fn whole_numbers_multiply_as_what_they_stand_for() {
    let mut rng = Rng::new(4, Stream::Init);
    let (outputs, inputs, rows) = (13, 35, 4);
    let weight: Vec<f32> = (0..outputs * inputs).map(|_| rng.normal()).collect();
    let input_scales: Vec<f32> = (0..inputs).map(|_| 0.5 + rng.uniform() as f32).collect();
    let x: Vec<f32> = (0..rows * inputs).map(|_| rng.normal()).collect();
    for (width, share, grid) in [
        (Width::Int8, Share::Tensor, Grid::Affine),
        (Width::Int8, Share::Row, Grid::Symmetric),
        (Width::Int4, Share::Group(8), Grid::Affine),
    ] {
        let scheme = Scheme { width, share, grid, ..Scheme::INT8 };
        let weight = quantize(Matrix { columns: inputs, data: &weight }, scheme).unwrap();
        for scales in [&[][..], &input_scales] {
            let [float, whole] =
                [Activations::Float, Activations::Int8].map(|activations| Held::new(&weight, scales, activations));
            // The values are `[inputs, outputs]`.
            let values = float.values();
            let exact = |row: usize, output: usize| -> f32 {
                1.0 + (0..inputs).map(|input| x[row * inputs + input] * values[input * outputs + output]).sum::<f32>()
            };
            let [mut in_floats, mut in_whole] = [vec![1.0; rows * outputs], vec![1.0; rows * outputs]];
            float.add_product(&x, &mut in_floats);
            whole.add_product(&x, &mut in_whole);
            for at in 0..rows * outputs {
                let exact = exact(at / outputs, at % outputs);
                assert!((in_floats[at] - exact).abs() < 1e-4, "{scheme:?}: {} and {exact}", in_floats[at]);
                // Half a step of each input, over all inputs.
                assert!((in_whole[at] - exact).abs() < 0.5, "{scheme:?}: {} and {exact}", in_whole[at]);
            }
            let mut back = vec![0.0; rows * inputs];
            float.grad_input(&in_floats, &mut back);
            let slope: f32 = (0..outputs).map(|output| in_floats[output] * values[outputs + output]).sum();
            assert!((back[1] - slope).abs() < 1e-3 * slope.abs().max(1.0));
        }
        let table = Table::new(Held::new(&weight, &[], Activations::Float), None);
        let mut row = vec![1.0; inputs];
        table.add_token(3, &mut row);
        let values = weight.values();
        assert!(row.iter().zip(&values[3 * inputs..]).all(|(row, value)| *row == 1.0 + value));
        assert_eq!(table.values(), [("tok_emb".to_owned(), values)]);
        assert_eq!(table.bytes(), weight.bytes().all());
    }
}

#[test]
fn what_cannot_be_quantized_is_refused_in_a_sentence() {
    let says = |change: fn(&mut QuantizeModel), word: &str| {
        let mut job = job(Plan::default());
        change(&mut job);
        let why = alone::run(&job).unwrap_err().to_string();
        assert!(why.contains(word) && why.ends_with('.'), "{why}");
    };
    says(|job| job.plan.windows = 65, "choose 1 to 64");
    says(|job| job.file.truncate(100), "cut short");
    says(|job| job.text = "Short.".into(), "needs at least");
    // A model that is too large, or reads too much at once, is refused before anything is computed.
    let large = |n_layers, context| {
        let config = GptConfig { vocab_size: 256, n_layers, n_heads: 1, d_model: 512, context, tied_head: true };
        let weights = config.tensors().into_iter().map(|(name, [r, c])| (name, vec![0.0; r * c])).collect();
        let tokenizer = Tokenizer::Bpe(Bpe::bytes_only());
        let file = ModelFile { config, tokenizer, weights, training: None }.write(Precision::F16);
        alone::run(&QuantizeModel { file, ..job(Plan::default()) }).unwrap_err().to_string()
    };
    assert!(large(7, 16).contains("22.2 million parameters") && large(2, 512).contains("reads 512 tokens at once"));
    let model = ModelFile::read(&job(Plan::default()).file).unwrap();
    let mut held = Gpt::new(model.config, model.weights);
    assert_eq!(held.bytes(), 4 * model.config.parameters());
    let weight = vec![0.5; model.config.vocab_size * model.config.d_model];
    let weight = quantize(Matrix { columns: model.config.d_model, data: &weight }, Scheme::INT8).unwrap();
    let table = Table::new(Held::new(&weight, &[], Activations::Int8), None);
    let less = 4 * model.config.vocab_size * model.config.d_model - table.bytes();
    held.swap_vocabulary(Box::new(table));
    assert_eq!(held.bytes(), 4 * model.config.parameters() - less, "the floats are gone");
}
