//! Keeps the words of the interface and the code together: every key is used, defined once, and has the same places
//! for values in every language.

use crate::{files, words::table};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Where each program's words are asked for.
const PROGRAMS: [(&str, &str); 4] =
    [("kit", "web/kit/src"), ("page", "web/src"), ("labs", "web/labs/src"), ("desk", "web/desk/src")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder has a parent")
}

/// The words of one program alone, without those of the kit.
fn own(program: &str, language: &str) -> Vec<(String, String)> {
    let folder = root().join("web/text");
    let read = |program: &str| table::read(&folder, program, language).expect("readable");
    let (all, kit) = (read(program), read("kit"));
    let rest =
        if program == "kit" { all.as_str() } else { all.strip_prefix(&kit).expect("the kit's words come first") };
    table::pairs(rest).map(|(key, words)| (key.to_owned(), words.to_owned())).collect()
}

/// The keys in `t!("…")`, wherever the line breaks.
fn used(folder: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for path in files::walk(&root().join(folder)).expect("readable") {
        let code = files::read_text(&root().join(folder).join(path)).expect("readable");
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        for (at, _) in code.match_indices("t!(").filter(|(at, _)| !code[..*at].ends_with(char::is_alphanumeric)) {
            let part = &code[at + "t!(".len()..];
            let key = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            keys.extend(key.filter(|key| key.contains('.')).map(str::to_owned));
        }
    }
    keys
}

/// The places for values in a text, sorted.
fn places(words: &str) -> Vec<&str> {
    let mut places: Vec<&str> = words.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn every_key_is_used_and_every_use_is_defined() {
    for (program, folder) in PROGRAMS {
        let (defined, used) = (own(program, "en"), used(folder));
        let keys: BTreeSet<String> = defined.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(keys.len(), defined.len(), "{program}: a key is defined twice");
        let unused: Vec<_> = keys.difference(&used).collect();
        let undefined: Vec<_> = used.difference(&keys).collect();
        assert!(unused.is_empty(), "{program}: no code asks for {unused:?}");
        assert!(undefined.is_empty(), "{program}: web/text has no words for {undefined:?}");
    }
}

#[test]
fn every_language_has_the_same_places_for_values() {
    for (program, _) in PROGRAMS {
        let english: BTreeMap<_, _> = own(program, "en").into_iter().collect();
        let german = own(program, "de");
        let mut seen = BTreeSet::new();
        for (key, words) in &german {
            let there = english.get(key).unwrap_or_else(|| panic!("{program}: {key} is German only"));
            assert_eq!(places(there), places(words), "{program}: {key}");
            assert!(seen.insert(key), "{program}: {key} is translated twice");
        }
        // The page is translated whole; the desk says in English what is not translated yet.
        if program != "desk" {
            let missing: Vec<_> = english.keys().filter(|key| !seen.contains(key)).collect();
            assert!(missing.is_empty(), "{program}: no German for {missing:?}");
        }
    }
}

#[test]
fn no_line_is_lost_between_the_words() {
    let folder = root().join("web/text");
    for path in files::walk(&folder).expect("readable").iter().filter(|path| path.ends_with(".txt")) {
        let text = files::read_text(&folder.join(path)).expect("readable");
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            assert!(table::pairs(line).count() == 1, "{path}: a line is `key = words`, not {line:?}");
        }
    }
}
