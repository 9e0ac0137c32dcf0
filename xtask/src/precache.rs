//! Fills in the service worker: the build id and every file with its hash.

use crate::files::sha256;
use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

const BUILD: &str = "__GLASSBOX_BUILD__";
const FILES: &str = "__GLASSBOX_FILES__";
/// Larger files are kept for offline use only once somebody has used them.
const EAGER_LIMIT: usize = 8 << 20;

/// One file of the site.
pub struct File {
    /// Where it lies below the site's root, with `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// When a browser keeps a file for offline use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// As soon as this version is installed.
    Always,
    /// The same, where relaxed SIMD works; elsewhere on first use.
    Relaxed,
    /// The same, where relaxed SIMD does not work; elsewhere on first use.
    Simd,
    /// On first use.
    Used,
}

impl Kept {
    /// The word for it in `web/static/sw.js`.
    fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Relaxed => "relaxed",
            Self::Simd => "simd",
            Self::Used => "used",
        }
    }
}

impl File {
    /// When it is kept.
    pub fn kept(&self) -> Kept {
        let begins = |starts: &[&str]| starts.iter().any(|start| self.path.starts_with(start));
        // Cards and posters are for other sites, which show a link to this one, or a lab before the click.
        let few = [
            "worker-gpu",
            "worker-words",
            "data/vocabularies/",
            "data/vectors/",
            "models/small",
            "packs/",
            "cards/",
            "posters/",
        ];
        if begins(&few) || self.bytes.len() > EAGER_LIMIT {
            Kept::Used
        } else if begins(&["worker-relaxed", "worker-plain-relaxed"]) {
            Kept::Relaxed
        } else if begins(&["worker_", "worker.", "worker-plain"]) {
            Kept::Simd
        } else {
            Kept::Always
        }
    }
}

/// The service worker's text for one build.
///
/// # Errors
/// If the template lacks one of its two marks.
pub fn service_worker(template: &str, build: &str, files: &[File]) -> Result<String> {
    for mark in [BUILD, FILES] {
        ensure!(template.matches(mark).count() == 1, "web/static/sw.js must hold {mark} exactly once");
    }
    let entry = |file: &File| (file.path.clone(), json!([sha256(&file.bytes), file.bytes.len(), file.kept().word()]));
    let list: Map<String, Value> = files.iter().map(entry).collect();
    let list = serde_json::to_string(&list)?.replace("],", "],\n");
    Ok(template.replace(BUILD, build).replace(FILES, &list))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: &[u8]) -> File {
        File { path: path.into(), bytes: bytes.into() }
    }

    #[test]
    fn build_and_files_are_filled_in() {
        let template = "const B = '__GLASSBOX_BUILD__'; const F = __GLASSBOX_FILES__;";
        let text = service_worker(template, "b1", &[file("a.js", b"abc")]).expect("both marks are there");
        let hash = sha256(b"abc");
        assert_eq!(text, format!("const B = 'b1'; const F = {{\"a.js\":[\"{hash}\",3,\"always\"]}};"));
    }

    #[test]
    fn a_template_without_its_marks_is_refused() {
        assert!(service_worker("const B = '__GLASSBOX_BUILD__';", "b1", &[]).is_err());
    }

    #[test]
    fn what_is_asked_for_by_few_is_kept_on_first_use() {
        let used = |path: &str, bytes: &[u8]| file(path, bytes).kept() == Kept::Used;
        assert!(used("worker-gpu_bg.wasm", b""));
        assert!(used("cards/a.png", b"") && used("posters/a-dark.webp", b""));
        assert!(used("worker-words_bg.wasm", b"") && used("data/vocabularies/gpt2.bin", b""));
        assert!(used("models/small.safetensors", b"") && !used("models/tiny.safetensors", b""));
        assert!(used("data/vectors/glove.bin", b"") && used("packs/smollm2/00.bin", b""));
        assert!(used("models/big", &vec![0; EAGER_LIMIT + 1]) && !used("models/big", &vec![0; EAGER_LIMIT]));
    }

    #[test]
    fn of_a_program_that_is_compiled_twice_one_is_kept_at_once() {
        for ending in ["_bg.wasm", ".js", "_loader.js"] {
            let kept = |program: &str| file(&format!("{program}{ending}"), b"").kept();
            assert_eq!(["worker", "worker-plain"].map(kept), [Kept::Simd; 2], "{ending}");
            assert_eq!(["worker-relaxed", "worker-plain-relaxed"].map(kept), [Kept::Relaxed; 2], "{ending}");
        }
        assert_eq!(file("labs_bg.wasm", b"").kept(), Kept::Always);
    }

    #[test]
    fn the_service_worker_asks_for_relaxed_simd_as_the_page_does() {
        let numbers = |text: &str| -> Vec<u32> {
            let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            let words = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|word| !word.is_empty());
            let number = |word: &str| match (word.strip_prefix("0x"), word.strip_prefix("b'")) {
                (Some(hex), _) => u32::from_str_radix(hex, 16).expect("a number"),
                (_, Some(letter)) => letter.chars().next().expect("a letter").into(),
                _ => word.parse().expect("a number"),
            };
            words.map(number).collect()
        };
        let between = |text: &'static str, from: &str, to: &str| {
            let text = text.split_once(from).expect("it stands there").1;
            text.split_once(to).expect("it ends").0
        };
        let page = between(include_str!("../../web/labs/src/engine/features.rs"), "RELAXED: [u8; 40] = [", "];");
        let worker = between(include_str!("../../web/static/sw.js"), "Uint8Array.of(", "));");
        assert_eq!(numbers(page), numbers(worker));
    }

    #[test]
    fn the_committed_template_has_its_marks_and_stays_short() {
        let template = include_str!("../../web/static/sw.js");
        service_worker(template, "b1", &[]).expect("both marks are there");
        assert!(template.lines().count() <= 200, "the service worker must stay readable");
    }
}
