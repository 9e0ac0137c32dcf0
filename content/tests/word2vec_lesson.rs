//! The lesson on word vectors: its listings agree with what the lab runs, its worked step and its other numbers are
//! right, and the exercise can be solved as it says.

mod listing;

use engine_core::word_vectors::{
    glove::{FULL_WEIGHT, Together, weight},
    invented,
    plane::{Flat, Plane},
    published,
    skip_gram::{Settings, SkipGram, step},
    space::{analogy, cosine, nearest},
    text::{Counter, Vocabulary, numbered, sentences},
    tsne::{self, Tsne, affinities, directions, distances, kept},
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

/// What the lab has learned with its default settings but for `dim`: the words, their vectors, and the map of its last
/// picture, which carries on from those before it.
fn learned(dim: usize) -> (Vocabulary, Vec<f32>, Flat) {
    const STEPS: u64 = 1_000_000;
    const PICTURES: u64 = 60;
    let text = invented::text(4_000, 1);
    let mut counter = Counter::default();
    sentences(&text).for_each(|sentence| counter.add(sentence));
    let vocabulary = counter.vocabulary(1_000, 2);
    let index = vocabulary.index();
    let ids: Vec<Vec<u32>> = sentences(&text).map(|sentence| numbered(sentence, &index)).collect();
    assert!(!ids.iter().any(|ids| ids.contains(&index["cat"]) && ids.contains(&index["dog"])), "never together");
    let settings = Settings { dim, window: 4, negatives: 5, learning_rate: 0.05, steps: STEPS, thin: true, seed: 1 };
    let mut run = SkipGram::new(settings, &vocabulary.counts, ids);
    let mut plane = Plane::default();
    let mut flat = plane.flatten(&run.vectors(), dim);
    for picture in 1..=PICTURES {
        run.learn((picture * STEPS).div_ceil(PICTURES) - run.done());
        flat = plane.flatten(&run.vectors(), dim);
    }
    let vectors = run.vectors();
    (vocabulary, vectors, flat)
}

/// What the lab answers: the fourth word, and the cosine of *cat* and *dog*.
fn answer(dim: usize) -> (String, f32) {
    let (vocabulary, vectors, _) = learned(dim);
    let index = vocabulary.index();
    let row = |word: &str| &vectors[index[word] as usize * dim..(index[word] as usize + 1) * dim];
    let question = ["man", "king", "woman"].map(|word| index[word] as usize);
    let best = analogy(&vectors, dim, question, 1)[0].word;
    (vocabulary.words[best].clone(), cosine(row("cat"), row("dog")))
}

/// The lab's t-SNE map, from the PCA map at `start`: the share of neighbours kept before and after, and the places.
fn laid_out(vectors: &[f32], dim: usize, start: &[[f32; 2]], perplexity: f32) -> ([f32; 2], Vec<[f32; 2]>) {
    let rows = directions(vectors, dim);
    let far: Vec<Vec<f32>> = (0..start.len()).map(|at| distances(&rows, dim, at)).collect();
    let chances: Vec<Vec<f32>> = far.iter().enumerate().map(|(at, far)| affinities(far, at, perplexity)).collect();
    let before: Vec<Vec<usize>> = far.iter().enumerate().map(|(at, far)| tsne::nearest(far, at, 8)).collect();
    let mut map = Tsne::new(&chances, start, 1);
    (0..600).for_each(|_| map.step());
    ([kept(&before, start), kept(&before, map.places())], map.picture())
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

#[test]
fn the_maps_of_the_lesson_are_those_of_the_lab() {
    let text = fs::read_to_string(listing::file("word2vec/lesson.md")).unwrap();
    let has = |piece: &str| assert!(text.contains(piece), "the lesson lacks {piece:?}");
    let (vocabulary, vectors, flat) = learned(24);
    let index = vocabulary.index();
    let row = |word: &str| &vectors[index[word] as usize * 24..(index[word] as usize + 1) * 24];
    let cosines = ["king", "paris"].map(|word| format!("{:.2}", cosine(row("cat"), row(word))));
    assert_eq!(cosines[0], cosines[1], "the cat is as near to the king as to Paris");
    has(&format!("both cosines are {}", cosines[0]));
    has(&format!("holds {} of how the words differ", percent(flat.shown)));
    let mut apart = [8.0, 10.0].map(|perplexity| {
        let ([first, last], places) = laid_out(&vectors, 24, &flat.points, perplexity);
        if perplexity == 10.0 {
            has(&format!("only {} are among its 8 nearest on the map", percent(first)));
            has(&format!("After 600 steps, {} of the nearest 8 are kept", percent(last)));
        }
        let place = |word: &str| places[index[word] as usize];
        let [cat, king, paris] = ["cat", "king", "paris"].map(place);
        let between = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        [between(cat, king), between(cat, paris)]
    });
    has(&format!("perplexity 8, *king* lies {:.2} away from *cat*, and *paris* {:.2}", apart[0][0], apart[0][1]));
    has(&format!("With 10, *king* lies {:.2} away and *paris* {:.2}", apart[1][0], apart[1][1]));
    apart.iter_mut().for_each(|pair| pair[0] -= pair[1]);
    assert!(apart[0][0] < 0.0 && apart[1][0] > 0.0, "who is nearer depends on the perplexity");
}

#[test]
fn the_published_vectors_say_what_the_lesson_says() {
    let text = fs::read_to_string(listing::file("word2vec/lesson.md")).unwrap();
    let has = |piece: &str| assert!(text.contains(piece), "the lesson lacks {piece:?}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../public/data/vectors/glove.bin");
    let published = published::read(&fs::read(file).unwrap()).unwrap();
    let (vectors, dim) = (&published.vectors, published.dim);
    let id = |word: &str| published.words.iter().position(|known| known == word).unwrap();
    let row = |word: &str| &vectors[id(word) * dim..(id(word) + 1) * dim];
    let name = |word: usize| published.words[word].as_str();
    let ask = |[a, b, c]: [&str; 3]| {
        let found = analogy(vectors, dim, [a, b, c].map(id), 3);
        (name(found[0].word), format!("*{}* ({:.2})", name(found[0].word), found[0].cosine), found)
    };
    for (question, answer) in [
        (["man", "king", "woman"], "queen"),
        (["france", "paris", "italy"], "rome"),
        (["france", "paris", "spain"], "aires"),
        (["he", "doctor", "she"], "nurse"),
        (["she", "nurse", "he"], "physician"),
    ] {
        let (best, said, _) = ask(question);
        assert_eq!(best, answer);
        has(&said);
    }
    let third = ask(["france", "paris", "spain"]).2[2];
    assert_eq!(name(third.word), "madrid");
    has(&format!("*madrid* ({:.2}) comes third", third.cosine));

    // Without the custom of leaving the three words out.
    let unit = |word: &str| directions(row(word), dim);
    let target: Vec<f32> = (0..dim).map(|i| unit("doctor")[i] - unit("he")[i] + unit("she")[i]).collect();
    let best = nearest(vectors, &target, &[], 1)[0];
    assert_eq!(name(best.word), "doctor");
    has(&format!("it would win, with {:.2}", best.cosine));

    let near = |word: &str| {
        let found = nearest(vectors, row(word), &[id(word)], 8);
        found.iter().map(|near| format!("*{}*", name(near.word))).collect::<Vec<_>>()
    };
    let cat = nearest(vectors, row("cat"), &[id("cat")], 1)[0];
    has(&format!("{} ({:.2})", near("cat")[0], cat.cosine));
    has(&format!("{}, {} and {}", near("cat")[1], near("cat")[2], near("cat")[3]));
    let (last, first) = near("bank").split_last().map(|(last, first)| (last.clone(), first.join(", "))).unwrap();
    has(&format!("{first} and {last}"));
    for word in ["nurse", "captain", "doctor"] {
        let [he, she] = ["he", "she"].map(|other| format!("{:.2}", cosine(row(word), row(other))));
        has(&format!("| *{word}* | {he} | {she} |"));
    }
}

#[test]
fn the_exercise_and_the_prediction_come_out_as_they_say() {
    let (queen, near) = answer(24);
    assert!(queen == "queen" && near > 0.9, "{queen}, {near}");
    assert_eq!(answer(4).0, "queen");
    assert_ne!(answer(2).0, "queen");
}
