//! The training board: what its default runs achieve, and going back.

use engine_core::{
    head_scores::Kind,
    jobs::{
        ModelSource,
        board::{BoardUpdate, Look, RunBoard, Source},
        inspect::ScoreHeads,
        train::{ModelShape, Stopped},
    },
};
use tests::{
    Engine, rhyme,
    runs::{default_run, looks, novel, opened},
};

/// A run of a few steps.
fn short(steps: u32) -> RunBoard {
    let mut job = default_run("copy");
    (job.training.steps, job.training.sample_every) = (steps, 4);
    job
}

fn losses(updates: &[BoardUpdate]) -> Vec<f32> {
    updates.iter().flat_map(|u| if let BoardUpdate::Steps(it) = u { it.losses.clone() } else { Vec::new() }).collect()
}

/// The default text run of the board (`web/labs/src/labs/board/corpus.rs`).
#[test]
fn the_default_text_run_beats_a_trigram_model() {
    let mut job = default_run("copy");
    job.source = Source::Text(novel());
    job.shape = ModelShape { n_layers: 2, n_heads: 4, d_model: 64, context: 32, tied_head: true };
    (job.training.batch, job.training.steps, job.training.learning_rate) = (8, 1500, 4e-3);
    (job.training.warmup, job.training.sample_every) = (75, 30);
    let (_, updates) = Engine::default().run(&job).unwrap();
    let (counted, last) = (opened(&updates).counted.unwrap(), *looks(&updates).last().unwrap());
    println!("# {counted:?}, model {:.4}, next characters right {:.3}: {:?}", last.loss, last.right, last.written);
    assert!(last.loss < counted.trigram - 0.05, "{} against {}", last.loss, counted.trigram);
}

/// The whole run of these settings: its looks, each of which is printed in one line.
fn trained(job: &RunBoard) -> Vec<Look> {
    let (_, updates) = Engine::default().run(job).unwrap();
    let looks: Vec<Look> = looks(&updates).into_iter().cloned().collect();
    let last = looks.last().expect("a run ends with a look");
    println!("# {:?}: loss {:.4}, exact {:?}", job.source, last.loss, last.exact);
    looks
}

fn exact(looks: &[Look]) -> f32 {
    looks.last().and_then(|look| look.exact).expect("a task is exact")
}

#[test]
fn the_default_run_reverses_99_of_100() {
    let looks = trained(&default_run("reverse"));
    assert!(exact(&looks) >= 0.99, "{}", exact(&looks));
}

#[test]
fn the_default_run_adds_95_of_100() {
    let looks = trained(&default_run("addition"));
    assert!(exact(&looks) >= 0.95, "{}", exact(&looks));
}

#[test]
fn the_slower_tasks_are_right_in_95_of_100_too() {
    for key in ["modular", "dyck", "dedupe", "palindrome"] {
        let looks = trained(&default_run(key));
        assert!(exact(&looks) >= 0.95, "{key}: {}", exact(&looks));
    }
}

#[test]
fn the_default_run_forms_an_induction_head() {
    let looks = trained(&default_run("induction"));
    let best = |look: &Look| look.induction.iter().copied().fold(0.0, f32::max);
    let formed = looks.iter().find(|look| best(look) > 0.5).expect("a head forms");
    let last = looks.last().unwrap();
    println!("# above 0.5 at step {}, {:.2} at the end", formed.step, best(last));
    assert!(best(&looks[0]) < 0.3 && best(last) > 0.5 && exact(&looks) >= 0.95, "{}", exact(&looks));
    // The attention explorer, which is given the kept file, names that head and says the same number.
    let model = ModelSource::File(last.file.clone());
    let scored = Engine::default().run(&ScoreHeads { model }).unwrap().0;
    let named = scored.scores.iter().map(|scores| scores.kind()).filter(|(kind, _)| *kind == Kind::Induction);
    let named = named.map(|(_, score)| score).fold(0.0, f32::max);
    assert!((named - best(last)).abs() < 1e-6, "{named} in the explorer, {} on the board", best(last));
}

#[test]
fn the_exercise_is_solved_by_its_rate_and_not_before() {
    let with = |rate: f32| {
        let mut job = default_run("reverse");
        (job.training.steps, job.training.learning_rate) = (100, rate);
        (job.training.warmup, job.training.sample_every) = (5, 2);
        exact(&trained(&job))
    };
    assert_eq!(with(3e-4), 0.0, "the lesson says: not a single right answer");
    assert!(with(3e-3) >= 0.99);
}

#[test]
fn going_back_to_a_kept_step_gives_the_same_steps_again() {
    let engine = Engine::default();
    let (stopped, updates) = engine.run(&short(12)).unwrap();
    assert_eq!((stopped.step, stopped.why), (12, Stopped::Finished));
    let all = looks(&updates);
    assert_eq!(all.iter().map(|look| look.step).collect::<Vec<_>>(), [0, 4, 8, 12]);
    let again = RunBoard { from: Some(all[1].file.clone()), ..short(12) };
    let (_, repeated) = engine.run(&again).unwrap();
    assert_eq!(opened(&repeated).step, 4);
    assert_eq!(losses(&repeated), losses(&updates)[4..]);
    assert_eq!(looks(&repeated).last().unwrap().chances, all[3].chances);

    let mut forked = again.clone();
    forked.training.learning_rate *= 0.5;
    let (_, other) = engine.run(&forked).unwrap();
    assert_eq!(losses(&other)[0], losses(&updates)[4], "the first step starts from the same weights");
    assert_ne!(losses(&other).last(), losses(&updates).last());

    let foreign = RunBoard { source: Source::Task("sort".into()), ..again };
    assert!(engine.run(&foreign).unwrap_err().to_string().contains("something else"));
}

#[test]
fn a_look_has_a_distribution_for_every_token_of_the_shown_answers() {
    let (_, updates) = Engine::default().run(&short(4)).unwrap();
    let opened = opened(&updates);
    assert_eq!((opened.shown.len(), opened.measured, opened.vocabulary.len()), (12, 200, 11));
    assert_eq!(opened.shown[0].tokens.len(), 17);
    assert_eq!(opened.shown[0].answer_from, 9);
    for look in looks(&updates) {
        assert_eq!(look.chances.len(), 12 * 8 * 11);
        assert!(look.chances.chunks(11).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-4));
        assert_eq!(look.attention.len(), 8 * opened.reading.len().pow(2));
        assert_eq!(look.induction.len(), 8);
        assert_eq!(look.map.points.len(), 11, "a point for each token");
        assert!(look.map.points.iter().flatten().all(|x| x.abs() <= 1.0) && look.map.shown > 0.0);
    }
}

#[test]
fn a_paused_run_leaves_a_look_behind() {
    let engine = Engine::default();
    let job = RunBoard { steps: Some(3), ..short(12) };
    let (stopped, updates) = engine.run(&job).unwrap();
    assert_eq!((stopped.step, stopped.why), (3, Stopped::StepsDone));
    assert_eq!(looks(&updates).last().unwrap().step, 3);
}

#[test]
fn a_text_has_its_baselines_and_is_written_on() {
    let shape = ModelShape { n_layers: 1, n_heads: 2, d_model: 16, context: 16, tied_head: true };
    let mut job = RunBoard { source: Source::Text(rhyme(30)), shape, ..short(4) };
    job.training.steps = 4;
    let (_, updates) = Engine::default().run(&job).unwrap();
    let opened = opened(&updates);
    let counted = opened.counted.unwrap();
    assert!(counted.trigram < 0.5 * counted.unigram && counted.unigram < opened.uniform_loss, "{counted:?}");
    let last = *looks(&updates).last().unwrap();
    assert!(last.exact.is_none() && last.written.chars().count() > 40, "{last:?}");
    job.source = Source::Text(" ".into());
    assert!(Engine::default().run(&job).unwrap_err().to_string().contains("empty"));
}
