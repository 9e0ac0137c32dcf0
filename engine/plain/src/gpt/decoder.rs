//! Writing token by token, with the keys and values of earlier tokens kept (a "KV-cache").

use super::{Gpt, LN1, Slot, Which, block};
use engine_core::{
    config::GptConfig,
    job::JobError,
    sampling::Sampling,
    tokenizer::Tokenizer,
    writer::{Reads, Writer, or_start},
};
use kernels::{attention::cached::attend, lanes::add_to};

/// A model that reads and remembers.
pub struct Decoder<'a> {
    model: &'a Gpt,
    /// Of each block, `[context, d_model]`: keys and values; rows beyond the tokens read are not yet meaningful.
    memory: Vec<[Vec<f32>; 2]>,
    tokens: usize,
}

impl<'a> Decoder<'a> {
    /// A model with an empty memory.
    pub fn new(model: &'a Gpt) -> Self {
        let GptConfig { n_layers, context, d_model, .. } = model.config;
        let rows = || vec![0.0; context * d_model];
        Self { model, memory: (0..n_layers).map(|_| [rows(), rows()]).collect(), tokens: 0 }
    }
}

impl Reads for Decoder<'_> {
    fn context(&self) -> usize {
        self.model.config.context
    }

    fn tokens(&self) -> usize {
        self.tokens
    }

    fn clear(&mut self) {
        self.tokens = 0;
    }

    fn read(&mut self, ids: &[u32]) -> Vec<f32> {
        let (model, seen) = (self.model, self.tokens);
        let GptConfig { d_model: d, n_heads, context, .. } = model.config;
        assert!(!ids.is_empty() && seen + ids.len() <= context, "more tokens than the context holds");
        let mut stream = model.embed(ids, |row| seen + row);
        for (layer, [keys, values]) in self.memory.iter_mut().enumerate() {
            let slot = |which| Slot { layer, which };
            let normed = model.normed(stream.clone(), block(layer) + LN1);
            let qkv = model.linear(slot(Which::Qkv), &normed.out);
            let mut mixed = vec![0.0; stream.len()];
            for (row, (qkv, mixed)) in qkv.chunks_exact(3 * d).zip(mixed.chunks_exact_mut(d)).enumerate() {
                let place = (seen + row) * d..(seen + row + 1) * d;
                keys[place.clone()].copy_from_slice(&qkv[d..2 * d]);
                values[place.clone()].copy_from_slice(&qkv[2 * d..]);
                attend(&qkv[..d], &keys[..place.end], &values[..place.end], n_heads, mixed);
            }
            add_to(&mut stream, &model.linear(slot(Which::Proj), &mixed));
            model.mlp(layer, &mut stream);
        }
        self.tokens += ids.len();
        let last = stream.split_off(stream.len() - d);
        model.unembed(&model.normed(last, model.ln_f()).out)
    }
}

/// So many tokens that `model` writes on from `prompt`, as text; `between` is awaited after each.
///
/// # Errors
/// Whatever `between` returns.
pub async fn write(
    model: &Gpt,
    tokenizer: &Tokenizer,
    prompt: &str,
    tokens: u32,
    sampling: &Sampling,
    between: impl AsyncFn() -> Result<(), JobError>,
) -> Result<String, JobError> {
    let prompt = or_start(tokenizer.encode(prompt).ids, tokenizer);
    let mut writer = Writer::new(Decoder::new(model), &prompt);
    let mut written = Vec::new();
    for _ in 0..tokens {
        written.push(writer.next(sampling).id);
        between().await?;
    }
    Ok(tokenizer.decode(&written))
}
