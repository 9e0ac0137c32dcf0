//! Layers upon layers with hand-written gradients: the encoder or the decoder of a small model.

use super::model::{D_MODEL, HIDDEN, N_HEADS};
use crate::{
    reference::sight::Sight,
    small::{
        heads::{Heads, Part, Parts, Seen},
        layers::{Linear, add_scaled, normed, normed_backward},
    },
};

const HEADS: Heads = Heads { count: N_HEADS, width: D_MODEL / N_HEADS };

/// Attention of a decoder to what an encoder has read.
#[derive(Debug, Clone, Copy)]
struct Cross {
    q: Linear,
    kv: Linear,
    out: Linear,
}

#[derive(Debug, Clone, Copy)]
struct Layer {
    qkv: Linear,
    out: Linear,
    cross: Option<Cross>,
    up: Linear,
    down: Linear,
}

/// An encoder or a decoder, without its numbers.
#[derive(Debug, Clone)]
pub(super) struct Stack {
    sight: Sight,
    layers: Vec<Layer>,
    /// Where its learned positions begin.
    positions: usize,
}

/// Rows divided by their sizes, and the sizes.
type Normed = (Vec<f32>, Vec<f32>);

struct Crossed {
    normed: Normed,
    q: Vec<f32>,
    kv: Vec<f32>,
    seen: Seen,
}

struct Passed {
    normed: Normed,
    qkv: Vec<f32>,
    seen: Seen,
    crossed: Option<Crossed>,
    normed_after: Normed,
    /// Of the feed-forward part, what is above zero, and that squared.
    hidden: Vec<f32>,
    squared: Vec<f32>,
}

/// What a pass keeps for the way back.
pub(super) struct StackPass {
    layers: Vec<Passed>,
    last: Normed,
}

impl StackPass {
    /// What comes out, `[tokens, D_MODEL]`.
    pub fn out(&self) -> &[f32] {
        &self.last.0
    }

    /// The shares of one layer's heads, `[heads, tokens, tokens]`.
    pub fn own_weights(&self, layer: usize) -> &[f32] {
        self.layers.get(layer).map_or(&[], |passed| &passed.seen.weights)
    }

    /// The shares that go to the encoder's tokens, `[heads, tokens, source tokens]`; empty without an encoder.
    pub fn cross_weights(&self, layer: usize) -> &[f32] {
        let crossed = self.layers.get(layer).and_then(|passed| passed.crossed.as_ref());
        crossed.map_or(&[], |crossed| &crossed.seen.weights)
    }
}

fn own(qkv: &[f32]) -> Parts<'_> {
    let part = |which| Part { rows: qkv, stride: 3 * D_MODEL, at: which * D_MODEL };
    Parts { q: part(0), k: part(1), v: part(2) }
}

fn across<'a>(q: &'a [f32], kv: &'a [f32]) -> Parts<'a> {
    let part = |which| Part { rows: kv, stride: 2 * D_MODEL, at: which * D_MODEL };
    Parts { q: Part { rows: q, stride: D_MODEL, at: 0 }, k: part(0), v: part(1) }
}

/// Rows of several parts side by side.
fn side_by_side(parts: &[Vec<f32>]) -> Vec<f32> {
    let rows = parts.first().map_or(0, |part| part.len() / D_MODEL);
    (0..rows)
        .flat_map(|row| parts.iter().flat_map(move |part| part[row * D_MODEL..][..D_MODEL].iter().copied()))
        .collect()
}

impl Stack {
    /// `linear` hands out the places of matrices, `room` those of single numbers.
    pub fn new(
        sight: Sight,
        crosses: bool,
        layers: usize,
        longest: usize,
        mut linear: impl FnMut(usize, usize) -> Linear,
        room: impl FnOnce(usize) -> usize,
    ) -> Self {
        let cross = |linear: &mut dyn FnMut(usize, usize) -> Linear| Cross {
            q: linear(D_MODEL, D_MODEL),
            kv: linear(D_MODEL, 2 * D_MODEL),
            out: linear(D_MODEL, D_MODEL),
        };
        let layers = (0..layers).map(|_| Layer {
            qkv: linear(D_MODEL, 3 * D_MODEL),
            out: linear(D_MODEL, D_MODEL),
            cross: crosses.then(|| cross(&mut linear)),
            up: linear(D_MODEL, HIDDEN),
            down: linear(HIDDEN, D_MODEL),
        });
        let layers = layers.collect();
        Self { sight, layers, positions: room(longest * D_MODEL) }
    }

    /// Its matrices.
    pub fn linears(&self) -> Vec<Linear> {
        let of = |layer: &Layer| {
            let cross = layer.cross.map(|cross| [cross.q, cross.kv, cross.out]);
            [layer.qkv, layer.out, layer.up, layer.down].into_iter().chain(cross.into_iter().flatten())
        };
        self.layers.iter().flat_map(of).collect()
    }

    /// Reads `tokens`, and looks at `memory`, what an encoder has made of its tokens.
    pub fn forward(&self, params: &[f32], tokens: &[usize], memory: Option<&[f32]>) -> StackPass {
        let mut x: Vec<f32> =
            tokens.iter().flat_map(|token| params[token * D_MODEL..][..D_MODEL].iter().copied()).collect();
        add_scaled(&mut x, 1.0, &params[self.positions..][..tokens.len() * D_MODEL]);
        let mut layers = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let normed_before = normed(&x, D_MODEL);
            let qkv = layer.qkv.forward(params, &normed_before.0);
            let seen = HEADS.forward(own(&qkv), self.sight, |_, _, _| 0.0);
            add_scaled(&mut x, 1.0, &layer.out.forward(params, &seen.mixed));
            let crossed = layer.cross.zip(memory).map(|(cross, memory)| {
                let normed = normed(&x, D_MODEL);
                let (q, kv) = (cross.q.forward(params, &normed.0), cross.kv.forward(params, memory));
                let seen = HEADS.forward(across(&q, &kv), Sight::Everything, |_, _, _| 0.0);
                add_scaled(&mut x, 1.0, &cross.out.forward(params, &seen.mixed));
                Crossed { normed, q, kv, seen }
            });
            let normed_after = normed(&x, D_MODEL);
            let mut hidden = layer.up.forward(params, &normed_after.0);
            hidden.iter_mut().for_each(|h| *h = h.max(0.0));
            // Squared (So and others 2021): no kink at zero, so that finite differences can check the gradients.
            let squared: Vec<f32> = hidden.iter().map(|h| h * h).collect();
            add_scaled(&mut x, 1.0, &layer.down.forward(params, &squared));
            layers.push(Passed { normed: normed_before, qkv, seen, crossed, normed_after, hidden, squared });
        }
        StackPass { layers, last: normed(&x, D_MODEL) }
    }

    /// From the gradient of what came out: adds those of its numbers to `grads`, and answers that of the memory.
    pub fn backward(
        &self,
        params: &[f32],
        tokens: &[usize],
        memory: Option<&[f32]>,
        pass: &StackPass,
        d_out: &[f32],
        grads: &mut [f32],
    ) -> Vec<f32> {
        let mut d_memory = vec![0.0; memory.map_or(0, <[f32]>::len)];
        let mut d_x = vec![0.0; d_out.len()];
        normed_backward(&pass.last.0, &pass.last.1, d_out, &mut d_x);
        for (layer, passed) in self.layers.iter().zip(&pass.layers).rev() {
            let mut d_hidden = layer.down.backward(params, &passed.squared, &d_x, grads);
            d_hidden.iter_mut().zip(&passed.hidden).for_each(|(d, h)| *d *= 2.0 * h);
            let d_normed = layer.up.backward(params, &passed.normed_after.0, &d_hidden, grads);
            normed_backward(&passed.normed_after.0, &passed.normed_after.1, &d_normed, &mut d_x);

            if let (Some(cross), Some(crossed), Some(memory)) = (layer.cross, &passed.crossed, memory) {
                let d_mixed = cross.out.backward(params, &crossed.seen.mixed, &d_x, grads);
                let parts = across(&crossed.q, &crossed.kv);
                let [d_q, d_k, d_v] = HEADS.backward(parts, Sight::Everything, &crossed.seen, &d_mixed);
                let d_read = cross.kv.backward(params, memory, &side_by_side(&[d_k, d_v]), grads);
                add_scaled(&mut d_memory, 1.0, &d_read);
                let d_normed = cross.q.backward(params, &crossed.normed.0, &d_q, grads);
                normed_backward(&crossed.normed.0, &crossed.normed.1, &d_normed, &mut d_x);
            }

            let d_mixed = layer.out.backward(params, &passed.seen.mixed, &d_x, grads);
            let d_qkv = side_by_side(&HEADS.backward(own(&passed.qkv), self.sight, &passed.seen, &d_mixed));
            let d_normed = layer.qkv.backward(params, &passed.normed.0, &d_qkv, grads);
            normed_backward(&passed.normed.0, &passed.normed.1, &d_normed, &mut d_x);
        }
        for (token, d_x) in tokens.iter().zip(d_x.chunks_exact(D_MODEL)) {
            add_scaled(&mut grads[token * D_MODEL..][..D_MODEL], 1.0, d_x);
        }
        add_scaled(&mut grads[self.positions..][..d_x.len()], 1.0, &d_x);
        d_memory
    }
}
