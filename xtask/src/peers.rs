//! `cargo xtask bench --peers`: builds the engine for JavaScript, in each of its variants, and measures it beside other libraries.

use crate::models;
use crate::peer_files;
use crate::steps::{Steps, run};
use crate::tools;
use anyhow::Result;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// One program that JavaScript can call: the folder it goes to, its crate, and its Cargo features.
struct Build {
    name: &'static str,
    package: &'static str,
    features: &'static [&'static str],
}

const ENGINE: &str = "engine-bench";
/// The last one only for `--webgpu`.
const BUILDS: [Build; 3] = [
    Build { name: "relaxed", package: ENGINE, features: &["--features", "relaxed"] },
    Build { name: "simd128", package: ENGINE, features: &[] },
    Build { name: "webgpu", package: ENGINE, features: &["--features", "webgpu"] },
];

const PLAIN: &str = "engine-plain-bench";
/// For `--models`.
const MODEL_BUILDS: [Build; 2] = [
    Build { name: "plain-relaxed", package: PLAIN, features: &["--features", "relaxed"] },
    Build { name: "plain-simd128", package: PLAIN, features: &[] },
];

/// Builds what is measured, then measures it. `words` are the command's own and those of `playwright/bench/peers.mjs`.
///
/// # Errors
/// If something cannot be built, or a result is wrong or missing.
pub fn bench(root: &Path, words: Vec<String>) -> Result<()> {
    let options = options(words)?;
    let builds = match (options.build, options.passed_on.contains(&"--webgpu".into())) {
        (false, _) => 0,
        (true, false) => BUILDS.len() - 1,
        (true, true) => BUILDS.len(),
    };
    let mut steps = Steps::new(tools::BUILD_STEPS + tools::BROWSER_STEPS + 2 + builds);
    tools::for_building(root, &mut steps)?;
    tools::for_browsers(&mut steps)?;
    steps.step("Node packages of playwright/bench/ (the peers)", || tools::peer_packages(root))?;
    build_all(root, &mut steps, &BUILDS[..builds])?;
    let measure = || script(root, "playwright/bench/peers.mjs", &options.passed_on);
    steps.step("the engine and its peers in headless Chromium", measure)
}

/// Builds what is measured, then measures pretrained models beside other libraries (`playwright/bench/models.mjs`).
///
/// # Errors
/// If something cannot be fetched or built, a result is wrong, or a goal is missed.
pub fn models(root: &Path, words: Vec<String>) -> Result<()> {
    of_models(root, words, "playwright/bench/models.mjs", |_| Ok(()))
}

/// The same for sentence encoders (`playwright/bench/encoders.mjs`).
///
/// # Errors
/// As [`models`].
pub fn encoders(root: &Path, words: Vec<String>) -> Result<()> {
    of_models(root, words, "playwright/bench/encoders.mjs", peer_files::minilm)
}

/// Builds what is measured, fetches what is run, `prepare`s the peers' files, and calls a script.
fn of_models(root: &Path, words: Vec<String>, program: &str, prepare: fn(&Path) -> Result<()>) -> Result<()> {
    let builds = if words.iter().any(|word| word == "--no-build") { &MODEL_BUILDS[..0] } else { &MODEL_BUILDS[..] };
    let own = ["--models", "--encoders", "--no-build"];
    let passed_on: Vec<OsString> =
        words.into_iter().filter(|word| !own.contains(&word.as_str())).map(Into::into).collect();
    models::fetch(root)?;
    let mut steps = Steps::new(tools::BUILD_STEPS + tools::BROWSER_STEPS + 3 + builds.len());
    steps.step("the peers' files of the models", || prepare(root))?;
    tools::for_building(root, &mut steps)?;
    tools::for_browsers(&mut steps)?;
    steps.step("Node packages of playwright/bench/ (the peers)", || tools::peer_packages(root))?;
    build_all(root, &mut steps, builds)?;
    let measure = || script(root, program, &passed_on);
    steps.step("pretrained models in headless Chromium", measure)
}

/// Builds what is measured, then trains for a long time and watches memory (`playwright/bench/soak.mjs`).
///
/// # Errors
/// If something cannot be built, or memory grows.
pub fn soak(root: &Path, words: Vec<String>) -> Result<()> {
    let passed_on: Vec<String> = words.into_iter().filter(|word| word != "--soak").collect();
    let mut steps = Steps::new(tools::BUILD_STEPS + tools::BROWSER_STEPS + 3);
    tools::for_building(root, &mut steps)?;
    tools::for_browsers(&mut steps)?;
    build_all(root, &mut steps, &BUILDS[..1])?;
    build_all(root, &mut steps, &BUILDS[2..])?;
    let measure = || script(root, "playwright/bench/soak.mjs", &passed_on);
    steps.step("a long training in headless Chromium", measure)
}

fn build_all(root: &Path, steps: &mut Steps, builds: &[Build]) -> Result<()> {
    for one in builds {
        steps.step(&format!("the engine for the bench, {}", one.name), || build(root, one))?;
    }
    Ok(())
}

/// Runs a script of Node with the Chromium that was found.
fn script(root: &Path, script: &str, words: &[impl AsRef<OsStr>]) -> Result<()> {
    let mut node = Command::new("node");
    node.current_dir(root).arg(script).args(words);
    if let Some(chromium) = tools::chromium() {
        node.env("CHROMIUM", chromium);
    }
    run(&mut node)
}

struct Options {
    build: bool,
    passed_on: Vec<OsString>,
}

fn options(words: Vec<String>) -> Result<Options> {
    use lexopt::prelude::*;
    let mut options = Options { build: true, passed_on: Vec::new() };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("peers") => {}
            Long("no-build") => options.build = false,
            Long(flag @ ("threads" | "webgpu")) => options.passed_on.push(format!("--{flag}").into()),
            Long("json") => {
                let path = std::path::absolute(parser.value()?)?;
                options.passed_on.extend(["--json".into(), path.into_os_string()]);
            }
            Long(name @ ("cases" | "shapes" | "only" | "rounds" | "budget")) => {
                let name = format!("--{name}").into();
                options.passed_on.extend([name, parser.value()?]);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// Compiles a crate as the worker is compiled (no wasm-opt there either), but with an interface for JavaScript.
fn build(root: &Path, Build { name, package, features }: &Build) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--target", TARGET, "-p", package]).args(*features);
    run(cargo.current_dir(root))?;
    let program = package.replace('-', "_");
    let out = root.join("target/bench/ours").join(name);
    let mut bindgen = Command::new("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&out);
    bindgen.arg(root.join("target").join(TARGET).join("release").join(format!("{program}.wasm")));
    tools::on_path(root, &mut bindgen)?;
    run(&mut bindgen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn the_bench_gets_its_own_options_only() {
        let options = options(words(&["--peers", "--cases", "matmul", "--no-build", "--threads"])).expect("all known");
        assert_eq!(
            (options.build, options.passed_on),
            (false, vec!["--cases".into(), "matmul".into(), "--threads".into()])
        );
    }

    #[test]
    fn a_misspelt_option_is_named_before_anything_is_built() {
        let error = options(words(&["--peers", "--case", "matmul"])).err().expect("there is no such option");
        assert!(error.to_string().contains("--case"), "{error}");
    }
}
