//! The lessons around the back-propagation lab: listings, worked numbers, and what exercises and predictions promise.

mod listing;

use content::{Block, compile};
use engine_core::{
    reference::{
        attention_backward::attention_backward,
        feed_forward::{feed_forward, gelu, gelu_slope},
    },
    tiny_attention::{Model, Name, Settings, descent, run},
};
use learn::practice::{Outcome, Value};
use std::{fs, path::Path};

fn text(slug: &str, file: &str) -> String {
    fs::read_to_string(listing::file(&format!("{slug}/{file}"))).unwrap()
}

fn has(text: &str, piece: &str) {
    assert!(text.contains(piece), "the lesson lacks {piece:?}");
}

fn listed(numbers: &[f64]) -> String {
    numbers.iter().map(|number| format!("{number:?}")).collect::<Vec<_>>().join(", ")
}

fn jagged(rows: &[Vec<f64>]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("new double[] {{ {} }}", listed(row))).collect();
    format!("new[] {{ {} }}", rows.join(", "))
}

#[test]
fn the_way_back_is_the_same_in_three_languages() {
    let table = |numbers: [[f64; 2]; 3]| numbers.map(Vec::from).to_vec();
    let q = table([[1.0, 0.5], [-0.3, 2.0], [0.7, -1.1]]);
    let k = table([[0.2, 0.4], [1.5, -0.6], [-0.9, 0.1]]);
    let v = table([[2.0, -1.0], [0.5, 0.3], [-0.7, 1.9]]);
    let d = table([[0.1, -0.2], [0.4, 0.3], [-0.5, 0.6]]);
    let back = attention_backward(&q, &k, &v, &d);
    let expected: Vec<f64> = [back.q, back.k, back.v].into_iter().flatten().flatten().collect();
    let lines = format!(
        "for matrix in attention_backward({q:?}, {k:?}, {v:?}, {d:?}):\n    for row in matrix:\n        for number in row:\n            show(number)"
    );
    listing::agree("backward.py", listing::python("self-attention/backward.py", &lines), &expected);
    let lines = format!(
        "var back = WayBack.Attention({}, {}, {}, {});\nforeach (var row in back.Queries) Print(row);\nforeach (var row in back.Keys) Print(row);\nforeach (var row in back.Values) Print(row);",
        jagged(&q),
        jagged(&k),
        jagged(&v),
        jagged(&d)
    );
    listing::agree("backward.cs", listing::csharp("self-attention/backward.cs", &lines), &expected);
}

#[test]
fn the_feed_forward_layer_is_the_same_in_three_languages_and_as_worked_out() {
    let w1 = vec![vec![1.0, -1.0, 0.0], vec![0.0, 0.0, 1.0]];
    let w2 = vec![vec![1.0, 0.0], vec![0.0, 1.0], vec![0.0, 1.0]];
    let (x, b1, b2) = (vec![1.0, 2.0], vec![0.0; 3], vec![0.0; 2]);
    let expected = feed_forward(&x, &w1, &b1, &w2, &b2);
    let lines = format!("for number in feed_forward({x:?}, {w1:?}, {b1:?}, {w2:?}, {b2:?}):\n    show(number)");
    let python = listing::python("feed-forward-networks/layer.py", &lines);
    listing::agree("layer.py", python, &expected);
    let row = |row: &[f64]| format!("new double[] {{ {} }}", listed(row));
    let lines =
        format!("Print(FeedForward.Layer({}, {}, {}, {}, {}));", row(&x), jagged(&w1), row(&b1), jagged(&w2), row(&b2));
    let csharp = listing::csharp("feed-forward-networks/layer.cs", &lines);
    listing::agree("layer.cs", csharp, &expected);

    let lesson = text("feed-forward-networks", "lesson.md");
    let minus = |number: f64| format!("{number:.3}").replace('-', "−");
    has(&lesson, &format!("GELU(1) = {:.3}, GELU(−1) = {}, GELU(2) = {:.3}", gelu(1.0), minus(gelu(-1.0)), gelu(2.0)));
    has(&lesson, &format!("adds $({:.3}, {:.3})$", expected[0], expected[1]));
    assert!((gelu_slope(0.0) - 0.5).abs() < 1e-12 && (gelu_slope(3.0) - 1.0).abs() < 0.02 && gelu_slope(-20.0) == 0.0);
    has(&text("feed-forward-networks", "quiz.toml"), &format!("GELU(3) = {:.3}", gelu(3.0)));
    // GPT-2 small: two matrices and their biases; attention has four square ones and theirs.
    let (d, wide) = (768_u32, 3072_u32);
    assert_eq!((2 * d * wide, wide + d, 2 * d * wide + wide + d), (4_718_592, 3_840, 4_722_432));
    assert_eq!((4 * d * d, 4 * d * d + 4 * d), (2_359_296, 2_362_368));
    assert_eq!(64 * 256 + 256 + 256 * 64 + 64, 33_088);
}

#[test]
fn the_gradient_by_hand_is_right() {
    let (shares, gradients, keys) = ([0.75, 0.25], [0.4, 0.0], [[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 0.0]]);
    let mean: f64 = shares.iter().zip(gradients).map(|(share, gradient)| share * gradient).sum();
    let scores = [0, 1].map(|j| shares[j] * (gradients[j] - mean));
    let query: Vec<f64> = (0..4).map(|c| (0..2).map(|j| scores[j] / 2.0 * keys[j][c]).sum()).collect();
    for (found, said) in [(mean, 0.3), (scores[0], 0.075), (scores[1], -0.075), (query[0], 0.0375), (query[2], 0.075)] {
        assert!((found - said).abs() < 1e-12, "{found} is not {said}");
    }
}

/// What the lab reports for these knobs, as far as goals and predictions ask (`web/labs/src/labs/backprop/tell.rs`).
fn outcome(knobs: &str) -> Outcome {
    let knobs = knobs.replace("%3A", ":").replace("%2C", ",");
    let pairs: Vec<(&str, &str)> = knobs.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let get = |name: &str| pairs.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| *value);
    let feed_forward = get("feed_forward") == "true";
    let mut model = Model::new(&Settings { seed: 6, words: vec![0, 1, 2, 3], feed_forward });
    let (mut edits, mut losses) = (0.0, Vec::new());
    for change in get("changes").split(',').filter(|change| !change.is_empty()) {
        let parts: Vec<&str> = change.split(':').collect();
        if parts[0] == "step" {
            for _ in 0..parts[2].parse::<usize>().unwrap() {
                let pass = run(&model);
                losses.push(pass.values[model.loss()].at(0, 0));
                descent::step(&mut model, &pass, parts[1].parse().unwrap());
            }
        } else {
            let place: Vec<&str> = parts[0].split('.').collect();
            let node = model.find_key(place[0]).unwrap();
            let (row, column) = (place[1].parse().unwrap(), place[2].parse().unwrap());
            model.parameters[node].as_mut().unwrap().set(row, column, parts[1].parse().unwrap());
            edits += 1.0;
        }
    }
    let pass = run(&model);
    let loss = pass.values[model.loss()].at(0, 0);
    let cell = if get("cell").is_empty() { "a.2.0" } else { get("cell") };
    let place: Vec<&str> = cell.split('.').collect();
    let (row, column): (usize, usize) = (place[1].parse().unwrap(), place[2].parse().unwrap());
    let node = model.find_key(place[0]).unwrap();
    let finished = get("step").parse().is_ok_and(|step: usize| step >= 40);
    let learned: usize = model.parameters.iter().flatten().map(|it| it.numbers().len()).sum();
    let uses = model.nodes.iter().flat_map(|it| &it.inputs).filter(|id| **id == node).count();
    let mut values = vec![
        ("loss", Value::Number(loss)),
        ("descents", Value::Number(losses.len() as f64)),
        ("edits", Value::Number(edits)),
        ("table", Value::Text(place[0].into())),
        ("row", Value::Number(row as f64)),
        ("column", Value::Number(column as f64)),
        ("uses", Value::Number(uses as f64)),
        ("learned_numbers", Value::Number(learned as f64)),
        ("finished", Value::Flag(finished)),
        ("feed_forward", Value::Flag(feed_forward)),
    ];
    if let Some(before) = losses.last() {
        values.push(("fall", Value::Number(before - loss)));
    }
    if finished {
        values.push(("gradient_size", Value::Number(pass.gradients[node].at(row, column).abs())));
        values.push(("is_largest", Value::Flag(descent::steepest(&model, &pass) == (node, row, column))));
    }
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Outcome { lab: "backprop".into(), is_final: true, values }
}

#[test]
fn exercises_are_unsolved_at_first_and_solved_by_their_solutions() {
    let site = compile::compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).site;
    let mut checked = 0;
    for (page, lesson) in
        site.lessons().filter(|(_, it)| ["self-attention", "feed-forward-networks"].contains(&&*it.slug))
    {
        for block in &page.blocks {
            let Block::Exercise(exercise) = block else { continue };
            let (id, solved) = (&exercise.id, outcome(&exercise.solution_knobs));
            assert!(
                !exercise.check(&outcome(&exercise.knobs)).unwrap().reached,
                "{id} of {} is solved at first",
                lesson.slug
            );
            assert!(exercise.check(&solved).unwrap().reached, "{id} of {}: {solved:?}", lesson.slug);
            checked += 1;
        }
    }
    assert_eq!(checked, 5);
}

#[test]
fn the_numbers_of_the_solutions_are_those_of_the_lab() {
    let number = |knobs: &str, name: &str| match outcome(knobs).values.get(name) {
        Some(Value::Number(number)) => *number,
        other => panic!("{name} with {knobs}: {other:?}"),
    };
    let exercises = text("self-attention", "exercise.toml");
    has(&exercises, &format!("from {:.4} to {:.4}", number("", "loss"), number("changes=step:5:1", "loss")));
    let model = Model::new(&Settings { seed: 6, words: vec![0, 1, 2, 3], feed_forward: false });
    let pass = run(&model);
    let slope = descent::slope(&model, &pass);
    has(&exercises, &format!("have fallen by {:.2}", 5.0 * slope));
    has(
        &exercises,
        &format!("a fall of {:.2}, and {:.2} came true", 0.5 * slope, number("changes=step:0.5:1", "fall")),
    );
    has(&exercises, &format!("bring you to {:.2}", number("changes=step:0.1:20", "loss")));
    let (ten, twenty) = (number("changes=step:0.5:10", "loss"), number("changes=step:0.5:20", "loss"));
    has(&exercises, &format!("is {ten:.3} after ten steps and {twenty:.3} after twenty"));
    assert!(number("changes=step:1:20", "loss") < twenty, "with 1 it goes faster still");
    assert!(number("changes=step:2:2", "fall") < 0.0, "with 2 it rises at the second step");
    assert!(number("changes=step:8:1", "fall") < 0.0 && number("changes=step:4:1", "fall") > 0.0, "8 is too long");
    let wu = model.find(Name::Wu).unwrap();
    assert_eq!(descent::steepest(&model, &pass), (wu, 1, 3));
    has(&exercises, &format!("a gradient of {:.3}", pass.gradients[wu].at(1, 3)));
    let stands_there = pass.values[model.find(Name::Residual).unwrap()].at(2, 1);
    has(&exercises, &format!("stands there is −{:.2}, so", -stands_there));
    assert_eq!(number("", "learned_numbers"), 104.0);

    let exercises = text("feed-forward-networks", "exercise.toml");
    has(&exercises, &format!("bring the loss to {ten:.3}"));
    let with = |changes: &str| number(&format!("feed_forward=true&changes={changes}"), "loss");
    has(&exercises, &format!("still {:.2} after ten", with("step:0.1:10")));
    has(&exercises, &format!("the loss is {:.3} after ten", with("step:0.5:10")));
    let leapt = with("step:1:10");
    assert!(with("step:1:2") < with("step:0.5:2") && (leapt.is_nan() || leapt >= 2.0), "at a rate of 1 it leaps away");
    let model = Model::new(&Settings { seed: 6, words: vec![0, 1, 2, 3], feed_forward: true });
    assert_eq!(descent::steepest(&model, &run(&model)), (model.find(Name::B1).unwrap(), 0, 0));
    assert_eq!(number("feed_forward=true", "learned_numbers"), 180.0);
}
