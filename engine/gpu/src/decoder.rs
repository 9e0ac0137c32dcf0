//! Continuing a text on the GPU with a KV-cache: the prompt in one pass, then one token per replay.

use crate::{
    arena::ALIGN,
    device::{Memory, floats},
    forward::{self, Activations, Sizes},
    gpt::{GpuGpt, Model, check_tokens},
    kernels,
    plan::{Plan, Recorder},
};
use std::sync::Arc;

/// Few enough that no submission of a small model takes long.
const TOKENS_PER_SUBMIT: usize = 8;

/// Reads the parameters of a [`GpuGpt`], as they are at each call.
///
/// The keys and values of a forward pass are the cache: decoding adds a row to them per token.
pub struct Decoder {
    model: Arc<Model>,
    sizes: Sizes,
    /// Tokens in the cache.
    seen: usize,
    prefill: Plan,
    one: Plan,
    activations: Activations,
    /// 0: the newest token's position; from [`ALIGN`] on: all tokens.
    state: Memory,
    logits: Memory,
    _rooms: Vec<Memory>,
}

impl Decoder {
    /// Records the passes for one sequence.
    ///
    /// # Errors
    /// A sentence if the device cannot hold them.
    pub async fn new(gpt: &GpuGpt) -> Result<Self, String> {
        let model = gpt.model().clone();
        let gpu = model.gpu.clone();
        gpu.checked(|| Self::record(model)).await
    }

    fn record(model: Arc<Model>) -> Result<Self, String> {
        let (gpu, config) = (&model.gpu, model.config);
        let sizes = Sizes { config, batch: 1 };
        let (d, context, vocab_size) = (config.d_model, config.context, config.vocab_size);
        let activations = Activations::new(gpu, &sizes)?;
        // One place more than the context: the last pick is written behind the last token.
        let state = gpu.buffer("the tokens", ALIGN + context + 1)?;
        let logits = gpu.buffer("the newest logits", vocab_size)?;
        let room = |columns: usize| gpu.buffer("one token's activations", columns);
        let [stream, middle, mixed, active] = [room(d)?, room(d)?, room(d)?, room(4 * d)?];

        let position = state.part(0, ALIGN);
        let tokens = state.part(ALIGN, context + 1);
        let mut recorder = Recorder::new(gpu.clone());
        let p = model.parameters();
        let prefill = forward::record(&mut recorder, &sizes, &p, state.part(ALIGN, context), &activations)?;

        let mut one = Plan::default();
        let mut add = |call: &kernels::Call, parts: &[_]| recorder.add(&mut one, call, parts);
        let (x, x_middle) = (stream.all(), middle.all());
        let embeddings = [tokens, p.part("tok_emb"), p.part("pos_emb"), x, position];
        add(&kernels::embed_one(d), &embeddings)?;
        for (layer, block) in activations.blocks.iter().enumerate() {
            let of = |name: &str| p.of(layer, name);
            let cache = block.qkv.all();
            let (weight, bias) = (of("attn.qkv.weight"), of("attn.qkv.bias"));
            let norm = [of("ln1.gain"), of("ln1.bias")];
            let call = kernels::decode_linear(d, 3 * d, &["NORM", "BIAS", "CACHE"]);
            add(&call, &[x, weight, cache, bias, norm[0], norm[1], position])?;
            add(&sizes.heads().decode(), &[cache, position, mixed.all()])?;
            let (weight, bias) = (of("attn.proj.weight"), of("attn.proj.bias"));
            let call = kernels::decode_linear(d, d, &["BIAS", "RESIDUAL"]);
            add(&call, &[mixed.all(), weight, x_middle, bias, x])?;
            let (weight, bias) = (of("mlp.up.weight"), of("mlp.up.bias"));
            let norm = [of("ln2.gain"), of("ln2.bias")];
            let call = kernels::decode_linear(d, 4 * d, &["NORM", "BIAS", "GELU"]);
            add(&call, &[x_middle, weight, active.all(), bias, norm[0], norm[1]])?;
            let (weight, bias) = (of("mlp.down.weight"), of("mlp.down.bias"));
            let call = kernels::decode_linear(4 * d, d, &["BIAS", "RESIDUAL"]);
            add(&call, &[active.all(), weight, x, bias, x_middle])?;
        }
        let features: &[&str] = if config.tied_head { &["NORM", "ROWS"] } else { &["NORM"] };
        let head = kernels::decode_linear(d, vocab_size, features);
        add(&head, &[x, p.head(&config), logits.all(), p.part("ln_f.gain"), p.part("ln_f.bias")])?;
        add(&kernels::decode_pick(vocab_size), &[logits.all(), position, tokens])?;

        let rooms = vec![stream, middle, mixed, active];
        Ok(Self { model, sizes, seen: 0, prefill, one, activations, state, logits, _rooms: rooms })
    }

    /// Tokens in the cache.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// Kernels that one token starts.
    pub fn dispatches_per_token(&self) -> usize {
        self.one.len()
    }

    /// Forgets everything, reads a prompt, and returns the logits after it, `[vocab]`.
    ///
    /// # Errors
    /// A sentence: an empty prompt, one longer than the context, an unknown token, or a lost device.
    pub async fn prefill(&mut self, prompt: &[u32]) -> Result<Vec<f32>, String> {
        self.start(prompt)?;
        let at = (prompt.len() - 1) * self.sizes.logit_stride();
        let parts = [(&self.activations.logits, at, self.model.config.vocab_size)];
        Ok(floats(&self.model.gpu.read(&parts).await?.concat()))
    }

    fn start(&mut self, prompt: &[u32]) -> Result<(), String> {
        let config = &self.model.config;
        if prompt.is_empty() || prompt.len() > config.context {
            return Err(format!(
                "The prompt has {} tokens; this model reads between 1 and {} at once.",
                prompt.len(),
                config.context
            ));
        }
        check_tokens(config, prompt.iter())?;
        let mut tokens = vec![0; config.context + 1];
        tokens[..prompt.len()].copy_from_slice(prompt);
        let gpu = &self.model.gpu;
        gpu.write(&self.state, ALIGN, &tokens);
        // The position of the newest token: the next one goes behind it.
        gpu.write(&self.state, 0, &[prompt.len() as u32 - 1]);
        gpu.submit(|encoder| Plan::replay(&[&self.prefill], encoder));
        self.seen = prompt.len();
        Ok(())
    }

    /// Adds one token to the cache and returns the logits after it, `[vocab]`; one readback.
    ///
    /// # Errors
    /// A sentence: the context is full, an unknown token, or a lost device.
    pub async fn next(&mut self, token: u32) -> Result<Vec<f32>, String> {
        let config = &self.model.config;
        if self.seen == config.context {
            return Err(format!("The context of {} tokens is full; start again with its newest part.", self.seen));
        }
        check_tokens(config, [token].iter())?;
        let gpu = &self.model.gpu;
        gpu.write(&self.state, ALIGN + self.seen, &[token]);
        gpu.write(&self.state, 0, &[self.seen as u32]);
        gpu.submit(|encoder| Plan::replay(&[&self.one], encoder));
        self.seen += 1;
        Ok(floats(&gpu.read(&[(&self.logits, 0, config.vocab_size)]).await?.concat()))
    }

    /// Continues a prompt by `count` tokens, always the likeliest; one readback in all.
    ///
    /// # Errors
    /// A sentence: prompt and continuation do not fit into the context, an unknown token, or a lost device.
    pub async fn greedy(&mut self, prompt: &[u32], count: usize) -> Result<Vec<u32>, String> {
        let config = self.model.config;
        if prompt.is_empty() || prompt.len() + count > config.context + 1 {
            return Err(format!(
                "{} tokens of prompt and {count} more do not fit: this model reads {} at once.",
                prompt.len(),
                config.context
            ));
        }
        self.start(prompt)?;
        let gpu = &self.model.gpu;
        // Each replay reads the newest token once more, so the first does over what the prompt's last row did.
        for first in (0..count).step_by(TOKENS_PER_SUBMIT) {
            let plans = vec![&self.one; TOKENS_PER_SUBMIT.min(count - first)];
            gpu.submit(|encoder| Plan::replay(&plans, encoder));
        }
        self.seen = prompt.len().max(prompt.len() + count - 1);
        Ok(gpu.read(&[(&self.state, ALIGN + prompt.len(), count)]).await?.concat())
    }
}
