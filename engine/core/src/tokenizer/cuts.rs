//! Where GPT-2 cuts a text before it looks for tokens: no merge crosses a cut.

use unicode_general_category::{GeneralCategory as Category, get_general_category};

#[derive(PartialEq, Clone, Copy)]
enum Kind {
    Letter,
    Number,
    Space,
    Other,
}

fn kind(c: char) -> Kind {
    use Category::*;
    if c.is_whitespace() {
        return Kind::Space;
    }
    match get_general_category(c) {
        UppercaseLetter | LowercaseLetter | TitlecaseLetter | ModifierLetter | OtherLetter => Kind::Letter,
        DecimalNumber | LetterNumber | OtherNumber => Kind::Number,
        _ => Kind::Other,
    }
}

/// Cuts as GPT-2's pattern does:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = first_word(rest)?;
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some(word)
    })
}

/// Cuts as SmolLM2's tokenizer does: every digit stands alone, and what is between them is cut as by [`words`].
pub fn words_and_digits(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let parts = std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let digit = kind(first) == Kind::Number;
        let end = if digit { first.len_utf8() } else { rest.find(|c| kind(c) == Kind::Number).unwrap_or(rest.len()) };
        let (part, tail) = rest.split_at(end);
        rest = tail;
        Some(part)
    });
    parts.flat_map(words)
}

/// Where the first word of a text ends; none where there is no text.
fn first_word(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if let Some(ending) = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].into_iter().find(|it| text.starts_with(it)) {
        return Some(ending.len());
    }
    // Of the same kind from `from` on.
    let run = |from: usize, of: Kind| {
        let tail = text.get(from..).unwrap_or_default();
        from + tail.find(|c| kind(c) != of).unwrap_or(tail.len())
    };
    if kind(first) != Kind::Space {
        return Some(run(0, kind(first)));
    }
    if first == ' '
        && let Some(second) = text.chars().nth(1).filter(|c| kind(*c) != Kind::Space)
    {
        return Some(run(1, kind(second)));
    }
    let end = run(0, Kind::Space);
    let spaces = text.get(..end).unwrap_or_default();
    // A word behind it gets the last white space, unless that is all there is.
    match spaces.chars().next_back() {
        Some(last) if end < text.len() && spaces.len() > last.len_utf8() => Some(end - last.len_utf8()),
        _ => Some(end),
    }
}

#[cfg(test)]
mod tests {
    use super::{words, words_and_digits};

    #[test]
    fn words_are_cut_as_in_gpt2() {
        let cut: Vec<&str> = words("I'll go  now 42x!?\n\n ok ").collect();
        assert_eq!(cut, ["I", "'ll", " go", " ", " now", " 42", "x", "!?", "\n\n", " ok", " "]);
    }
    #[test]
    fn digits_stand_alone_for_smollm2() {
        let cut: Vec<&str> = words_and_digits("in 1813,  42x ½!").collect();
        assert_eq!(cut, ["in", " ", "1", "8", "1", "3", ",", "  ", "4", "2", "x", " ", "½", "!"]);
    }
}
