//! The jobs as the page uses them: encoded, by name, with updates and cancellation.

use engine_core::{
    config::TrainConfig,
    job::JobError,
    jobs::{
        ModelSource,
        generate::Generate,
        inspect::Inspect,
        model_card::{ExportModel, ReadModel},
        probe::Probe,
        self_test::SelfTest,
        train::{ModelShape, OpenTraining, RunTraining, SaveTraining, Start, Stopped, TokenizerChoice, TrainUpdate},
    },
    sampling::Sampling,
};
use tests::{Engine, rhyme};

const SHAPE: ModelShape = ModelShape { n_layers: 1, n_heads: 2, d_model: 16, context: 16, tied_head: true };

fn training() -> TrainConfig {
    TrainConfig {
        batch: 4,
        steps: 60,
        warmup: 5,
        learning_rate: 1e-2,
        eval_every: 20,
        sample_every: 30,
        ..TrainConfig::default()
    }
}

fn open(session: u64, training: TrainConfig) -> OpenTraining {
    let start = Start::New { tokenizer: TokenizerChoice::Chars, shape: SHAPE, training };
    OpenTraining { session, text: rhyme(30), start }
}

fn losses(updates: &[TrainUpdate]) -> Vec<u32> {
    let bits = updates.iter().filter_map(|u| if let TrainUpdate::Step(s) = u { Some(s.loss.to_bits()) } else { None });
    bits.collect()
}

#[test]
fn training_beats_the_unigram_baseline() {
    let engine = Engine::default();
    let (opened, _) = engine.run(&open(1, training())).unwrap();
    assert!((opened.uniform_loss - (opened.config.vocab_size as f32).ln()).abs() < 1e-6);
    let (stopped, updates) = engine.run(&RunTraining { session: 1, steps: None }).unwrap();
    assert_eq!((stopped.step, stopped.why), (60, Stopped::Finished));
    let last = updates
        .iter()
        .rev()
        .find_map(|u| if let TrainUpdate::Validation { loss, .. } = u { Some(*loss) } else { None });
    assert!(last.unwrap() < opened.unigram_loss, "{last:?} against {}", opened.unigram_loss);
    let Some(TrainUpdate::Sample(sample)) = updates.iter().find(|u| matches!(u, TrainUpdate::Sample(_))) else {
        panic!("no sample came");
    };
    for row in sample.weights.chunks(sample.tokens.len()) {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_resumed_run_is_bit_equal_to_an_unbroken_one() {
    let engine = Engine::default();
    engine.run(&open(1, training())).unwrap();
    let (_, whole) = engine.run(&RunTraining { session: 1, steps: Some(30) }).unwrap();

    engine.run(&open(2, training())).unwrap();
    let (_, first) = engine.run(&RunTraining { session: 2, steps: Some(17) }).unwrap();
    let (saved, _) = engine.run(&SaveTraining { session: 2 }).unwrap();
    let fresh = Engine::default();
    let resume = OpenTraining { session: 9, text: rhyme(30), start: Start::Checkpoint(saved.file) };
    let (opened, _) = fresh.run(&resume).unwrap();
    assert_eq!(opened.step, 17);
    assert_eq!(opened.train_loss.len(), 17);
    let (_, rest) = fresh.run(&RunTraining { session: 9, steps: Some(13) }).unwrap();
    assert_eq!([losses(&first), losses(&rest)].concat(), losses(&whole));
}

#[test]
fn the_same_seed_trains_the_same_and_another_does_not() {
    let run = |seed| {
        let engine = Engine::default();
        engine.run(&open(1, TrainConfig { seed, ..training() })).unwrap();
        losses(&engine.run(&RunTraining { session: 1, steps: Some(5) }).unwrap().1)
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn divergence_is_caught_with_its_step() {
    let engine = Engine::default();
    let wild = TrainConfig { learning_rate: 80.0, warmup: 0, grad_clip: 1e9, ..training() };
    engine.run(&open(1, wild)).unwrap();
    let (stopped, _) = engine.run(&RunTraining { session: 1, steps: None }).unwrap();
    assert!(
        matches!(stopped.why, Stopped::Diverged { since, .. } if since == stopped.step + 1 || since == stopped.step),
        "{stopped:?}"
    );
    assert!(stopped.step < 60);
}

#[test]
fn a_cancelled_run_keeps_its_session_at_a_whole_step() {
    let engine = Engine::default();
    engine.run(&open(1, training())).unwrap();
    engine.cancelled.set(true);
    let cancelled = engine.run(&RunTraining { session: 1, steps: None });
    assert_eq!(cancelled.err(), Some(JobError::Cancelled));
    engine.cancelled.set(false);
    let (stopped, _) = engine.run(&RunTraining { session: 1, steps: Some(2) }).unwrap();
    assert_eq!(stopped.step, 2);
}

#[test]
fn a_trained_model_can_be_exported_read_inspected_and_asked() {
    let engine = Engine::default();
    engine.run(&open(1, training())).unwrap();
    engine.run(&RunTraining { session: 1, steps: Some(40) }).unwrap();
    let (saved, _) = engine.run(&SaveTraining { session: 1 }).unwrap();
    let (file, _) = engine.run(&ExportModel { checkpoint: saved.file.clone() }).unwrap();
    assert!(file.len() < saved.file.len() / 2);
    let (card, _) = engine.run(&ReadModel { file: file.clone() }).unwrap();
    assert_eq!((card.parameters, card.step), (card.config.parameters(), None));

    let ask = |model| Generate { model, prompt: "the ".into(), sampling: Sampling::default(), tokens: 40 };
    let (from_file, updates) = engine.run(&ask(ModelSource::File(file.clone()))).unwrap();
    let (from_session, _) = engine.run(&ask(ModelSource::Session(1))).unwrap();
    assert_eq!(from_file.text, from_session.text);
    assert_eq!(from_file.text.chars().count(), 40, "more than the context of 16 was written");
    assert_eq!(updates.len(), 40);

    let look = Inspect { model: ModelSource::File(file), text: "the cat sat Q".into(), layer: 0, head: 1 };
    let (seen, _) = engine.run(&look).unwrap();
    let n = seen.tokens.len();
    assert_eq!((n, seen.unknown.as_str()), (12, "Q"));
    assert_eq!((seen.layer, seen.head), (0, 1));
    for (i, row) in seen.all_weights[n * n..2 * n * n].chunks(n).enumerate() {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(row[i + 1..].iter().all(|w| *w == 0.0), "the future is hidden");
    }
    // The scores are the dot products of the queries and keys that are shown beside them.
    let dot: f32 = (0..seen.d_head).map(|c| seen.queries[3 * seen.d_head + c] * seen.keys[seen.d_head + c]).sum();
    assert!((dot - seen.scores[3 * n + 1]).abs() < 1e-4);
}

#[test]
fn a_byte_pair_model_trains_and_tells_its_merges() {
    let engine = Engine::default();
    let start = Start::New { tokenizer: TokenizerChoice::Bpe { vocab_size: 280 }, shape: SHAPE, training: training() };
    let (opened, merges) = engine.run(&OpenTraining { session: 1, text: rhyme(30), start }).unwrap();
    assert_eq!((opened.config.vocab_size, merges.len()), (280, 24));
    engine.run(&RunTraining { session: 1, steps: Some(2) }).unwrap();
}

#[test]
fn bad_requests_get_a_sentence() {
    let engine = Engine::default();
    let sentence = |e: Option<JobError>| match e {
        Some(JobError::Invalid(s)) => s,
        other => panic!("{other:?}"),
    };
    let with = |text: &str, shape, training| {
        let start = Start::New { tokenizer: TokenizerChoice::Chars, shape, training };
        sentence(engine.run(&OpenTraining { session: 1, text: text.into(), start }).err())
    };
    assert!(with("", SHAPE, training()).contains("empty"));
    assert!(with("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", SHAPE, training()).contains("nothing to learn"));
    assert!(with(&rhyme(9), ModelShape { n_heads: 3, ..SHAPE }, training()).contains("n_heads"));
    assert!(with(&rhyme(9), SHAPE, TrainConfig { batch: 0, ..training() }).contains("batch"));
    assert!(sentence(engine.run(&ReadModel { file: b"PK zip".to_vec() }).err()).contains("safetensors"));
    let empty = Inspect { model: ModelSource::File(vec![]), text: String::new(), layer: 0, head: 0 };
    assert!(sentence(engine.run(&empty).err()).contains("0 bytes"));
    engine.run(&open(1, training())).unwrap();
    let (saved, _) = engine.run(&SaveTraining { session: 1 }).unwrap();
    let other = OpenTraining { session: 2, text: rhyme(31), start: Start::Checkpoint(saved.file) };
    assert!(sentence(engine.run(&other).err()).contains("not the one"));
    let gone = engine.run(&SaveTraining { session: 77 }).err();
    assert!(matches!(gone, Some(JobError::Device(_))), "{gone:?}");
}

#[test]
fn this_cpu_passes_its_self_test_and_can_be_timed() {
    let engine = Engine::default();
    let (checks, _) = engine.run(&SelfTest).unwrap();
    assert!(checks.len() >= 3 && checks.iter().all(|c| c.passed()), "{checks:?}");
    let probe = Probe { config: SHAPE.with_vocab(65), batch: 2, steps: 2, budget_ms: 1e3 };
    let (probed, _) = engine.run(&probe).unwrap();
    assert!(probed.ms_per_step > 0.0 && probed.tokens_per_s > 0.0);
}

#[test]
fn every_job_that_is_declared_has_one_name_and_a_handler() {
    let jobs = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/core/src/jobs");
    let mut declared = Vec::new();
    for file in std::fs::read_dir(jobs).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let names = text.split("const NAME: &'static str = \"").skip(1).filter_map(|rest| rest.split('"').next());
        declared.extend(names.map(str::to_owned));
    }
    // Asked of the worker that has a GPU, and answered there alone.
    declared.retain(|name| name != "gpu-rate");
    declared.sort();
    assert!(declared.len() > 10);
    let mut handled = [engine::registry().names(), engine_plain::registry().names()].concat();
    handled.sort_unstable();
    assert_eq!(handled, declared);
}
