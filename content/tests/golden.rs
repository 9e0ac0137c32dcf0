//! One small lesson as HTML, compared with the file that a person has looked at.
//!
//! After a wanted change: `GLASSBOX_BLESS=1 cargo test -p content --test golden`, then read the difference.

mod project;

use content::{Quiz, compile};
use project::Project;
use std::{fs, path::Path};

#[test]
fn the_small_lesson_looks_as_it_did() {
    let site = Project::new("golden").compile().site;
    let html = compile::main_element(&site, &site.pages[0]) + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tiny.html");
    if std::env::var_os("GLASSBOX_BLESS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &html).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap();
    assert!(html == expected, "the lesson's HTML has changed; see this file's head\n\n{html}");
}

#[test]
fn the_quiz_in_the_attribute_is_the_quiz() {
    let site = Project::new("quiz-json").compile().site;
    let html = compile::main_element(&site, &site.pages[0]);
    let attribute =
        html.split_once("data-desk=\"quiz\" data-json=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
    let json = attribute.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let quiz: Quiz = serde_json::from_str(&json).unwrap();
    assert_eq!((quiz.slug.as_str(), quiz.questions.len()), ("tiny", 3));
    assert!(quiz.questions[0].prompt.contains("<math"));
}
