//! Who may look at whom: the one line in which an encoder and a decoder differ.

use super::{attention::Attended, softmax::softmax};

// ANCHOR: look
/// Which tokens a token may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of them, as in BERT.
    Everything,
    /// Itself and those before it, as in GPT.
    Past,
}

impl Sight {
    /// Of `keys` tokens, how many from the first on the one at `place` may look at.
    pub fn of(self, place: usize, keys: usize) -> usize {
        match self {
            Self::Everything => keys,
            Self::Past => (place + 1).min(keys),
        }
    }
}

/// Attention of one head, from the tokens of `q` to those of `k` and `v`: `[tokens, d_head]` each.
///
/// ```
/// use engine_core::reference::sight::{Sight, look};
/// let (x, memory) = ([vec![0.0], vec![0.0]], [vec![1.0], vec![2.0], vec![6.0]]);
/// assert_eq!(look(&x, &x, &x, Sight::Past).weights, [[1.0, 0.0], [0.5, 0.5]]);
/// assert_eq!(look(&x, &memory, &memory, Sight::Everything).mixed, [[3.0], [3.0]]);
/// ```
pub fn look(q: &[Vec<f64>], k: &[Vec<f64>], v: &[Vec<f64>], sight: Sight) -> Attended {
    let (mut weights, mut mixed) = (Vec::new(), Vec::new());
    for (place, query) in q.iter().enumerate() {
        let seen = sight.of(place, k.len());
        let dot = |key: &Vec<f64>| query.iter().zip(key).map(|(a, b)| a * b).sum::<f64>();
        let scores: Vec<f64> = k[..seen].iter().map(|key| dot(key) / (query.len() as f64).sqrt()).collect();
        let mut shares = softmax(&scores);
        mixed.push(
            (0..query.len()).map(|c| shares.iter().zip(v).map(|(share, value)| share * value[c]).sum()).collect(),
        );
        shares.resize(k.len(), 0.0);
        weights.push(shares);
    }
    Attended { weights, mixed }
}
// ANCHOR_END: look
