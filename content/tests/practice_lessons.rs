//! What the four lessons ask and promise: programs print what is said, and sampling does what its solution says.

use content::{Block, Exercise, Prediction, Quiz, compile};
use engine_core::sampling::{Sampling, distribution};
use learn::practice::{Ask, Bet, Foreseen, Guess, Outcome, Value};
use std::{collections::BTreeMap, fs, path::Path, process::Command};
use toml::Table;

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn blocks() -> Vec<(String, Vec<Block>)> {
    let site = compile::compile(&root()).site;
    site.lessons().map(|(page, lesson)| (lesson.slug.clone(), page.blocks.clone())).collect()
}

#[test]
fn programs_print_what_the_questions_say() {
    if Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("SKIPPED: no python3 here, so no program of a question was run");
    }
    let mut run = 0;
    for entry in fs::read_dir(root().join("content/lessons")).unwrap() {
        let file = entry.unwrap().path().join("quiz.toml");
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let quiz: Table = text.parse().unwrap();
        for question in quiz["question"].as_array().unwrap() {
            let Some(program) = question.get("program").and_then(|program| program.as_str()) else { continue };
            let output = Command::new("python3").arg("-c").arg(program).output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            let options = question.get("option").and_then(|options| options.as_array()).into_iter().flatten();
            let right = options.filter(|option| option.get("correct").is_some()).map(|option| &option["text"]);
            let expected: Vec<&str> = right.chain(question.get("answer")).filter_map(|text| text.as_str()).collect();
            assert_eq!([printed.trim()], expected[..], "{} of {}", question["id"], file.display());
            run += 1;
        }
    }
    assert!(run >= 3, "{run} programs");
}

/// What the sampling lab reports for these knobs: the page has the same scores (`web/labs/src/labs/sampling`).
fn sampling(knobs: &str) -> Outcome {
    let knobs: BTreeMap<&str, f32> =
        knobs.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k, v.parse().unwrap())).collect();
    let get = |name, default| knobs.get(name).copied().unwrap_or(default);
    let (temperature, top_k, top_p) = (get("temperature", 1.0), get("top_k", 0.0), get("top_p", 1.0));
    let settings = Sampling { temperature, top_k: top_k as usize, top_p, ..Sampling::PLAIN };
    let p = distribution(&[3.0, 2.0, 1.0, 0.0, -1.0, -2.0], &settings);
    let kept: Vec<f64> = p.iter().filter(|p| **p > 0.0).map(|p| f64::from(*p)).collect();
    let values = [
        ("temperature", f64::from(temperature)),
        ("top_k", f64::from(top_k)),
        ("top_p", f64::from(top_p)),
        ("kept", kept.len() as f64),
        ("bits", kept.iter().map(|p| -p * p.log2()).sum()),
        ("top_probability", f64::from(p[0])),
    ];
    let values = values.into_iter().map(|(name, number)| (name.to_owned(), Value::Number(number))).collect();
    Outcome { lab: "sampling".into(), is_final: true, values }
}

fn exercises(blocks: &[Block]) -> Vec<&Exercise> {
    blocks.iter().filter_map(|block| if let Block::Exercise(it) = block { Some(it) } else { None }).collect()
}

fn predictions(blocks: &[Block]) -> Vec<&Prediction> {
    blocks.iter().filter_map(|block| if let Block::Predict(it) = block { Some(it) } else { None }).collect()
}

#[test]
fn the_sampling_exercise_is_unsolved_at_first_and_solved_by_its_solution() {
    let all = blocks();
    let (_, blocks) = all.iter().find(|(slug, _)| slug == "sampling-decoding").unwrap();
    for exercise in exercises(blocks) {
        assert!(!exercise.check(&sampling(&exercise.knobs)).unwrap().reached, "{}", exercise.id);
        assert!(exercise.check(&sampling(&exercise.solution_knobs)).unwrap().reached, "{}", exercise.id);
    }
    // What the solution says of top-p.
    let kept =
        |temperature, top_p| sampling(&format!("temperature={temperature}&top_p={top_p}")).number("kept").unwrap();
    assert_eq!([kept(4, 0.25), kept(4, 0.3), kept(4, 0.5), kept(4, 0.55)], [1.0, 2.0, 2.0, 3.0]);
    assert_eq!([kept(1, 0.6), kept(1, 0.65), kept(1, 0.85), kept(1, 0.9)], [1.0, 2.0, 2.0, 3.0]);
}

#[test]
fn the_sampling_predictions_are_answered_by_their_own_knobs() {
    let all = blocks();
    let (_, blocks) = all.iter().find(|(slug, _)| slug == "sampling-decoding").unwrap();
    let judge = |id: &str, guess: &Guess| {
        let prediction = predictions(blocks).into_iter().find(|it| it.id == id).unwrap();
        prediction.judge(guess, &sampling(&prediction.knobs)).expect("its own knobs answer it")
    };
    assert!(judge("warmer-mat", &Guess::Typed("0.41".into())).right());
    assert!(!judge("warmer-mat", &Guess::Typed("0.63".into())).right());
    let Foreseen::Choice { truth, .. } = judge("left-by-top-p", &Guess::Chosen(0)) else { panic!("a choice") };
    assert_eq!(truth, Some(2), "three words");
}

#[test]
fn every_lesson_practises() {
    for (slug, blocks) in blocks() {
        let quiz: Option<&Quiz> = blocks.iter().find_map(|b| if let Block::Quiz(quiz) = b { Some(quiz) } else { None });
        let quiz = quiz.expect("the compiler asks for one");
        let new = |ask: &Ask| !matches!(ask, Ask::Single { .. } | Ask::Multiple { .. });
        assert!(quiz.questions.iter().filter(|question| new(&question.ask)).count() >= 2, "{slug}: kinds");
        assert!(quiz.questions.iter().all(|question| !question.objectives.is_empty()), "{slug}: objectives");
        assert!(!exercises(&blocks).is_empty() && !predictions(&blocks).is_empty(), "{slug}");
        for exercise in exercises(&blocks) {
            assert!(!exercise.goals.is_empty() && exercise.hints.len() == 3, "{slug}: {}", exercise.id);
        }
        for prediction in predictions(&blocks) {
            if let Bet::Choose { options, .. } = &prediction.bet {
                assert!(options.iter().all(|option| option.explain.len() >= 40), "{slug}: {}", prediction.id);
            }
        }
    }
}
