//! Finding terms in text: whole words, the longest name first, plurals in -s with them.

use super::{
    super::fault::Faults,
    terms::{FILE, Term},
};
use learn::search::{Kind, Library};

/// Every name of every term.
#[derive(Debug)]
pub struct Names {
    /// A name, and the place of its term; the longest name first.
    names: Vec<(String, usize)>,
}

/// A name found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The place of the term.
    pub term: usize,
    /// Where it begins, in bytes.
    pub at: usize,
    /// How long it is there, in bytes.
    pub len: usize,
}

impl Names {
    /// The names of these terms.
    pub fn of(terms: &[Term]) -> Self {
        let names = terms.iter().enumerate().flat_map(|(at, term)| term.names().map(move |name| (name.to_owned(), at)));
        let mut names: Vec<(String, usize)> = names.collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Self { names }
    }

    /// Every name in a text, from left to right; none overlaps another.
    pub fn find(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let (mut free, mut before) = (0, ' ');
        for (at, c) in text.char_indices() {
            if at >= free
                && c.is_alphanumeric()
                && !joins(before)
                && let Some((term, len)) = self.longest(&text[at..])
            {
                found.push(Found { term, at, len });
                free = at + len;
            }
            before = c;
        }
        found
    }

    fn longest(&self, text: &str) -> Option<(usize, usize)> {
        self.names.iter().find_map(|(name, term)| {
            let head = text.get(..name.len())?;
            let exact = name.contains(|c: char| c.is_ascii_uppercase());
            let same = if exact { head == name } else { head.eq_ignore_ascii_case(name) };
            let rest = &text[name.len()..];
            let plural = if rest.starts_with('s') { 1 } else { 0 };
            let ends = |rest: &str| !rest.starts_with(joins);
            match same {
                true if ends(rest) => Some((*term, name.len())),
                true if ends(&rest[plural..]) => Some((*term, name.len() + plural)),
                _ => None,
            }
        })
    }
}

/// Whether a character makes one word of what stands on both its sides.
fn joins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '’')
}

/// Notes every term that nobody uses: neither a page, nor the titles of the tree, nor another term.
pub fn check_used(terms: &[Term], names: &Names, library: &Library, faults: &mut Faults) {
    let mut used = vec![false; terms.len()];
    for entry in &library.entries {
        let own = |term: usize| entry.kind == Kind::Term && entry.path.ends_with(&format!("#{}", terms[term].id));
        for text in [&entry.title, &entry.place, &entry.body] {
            for found in names.find(text).into_iter().filter(|found| !own(found.term)) {
                used[found.term] = true;
            }
        }
    }
    for (term, _) in terms.iter().zip(used).filter(|(_, used)| !used) {
        let sentence = format!("the term `{}` is used nowhere on the site; use it, or take it out", term.term);
        faults.add(FILE, term.line, sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let term = |term: &str, aliases: &[&str]| Term {
            id: term.into(),
            term: term.into(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            html: String::new(),
            see: vec![],
            lesson: None,
            line: 1,
        };
        let names = Names::of(&[term("attention", &[]), term("attention head", &["head"]), term("Adam", &[])]);
        names
            .find(text)
            .iter()
            .map(|found| format!("{}: {}", found.term, &text[found.at..found.at + found.len]))
            .collect()
    }

    #[test]
    fn whole_words_and_the_longest_name() {
        assert_eq!(shown("An Attention head, two heads."), ["1: Attention head", "1: heads"]);
        assert_eq!(shown("inattention, self-attention, attentive, heady"), Vec::<String>::new());
        assert_eq!(shown("attention; é attention"), ["0: attention", "0: attention"]);
    }

    #[test]
    fn names_with_capitals_are_found_as_written() {
        assert_eq!(shown("Adam, adam and ADAM"), ["2: Adam"]);
    }
}
