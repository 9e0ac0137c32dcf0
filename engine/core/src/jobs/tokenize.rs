//! Cutting texts into tokens: with a tokenizer that is learned on the spot, or with a published vocabulary.

use super::train::MAX_TEXT;
use crate::{
    job::{Home, Job},
    subwords::{
        Token,
        statistics::{Frequency, frequencies, slope},
        unigram_learning::Miss,
    },
};
use serde::{Deserialize, Serialize};

/// A tokenizer by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// One token per character.
    Characters,
    /// One token per byte.
    Bytes,
    /// Byte-pair encoding, learned here.
    #[default]
    Bpe,
    /// WordPiece, learned here.
    WordPiece,
    /// Unigram, learned here.
    Unigram,
    /// The vocabulary of GPT-2 and GPT-3.
    Gpt2,
    /// The vocabulary of GPT-3.5 and GPT-4.
    Cl100k,
    /// The vocabulary of GPT-4o and later.
    O200k,
    /// The vocabulary of BERT, without capitals.
    Bert,
}

impl Which {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Characters,
        Self::Bytes,
        Self::Bpe,
        Self::WordPiece,
        Self::Unigram,
        Self::Gpt2,
        Self::Cl100k,
        Self::O200k,
        Self::Bert,
    ];

    /// As it is written in links and outcomes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
            Self::Bpe => "bpe",
            Self::WordPiece => "word-piece",
            Self::Unigram => "unigram",
            Self::Gpt2 => "gpt2",
            Self::Cl100k => "cl100k",
            Self::O200k => "o200k",
            Self::Bert => "bert",
        }
    }

    /// Whether it is learned from the learner's text.
    pub fn is_learned(self) -> bool {
        matches!(self, Self::Bpe | Self::WordPiece | Self::Unigram)
    }

    /// The file of a published vocabulary, below `data/vocabularies/`.
    pub fn file(self) -> Option<&'static str> {
        match self {
            Self::Gpt2 => Some("gpt2.bin"),
            Self::Cl100k => Some("cl100k.bin"),
            Self::O200k => Some("o200k.bin"),
            Self::Bert => Some("bert.txt"),
            _ => None,
        }
    }
}

/// From what, and how far, a tokenizer is learned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// The text.
    pub text: String,
    /// For BPE and WordPiece the number of merges; for Unigram the number of pieces to keep.
    pub size: usize,
}

impl Lesson {
    /// The most bytes that are learned from.
    pub const MOST: usize = 200_000;
    /// The most merges or pieces.
    pub const MOST_STEPS: usize = 1_000;

    /// Whether it can be learned from.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.text.trim().is_empty() {
            return Err("There is no text to learn from. Choose one, or write your own.".into());
        }
        if self.text.len() > Self::MOST {
            return Err(format!("The text is longer than {} bytes; shorten it.", Self::MOST));
        }
        if !(1..=Self::MOST_STEPS).contains(&self.size) {
            return Err(format!("The size is {}; choose 1 to {}.", self.size, Self::MOST_STEPS));
        }
        Ok(())
    }
}

/// Learns a tokenizer and tells every step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearnTokenizer {
    /// BPE, WordPiece or Unigram.
    pub which: Which,
    /// From what.
    pub lesson: Lesson,
}

/// A pair of neighbours that could be merged next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Left half, as a learner sees it.
    pub left: String,
    /// Right half.
    pub right: String,
    /// How often the two stand side by side.
    pub together: usize,
    /// What the choice goes by: the count for BPE; for WordPiece the count over the product of both counts.
    pub score: f64,
}

/// One merge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergeStep {
    /// The best pairs at that moment; the first was merged.
    pub candidates: Vec<Candidate>,
    /// How many pairs there were to choose from.
    pub pairs: usize,
    /// The piece that it made.
    pub made: String,
    /// How many tokens the text has after it.
    pub tokens: usize,
}

/// One round of Unigram: estimate, then drop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PruneStep {
    /// How many pieces there were.
    pub pieces: usize,
    /// Bits per character of the text before each pass of estimating in this round, and after the last.
    pub bits: Vec<f64>,
    /// How many tokens the likeliest cut of the text had.
    pub tokens: usize,
    /// The pieces that would be missed most.
    pub dearest: Vec<Missed>,
    /// Of the pieces that were dropped, those that were missed most: the last to fall.
    pub dropped: Vec<Missed>,
    /// How many were dropped.
    pub drops: usize,
}

/// A piece and what its absence costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Missed {
    /// The piece.
    pub piece: String,
    /// How often the likeliest cut uses it.
    pub used: usize,
    /// What would be used instead.
    pub instead: Vec<String>,
    /// Bits more for the whole text.
    pub bits: f64,
}

impl From<&Miss> for Missed {
    fn from(miss: &Miss) -> Self {
        let Miss { piece, used, instead, bits } = miss.clone();
        Self { piece, used, instead, bits }
    }
}

/// What was learned, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Words of the text.
    pub words: usize,
    /// Different words.
    pub distinct: usize,
    /// Pieces before the first step.
    pub first_size: usize,
    /// Tokens of the text before the first step.
    pub first_tokens: usize,
    /// The merges; none for Unigram.
    pub merges: Vec<MergeStep>,
    /// The rounds of Unigram; none for the others.
    pub rounds: Vec<PruneStep>,
    /// The pieces at the end, by their ids.
    pub pieces: Vec<String>,
}

impl Job for LearnTokenizer {
    const NAME: &'static str = "learn-tokenizer";
    const HOME: Home = Home::Plain;
    /// How far it is, between 0 and 1.
    type Update = f64;
    type Output = Learned;
}

/// Cuts texts into tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tokenize {
    /// The tokenizer.
    pub which: Which,
    /// From what it is learned, if it is.
    pub lesson: Lesson,
    /// Only so many steps of what was learned; all if it has no such moment.
    pub step: Option<usize>,
    /// The vocabulary's file. Without it, a worker that does not hold it yet asks for it.
    pub vocabulary: Option<Vec<u8>>,
    /// The texts.
    pub texts: Vec<String>,
}

impl Tokenize {
    /// Whether it can be done.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        if self.texts.iter().map(String::len).sum::<usize>() > MAX_TEXT {
            return Err(format!("The text is longer than {} million bytes; shorten it.", MAX_TEXT / 1_000_000));
        }
        if self.which.is_learned() { self.lesson.validate() } else { Ok(()) }
    }
}

/// What became of the texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Tokenized {
    /// The worker does not hold this vocabulary: ask again and bring its file.
    VocabularyNeeded,
    /// The tokens.
    Done(Cut),
}

/// Texts as tokens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// For each text its tokens.
    pub texts: Vec<Vec<Token>>,
    /// How many tokens the tokenizer has; none where there is no list of them.
    pub size: Option<usize>,
}

impl Cut {
    /// Cuts every text with `encode`.
    pub fn of(texts: &[String], size: Option<usize>, encode: impl Fn(&str) -> Vec<Token>) -> Self {
        Self { texts: texts.iter().map(|text| encode(text)).collect(), size }
    }
}

impl Job for Tokenize {
    const NAME: &'static str = "tokenize";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = Tokenized;
}

/// Counts how often each token of one text occurs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountTokens {
    /// What to cut, and with what; the texts are counted as one.
    pub cut: Tokenize,
}

/// The counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenCounts {
    /// Every token that occurs, the most frequent first.
    pub counts: Vec<usize>,
    /// The first of them with their names.
    pub top: Vec<Frequency>,
    /// The slope of the counts on two logarithmic axes, ranks 10 to 1,000.
    pub slope: Option<f64>,
    /// How many tokens the tokenizer has.
    pub size: Option<usize>,
}

impl TokenCounts {
    /// So many tokens are named.
    pub const TOP: usize = 50;

    /// Counts the tokens of a text.
    pub fn of(text: &str, tokens: &[Token], size: Option<usize>) -> Self {
        let mut top = frequencies(text, tokens);
        let counts: Vec<usize> = top.iter().map(|frequency| frequency.count).collect();
        top.truncate(Self::TOP);
        Self { slope: slope(&counts, 10, 1_000), counts, top, size }
    }
}

/// What became of counting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TokensCounted {
    /// See [`Tokenized::VocabularyNeeded`].
    VocabularyNeeded,
    /// The counts.
    Done(TokenCounts),
}

impl Job for CountTokens {
    const NAME: &'static str = "count-tokens";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = TokensCounted;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_lessons_get_a_sentence() {
        let lesson = Lesson { text: "a b".into(), size: 10 };
        assert_eq!(lesson.validate(), Ok(()));
        assert!(Lesson { size: 0, ..lesson.clone() }.validate().unwrap_err().contains("1 to 1000"));
        assert!(Lesson { text: " ".into(), ..lesson.clone() }.validate().unwrap_err().contains("no text"));
        assert!(Lesson { text: "a".repeat(Lesson::MOST + 1), ..lesson }.validate().unwrap_err().contains("shorten"));
    }

    #[test]
    fn names_are_those_of_links() {
        for which in Which::ALL {
            assert_eq!(serde_json::to_string(&which).unwrap(), format!("\"{}\"", which.name()));
        }
    }
}
