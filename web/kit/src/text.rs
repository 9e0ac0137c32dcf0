//! The words of the interface, apart from the code.
//!
//! A program has its English words within it, one line each; `t!` finds the line of a key while compiling, so no key
//! is in the program. A page in another language names it in `<html lang>`; then the same lines are fetched from
//! `text/<program>.<language>.txt` before anything is drawn. What is missing there is in English.

use std::{cell::RefCell, cmp::Ordering};

thread_local! {
    /// The words by line, in the language of the page.
    static WORDS: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// The language of the page: `data-lang` of the root wins, which tests set; otherwise `lang`.
pub fn language() -> String {
    let root = leptos::prelude::document().document_element();
    let of = |name| root.as_ref().and_then(|root| root.get_attribute(name)).filter(|lang| !lang.is_empty());
    of("data-lang").or_else(|| of("lang")).unwrap_or_else(|| "en".into())
}

/// Makes the words known: for English at once, otherwise those of the page's language as soon as they are fetched.
/// `program` is the first part of the file's name; `version` and `english` are what the build script wrote.
pub async fn install(program: &str, version: &str, english: &'static str) {
    WORDS.set(english.split('\n').collect());
    let language = language();
    if language != "en" && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let address = crate::address::absolute(&format!("text/{program}.{language}.txt"));
        let fetched = match gloo::net::http::Request::get(&address).send().await {
            Ok(response) if response.ok() => response.text().await.ok(),
            _ => None,
        };
        // Words of another build stay away: their lines are other ones.
        if let Some(words) = fetched.as_deref().and_then(|words| words.strip_prefix(version)?.strip_prefix('\n')) {
            // They are needed as long as the page is.
            let words: &'static str = String::leak(words.trim_end().to_owned());
            WORDS.set(words.split('\n').collect());
        }
    }
}

/// The line of a key in a sorted list; used while compiling, where an unknown key is an error.
///
/// # Panics
/// If the list does not have the key.
pub const fn index(keys: &[(&str, u16)], key: &str) -> u16 {
    let (mut low, mut high) = (0, keys.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        match compare(keys[middle].0.as_bytes(), key.as_bytes()) {
            Ordering::Equal => return keys[middle].1,
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    panic!("this key is not in web/text");
}

const fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return if a[at] < b[at] { Ordering::Less } else { Ordering::Greater };
        }
        at += 1;
    }
    if a.len() == b.len() {
        Ordering::Equal
    } else if a.len() < b.len() {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

/// The words on a line; the English ones if none are installed, as in tests without a browser.
pub fn line(english: &'static str, at: u16) -> &'static str {
    let at = usize::from(at);
    let installed = WORDS.with_borrow(|words| words.get(at).copied());
    installed.unwrap_or_else(|| english.split('\n').nth(at).unwrap_or_default())
}

/// The words with each `{name}` exchanged for its value.
pub fn fill(words: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(words.len() + 16);
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            values.iter().find_map(|(known, value)| (*known == name).then_some((*value, after)))
        });
        if let Some((value, after)) = value {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// The words for a key, such as `t!("quiz.check")`; with values for its places, such as
/// `t!("quiz.score", right = 3, of = 4)`, a text of its own.
#[macro_export]
#[allow(clippy::crate_in_macro_def)]
macro_rules! t {
    ($key:literal) => {
        // Not `$crate`: each program has words of its own.
        crate::words::at(const { $crate::text::index(crate::words::KEYS, $key) })
    };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::text::fill($crate::t!($key), &[$((stringify!($name), $value.to_string().as_str())),+])
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_places_filled() {
        let keys = [("a", 3), ("a.b", 0), ("c", 1)];
        assert_eq!([index(&keys, "a"), index(&keys, "a.b"), index(&keys, "c")], [3, 0, 1]);
        assert_eq!(line("x\ny", 1), "y");
        assert_eq!(fill("{n} of {all} = {x", &[("n", "{all}"), ("all", "4")]), "{all} of 4 = {x");
    }
}
