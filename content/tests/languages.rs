//! The site in other languages: nothing around the prose stays English, and no phrase is translated for nothing.

use content::compile::{self, Shell};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every translated page as HTML, with the English one: address, English, translated.
fn pages() -> Vec<(String, String, String)> {
    let site = compile::compile(&root()).site;
    let html = fs::read_to_string(root().join("web/index.html")).expect("the shell is there");
    let shell = Shell::new("web/index.html", &html).expect("the shell has its marks");
    let both = |(translation, page): (&content::Translation, &content::Page)| {
        let english = page.path.strip_prefix(&format!("{}/", translation.lang)).expect("below its language");
        let original = site.pages.iter().find(|page| page.path == english).expect("a translation of something");
        let fill = shell.fill(&site, original, "/");
        (page.path.clone(), fill, shell.translated(&site, translation, page, "/"))
    };
    let pages: Vec<_> = site.translated().map(both).collect();
    assert!(pages.len() >= 4, "home, learn and two lessons");
    pages
}

/// Without the elements whose text is a name, a formula, code, or said to be English.
fn plain(html: &str) -> String {
    let mut html = html.to_owned();
    for (open, close) in [
        ("<pre", "</pre>"),
        ("<code", "</code>"),
        ("<math", "</math>"),
        ("<em", "</em>"),
        ("<p lang=\"en\"", "</p>"),
        ("<div lang=\"en\"", "</main>"),
    ] {
        while let Some(at) = html.find(open) {
            let end = html[at..].find(close).map_or(html.len(), |end| at + end + close.len());
            html.replace_range(at..end, "");
        }
    }
    html
}

/// The texts between tags and the names of elements.
fn texts(html: &str) -> BTreeSet<String> {
    let html = plain(html);
    let between = html.split('>').filter_map(|part| part.split('<').next());
    let names = html.split(" aria-label=\"").skip(1).filter_map(|part| part.split('"').next());
    between.chain(names).map(|text| text.trim().to_owned()).filter(|text| text.contains(' ')).collect()
}

#[test]
fn nothing_around_the_prose_stays_english() {
    // Words that German shares and names; and titles of lessons that are not translated, which are marked as English.
    let site = compile::compile(&root()).site;
    let only_english = |slug: &str| !root().join(format!("content/lessons/{slug}/lesson.de.md")).exists();
    let titles = site.lessons().filter(|(_, lesson)| only_english(&lesson.slug)).map(|(page, _)| page.title.as_str());
    let allowed: Vec<&str> = ["4. Softmax", "Attention · Glassbox", "(20"].into_iter().chain(titles).collect();
    for (path, english, translated) in pages() {
        let (english, translated) = (texts(&english), texts(&translated));
        let left: Vec<&String> =
            english.intersection(&translated).filter(|text| !allowed.iter().any(|it| text.contains(it))).collect();
        let left: Vec<_> =
            left.into_iter().filter(|text| text.chars().filter(|c| c.is_lowercase()).count() > 5).collect();
        assert!(left.is_empty(), "{path}: these need a line in content/text: {left:#?}");
    }
}

#[test]
fn every_phrase_is_met() {
    let english: Vec<String> = pages().into_iter().map(|(_, english, _)| english).collect();
    let site = compile::compile(&root()).site;
    for translation in &site.translations {
        for (phrase, _) in &translation.phrases {
            let met = english.iter().any(|html| phrase.split(['{', '}']).step_by(2).all(|part| html.contains(part)));
            assert!(met, "content/text/{}.toml: no page says “{phrase}”", translation.lang);
        }
    }
}

#[test]
fn pages_say_their_language_and_lead_to_the_others() {
    let pages = pages();
    let (_, english, german) = pages.iter().find(|page| page.0 == "de/learn/attention-mechanism/").expect("translated");
    assert!(german.contains("<html lang=\"de\" dir=\"ltr\"") && english.contains("<html lang=\"en\""));
    for html in [english, german] {
        for (lang, path) in [("en", "learn/attention-mechanism/"), ("de", "de/learn/attention-mechanism/")] {
            assert!(html.contains(&format!("<link rel=\"alternate\" hreflang=\"{lang}\" href=\"{path}\">")), "{lang}");
            assert!(html.contains(&format!("<a href=\"{path}\" hreflang=\"{lang}\" lang=\"{lang}\"")), "{lang}");
        }
    }
    assert!(german.contains("<base href=\"../../../\">"));
    assert!(german.contains("data-slug=\"attention-mechanism\""), "one lesson, one progress");
    assert!(german.contains("<a href=\"de/learn/project-mini-gpt/\""), "links stay in the language");
    assert!(german.contains("<a href=\"models/\" hreflang=\"en\""), "or say that they leave it");
}
