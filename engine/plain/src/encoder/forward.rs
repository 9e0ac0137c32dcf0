//! Sentences through an encoder, layer by layer: all their tokens together where a layer looks at one token, each
//! sentence by itself where tokens look at each other. Nothing is filled up, so no token is computed in vain.

use super::model::{Encoder, Norm};
use engine_core::encoder::EncoderConfig;
use kernels::{attention, gelu, int8::tiles, lanes::add_to, layer_norm};

/// Sentences on their way, and room that is used again and again.
#[derive(Default)]
pub struct Forward {
    /// How many tokens each sentence has.
    lengths: Vec<usize>,
    layer: usize,
    width: usize,
    /// `[tokens, d_model]`.
    stream: Vec<f32>,
    /// `[tokens, 3 · d_model]`.
    qkv: Vec<f32>,
    /// `[tokens, d_model]`.
    mixed: Vec<f32>,
    /// What is added to the stream: `[tokens, d_model]`.
    more: Vec<f32>,
    /// `[tokens, d_ff]`, before and after the activation.
    wide: [Vec<f32>; 2],
    scores: Vec<f32>,
    rounded: tiles::Inputs,
    statistics: Vec<layer_norm::Statistics>,
}

impl Forward {
    /// Looks up the vectors of all tokens.
    ///
    /// # Panics
    /// If a sentence is empty or longer than the model's context, or a token is none of its.
    pub fn begin(&mut self, model: &Encoder, sentences: &[&[u32]]) {
        let config = model.config();
        self.layer = 0;
        self.width = config.d_model;
        self.lengths.clear();
        self.lengths.extend(sentences.iter().map(|ids| ids.len()));
        assert!(self.lengths.iter().all(|n| (1..=config.context).contains(n)), "sentences between 1 and the context");
        let tokens: usize = self.lengths.iter().sum();
        self.more.resize(tokens * self.width, 0.0);
        let places = sentences.iter().flat_map(|ids| ids.iter().enumerate());
        for ((position, id), to) in places.zip(self.more.chunks_exact_mut(self.width)) {
            model.embed(*id, position, to);
        }
        self.norm(config, model.norm());
    }

    /// One layer more; false if there is none.
    pub fn next_layer(&mut self, model: &Encoder) -> bool {
        let Some(block) = model.block(self.layer) else { return false };
        self.layer += 1;
        let config = model.config();
        block.qkv.forward(&self.stream, &mut self.qkv, &mut self.rounded);
        self.attend(config);
        block.mix.forward(&self.mixed, &mut self.more, &mut self.rounded);
        add_to(&mut self.more, &self.stream);
        self.norm(config, &block.norm1);
        let [wide, active] = &mut self.wide;
        block.up.forward(&self.stream, wide, &mut self.rounded);
        active.resize(wide.len(), 0.0);
        gelu::forward(wide, active);
        block.down.forward(active, &mut self.more, &mut self.rounded);
        add_to(&mut self.more, &self.stream);
        self.norm(config, &block.norm2);
        true
    }

    /// Each sentence's vector, of length one: `[sentences, d_model]`.
    pub fn sentences(&self) -> Vec<f32> {
        let mut rows = self.stream.chunks_exact(self.width.max(1));
        let mut all = Vec::with_capacity(self.lengths.len() * self.width);
        for length in &self.lengths {
            let mut sum = vec![0.0; self.width];
            rows.by_ref().take(*length).for_each(|row| add_to(&mut sum, row));
            let size = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
            // A vector of zeros has no direction.
            let factor = if size > 0.0 { 1.0 / size } else { 0.0 };
            all.extend(sum.into_iter().map(|x| x * factor));
        }
        all
    }

    /// Lets the tokens of each sentence look at each other: `qkv` into `mixed`.
    fn attend(&mut self, config: &EncoderConfig) {
        let d = config.d_model;
        self.mixed.resize(self.stream.len(), 0.0);
        let mut first = 0;
        for &tokens in &self.lengths {
            let n_heads = config.n_heads;
            let shape = attention::Shape { batch: 1, tokens, n_heads, d_head: d / n_heads };
            let qkv = &self.qkv[first * 3 * d..][..tokens * 3 * d];
            let mixed = &mut self.mixed[first * d..][..tokens * d];
            attention::open::forward(shape, qkv, mixed, &mut self.scores);
            first += tokens;
        }
    }

    /// The sums in `more`, normed, become the stream.
    fn norm(&mut self, config: &EncoderConfig, norm: &Norm) {
        self.stream.resize(self.more.len(), 0.0);
        self.statistics.resize(self.lengths.iter().sum(), [0.0; 2]);
        let (stream, statistics) = (&mut self.stream, &mut self.statistics);
        layer_norm::forward(&self.more, &norm.gain, &norm.bias, config.eps, stream, statistics);
    }
}
