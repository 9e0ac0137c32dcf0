//! Beam search: several beginnings are kept alive, and each step keeps the likeliest ways to go on with any of them.

/// A beginning that is kept, with the probability of all its tokens together.
#[derive(Debug, Clone, PartialEq)]
pub struct Beam {
    /// What has been written.
    pub tokens: Vec<u32>,
    /// The sum of the tokens' log-probabilities, in nats.
    pub log_probability: f64,
}

impl Beam {
    /// Nothing written yet, which is certain.
    pub fn start() -> Self {
        Self { tokens: Vec::new(), log_probability: 0.0 }
    }
}

// ANCHOR: step
/// One step: every beam is tried with every token, and the `width` likeliest are kept, best first. Of equals, the
/// earlier beam and the smaller token come first.
///
/// `logits` has one row for each beam, `[beams, vocab]`.
///
/// ```
/// use engine_core::beam::{Beam, step};
/// let two = step(&[Beam::start()], &[vec![0.0, 2.0, 1.0]], 2);
/// assert_eq!([&two[0].tokens, &two[1].tokens], [&[1], &[2]]);
/// ```
pub fn step(beams: &[Beam], logits: &[Vec<f32>], width: usize) -> Vec<Beam> {
    let mut tried: Vec<(f64, usize, u32)> = Vec::new();
    for (at, (beam, logits)) in beams.iter().zip(logits).enumerate() {
        // From one beam at most `width` can be among the best.
        let normaliser = log_sum_exp(logits);
        for (id, logit) in crate::sampling::top(logits, width) {
            tried.push((beam.log_probability + f64::from(logit) - normaliser, at, id as u32));
        }
    }
    tried.sort_by(|a, b| b.0.total_cmp(&a.0));
    tried.truncate(width);
    let grown = |(log_probability, at, id): (f64, usize, u32)| {
        let tokens = [beams[at].tokens.as_slice(), &[id]].concat();
        Beam { tokens, log_probability }
    };
    tried.into_iter().map(grown).collect()
}
// ANCHOR_END: step

/// Searches for likely texts of so many `steps`. `scores` is the model: from what is written to one logit for each
/// token. With a `width` of 1 it takes the likeliest token each time (greedy).
pub fn search(scores: impl Fn(&[u32]) -> Vec<f32>, width: usize, steps: usize) -> Vec<Beam> {
    let mut beams = vec![Beam::start()];
    for _ in 0..steps {
        let logits: Vec<Vec<f32>> = beams.iter().map(|beam| scores(&beam.tokens)).collect();
        beams = step(&beams, &logits, width.max(1));
    }
    beams
}

/// The logarithm of the softmax's denominator.
fn log_sum_exp(logits: &[f32]) -> f64 {
    let best = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits.iter().map(|&x| libm::exp(f64::from(x) - best)).sum();
    best + libm::log(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the lesson on completion: greedy takes A (0.5), and the better text begins with B (0.4).
    fn lesson(written: &[u32]) -> Vec<f32> {
        let p: [f32; 3] = match written {
            [] => [0.5, 0.4, 0.1],
            [0, ..] => [0.4, 0.3, 0.3],
            [1, ..] => [0.9, 0.05, 0.05],
            _ => [0.34, 0.33, 0.33],
        };
        p.map(f32::ln).to_vec()
    }

    #[test]
    fn two_beams_find_what_greedy_misses() {
        let greedy = search(lesson, 1, 2);
        assert_eq!(greedy[0].tokens, [0, 0]);
        assert!((greedy[0].log_probability.exp() - 0.20).abs() < 1e-6);
        let two = search(lesson, 2, 2);
        assert_eq!(two[0].tokens, [1, 0]);
        assert!((two[0].log_probability.exp() - 0.36).abs() < 1e-6);
    }

    #[test]
    fn wide_enough_it_finds_the_best_of_all_texts() {
        // A model whose scores depend on everything written.
        let scores = |written: &[u32]| -> Vec<f32> {
            let hash = written.iter().fold(7u32, |h, t| h.wrapping_mul(31).wrapping_add(*t + 1));
            (0..4u32).map(|t| (hash.wrapping_mul(2_654_435_761).rotate_left(t * 5) % 1000) as f32 / 200.0).collect()
        };
        let all = search(scores, 4usize.pow(4), 4);
        assert_eq!(all.len(), 256);
        let sum: f64 = all.iter().map(|beam| beam.log_probability.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "all texts of four tokens together: {sum}");
        assert!(all.is_sorted_by(|a, b| a.log_probability >= b.log_probability));
        for width in [1, 2, 3, 8, 64] {
            let found = search(scores, width, 4);
            assert!(found[0].log_probability <= all[0].log_probability + 1e-12);
            assert!(found.iter().all(|beam| all.iter().any(|other| other.tokens == beam.tokens)));
        }
        assert_eq!(search(scores, 64, 4)[0], all[0]);
    }
}
