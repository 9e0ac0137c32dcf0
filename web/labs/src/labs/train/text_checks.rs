//! Whether a text can be trained on, said before anything is sent to the engine.

use kit::t;
use engine_core::jobs::train::MAX_TEXT;

/// Fewer characters teach nothing: the validation part alone would be a line.
pub const FEWEST: usize = 200;

/// What is known of a text that can be trained on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextFacts {
    /// How many characters.
    pub characters: usize,
    /// How many different ones.
    pub distinct: usize,
}

/// Counts a text and checks that it can be trained on.
///
/// # Errors
/// A sentence that says what is wrong and what to do.
pub fn check(text: &str) -> Result<TextFacts, String> {
    let kept = t!("train.text_had_kept");
    if text.trim().is_empty() {
        return Err(t!("train.there_no_text_paste", kept = kept));
    }
    check_size(text.len() as f64)?;
    if text.contains('\0') {
        return Err(binary());
    }
    let facts = TextFacts { characters: text.chars().count(), distinct: distinct(text) };
    if facts.distinct < 2 {
        return Err(t!("train.text_repeats_single", kept = kept));
    }
    if facts.characters < FEWEST {
        return Err(t!("train.text_has_characters", characters = facts.characters, fewest = FEWEST, kept = kept));
    }
    Ok(facts)
}

/// How many different characters a text has, counted with one flag for every character there is.
fn distinct(text: &str) -> usize {
    let mut seen = vec![false; char::MAX as usize + 1];
    text.chars().filter(|c| !std::mem::replace(&mut seen[*c as usize], true)).count()
}

/// Checks a size in bytes, before a file is read.
///
/// # Errors
/// A sentence that says how large a text may be.
pub fn check_size(bytes: f64) -> Result<(), String> {
    if bytes > MAX_TEXT as f64 {
        return Err(t!("train.text_has_at", size = megabytes(bytes), most = megabytes(MAX_TEXT as f64)));
    }
    Ok(())
}

/// The sentence for a file that holds no text.
pub fn binary() -> String {
    t!("train.file_not_plain")
        .to_owned()
}

/// A file's bytes as text, as far as their first look goes: a byte of zero never stands in a text.
///
/// # Errors
/// The sentence of [`binary`].
pub fn looks_like_text(bytes: &[u8]) -> Result<(), String> {
    if bytes.contains(&0) { Err(binary()) } else { Ok(()) }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}

/// Whether a text is large enough for a model: training tokens per parameter, in words.
///
/// With far fewer tokens than parameters a model learns its text by heart.
pub fn enough(tokens: usize, parameters: usize) -> String {
    let ratio = tokens as f64 / parameters.max(1) as f64;
    let verdict = match ratio {
        r if r >= 5.0 => t!("train.plenty_for_size"),
        r if r >= 1.0 => t!("train.enough_for_size"),
        r if r >= 0.2 => t!("train.little_for_size"),
        _ => t!("train.too_little_for"),
    };
    t!("train.tokens_per_parameter", ratio = format!("{:.1}", ratio), verdict = verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_text_has_its_sentence() {
        assert!(check(" \n").unwrap_err().starts_with("There is no text."));
        assert!(check(&"a".repeat(500)).unwrap_err().contains("single character"));
        assert!(check("a").unwrap_err().contains("single character"));
        assert!(check("only a few words").unwrap_err().contains("16 characters; training needs at least 200"));
        assert!(check(&"a b\0".repeat(100)).unwrap_err().contains("not plain text"));
        assert!(check(&"ab ".repeat(MAX_TEXT)).unwrap_err().contains("15.0 MB; at most 5.0 MB"));
        for bad in ["", "aaaa", "short text"] {
            assert!(check(bad).unwrap_err().contains("kept"));
        }
    }

    #[test]
    fn a_good_text_is_counted_in_characters() {
        let text = "Grüße an alle. ".repeat(20);
        assert_eq!(check(&text), Ok(TextFacts { characters: 300, distinct: 10 }));
    }

    #[test]
    fn a_file_is_refused_by_its_size_or_its_first_zero() {
        assert!(check_size(50e6).unwrap_err().contains("50.0 MB"));
        assert_eq!(check_size(MAX_TEXT as f64), Ok(()));
        assert!(looks_like_text(b"PK\x03\x04\0").is_err());
        assert_eq!(looks_like_text("fine".as_bytes()), Ok(()));
    }

    #[test]
    fn more_text_or_a_smaller_model_is_better() {
        assert!(enough(100_000, 10_000).contains("plenty"));
        assert!(enough(20_000, 10_000).contains("enough for"));
        assert!(enough(5_000, 10_000).contains("watch"));
        assert!(enough(500, 10_000).contains("by heart"));
    }
}
