//! Pieces of a file's own text, made fit for a sentence: short, and without line ends.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use std::fmt::{Display, Write};

/// The beginning of a text from a file.
pub fn clip(text: &str) -> String {
    first(text, 40)
}

/// Why a parser refused a file; what it quotes of the file can be long.
pub fn why(reason: &impl Display) -> String {
    let mut short = Short(String::new());
    // Stopping early is all that `Short` refuses, and not worth a word.
    let _ = write!(short, "{reason}");
    first(&short.0, 200)
}

fn first(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// A text that takes no more once it is long enough.
struct Short(String);

impl Write for Short {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend(text.chars().take(1000));
        if self.0.len() < 1000 { Ok(()) } else { Err(std::fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::{clip, why};

    #[test]
    fn long_texts_are_cut_and_line_ends_left_out() {
        assert_eq!(clip("a\nb\u{7}é"), "abé");
        assert_eq!(clip(&"é".repeat(100)).chars().count(), 40);
        assert_eq!(why(&format_args!("{} is no {}", "x".repeat(50), "y".repeat(1 << 20))).len(), 200);
        assert_eq!(why(&"expected `,` at line 1 column 3"), "expected `,` at line 1 column 3");
    }
}
