//! Writing under budgets: see [`engine_core::jobs::edge`]. The likeliest token is taken each time.

use crate::run::Context;
use engine_core::{
    config::GptConfig,
    decoder::Decoder,
    edge::{plan::plan, schedule::Schedule},
    job::JobError,
    jobs::edge::{EdgeReport, RunAtEdge},
    model_file::ModelFile,
    sampling,
};

pub(crate) async fn run(job: RunAtEdge, cx: Context<RunAtEdge>) -> Result<EdgeReport, JobError> {
    job.validate().map_err(JobError::Invalid)?;
    cx.checkpoint().await?;
    let ModelFile { config, tokenizer, mut weights, .. } = ModelFile::read(&job.file).map_err(JobError::Invalid)?;
    let context = job.context.min(config.context);
    let needs = plan(&config, 32, context);
    if needs.all() > job.memory {
        return Err(JobError::Invalid(format!(
            "The model needs {} bytes: {} for its weights, {} for keys and values of {context} tokens, {} to compute in. \
             The budget is {}. Choose a shorter context, a smaller model or a larger budget.",
            needs.all(),
            needs.weights,
            needs.cache,
            needs.work,
            job.memory
        )));
    }
    if let Some(positions) = weights.get_mut("pos_emb") {
        positions.truncate(context * config.d_model);
    }
    let mut seen = tokenizer.encode(&job.prompt).ids;
    if seen.is_empty() {
        return Err(JobError::Invalid("The model knows no character of your prompt. Write another one.".into()));
    }
    let mut reader = Decoder::new(GptConfig { context, ..config }, &weights);
    drop(weights);
    let (mut schedule, first) = Schedule::begin(context, seen.len());
    let mut work = [first.work(&config), 0];
    if work[0] > job.work {
        return Err(JobError::Invalid(format!(
            "Reading the {} tokens of the prompt alone takes {} operations; the budget is {}. Shorten the prompt, or allow \
             more.",
            first.count, work[0], job.work
        )));
    }
    let began = cx.now();
    let mut logits = read_on(&mut reader, &seen[seen.len() - first.count..]);
    let read_ms = cx.now() - began;
    let (mut token_ms, mut written, mut spent) = (Vec::new(), Vec::new(), false);
    while written.len() < job.tokens {
        let step = schedule.next_step();
        let price = step.work(&config);
        if work[0] + price > job.work {
            spent = true;
            break;
        }
        let next = sampling::top(&logits, 1)[0].0 as u32;
        written.push(next);
        seen.push(next);
        cx.checkpoint().await?;
        let began = cx.now();
        if step.anew {
            reader.clear();
        }
        logits = read_on(&mut reader, &seen[seen.len() - step.count.min(seen.len())..]);
        token_ms.push(cx.now() - began);
        work = work.map(|all| all + price);
    }
    let text = tokenizer.decode(&written);
    Ok(EdgeReport { plan: needs, context, read: first.count, read_ms, token_ms, work, text, spent })
}

/// Reads one token after another: there is room to compute one at a time.
fn read_on(reader: &mut Decoder, ids: &[u32]) -> Vec<f32> {
    ids.iter().fold(Vec::new(), |_, id| reader.read(&[*id]))
}
