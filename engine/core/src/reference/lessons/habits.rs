//! An attention map as colours, and what a head does as numbers.

// ANCHOR: habits
/// Which of `colours` shades stands for a weight between 0 and 1.
///
/// ```
/// use engine_core::reference::lessons::habits::shade;
/// assert_eq!([0.0, 0.05, 0.55, 1.0].map(|weight| shade(weight, 10)), [0, 0, 5, 9]);
/// ```
pub fn shade(weight: f64, colours: usize) -> usize {
    ((weight * colours as f64) as usize).min(colours - 1)
}

/// Where a head looks: its mean weights on the token before, on the first token and on the token itself.
///
/// `weights` is `[tokens (query), tokens (key)]`. The first row has no choice and is left out.
///
/// ```
/// use engine_core::reference::lessons::habits::habits;
/// assert_eq!(habits(&[vec![1.0, 0.0], vec![0.75, 0.25]]), [0.75, 0.75, 0.25]);
/// ```
pub fn habits(weights: &[Vec<f64>]) -> [f64; 3] {
    let rows = 1..weights.len();
    let mean = |column: fn(usize) -> usize| {
        let picked = rows.clone().map(|row| weights[row][column(row)]);
        picked.sum::<f64>() / rows.len() as f64
    };
    [mean(|row| row - 1), mean(|_| 0), mean(|row| row)]
}

/// What [`habits`] says of a head that shares out its weight evenly, for the token before.
pub fn indifferent(tokens: usize) -> f64 {
    let rows = 2..=tokens;
    rows.clone().map(|row| 1.0 / row as f64).sum::<f64>() / rows.count() as f64
}
// ANCHOR_END: habits

#[cfg(test)]
mod tests {
    use super::{habits, indifferent};

    #[test]
    fn an_even_head_has_the_same_three_habits() {
        for tokens in [2, 3, 17] {
            let even = |row: usize| (0..tokens).map(|c| if c > row { 0.0 } else { 1.0 / (row + 1) as f64 }).collect();
            let weights: Vec<Vec<f64>> = (0..tokens).map(even).collect();
            assert!(habits(&weights).iter().all(|habit| (habit - indifferent(tokens)).abs() < 1e-12), "{tokens}");
        }
    }
}
