//! How far heads follow a few well-known patterns, measured on the learner's text.

use super::cell;
use crate::widgets::outcome::Value;
use engine_core::jobs::inspect::Inspection;

/// A weight below this counts as next to nothing.
pub const LITTLE: f32 = 0.01;

/// Where a head looks, as mean weights over all rows but the first, which has no choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// On the token before.
    pub previous: f64,
    /// On the first token.
    pub first: f64,
    /// On the token itself.
    pub own: f64,
    /// So many tokens looked at alike would spread the attention as much: e to the power of the rows' mean entropy.
    pub effective: f64,
    /// The share of weights below [`LITTLE`], of those that the mask leaves.
    pub sparsity: f64,
}

/// Measures one head. `weights`: `[tokens (query), tokens (key)]`.
pub fn habits(weights: &[f32], tokens: usize) -> Habits {
    let rows = (tokens.max(2) - 1) as f64;
    let mean = |column: fn(usize) -> usize| {
        let picked = (1..tokens).filter_map(|row| weights.get(row * tokens + column(row)));
        picked.map(|weight| f64::from(*weight)).sum::<f64>() / rows
    };
    let visible = (1..tokens).flat_map(|row| weights.get(row * tokens..=row * tokens + row).unwrap_or_default());
    let (mut entropy, mut little, mut count) = (0.0, 0usize, 0usize);
    for weight in visible {
        let weight = *weight;
        if weight > 0.0 {
            entropy -= f64::from(weight) * f64::from(weight).ln();
        }
        little += usize::from(weight < LITTLE);
        count += 1;
    }
    Habits {
        previous: mean(|row| row - 1),
        first: mean(|_| 0),
        own: mean(|row| row),
        effective: (entropy / rows).exp(),
        sparsity: little as f64 / count.max(1) as f64,
    }
}

/// The share of attention that two heads spend on the same tokens: the smaller of both weights, added up, as the mean
/// over all rows but the first. 1 is the same map. Both are `[tokens, tokens]`.
pub fn overlap(one: &[f32], other: &[f32], tokens: usize) -> f64 {
    let common: f64 = one.iter().zip(other).skip(tokens).map(|(a, b)| f64::from(a.min(*b))).sum();
    common / (tokens.max(2) - 1) as f64
}

/// A head, and how alike its map is to the chosen one's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Related {
    /// From zero.
    pub layer: usize,
    /// From zero.
    pub head: usize,
    /// See [`overlap`].
    pub overlap: f64,
}

/// The heads most like the chosen one on this text, the most alike first.
pub fn related(seen: &Inspection, most: usize) -> Vec<Related> {
    let chosen = cell::weights(seen);
    let every = (0..seen.n_layers).flat_map(|layer| (0..seen.n_heads).map(move |head| (layer, head)));
    let mut all: Vec<Related> = every
        .filter(|at| *at != (seen.layer, seen.head))
        .map(|(layer, head)| {
            let overlap = overlap(chosen, cell::head_weights(seen, layer, head), seen.tokens.len());
            Related { layer, head, overlap }
        })
        .collect();
    all.sort_by(|a, b| b.overlap.total_cmp(&a.overlap));
    all.truncate(most);
    all
}

/// What exercises and predictions are scored by: the chosen head's habits, and which head looks most at the
/// previous token.
pub fn values(
    seen: &Inspection,
    (layer, head): (usize, usize),
    text: &str,
    model: &str,
) -> Vec<(&'static str, Value)> {
    let tokens = seen.tokens.len();
    let of = |index: usize| habits(&seen.all_weights[index * tokens * tokens..][..tokens * tokens], tokens);
    let all: Vec<Habits> = (0..seen.n_layers * seen.n_heads).map(of).collect();
    let best = (0..all.len()).reduce(|best, at| if all[at].previous > all[best].previous { at } else { best });
    let (best, chosen) = (best.unwrap_or_default(), layer * seen.n_heads + head);
    let mut values = vec![
        ("layer", layer.into()),
        ("head", head.into()),
        ("tokens", tokens.into()),
        ("text", text.into()),
        ("model", if model.is_empty() { "built-in" } else { model }.into()),
        ("best_previous_token_layer", (best / seen.n_heads.max(1)).into()),
        ("best_previous_token_head", (best % seen.n_heads.max(1)).into()),
    ];
    if let Some(habits) = all.get(chosen) {
        values.extend([
            ("head_previous_token", habits.previous.into()),
            ("head_first_token", habits.first.into()),
            ("head_self", habits.own.into()),
            ("head_effective_tokens", habits.effective.into()),
            ("head_sparsity", habits.sparsity.into()),
        ]);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_are_means_over_the_rows_that_have_a_choice() {
        // Row 1 looks back by 0.75, row 2 by 0.5 and at the first token by 0.25.
        let weights = [1.0, 0.0, 0.0, 0.75, 0.25, 0.0, 0.25, 0.5, 0.25];
        let habits = habits(&weights, 3);
        assert_eq!((habits.previous, habits.first, habits.own), (0.625, 0.5, 0.25));
        let none = super::habits(&[1.0], 1);
        assert_eq!((none.previous, none.first, none.own, none.effective, none.sparsity), (0.0, 0.0, 0.0, 1.0, 0.0));
    }

    #[test]
    fn effective_tokens_count_what_is_looked_at_alike() {
        let even = [1.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0];
        let found = habits(&even, 4);
        assert!((found.effective - 2.0).abs() < 1e-9, "{found:?}");
        assert!((found.sparsity - 3.0 / 9.0).abs() < 1e-9, "three of nine visible weights are zero: {found:?}");
    }

    #[test]
    fn heads_with_the_same_map_overlap_wholly_and_come_first() {
        let back = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let own = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let half = [1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.5, 0.5];
        assert_eq!([overlap(&back, &back, 3), overlap(&back, &own, 3), overlap(&back, &half, 3)], [1.0, 0.0, 0.5]);
        let seen = Inspection {
            tokens: vec!["a".into(); 3],
            n_layers: 2,
            n_heads: 2,
            group: 1,
            all_weights: [back, own, half, back].concat(),
            ..Inspection::default()
        };
        let found = related(&seen, 2);
        assert_eq!(found[0], Related { layer: 1, head: 1, overlap: 1.0 });
        assert_eq!((found.len(), found[1].layer, found[1].head), (2, 1, 0));
    }
}
