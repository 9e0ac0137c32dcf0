//! What kind of head is this? Measured on random tokens that are repeated, so that no meaning can help.
//!
//! A test text is some different tokens in random order, and then the same again. The habits that are looked for:
//! the token before and the one behind the earlier place (Olsson et al. 2022, *In-context learning and induction
//! heads*), the earlier place itself (Wang et al. 2022, *Interpretability in the wild*), and the first token, where
//! heads that have nothing to do put their attention (Xiao et al. 2023, *Efficient streaming language models with
//! attention sinks*).

use crate::{
    config::GptConfig,
    rng::{Rng, Stream},
};
use serde::{Deserialize, Serialize};

/// Rows of repeated tokens that heads are tested on.
pub const REPEATS: usize = 8;
/// A head is named after a habit from this score on. The bound is ours: four tenths of all attention is no accident.
pub const NAMED: f32 = 0.4;
/// A head is called diffuse from this share of the largest possible entropy on. The bound is ours.
pub const DIFFUSE: f32 = 0.85;
/// The most different tokens in one row, and the fewest that make a test.
const MOST_DIFFERENT: usize = 12;
const FEWEST_DIFFERENT: usize = 4;

/// How one head spends its attention on the test; shares of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct HeadScores {
    /// On the token just before.
    pub previous: f32,
    /// On the first token.
    pub first: f32,
    /// On the token itself.
    pub own: f32,
    /// On the same token at its earlier place.
    pub duplicate: f32,
    /// On the token that came after the earlier place.
    pub induction: f32,
    /// The entropy of its rows, as a share of the largest that they could have: 1 gives all tokens the same.
    pub spread: f32,
}

/// A head's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Looks at the token before.
    Previous,
    /// Looks at the first token.
    First,
    /// Looks at itself.
    Own,
    /// Looks at the earlier place of the same token.
    Duplicate,
    /// Looks behind the earlier place of the same token.
    Induction,
    /// Looks everywhere alike.
    Diffuse,
    /// None of these.
    Other,
}

impl HeadScores {
    /// The kind whose score is highest, with that score; [`Kind::Other`] where none is high enough.
    pub fn kind(&self) -> (Kind, f32) {
        let habits = [
            (Kind::Induction, self.induction),
            (Kind::Duplicate, self.duplicate),
            (Kind::Previous, self.previous),
            (Kind::First, self.first),
            (Kind::Own, self.own),
        ];
        let best = habits.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
        match best {
            Some(best) if best.1 >= NAMED => best,
            _ if self.spread >= DIFFUSE => (Kind::Diffuse, self.spread),
            Some((_, score)) => (Kind::Other, score),
            None => (Kind::Other, 0.0),
        }
    }
}

/// Rows of different random tokens, each row twice; none if the model has too few tokens or places.
pub fn repeats(config: &GptConfig) -> Vec<Vec<u32>> {
    let length = (config.context / 2).min(config.vocab_size).min(MOST_DIFFERENT);
    if length < FEWEST_DIFFERENT {
        return Vec::new();
    }
    let mut rng = Rng::new(0, Stream::Repeats);
    let mut row = || {
        let mut left: Vec<u32> = (0..config.vocab_size as u32).collect();
        let once: Vec<u32> = (0..length).map(|_| left.swap_remove(rng.below(left.len()))).collect();
        [&once[..], &once[..]].concat()
    };
    (0..REPEATS).map(|_| row()).collect()
}

/// The scores of every head, block by block.
///
/// `all` is `[n_layers, rows, n_heads, tokens (query), tokens (key)]`, measured on `rows` texts of `tokens` tokens as
/// [`repeats`] makes them.
pub fn head_scores(all: &[f32], config: &GptConfig, rows: usize, tokens: usize) -> Vec<HeadScores> {
    let GptConfig { n_layers, n_heads, .. } = *config;
    let every = (0..n_layers).flat_map(|layer| (0..n_heads).map(move |head| (layer, head)));
    every
        .map(|(layer, head)| {
            let maps = (0..rows).map(|row| &all[((layer * rows + row) * n_heads + head) * tokens * tokens..]);
            mean(maps.map(|map| of_map(&map[..tokens * tokens], tokens)))
        })
        .collect()
}

/// One head on one text. Places of the first half cannot repeat anything, so most scores are means over the second.
fn of_map(map: &[f32], tokens: usize) -> HeadScores {
    let once = tokens / 2;
    let on = |from: usize, column: fn(usize, usize) -> usize| {
        (from..tokens).map(|at| map[at * tokens + column(at, once)]).sum::<f32>() / (tokens - from) as f32
    };
    let entropy = |at: usize| {
        let row = &map[at * tokens..][..=at];
        row.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum::<f32>() / ((at + 1) as f32).ln()
    };
    HeadScores {
        previous: on(once, |at, _| at - 1),
        first: on(once, |_, _| 0),
        own: on(once, |at, _| at),
        duplicate: on(once, |at, once| at - once),
        induction: on(once, |at, once| at - once + 1),
        spread: (once..tokens).map(entropy).sum::<f32>() / (tokens - once) as f32,
    }
}

fn mean(all: impl ExactSizeIterator<Item = HeadScores>) -> HeadScores {
    let part = 1.0 / all.len().max(1) as f32;
    all.fold(HeadScores::default(), |sum, one| HeadScores {
        previous: sum.previous + part * one.previous,
        first: sum.first + part * one.first,
        own: sum.own + part * one.own,
        duplicate: sum.duplicate + part * one.duplicate,
        induction: sum.induction + part * one.induction,
        spread: sum.spread + part * one.spread,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: GptConfig =
        GptConfig { vocab_size: 9, n_layers: 2, n_heads: 3, d_model: 9, context: 10, tied_head: true };

    /// The maps of heads that do one thing only, each with its kind; the last looks everywhere alike.
    #[test]
    fn a_head_that_does_one_thing_is_named_after_it() {
        let rows = repeats(&CONFIG);
        let tokens = rows[0].len();
        assert_eq!((rows.len(), tokens), (REPEATS, 10));
        assert!(rows.iter().all(|row| row[..5] == row[5..]));
        type LooksAt = fn(usize) -> usize;
        let looks: [(Kind, LooksAt); 5] = [
            (Kind::Previous, |at| at.saturating_sub(1)),
            (Kind::First, |_| 0),
            (Kind::Own, |at| at),
            (Kind::Duplicate, |at| at.saturating_sub(5)),
            (Kind::Induction, |at| at.saturating_sub(4)),
        ];
        let mut all = vec![0.0; 6 * rows.len() * tokens * tokens];
        for (number, map) in all.chunks_mut(tokens * tokens).enumerate() {
            let (layer, head) = (number / (3 * rows.len()), number % 3);
            for at in 0..tokens {
                match looks.get(layer * 3 + head) {
                    Some((_, to)) => map[at * tokens + to(at)] = 1.0,
                    None => map[at * tokens..][..=at].fill(1.0 / (at + 1) as f32),
                }
            }
        }
        let scores = head_scores(&all, &CONFIG, rows.len(), tokens);
        for (scores, (kind, _)) in scores.iter().zip(looks) {
            assert_eq!(scores.kind(), (kind, 1.0), "{scores:?}");
            assert_eq!(scores.spread, 0.0);
        }
        let even = scores[5];
        assert!(even.kind().0 == Kind::Diffuse && (even.spread - 1.0).abs() < 1e-6, "{even:?}");
        let each = (5..10).map(|at| 1.0 / (at + 1) as f32).sum::<f32>() / 5.0;
        assert!(
            [even.previous, even.first, even.own, even.duplicate, even.induction]
                .iter()
                .all(|x| (x - each).abs() < 1e-6)
        );
    }

    #[test]
    fn a_head_between_the_kinds_has_no_name() {
        let mixed = HeadScores { previous: 0.39, first: 0.3, spread: 0.5, ..HeadScores::default() };
        assert_eq!(mixed.kind(), (Kind::Other, 0.39));
    }

    #[test]
    fn too_few_tokens_make_no_test() {
        assert!(repeats(&GptConfig { vocab_size: 3, ..CONFIG }).is_empty());
        assert!(repeats(&GptConfig { context: 7, ..CONFIG }).is_empty());
    }
}
