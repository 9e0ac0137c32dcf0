//! Running a Llama token by token, or over many tokens at once.

use super::{
    Cache, Matrix, Model,
    attention::{Room, Turns, attend},
};
use engine_core::llama::LlamaConfig;
use kernels::{
    blocks::{BLOCK, Inputs},
    lanes::add_to,
    rms_norm, swiglu,
};

/// A model that reads and remembers.
#[derive(Debug)]
pub struct Decoder {
    model: Model,
    cache: Cache,
    /// Activations as whole numbers, for the matrix that is next.
    inputs: Inputs,
    attention: Room,
}

/// Tokens on their way through the blocks.
#[derive(Debug)]
pub struct Reading {
    ids: Vec<u32>,
    layer: usize,
    turns: Turns,
    /// `[tokens, d_model]`.
    stream: Vec<f32>,
    normal: Vec<f32>,
    /// Queries, keys and values, each `[tokens, heads · d_head]`.
    qkv: [Vec<f32>; 3],
    mixed: Vec<f32>,
    /// `[tokens, d_ff]`.
    gate: Vec<f32>,
    up: Vec<f32>,
}

impl Decoder {
    /// A model that remembers nothing yet, with room for `context` tokens.
    pub fn new(model: Model, context: usize) -> Self {
        let cache = Cache::new(&model.config, context);
        Self { model, cache, inputs: Inputs::default(), attention: Room::default() }
    }

    /// Sizes.
    pub fn config(&self) -> &LlamaConfig {
        &self.model.config
    }

    /// What was read.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Forgets all but the first `count` tokens.
    pub fn keep(&mut self, count: usize) {
        self.cache.keep(count);
    }

    /// Reads `ids` after what is remembered and returns the logits after the last of them, `[vocab]`.
    ///
    /// # Panics
    /// As [`Self::begin`].
    pub fn read(&mut self, ids: &[u32]) -> Vec<f32> {
        let mut reading = self.begin(ids);
        while self.next_block(&mut reading) {}
        self.finish(reading, true)
    }

    /// Begins to read `ids`, so that there can be pauses: [`Self::next_block`] until it has no more, then
    /// [`Self::finish`].
    ///
    /// # Panics
    /// If `ids` is empty, the model does not know one of them, or there is no room for so many more.
    pub fn begin(&self, ids: &[u32]) -> Reading {
        let LlamaConfig { d_model, d_head, n_heads, n_kv_heads, d_ff, .. } = self.model.config;
        let (tokens, before) = (ids.len(), self.cache.ids().len());
        assert!(tokens > 0 && before + tokens <= self.cache.context(), "more tokens than there is room for");
        let mut stream = vec![0.0; tokens * d_model];
        for (row, id) in stream.chunks_exact_mut(d_model).zip(ids) {
            self.model.embedding.row(*id as usize, row);
        }
        let zeros = |width: usize| vec![0.0; tokens * width];
        Reading {
            ids: ids.to_vec(),
            layer: 0,
            turns: Turns::new(&self.model.config, before, tokens),
            stream,
            normal: zeros(d_model),
            qkv: [n_heads, n_kv_heads, n_kv_heads].map(|heads| zeros(heads * d_head)),
            mixed: zeros(n_heads * d_head),
            gate: zeros(d_ff),
            up: zeros(d_ff),
        }
    }

    /// Goes through one more block; false once there is none left.
    pub fn next_block(&mut self, reading: &mut Reading) -> bool {
        let config = self.model.config;
        let Some(layer) = self.model.layers.get(reading.layer) else { return false };
        let Reading { turns, stream, normal, qkv: [q, k, v], mixed, gate, up, .. } = reading;
        let eps = config.rms_eps as f32;

        rms_norm::forward(stream, &layer.attn_norm, eps, normal);
        let [queries, keys, values] = &layer.qkv;
        times(&mut self.inputs, normal, &mut [(queries, q), (keys, k), (values, v)]);
        turns.apply(&config, q, config.n_heads);
        turns.apply(&config, k, config.n_kv_heads);
        self.cache.put(reading.layer, k, v);
        attend(&config, &self.cache, reading.layer, q, mixed, &mut self.attention);
        times(&mut self.inputs, mixed, &mut [(&layer.output, normal)]);
        add_to(stream, normal);

        rms_norm::forward(stream, &layer.ffn_norm, eps, normal);
        times(&mut self.inputs, normal, &mut [(&layer.gate, gate), (&layer.up, up)]);
        swiglu::forward(gate, up);
        times(&mut self.inputs, gate, &mut [(&layer.down, normal)]);
        add_to(stream, normal);
        reading.layer += 1;
        true
    }

    /// Remembers what went through every block; the logits after the last token, `[vocab]`, if they are wanted.
    ///
    /// # Panics
    /// If there are blocks left.
    pub fn finish(&mut self, mut reading: Reading, logits: bool) -> Vec<f32> {
        assert_eq!(reading.layer, self.model.layers.len(), "every block comes before the end");
        self.cache.count(&reading.ids);
        if !logits {
            return Vec::new();
        }
        let LlamaConfig { d_model, vocab_size, rms_eps, .. } = self.model.config;
        let last = &reading.stream[reading.stream.len() - d_model..];
        rms_norm::forward(last, &self.model.norm, rms_eps as f32, &mut reading.normal[..d_model]);
        let mut out = vec![0.0; vocab_size];
        times(&mut self.inputs, &reading.normal[..d_model], &mut [(self.model.head(), &mut out)]);
        out
    }
}

/// The same activations times several matrices; they become whole numbers once.
fn times(inputs: &mut Inputs, x: &[f32], all: &mut [(&Matrix, &mut Vec<f32>)]) {
    if let Some((matrix, _)) = all.iter().find(|(matrix, _)| matrix.is_whole()) {
        debug_assert!(matrix.columns().is_multiple_of(BLOCK), "blocks fill their rows");
        inputs.read(x, matrix.columns());
    }
    for (matrix, out) in all {
        matrix.times(x, inputs, out);
    }
}
