//! The lesson on running a pretrained GPT-2: its listings agree, and every number in it is computed again.

mod built_in;
mod lesson;
mod listing;

use engine_core::{
    architecture::{Architecture, Number, PRESETS},
    config::{GptConfig, LIMITS},
    gpt2_file::Plan,
    llama::LlamaConfig,
    reference::{
        gpt::{Weights, forward_with},
        layers::{gelu, gelu_tanh},
        lessons::cached::{Past, step, write},
        softmax::softmax,
    },
    sampling,
    tensor_file::{Precision, TensorFile},
};
use learn::practice::{Outcome, Value};
use lesson::grouped;
use std::{
    fs,
    path::{Path, PathBuf},
};

const SLUG: &str = "run-pretrained-gpt2";
const SMALL: Architecture = Architecture::GPT2_SMALL;
const MIB: f64 = 1_048_576.0;

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

fn practice() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models/random-gpt2")
}

/// The practice model as the lab opens it.
fn open(file: &[u8]) -> (Plan, GptConfig, Weights) {
    let config = fs::read_to_string(practice().join("config.json")).unwrap();
    let (plan, mut loading) = Plan::new(file, file.len() as u64, Some(&config), None).unwrap();
    for (number, piece) in plan.pieces.iter().enumerate() {
        let from = piece.offset as usize;
        loading.feed(number, &file[from..from + piece.length]).unwrap();
    }
    let (config, weights) = loading.finish().unwrap();
    (plan, config, weights)
}

fn opened() -> (Plan, GptConfig, Weights) {
    open(&fs::read(practice().join("model.safetensors")).unwrap())
}

/// What the library of Hugging Face computed with the practice model.
struct Golden {
    ids: Vec<u32>,
    logits: Vec<Vec<f64>>,
    greedy: Vec<usize>,
}

fn golden() -> Golden {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/core/tests/gpt2/golden.json");
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let of = |value: &serde_json::Value| serde_json::from_value(value.clone()).unwrap();
    let beams = json["beams"].as_array().unwrap();
    let greedy = beams.iter().find(|beams| beams["width"] == 1).unwrap();
    Golden {
        ids: serde_json::from_value(json["ids"].clone()).unwrap(),
        logits: serde_json::from_value(json["logits"].clone()).unwrap(),
        greedy: of(&greedy["tokens"][0]),
    }
}

/// The first four of the library's ids, with which its greedy writing begins.
fn prompt() -> Vec<usize> {
    golden().ids[..4].iter().map(|id| *id as usize).collect()
}

#[test]
fn the_listings_write_what_the_library_wrote() {
    let (_, config, weights) = opened();
    let golden = golden();
    let mut cache = vec![Past::new(); config.n_layers];
    for (id, expected) in golden.ids.iter().zip(&golden.logits) {
        let logits = step(&config, &weights, &mut cache, *id as usize);
        assert!(logits.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4));
    }
    let prompt = prompt();
    let written = write(&config, &weights, &prompt, 6);
    assert_eq!(written, golden.greedy);

    let mut cache = vec![Past::new(); config.n_layers];
    let mut expected: Vec<f64> = prompt.iter().flat_map(|id| step(&config, &weights, &mut cache, *id)).collect();
    expected.extend(written.iter().map(|id| *id as f64));
    let path = practice().join("model.safetensors");
    let lines = format!(
        "w = {{name: tensor.astype(float) for name, tensor in load({path:?}).items()}}\n\
         cache = [[], []]\n\
         for id in {prompt:?}:\n    for logit in step(w, 2, cache, id):\n        show(logit)\n\
         for id in write(load({path:?}), 2, 2, {prompt:?}, 6):\n    show(id)\n"
    );
    let file = "run-pretrained-gpt2/cached.py";
    listing::agree(file, listing::numpy(file, &lines), &expected);

    // C# has the weights from a plain list, under their names in the file.
    let tensors = TensorFile::read(&fs::read(&path).unwrap()).unwrap().tensors;
    let row = |(name, array): (&String, &engine_core::tensor_file::Array)| {
        let numbers: Vec<String> = array.data.iter().map(f32::to_string).collect();
        format!("{} {}", name.trim_start_matches("transformer."), numbers.join(" "))
    };
    let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("run-pretrained-gpt2.txt");
    fs::write(&list, tensors.iter().map(row).collect::<Vec<_>>().join("\n")).unwrap();
    let lines = format!(
        "var w = new System.Collections.Generic.Dictionary<string, float[]>();\n\
         foreach (string line in System.IO.File.ReadAllLines({list:?}))\n{{\n    string[] parts = line.Split(' ');\n    \
         var numbers = new float[parts.Length - 1];\n    for (int n = 0; n < numbers.Length; n++) numbers[n] = \
         float.Parse(parts[n + 1], CultureInfo.InvariantCulture);\n    w[parts[0]] = numbers;\n}}\n\
         var prompt = new int[] {};\nvar model = new Gpt2(w, 2, 2);\nforeach (int id in prompt) Print(model.Step(id));\n\
         foreach (int id in new Gpt2(w, 2, 2).Write(prompt, 6)) Print(id);",
        lesson::braces(&prompt)
    );
    let file = "run-pretrained-gpt2/cached.cs";
    listing::agree(file, listing::csharp(file, &lines), &expected);
}

#[test]
fn the_sizes_are_those_of_the_architecture() {
    for key in ["gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"] {
        let model = PRESETS.iter().find(|preset| preset.key == key).unwrap().model;
        has(&format!(
            "| {} | {} | {} | {} | {} MiB | {} KiB | {:.2} GFLOP |",
            model.n_layers,
            model.n_heads,
            model.d_model,
            grouped(model.parameters()),
            grouped((model.weight_bytes(Number::F32) as f64 / MIB).round() as u64),
            model.kv_cache_bytes(Number::F32) / 1024 / model.context as u64,
            2.0 * model.parameters() as f64 / 1e9,
        ));
        assert_eq!((model.vocab, model.context), (50_257, 1024));
        let runs = model.n_layers <= LIMITS.n_layers && model.d_model <= LIMITS.d_model;
        assert_eq!(runs, key == "gpt2" || key == "gpt2-medium", "{key}");
    }
    let tiny = built_in::model().config.parameters();
    has(&format!("{:.0} times smaller", SMALL.parameters() as f64 / tiny as f64));
}

#[test]
fn the_products_of_the_cost_are_right() {
    let bytes = SMALL.weight_bytes(Number::F32);
    has(&format!("\\cdot 4 = {}$ bytes", lesson::grouped(bytes).replace(',', "{,}")));
    // The file has 548 MB: the parameters, and twelve masks.
    let masks = 12 * 1024 * 1024 * 4_u64;
    assert_eq!((masks as f64 / 1e6).round(), 50.0);
    assert_eq!(((bytes + masks) as f64 / 1e6).round(), 548.0);
    assert_eq!(256 + 50_000 + 1, SMALL.vocab);
    has("bytes are 50 MB");
    has(&format!("bytes are {:.0} MiB in f32", bytes as f64 / MIB));
    has(&format!("= {:.0}$ million", 2.0 * SMALL.parameters() as f64 / 1e6));
    has(&format!("counts {:.0} million", SMALL.flops().forward() / 1e6));
    let kv = SMALL.kv_cache_bytes(Number::F32);
    has(&format!("bytes $= {}$ KiB for each token", kv / 1024 / 1024));
    has(&format!("takes {} MiB", kv >> 20));

    let (fetch, compute) = (50e9, 100e9);
    let ms = |amount: f64, pace: f64| 1000.0 * amount / pace;
    let (work, half) = (2.0 * SMALL.parameters() as f64, SMALL.weight_bytes(Number::F16) as f64);
    let (whole, token) = (ms(bytes as f64, fetch), ms(work, compute));
    has(&format!(
        "| {:.0} MB: {whole:.1} ms | {:.2} GFLOP: {token:.1} ms | **{whole:.1} ms**, at most {:.0} tokens",
        bytes as f64 / 1e6,
        work / 1e9,
        1000.0 / whole
    ));
    let short = ms(half, fetch);
    has(&format!("| {:.0} MB: {short:.1} ms | {token:.1} ms | **{short:.1} ms** |", half / 1e6));
    // So many tokens the lab's engine reads side by side.
    let engine = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src/gpt2.rs")).unwrap();
    let side_by_side: usize =
        engine.split("ROWS: usize = ").nth(1).and_then(|rest| rest.split(';').next()).unwrap().parse().unwrap();
    has(&format!("prefill of 100 tokens, {side_by_side} side by side"));
    let times = 100_usize.div_ceil(side_by_side);
    has(&format!(
        "| {times} times: {:.0} ms | {:.1} GFLOP: {:.0} ms | **{:.0} ms** |",
        times as f64 * whole,
        100.0 * work / 1e9,
        100.0 * token,
        100.0 * token
    ));

    let rows = |prompt: usize, written: usize| {
        let whole: usize = (prompt..prompt + written).sum();
        (prompt + written - 1, whole)
    };
    let (cached, whole) = rows(100, 50);
    has(&format!("{cached} rows go through"));
    has(&format!("{}$", grouped(whole as u64).replace(',', "{,}")));
    has(&format!("takes {:.0} times the work", whole as f64 / cached as f64));
    let (cached, whole) = rows(4, 3);
    lesson::file_has(SLUG, "quiz.toml", &format!("answer = \"{cached} {whole}\""));
    lesson::file_has(SLUG, "quiz.toml", "$60 / 6 = 10$");
}

#[test]
fn the_ruler_of_mistakes_is_measured() {
    let (plan, config, weights) = opened();
    let golden = golden();
    let off = |activation, config: &GptConfig, weights: &Weights| {
        let ours = forward_with(activation, config, weights, &golden.ids);
        let pairs = ours.iter().flatten().zip(golden.logits.iter().flatten());
        pairs.fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()))
    };
    let changed = |change: &dyn Fn(&str, &mut Vec<f32>)| {
        let mut weights = weights.clone();
        weights.iter_mut().for_each(|(name, numbers)| change(name, numbers));
        off(gelu_tanh, &config, &weights)
    };
    let d = config.d_model;
    let turned = changed(&|name, numbers| {
        if name.ends_with("attn.proj.weight") {
            let before = numbers.clone();
            (0..d * d).for_each(|at| numbers[at] = before[at % d * d + at / d]);
        }
    });
    let shifted = changed(&|name, numbers| {
        if name == "pos_emb" {
            numbers.rotate_left(d);
        }
    });
    let forgotten = changed(&|name, numbers| {
        if name.ends_with("attn.proj.bias") {
            numbers.fill(0.0);
        }
    });
    let file = TensorFile::read(&fs::read(practice().join("model.safetensors")).unwrap()).unwrap();
    let (_, _, half) = open(&file.write(Precision::F16));
    let heads = GptConfig { n_heads: 4, ..config };
    has(&format!("other order of adding | {:.6} |", off(gelu_tanh, &config, &weights)));
    has(&format!("| the exact GELU | {:.3} |", off(gelu, &config, &weights)));
    has(&format!("| weights rounded to 16 bits | {:.3} |", off(gelu_tanh, &config, &half)));
    has(&format!("forgotten | {forgotten:.1} |"));
    has(&format!("| 4 heads in place of 2 | {:.1} |", off(gelu_tanh, &heads, &weights)));
    has(&format!("turned over | {turned:.1} |"));
    has(&format!("| positions counted from 1 | {shifted:.1} |"));
    lesson::file_has(SLUG, "quiz.toml", &format!("the largest difference is {turned:.1}"));

    let all = golden.logits.iter().flatten();
    let (least, most) = all.fold((0.0_f64, 0.0_f64), |(least, most), x| (least.min(*x), most.max(*x)));
    let count = golden.logits.iter().map(Vec::len).sum::<usize>() as u64;
    has(&format!("{} numbers between −{:.1} and {most:.1}", grouped(count), -least));
    let GptConfig { n_layers, n_heads, vocab_size, .. } = config;
    has(&format!("{n_layers} blocks, {n_heads} heads, a width of {d}, a vocabulary of {vocab_size}"));
    lesson::file_has(SLUG, "exercise.toml", &format!("all {} fit", plan.tensors.len()));
}

#[test]
fn the_small_model_goes_on_as_the_lesson_says() {
    let model = built_in::model();
    let ids = model.tokenizer.encode("Once upon a time").ids;
    let pieces: Vec<String> = ids.iter().map(|id| format!("`{}`", model.tokenizer.show(*id))).collect();
    has(&pieces.join(" "));
    has(&ids.iter().map(u32::to_string).collect::<Vec<_>>().join(", "));
    has(&format!("makes {} scores", model.config.vocab_size));
    let best = model.after("Once upon a time");
    let said: Vec<String> = best[..3].iter().map(|(token, p)| format!("`{token}` has {p:.2}")).collect();
    has(&said.join(", "));
    lesson::foretold(SLUG, "a-question", 2, |knobs| model.complete_outcome(&lesson::knob(knobs, "prompt").unwrap()));
}

/// What the lab reports once these settings are in its builder, the practice model is loaded and it has run on `ids`.
fn outcome(knobs: &str, ids: &[u32]) -> Outcome {
    let (plan, config, weights) = opened();
    let get = |name: &str, default| lesson::number(knobs, name, default);
    let builder = Architecture {
        vocab: get("vocab", 50_257),
        context: get("context", 1024),
        ..Architecture::gpt2(get("n_layers", 12), get("n_heads", 12), get("d_model", 768))
    };
    let logits = forward_with(gelu_tanh, &config, &weights, ids).pop().unwrap();
    let narrow: Vec<f32> = logits.iter().map(|logit| *logit as f32).collect();
    let next = sampling::top(&narrow, 1)[0].0;
    let values = [
        ("file_fits", Value::Flag(plan.architecture() == builder)),
        ("file_loaded", Value::Flag(true)),
        ("next_id", Value::Number(next as f64)),
        ("next_probability", Value::Number(softmax(&logits)[next])),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Outcome { lab: "architecture".into(), is_final: true, values }
}

#[test]
fn the_exercise_is_reached_at_one_place_only() {
    let blocks = lesson::blocks(SLUG);
    let exercise = blocks.iter().find_map(|block| match block {
        content::Block::Exercise(exercise) => Some(exercise),
        _ => None,
    });
    let exercise = exercise.expect("the exercise is there");
    let reached = |knobs: &str, ids: &[u32]| exercise.check(&outcome(knobs, ids)).unwrap().reached;
    let right = "vocab=320&context=32&d_model=16&n_layers=2&n_heads=2";
    let golden = golden();
    let mut text = golden.ids[..4].to_vec();
    for (appended, next) in golden.greedy.iter().enumerate() {
        assert_eq!(reached(right, &text), appended == 4, "after {appended} tokens");
        let outcome = outcome(right, &text);
        let (Value::Number(id), Value::Number(p)) = (&outcome.values["next_id"], &outcome.values["next_probability"])
        else {
            panic!("numbers")
        };
        assert_eq!(*id as usize, *next);
        if appended < 5 {
            lesson::file_has(SLUG, "exercise.toml", &format!("{p:.3}"));
        }
        if appended == 4 {
            assert!(!reached(&exercise.knobs, &text), "the builder is still GPT-2 small");
            assert!(!reached(&right.replace("n_heads=2", "n_heads=4"), &text), "the heads count");
        }
        text.push(*next as u32);
    }
    let five: Vec<String> = golden.greedy[..5].iter().map(usize::to_string).collect();
    lesson::file_has(SLUG, "exercise.toml", &format!("**{}**", five.join(", ")));
    lesson::file_has(SLUG, "exercise.toml", &golden.ids[..4].iter().map(u32::to_string).collect::<Vec<_>>().join(", "));
}

/// SmolLM2 as its file describes itself (the file's size: `xtask/src/models.rs` checks the very bytes).
#[test]
fn the_small_chat_model_has_these_sizes() {
    let smol = LlamaConfig::SMOLLM2;
    has(&grouped(smol.parameters()));
    let bytes: u64 = 98_362_432;
    has(&grouped(bytes));
    has(&format!("{:.2} *bits*", bytes as f64 * 8.0 / smol.parameters() as f64));
    let cache = |heads: usize| 2 * smol.n_layers * heads * smol.d_head * 4;
    assert_eq!([cache(3), cache(9)], [45 * 1024, 135 * 1024]);
    has("bytes $= 45$ KiB for each token");
    has("it would take 135");
}
