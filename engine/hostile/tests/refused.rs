//! Every bad file is refused with its sentence and at once. The same natively (`cargo test`) and in a browser
//! (`cargo xtask test wasm`), where sizes have 32 bits and a failed allocation ends the program.

use engine_hostile::{Fixture, Loader, all};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Whoever is refused is told what to do, in one of these words.
const ADVICE: [&str; 7] = ["etch ", "hoose ", "eload the page", "pen ", "ook for ", "unpack ", "Save "];

/// A clock in milliseconds.
fn now() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Date::now();
    #[cfg(not(target_arch = "wasm32"))]
    return {
        use std::{sync::OnceLock, time::Instant};
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
    };
}

fn told(line: &str) {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test::console_log!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    println!("{line}");
}

/// Opens a file; answers how long that took at its fastest of ten tries, because the machine may have been busy.
fn refused(fixture: &Fixture) -> (Result<(), String>, f64) {
    let mut shortest = f64::MAX;
    for _ in 0..10 {
        let start = now();
        let result = fixture.loader.open(&fixture.file);
        shortest = shortest.min(now() - start);
        if result.is_ok() || shortest < 100.0 {
            return (result, shortest);
        }
    }
    (fixture.loader.open(&fixture.file), shortest)
}

#[test]
fn every_bad_file_is_refused_with_its_sentence_and_at_once() {
    let all = all();
    let mut wrong = Vec::new();
    let (mut together, mut longest) = (0.0, (0.0, ""));
    for fixture in &all {
        let (result, time) = refused(fixture);
        let sentence = result.err().unwrap_or_else(|| "it was taken for a sound file".to_owned());
        together += time;
        if time > longest.0 {
            longest = (time, &fixture.name);
        }
        let sound = sentence.ends_with('.') && sentence.chars().count() < 600 && !sentence.contains('\n');
        let helps = ADVICE.iter().any(|word| sentence.contains(word));
        if !(sound && helps && sentence.contains(&fixture.says) && time < 200.0) {
            let Fixture { loader, name, says, .. } = fixture;
            wrong.push(format!("{}: {name}: {sentence}\n    should say: {says}; {time} ms", loader.name()));
        }
    }
    told(&format!(
        "{} bad files refused in {together:.0} ms, the longest in {:.1} ms: {}",
        all.len(),
        longest.0,
        longest.1
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_told_apart_and_every_loader_has_its_share() {
    for loader in Loader::ALL {
        let mut names: Vec<String> =
            all().into_iter().filter(|it| it.loader == loader).map(|fixture| fixture.name).collect();
        let count = names.len();
        told(&format!("{count} bad files for {}", loader.name()));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "two bad files for {} have one name", loader.name());
        assert!(count >= 15, "only {count} bad files for {}", loader.name());
    }
    assert!(all().len() >= 250, "{}", all().len());
}

#[test]
fn what_they_are_made_from_is_sound() {
    for loader in Loader::ALL {
        for (name, file) in loader.sound() {
            assert_eq!(loader.open(&file), Ok(()), "{} {name}", loader.name());
        }
    }
}

/// How much of a file counts as its header here: all of a small one. A browser takes four times as long.
const HEADER: usize = if cfg!(target_arch = "wasm32") { 512 } else { 2048 };

#[test]
fn a_file_cut_anywhere_is_refused_or_read_and_never_panics() {
    for loader in Loader::ALL {
        for (name, file) in loader.sound() {
            for end in 0..file.len().min(HEADER) {
                if let Err(sentence) = loader.open(&file[..end]) {
                    assert!(sentence.ends_with('.'), "{} {name}, {end} bytes: {sentence}", loader.name());
                }
            }
        }
    }
}

#[test]
fn a_file_with_one_bit_turned_is_refused_or_read_and_never_panics() {
    for loader in Loader::ALL {
        for (name, mut file) in loader.sound() {
            for bit in 0..8 * file.len().min(HEADER) {
                file[bit / 8] ^= 1 << (bit % 8);
                if let Err(sentence) = loader.open(&file) {
                    assert!(sentence.ends_with('.'), "{} {name}, bit {bit}: {sentence}", loader.name());
                }
                file[bit / 8] ^= 1 << (bit % 8);
            }
        }
    }
}
