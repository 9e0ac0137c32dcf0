//! A file of each version that was ever written still opens. Files here are kept for good; a new version adds one.

#[path = "fixtures/version_2.rs"]
mod version_2;

use learn::progress::{Asked, Kind, Level, Log, Now, Standing, from_version_1};
use std::collections::BTreeMap;

const NOW: Now = Now { ms: 1_763_800_000_000, offset_min: 60 };

#[test]
fn version_1_opens() {
    let text = include_str!("fixtures/progress-v1.json");
    let records: BTreeMap<String, String> = serde_json::from_str(text).expect("the fixture is JSON");
    let area = |key: &str| key.strip_prefix("quiz/").map(str::to_owned);
    let scores: Vec<_> = records.iter().filter_map(|(key, score)| Some((area(key)?, score.clone()))).collect();
    let log = from_version_1(scores.iter().map(|(slug, score)| (slug.as_str(), score.as_str())));
    let standing = Standing::of(&log);
    assert_eq!(log.len(), 3);
    assert_eq!(standing.scored("attention-mechanism"), Some((6, 6)));
    let level = |lesson: &str| {
        let asked = Asked { lesson: lesson.into(), items: vec!["q:a".into()] };
        standing.reached(&asked, NOW).level
    };
    assert_eq!(level("attention-mechanism"), Some(Level::Familiar));
    assert_eq!(level("sampling-decoding"), Some(Level::Attempted));
}

#[test]
fn version_2_opens_and_is_written_as_it_was() {
    let text = include_str!("fixtures/progress-v2.txt");
    let read = Log::read(text.as_bytes());
    assert!(read.is_whole(), "{read:?}");
    assert_eq!((read.log.len(), read.log.epoch, read.log.seq), (10, 1, 17));
    // Among the lines is a kind and a field that no version knows: they are kept to the letter.
    assert_eq!(read.log.events().filter(|event| event.kind == Kind::Unknown).count(), 1);
    assert!(text.contains("\"mood\"") && text.contains("\"sang\""));
    assert_eq!(read.log.write(), text);
    let standing = Standing::of(&read.log);
    let level = |item: &str| standing.item("attention-mechanism", item).map(|item| item.earned.level);
    assert_eq!(level("q:why-scale"), Some(Level::Mastered));
    assert_eq!(level("x:find-head"), Some(Level::Familiar));
    assert_eq!(standing.note("attention-mechanism"), "Divide by √d.\nOtherwise softmax saturates.");
    assert!(standing.has("trained") && standing.placed("transformers") == Some(true));
    assert_eq!(standing.choice("path"), Some("builder"));
    assert_eq!(standing.scored("sampling-decoding"), Some((4, 6)));
}

#[test]
fn version_2_is_still_written_so() {
    let kept = include_str!("fixtures/progress-v2.txt");
    let written = version_2::log().write();
    // The first line counts the events, the third had a field put into it by hand.
    let same = written.lines().skip(1).filter(|line| kept.lines().any(|kept| kept == *line)).count();
    assert_eq!((same, written.lines().count()), (8, 10), "{written}");
}
