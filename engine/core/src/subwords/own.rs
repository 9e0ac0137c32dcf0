//! A tokenizer that the learner has trained, of any of the three kinds, and what its training is told as.

use super::{Token, spans, unigram::Unigram, wordpiece::WordPiece};
use crate::tokenizer::{Bpe, visible};
use serde::{Deserialize, Serialize};

/// One of the three.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Own {
    /// Byte-pair encoding.
    Bpe(Bpe),
    /// WordPiece.
    WordPiece(WordPiece),
    /// Unigram.
    Unigram(Unigram),
}

impl Own {
    /// How many pieces it has.
    pub fn size(&self) -> usize {
        match self {
            Self::Bpe(bpe) => bpe.vocab_size(),
            Self::WordPiece(model) => model.pieces().len(),
            Self::Unigram(model) => model.pieces().len(),
        }
    }

    /// Cuts a text.
    pub fn encode(&self, text: &str) -> Vec<Token> {
        match self {
            Self::Bpe(bpe) => spans(bpe.encode(text).into_iter().map(|id| (id, bpe.decode(&[id]).len()))),
            Self::WordPiece(model) => model.encode(text),
            Self::Unigram(model) => model.encode(text),
        }
    }

    /// The pieces as a learner should see them, by their ids.
    pub fn pieces(&self) -> Vec<String> {
        match self {
            Self::Bpe(bpe) => (0..bpe.vocab_size() as u32).map(|id| visible(&bpe.decode(&[id]))).collect(),
            Self::WordPiece(model) => model.pieces().to_vec(),
            Self::Unigram(model) => model.pieces().iter().map(|(piece, _)| visible(piece.as_bytes())).collect(),
        }
    }
}

/// One token per byte: what byte-pair encoding begins with.
pub fn bytes(text: &str) -> Vec<Token> {
    spans(text.bytes().map(|byte| (u32::from(byte), 1)))
}

/// One token per character; the id is its number in Unicode.
pub fn characters(text: &str) -> Vec<Token> {
    spans(text.chars().map(|c| (u32::from(c), c.len_utf8())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::BpeTrainer;

    #[test]
    fn spans_cover_the_text() {
        let mut trainer = BpeTrainer::new("naïve naïve naïve");
        while trainer.step().is_some() {}
        let own = Own::Bpe(trainer.bpe());
        let text = "so naïve 😀";
        for tokens in [own.encode(text), bytes(text), characters(text)] {
            assert_eq!(tokens.first().map(|token| token.start), Some(0));
            assert!(tokens.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert_eq!(tokens.last().map(|token| token.end), Some(text.len()));
        }
        assert_eq!(own.pieces()[32], "␣");
        assert_eq!(own.pieces().len(), own.size());
    }
}
