//! What the lesson on token counts says of published vocabularies, counted again.

use engine_core::{
    jobs::tokenize::{TokenCounts, Which},
    subwords::{
        own::characters,
        samples::SAMPLES,
        statistics::{Fertility, frequencies},
    },
    tokenizer::visible,
};
use engine_words::Vocabulary;
use std::{fs, path::PathBuf};

fn root(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn vocabulary(which: Which) -> Vocabulary {
    let file = root("public/data/vocabularies").join(which.file().unwrap());
    Vocabulary::read(which, &fs::read(file).unwrap()).unwrap()
}

fn has(piece: &str) {
    let text = fs::read_to_string(root("content/lessons/token-distribution/lesson.md")).unwrap();
    assert!(text.contains(piece), "the lesson lacks {piece:?}");
}

fn sample(vocabulary: &Vocabulary, language: &str) -> Fertility {
    let sample = SAMPLES.iter().find(|sample| sample.language == language).unwrap();
    Fertility::of(sample.text, &vocabulary.encode(sample.text).unwrap())
}

#[test]
fn the_languages_cost_what_the_lesson_says() {
    let [gpt2, cl100k, o200k, bert] = [Which::Gpt2, Which::Cl100k, Which::O200k, Which::Bert].map(vocabulary);
    assert_eq!([gpt2.size(), cl100k.size(), o200k.size()], [50_256, 100_256, 199_998]);
    let english = sample(&gpt2, "en");
    assert_eq!((english.tokens, english.words), (21, 19));
    has(&format!("$21 / 19 = {:.2}$", english.per_word()));
    let german = sample(&gpt2, "de");
    assert_eq!((german.tokens, german.words), (38, 19));
    has(&format!("{:.2}, and {:.2} times English", german.per_word(), 38.0 / 21.0));
    assert_eq!((sample(&gpt2, "hi").tokens, sample(&o200k, "hi").tokens), (137, 34));
    has("34 tokens instead of 137");
    let english = sample(&o200k, "en").tokens as f64;
    let parallel = SAMPLES.iter().filter(|sample| sample.parallel);
    let dearest = parallel.max_by_key(|one| sample(&o200k, one.language).tokens).unwrap();
    assert_eq!(dearest.language, "el");
    has(&format!("with {:.1} times English", sample(&o200k, "el").tokens as f64 / english));
    let thai = sample(&bert, "th");
    assert_eq!((thai.tokens, thai.unknown), (2, 2));
    assert!((sample(&cl100k, "en").bytes_per_token() - 4.4).abs() < 0.05);
}

#[test]
fn numbers_and_emoji_are_cut_as_the_lesson_says() {
    let gpt2 = vocabulary(Which::Gpt2);
    let cut = |text: &str| {
        let tokens = gpt2.encode(text).unwrap();
        tokens.iter().map(|token| visible(&text.as_bytes()[token.start..token.end])).collect::<Vec<_>>()
    };
    assert_eq!(cut("12345 + 678"), ["123", "45", "␣+", "␣6", "78"]);
    let cats = "🐱".repeat(10);
    assert_eq!(gpt2.encode(&cats).unwrap().len(), 30);
    let lost = vocabulary(Which::Bert).encode(&cats).unwrap();
    assert!(lost.len() == 1 && lost[0].unknown);
}

#[test]
fn the_novel_is_counted_as_the_lesson_says() {
    let novel = fs::read_to_string(root("public/data/emma.txt")).unwrap();
    let text = &novel[..novel.floor_char_boundary(200_000)];
    let tokens = vocabulary(Which::O200k).encode(text).unwrap();
    let counts = TokenCounts::of(text, &tokens, None);
    assert_eq!((tokens.len(), counts.counts.len()), (47_771, 5_060));
    has("47,771 tokens, of which 5,060 are different");
    let top: usize = counts.counts.iter().take(100).sum();
    has(&format!("make up {:.0} %", 100.0 * top as f64 / tokens.len() as f64));
    assert_eq!(counts.counts.iter().filter(|count| **count == 1).count(), 2_379);
    has("2,379 occur a single time");
    has(&format!("is {:.2} here", counts.slope.unwrap()).replace('-', "−"));
    assert_eq!(frequencies(text, &characters(text)).len(), 69);
}
