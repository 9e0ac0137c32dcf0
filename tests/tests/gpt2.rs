//! GPT-2 files as the page opens them: the decoder gives the reference library's numbers, and writing shows its draws.

use engine_core::{
    gpt2_file::MOST_HEADER,
    job::JobError,
    jobs::{
        ModelSource,
        gpt2::{FeedGpt2, Input, NextToken, OpenGpt2, RunGpt2, TokenizerFiles},
        write::{How, Write, Wrote},
    },
    sampling::Sampling,
};
use serde::Deserialize;
use std::fs;
use tests::Engine;

#[derive(Deserialize)]
struct Golden {
    ids: Vec<u32>,
    logits: Vec<Vec<f32>>,
}

fn file(name: &str) -> Vec<u8> {
    let folder = if name == "golden.json" { "engine/core/tests/gpt2" } else { "public/models/random-gpt2" };
    fs::read(format!("{}/../{folder}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn text(name: &str) -> Option<String> {
    Some(String::from_utf8(file(name)).unwrap())
}

fn open(engine: &Engine, tokenizer: TokenizerFiles) {
    let model = file("model.safetensors");
    let head = model[..model.len().min(MOST_HEADER)].to_vec();
    let job = OpenGpt2 { size: model.len() as u64, head, config: text("config.json"), n_heads: None, tokenizer };
    let (opened, _) = engine.run(&job).unwrap();
    let last = opened.plan.pieces.len() - 1;
    for (piece, place) in opened.plan.pieces.iter().enumerate() {
        let bytes = model[place.offset as usize..][..place.length].to_vec();
        let (done, _) = engine.run(&FeedGpt2 { piece, bytes }).unwrap();
        assert_eq!(done, piece == last);
    }
}

fn next(engine: &Engine, input: Input) -> Result<NextToken, JobError> {
    engine.run(&RunGpt2 { input, best: 320 }).map(|(next, _)| next)
}

#[test]
fn the_decoder_gives_the_reference_librarys_logits() {
    let golden: Golden = serde_json::from_slice(&file("golden.json")).unwrap();
    let engine = Engine::default();
    assert!(next(&engine, Input::Ids(vec![1])).unwrap_err().to_string().contains("Open the files again"));
    open(&engine, TokenizerFiles::default());
    for (at, row) in golden.logits.iter().enumerate() {
        let found = next(&engine, Input::Ids(golden.ids[..=at].to_vec())).unwrap();
        assert_eq!((found.chances.len(), found.left_off, found.tokens.len()), (320, 0, 0));
        let sum: f64 = row.iter().map(|logit| f64::from(*logit).exp()).sum();
        for candidate in found.chances {
            let theirs = row[candidate.id as usize];
            assert!((candidate.logit - theirs).abs() < 1e-4, "{} against {theirs}", candidate.logit);
            assert!((f64::from(candidate.probability) - f64::from(theirs).exp() / sum).abs() < 1e-5);
        }
    }
    // Longer than the context: the last 32 are read.
    let long: Vec<u32> = (0..50).map(|n| n * 6).collect();
    let (whole, end) =
        (next(&engine, Input::Ids(long.clone())).unwrap(), next(&engine, Input::Ids(long[18..].to_vec())));
    assert_eq!((whole.left_off, &whole.chances), (18, &end.unwrap().chances));
}

#[test]
fn text_needs_a_tokenizer_and_strange_ids_are_refused() {
    let engine = Engine::default();
    open(&engine, TokenizerFiles::default());
    let say = |input| next(&engine, input).unwrap_err().to_string();
    assert!(say(Input::Text("a".into())).contains("vocab.json and merges.txt"));
    assert!(say(Input::Ids(vec![3, 320])).contains("no token 320"));
    assert!(say(Input::Ids(Vec::new())).contains("nothing to read"));

    let files = TokenizerFiles { vocab: text("vocab.json"), merges: text("merges.txt"), whole: None };
    open(&engine, files);
    let found = next(&engine, Input::Text("the cat".into())).unwrap();
    assert_eq!(found.tokens.concat(), "the␣cat");
    let again = next(&engine, Input::Ids(found.ids.clone())).unwrap();
    assert_eq!(again.chances, found.chances);

    let half = TokenizerFiles { vocab: text("vocab.json"), ..TokenizerFiles::default() };
    let model = file("model.safetensors");
    let job = OpenGpt2 {
        size: model.len() as u64,
        head: model,
        config: text("config.json"),
        tokenizer: half,
        ..OpenGpt2::default()
    };
    assert!(engine.run(&job).unwrap_err().to_string().contains("vocab.json came without merges.txt"));
}

fn tiny() -> ModelSource {
    ModelSource::File(fs::read(format!("{}/../public/models/tiny.safetensors", env!("CARGO_MANIFEST_DIR"))).unwrap())
}

#[test]
fn two_settings_share_their_random_numbers_and_each_draw_lands_on_its_token() {
    let engine = Engine::default();
    let write = |sampling| {
        let job = Write { model: tiny(), prompt: "I do not".into(), how: How::Draw(sampling), tokens: 20 };
        let (written, updates) = engine.run(&job).unwrap();
        let token = |update| if let Wrote::Token(token) = update { token } else { panic!("drawing has no beams") };
        (written, updates.into_iter().map(token).collect::<Vec<_>>())
    };
    let base = Sampling { seed: 7, ..Sampling::default() };
    let (_, calm) = write(base);
    let (_, wild) =
        write(Sampling { temperature: 1.5, top_k: 0, top_p: 1.0, min_p: 0.05, repetition_penalty: 1.3, ..base });
    assert!(calm.iter().zip(&wild).all(|(a, b)| a.uniform == b.uniform), "one seed, one row of numbers");
    assert!(calm.iter().zip(&wild).any(|(a, b)| a.token != b.token));
    for drawn in calm.iter().chain(&wild) {
        let under = drawn.strip.iter().find(|stretch| drawn.uniform < stretch.to).unwrap();
        assert_eq!(under.token.as_ref(), Some(&drawn.token));
        assert!((under.to - under.from - f64::from(drawn.probability)).abs() < 1e-6);
    }
    let (greedy, tokens) = write(Sampling { temperature: 0.0, ..base });
    assert!(tokens.iter().all(|token| token.likeliest && token.probability == 1.0));

    let beam = |width| {
        let job = Write { model: tiny(), prompt: "I do not".into(), how: How::Beam { width }, tokens: 20 };
        engine.run(&job).unwrap()
    };
    let (one, _) = beam(1);
    assert_eq!(one.text, greedy.text, "one beam is greedy");
    assert!((one.log_probability - greedy.log_probability).abs() < 1e-3);
    let (four, steps) = beam(4);
    assert!(four.log_probability > one.log_probability && steps.len() == 20, "{four:?} {one:?}");
    // What the lesson says of them.
    let path = format!("{}/../content/lessons/sampling-decoding/lesson.md", env!("CARGO_MANIFEST_DIR"));
    let lesson = fs::read_to_string(path).unwrap();
    let (a, b) = (-one.log_probability, -four.log_probability);
    let words = format!(
        "with a log-probability of −{a:.1}; four beams find one with −{b:.1}, which is {:.1} times as likely",
        (a - b).exp()
    );
    assert!(lesson.contains(&words), "{words}");
}
