//! A whole training loop around the smallest language model: a table of what follows what.

use crate::reference::softmax::softmax;

// ANCHOR: train
/// Learns which token follows which in `text`; answers the loss before each step, and the scores.
///
/// ```
/// use engine_core::reference::lessons::training::train;
/// let (losses, _) = train(&[0, 1, 0, 1, 0], 2, 50, 1.0);
/// assert!((losses[0] - 2f64.ln()).abs() < 1e-12, "it begins by guessing");
/// assert!(losses[49] < 0.1, "and ends by knowing");
/// ```
pub fn train(text: &[usize], vocab: usize, steps: usize, rate: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut scores = vec![vec![0.0; vocab]; vocab];
    let places = text.len() as f64 - 1.0;
    let mut losses = Vec::new();
    for _ in 0..steps {
        let mut gradient = vec![vec![0.0; vocab]; vocab];
        let mut loss = 0.0;
        for pair in text.windows(2) {
            let (now, next) = (pair[0], pair[1]);
            let chances = softmax(&scores[now]);
            loss -= libm::log(chances[next]) / places;
            for (token, slope) in gradient[now].iter_mut().enumerate() {
                *slope += (chances[token] - f64::from(token == next)) / places;
            }
        }
        for (score, slope) in scores.iter_mut().flatten().zip(gradient.iter().flatten()) {
            *score -= rate * slope;
        }
        losses.push(loss);
    }
    (losses, scores)
}
// ANCHOR_END: train

#[cfg(test)]
mod tests {
    use super::train;

    const TEXT: [usize; 12] = [0, 1, 2, 0, 1, 0, 2, 2, 1, 0, 1, 2];

    #[test]
    fn it_falls_towards_what_the_counts_leave_open() {
        let (losses, _) = train(&TEXT, 3, 4000, 2.0);
        assert!((losses[0] - 3f64.ln()).abs() < 1e-12);
        assert!(losses.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12));
        let mut counts = [[0.0f64; 3]; 3];
        TEXT.windows(2).for_each(|pair| counts[pair[0]][pair[1]] += 1.0);
        let open = |row: &[f64; 3]| {
            let all: f64 = row.iter().sum();
            row.iter().filter(|n| **n > 0.0).map(|n| -n * (n / all).ln()).sum::<f64>()
        };
        let floor = counts.iter().map(open).sum::<f64>() / 11.0;
        assert!(losses[3999] >= floor && losses[3999] < floor + 1e-3, "{} of {floor}", losses[3999]);
    }

    #[test]
    fn the_first_step_follows_the_slope_of_the_loss() {
        let (losses, scores) = train(&TEXT, 3, 2, 1e-5);
        // The loss falls by the rate times the squared length of the gradient; scores after two steps hold about two.
        let squared: f64 = scores.iter().flatten().map(|score| (score / 2e-5).powi(2)).sum();
        assert!(((losses[0] - losses[1]) / 1e-5 - squared).abs() < 1e-3 * squared);
    }
}
