//! Walking, copying and hashing of files.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Every file below `folder`, as paths with `/` relative to it, sorted; hidden files are left out.
pub fn walk(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Copies every file below `from` to the same place below `to`.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for path in walk(from)? {
        write(&to.join(&path), &read(&from.join(&path))?)?;
    }
    Ok(())
}

/// Reads a file; an error names it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a text file; an error names it.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file and the folders above it; an error names it.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Removes a folder and all in it, and makes it again, empty.
pub fn empty_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// A folder outside the checkout, so that cleaning keeps it: in the folder that `GLASSBOX_CACHE` names, or else in
/// `.cache/glassbox` of the home folder.
///
/// # Errors
/// If no home folder is known.
pub fn cache(part: &str) -> Result<PathBuf> {
    let named = std::env::var_os("GLASSBOX_CACHE").map(PathBuf::from);
    let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let folder = named.or_else(|| home().map(|home| PathBuf::from(home).join(".cache/glassbox")));
    let folder = folder.context("no home folder is known: set GLASSBOX_CACHE to a folder for tools and models")?;
    Ok(folder.join(part))
}

/// The SHA-256 of `bytes` in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first twelve digits of the SHA-256 over named parts; names and lengths are part of it.
pub fn short_id<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    for (name, bytes) in parts {
        hasher.update(format!("{name}\n{}\n", bytes.len()));
        hasher.update(bytes);
    }
    hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// A new folder of a test's own, in the system's folder for temporary files.
#[cfg(test)]
pub fn test_folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("glassbox-xtask-{}-{name}", std::process::id()));
    empty_folder(&folder).expect("the temporary folder can be written");
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_sha256() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_id_depends_on_names_and_bytes() {
        let id = short_id([("a", b"1".as_slice())]);
        assert_eq!(id.len(), 12);
        assert_ne!(id, short_id([("b", b"1".as_slice())]));
        assert_ne!(id, short_id([("a", b"2".as_slice())]));
    }

    #[test]
    fn copies_keep_their_places_and_hidden_files_stay() {
        let folder = test_folder("copy");
        write(&folder.join("from/b/c.txt"), "c").expect("writable");
        write(&folder.join("from/a.txt"), "a").expect("writable");
        write(&folder.join("from/.hidden"), "h").expect("writable");
        copy_all(&folder.join("from"), &folder.join("to")).expect("copied");
        assert_eq!(walk(&folder.join("to")).expect("readable"), ["a.txt", "b/c.txt"]);
        fs::remove_dir_all(&folder).expect("removable");
    }
}
