//! What the model remembers of the tokens it has read: keys and values, in room that is taken once.

use engine_core::llama::LlamaConfig;

/// Keys and values of every block, for as many tokens as there is room.
#[derive(Debug)]
pub struct Cache {
    context: usize,
    d_head: usize,
    /// For each block and head, `[context, d_head]`.
    keys: Vec<Vec<f32>>,
    /// As `keys`.
    values: Vec<Vec<f32>>,
    n_kv_heads: usize,
    /// The tokens that have been read.
    ids: Vec<u32>,
}

impl Cache {
    /// Room for `context` tokens.
    pub fn new(config: &LlamaConfig, context: usize) -> Self {
        let heads = config.n_layers * config.n_kv_heads;
        let room = || (0..heads).map(|_| vec![0.0; context * config.d_head]).collect();
        Self {
            context,
            d_head: config.d_head,
            keys: room(),
            values: room(),
            n_kv_heads: config.n_kv_heads,
            ids: Vec::new(),
        }
    }

    /// Bytes that room for `context` tokens takes.
    pub fn memory(config: &LlamaConfig, context: usize) -> u64 {
        let each = 2 * config.n_layers as u64 * config.n_kv_heads as u64 * config.d_head as u64;
        each * context as u64 * size_of::<f32>() as u64
    }

    /// Tokens that there is room for.
    pub fn context(&self) -> usize {
        self.context
    }

    /// The tokens that have been read.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Forgets all but the first `count` tokens.
    pub fn keep(&mut self, count: usize) {
        self.ids.truncate(count);
    }

    /// Counts tokens whose keys and values have been put into every block.
    pub(super) fn count(&mut self, ids: &[u32]) {
        self.ids.extend_from_slice(ids);
    }

    /// Puts the keys and values of a block's next tokens, `[tokens, heads · d_head]`, behind those that are there.
    pub(super) fn put(&mut self, layer: usize, keys: &[f32], values: &[f32]) {
        let (d_head, width) = (self.d_head, self.n_kv_heads * self.d_head);
        for (rows, kept) in [(keys, &mut self.keys), (values, &mut self.values)] {
            for (head, kept) in kept[layer * self.n_kv_heads..][..self.n_kv_heads].iter_mut().enumerate() {
                for (place, row) in (self.ids.len()..).zip(rows.chunks_exact(width)) {
                    kept[place * d_head..][..d_head].copy_from_slice(&row[head * d_head..][..d_head]);
                }
            }
        }
    }

    /// Keys and values of one head for the first `tokens`, each `[tokens, d_head]`.
    pub(super) fn seen(&self, layer: usize, head: usize, tokens: usize) -> [&[f32]; 2] {
        let at = layer * self.n_kv_heads + head;
        [&self.keys[at][..tokens * self.d_head], &self.values[at][..tokens * self.d_head]]
    }
}
