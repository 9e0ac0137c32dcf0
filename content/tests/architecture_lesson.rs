//! The lesson on the complete transformer: its listings agree, its numbers are right, its exercise can be solved.

mod lesson;
mod listing;

use content::{Block, compile};
use engine_core::architecture::{Architecture, Number, Part};
use learn::practice::{Foreseen, Guess, Outcome, Value};
use lesson::grouped;
use std::path::Path;

const SMALL: Architecture = Architecture::GPT2_SMALL;

fn has(piece: &str) {
    lesson::has("transformer-architecture", piece);
}

#[test]
fn the_listings_agree_with_the_lab() {
    let models = [
        SMALL,
        Architecture::gpt2(48, 25, 1600),
        Architecture { tied: false, ..SMALL },
        Architecture { bias: false, d_ff: 1000, ..Architecture::gpt2(3, 2, 34) },
    ];
    // In millions: the comparison allows an error of 1e-5, and the numbers are whole.
    let expected: Vec<f64> = models.iter().map(|model| model.parameters() as f64 / 1e6).collect();
    let arguments = models.map(|m| {
        let [vocab, context, d, layers, d_ff] = [m.vocab, m.context, m.d_model, m.n_layers, m.d_ff];
        (format!("{vocab}, {context}, {d}, {layers}, {d_ff}"), m.tied, m.bias)
    });
    let flag = |flag: bool| if flag { "True" } else { "False" };
    let python = arguments
        .iter()
        .map(|(sizes, tied, bias)| format!("show(parameters({sizes}, {}, {}) / 1e6)\n", flag(*tied), flag(*bias)));
    let file = "transformer-architecture/count.py";
    listing::agree(file, listing::python(file, &python.collect::<String>()), &expected);
    let csharp =
        arguments.iter().map(|(sizes, tied, bias)| format!("Print(Gpt.Parameters({sizes}, {tied}, {bias}) / 1e6);\n"));
    let file = "transformer-architecture/count.cs";
    listing::agree(file, listing::csharp(file, &csharp.collect::<String>()), &expected);
}

#[test]
fn the_table_is_what_the_lab_counts() {
    let one = |part| SMALL.parameters_of(part);
    has(&format!("| Token embedding | $50{{,}}257 \\cdot 768$ | {} |", grouped(one(Part::TokenEmbedding))));
    has(&format!("| Position embedding | $1024 \\cdot 768$ | {} |", grouped(one(Part::PositionEmbedding))));
    has(&format!("2304 + 768 \\cdot 768 + 768$ | {} |", grouped(one(Part::Attention) / 12)));
    has(&format!("3072 + 3072 \\cdot 768 + 768$ | {} |", grouped(one(Part::Mlp) / 12)));
    has(&format!("| $2 \\cdot (768 + 768)$ | {} |", grouped((one(Part::FirstNorm) + one(Part::SecondNorm)) / 12)));
    let blocks = (SMALL.block_share() * SMALL.parameters() as f64).round() as u64;
    has(&format!("12 times the three rows above | {} |", grouped(blocks)));
    has(&format!("| $768 + 768$ | {} |", grouped(one(Part::FinalNorm))));
    has(&format!("**{}**", grouped(SMALL.parameters())));
    has(&format!("would have {} parameters", grouped(Architecture { tied: false, ..SMALL }.parameters())));
    let rule = 12 * 768 * 768 * 12;
    has(&format!("$12 \\cdot 768^2 \\cdot 12 = {}$", grouped(rule).replace(',', "{,}")));
    has(&format!("only {:.2} % more", (blocks as f64 / rule as f64 - 1.0) * 100.0));
}

#[test]
fn the_costs_are_what_the_lab_counts() {
    let (mib, gib) = (f64::from(1 << 20), f64::from(1 << 30));
    has(&format!("in f32: {:.0} MiB", SMALL.weight_bytes(Number::F32) as f64 / mib));
    has(&format!("a full context, {:.0} MiB in f16", SMALL.kv_cache_bytes(Number::F16) as f64 / mib));
    has(&format!("per parameter in f32, {:.2} GiB", SMALL.training_state_bytes() as f64 / gib));
    let kept = SMALL.activations(8);
    has(&format!("take {:.1} GiB", kept.numbers() as f64 * 4.0 / gib));
    let squares = kept.attention as f64 / kept.numbers() as f64;
    assert!((0.4..0.5).contains(&squares), "nearly half: {squares}");
    let flops = SMALL.flops();
    has(&format!("{:.0} million operations per token forward", flops.forward() / 1e6));
    has(&format!(
        "and {:.0} million in training, {:.2} times",
        flops.training() / 1e6,
        flops.training() / SMALL.six_n()
    ));
    let long = Architecture { context: 131_072, ..SMALL }.flops();
    let ratio = long.attention / (long.blocks + long.head);
    assert!((9.5..10.5).contains(&ratio), "ten times everything else: {ratio}");
    has(&format!("{:.1} billion here", SMALL.suitable_tokens() / 1e9));
    let share =
        |model: Architecture| model.parameters_of(Part::TokenEmbedding) as f64 / model.parameters() as f64 * 100.0;
    has(&format!(
        "in GPT-2 small it is {:.0} %, in GPT-2 XL {:.0} %",
        share(SMALL),
        share(Architecture::gpt2(48, 25, 1600))
    ));
}

/// What the lab reports for these knobs (`web/labs/src/labs/architecture`).
fn outcome(knobs: &str) -> Outcome {
    let get = |name: &str, default| {
        let pair = knobs.split('&').filter_map(|pair| pair.split_once('=')).find(|pair| pair.0 == name);
        pair.map_or(default, |(_, value)| value.parse().unwrap())
    };
    let model = Architecture::gpt2(get("n_layers", 12), get("n_heads", 12), get("d_model", 768));
    assert_eq!(model.validate(), Ok(()));
    let values = [
        ("vocab", model.vocab as f64),
        ("context", model.context as f64),
        ("d_model", model.d_model as f64),
        ("n_layers", model.n_layers as f64),
        ("parameters", model.parameters() as f64),
        ("block_share", model.block_share()),
    ];
    let values = values.into_iter().map(|(name, number)| (name.to_owned(), Value::Number(number))).collect();
    Outcome { lab: "architecture".into(), is_final: true, values }
}

#[test]
fn the_exercise_and_the_prediction_come_out_as_written() {
    let site = compile::compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).site;
    let (page, _) = site.lessons().find(|(_, lesson)| lesson.slug == "transformer-architecture").unwrap();
    let mut found = 0;
    for block in &page.blocks {
        if let Block::Exercise(exercise) = block {
            assert!(!exercise.check(&outcome(&exercise.knobs)).unwrap().reached);
            assert!(exercise.check(&outcome(&exercise.solution_knobs)).unwrap().reached);
            // "there the tables alone take 26.3 million, and 60 million leave only 56 % for blocks"
            assert_eq!(
                format!("{:.1} {:.0}", 51_281.0 * 512.0 / 1e6, (1.0 - 51_281.0 * 512.0 / 60e6) * 100.0),
                "26.3 56"
            );
            found += 1;
        }
        if let Block::Predict(prediction) = block {
            let seen = outcome(&prediction.knobs);
            let Some(Foreseen::Choice { truth, .. }) = prediction.judge(&Guess::Chosen(0), &seen) else {
                panic!("a choice")
            };
            assert_eq!(truth, Some(1));
            let times = Architecture::gpt2(12, 12, 1536).parameters() as f64 / SMALL.parameters() as f64;
            assert_eq!(format!("{times:.1}"), "3.4");
            found += 1;
        }
    }
    assert_eq!(found, 2);
}
