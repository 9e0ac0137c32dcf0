//! Taking a model apart and interfering with it, as the page asks for it, beside the engine's own forward pass.

use engine_core::{
    dissect::{change::Change, code, pass::Part},
    job::JobError,
    jobs::{
        ModelSource,
        dissect::Dissect,
        generate::Generate,
        inspect::Inspect,
        intervene::{EachPart, Intervene},
    },
    sampling::Sampling,
};
use std::{fs, path::Path};
use tests::Engine;

const TEXT: &str = "She could not help laughing at his question";

fn model() -> ModelSource {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models/tiny.safetensors");
    ModelSource::File(fs::read(path).unwrap())
}

fn intervene(changes: &str) -> Intervene {
    let changes = code::read(changes).unwrap();
    let texts = vec!["He had been to London the day before.".to_owned(), String::new()];
    Intervene { model: model(), text: TEXT.into(), changes, texts, position: None, write: 6 }
}

#[test]
fn the_prediction_at_every_place_is_the_engines_own() {
    let engine = Engine::default();
    let inspected = engine.run(&Inspect { model: model(), text: TEXT.into(), layer: 0, head: 0 }).unwrap().0;
    for position in [0, 7, 14, 99] {
        let job = Dissect { model: model(), text: TEXT.into(), position: Some(position) };
        let seen = engine.run(&job).unwrap().0;
        assert_eq!(seen.tokens, inspected.tokens);
        // The engine's kernels work in single precision, in another order.
        for (mine, theirs) in seen.next.iter().zip(&inspected.next[seen.position]) {
            assert_eq!(mine.token, theirs.token);
            assert!((mine.probability - theirs.probability).abs() < 1e-4, "{mine:?} {theirs:?}");
        }
        let last = &seen.lens[4][seen.position];
        assert_eq!((&last.token, last.probability), (&seen.next[0].token, seen.next[0].probability));
        assert!(seen.off < 1e-4 && seen.written.len() == 2 + 4 * 6);
        let parts: f32 = seen.written.iter().map(|wrote| wrote.to_top).sum::<f32>() + seen.top.constant;
        assert!((parts - seen.top.logit).abs() < 1e-4, "{parts} {}", seen.top.logit);
    }
}

#[test]
fn without_a_change_both_models_agree_and_go_on_as_the_engine_does() {
    let engine = Engine::default();
    let found = engine.run(&intervene("")).unwrap().0;
    assert_eq!((found.largest, found.before == found.after), (0.0, true));
    assert_eq!(found.before.set.len(), 1, "an empty line is no text");
    let sampling = Sampling { temperature: 0.0, ..Sampling::default() };
    let greedy = Generate { model: model(), prompt: TEXT.into(), sampling, tokens: 6 };
    assert_eq!(found.before.written, engine.run(&greedy).unwrap().0.text);
    assert_eq!(engine.run(&intervene("mlp-2*1\nhead-3-1*1\nposition-3*1")).unwrap().0.largest, 0.0);
}

#[test]
fn an_edited_weight_is_told_with_what_it_was_and_a_part_that_is_not_there_is_refused() {
    let engine = Engine::default();
    let found = engine.run(&intervene("head-1-4*0\ntok_emb[3,7]=0.5")).unwrap().0;
    assert!(found.largest > 1.0 && found.was.len() == 1 && found.was[0] != 0.5);
    assert!(found.after.set_loss > found.before.set_loss);
    let moves: Vec<f32> = found.moved.iter().map(|moved| (moved.after - moved.before).abs()).collect();
    assert!(moves.is_sorted_by(|a, b| a >= b));
    let refused = |job: &Intervene| match engine.run(job) {
        Err(JobError::Invalid(why)) => why,
        other => panic!("{other:?}"),
    };
    assert!(refused(&intervene("head-5-1*0")).contains("4 blocks of 4 heads"));
    assert!(refused(&Intervene { text: " ".repeat(0), ..intervene("") }).contains("Type a few words"));
    let many = vec![Change::Scale { part: Part::Mlp { layer: 0 }, at: None, factor: 1.0 }; 65];
    assert!(refused(&Intervene { changes: many, ..intervene("") }).contains("64 changes"));
}

#[test]
fn every_part_is_measured_most_important_first() {
    let texts = vec!["It was a great pleasure to them all.".to_owned()];
    let (worth, updates) = Engine::default().run(&EachPart { model: model(), texts }).unwrap();
    assert_eq!((worth.len(), updates.len()), (4 * 5, 4 * 5));
    assert!(worth.is_sorted_by(|a, b| a.rise >= b.rise));
    assert_eq!(worth[0].part, Part::Mlp { layer: 0 });
    assert!(Engine::default().run(&EachPart { model: model(), texts: vec!["".into()] }).is_err());
}
