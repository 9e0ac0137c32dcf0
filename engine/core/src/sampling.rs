//! From logits to the next token: repetition penalty, temperature, top-k, top-p, min-p and the draw, in this order,
//! which is that of Hugging Face's `generate`.

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
    /// Removes tokens less likely than this share of the likeliest token's probability. Zero removes none
    /// (Nguyen et al. 2024).
    pub min_p: f32,
    /// Lowers the logits of tokens that the text holds already: see [`penalised`]. One leaves them
    /// (Keskar et al. 2019).
    pub repetition_penalty: f32,
    /// Fixes the draws.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.0, repetition_penalty: 1.0, seed: 1 }
    }
}

impl Sampling {
    /// Draws from the model's own probabilities: nothing is bent, nothing is removed.
    pub const PLAIN: Self =
        Self { temperature: 1.0, top_k: 0, top_p: 1.0, min_p: 0.0, repetition_penalty: 1.0, seed: 1 };

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
        if !(0.0..=1.0).contains(&self.min_p) {
            return Err(format!("min_p is {}; it must be between 0 and 1.", self.min_p));
        }
        if !(self.repetition_penalty.is_finite() && (0.01..=100.0).contains(&self.repetition_penalty)) {
            return Err(format!(
                "repetition_penalty is {}; it must be between 0.01 and 100, and 1 changes nothing.",
                self.repetition_penalty
            ));
        }
        Ok(())
    }
}

// ANCHOR: penalised
/// The logits after the repetition penalty: each token of `seen` loses, however often it stands there. A positive
/// logit is divided by the penalty and a negative one multiplied, so that both fall.
///
/// ```
/// use engine_core::sampling::penalised;
/// assert_eq!(penalised(&[3.0, 2.0, -1.0], &[0, 2, 0], 2.0), [1.5, 2.0, -2.0]);
/// ```
pub fn penalised(logits: &[f32], seen: &[u32], penalty: f32) -> Vec<f32> {
    let mut changed = logits.to_vec();
    for &id in seen {
        let id = id as usize;
        if let (Some(&logit), Some(changed)) = (logits.get(id), changed.get_mut(id)) {
            *changed = if logit < 0.0 { logit * penalty } else { logit / penalty };
        }
    }
    changed
}
// ANCHOR_END: penalised

// ANCHOR: distribution
/// The probabilities the next token is drawn from, `[vocab]`; removed tokens get zero.
///
/// ```
/// use engine_core::sampling::{Sampling, distribution};
/// let greedy = Sampling { temperature: 0.0, ..Sampling::default() };
/// assert_eq!(distribution(&[1.0, 3.0, 2.0], &greedy), [0.0, 1.0, 0.0]);
/// let two = Sampling { top_k: 2, ..Sampling::PLAIN };
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

    // The weights are measured by the best one, which is 1.
    weights.retain(|&weight| weight >= f64::from(sampling.min_p));
    let kept: f64 = weights.iter().sum();

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

/// A stretch of the strip on which a draw lands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// The token, or none where several narrow ones are put together.
    pub id: Option<u32>,
    /// Where it begins, in `[0, 1)`.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// The probabilities laid end to end by id, as [`draw`] reads them. Neighbours narrower than `least` are put together;
/// the token `drawn` always stands alone.
pub fn strip(probabilities: &[f32], drawn: usize, least: f64) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut end = 0.0;
    for (id, &p) in probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let (from, to) = (end, end + f64::from(p));
        end = to;
        let alone = id == drawn || f64::from(p) >= least;
        match stretches.last_mut() {
            Some(last) if !alone && last.id.is_none() => last.to = to,
            _ => stretches.push(Stretch { id: alone.then_some(id as u32), from, to }),
        }
    }
    stretches
}

/// The `n` largest entries, best first, with their index; equal ones keep their order.
///
/// Only these are sorted: a vocabulary has ten thousands of entries, and a model that speaks asks for every token.
pub fn top(values: &[f32], n: usize) -> Vec<(usize, f32)> {
    let mut order: Vec<(usize, f32)> = values.iter().copied().enumerate().collect();
    let better = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if n < order.len() {
        order.select_nth_unstable_by(n, better);
        order.truncate(n);
    }
    order.sort_unstable_by(better);
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_is_kept_sums_to_one(
            logits in prop::collection::vec(-30f32..30.0, 1..80), min_p in 0f32..=1.0,
            temperature in 0.05f32..5.0, top_k in 0usize..90, top_p in 0.01f32..=1.0, u in 0f64..1.0,
        ) {
            let p = distribution(&logits, &Sampling { temperature, top_k, top_p, min_p, ..Sampling::PLAIN });
            let sum: f64 = p.iter().map(|&x| f64::from(x)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-5, "{sum}");
            let best = p.iter().copied().fold(0.0, f32::max);
            prop_assert!(p.iter().all(|&x| x == 0.0 || x >= min_p * best * 0.9999));
            let kept = p.iter().filter(|&&x| x > 0.0).count();
            prop_assert!(kept >= 1 && (top_k == 0 || kept <= top_k));
            let drawn = draw(&p, u);
            prop_assert!(p[drawn] > 0.0);

            let strip = strip(&p, drawn, 0.01);
            prop_assert!(strip.windows(2).all(|two| two[0].to == two[1].from && two[0].from < two[0].to));
            let under = strip.iter().find(|s| u < s.to).or(strip.last()).unwrap();
            prop_assert_eq!(under.id, Some(drawn as u32));
        }
    }

    #[test]
    fn the_largest_come_first_and_equal_ones_in_their_order() {
        let values = [1.0, 3.0, -2.0, 3.0, 0.0, 3.0];
        let places = |n| top(&values, n).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!((places(0), places(2), places(4)), (vec![], vec![1, 3], vec![1, 3, 5, 0]));
        assert_eq!((places(6), places(9)), (vec![1, 3, 5, 0, 4, 2], vec![1, 3, 5, 0, 4, 2]));
    }

    #[test]
    fn top_p_keeps_the_token_that_crosses_the_line() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
        let p = distribution(&logits, &Sampling { top_p: 0.6, ..Sampling::PLAIN });
        assert_eq!(p[2], 0.0);
        assert!((p[0] - 0.625).abs() < 1e-6);
    }

    #[test]
    fn min_p_measures_by_the_best() {
        // 0.6, 0.3, 0.1: a share of 0.4 of the best is 0.24, so two are left, as 2/3 and 1/3.
        let logits = [0.6f32.ln(), 0.3f32.ln(), 0.1f32.ln()];
        let p = distribution(&logits, &Sampling { min_p: 0.4, ..Sampling::PLAIN });
        assert!((p[0] - 2.0 / 3.0).abs() < 1e-6 && (p[1] - 1.0 / 3.0).abs() < 1e-6 && p[2] == 0.0, "{p:?}");
        let one = distribution(&logits, &Sampling { min_p: 1.0, ..Sampling::PLAIN });
        assert_eq!(one, [1.0, 0.0, 0.0]);
    }

    #[test]
    fn settings_that_mean_nothing_are_named() {
        let wrong = [
            (Sampling { min_p: 1.5, ..Sampling::PLAIN }, "min_p"),
            (Sampling { min_p: f32::NAN, ..Sampling::PLAIN }, "min_p"),
            (Sampling { repetition_penalty: 0.0, ..Sampling::PLAIN }, "repetition_penalty"),
        ];
        for (settings, name) in wrong {
            assert!(settings.validate().unwrap_err().starts_with(name));
        }
        assert_eq!(Sampling::PLAIN.validate(), Ok(()));
    }

    #[derive(Deserialize)]
    struct Case {
        logits: Vec<f32>,
        seen: Vec<u32>,
        repetition_penalty: f32,
        temperature: f32,
        top_k: usize,
        top_p: f32,
        min_p: f32,
        probabilities: Vec<f32>,
    }

    #[derive(Deserialize)]
    struct Golden {
        sampling: Vec<Case>,
    }

    /// What Hugging Face's processors give, run in the order of its `generate`.
    #[test]
    fn the_filters_agree_with_hugging_face() {
        let golden: Golden = serde_json::from_str(include_str!("../tests/gpt2/golden.json")).unwrap();
        assert!(golden.sampling.len() >= 7);
        for case in golden.sampling {
            let Case { repetition_penalty, temperature, top_k, top_p, min_p, .. } = case;
            let settings = Sampling { temperature, top_k, top_p, min_p, repetition_penalty, seed: 1 };
            let ours = distribution(&penalised(&case.logits, &case.seen, repetition_penalty), &settings);
            for (a, b) in ours.iter().zip(&case.probabilities) {
                assert!((a - b).abs() < 2e-6, "{ours:?} against {:?}", case.probabilities);
            }
        }
    }
}
