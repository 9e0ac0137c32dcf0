//! What the default runs of the lab *Train a small GPT* achieve.

use engine_core::{config::FirstWeights, presets};
use std::time::Instant;
use tests::runs::{novel, trained};

/// Kneser-Ney's trigram model counts the same tokens of the same training part and is measured on the same targets.
#[test]
fn the_default_run_beats_a_trigram_model() {
    let preset = presets::by_key("");
    let started = Instant::now();
    let (opened, curve, _) = trained(&preset, novel());
    let (step, loss) = *curve.last().unwrap();
    println!(
        "# {}: validation {loss:.4}, trigram {:.4}, unigram {:.4}, {:.1} s",
        preset.key,
        opened.trigram_loss,
        opened.unigram_loss,
        started.elapsed().as_secs_f64()
    );
    assert_eq!((preset.key, step), ("tiny", preset.training.steps));
    assert!(loss < opened.trigram_loss - 0.04, "{loss} against {}", opened.trigram_loss);
    assert!(opened.trigram_loss < opened.unigram_loss - 0.5, "the yardstick is worth beating");
    let lesson = concat!(env!("CARGO_MANIFEST_DIR"), "/../content/lessons/project-mini-gpt/lesson.md");
    let lesson = std::fs::read_to_string(lesson).unwrap();
    for said in [format!("reaches a loss of {:.2}", opened.trigram_loss), format!("comes down to about {loss:.2}")] {
        assert!(lesson.contains(&said), "the lesson lacks {said:?}");
    }
    // An untrained model costs about as much as guessing evenly.
    let (first, untrained) = curve[0];
    assert!(first == 0 && (untrained - opened.uniform_loss).abs() < 0.1, "{untrained} against {}", opened.uniform_loss);
}

/// What the solution of the exercise in the same lesson quotes: 300 steps of each size, and the smallest from first
/// weights by its width.
#[test]
fn the_solution_of_the_exercise_quotes_what_each_start_reaches() {
    let solution = concat!(env!("CARGO_MANIFEST_DIR"), "/../content/lessons/project-mini-gpt/exercise.toml");
    let solution = std::fs::read_to_string(solution).unwrap();
    for (key, said) in [("nano", "Nano itself ends at"), ("tiny", "ends at"), ("small", "to Small, gives")] {
        let mut preset = presets::by_key(key);
        (preset.training.steps, preset.training.eval_every) = (300, 20);
        preset.training.first_weights = FirstWeights::ByWidth;
        let (_, curve, _) = trained(&preset, novel());
        let said = format!("{said} {:.2}", curve.last().unwrap().1);
        assert!(solution.contains(&said), "the solution lacks {said:?}");
        if key == "tiny" {
            let passed = curve.iter().find(|(_, loss)| *loss <= 2.7).unwrap().0;
            assert_eq!(passed, 80, "the solution says: before step 80");
        }
    }
}
