//! Text to token ids and back: by character, or by byte pairs learned from the text.

mod bpe;
mod chars;
pub mod chat;
mod cuts;
mod gguf;
mod gpt2;
mod gpt2_files;
pub mod pairs;

pub use bpe::{Bpe, BpeTrainer, Merge};
pub use chars::Chars;
pub use gpt2::Gpt2Tokenizer;
pub(crate) use gpt2::readable;

use serde::{Deserialize, Serialize};

/// A tokenizer as it is kept inside a model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", try_from = "Kept")]
pub enum Tokenizer {
    /// One token per character of the training text.
    Chars(Chars),
    /// Byte-level byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019).
    Bpe(Bpe),
}

/// The same as it is read. Read by its tag, every number would be kept as a whole value of JSON first, which takes
/// thirty times the room it has in the file.
#[derive(Deserialize)]
struct Kept {
    kind: Kind,
    chars: Option<String>,
    merges: Option<Vec<(u32, u32)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Chars,
    Bpe,
}

impl TryFrom<Kept> for Tokenizer {
    type Error = &'static str;

    fn try_from(kept: Kept) -> Result<Self, Self::Error> {
        match kept {
            Kept { kind: Kind::Chars, chars: Some(chars), .. } => Ok(Self::Chars(Chars { chars })),
            Kept { kind: Kind::Bpe, merges: Some(merges), .. } => Ok(Self::Bpe(Bpe { merges })),
            Kept { kind: Kind::Chars, .. } => Err("missing field `chars`"),
            Kept { kind: Kind::Bpe, .. } => Err("missing field `merges`"),
        }
    }
}

/// What became of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    /// Token ids.
    pub ids: Vec<u32>,
    /// Characters the tokenizer does not know, each once; they were left out.
    pub unknown: Vec<char>,
}

impl Tokenizer {
    /// How many different tokens there are.
    pub fn vocab_size(&self) -> usize {
        match self {
            Self::Chars(chars) => chars.vocab_size(),
            Self::Bpe(bpe) => bpe.vocab_size(),
        }
    }

    /// Cuts `text` into tokens.
    pub fn encode(&self, text: &str) -> Encoded {
        match self {
            Self::Chars(chars) => chars.encode(text),
            Self::Bpe(bpe) => Encoded { ids: bpe.encode(text), unknown: Vec::new() },
        }
    }

    /// The text of `ids`. Bytes that do not form a character are left out.
    pub fn decode(&self, ids: &[u32]) -> String {
        match self {
            Self::Chars(chars) => chars.decode(ids),
            Self::Bpe(bpe) => String::from_utf8_lossy(&bpe.decode(ids)).replace(char::REPLACEMENT_CHARACTER, ""),
        }
    }

    /// The token as a learner should see it: spaces as `␣`, line ends as `⏎`, tabs as `⇥`, and
    /// bytes that are no whole character as `‹e2›`.
    pub fn show(&self, id: u32) -> String {
        visible(&self.spelled(id))
    }

    /// The bytes of one token.
    pub fn spelled(&self, id: u32) -> Vec<u8> {
        match self {
            Self::Chars(chars) => chars.decode(&[id]).into_bytes(),
            Self::Bpe(bpe) => bpe.spelled(id),
        }
    }

    /// One phrase for a model's card.
    pub fn describe(&self) -> String {
        match self {
            Self::Chars(chars) => format!("{} characters", chars.vocab_size()),
            Self::Bpe(bpe) => format!("byte-pair encoding, {} tokens", bpe.vocab_size()),
        }
    }

    /// Checks what a file claims.
    ///
    /// # Errors
    /// A sentence naming what is wrong.
    pub fn validate(&self) -> Result<(), String> {
        match self {
            Self::Chars(chars) => chars.validate(),
            Self::Bpe(bpe) => bpe.validate(),
        }
    }
}

/// `bytes` as a learner should see them: see [`Tokenizer::show`].
pub fn visible(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                ' ' => shown.push('␣'),
                '\n' => shown.push('⏎'),
                '\t' => shown.push('⇥'),
                c if c.is_control() => shown.push_str(&format!("‹{:02x}›", u32::from(c))),
                c if is_invisible(c) => shown.push_str(&format!("‹U+{:04X}›", u32::from(c))),
                c => shown.push(c),
            }
        }
        for byte in chunk.invalid() {
            shown.push_str(&format!("‹{byte:02x}›"));
        }
    }
    shown
}

/// Whether a character leaves no ink of its own: other spaces, joiners, marks of direction.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_stray_bytes_are_visible() {
        let bpe = Tokenizer::Bpe(Bpe::bytes_only());
        assert_eq!(bpe.show(32), "␣");
        assert_eq!(bpe.show(10), "⏎");
        assert_eq!(bpe.show(0xe2), "‹e2›");
        assert_eq!(bpe.show(7), "‹07›");
        assert_eq!(visible("a\u{a0}\u{200d}é".as_bytes()), "a‹U+00A0›‹U+200D›é");
        assert!((0..256).all(|id| !bpe.show(id).contains(char::REPLACEMENT_CHARACTER)));
    }

    #[test]
    fn a_tokenizer_survives_json() {
        let chars = Tokenizer::Chars(Chars::from_text("héllo"));
        let json = serde_json::to_string(&chars).unwrap();
        assert_eq!(json, r#"{"kind":"chars","chars":"héllo"}"#.replace("héllo", "hloé"));
        assert_eq!(serde_json::from_str::<Tokenizer>(&json).unwrap(), chars);
    }
}
