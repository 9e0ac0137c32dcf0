//! The exercises and predictions of the lessons, on the real engine: unsolved as they are set up, solved with room
//! to spare by their solution.

use engine_core::{
    jobs::{
        ModelSource,
        inspect::{Inspect, Inspection},
        train::{OpenTraining, RunTraining, Start, TokenizerChoice, TrainUpdate},
    },
    presets::{self, Preset},
};
use learn::practice::{Condition, Outcome, Relation, Value};
use std::{collections::BTreeMap, fs, path::Path};
use tests::Engine;
use toml::Table;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The entries of a practice file by their ids.
fn entries(slug: &str, name: &str) -> BTreeMap<String, Table> {
    let file = root().join("content/lessons").join(slug).join(format!("{name}.toml"));
    let toml: Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let list = toml[name].as_array().unwrap().iter().map(|entry| entry.as_table().unwrap().clone());
    list.map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry)).collect()
}

fn goals(exercise: &Table) -> Vec<Condition> {
    let goals = exercise["goal"].as_array().unwrap().iter();
    goals.map(|goal| goal["that"].as_str().unwrap().parse().unwrap()).collect()
}

fn outcome(values: impl IntoIterator<Item = (&'static str, f64)>) -> Outcome {
    let values = values.into_iter().map(|(name, number)| (name.to_owned(), Value::Number(number)));
    Outcome { values: values.collect(), ..Outcome::default() }
}

/// The unigram baseline, and validation losses by step, as the lab's presets train.
fn train(knobs: &Table) -> (f64, Vec<(u32, f64)>) {
    let Preset { key, shape, mut training } = presets::by_key(knobs["size"].as_str().unwrap());
    assert_eq!(knobs["size"].as_str(), Some(key));
    let whole = |name: &str| u32::try_from(knobs[name].as_integer().unwrap()).unwrap();
    (training.steps, training.seed) = (whole("steps"), whole("seed").into());
    let start = Start::New { tokenizer: TokenizerChoice::Chars, shape, training };
    let text = fs::read_to_string(root().join(format!("public/data/{}.txt", knobs["text"].as_str().unwrap()))).unwrap();
    let engine = Engine::default();
    let (opened, _) = engine.run(&OpenTraining { session: 1, text, start }).unwrap();
    let (_, updates) = engine.run(&RunTraining { session: 1, steps: None }).unwrap();
    let loss = |update| match update {
        TrainUpdate::Validation { step, loss } => Some((step, f64::from(loss))),
        _ => None,
    };
    (f64::from(opened.unigram_loss), updates.into_iter().filter_map(loss).collect())
}

#[test]
fn the_training_exercise_needs_its_solution() {
    let exercise = &entries("project-mini-gpt", "exercise")["below-two-point-seven"];
    let goals = goals(exercise);
    let reached = |knobs: &str, spare: f64| {
        let knobs = exercise[knobs].as_table().unwrap();
        let seed = knobs["seed"].as_integer().unwrap() as f64;
        let (unigram, curve) = train(knobs);
        curve.into_iter().any(|(step, loss)| {
            let values =
                [("step", f64::from(step)), ("val_loss", loss + spare), ("seed", seed), ("unigram_loss", unigram)];
            let outcome = outcome(values);
            goals.iter().all(|goal| goal.holds(&outcome))
        })
    };
    assert!(!reached("knobs", -0.1), "it begins too near to its goal");
    assert!(reached("solution_knobs", 0.05), "the solution leaves too little room");
}

#[test]
fn the_curve_begins_rests_and_falls_as_the_lesson_says() {
    let prediction = &entries("project-mini-gpt", "predict")["first-curve"];
    let (_, curve) = train(prediction["knobs"].as_table().unwrap());
    let at = |step| curve.iter().find(|point| point.0 == step).unwrap().1;
    assert!((at(0) - 74f64.ln()).abs() < 0.1, "{}", at(0));
    assert!((3.1..3.25).contains(&at(40)) && (3.1..3.25).contains(&at(140)), "{} {}", at(40), at(140));
    assert!((2.6..2.85).contains(&at(400)), "{}", at(400));
}

/// The mean weight of a head on the token before, over all rows but the first.
fn on_previous(seen: &Inspection, layer: usize, head: usize) -> f64 {
    let tokens = seen.tokens.len();
    let weights = &seen.all_weights[(layer * seen.n_heads + head) * tokens * tokens..];
    (1..tokens).map(|row| f64::from(weights[row * tokens + row - 1])).sum::<f64>() / (tokens - 1) as f64
}

fn look(text: &str) -> Inspection {
    let file = fs::read(root().join("public/models/tiny.safetensors")).unwrap();
    let job = Inspect { model: ModelSource::File(file), text: text.into(), layer: 0, head: 0 };
    Engine::default().run(&job).unwrap().0
}

/// The smallest number that a goal of that name admits.
fn least(goals: &[Condition], name: &str) -> f64 {
    let goal = goals.iter().find(|goal| goal.name == name && goal.relation == Relation::AtLeast).unwrap();
    if let Value::Number(number) = goal.value { number } else { panic!("a number") }
}

#[test]
fn one_head_looks_one_step_back_whatever_the_words() {
    let exercises = entries("attention-mechanism", "exercise");
    let (first, second) = (&exercises["previous-token-head"], &exercises["the-line-stays"]);
    let knob = |name: &str| usize::try_from(first["solution_knobs"][name].as_integer().unwrap()).unwrap();
    let right = (knob("layer"), knob("head"));
    let seen = look("Alice was beginning to get very tired");
    let wanted = least(&goals(first), "head_previous_token");
    for layer in 0..seen.n_layers {
        for head in 0..seen.n_heads {
            let found = on_previous(&seen, layer, head);
            let fits = if (layer, head) == right { found > wanted + 0.05 } else { found < wanted - 0.05 };
            assert!(fits, "layer {layer}, head {head}: {found}");
        }
    }
    assert!(seen.tokens.len() as f64 >= least(&goals(first), "tokens"));
    let own = second["solution_knobs"]["text"].as_str().unwrap();
    for text in [own, "It is a truth universally acknowledged, that a single man", "Once upon a time there was a king"]
    {
        let seen = look(text);
        assert!(on_previous(&seen, right.0, right.1) > least(&goals(second), "head_previous_token") + 0.03, "{text}");
        assert!(seen.tokens.len() as f64 >= least(&goals(second), "tokens"), "{text}");
    }
    // The prediction's answer: the first layer.
    let prediction = &entries("attention-mechanism", "predict")["layer-of-the-line"];
    let that = prediction["option"][0]["that"][0].as_str().unwrap().parse::<Condition>().unwrap();
    assert!(that.holds(&outcome([("best_previous_token_layer", right.0 as f64)])));
}
