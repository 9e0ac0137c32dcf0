//! Attention of a few new tokens to all that were read: several query heads share one head's keys and values
//! (Ainslie et al. 2023), so their queries are rows of one matrix.

use super::Cache;
use engine_core::{llama::LlamaConfig, positions::encodings::turn};
use kernels::{
    matmul::{Shape, matmul},
    softmax::softmax,
};

/// Cosine and sine of each pair's angle at some positions: `[tokens, d_head / 2]`.
#[derive(Debug)]
pub struct Turns(Vec<[f32; 2]>);

impl Turns {
    /// Those of `tokens` positions from `first` on.
    pub fn new(config: &LlamaConfig, first: usize, tokens: usize) -> Self {
        let LlamaConfig { d_head, rope_base, .. } = *config;
        let speeds: Vec<f64> = (0..d_head / 2).map(|pair| turn(pair, d_head, rope_base)).collect();
        let at = |position: usize| {
            speeds.iter().map(move |speed| {
                let angle = position as f64 * speed;
                [libm::cos(angle) as f32, libm::sin(angle) as f32]
            })
        };
        Self((first..first + tokens).flat_map(at).collect())
    }

    /// Turns neighbouring numbers of every head: `rows: [tokens, heads · d_head]`.
    pub fn apply(&self, config: &LlamaConfig, rows: &mut [f32], heads: usize) {
        let half = config.d_head / 2;
        for (row, turns) in rows.chunks_exact_mut(heads * config.d_head).zip(self.0.chunks_exact(half)) {
            for head in row.chunks_exact_mut(config.d_head) {
                for ([a, b], [cosine, sine]) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
                    (*a, *b) = (*a * cosine - *b * sine, *a * sine + *b * cosine);
                }
            }
        }
    }
}

/// Room for one head's work, kept from one to the next.
#[derive(Debug, Default)]
pub struct Room {
    queries: Vec<f32>,
    scores: Vec<f32>,
    mixed: Vec<f32>,
}

/// Mixes the values that the new tokens of a block attend to: `queries`, `out: [tokens, n_heads · d_head]`. Their own keys
/// and values are in the cache already, but not yet counted.
pub fn attend(config: &LlamaConfig, cache: &Cache, layer: usize, queries: &[f32], out: &mut [f32], room: &mut Room) {
    let LlamaConfig { n_heads, n_kv_heads, d_head, .. } = *config;
    let width = n_heads * d_head;
    let tokens = queries.len() / width;
    let (group, before) = (n_heads / n_kv_heads, cache.ids().len());
    let (rows, seen) = (tokens * group, before + tokens);
    room.queries.resize(rows * d_head, 0.0);
    room.scores.resize(rows * seen, 0.0);
    room.mixed.resize(rows * d_head, 0.0);
    let scale = 1.0 / (d_head as f32).sqrt();
    for head in 0..n_kv_heads {
        let [keys, values] = cache.seen(layer, head, seen);
        let part = head * group * d_head..(head + 1) * group * d_head;
        for (to, from) in room.queries.chunks_exact_mut(group * d_head).zip(queries.chunks_exact(width)) {
            to.copy_from_slice(&from[part.clone()]);
        }
        matmul(Shape::nt(rows, d_head, seen), &room.queries, keys, &mut room.scores);
        for (row, scores) in room.scores.chunks_exact_mut(seen).enumerate() {
            // A token sees itself and what came before it.
            let (visible, later) = scores.split_at_mut(before + row / group + 1);
            softmax(visible, scale);
            later.fill(0.0);
        }
        matmul(Shape::nn(rows, seen, d_head), &room.scores, values, &mut room.mixed);
        for (from, to) in room.mixed.chunks_exact(group * d_head).zip(out.chunks_exact_mut(width)) {
            to[part.clone()].copy_from_slice(from);
        }
    }
}
