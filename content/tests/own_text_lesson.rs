//! The lesson on a text of one's own: its sizes are computed again, and its listings agree.

mod lesson;
mod listing;

use engine_core::{
    config::GptConfig,
    reference::lessons::data::{encode, split, stretch},
};
use learn::practice::{Outcome, Value};

const SLUG: &str = "project-train-your-text";
const TEXT: &str = "the light of the lighthouse, at night; 90 steps.";

#[test]
fn the_listings_agree_with_the_engine() {
    let (_, ids) = encode(TEXT);
    let (train, aside) = split(&ids);
    let (inputs, answers) = stretch(train, 5, 8);
    let all = [&ids[..], train, aside, inputs, answers].concat();
    let expected: Vec<f64> = all.iter().map(|id| *id as f64).collect();
    let lines = format!(
        "_, ids = encode({TEXT:?})\ntrain, aside = split(ids)\ninputs, answers = stretch(train, 5, 8)\nfor number in ids + train + aside + inputs + answers:\n    show(number)"
    );
    listing::agree("data.py", listing::python("project-train-your-text/data.py", &lines), &expected);
    let lines = format!(
        "var ids = Data.Encode({TEXT:?}); var parts = Data.Split(ids); var pair = Data.Stretch(parts[0], 5, 8);\nforeach (var list in new[] {{ ids, parts[0], parts[1], pair[0], pair[1] }}) foreach (int id in list) Print(id);"
    );
    listing::agree("data.cs", listing::csharp("project-train-your-text/data.cs", &lines), &expected);
}

/// The page about the lighthouse, from the settings of a practice's lab.
fn page() -> String {
    let text = std::fs::read_to_string(listing::file("project-train-your-text/predict.toml")).unwrap();
    let (_, rest) = text.split_once("own = \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn the_sizes_are_right() {
    let (vocabulary, ids) = encode(&page());
    let (train, aside) = split(&ids);
    assert_eq!((ids.len(), train.len(), aside.len()), (812, 731, 81));
    lesson::has(SLUG, "$812 - 81 = 731$ for training, and with a context of 32 that is $731 - 32 = 699$");
    assert_eq!((200 * 8, 200 * 8 * 32, 200 * 8 * 32 / 731), (1_600, 51_200, 70));
    let parameters = |vocab_size, (n_layers, d_model, n_heads, context)| {
        GptConfig { vocab_size, n_layers, n_heads, d_model, context, tied_head: true }.parameters()
    };
    let (nano, tiny) = ((1, 32, 2, 32), (2, 48, 4, 32));
    assert_eq!((parameters(vocabulary.len(), nano), parameters(vocabulary.len(), tiny)), (14_848, 59_760));
    assert_eq!(59_760 / 731, 81, "82, rounded");
    // The table of sizes, with the 74 characters of a novel.
    for (said, shape) in [(16_000, nano), (60_000, tiny), (100_000, (2, 64, 4, 32)), (800_000, (4, 128, 4, 64))] {
        let real = parameters(74, shape) as f64;
        assert!((real / f64::from(said) - 1.0).abs() < 0.08, "{real} is about {said}");
    }
}

/// What the lab reports of these runs on the page, measured in Chromium (seed 1).
fn run(knobs: &str) -> Outcome {
    let tiny = lesson::knob(knobs, "size").as_deref() == Some("tiny");
    let (train, val, layers, params) = if tiny { (0.404, 3.349, 2.0, 59_760.0) } else { (1.851, 2.520, 1.0, 14_848.0) };
    let steps = lesson::number(knobs, "steps", 0) as f64;
    let numbers = [
        ("train_loss", train),
        ("val_loss", val),
        ("steps", steps),
        ("seed", 1.0),
        ("layers", layers),
        ("params", params),
    ];
    let mut outcome = Outcome { lab: "train".into(), is_final: true, values: Default::default() };
    outcome.values.extend(numbers.map(|(name, x)| (name.to_owned(), Value::Number(x))));
    outcome.values.insert("finished".into(), Value::Flag(true));
    outcome
}

#[test]
fn the_exercise_and_the_prediction_answer_themselves() {
    lesson::solved_only_by_its_solution(SLUG, "by-heart", run);
    lesson::foretold(SLUG, "a-page-is-short", 1, run);
    lesson::has(SLUG, "2.52 − 1.85 = 0.67");
}
