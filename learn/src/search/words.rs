//! Text to words, and words to stems, the same way for texts and for queries.

use std::ops::Range;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// In lower case, without accents, without its ending.
    pub stem: String,
    /// In lower case, without accents.
    pub whole: String,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
}

/// The words of a text: stretches of letters and digits.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let sharp = c == '#' && at == from + 1;
                let to = if sharp { at + 1 } else { at };
                let whole = fold(&text[from..to]);
                words.push(Word { stem: stem(&whole), whole, at: from..to });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Lower case, and the letters of western Europe without their accents.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò'..='ö' => folded.push('o'),
            'ù'..='ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            c => folded.push(c),
        }
    }
    folded
}

/// A word without its English ending: plurals as in Harman's S-stemmer (1991), then `-ing`, `-ed` and a last `e`,
/// and the British spelling `-ise` as `-ize`. Stems need not be words; equal words only have to become equal.
pub fn stem(word: &str) -> String {
    if !word.chars().all(|c| c.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = singular(word);
    for ending in ["ing", "ed"] {
        let rest = stem.strip_suffix(ending).filter(|rest| rest.len() >= 4 && has_vowel(rest));
        if let Some(rest) = rest {
            let mut rest = rest.to_owned();
            let double = rest.as_bytes()[rest.len() - 1] == rest.as_bytes()[rest.len() - 2];
            if double && !rest.ends_with("ll") && !rest.ends_with("ss") {
                rest.pop();
            }
            stem = rest;
            break;
        }
    }
    if stem.len() >= 5 && stem.ends_with('e') {
        stem.pop();
    }
    for (british, american) in [("isation", "ization"), ("iser", "izer"), ("is", "iz")] {
        let rest = stem.strip_suffix(british).filter(|rest| rest.len() >= 3);
        if let Some(rest) = rest {
            return format!("{rest}{american}");
        }
    }
    stem
}

fn singular(word: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    match word {
        _ if word.len() < 4 => word.to_owned(),
        _ if word.ends_with("ies") && !ends(&["eies", "aies"]) => format!("{}y", &word[..word.len() - 3]),
        _ if ends(&["sses", "xes", "ches", "shes", "zzes"]) => word[..word.len() - 2].to_owned(),
        _ if word.ends_with('s') && !ends(&["us", "ss", "is"]) => word[..word.len() - 1].to_owned(),
        _ => word.to_owned(),
    }
}

fn has_vowel(word: &str) -> bool {
    word.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_letters_and_digits() {
        let all: Vec<String> = words("Top-k, GPT-2's KV-cache; naïve C# (café)").into_iter().map(|w| w.whole).collect();
        assert_eq!(all, ["top", "k", "gpt", "2", "s", "kv", "cache", "naive", "c#", "cafe"]);
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for forms in [
            &["token", "tokens"][..],
            &["mask", "masks", "masked", "masking"],
            &["train", "trains", "trained", "training"],
            &["sample", "samples", "sampled", "sampling"],
            &["embed", "embedding", "embeddings", "embedded"],
            &["matrix", "matrixes"],
            &["batch", "batches", "batching"],
            &["loss", "losses"],
            &["entropy", "entropies"],
            &["quantize", "quantise", "quantized", "quantised", "quantizing"],
            &["tokenization", "tokenisation"],
            &["tokenizer", "tokeniser", "tokenizers"],
            &["share", "shared", "shares", "sharing"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.iter().all(|other| *other == stems[0]), "{forms:?} became {stems:?}");
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        for [one, other] in [
            ["bias", "biz"],
            ["string", "str"],
            ["loss", "lose"],
            ["needed", "nee"],
            ["gradient", "grade"],
            ["kernel", "kern"],
            ["thing", "the"],
            ["learning", "lean"],
        ] {
            assert_ne!(stem(one), stem(other), "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_at_the_places_it_says(text in ".{0,80}") {
            for Word { at, whole, stem } in words(&text) {
                prop_assert!(text.get(at).is_some_and(|piece| !piece.is_empty()));
                prop_assert!(!whole.is_empty() && !stem.is_empty());
            }
        }
    }
}
