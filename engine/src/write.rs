//! Writing with everything shown: the strip of each draw, or the beams of each step.

use crate::{
    generate::{self, Model, open},
    gpt::Decoder,
    run::Context,
};
use engine_core::{
    beam::{self, Beam},
    job::JobError,
    jobs::write::{BeamText, DrawnToken, How, TokenStretch, Write, WrittenText, Wrote},
    sampling::{self, Sampling},
    tokenizer::Tokenizer,
    writer::or_start,
};

/// The most tokens one job may add.
const MOST_TOKENS: u32 = 200;
/// The most beams that are kept.
const MOST_BEAMS: usize = 16;
/// Stretches narrower than this are put together.
const NARROW: f64 = 0.004;

pub(crate) async fn run(job: Write, cx: Context<Write>) -> Result<WrittenText, JobError> {
    if job.tokens == 0 || job.tokens > MOST_TOKENS {
        return Err(JobError::Invalid(format!(
            "{} tokens were asked for; between 1 and {MOST_TOKENS} can be written.",
            job.tokens
        )));
    }
    let Write { model, prompt, how, tokens } = job;
    let model = open(model, cx.sessions()).await?;
    let encoded = model.tokenizer.encode(&prompt);
    let unknown = encoded.unknown.into_iter().collect();
    let prompt = or_start(encoded.ids, &model.tokenizer);
    let (text, log_probability) = match how {
        How::Draw(sampling) => draw(&model, &prompt, sampling, tokens, &cx).await?,
        How::Beam { width } => beams(&model, &prompt, width, tokens, &cx).await?,
    };
    Ok(WrittenText { text, log_probability, unknown })
}

async fn draw(
    model: &Model,
    prompt: &[u32],
    sampling: Sampling,
    tokens: u32,
    cx: &Context<Write>,
) -> Result<(String, f64), JobError> {
    sampling.validate().map_err(JobError::Invalid)?;
    let Model { config, weights, tokenizer } = model;
    let mut writer = generate::writer(*config, weights, prompt);
    let (mut written, mut sum) = (Vec::new(), 0.0);
    for _ in 0..tokens {
        let pick = writer.next(&sampling);
        let id = pick.id as usize;
        let of_model = sampling::distribution(&pick.logits, &Sampling::PLAIN);
        sum += f64::from(of_model[id]).ln();
        written.push(pick.id);
        let strip = sampling::strip(&pick.probabilities, id, NARROW).into_iter();
        let shown = |stretch: sampling::Stretch| TokenStretch {
            token: stretch.id.map(|id| tokenizer.show(id)),
            from: stretch.from,
            to: stretch.to,
        };
        cx.update(&Wrote::Token(DrawnToken {
            text: tokenizer.decode(&written),
            token: tokenizer.show(pick.id),
            probability: pick.probabilities[id],
            of_model: of_model[id],
            likeliest: of_model.iter().all(|other| *other <= of_model[id]),
            uniform: pick.uniform,
            strip: strip.map(shown).collect(),
        }));
        cx.checkpoint().await?;
    }
    Ok((tokenizer.decode(&written), sum))
}

async fn beams(
    model: &Model,
    prompt: &[u32],
    width: usize,
    tokens: u32,
    cx: &Context<Write>,
) -> Result<(String, f64), JobError> {
    let Model { config, weights, tokenizer } = model;
    if !(1..=MOST_BEAMS).contains(&width) {
        return Err(JobError::Invalid(format!(
            "{width} beams were asked for; between 1 and {MOST_BEAMS} can be kept."
        )));
    }
    let room = config.context.saturating_sub(tokens as usize).max(1);
    let prompt = &prompt[prompt.len() - prompt.len().min(room)..];
    let most = (config.context - prompt.len() + 1).min(tokens as usize);
    // Beams share nothing but the prompt, so each is read anew: slow and plain, which a small model allows.
    let mut decoder = Decoder::new(*config, weights);
    let mut beams = vec![Beam::start()];
    for _ in 0..most {
        let mut logits = Vec::new();
        for beam in &beams {
            decoder.clear();
            logits.push(decoder.read(&[prompt, &beam.tokens].concat()));
            cx.checkpoint().await?;
        }
        beams = beam::step(&beams, &logits, width);
        cx.update(&Wrote::Beams(beams.iter().map(|beam| shown(tokenizer, beam)).collect()));
    }
    let best = beams.first().map(|beam| shown(tokenizer, beam));
    Ok(best.map_or_else(|| (String::new(), 0.0), |best| (best.text, best.log_probability)))
}

fn shown(tokenizer: &Tokenizer, beam: &Beam) -> BeamText {
    BeamText { text: tokenizer.decode(&beam.tokens), log_probability: beam.log_probability }
}
