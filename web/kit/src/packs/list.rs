//! What can be fetched on purpose: `packs.json`, as `cargo xtask dist` writes it from `content/packs.toml`.

use crate::address;
use gloo::net::http::Request;

use serde::Deserialize;

/// Files that belong together, such as the WebGPU engine.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Pack {
    /// For the program.
    pub name: String,
    /// For the reader.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// In the order in which they are fetched.
    pub files: Vec<PackFile>,
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PackFile {
    /// Below the site's root.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// What its bytes must come to, in hexadecimal.
    pub sha256: String,
}

impl Pack {
    /// All files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// Every pack of this build; `None` where the list cannot be had.
pub async fn fetch() -> Option<Vec<Pack>> {
    let response = Request::get(&address::absolute("packs.json")).send().await.ok()?;
    if response.ok() { response.json().await.ok() } else { None }
}

/// A size as a reader sees it.
pub fn megabytes(bytes: f64) -> String {
    if bytes >= 1e9 {
        format!("{:.1} GB", bytes / 1e9)
    } else if bytes >= 100e6 {
        format!("{:.0} MB", bytes / 1e6)
    } else {
        format!("{:.1} MB", bytes / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_as_the_build_writes_it() {
        let text = r#"[{"name":"a","title":"A","about":"b","files":[{"path":"x.js","bytes":3,"sha256":"00"},{"path":"y","bytes":4,"sha256":"01"}]}]"#;
        let packs: Vec<Pack> = serde_json::from_str(text).expect("the list is sound");
        assert_eq!((packs[0].bytes(), packs[0].files[1].path.as_str()), (7, "y"));
    }

    #[test]
    fn sizes_have_as_many_digits_as_matter() {
        assert_eq!([0.0, 6_340_000.0, 123_400_000.0, 2.26e9].map(megabytes), ["0.0 MB", "6.3 MB", "123 MB", "2.3 GB"]);
    }
}
