//! The packs: files that are kept for offline use only when a learner asks for them, listed with sizes and hashes.

use crate::files::sha256;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The list within the site; the desk reads it.
pub const LIST: &str = "packs.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    pack: Vec<Pack>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    name: String,
    title: String,
    about: String,
    files: Vec<String>,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    about: &'a str,
    files: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    path: &'a str,
    bytes: usize,
    sha256: String,
}

/// The list of packs as JSON, made from `content/packs.toml` and the files there are. A pack none of whose files was
/// built, as with `--cpu-only`, is left out.
///
/// # Errors
/// If the declaration cannot be read, or two packs have one name.
pub fn list(declared: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<String> {
    let Declared { pack: packs } = toml::from_str(declared).context("content/packs.toml cannot be read")?;
    let mut listed: Vec<Listed> = Vec::new();
    for pack in &packs {
        ensure!(listed.iter().all(|other| other.name != pack.name), "content/packs.toml has two packs `{}`", pack.name);
        let wanted = |path: &str| {
            pack.files.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == pattern,
            })
        };
        let found = files.iter().filter(|(path, _)| wanted(path));
        let parts: Vec<Part> =
            found.map(|(path, bytes)| Part { path, bytes: bytes.len(), sha256: sha256(bytes) }).collect();
        if !parts.is_empty() {
            listed.push(Listed { name: &pack.name, title: &pack.title, about: &pack.about, files: parts });
        }
    }
    Ok(serde_json::to_string_pretty(&listed)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_packs_are_listed_with_size_and_hash() {
        let files = BTreeMap::from([("worker-gpu.js".to_owned(), b"abc".to_vec()), ("worker.js".to_owned(), vec![0])]);
        let text = list(include_str!("../../content/packs.toml"), &files).expect("sound");
        let packs: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(packs[0]["name"], "webgpu");
        assert_eq!(packs[0]["files"][0]["path"], "worker-gpu.js");
        assert_eq!(
            (packs[0]["files"][0]["bytes"].as_u64(), packs[0]["files"].as_array().map(Vec::len)),
            (Some(3), Some(1))
        );
        assert_eq!(packs[0]["files"][0]["sha256"], sha256(b"abc"));
    }

    #[test]
    fn packs_without_files_are_left_out_and_double_names_refused() {
        let pack = |name: &str| format!("[[pack]]\nname = \"{name}\"\ntitle = \"\"\nabout = \"\"\nfiles = [\"a\"]\n");
        assert_eq!(list(&pack("p"), &BTreeMap::new()).expect("sound"), "[]\n");
        let files = BTreeMap::from([("a".to_owned(), vec![1])]);
        assert!(list(&(pack("p") + &pack("p")), &files).is_err());
    }
}
