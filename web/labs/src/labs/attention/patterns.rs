//! How far heads follow a few well-known patterns, measured on the learner's text.

use crate::widgets::outcome::Value;
use engine_core::jobs::inspect::Inspection;

/// Where a head looks, as mean weights over all rows but the first, which has no choice.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Habits {
    /// On the token before.
    previous: f64,
    /// On the first token.
    first: f64,
    /// On the token itself.
    own: f64,
}

/// Measures one head. `weights`: `[tokens (query), tokens (key)]`.
fn habits(weights: &[f32], tokens: usize) -> Habits {
    let mean = |column: fn(usize) -> usize| {
        let picked = (1..tokens).filter_map(|row| weights.get(row * tokens + column(row)));
        picked.map(|weight| f64::from(*weight)).sum::<f64>() / (tokens.max(2) - 1) as f64
    };
    Habits { previous: mean(|row| row - 1), first: mean(|_| 0), own: mean(|row| row) }
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
        assert_eq!(habits(&weights, 3), Habits { previous: 0.625, first: 0.5, own: 0.25 });
        assert_eq!(habits(&[1.0], 1), Habits { previous: 0.0, first: 0.0, own: 0.0 });
    }
}
