//! Unigram: every piece has a probability, and a word is cut in the way whose pieces are together the likeliest.
//! (Kudo 2018, as in SentencePiece.)

use super::{
    Token,
    cuts::{Marked, marked_words},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What stands for characters that no piece covers.
pub const UNKNOWN: &str = "<unk>";
/// An unknown character counts as so much less likely than the rarest piece, in nats; as in SentencePiece.
const UNKNOWN_PENALTY: f64 = 10.0;

/// The pieces with the logarithms of their probabilities, by their ids; id 0 is [`UNKNOWN`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unigram {
    pieces: Vec<(String, f64)>,
}

/// A stretch of a word that was cut: its piece, or `None` for a character that no piece covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The id of the piece.
    pub id: Option<u32>,
    /// Its first character.
    pub start: usize,
    /// The character after its last.
    pub end: usize,
}

/// Pieces made ready for cutting words.
pub struct Cutter {
    ids: HashMap<String, u32>,
    scores: Vec<f64>,
    longest: usize,
    unknown: f64,
}

impl Cutter {
    /// From pieces with the logarithms of their probabilities.
    pub fn new(pieces: &[(String, f64)]) -> Self {
        let lowest = pieces.iter().map(|(_, score)| *score).fold(f64::INFINITY, f64::min);
        Self {
            ids: pieces.iter().map(|(piece, _)| piece.clone()).zip(0..).collect(),
            scores: pieces.iter().map(|(_, score)| *score).collect(),
            longest: pieces.iter().map(|(piece, _)| piece.chars().count()).max().unwrap_or_default(),
            unknown: lowest - UNKNOWN_PENALTY,
        }
    }

    /// The pieces that begin at `start`, as `(id, end, logarithm)`, short ones first.
    pub fn from<'a>(&'a self, word: &'a [char], start: usize) -> impl Iterator<Item = (u32, usize, f64)> + 'a {
        let mut piece = String::new();
        word.iter().enumerate().skip(start).take(self.longest).filter_map(move |(at, c)| {
            piece.push(*c);
            let id = *self.ids.get(&piece)?;
            Some((id, at + 1, self.scores[id as usize]))
        })
    }

    // ANCHOR: best
    /// The likeliest way to cut `word`: for each place the best way to get there, found from the left (Viterbi).
    pub fn best(&self, word: &[char]) -> Vec<Stretch> {
        self.best_but(word, None).0
    }

    /// The same without the piece `but`, and the logarithm of its probability.
    pub fn best_but(&self, word: &[char], but: Option<u32>) -> (Vec<Stretch>, f64) {
        let mut score = vec![f64::NEG_INFINITY; word.len() + 1];
        let mut back: Vec<Option<Stretch>> = vec![None; word.len() + 1];
        score[0] = 0.0;
        for start in 0..word.len() {
            let mut single = false;
            for (id, end, logarithm) in self.from(word, start).filter(|(id, _, _)| Some(*id) != but) {
                single |= end == start + 1;
                if score[start] + logarithm > score[end] {
                    score[end] = score[start] + logarithm;
                    back[end] = Some(Stretch { id: Some(id), start, end });
                }
            }
            if !single && score[start] + self.unknown > score[start + 1] {
                score[start + 1] = score[start] + self.unknown;
                back[start + 1] = Some(Stretch { id: None, start, end: start + 1 });
            }
        }
        let mut stretches = Vec::new();
        let mut at = word.len();
        while let Some(stretch) = back[at].take() {
            at = stretch.start;
            stretches.push(stretch);
        }
        stretches.reverse();
        (stretches, score[word.len()])
    }
    // ANCHOR_END: best
}

impl Unigram {
    /// From a list of pieces, of which the first is [`UNKNOWN`].
    pub fn new(pieces: Vec<(String, f64)>) -> Self {
        Self { pieces }
    }

    /// The pieces with the logarithms of their probabilities, by their ids.
    pub fn pieces(&self) -> &[(String, f64)] {
        &self.pieces
    }

    /// Cuts `text` into words and each word into pieces. Unknown characters that touch are one token.
    pub fn encode(&self, text: &str) -> Vec<Token> {
        let cutter = Cutter::new(&self.pieces);
        // Most words of a text come again.
        let mut known: HashMap<Vec<char>, Vec<Stretch>> = HashMap::new();
        let mut tokens = Vec::new();
        for word in marked_words(text) {
            let characters: Vec<char> = word.iter().map(|marked| marked.character).collect();
            let stretches = known.entry(characters).or_insert_with_key(|characters| cutter.best(characters));
            let mut open = false;
            for stretch in stretches {
                let token = self.token(&word[stretch.start..stretch.end], stretch.id);
                match tokens.last_mut() {
                    Some(Token { end, .. }) if open && token.unknown => *end = token.end,
                    _ => tokens.push(token.clone()),
                }
                open = token.unknown;
            }
        }
        tokens
    }

    fn token(&self, characters: &[Marked], id: Option<u32>) -> Token {
        let bytes = |marked: Option<&Marked>| marked.map_or(0..0, |marked| marked.bytes.clone());
        let (start, end) = (bytes(characters.first()).start, bytes(characters.last()).end);
        let piece = id.and_then(|id| self.pieces.get(id as usize)).map_or(UNKNOWN, |(piece, _)| piece);
        Token { id: id.unwrap_or(0), start, end, piece: piece.to_owned(), unknown: id.is_none() }
    }
}

/// What the pieces of some tokens spell. The first space was put there, and goes again.
pub fn spelled(tokens: &[Token]) -> String {
    let joined: String = tokens.iter().map(|token| token.piece.as_str()).collect();
    joined.replacen(super::cuts::SPACE, "", 1).replace(super::cuts::SPACE, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(pieces: &[(&str, f64)]) -> Unigram {
        let all = std::iter::once((UNKNOWN, 0.0)).chain(pieces.iter().copied());
        Unigram::new(all.map(|(piece, p)| (piece.to_owned(), p)).collect())
    }

    #[test]
    fn the_likeliest_cut_is_not_always_the_longest_piece() {
        let logs = |pieces: &[(&str, f64)]| model(&pieces.iter().map(|(s, p)| (*s, p.ln())).collect::<Vec<_>>());
        let model =
            logs(&[("▁", 0.1), ("h", 0.05), ("u", 0.05), ("g", 0.05), ("s", 0.05), ("hug", 0.2), ("ugs", 0.02)]);
        let cut: Vec<String> = model.encode("hugs").into_iter().map(|token| token.piece).collect();
        assert_eq!(cut, ["▁", "hug", "s"]);
    }

    #[test]
    fn strangers_become_one_unknown_and_keep_their_place() {
        let model = model(&[("▁", -1.0), ("a", -1.5)]);
        let tokens = model.encode("aéèa");
        let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
        assert_eq!(ids, [1, 2, 0, 2]);
        assert_eq!((tokens[2].start, tokens[2].end, tokens[2].unknown), (1, 5, true));
    }

    #[test]
    fn white_space_comes_back() {
        let pieces = [("▁", -1.0), ("a", -2.0), ("b", -2.0), ("▁a", -1.5), ("\n", -3.0)];
        for text in ["a b", "  a\nb ", " ", "ab  ba"] {
            assert_eq!(spelled(&model(&pieces).encode(text)), text);
        }
    }
}
