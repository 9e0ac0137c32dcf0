//! The lesson on encoders and decoders: its listings agree with the engine, its numbers are those of the lab, and its
//! exercise and prediction come out as they say.

mod lesson;
mod listing;

use engine_core::{
    families::{
        Family,
        language::{SENTENCES, Sentence, word},
        skills::Skills,
        training::{Run, Setup},
    },
    jobs::families::TrainFamily,
    reference::sight::{Sight, look},
};
use learn::practice::{Outcome, Value};
use lesson::{file_has, grouped, has};

const SLUG: &str = "encoder-decoder-bert-gpt";

#[test]
fn the_listings_agree_with_the_engine() {
    let x = [vec![0.5, -1.0], vec![2.0, 0.25], vec![-0.5, 1.5]];
    let memory = [vec![1.0, 0.5], vec![-0.75, 1.5], vec![0.25, 0.25], vec![3.0, -1.0]];
    let all = [
        look(&x, &x, &x, Sight::Everything).mixed,
        look(&x, &x, &x, Sight::Past).mixed,
        look(&x, &memory, &memory, Sight::Everything).mixed,
    ];
    let expected: Vec<f64> = all.concat().concat();
    let file = "encoder-decoder-bert-gpt/look.py";
    let lines = "x = [[0.5, -1.0], [2.0, 0.25], [-0.5, 1.5]]\nm = [[1.0, 0.5], [-0.75, 1.5], [0.25, 0.25], [3.0, -1.0]]\n\
        for row in encoder(x) + decoder(x) + cross(x, m):\n    for number in row:\n        show(number)";
    listing::agree(file, listing::python(file, lines), &expected);
    let file = "encoder-decoder-bert-gpt/look.cs";
    let lines = "var x = new[] { new[] { 0.5, -1.0 }, new[] { 2.0, 0.25 }, new[] { -0.5, 1.5 } };\n\
        var m = new[] { new[] { 1.0, 0.5 }, new[] { -0.75, 1.5 }, new[] { 0.25, 0.25 }, new[] { 3.0, -1.0 } };\n\
        foreach (var rows in new[] { Families.Encoder(x), Families.Decoder(x), Families.Cross(x, m) })\n\
        foreach (var row in rows) Print(row);";
    listing::agree(file, listing::csharp(file, lines), &expected);
}

fn trained(setup: Setup, family: Family) -> Skills {
    let mut run = Run::new(setup, family, None);
    run.go_on(setup.steps);
    run.kept().points.last().expect("a point").skills
}

#[test]
fn the_table_is_what_the_lab_measures() {
    let setup = TrainFamily::default().setup;
    let [encoder, decoder, pair, prompted] = Family::ALL.map(|family| trained(setup, family));
    let share = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:.0} %", 100.0 * share));
    for (name, skills) in
        [("Encoder", encoder), ("Decoder", decoder), ("Encoder-decoder", pair), ("Decoder that translates", prompted)]
    {
        let Skills { article, noun, verb, writes, translates, .. } = skills;
        let row = [article, noun, verb, writes, translates].map(share).join(" | ");
        has(SLUG, &format!("| {name} | {row} |"));
    }
    has(SLUG, &format!("translated in {} of all cases", share(pair.aligned)));
    has(SLUG, &format!("do the same job: {}", share(prompted.aligned)));
}

#[test]
fn the_language_is_as_the_lesson_says() {
    has(SLUG, &format!("there are {} of them", grouped(SENTENCES as u64)));
    let written = |words: &[usize]| words.iter().map(|number| word(*number)).collect::<Vec<_>>().join(" ");
    let english = "the dog has seen two cats today";
    let sentence = (0..SENTENCES).map(Sentence::numbered).find(|sentence| written(&sentence.english()) == english);
    let german = written(&sentence.expect("a sentence of the language").german().words);
    has(SLUG, &format!("*{english}* is *{german}*"));
}

/// What the lab reports for these knobs (`web/labs/src/labs/families`).
fn outcome(knobs: &str, families: &[Family]) -> Outcome {
    let first = TrainFamily::default().setup;
    let setup = Setup { layers: lesson::number(knobs, "layers", first.layers), ..first };
    let mut values = vec![
        ("layers".to_owned(), Value::Number(setup.layers as f64)),
        ("steps".to_owned(), Value::Number(f64::from(setup.steps))),
        ("seed".to_owned(), Value::Number(setup.seed as f64)),
    ];
    for family in families {
        let Skills { noun, verb, translates, .. } = trained(setup, *family);
        let named = [("noun", noun), ("verb", verb), ("translates", translates)];
        let share =
            |(name, share): (&str, Option<f64>)| Some((format!("{}_{name}", family.key()), Value::Number(share?)));
        values.extend(named.into_iter().filter_map(share));
    }
    Outcome { lab: "families".into(), is_final: true, values: values.into_iter().collect() }
}

#[test]
fn the_decoder_guesses_what_it_cannot_see() {
    lesson::foretold(SLUG, "dog-or-dogs", 1, |knobs| outcome(knobs, &[Family::Encoder, Family::Decoder]));
}

#[test]
fn a_third_layer_solves_the_exercise() {
    let prompted = |knobs: &str| outcome(knobs, &[Family::Prompted]);
    lesson::solved_only_by_its_solution(SLUG, "one-stack-will-do", prompted);
    let count = |family, layers| engine_core::families::model::Model::new(family, layers).count() as u64;
    let (one, two) = (count(Family::Prompted, 3), count(Family::EncoderDecoder, 2));
    file_has(
        SLUG,
        "exercise.toml",
        &format!("at {} numbers, still fewer than the {} of the pair", grouped(one), grouped(two)),
    );
}
