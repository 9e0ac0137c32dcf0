//! Colours for source: each line is a span, each coloured word a span with one class.

use super::escape;
use crate::{Language, Note};
use std::sync::OnceLock;
use syntect::{
    easy::ScopeRegionIterator,
    parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxSet},
};

const KEYWORD: &str = "hl-keyword";
/// Plain if it is a sign such as `+`, a keyword if it is a word such as `as` or `new`.
const OPERATOR: &str = "hl-operator";

/// Scope prefixes of the syntax definitions and our class for each; the first that fits wins.
const CLASSES: [(&str, &str); 12] = [
    ("comment", "hl-comment"),
    ("string", "hl-string"),
    ("constant.numeric", "hl-number"),
    ("constant.language", "hl-number"),
    ("constant.character", "hl-string"),
    ("keyword.operator", OPERATOR),
    ("keyword", KEYWORD),
    ("storage", KEYWORD),
    ("entity.name.function", "hl-function"),
    ("support.function", "hl-function"),
    ("entity.name", "hl-type"),
    ("support.type", "hl-type"),
];

/// Source as the content of `<pre>`: numbered, coloured lines, those with a note marked.
pub fn lines(language: Language, source: &str, notes: &[Note]) -> String {
    static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();
    static SCOPES: OnceLock<Vec<(Scope, &'static str)>> = OnceLock::new();
    let syntaxes = SYNTAXES.get_or_init(SyntaxSet::load_defaults_newlines);
    let scopes = SCOPES.get_or_init(|| {
        let scope = |name| Scope::new(name).expect("the scope names above are few and short");
        CLASSES.iter().map(|&(name, class)| (scope(name), class)).collect()
    });
    let syntax =
        syntaxes.find_syntax_by_extension(language.extension()).expect("syntect's default set has Rust, Python and C#");

    let (mut state, mut stack) = (ParseState::new(syntax), ScopeStack::new());
    let mut html = String::from("<code>");
    for (index, line) in source.lines().enumerate() {
        let number = index + 1;
        let line = format!("{line}\n");
        let operations = state.parse_line(&line, syntaxes).expect("the default syntaxes are complete");
        let noted = if notes.iter().any(|note| note.line == number) { " noted" } else { "" };
        html.push_str(&format!("<span class=\"line{noted}\" data-line=\"{number}\">"));
        for (class, text) in regions(&mut stack, &line, &operations, scopes) {
            push_region(&mut html, &text, class);
        }
        html.push_str("</span>");
    }
    html.push_str("</code>");
    html
}

/// A line cut into stretches of one class.
fn regions(
    stack: &mut ScopeStack,
    line: &str,
    operations: &[(usize, ScopeStackOp)],
    scopes: &[(Scope, &'static str)],
) -> Vec<(&'static str, String)> {
    let mut regions: Vec<(&'static str, String)> = Vec::new();
    for (text, operation) in ScopeRegionIterator::new(operations, line) {
        stack.apply(operation).expect("the default syntaxes pop what they push");
        let class = match class_of(stack, scopes) {
            OPERATOR if text.chars().all(char::is_alphabetic) => KEYWORD,
            OPERATOR => "",
            class => class,
        };
        match regions.last_mut() {
            _ if text.is_empty() => {}
            Some((before, kept)) if *before == class => kept.push_str(text),
            _ => regions.push((class, text.to_owned())),
        }
    }
    regions
}

/// The class of the innermost scope that has one.
fn class_of(stack: &ScopeStack, scopes: &[(Scope, &'static str)]) -> &'static str {
    let class = |scope: &Scope| scopes.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
    let innermost = stack.as_slice().iter().rev().find_map(class);
    innermost.map_or("", |(_, class)| class)
}

/// Appends a stretch of one colour; spaces and the line's end stay plain.
fn push_region(html: &mut String, text: &str, class: &str) {
    let escaped = escape::html(text);
    if class.is_empty() || text.trim().is_empty() {
        html.push_str(&escaped);
    } else {
        let word = escaped.trim_end_matches('\n');
        html.push_str(&format!("<span class=\"{class}\">{word}</span>{}", &escaped[word.len()..]));
    }
}
