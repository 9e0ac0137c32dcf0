//! The real course: no fault, and what the issue asks of each lesson is there.

use content::{Block, Language, Site, compile};
use std::path::Path;

fn site() -> Site {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let compiled = compile::compile(&root);
    let faults: Vec<String> = compiled.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    compiled.site
}

#[test]
fn the_course_compiles_without_a_fault() {
    let site = site();
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons")).unwrap().count();
    assert_eq!(site.lessons().count(), folders);
    println!("goal A9: {folders} lessons in all languages, no fault");
    for path in ["", "learn/", "models/", "engine/", "404.html"] {
        assert!(site.pages.iter().any(|page| page.path == path), "no page at {path:?}");
    }
}

#[test]
fn no_page_has_a_script_a_style_or_two_main_headings() {
    let site = site();
    for page in &site.pages {
        let html = compile::main_element(&site, page);
        for forbidden in [" style=", "<style", "<script", " onclick=", "javascript:", "<merror"] {
            assert!(!html.contains(forbidden), "{:?} has {forbidden}", page.path);
        }
        assert_eq!(html.matches("<h1").count(), 1, "{:?}", page.path);
    }
}

#[test]
fn every_listing_has_every_language() {
    let site = site();
    for page in &site.pages {
        for block in &page.blocks {
            if let Block::Tabs(listing) = block {
                let languages: Vec<Language> = listing.panels.iter().map(|panel| panel.language).collect();
                assert_eq!(languages, Language::ALL, "{} in {:?}", listing.name, page.path);
            }
        }
    }
}

#[test]
fn right_answers_do_not_stand_in_one_place() {
    let mut lazy = Vec::new();
    for page in &site().pages {
        for block in &page.blocks {
            let Block::Quiz(quiz) = block else { continue };
            let place = |options: &[content::Choice]| options.iter().position(|option| option.correct);
            let places: Vec<_> = quiz
                .questions
                .iter()
                .filter(|question| question.kind() == "single")
                .filter_map(|question| question.options().map(place))
                .collect();
            // One question alone has only one place.
            if places.len() > 1 && places.iter().all(|other| *other == places[0]) {
                lazy.push(format!("{}: always option {:?}", quiz.slug, places[0]));
            }
        }
    }
    assert_eq!(lazy, [""; 0]);
}
