//! The lesson that compares ways to make a model smaller: its table is measured again, its listings agree with the engine,
//! its exercise and its prediction turn out as it says.

mod lesson;
mod listing;
mod quantized;

use engine_core::{
    corpus::Corpus,
    jobs::quantize::LOSS_TOKENS,
    model_file::ModelFile,
    number_formats::Format,
    quantize::{Grid, Scheme, Share, Width},
    reference::gpt::Weights,
};
use engine_plain::gpt::{Gpt, Slot};
use quantized::{books, cost, outcome, public, report};

const SLUG: &str = "compression-overview";

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

/// The built-in model, and the text on which everything is measured.
struct Bench {
    file: ModelFile,
    corpus: Corpus,
}

impl Bench {
    fn new() -> Self {
        let file = ModelFile::read(&public("models/tiny.safetensors")).unwrap();
        let corpus = Corpus::new(&books(), &file.tokenizer, file.config.context).unwrap();
        Self { file, corpus }
    }

    /// The mean loss on the windows of the lab.
    fn loss(&self, weights: Weights) -> f64 {
        let (config, model) = (self.file.config, Gpt::new(self.file.config, weights));
        let starts = self.corpus.windows(config.context, LOSS_TOKENS / config.context);
        let loss = |start: &usize| {
            let ids = &self.corpus.val[*start..start + config.context + 1];
            f64::from(model.loss(&ids[..config.context], &ids[1..]))
        };
        starts.iter().map(loss).sum::<f64>() / starts.len() as f64
    }

    fn cost(&self, change: impl Fn(&mut Weights)) -> f64 {
        let mut weights = self.file.weights.clone();
        change(&mut weights);
        self.loss(weights) - self.loss(self.file.weights.clone())
    }

    fn names(&self) -> Vec<String> {
        Slot::all(self.file.config.n_layers).map(Slot::name).collect()
    }
}

/// Zeroes so many per cent of each matrix of the blocks, those closest to zero.
fn prune(weights: &mut Weights, names: &[String], percent: usize) {
    for name in names {
        let matrix = weights.get_mut(name).unwrap();
        let mut sizes: Vec<f32> = matrix.iter().map(|x| x.abs()).collect();
        sizes.sort_by(f32::total_cmp);
        let limit = sizes[matrix.len() * percent / 100];
        matrix.iter_mut().filter(|x| x.abs() < limit).for_each(|x| *x = 0.0);
    }
}

#[test]
fn the_table_is_measured() {
    let bench = Bench::new();
    let (parameters, names) = (bench.file.config.parameters(), bench.names());
    let before = 4 * parameters;
    let mut rows = Vec::new();
    let mut add = |name: &str, bytes: usize, cost: f64, text: &str| {
        let (after, times) = (lesson::grouped(bytes as u64), before as f64 / bytes as f64);
        // A cost that rounds to nothing has no sign.
        let cost = format!("{cost:.3}").replace("-0.000", "0.000").replace('-', "−");
        rows.push(format!("| {name} | {after} | {times:.2} times | {cost} | {text} |"));
    };
    let halved = bench.cost(|weights| {
        let round = |x: &mut f32| *x = Format::Float16.decode(Format::Float16.encode(f64::from(*x))) as f32;
        weights.values_mut().flatten().for_each(round);
    });
    add("float16", 2 * parameters, halved, "no");
    for (name, knobs, text) in [
        ("INT8, a scale for each output", "bits=int8", "no"),
        ("INT4, groups of 32, nearest", "bits=int4&share=group", "no"),
        ("INT4, groups of 32, GPTQ", "bits=int4&share=group&method=gptq", "yes"),
    ] {
        let report = report(&format!("{knobs}&activations=float"));
        add(name, report.bytes.unwrap().after(), cost(&report), text);
        assert!((report.losses.unwrap().before - bench.loss(bench.file.weights.clone())).abs() < 1e-9);
        assert_eq!(report.losses.unwrap().tokens, 4096);
    }
    let in_blocks: usize = names.iter().map(|name| bench.file.weights[name].len()).sum();
    for percent in [20, 50] {
        let mut weights = bench.file.weights.clone();
        prune(&mut weights, &names, percent);
        let left: usize = names.iter().map(|name| weights[name].iter().filter(|x| **x != 0.0).count()).sum();
        assert!((left as f64 / in_blocks as f64 - (100 - percent) as f64 / 100.0).abs() < 0.005);
        let bytes = 4 * left + in_blocks.div_ceil(8) + 4 * (parameters - in_blocks);
        let cost = bench.cost(|weights| prune(weights, &names, percent));
        add(&format!("The smallest {percent} % of the blocks' weights zeroed"), bytes, cost, "no");
    }
    // What a block adds to the stream is nothing if both of its ways out are zero.
    let without = |block: usize| {
        bench.cost(|weights| {
            for part in ["attn.proj.weight", "attn.proj.bias", "mlp.down.weight", "mlp.down.bias"] {
                weights.get_mut(&format!("blocks.{block}.{part}")).unwrap().fill(0.0);
            }
        })
    };
    let block: usize =
        bench.file.weights.iter().filter(|(name, _)| name.starts_with("blocks.2.")).map(|(_, x)| x.len()).sum();
    add("The third of four blocks taken out", 4 * (parameters - block), without(2), "no");
    println!("{}", rows.join("\n"));
    rows.iter().for_each(|row| has(row));
    has(&format!("the same model loses {:.2} nats", without(0)));
    let times = 32.0 / (0.5 * 32.0 + 1.0);
    has(&format!("$32 / (0.5 \\cdot 32 + 1) = {times:.2}$ times"));
}

#[test]
fn the_exercise_and_the_prediction_turn_out_as_said() {
    lesson::solved_only_by_its_solution(SLUG, "more-for-less", outcome);
    lesson::foretold(SLUG, "bits-of-what", 2, outcome);
    let ratio = |knobs| report(knobs).bytes.unwrap().ratio();
    lesson::file_has(SLUG, "predict.toml", &format!("explain = \"{:.2} times.", ratio("bits=int8")));
    let tensor = report("bits=int4&share=tensor&activations=float");
    let told = format!("{:.1} times smaller and loses {:.2} nats", tensor.bytes.unwrap().ratio(), cost(&tensor));
    lesson::file_has(SLUG, "exercise.toml", &told);
    assert!(cost(&tensor) / 6.0 <= 0.045);
    let solved = report("bits=int4&share=row&method=gptq&activations=float");
    let told = format!("{:.2} times smaller, {:.3} nats", solved.bytes.unwrap().ratio(), cost(&solved));
    lesson::file_has(SLUG, "exercise.toml", &told);
}

#[test]
fn the_listings_agree_with_the_engine() {
    let all = [
        (Width::Int4, Share::Group(32), Grid::Affine, [88, 353]),
        (Width::Int8, Share::Row, Grid::Symmetric, [7, 65]),
        (Width::Int4, Share::Tensor, Grid::Affine, [3, 9]),
    ];
    let mut expected = Vec::new();
    let (mut python, mut csharp) = (Vec::new(), Vec::new());
    for (width, share, grid, [rows, columns]) in all {
        let bytes = Scheme { width, share, grid, ..Scheme::INT8 }.bytes(rows, columns);
        expected.extend([bytes.codes, bytes.scales, bytes.zeros].map(|bytes| bytes as f64));
        let (bits, affine) = (width.bits(), grid == Grid::Affine);
        let (by_name, by_size) = match share {
            Share::Tensor => ("\"tensor\"".to_owned(), 0),
            Share::Row => ("\"row\"".to_owned(), columns),
            Share::Group(size) => (size.to_string(), size),
        };
        let truth = if affine { "True" } else { "False" };
        python.push(format!("for x in matrix_bytes({rows}, {columns}, {bits}, {by_name}, {truth}):\n    show(x)"));
        csharp.push(format!(
            "{{ var all = Compressed.Bytes({rows}, {columns}, {bits}, {by_size}, {affine}); Print(all.Codes, all.Scales, all.Zeros); }}"
        ));
    }
    let file = "compression-overview/bytes.py";
    listing::agree(file, listing::python(file, &python.join("\n")), &expected);
    let file = "compression-overview/bytes.cs";
    listing::agree(file, listing::csharp(file, &csharp.join("\n")), &expected);
}
