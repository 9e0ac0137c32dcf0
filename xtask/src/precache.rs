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

impl File {
    /// Whether the file is fetched on first use instead of at installation.
    pub fn lazy(&self) -> bool {
        // Cards and posters are for other sites, which show a link to this one, or a lab before the click.
        ["worker-gpu", "worker-words", "data/vocabularies/", "data/vectors/", "packs/", "cards/", "posters/"]
            .iter()
            .any(|start| self.path.starts_with(start))
            || self.bytes.len() > EAGER_LIMIT
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
    let entry =
        |file: &File| (file.path.clone(), json!([sha256(&file.bytes), file.bytes.len(), u8::from(file.lazy())]));
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
        assert_eq!(text, format!("const B = 'b1'; const F = {{\"a.js\":[\"{hash}\",3,0]}};"));
    }

    #[test]
    fn a_template_without_its_marks_is_refused() {
        assert!(service_worker("const B = '__GLASSBOX_BUILD__';", "b1", &[]).is_err());
    }

    #[test]
    fn what_is_asked_for_by_few_is_lazy() {
        assert!(file("worker-gpu_bg.wasm", b"").lazy());
        assert!(file("cards/a.png", b"").lazy() && file("posters/a-dark.webp", b"").lazy());
        assert!(file("worker-words_bg.wasm", b"").lazy() && file("data/vocabularies/gpt2.bin", b"").lazy());
        assert!(file("data/vectors/glove.bin", b"").lazy() && file("packs/smollm2/00.bin", b"").lazy());
        assert!(file("models/big", &vec![0; EAGER_LIMIT + 1]).lazy());
        // Which of the CPU's programs a browser takes is found out there, perhaps offline: both are kept.
        for program in
            ["worker_bg.wasm", "worker-relaxed_bg.wasm", "worker-plain_bg.wasm", "worker-plain-relaxed_bg.wasm"]
        {
            assert!(!file(program, &vec![0; EAGER_LIMIT]).lazy());
        }
    }

    #[test]
    fn the_committed_template_has_its_marks_and_stays_short() {
        let template = include_str!("../../web/static/sw.js");
        service_worker(template, "b1", &[]).expect("both marks are there");
        assert!(template.lines().count() <= 200, "the service worker must stay readable");
    }
}
