//! From logits to the next token: temperature, top-k, top-p and the draw.

use serde::{Deserialize, Serialize};

/// How to choose the next token.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// Divides the logits. Zero always takes the likeliest token (greedy).
    pub temperature: f32,
    /// Keeps only so many of the likeliest tokens. Zero keeps all.
    pub top_k: usize,
    /// Keeps the likeliest tokens until they hold this much probability. One keeps all
    /// (Holtzman et al. 2019, "nucleus sampling").
    pub top_p: f32,
    /// Fixes the draws.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 0.8, top_k: 40, top_p: 0.95, seed: 1 }
    }
}

impl Sampling {
    /// Checks that the settings mean something.
    ///
    /// # Errors
    /// A sentence naming the setting that is wrong.
    pub fn validate(&self) -> Result<(), String> {
        if !(self.temperature.is_finite() && (0.0..=100.0).contains(&self.temperature)) {
            return Err(format!("temperature is {}; it must be between 0 and 100.", self.temperature));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Err(format!("top_p is {}; it must be above 0 and at most 1.", self.top_p));
        }
        Ok(())
    }
}

// ANCHOR: distribution
/// The probabilities the next token is drawn from, `[vocab]`; removed tokens get zero.
///
/// ```
/// use engine_core::sampling::{Sampling, distribution};
/// let greedy = Sampling { temperature: 0.0, ..Sampling::default() };
/// assert_eq!(distribution(&[1.0, 3.0, 2.0], &greedy), [0.0, 1.0, 0.0]);
/// let two = Sampling { temperature: 1.0, top_k: 2, top_p: 1.0, seed: 1 };
/// assert_eq!(distribution(&[0.0, 0.0, -5.0], &two), [0.5, 0.5, 0.0]);
/// ```
pub fn distribution(logits: &[f32], sampling: &Sampling) -> Vec<f32> {
    // Best first; equal logits keep the order of their ids.
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));

    if sampling.temperature == 0.0 {
        order.truncate(1);
    } else if sampling.top_k > 0 {
        order.truncate(sampling.top_k);
    }

    let temperature = f64::from(sampling.temperature.max(1e-6));
    let best = order.first().map_or(0.0, |&id| f64::from(logits[id]));
    let mut weights: Vec<f64> =
        order.iter().map(|&id| libm::exp((f64::from(logits[id]) - best) / temperature)).collect();

    let total: f64 = weights.iter().sum();
    let mut kept = 0.0;
    let mut keep = 0;
    while keep < weights.len() && (keep == 0 || kept < f64::from(sampling.top_p) * total) {
        kept += weights[keep];
        keep += 1;
    }
    weights.truncate(keep);

    let mut probabilities = vec![0.0; logits.len()];
    for (&id, weight) in order.iter().zip(&weights) {
        probabilities[id] = (weight / kept) as f32;
    }
    probabilities
}

/// The token that `uniform` (in `[0, 1)`) lands on when the probabilities are laid end to end.
///
/// ```
/// assert_eq!(engine_core::sampling::draw(&[0.25, 0.5, 0.25], 0.3), 1);
/// ```
pub fn draw(probabilities: &[f32], uniform: f64) -> usize {
    let mut end = 0.0;
    for (id, &p) in probabilities.iter().enumerate() {
        end += f64::from(p);
        if uniform < end {
            return id;
        }
    }
    // Rounding can leave the strip a hair short of one.
    probabilities.iter().rposition(|&p| p > 0.0).unwrap_or(0)
}
// ANCHOR_END: distribution

/// The `n` largest entries, best first, with their index.
pub fn top(values: &[f32], n: usize) -> Vec<(usize, f32)> {
    let mut order: Vec<(usize, f32)> = values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    order.truncate(n);
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_is_kept_sums_to_one(
            logits in prop::collection::vec(-30f32..30.0, 1..80),
            temperature in 0.05f32..5.0, top_k in 0usize..90, top_p in 0.01f32..=1.0, u in 0f64..1.0,
        ) {
            let p = distribution(&logits, &Sampling { temperature, top_k, top_p, seed: 0 });
            let sum: f64 = p.iter().map(|&x| f64::from(x)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-5, "{sum}");
            let kept = p.iter().filter(|&&x| x > 0.0).count();
            prop_assert!(kept >= 1 && (top_k == 0 || kept <= top_k));
            prop_assert!(p[draw(&p, u)] > 0.0);
        }
    }

    #[test]
    fn top_p_keeps_the_token_that_crosses_the_line() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
        let p = distribution(&logits, &Sampling { temperature: 1.0, top_k: 0, top_p: 0.6, seed: 0 });
        assert_eq!(p[2], 0.0);
        assert!((p[0] - 0.625).abs() < 1e-6);
    }
}
