//! Comparing two readings of one text.

use crate::{jobs::intervene::Moved, reference::softmax::softmax, tokenizer::Tokenizer};

/// So many of the tokens that moved most are kept.
const MOVED: usize = 24;

/// The loss of each token but the first: how surprised the model was, nats.
pub fn losses(logits: &[Vec<f64>], ids: &[u32]) -> Vec<f32> {
    let pairs = logits.iter().zip(ids.iter().skip(1));
    pairs.map(|(row, &id)| -softmax(row).get(id as usize).map_or(f64::NAN, |p| libm::log(*p)) as f32).collect()
}

/// The mean; none of nothing.
pub fn mean(losses: &[f32]) -> Option<f32> {
    let sum: f64 = losses.iter().map(|loss| f64::from(*loss)).sum();
    (!losses.is_empty()).then(|| (sum / losses.len() as f64) as f32)
}

/// The tokens whose probability at `position` moved most, largest move first, and the largest change of any logit
/// anywhere.
pub fn compare(tokenizer: &Tokenizer, before: &[Vec<f64>], after: &[Vec<f64>], position: usize) -> (Vec<Moved>, f64) {
    let pairs = before.iter().flatten().zip(after.iter().flatten());
    let largest = pairs.map(|(before, after)| (before - after).abs()).fold(0.0, f64::max);
    let (Some(before), Some(after)) = (before.get(position), after.get(position)) else { return (Vec::new(), largest) };
    let (chance_before, chance_after) = (softmax(before), softmax(after));
    let level = |logits: &[f64]| logits.iter().sum::<f64>() / logits.len().max(1) as f64;
    let (level_before, level_after) = (level(before), level(after));
    let mut order: Vec<usize> = (0..before.len().min(after.len())).collect();
    let size = |at: &usize| (chance_after[*at] - chance_before[*at]).abs();
    order.sort_by(|a, b| size(b).total_cmp(&size(a)));
    order.truncate(MOVED);
    let moved = |at: usize| Moved {
        token: tokenizer.show(at as u32),
        before: chance_before[at] as f32,
        after: chance_after[at] as f32,
        logit_before: (before[at] - level_before) as f32,
        logit_after: (after[at] - level_after) as f32,
    };
    (order.into_iter().map(moved).collect(), largest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::{Chars, Tokenizer};

    #[test]
    fn the_largest_move_comes_first_and_a_common_shift_moves_nothing() {
        let tokenizer = Tokenizer::Chars(Chars::from_text("abc"));
        let before = vec![vec![0.0, 0.0, 0.0]];
        let (moved, largest) = compare(&tokenizer, &before, &[vec![0.0, 3.0, 0.0]], 0);
        assert_eq!((moved[0].token.as_str(), largest), ("b", 3.0));
        assert!(moved[0].after > 0.9 && moved[1].after < moved[1].before);
        let (moved, _) = compare(&tokenizer, &before, &[vec![5.0; 3]], 0);
        assert!(moved.iter().all(|m| (m.after - m.before).abs() < 1e-6 && m.logit_after.abs() < 1e-6));
    }

    #[test]
    fn a_loss_is_the_surprise_at_the_token_that_follows() {
        let found = losses(&[vec![0.0, 0.0], vec![9.0, 0.0]], &[1, 0]);
        assert_eq!(found.len(), 1);
        assert!((found[0] - std::f32::consts::LN_2).abs() < 1e-6);
        assert_eq!(mean(&[]), None);
    }
}
