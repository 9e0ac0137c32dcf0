//! Links and results, with ten thousand states, ten thousand damaged links, and a fixture of each version.

#[path = "fixtures/share_version_1.rs"]
mod version_1;

use learn::share::{Achieved, Class, Curve, Device, State, Teacher, Value};
use learn::share::{
    code, codes, decode, differing, encode, from_file, from_results_file, is_name, to_file, to_results_file,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::path::Path;

/// An address such as the site has on GitHub Pages; the median counts it.
const PAGE: &str = "https://somebody.github.io/glassbox/learn/project-mini-gpt/#";

fn runner(cases: u32) -> TestRunner {
    TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, ..Config::default() },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    )
}

/// A state as the site's labs and the teacher's builder make them.
fn usual_state() -> impl Strategy<Value = State> {
    // Words, as a prompt has: noise would measure the generator and not the links.
    let word = select(vec![
        "the",
        "cat",
        "sat",
        "Once",
        "upon",
        "a",
        "time,",
        "naïve",
        "König",
        "attention",
        "warum?",
        "42",
        "中文",
        "it's",
        "mat.",
    ]);
    let text = vec(word, 0..20).prop_map(|words| words.join(" "));
    let knob = prop_oneof![
        (
            select(vec!["steps", "seed", "top_k", "layers", "heads", "context", "batch"]),
            (0_u32..100_000).prop_map(|n| n.to_string())
        ),
        (
            select(vec!["temperature", "top_p", "learning_rate", "dropout"]),
            (0_u32..2000).prop_map(|n| format!("{}", f64::from(n) / 1000.0))
        ),
        (select(vec!["causal", "tied_head", "sure"]), any::<bool>().prop_map(|yes| yes.to_string())),
        (select(vec!["text", "prompt"]), text),
    ];
    let lab = select(vec!["attention", "complete", "sampling", "train", "matmul", "tokens", "models"]);
    let controls = || {
        vec(
            select(vec!["steps", "seed", "temperature", "paste", "model-name", "generate"]).prop_map(String::from),
            0..4,
        )
    };
    let teacher = (
        controls(),
        controls(),
        "[A-Za-z0-9 ,.'?äé]{0,160}",
        select(vec!["", "project-mini-gpt"]),
        select(vec!["", "x:loss"]),
    );
    let teacher = teacher.prop_map(|(hide, lock, task, lesson, exercise)| Teacher {
        hide,
        lock,
        task,
        lesson: lesson.into(),
        exercise: exercise.into(),
    });
    let teacher = prop_oneof![2 => Just(Teacher::default()), 1 => teacher];
    (lab, vec(knob, 0..9), teacher).prop_map(|(lab, knobs, teacher)| {
        let knobs = knobs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        State { lab: lab.into(), knobs, teacher }
    })
}

#[test]
fn ten_thousand_states_come_back_and_half_are_under_300_characters() {
    let lengths = std::cell::RefCell::new(Vec::new());
    let result = runner(10_000).run(&usual_state(), |state| {
        let hash = encode(&state).expect("an ordinary state fits");
        lengths.borrow_mut().push(PAGE.len() + hash.len());
        prop_assert!(hash.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=".contains(&b)), "{hash}");
        prop_assert_eq!(decode(&hash), Ok(state.clone()));
        prop_assert_eq!(from_file(&to_file(&state)), Ok(state));
        Ok(())
    });
    result.expect("every state comes back");
    let mut lengths = lengths.into_inner();
    lengths.sort_unstable();
    let [median, longest] = [lengths[lengths.len() / 2], lengths[lengths.len() - 1]];
    println!("goal A12: {} random states, median {median} characters, longest {longest}", lengths.len());
    assert!(lengths.len() >= 10_000 && median < 300, "median {median}");
}

#[test]
fn any_text_in_any_setting_comes_back() {
    let strategy = (vec((".{1,20}", ".{0,200}"), 0..12), ".{0,200}");
    let result = runner(3000).run(&strategy, |(knobs, task)| {
        let knobs: Vec<_> = knobs.into_iter().filter(|(name, _)| !name.starts_with('_') && name != "lab").collect();
        let state = State { lab: "train".into(), knobs, teacher: Teacher { task, ..Teacher::default() } };
        match encode(&state) {
            Ok(hash) => prop_assert_eq!(decode(&hash), Ok(state)),
            Err(too_long) => prop_assert!(too_long.bytes > learn::share::MAX_LINK),
        }
        Ok(())
    });
    result.expect("every text comes back");
}

#[test]
fn ten_thousand_damaged_links_are_refused_and_nothing_panics() {
    let noise = prop_oneof![
        ".{0,300}".prop_map(String::from),
        "v1=[A-Za-z0-9_-]{0,300}".prop_map(String::from),
        "#v[0-9]=[ -~]{0,80}".prop_map(String::from)
    ];
    let damaged = (usual_state(), any::<Index>(), any::<char>(), 0..4_u8).prop_map(|(state, at, with, how)| {
        let hash = encode(&state).expect("an ordinary state fits");
        let at = 3 + at.index(hash.len() - 3);
        match how {
            0 => hash[..at].to_owned(),
            1 => format!("{}{with}{}", &hash[..at], &hash[at + 1..]),
            2 => format!("{}{with}{}", &hash[..at], &hash[at..]),
            _ => format!("{}{}", &hash[..at], &hash[at + 1..]),
        }
    });
    let refused = std::cell::Cell::new(0);
    let result = runner(10_000).run(&prop_oneof![noise, damaged], |hash| {
        // A changed character may by chance give another state; it must then be a sound one.
        match decode(&hash) {
            Ok(state) => prop_assert!(is_name(&state.lab)),
            Err(_) => refused.set(refused.get() + 1),
        }
        Ok(())
    });
    result.expect("no panic");
    println!("share links: {} of 10000 damaged links are refused, none panics", refused.get());
    assert!(refused.get() > 7000, "{}", refused.get());
}

/// Each line of `fixtures/share/<version>.tsv` is a link that was sent once, and the state it stood for.
#[test]
fn links_of_every_past_version_open() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/share");
    let mut links = 0;
    for version in ["v1"] {
        let file = std::fs::read_to_string(folder.join(format!("{version}.tsv"))).expect("the fixture is kept");
        for line in file.lines().filter(|line| !line.is_empty()) {
            let (hash, text) = line.split_once('\t').expect("link, tab, state");
            let state = decode(hash).unwrap_or_else(|fault| panic!("{hash}: {fault:?}"));
            assert_eq!(state.write(), text);
            links += 1;
        }
    }
    assert!(links >= 12, "{links}");
    let results = std::fs::read_to_string(folder.join("results-v1.json")).expect("the fixture is kept");
    let results = from_results_file(&results).expect("opens");
    let pasted = std::fs::read_to_string(folder.join("codes-v1.txt")).expect("the fixture is kept");
    let pasted: Result<Vec<_>, _> = codes(&pasted).into_iter().collect();
    assert_eq!(pasted.expect("all open"), results);
}

fn achieved() -> impl Strategy<Value = Achieved> {
    let value = prop_oneof![
        (-1e6..1e6).prop_map(Value::Number),
        any::<bool>().prop_map(Value::Is),
        ".{0,40}".prop_map(Value::Text)
    ];
    let curve = ("[a-z_]{1,12}", vec((0_u16..2000, 0.0..9.0), 0..120)).prop_map(|(name, points)| Curve {
        name,
        points: points.into_iter().map(|(x, y)| (f64::from(x), y)).collect(),
    });
    let who = ("x:[a-z-]{1,20}", "[a-z-]{1,20}", ".{0,40}", any::<u32>(), any::<Option<u64>>(), any::<bool>());
    (who, btree_map("[a-z_]{1,12}", value, 0..8), vec(curve, 0..3)).prop_map(|(who, values, curves)| {
        let (exercise, lab, name, at, seed, gpu) = who;
        let device = if gpu { Device::Gpu } else { Device::Cpu };
        let at = u64::from(at);
        Achieved { exercise, lab, name, at, seed, device, reached: gpu, values, curves, ..Achieved::default() }.tidied()
    })
}

#[test]
fn results_come_back_from_codes_and_files() {
    let result = runner(1000).run(&vec(achieved(), 1..4), |results| {
        prop_assert_eq!(from_results_file(&to_results_file(&results)), Ok(results.clone()));
        let lines: Vec<_> = results.iter().map(code).collect();
        let back = codes(&lines.join(" — from me\n"));
        prop_assert_eq!(back.len(), results.len());
        for (back, result) in back.iter().zip(&results) {
            let back = back.as_ref().expect("the code is whole");
            prop_assert!(back.same_run(result), "{:?}\n{:?}", back, result);
            prop_assert_eq!(&back.values, &result.values);
        }
        // In any order and any number of times, a class is the same.
        let mut once = Class::default();
        lines.iter().for_each(|line| once.add("once", line));
        let mut twice = once.clone();
        lines.iter().rev().for_each(|line| twice.add("again", line));
        prop_assert_eq!(once.results(), twice.results());
        prop_assert_eq!(twice.repeated.len(), once.repeated.len() + lines.len());
        Ok(())
    });
    result.expect("results come back");
}

#[test]
fn any_text_can_be_dropped_on_the_class_page() {
    let noise = prop_oneof![
        ".{0,400}".prop_map(String::from),
        "glassbox-r1\\.[A-Za-z0-9_-]{0,200}\\.[0-9a-f]{8}".prop_map(String::from),
        "\\{\"glassbox\":\"results\",\"version\":1,\"results\":\\[[ -~]{0,80}\\]\\}".prop_map(String::from),
    ];
    let result = runner(5000).run(&noise, |text| {
        let mut class = Class::default();
        class.add("noise", &text);
        prop_assert!(
            class.entries.len() + class.unreadable.len() > 0 || text.contains("[]") || text.contains("[ ]"),
            "{text}"
        );
        Ok(())
    });
    result.expect("no panic");
}

#[test]
fn a_link_carries_only_what_differs() {
    let knobs = "text=alice&steps=300&seed=1&temperature=1";
    let state = State::of("train", &differing(knobs, "text=&steps=0&seed=1&temperature=1"));
    assert_eq!(state.write(), "lab=train&text=alice&steps=300");
}

#[test]
fn version_1_is_still_written_so() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/share");
    for (name, text) in version_1::files() {
        assert!(std::fs::read_to_string(folder.join(name)).expect("readable") == text, "{name} would be written anew");
    }
}
