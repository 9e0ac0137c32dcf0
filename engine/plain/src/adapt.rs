//! Adapting a trained model: see [`engine_core::jobs::adapt`].

use crate::{
    gpt::{Adam, Adapter, Frozen, Gpt, Slot, added, evaluate, train_step, write},
    run::Context,
};
use engine_core::{
    adapter_file::AdapterFile,
    config::GptConfig,
    corpus::{Corpus, check},
    fingerprint::Fingerprint,
    job::{Job, JobError},
    jobs::adapt::{Adapt, Adapted, Adapting, Held, MAX_PARAMETERS, Method, POINTS, Point, Setup, Tried, TryAdapter},
    model_file::ModelFile,
    quantize::blocks::Blocks,
    reference::gpt::Weights,
    rng::{Rng, Stream},
    sampling::Sampling,
    spectrum::singular_values,
    tensor_file::Precision,
    tokenizer::Tokenizer,
};

/// Tokens of a sample.
const SAMPLE: u32 = 48;
/// The most tokens that are written on demand.
const MOST_TOKENS: u32 = 400;
/// Above so many rows and columns a spectrum would take too long.
const SIDE: usize = 256;

pub(crate) async fn train(job: Adapt, cx: Context<Adapt>) -> Result<Adapting, JobError> {
    job.setup.validate().map_err(JobError::Invalid)?;
    let ModelFile { config, tokenizer, weights, .. } = open(&job.model)?;
    let new = corpus("new", &job.text, &tokenizer, config.context)?;
    let old = corpus("old", &job.old_text, &tokenizer, config.context)?;
    cx.checkpoint().await?;
    // Bytes stand for every character; only single characters may be unknown.
    let characters = matches!(tokenizer, Tokenizer::Chars(_)).then(|| tokenizer.encode(&job.text).unknown);
    let unknown = characters.into_iter().flatten().collect();
    let base = fingerprint(&weights);
    let mut model = Gpt::new(config, weights);
    let before = sample(&model, &tokenizer, &job.prompt, job.setup.seed, SAMPLE, &cx).await?;
    prepare(&mut model, job.method, &job.setup).map_err(JobError::Invalid)?;

    let training = job.setup.training(job.method);
    let (mut adam, mut grads) = (Adam::new(&model), model.gradients());
    let mut run =
        Adapting { parameters: config.parameters(), trainable: model.trainable(), unknown, ..Adapting::default() };
    let learned = size_of::<f32>() * run.trainable;
    run.held = Held {
        frozen: model.bytes() - learned,
        learned,
        gradients: grads.bytes(),
        adam: adam.bytes(),
        kept: kept(&model, &new, job.setup.batch),
    };
    cx.checkpoint().await?;
    let measured = [&new, &old].map(|corpus| corpus.validation(config.context));
    loop {
        let step = adam.steps();
        if step == training.steps || step * POINTS / training.steps >= run.points.len() as u32 {
            let mut losses = [0.0; 2];
            for (loss, (inputs, targets)) in losses.iter_mut().zip(&measured) {
                *loss = evaluate(&model, inputs, targets, async || cx.checkpoint().await).await?;
            }
            let [new, old] = losses;
            run.points.push(Point { step, new, old });
            if step == training.steps {
                break;
            }
            cx.update(&run);
        }
        let (inputs, targets) = new.batch(training.seed, step, training.batch, config.context);
        let between = async || cx.checkpoint().await;
        let (_, outcome) =
            train_step(&mut model, &mut adam, &mut grads, &training, (&inputs, &targets), between).await?;
        if !outcome.grad_norm.is_finite() {
            return Err(JobError::Invalid(format!(
                "After {step} steps the numbers grew beyond all bounds. Choose a lower learning rate, or a smaller alpha."
            )));
        }
    }
    let after = sample(&model, &tokenizer, &job.prompt, job.setup.seed, SAMPLE, &cx).await?;
    let merged = model.weights();
    let (slot, change) = change(&job, &model, &merged)?;
    cx.checkpoint().await?;
    let spectrum = change.map_or(Vec::new(), |change| singular_values(&change, slot.shape(&config)[1]));
    cx.checkpoint().await?;
    run.end = Some(Adapted {
        before,
        after,
        adapter: adapter(&job, &model, base),
        merge_gap: job.method.has_adapters().then(|| merge_gap(&model, &merged, &new)),
        model: ModelFile { config, tokenizer, weights: merged, training: None }.write(Precision::F32),
        matrix: slot.name(),
        spectrum: spectrum.into_iter().map(|value| value as f32).collect(),
    });
    Ok(run)
}

pub(crate) async fn try_on(job: TryAdapter, cx: Context<TryAdapter>) -> Result<Tried, JobError> {
    if job.tokens == 0 || job.tokens > MOST_TOKENS {
        return Err(JobError::Invalid(format!(
            "Choose 1 to {MOST_TOKENS} tokens to write; {} were asked for.",
            job.tokens
        )));
    }
    let ModelFile { config, tokenizer, weights, .. } = open(&job.model)?;
    let mut tried = Tried::default();
    let base = fingerprint(&weights);
    let mut model = Gpt::new(config, weights);
    if let Some(bytes) = &job.adapter {
        let file = AdapterFile::read(bytes, &config).map_err(JobError::Invalid)?;
        if file.base != base {
            return Err(JobError::Invalid(
                "This adapter was trained on another model: beside these weights its numbers mean nothing. Choose the \
                 model that it was trained on."
                    .into(),
            ));
        }
        (tried.rank, tried.alpha, tried.matrices) = (file.rank, file.alpha, file.pairs.len());
        put_on(&mut model, file);
    }
    tried.text = sample(&model, &tokenizer, &job.prompt, job.seed, job.tokens, &cx).await?;
    Ok(tried)
}

fn open(bytes: &[u8]) -> Result<ModelFile, JobError> {
    let file = ModelFile::read(bytes).map_err(JobError::Invalid)?.without_training();
    match file.config.parameters() {
        many if many > MAX_PARAMETERS => Err(JobError::Invalid(format!(
            "This model has {many} numbers; models of at most {MAX_PARAMETERS} are adapted here. Choose a smaller one."
        ))),
        _ => Ok(file),
    }
}

fn corpus(which: &str, text: &str, tokenizer: &Tokenizer, context: usize) -> Result<Corpus, JobError> {
    let said = |why: String| JobError::Invalid(format!("The {which} text: {why}"));
    check(text).map_err(said)?;
    Corpus::new(text, tokenizer, context).map_err(said)
}

/// A short name of all weights.
fn fingerprint(weights: &Weights) -> u32 {
    weights.values().flatten().copied().collect::<Fingerprint>().value()
}

/// Freezes what is not learned, and puts adapters beside it.
fn prepare(model: &mut Gpt, method: Method, setup: &Setup) -> Result<(), String> {
    model.train_only(|name| method.trains(name));
    if !method.has_adapters() {
        return Ok(());
    }
    let mut rng = Rng::new(setup.seed, Stream::Init);
    for slot in model.slots() {
        let chosen = setup.targets.all()[slot.which as usize];
        if method == Method::Lora && !chosen {
            continue;
        }
        let own = model.matrix(slot).expect("nothing was swapped before");
        let frozen = match method {
            Method::Qlora => Frozen::Four(Blocks::of(own, setup.levels, setup.double)?),
            _ => Frozen::Float(own.to_vec()),
        };
        let rank = if chosen { setup.rank } else { 0 };
        model.swap(slot, Box::new(Adapter::new(slot.shape(model.config()), frozen, rank, setup.scale(), &mut rng)));
    }
    Ok(())
}

/// Puts a saved adapter beside a model's matrices.
fn put_on(model: &mut Gpt, file: AdapterFile) {
    let scale = file.alpha / file.rank as f32;
    for slot in model.slots() {
        let Some(learned) = file.pairs.get(slot.name().trim_end_matches(".weight")) else { continue };
        let (shape, own) =
            (slot.shape(model.config()), model.matrix(slot).expect("nothing was swapped before").to_vec());
        model.swap(slot, Box::new(Adapter::with(shape, Frozen::Float(own), file.rank, scale, learned.clone())));
    }
}

/// The learned adapters as a file; nothing if there are none.
fn adapter(job: &Adapt, model: &Gpt, base: u32) -> Vec<u8> {
    let learned = |slot: Slot| {
        let learned = model.swapped(slot)?.learned();
        (!learned.is_empty()).then(|| (slot.name().trim_end_matches(".weight").to_owned(), learned.to_vec()))
    };
    let pairs = model.slots().filter_map(learned).collect();
    let Setup { rank, alpha, .. } = job.setup;
    if job.method.has_adapters() { AdapterFile { rank, alpha, base, pairs }.write(model.config()) } else { Vec::new() }
}

/// How far the last block's first chosen matrix has moved; none if it has not, or is too large to look at.
fn change(job: &Adapt, model: &Gpt, merged: &Weights) -> Result<(Slot, Option<Vec<f32>>), JobError> {
    let chosen = job.setup.targets.all();
    let mut last = model.slots().filter(|slot| slot.layer + 1 == model.config().n_layers);
    let slot = last.find(|slot| chosen[slot.which as usize]).expect("one matrix is chosen");
    let shape = slot.shape(model.config());
    if shape[0].min(shape[1]) > SIDE {
        return Ok((slot, None));
    }
    let moved = match (job.method, model.swapped(slot)) {
        (Method::Biases | Method::Head, _) => None,
        (_, Some(matrix)) => Some(added(shape, job.setup.rank, job.setup.scale(), matrix.learned())),
        (_, None) => {
            // The file is read again, so that no second copy was held while training.
            let before = &open(&job.model)?.weights[&slot.name()];
            Some(merged[&slot.name()].iter().zip(before).map(|(after, before)| after - before).collect())
        }
    };
    Ok((slot, moved))
}

/// The largest difference of any logit between the model as it stands and one with its merged weights, on one window.
fn merge_gap(model: &Gpt, merged: &Weights, corpus: &Corpus) -> f32 {
    let config = *model.config();
    let (inputs, _) = corpus.validation(config.context);
    let window = &inputs[..config.context];
    let merged = Gpt::new(config, merged.clone());
    let [apart, one] = [model, &merged].map(|model| model.logits(window, config.context));
    apart.iter().zip(&one).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

/// Bytes that the forward pass of one micro-batch keeps.
fn kept(model: &Gpt, corpus: &Corpus, batch: usize) -> usize {
    let GptConfig { context, .. } = *model.config();
    let (inputs, _) = corpus.batch(0, 0, model.config().micro_batch(batch), context);
    model.forward(&inputs, context).bytes()
}

async fn sample<J: Job>(
    model: &Gpt,
    tokenizer: &Tokenizer,
    prompt: &str,
    seed: u64,
    tokens: u32,
    cx: &Context<J>,
) -> Result<String, JobError> {
    let sampling = Sampling { seed, ..Sampling::default() };
    write(model, tokenizer, prompt, tokens, &sampling, async || cx.checkpoint().await).await
}

#[cfg(test)]
mod lessons;
#[cfg(test)]
mod tests;
