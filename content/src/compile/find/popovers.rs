//! The first use of a term in each lesson becomes a button that shows what the term means.
//!
//! The browser's own popovers do the work: without a script, by keyboard and by touch. The boxes stand at the end of
//! the prose they belong to, because a paragraph cannot hold them; the browser puts the focus there all the same.

use super::{
    super::{Book, escape},
    glossary::{self, Places},
    names::Names,
    plain::{self, Piece},
    terms::{FILE, Term},
};
use crate::Block;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Elements that keep their text as it is: buttons cannot stand in them, or would say too much there.
const QUIET: [&str; 14] =
    ["h1", "h2", "h3", "h4", "a", "code", "pre", "math", "button", "summary", "figcaption", "figure", "th", "dfn"];

/// Puts a popover at the first use of every term in every lesson.
pub fn add(terms: &[Term], names: &Names, places: &Places, book: &mut Book) {
    for page in book.site.pages.iter_mut().filter(|page| page.lesson().is_some()) {
        let mut seen = BTreeSet::new();
        for block in &mut page.blocks {
            let Block::Prose(html) = block else { continue };
            let (marked, new) = mark(html, names, &mut seen, |term| &terms[term].id);
            *html = marked;
            for term in new {
                let term = &terms[term];
                let _ = writeln!(
                    html,
                    "<div class=\"term-box\" id=\"term-{}\" popover><p><strong>{}.</strong> {}</p>\n{}</div>",
                    term.id,
                    escape::html(&glossary::capitalised(&term.term)),
                    term.html,
                    glossary::links(term, places, Some(&page.path)),
                );
            }
        }
        let ids = book.ids.entry(page.path.clone()).or_default();
        for term in seen.into_iter().map(|term| &terms[term]) {
            if !ids.insert(format!("term-{}", term.id)) {
                let sentence = format!("the id `term-{}` is taken on the page {}", term.id, page.path);
                book.faults.add(FILE, term.line, sentence);
            }
        }
    }
}

/// HTML with buttons around the first uses of terms that were not seen before, and which those are, in their order.
fn mark<'a>(
    html: &str,
    names: &Names,
    seen: &mut BTreeSet<usize>,
    id: impl Fn(usize) -> &'a String,
) -> (String, Vec<usize>) {
    let (mut out, mut new, mut quiet) = (String::with_capacity(html.len()), Vec::new(), 0_usize);
    for piece in plain::pieces(html) {
        match piece {
            Piece::Open(name, attributes) => {
                quiet += usize::from(QUIET.contains(&name));
                let space = if attributes.is_empty() { "" } else { " " };
                let _ = write!(out, "<{name}{space}{attributes}>");
            }
            Piece::Close(name) => {
                quiet = quiet.saturating_sub(usize::from(QUIET.contains(&name)));
                let _ = write!(out, "</{name}>");
            }
            Piece::Text(text) if quiet > 0 => out.push_str(text),
            Piece::Text(text) => {
                let mut from = 0;
                for found in names.find(text) {
                    if !seen.insert(found.term) {
                        continue;
                    }
                    let to = found.at + found.len;
                    let _ = write!(
                        out,
                        "{}<button type=\"button\" class=\"term\" popovertarget=\"term-{}\">{}</button>",
                        &text[from..found.at],
                        id(found.term),
                        &text[found.at..to]
                    );
                    new.push(found.term);
                    from = to;
                }
                out.push_str(&text[from..]);
            }
        }
    }
    (out, new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_use_and_never_in_headings_links_code_or_formulas() {
        let term = Term {
            id: "tok".into(),
            term: "token".into(),
            aliases: vec![],
            html: String::new(),
            see: vec![],
            lesson: None,
            line: 1,
        };
        let names = Names::of(std::slice::from_ref(&term));
        let quiet = "<h2 id=\"token\">Token</h2>\n<p><a href=\"token/\">token</a> <code>token</code> <math><mi>token</mi></math></p>";
        let html = format!("{quiet}<ul><li>A <strong>Token</strong> &amp; a token.</li></ul><hr />");
        let (marked, new) = mark(&html, &names, &mut BTreeSet::new(), |_| &term.id);
        let button = "<button type=\"button\" class=\"term\" popovertarget=\"term-tok\">Token</button>";
        let expected = format!("{quiet}<ul><li>A <strong>{button}</strong> &amp; a token.</li></ul><hr>");
        assert_eq!(marked.replace("<hr />", "<hr>"), expected);
        assert_eq!(new, [0]);
    }
}
