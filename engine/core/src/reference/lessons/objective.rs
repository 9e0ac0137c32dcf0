//! The one question that a language model is trained on: what comes next?

// ANCHOR: next_token_loss
/// The mean surprise, in nats, at each next token of `ids`.
///
/// `logits` is `[tokens, vocab]`: row `i` holds the scores for what follows token `i`.
///
/// ```
/// use engine_core::reference::lessons::objective::next_token_loss;
/// // Two tokens, equal scores: every guess is a coin toss, and costs ln 2.
/// let loss = next_token_loss(&[vec![0.0, 0.0], vec![5.0, 5.0], vec![1.0, 2.0]], &[0, 1, 1]);
/// assert!((loss - 2f64.ln()).abs() < 1e-12);
/// ```
pub fn next_token_loss(logits: &[Vec<f64>], ids: &[u32]) -> f64 {
    let targets = ids.iter().skip(1);
    let mut total = 0.0;
    let mut places = 0;
    for (row, &target) in logits.iter().zip(targets) {
        let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|logit| libm::exp(logit - best)).sum();
        let log_probability = row[target as usize] - best - libm::log(sum);
        total -= log_probability;
        places += 1;
    }
    total / f64::from(places)
}
// ANCHOR_END: next_token_loss

#[cfg(test)]
mod tests {
    use super::next_token_loss;
    use crate::reference::softmax::softmax;

    #[test]
    fn it_is_minus_the_logarithm_of_the_right_probability() {
        let logits = [vec![1.0, -2.0, 0.5], vec![800.0, 799.0, 0.0], vec![9.0, 9.0, 9.0]];
        let ids = [2, 0, 1];
        let by_hand = [softmax(&logits[0])[0], softmax(&logits[1])[1]].map(|p| -p.ln());
        assert!((next_token_loss(&logits, &ids) - (by_hand[0] + by_hand[1]) / 2.0).abs() < 1e-12);
    }
}
