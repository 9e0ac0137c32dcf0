//! What counting alone achieves: a trigram model with interpolated Kneser-Ney smoothing (Kneser and Ney 1995; Chen and
//! Goodman 1999, section 4.1.6), the yardstick for a model that was trained.

use std::collections::HashMap;

/// Counts of three tokens in a row, and of how many different neighbours shorter rows have.
///
/// A row seen so and so often gives a part of its count away, the same for each; that part is shared out by a shorter
/// history. A shorter row counts by how many different tokens it came after, not by how often.
pub struct Trigram {
    vocab_size: usize,
    /// The last two tokens counted.
    last: Vec<u32>,
    rows: HashMap<[u32; 3], u32>,
    orders: Option<[Order; 3]>,
}

/// One length of history.
#[derive(Default)]
struct Order {
    /// By history and token, as one number.
    counts: HashMap<u64, f64>,
    /// By history: the sum of its counts, and how many different tokens follow.
    totals: HashMap<u64, (f64, f64)>,
    /// What each count gives away.
    discount: f64,
}

impl Order {
    fn add(&mut self, history: u64, key: u64) {
        *self.counts.entry(key).or_default() += 1.0;
        let total = self.totals.entry(history).or_default();
        total.0 += 1.0;
    }

    /// Counts the different followers, and chooses the discount by Ney, Essen and Kneser (1994): `n1 / (n1 + 2 n2)`.
    fn settle(&mut self, history_of: impl Fn(u64) -> u64) {
        let (mut once, mut twice) = (0.0, 0.0);
        for (key, count) in &self.counts {
            self.totals.entry(history_of(*key)).or_default().1 += 1.0;
            once += f64::from(u8::from(*count == 1.0));
            twice += f64::from(u8::from(*count == 2.0));
        }
        // Without rare rows there is nothing to estimate from; half is what few counts usually give.
        self.discount = if once > 0.0 { once / (once + 2.0 * twice) } else { 0.5 };
    }

    fn smooth(&self, history: u64, key: u64, shorter: f64) -> f64 {
        let Some((total, kinds)) = self.totals.get(&history) else { return shorter };
        let count = self.counts.get(&key).copied().unwrap_or_default();
        ((count - self.discount).max(0.0) + self.discount * kinds * shorter) / total
    }
}

impl Trigram {
    /// Knows nothing yet.
    pub fn new(vocab_size: usize) -> Self {
        Self { vocab_size, last: Vec::new(), rows: HashMap::new(), orders: None }
    }

    /// Counts on, piece by piece.
    pub fn count(&mut self, ids: &[u32]) {
        for &id in ids {
            if let [a, b] = self.last[..] {
                *self.rows.entry([a, b, id]).or_default() += 1;
                self.last = vec![b, id];
            } else {
                self.last.push(id);
            }
        }
        self.orders = None;
    }

    fn pair(&self, a: u32, b: u32) -> u64 {
        u64::from(a) * self.vocab_size as u64 + u64::from(b)
    }

    fn triple(&self, [a, b, c]: [u32; 3]) -> u64 {
        self.pair(a, b) * self.vocab_size as u64 + u64::from(c)
    }

    /// Turns counts into what probabilities need. Call it once everything is counted.
    pub fn settle(&mut self) {
        let vocab = self.vocab_size as u64;
        let [mut one, mut two, mut three] = [Order::default(), Order::default(), Order::default()];
        let mut pairs = std::collections::HashSet::new();
        for (&[a, b, c], &count) in &self.rows {
            let (history, key) = (self.pair(a, b), self.triple([a, b, c]));
            three.counts.insert(key, f64::from(count));
            three.totals.entry(history).or_default().0 += f64::from(count);
            // Seen after one more token.
            two.add(u64::from(b), self.pair(b, c));
            if pairs.insert(self.pair(b, c)) {
                one.add(0, u64::from(c));
            }
        }
        one.settle(|_| 0);
        two.settle(|key| key / vocab);
        three.settle(|key| key / vocab);
        self.orders = Some([one, two, three]);
    }

    /// The probability of `token` after `history`, of which the last two count. Without [`Trigram::settle`] every
    /// token is as likely as any other.
    pub fn probability(&self, history: &[u32], token: u32) -> f64 {
        let even = 1.0 / self.vocab_size as f64;
        let Some([one, two, three]) = &self.orders else { return even };
        let mut probability = one.smooth(0, u64::from(token), even);
        if let [.., b] = *history {
            probability = two.smooth(u64::from(b), self.pair(b, token), probability);
        }
        if let [.., a, b] = *history {
            probability = three.smooth(self.pair(a, b), self.triple([a, b, token]), probability);
        }
        probability
    }

    /// The mean loss on windows of a text, nats per token: every one of `context` targets after each start, each with
    /// its whole history.
    pub fn loss(&self, ids: &[u32], windows: impl Iterator<Item = usize>, context: usize) -> f32 {
        let (mut sum, mut counted) = (0.0, 0usize);
        for start in windows {
            for at in start + 1..=start + context {
                if let Some(&token) = ids.get(at) {
                    sum -= self.probability(&ids[..at], token).ln();
                    counted += 1;
                }
            }
        }
        (sum / counted.max(1) as f64) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss_words::unigram_loss;

    fn counted(text: &str) -> Trigram {
        let mut model = Trigram::new(26);
        let ids: Vec<u32> = text.bytes().map(|b| u32::from(b - b'a')).collect();
        // In two pieces, to see that rows across them count.
        let (first, second) = ids.split_at(ids.len() / 2);
        model.count(first);
        model.count(second);
        model.settle();
        model
    }

    #[test]
    fn probabilities_after_any_history_sum_to_one() {
        let model = counted("abracadabrasimsalabimhokuspokusfidibus");
        for history in [&[][..], &[0], &[25], &[0, 1], &[0, 25], &[25, 24], &[3, 0, 1]] {
            let sum: f64 = (0..26).map(|token| model.probability(history, token)).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{history:?}: {sum}");
            assert!((0..26).all(|token| model.probability(history, token) > 0.0));
        }
    }

    #[test]
    fn the_numbers_are_those_of_a_calculation_by_hand() {
        // ababac: aba 2, bab 1, bac 1. Order 3: once 2, twice 1, so a count gives 2 / 4 away.
        let model = counted("ababac");
        // Order 2 counts the different tokens before: ba after a, ab after b, ac after b: each once, all of it is given
        // away, so a pair says nothing beyond how many kinds follow. Order 1: a, b and c each come after one token.
        let one = 1.0 / 26.0;
        let two = one;
        let wanted = (1.0 - 0.5 + 0.5 * 2.0 * two) / 2.0;
        assert!((model.probability(&[1, 0], 2) - wanted).abs() < 1e-12);
        let wanted = (2.0 - 0.5 + 0.5 * 1.0 * two) / 2.0;
        assert!((model.probability(&[0, 1], 0) - wanted).abs() < 1e-12);
    }

    #[test]
    fn two_tokens_of_history_beat_none() {
        let text = "the cat sat on the mat and the dog sat on the log ".repeat(20);
        let ids: Vec<u32> = text.bytes().map(|b| if b == b' ' { 26 } else { u32::from(b - b'a') }).collect();
        let (train, test) = ids.split_at(800);
        let mut model = Trigram::new(27);
        model.count(train);
        model.settle();
        let loss = model.loss(test, 0..1, test.len() - 1);
        let unigram = unigram_loss(train, test, 27);
        assert!(loss < 0.4 * unigram, "{loss} against {unigram}");
        assert!((Trigram::new(27).loss(test, 0..1, 9) - 27f32.ln()).abs() < 1e-5);
    }
}
