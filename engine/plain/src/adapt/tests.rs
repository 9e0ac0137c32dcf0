//! The jobs as a worker runs them, on a small model that is trained here first.

use super::*;
use crate::testing::{ready, run};
use engine_core::{config::TrainConfig, first_weights::fresh, jobs::adapt::Targets, tokenizer::Chars};

const OLD: &str = "the cat sat on the mat and the dog sat on the log. ";
const NEW: &str = "a dog and a cat met at the old gate; then the cat got the hat. ";

/// A model that knows the old text.
fn model() -> Vec<u8> {
    let text = OLD.repeat(20);
    let tokenizer = Tokenizer::Chars(Chars::from_text(&(text.clone() + NEW)));
    let vocab_size = tokenizer.vocab_size();
    let config = GptConfig { vocab_size, n_layers: 2, n_heads: 2, d_model: 16, context: 16, tied_head: true };
    let training = TrainConfig { steps: 120, learning_rate: 1e-2, warmup: 5, ..TrainConfig::default() };
    let corpus = Corpus::new(&text, &tokenizer, config.context).unwrap();
    let mut model = Gpt::new(config, fresh(&config, engine_core::config::FirstWeights::ByWidth, 1));
    let (mut adam, mut grads) = (Adam::new(&model), model.gradients());
    for step in 0..training.steps {
        let (x, y) = corpus.batch(1, step, training.batch, config.context);
        ready(train_step(&mut model, &mut adam, &mut grads, &training, (&x, &y), async || Ok(()))).unwrap();
    }
    ModelFile { config, tokenizer, weights: model.weights(), training: None }.write(Precision::F32)
}

fn job(model: &[u8], method: Method) -> Adapt {
    let setup = Setup { steps: 40, rate: 2e-2, full_rate: 1e-2, ..Setup::default() };
    let (text, old_text) = (NEW.repeat(20), OLD.repeat(20));
    Adapt { model: model.to_vec(), text, old_text, method, setup, prompt: "the ".into() }
}

#[test]
fn every_method_learns_the_new_text_from_the_same_start() {
    let file = model();
    let config = ModelFile::read(&file).unwrap().config;
    let mut starts = Vec::new();
    for method in Method::ALL {
        let job = job(&file, method);
        let (told, answer) = run(&job);
        let run = answer.unwrap();
        let steps: Vec<u32> = run.points.iter().map(|point| point.step).collect();
        assert_eq!(steps, (0..=20).map(|at| 2 * at).collect::<Vec<u32>>(), "{method:?}");
        assert_eq!(told.len(), 20, "every point but the last is told");
        let (first, last) = (run.points[0], run.points[20]);
        assert!(last.new < first.new - 0.1, "{method:?}: {first:?}, {last:?}");
        starts.push(first);
        assert_eq!(run.trainable, job.setup.trainable(&config, method), "{method:?}");
        let bytes = 4 * run.trainable;
        assert_eq!((run.held.learned, run.held.gradients, run.held.adam), (bytes, bytes, 2 * bytes));
        let frozen = match method {
            Method::Lora => 4 * config.parameters(),
            Method::Qlora => run.held.frozen,
            _ => 4 * config.parameters() - bytes,
        };
        assert_eq!(run.held.frozen, frozen, "{method:?}");
        let end = run.end.unwrap();
        assert_ne!(end.before, end.after, "{method:?}");
        assert_eq!(end.merge_gap.is_some(), method.has_adapters());
        assert!(end.merge_gap.unwrap_or_default() < 1e-3, "{:?}", end.merge_gap);
        assert_eq!(end.adapter.is_empty(), !method.has_adapters());
        let still = matches!(method, Method::Biases | Method::Head);
        assert_eq!(end.spectrum.len(), if still { 0 } else { 16 }, "{method:?}");
        assert_eq!(end.matrix, "blocks.1.attn.qkv.weight");
        if method.has_adapters() {
            let rest = end.spectrum[4..].iter().fold(0.0f32, |most, x| most.max(*x));
            assert!(end.spectrum[3] > 100.0 * rest, "rank 4: {:?}", end.spectrum);
        }
    }
    // Nothing is changed before the first step, but by four bits.
    assert!(starts.iter().enumerate().all(|(at, start)| (at == 2) == (*start != starts[0])), "{starts:?}");
}

#[test]
fn four_bits_take_an_eighth_and_the_same_seed_gives_the_same_bits() {
    let file = model();
    let [once, again] = [(), ()].map(|()| run(&job(&file, Method::Qlora)).1.unwrap());
    assert_eq!(once, again);
    let plain = run(&job(&file, Method::Lora)).1.unwrap();
    let config = ModelFile::read(&file).unwrap().config;
    let matrices: usize = Slot::all(config.n_layers).map(|slot| slot.shape(&config).iter().product::<usize>()).sum();
    let saved = plain.held.frozen - once.held.frozen;
    let left = (4 * matrices - saved) as f64 * 8.0 / matrices as f64;
    assert!((4.1..4.3).contains(&left), "{left} bits a number");
    assert_eq!(once.held.learned, plain.held.learned);
}

#[test]
fn an_adapter_is_put_on_again_and_taken_off() {
    let file = model();
    let end = run(&job(&file, Method::Lora)).1.unwrap().end.unwrap();
    let ask = |model: &[u8], adapter: Option<&[u8]>| {
        let (model, adapter) = (model.to_vec(), adapter.map(<[u8]>::to_vec));
        run(&TryAdapter { model, adapter, prompt: "the ".into(), tokens: SAMPLE, seed: 1 }).1
    };
    let on = ask(&file, Some(&end.adapter)).unwrap();
    assert_eq!((on.rank, on.alpha, on.matrices), (4, 8.0, 8));
    assert_eq!(on.text, end.after);
    assert_eq!(ask(&end.model, None).unwrap().text, end.after, "merged, it writes the same");
    assert_eq!(ask(&file, None).unwrap().text, end.before);
    let other = ask(&end.model, Some(&end.adapter)).unwrap_err();
    assert!(other.to_string().contains("trained on another model"), "{other}");
    let broken = ask(&file, Some(&end.adapter[..50])).unwrap_err();
    assert!(broken.to_string().ends_with('.'));
}

#[test]
fn requests_that_cannot_be_met_get_a_sentence() {
    let file = model();
    let says = |change: &dyn Fn(&mut Adapt), words: &str| {
        let mut job = job(&file, Method::Lora);
        change(&mut job);
        let why = run(&job).1.unwrap_err().to_string();
        assert!(why.contains(words), "{why}");
    };
    says(&|job| job.text = "a dog".into(), "The new text: The text has only 5 tokens");
    says(&|job| job.old_text.clear(), "The old text: The text is empty");
    says(&|job| job.model.truncate(9), "file");
    says(&|job| job.setup.targets = Targets { qkv: false, proj: false, up: false, down: false }, "at least one");
}
