//! The lesson on word vectors: its listings agree with what the lab runs, its worked step and its other numbers are
//! right, and the exercise can be solved as it says.

mod listing;

use engine_core::word_vectors::{
    glove::{FULL_WEIGHT, Together, weight},
    invented,
    skip_gram::{Settings, SkipGram, step},
    space::{analogy, cosine},
    text::{Counter, numbered, sentences},
};
use std::fs;

const CAT: [f32; 2] = [0.5, 1.0];
const OTHERS: [[f32; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];
const RATE: f32 = 0.1;

/// The step of the lesson, twice: the loss of each, and the vectors of *cat*, *fur* and *throne* after the first.
fn worked_step() -> ([f32; 2], [[f32; 2]; 3]) {
    let (mut cat, mut others) = (CAT, OTHERS);
    let mut once = || {
        let [fur, throne] = &mut others;
        let loss = step(&mut cat, &mut [fur, throne], RATE);
        (loss, [cat, others[0], others[1]])
    };
    let (before, vectors) = once();
    ([before, once().0], vectors)
}

#[test]
fn the_listings_agree_with_the_engine() {
    let ([loss, _], vectors) = worked_step();
    let expected: Vec<f64> = std::iter::once(loss).chain(vectors.into_iter().flatten()).map(f64::from).collect();
    let lines = "cat, others = [0.5, 1.0], [[1.0, 0.0], [0.0, 1.0]]\nshow(step(cat, others, 0.1))\nfor number in cat + others[0] + others[1]:\n    show(number)";
    listing::agree("step.py", listing::python("word2vec/step.py", lines), &expected);
    let lines = "var cat = new double[] { 0.5, 1 };\nvar others = new[] { new double[] { 1, 0 }, new double[] { 0, 1 } };\n\
        Print(SkipGram.Step(cat, others, 0.1));\nPrint(cat);\nforeach (var other in others) Print(other);";
    listing::agree("step.cs", listing::csharp("word2vec/step.cs", lines), &expected);
}

#[test]
fn the_worked_step_is_what_the_engine_computes() {
    let text = fs::read_to_string(listing::file("word2vec/lesson.md")).unwrap();
    let has = |piece: &str| assert!(text.contains(piece), "the lesson lacks {piece:?}");
    let ([before, after], [cat, fur, throne]) = worked_step();
    for (vector, name) in [(fur, "fur"), (throne, "throne"), (cat, "cat")] {
        has(&format!("({:.3}, {:.3})$", vector[0], vector[1]));
        assert!(text.contains(&format!("- *{name}*: ")));
    }
    has(&format!("falls from {before:.3} to {after:.3}"));
    let guess = |score: f64| 1.0 / (1.0 + (-score).exp());
    has(&format!("| 0.5 | {:.3} | 1 | −{:.3} | {:.3} |", guess(0.5), 1.0 - guess(0.5), -guess(0.5).ln()));
    has(&format!("| 1.0 | {:.3} | 0 | {:.3} | {:.3} |", guess(1.0), guess(1.0), -guess(-1.0).ln()));
    has(&format!("$6 \\ln 2 = {:.2}$", 6.0 * std::f64::consts::LN_2));
}

#[test]
fn the_counts_of_the_lesson_are_those_of_the_engine() {
    let text = fs::read_to_string(listing::file("word2vec/lesson.md")).unwrap();
    let mut together = Together::default();
    // the king rules the land
    together.add(&[0, 1, 2, 0, 3], 2);
    assert_eq!((together.count(1, 0), FULL_WEIGHT), (1.5, 10.0));
    assert!(text.contains(&format!("the 1.5 above weighs {:.3}", weight(1.5))));
}

/// What the lab answers with its default settings but for `dim`: the fourth word, and the cosine of *cat* and *dog*.
fn answer(dim: usize) -> (String, f32) {
    let text = invented::text(4_000, 1);
    let mut counter = Counter::default();
    sentences(&text).for_each(|sentence| counter.add(sentence));
    let vocabulary = counter.vocabulary(1_000, 2);
    let index = vocabulary.index();
    let ids: Vec<Vec<u32>> = sentences(&text).map(|sentence| numbered(sentence, &index)).collect();
    assert!(!ids.iter().any(|ids| ids.contains(&index["cat"]) && ids.contains(&index["dog"])), "never together");
    let settings =
        Settings { dim, window: 4, negatives: 5, learning_rate: 0.05, steps: 1_000_000, thin: true, seed: 1 };
    let mut run = SkipGram::new(settings, &vocabulary.counts, ids);
    run.learn(u64::MAX);
    let vectors = run.vectors();
    let row = |word: &str| &vectors[index[word] as usize * dim..(index[word] as usize + 1) * dim];
    let question = ["man", "king", "woman"].map(|word| index[word] as usize);
    let best = analogy(&vectors, dim, question, 1)[0].word;
    (vocabulary.words[best].clone(), cosine(row("cat"), row("dog")))
}

#[test]
fn the_exercise_and_the_prediction_come_out_as_they_say() {
    let (queen, near) = answer(24);
    assert!(queen == "queen" && near > 0.9, "{queen}, {near}");
    assert_eq!(answer(4).0, "queen");
    assert_ne!(answer(2).0, "queen");
}
