//! The causal mask as a matrix of its own.

use crate::reference::softmax::softmax;

// ANCHOR: causal_mask
/// Zero where a token may look, minus infinity where it may not: `[tokens (query), tokens (key)]`.
///
/// ```
/// use engine_core::reference::lessons::mask::causal_mask;
/// assert_eq!(causal_mask(2), [[0.0, f64::NEG_INFINITY], [0.0, 0.0]]);
/// ```
pub fn causal_mask(tokens: usize) -> Vec<Vec<f64>> {
    let row = |query| (0..tokens).map(|key| if key > query { f64::NEG_INFINITY } else { 0.0 }).collect();
    (0..tokens).map(row).collect()
}

/// Attention weights from `scores`, `[tokens (query), tokens (key)]`, without a look ahead.
///
/// ```
/// use engine_core::reference::lessons::mask::masked_weights;
/// let weights = masked_weights(&[vec![0.0, 9.0], vec![1.0, 1.0]]);
/// assert_eq!(weights, [[1.0, 0.0], [0.5, 0.5]]);
/// ```
pub fn masked_weights(scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mask = causal_mask(scores.len());
    let open = |(row, mask): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
        row.iter().zip(mask).map(|(score, hidden)| score + hidden).collect()
    };
    scores.iter().zip(&mask).map(|pair| softmax(&open(pair))).collect()
}
// ANCHOR_END: causal_mask

#[cfg(test)]
mod tests {
    use super::masked_weights;
    use crate::reference::softmax::softmax;

    #[test]
    fn each_row_is_the_softmax_of_what_is_visible() {
        let scores: Vec<Vec<f64>> = (0..7).map(|i| (0..7).map(|j| f64::from((i * 5 + j * 3) % 7)).collect()).collect();
        for (i, row) in masked_weights(&scores).iter().enumerate() {
            assert_eq!(row[..=i], softmax(&scores[i][..=i])[..], "row {i}");
            assert!(row[i + 1..].iter().all(|weight| *weight == 0.0), "row {i} looks ahead");
        }
    }
}
