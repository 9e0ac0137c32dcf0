//! Causal attention of several heads under each scheme, forwards and backwards.

use super::{Scheme, encodings};
use crate::{
    reference::sight::Sight,
    small::heads::{Heads, Part, Parts, Seen as Shares},
};

/// What a scheme adds to attention, worked out once.
#[derive(Debug, Clone)]
pub struct Look {
    heads: Heads,
    /// For RoPE: `[tokens, d_head / 2]` cosines and sines.
    turns: Option<Vec<(f32, f32)>>,
    /// For ALiBi: by how much each head lowers a score for each position of distance.
    slopes: Option<Vec<f32>>,
}

/// What a pass keeps for the way back.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Queries, keys and values `[tokens, 3 · d_model]`, turned where the scheme turns them.
    qkv: Vec<f32>,
    /// Shares of the heads, and what each token took together.
    shares: Shares,
}

impl Seen {
    /// Shares `[heads, tokens (query), tokens (key)]`; zero where the mask hides.
    pub fn weights(&self) -> &[f32] {
        &self.shares.weights
    }

    /// What each token took together, `[tokens, d_model]`.
    pub fn mixed(&self) -> &[f32] {
        &self.shares.mixed
    }
}

impl Look {
    /// Attention of `n_heads` heads of `d_head` numbers for texts of up to `tokens` tokens.
    pub fn new(scheme: Scheme, n_heads: usize, d_head: usize, tokens: usize, base: f64) -> Self {
        let turned = |position: usize| {
            (0..d_head / 2).map(move |pair| {
                let angle = position as f64 * encodings::turn(pair, d_head, base);
                (libm::cos(angle) as f32, libm::sin(angle) as f32)
            })
        };
        Self {
            heads: Heads { count: n_heads, width: d_head },
            turns: (scheme == Scheme::Rope).then(|| (0..tokens).flat_map(turned).collect()),
            slopes: (scheme == Scheme::Alibi)
                .then(|| encodings::slopes(n_heads).into_iter().map(|slope| slope as f32).collect()),
        }
    }

    /// Turns queries and keys by their positions, or back.
    fn turn(&self, qkv: &mut [f32], back: bool) {
        let Some(turns) = &self.turns else { return };
        let (d_model, pairs) = (self.d_model(), self.heads.width / 2);
        for (row, turns) in qkv.chunks_exact_mut(3 * d_model).zip(turns.chunks_exact(pairs)) {
            for (pair, numbers) in row[..2 * d_model].chunks_exact_mut(2).enumerate() {
                let (cosine, sine) = turns[pair % pairs];
                let sine = if back { -sine } else { sine };
                let (a, b) = (numbers[0], numbers[1]);
                numbers[0] = a * cosine - b * sine;
                numbers[1] = a * sine + b * cosine;
            }
        }
    }

    fn d_model(&self) -> usize {
        self.heads.count * self.heads.width
    }

    fn parts<'a>(&self, qkv: &'a [f32]) -> Parts<'a> {
        let d_model = self.d_model();
        let part = |which| Part { rows: qkv, stride: 3 * d_model, at: which * d_model };
        Parts { q: part(0), k: part(1), v: part(2) }
    }

    /// Each token looks at itself and at those before it. `qkv` is `[tokens, 3 · d_model]`.
    pub fn forward(&self, mut qkv: Vec<f32>) -> Seen {
        self.turn(&mut qkv, false);
        let lowered = |head: usize, i: usize, j: usize| {
            let slope = self.slopes.as_ref().map_or(0.0, |slopes| slopes[head]);
            slope * (i - j) as f32
        };
        let shares = self.heads.forward(self.parts(&qkv), Sight::Past, lowered);
        Seen { qkv, shares }
    }

    /// From the gradient of what was mixed to that of `qkv` as [`Look::forward`] was given it.
    pub fn backward(&self, seen: &Seen, d_mixed: &[f32]) -> Vec<f32> {
        let d_model = self.d_model();
        let parts = self.heads.backward(self.parts(&seen.qkv), Sight::Past, &seen.shares, d_mixed);
        let mut d_qkv = vec![0.0; seen.qkv.len()];
        for (which, part) in parts.iter().enumerate() {
            for (row, part) in d_qkv.chunks_exact_mut(3 * d_model).zip(part.chunks_exact(d_model)) {
                row[which * d_model..][..d_model].copy_from_slice(part);
            }
        }
        self.turn(&mut d_qkv, true);
        d_qkv
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reference::{attention::attention, attention_backward::attention_backward},
        rng::{Rng, Stream},
    };

    /// Where the numbers of one head stand in a row of queries, keys and values (`part` 0, 1 and 2).
    fn span(part: usize, head: usize, heads: usize, d_head: usize) -> std::ops::Range<usize> {
        let start = (part * heads + head) * d_head;
        start..start + d_head
    }

    fn drawn(count: usize, stream: u32) -> Vec<f32> {
        let mut rng = Rng::new(5, Stream::Token(stream));
        (0..count).map(|_| rng.normal() * 1.5).collect()
    }

    fn rows(flat: &[f32], width: usize, span: std::ops::Range<usize>) -> Vec<Vec<f64>> {
        flat.chunks_exact(width).map(|row| row[span.clone()].iter().map(|x| f64::from(*x)).collect()).collect()
    }

    fn close(ours: &[f32], reference: &[f64], what: &str) {
        assert_eq!(ours.len(), reference.len());
        for (a, b) in ours.iter().zip(reference) {
            assert!((f64::from(*a) - b).abs() < 2e-5 * (1.0 + b.abs()), "{what}: {a} is not {b}");
        }
    }

    /// Each head without positions, and under RoPE with queries and keys turned beforehand, is the definition.
    #[test]
    fn each_head_is_attention_by_its_definition() {
        for (scheme, tokens, heads, d_head) in
            [(Scheme::None, 1, 1, 2), (Scheme::None, 9, 2, 8), (Scheme::Rope, 7, 2, 8), (Scheme::Rope, 65, 1, 6)]
        {
            let (look, d_model) = (Look::new(scheme, heads, d_head, tokens, 100.0), heads * d_head);
            let (qkv, d_mixed) = (drawn(tokens * 3 * d_model, 0), drawn(tokens * d_model, 1));
            let seen = look.forward(qkv.clone());
            let d_qkv = look.backward(&seen, &d_mixed);
            for head in 0..heads {
                let part = |part| rows(&qkv, 3 * d_model, span(part, head, heads, d_head));
                let turned = |rows: Vec<Vec<f64>>, sign: f64| -> Vec<Vec<f64>> {
                    let by = |(at, row): (usize, Vec<f64>)| {
                        let flipped = |v: &[f64]| v.chunks(2).flat_map(|p| [p[0], sign * p[1]]).collect::<Vec<_>>();
                        // Turning back is turning the mirror image.
                        flipped(&encodings::rotated(&flipped(&row), at, 100.0))
                    };
                    let is_rope = scheme == Scheme::Rope;
                    rows.into_iter().enumerate().map(|pair| if is_rope { by(pair) } else { pair.1 }).collect()
                };
                let (q, k, v) = (turned(part(0), 1.0), turned(part(1), 1.0), part(2));
                let out = head * d_head..(head + 1) * d_head;
                let mixed = attention(&q, &k, &v).mixed.concat();
                close(&rows_f32(seen.mixed(), d_model, out.clone()), &mixed, "mixed");
                let back = attention_backward(&q, &k, &v, &rows(&d_mixed, d_model, out));
                let wanted = [turned(back.q, -1.0), turned(back.k, -1.0), back.v];
                for (part, wanted) in wanted.into_iter().enumerate() {
                    close(
                        &rows_f32(&d_qkv, 3 * d_model, span(part, head, heads, d_head)),
                        &wanted.concat(),
                        "gradient",
                    );
                }
            }
        }
    }

    fn rows_f32(flat: &[f32], width: usize, span: std::ops::Range<usize>) -> Vec<f32> {
        flat.chunks_exact(width).flat_map(|row| row[span.clone()].to_vec()).collect()
    }

    /// With equal scores, ALiBi's weights are powers of e^(-slope), whatever the position.
    #[test]
    fn a_slope_alone_makes_a_geometric_fall() {
        let look = Look::new(Scheme::Alibi, 4, 2, 10, 100.0);
        let seen = look.forward(vec![0.0; 10 * 24]);
        for head in 0..4 {
            let row = &seen.weights()[(head * 10 + 9) * 10..][..10];
            let ratio = (-encodings::slopes(4)[head]).exp();
            (1..10).for_each(|j| assert!((f64::from(row[j - 1] / row[j]) - ratio).abs() < 1e-5, "{row:?}"));
        }
    }
}
