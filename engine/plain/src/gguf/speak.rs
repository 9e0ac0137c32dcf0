//! Reading a prompt, then saying token after token.

use super::{Session, session};
use crate::{llama::Decoder, run::Context};
use engine_core::{
    job::JobError,
    jobs::{
        TokenChance,
        gguf::{SaidToken, SpeakGguf, Speaking, Speech, SpeechEnd, Spoken},
    },
    rng::{Rng, Stream},
    sampling::{self, Sampling},
    tokenizer::Gpt2Tokenizer,
};
use kernels::softmax::softmax;

/// So many tokens of a prompt go through the blocks together: each block of weights is unpacked once for all of them.
const TOGETHER: usize = 32;
/// Between two checkpoints so many milliseconds pass, about: one block of weights with the tokens that go together.
const PIECE_MS: f64 = 12.0;
/// The most tokens one job may say.
const MOST_TOKENS: u32 = 4096;
/// A token so far below the best, in temperatures, weighs e⁻³⁰ of it, and a whole vocabulary of these less than what a
/// probability is rounded by.
const FARTHEST: f32 = 30.0;
/// The most candidates that are told for each token.
const MOST_BEST: usize = 100;

pub(crate) async fn speak(job: SpeakGguf, cx: Context<SpeakGguf>) -> Result<Spoken, JobError> {
    job.sampling.validate().map_err(JobError::Invalid)?;
    if !(1..=MOST_TOKENS).contains(&job.tokens) {
        return Err(JobError::Invalid(format!(
            "{} tokens were asked for; from 1 to {MOST_TOKENS} can be said.",
            job.tokens
        )));
    }
    let session = session(cx.sessions(), job.session)?;
    if session.loading.borrow().is_some() {
        return Err(JobError::Invalid("The model is not loaded yet.".into()));
    }
    let prompt = prompt(&job.input, &session).map_err(JobError::Invalid)?;
    // An older run gives the model back at its next checkpoint.
    let mut decoder = loop {
        if let Some(decoder) = session.decoder.take() {
            break decoder;
        }
        cx.checkpoint().await?;
    };
    let mut speaker = Speaker { decoder: &mut decoder, session: &session, cx: &cx, looked_up: cx.now() };
    let spoken = speaker.run(&job, &prompt).await;
    session.decoder.replace(Some(decoder));
    spoken
}

/// The tokens to go on with.
fn prompt(input: &Speech, session: &Session) -> Result<Vec<u32>, String> {
    let ids = match input {
        Speech::Text(text) => session.tokenizer.encode(text),
        Speech::Chat(messages) if messages.is_empty() => Vec::new(),
        Speech::Chat(messages) => session.chat.as_ref().map_err(Clone::clone)?.encode(&session.tokenizer, messages),
    };
    let most = session.context;
    match ids.len() {
        0 => Err("There is nothing to go on with. Type a few words.".into()),
        count if count < most => Ok(ids),
        count if matches!(input, Speech::Chat(_)) => Err(format!(
            "The chat has become {count} tokens long, and the model remembers {most}. Begin a new chat, or shorten this one."
        )),
        count => Err(format!("The text has {count} tokens, and the model remembers {most}. Shorten it.")),
    }
}

/// A model at work.
struct Speaker<'a> {
    decoder: &'a mut Decoder,
    session: &'a Session,
    cx: &'a Context<SpeakGguf>,
    looked_up: f64,
}

impl Speaker<'_> {
    async fn run(&mut self, job: &SpeakGguf, prompt: &[u32]) -> Result<Spoken, JobError> {
        let started = self.cx.now();
        let same = self.decoder.cache().ids().iter().zip(prompt).take_while(|(a, b)| a == b).count();
        // The last token is always read: its logits are wanted.
        let reused = same.min(prompt.len() - 1);
        self.decoder.keep(reused);
        let mut logits = Vec::new();
        let mut done = reused;
        for ids in prompt[reused..].chunks(TOGETHER) {
            self.cx.update(&Speaking::Read { done, of: prompt.len() });
            done += ids.len();
            logits = self.read(ids, done == prompt.len()).await?;
        }
        let first = self.cx.now();
        let end = self.session.chat.as_ref().ok().map(|chat| chat.end());
        let mut seen = prompt.to_vec();
        let mut text = Text { tokenizer: &self.session.tokenizer, bytes: Vec::new() };
        let why = loop {
            let said = seen.len() - prompt.len();
            let pick = pick(&logits, &seen, &job.sampling, said as u32);
            if Some(pick.id) == end {
                break SpeechEnd::Finished;
            }
            seen.push(pick.id);
            text.say(pick.id);
            self.cx.update(&Speaking::Said(SaidToken {
                text: text.shown(),
                id: pick.id,
                token: text.tokenizer.show(pick.id),
                probability: pick.probability,
                uniform: pick.uniform,
                chances: chances(&logits, text.tokenizer, job.best.min(MOST_BEST)),
            }));
            if said + 1 == job.tokens as usize {
                break SpeechEnd::Length;
            }
            if self.decoder.cache().ids().len() == self.session.context {
                break SpeechEnd::Full;
            }
            logits = self.read(&[pick.id], true).await?;
        };
        let ids = seen.split_off(prompt.len());
        let seconds = ((self.cx.now() - first) / 1e3).max(1e-6);
        // The first token was there when the prompt had been read; the end of a turn was read up to, too.
        let after = if why == SpeechEnd::Finished { ids.len() } else { ids.len() - 1 };
        Ok(Spoken {
            text: String::from_utf8_lossy(&text.bytes).into_owned(),
            ids,
            end: why,
            prompt_tokens: prompt.len(),
            reused,
            prefill_ms: first - started,
            tokens_per_s: after as f64 / seconds,
        })
    }

    /// Reads tokens after what is remembered, with pauses; the logits after the last, if they are wanted.
    async fn read(&mut self, ids: &[u32], wanted: bool) -> Result<Vec<f32>, JobError> {
        let mut reading = self.decoder.begin(ids);
        while self.decoder.next_block(&mut reading) {
            self.cx.look_up(&mut self.looked_up, PIECE_MS).await?;
        }
        let logits = self.decoder.finish(reading, wanted);
        if logits.iter().any(|logit| !logit.is_finite()) {
            return Err(JobError::Invalid(
                "The model computed a number that is none, so it cannot go on: its file is damaged. Fetch it anew."
                    .into(),
            ));
        }
        Ok(logits)
    }
}

/// What was said, as bytes: a token may end in the middle of a character.
struct Text<'a> {
    tokenizer: &'a Gpt2Tokenizer,
    bytes: Vec<u8>,
}

impl Text<'_> {
    fn say(&mut self, id: u32) {
        self.bytes.extend(self.tokenizer.decode(&[id]));
    }

    /// The text without a character at its end that is not whole yet.
    fn shown(&self) -> String {
        let unfinished = self.bytes.utf8_chunks().last().map_or(0, |chunk| {
            // An invalid end of up to three bytes may become valid with the next token.
            if chunk.invalid().len() < 4 && !chunk.invalid().is_empty() { chunk.invalid().len() } else { 0 }
        });
        String::from_utf8_lossy(&self.bytes[..self.bytes.len() - unfinished]).into_owned()
    }
}

/// A token that was drawn.
struct Pick {
    id: u32,
    probability: f32,
    uniform: f64,
}

/// Draws the next token as [`sampling`] does it, but from the few that its settings leave: sorting a whole vocabulary takes
/// as long as half the model.
fn pick(logits: &[f32], seen: &[u32], sampling: &Sampling, index: u32) -> Pick {
    let changed =
        (sampling.repetition_penalty != 1.0).then(|| sampling::penalised(logits, seen, sampling.repetition_penalty));
    let left = left(changed.as_deref().unwrap_or(logits), sampling);
    let few: Vec<f32> = left.iter().map(|(_, logit)| *logit).collect();
    let probabilities = sampling::distribution(&few, sampling);
    let uniform = Rng::new(sampling.seed, Stream::Token(index)).uniform();
    let drawn = sampling::draw(&probabilities, uniform);
    Pick { id: left[drawn].0 as u32, probability: probabilities[drawn], uniform }
}

/// The tokens that can be drawn, with their logits, by id: in that order a draw lays them end to end.
fn left(logits: &[f32], sampling: &Sampling) -> Vec<(usize, f32)> {
    let few = if sampling.temperature == 0.0 { 1 } else { sampling.top_k };
    if few > 0 {
        let mut left = sampling::top(logits, few);
        left.sort_unstable_by_key(|(id, _)| *id);
        return left;
    }
    let best = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let least = best - sampling.temperature * FARTHEST;
    logits.iter().copied().enumerate().filter(|(_, logit)| *logit >= least).collect()
}

/// The likeliest tokens with their probabilities at temperature 1.
fn chances(logits: &[f32], tokenizer: &Gpt2Tokenizer, best: usize) -> Vec<TokenChance> {
    if best == 0 {
        return Vec::new();
    }
    let mut probabilities = logits.to_vec();
    softmax(&mut probabilities, 1.0);
    let best = sampling::top(&probabilities, best).into_iter();
    best.map(|(id, probability)| TokenChance { token: tokenizer.show(id as u32), probability }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the settings, the few that are left give the draw that the whole vocabulary gives.
    #[test]
    fn a_draw_from_the_few_is_the_draw_from_all() {
        let mut random = Rng::new(3, Stream::Init);
        let logits: Vec<f32> = (0..5000).map(|_| 5.0 * random.normal()).collect();
        let settings = [
            Sampling { temperature: 0.0, ..Sampling::PLAIN },
            Sampling { temperature: 0.2, top_p: 0.9, repetition_penalty: 1.1, ..Sampling::PLAIN },
            Sampling { top_k: 7, ..Sampling::PLAIN },
            Sampling { temperature: 1.5, top_k: 40, top_p: 0.8, ..Sampling::PLAIN },
            Sampling { temperature: 3.0, min_p: 0.01, ..Sampling::PLAIN },
            Sampling::PLAIN,
        ];
        for sampling in settings {
            let seen = [1, 2, 3, 4999];
            let all =
                sampling::distribution(&sampling::penalised(&logits, &seen, sampling.repetition_penalty), &sampling);
            let mut different = std::collections::BTreeSet::new();
            for index in 0..60 {
                let ours = pick(&logits, &seen, &sampling, index);
                assert_eq!(ours.id as usize, sampling::draw(&all, ours.uniform), "{sampling:?}");
                assert!((ours.probability - all[ours.id as usize]).abs() < 1e-6, "{sampling:?}");
                different.insert(ours.id);
            }
            assert!(different.len() > 1 || sampling.temperature == 0.0 || sampling.temperature == 0.2, "{sampling:?}");
        }
    }
}
