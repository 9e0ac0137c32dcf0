//! Attention of several heads, forwards and backwards, without the matrices before and after it.

use super::layers::{add_scaled, dot, softmax};
use crate::reference::sight::Sight;

/// How many heads there are, and how wide each is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub count: usize,
    pub width: usize,
}

/// Queries, keys or values: the numbers from `at` on of every row, which is `stride` wide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub rows: &'a [f32],
    pub stride: usize,
    pub at: usize,
}

impl<'a> Part<'a> {
    fn count(self) -> usize {
        self.rows.len() / self.stride
    }

    fn head(self, row: usize, heads: Heads, head: usize) -> &'a [f32] {
        &self.rows[row * self.stride + self.at + head * heads.width..][..heads.width]
    }
}

/// Queries, keys and values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub q: Part<'a>,
    pub k: Part<'a>,
    pub v: Part<'a>,
}

/// What attention saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Shares `[heads, queries, keys]`; zero where the mask hides.
    pub weights: Vec<f32>,
    /// What each query took together, `[queries, heads · width]`.
    pub mixed: Vec<f32>,
}

impl Heads {
    fn span(self, row: usize, head: usize) -> std::ops::Range<usize> {
        let start = (row * self.count + head) * self.width;
        start..start + self.width
    }

    /// `lowered` is what is taken from the score of (head, query, key).
    pub fn forward(self, parts: Parts, sight: Sight, lowered: impl Fn(usize, usize, usize) -> f32) -> Seen {
        let Parts { q, k, v } = parts;
        let (queries, keys) = (q.count(), k.count());
        let scale = 1.0 / (self.width as f32).sqrt();
        let mut weights = vec![0.0; self.count * queries * keys];
        let mut mixed = vec![0.0; queries * self.count * self.width];
        for (at, row) in weights.chunks_exact_mut(keys.max(1)).enumerate() {
            let (head, i) = (at / queries, at % queries);
            let row = &mut row[..sight.of(i, keys)];
            for (j, score) in row.iter_mut().enumerate() {
                *score = scale * dot(q.head(i, self, head), k.head(j, self, head)) - lowered(head, i, j);
            }
            softmax(row);
            for (j, weight) in row.iter().enumerate() {
                add_scaled(&mut mixed[self.span(i, head)], *weight, v.head(j, self, head));
            }
        }
        Seen { weights, mixed }
    }

    /// From the gradient of what was mixed to those of queries, keys and values, `[rows, heads · width]` each.
    pub fn backward(self, parts: Parts, sight: Sight, seen: &Seen, d_mixed: &[f32]) -> [Vec<f32>; 3] {
        let Parts { q, k, v } = parts;
        let (queries, keys) = (q.count(), k.count());
        let scale = 1.0 / (self.width as f32).sqrt();
        let [mut d_q, mut d_k, mut d_v] = [queries, keys, keys].map(|rows| vec![0.0; rows * self.count * self.width]);
        for (at, weights) in seen.weights.chunks_exact(keys.max(1)).enumerate() {
            let (head, i) = (at / queries, at % queries);
            let weights = &weights[..sight.of(i, keys)];
            let d_out = &d_mixed[self.span(i, head)];
            let d_weights: Vec<f32> = (0..weights.len()).map(|j| dot(d_out, v.head(j, self, head))).collect();
            let mean = dot(&d_weights, weights);
            for (j, (weight, d_weight)) in weights.iter().zip(&d_weights).enumerate() {
                let d_score = scale * weight * (d_weight - mean);
                add_scaled(&mut d_v[self.span(j, head)], *weight, d_out);
                add_scaled(&mut d_q[self.span(i, head)], d_score, k.head(j, self, head));
                add_scaled(&mut d_k[self.span(j, head)], d_score, q.head(i, self, head));
            }
        }
        [d_q, d_k, d_v]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reference::sight::look,
        rng::{Rng, Stream},
    };

    /// The shares are those of the definition, whoever may look at whom, and however rows lie.
    #[test]
    fn shares_are_those_of_the_definition() {
        let heads = Heads { count: 2, width: 3 };
        let mut rng = Rng::new(4, Stream::Token(0));
        let [queries, memory]: [Vec<f32>; 2] = [5, 7].map(|rows| (0..rows * 18).map(|_| rng.normal()).collect());
        let part = |rows, which: usize| Part { rows, stride: 18, at: which * 6 };
        for (sight, other) in [(Sight::Everything, &memory), (Sight::Everything, &queries), (Sight::Past, &queries)] {
            let parts = Parts { q: part(&queries, 0), k: part(other, 1), v: part(other, 2) };
            let seen = heads.forward(parts, sight, |_, _, _| 0.0);
            let keys = other.len() / 18;
            for head in 0..2 {
                let rows = |part: Part| -> Vec<Vec<f64>> {
                    (0..part.count())
                        .map(|row| part.head(row, heads, head).iter().map(|x| f64::from(*x)).collect())
                        .collect()
                };
                let wanted = look(&rows(parts.q), &rows(parts.k), &rows(parts.v), sight);
                let ours = &seen.weights[head * 5 * keys..][..5 * keys];
                let close = |(a, b): (&f32, &f64)| (f64::from(*a) - b).abs() < 1e-5;
                assert!(ours.iter().zip(&wanted.weights.concat()).all(close), "{sight:?} {head}: {ours:?}");
                for (i, mixed) in wanted.mixed.iter().enumerate() {
                    assert!(seen.mixed[heads.span(i, head)].iter().zip(mixed).all(close), "{sight:?} {head} {i}");
                }
            }
        }
    }
}
