//! Finds or installs everything the build and the tests need, each at its pinned version.

use crate::files;
use crate::steps::{Steps, answer, run, run_quietly};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Steps of [`for_building`].
pub const BUILD_STEPS: usize = 4;
/// Steps of [`for_browsers`].
pub const BROWSER_STEPS: usize = 1;

const TARGET: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";
const OLDEST_NODE: u32 = 20;

/// Installs what a build needs: the wasm target, Trunk, wasm-bindgen and the npm packages.
///
/// # Errors
/// One sentence that names the command to run, if something is missing that cannot be installed from here.
pub fn for_building(root: &Path, steps: &mut Steps) -> Result<()> {
    let folder = folder()?;
    let bindgen = bindgen_version(root)?;
    steps.step(&format!("Rust target {TARGET}"), wasm_target)?;
    steps.step(&format!("Trunk {TRUNK}"), || cargo_install(&folder, "trunk", "trunk", TRUNK, true))?;
    // Without --locked: the published lock file of wasm-bindgen-cli is older than the crates it works with.
    steps.step(&format!("wasm-bindgen-cli {bindgen}"), || {
        cargo_install(&folder, "wasm-bindgen-cli", "wasm-bindgen", &bindgen, false)
    })?;
    steps.step("Node packages of playwright/ (wasm-opt, esbuild, Playwright, axe)", || node_packages(root))
}

/// Installs Chromium and its driver where that is possible.
///
/// # Errors
/// As [`for_building`].
pub fn for_browsers(steps: &mut Steps) -> Result<()> {
    steps.step("Chromium and ChromeDriver", || {
        if chromium().is_some() && chromedriver().is_some() {
            return Ok(());
        }
        let install = "apt-get update && apt-get install -y chromium chromium-driver";
        if !Path::new("/etc/debian_version").exists() {
            bail!("Chromium and ChromeDriver are missing: install both (on Debian: {install}) or name them in CHROMIUM and CHROMEDRIVER");
        }
        if answer("id", &["-u"]).as_deref() != Some("0") {
            bail!("Chromium and ChromeDriver are missing: run `sudo sh -c '{install}'`");
        }
        run_quietly(Command::new("apt-get").arg("update"))?;
        let mut apt = Command::new("apt-get");
        apt.args(["install", "-y", "chromium", "chromium-driver"]);
        run_quietly(apt.env("DEBIAN_FRONTEND", "noninteractive"))
    })
}

/// Where a test finds Chromium: `CHROMIUM`, or a browser on PATH.
pub fn chromium() -> Option<PathBuf> {
    found("CHROMIUM", &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
}

/// Where a test finds ChromeDriver: `CHROMEDRIVER`, or one on PATH.
pub fn chromedriver() -> Option<PathBuf> {
    found("CHROMEDRIVER", &["chromedriver"])
}

fn found(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = env::var_os(variable) {
        return Some(named.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// Puts the installed tools and the npm programs before everything else on a command's PATH.
pub fn on_path(root: &Path, command: &mut Command) -> Result<()> {
    let own = [folder()?.join("bin"), root.join("playwright/node_modules/.bin")];
    let path = env::var_os("PATH").unwrap_or_default();
    let joined = env::join_paths(own.into_iter().chain(env::split_paths(&path)))
        .context("a folder on PATH has a colon in its name")?;
    command.env("PATH", joined);
    Ok(())
}

/// The version of wasm-bindgen that Cargo.lock has settled on; the tool must be exactly the same.
pub fn bindgen_version(root: &Path) -> Result<String> {
    locked_version(&files::read_text(&root.join("Cargo.lock"))?, "wasm-bindgen")
        .context("Cargo.lock does not list wasm-bindgen")
}

/// The major version of binaryen that playwright/package.json pins, as wasm-opt prints it.
pub fn binaryen_major(root: &Path) -> Result<String> {
    let package: Value = serde_json::from_str(&files::read_text(&root.join("playwright/package.json"))?)?;
    let version =
        package["devDependencies"]["binaryen"].as_str().context("playwright/package.json does not pin binaryen")?;
    Ok(version.split('.').next().unwrap_or(version).into())
}

fn locked_version(lock: &str, package: &str) -> Option<String> {
    let start = lock.find(&format!("name = \"{package}\"\nversion = \""))?;
    lock[start..].lines().nth(1)?.split('"').nth(1).map(String::from)
}

/// Where the build tools are kept.
fn folder() -> Result<PathBuf> {
    files::cache("tools")
}

fn wasm_target() -> Result<()> {
    let sysroot =
        answer("rustc", &["--print", "sysroot"]).context("Rust is missing: install it from https://rustup.rs")?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    if answer("rustup", &["--version"]).is_none() {
        bail!(
            "the Rust target {TARGET} is missing and rustup is not installed: install it from https://rustup.rs, then run `rustup target add {TARGET}`"
        );
    }
    run(Command::new("rustup").args(["target", "add", TARGET]))
}

/// Installs formatter and linter if the toolchain lacks them.
pub fn rust_components() -> Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if answer("cargo", &[tool, "--version"]).is_none() {
            run(Command::new("rustup").args(["component", "add", component]))
                .with_context(|| format!("cargo {tool} is missing: run `rustup component add {component}`"))?;
        }
    }
    Ok(())
}

fn cargo_install(folder: &Path, package: &str, program: &str, version: &str, locked: bool) -> Result<()> {
    let installed = folder.join("bin").join(program);
    let printed = answer(&installed.to_string_lossy(), &["--version"]);
    if printed.as_deref().and_then(version_in) == Some(version) {
        return Ok(());
    }
    let mut cargo = Command::new("cargo");
    cargo.args(["install", package, "--version", &format!("={version}"), "--force", "--root"]).arg(folder);
    if locked {
        cargo.arg("--locked");
    }
    // Their own profiles take minutes for a speed that two seconds of work a build do not need.
    let quick = [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1")];
    cargo.envs(quick.map(|(setting, value)| (format!("CARGO_PROFILE_RELEASE_{setting}"), value)));
    // A debug xtask may run inside another cargo's target folder: the tools are built in one of their own.
    run(cargo.env_remove("CARGO_TARGET_DIR")).with_context(|| format!("{package} {version} could not be installed"))
}

/// The first word of a program's `--version` line that begins with a digit (a leading v is dropped).
fn version_in(line: &str) -> Option<&str> {
    let words = line.split_whitespace().map(|word| word.trim_start_matches('v'));
    words.into_iter().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

fn node_packages(root: &Path) -> Result<()> {
    let node = answer("node", &["--version"]);
    match node.as_deref().and_then(version_in).and_then(|version| version.split('.').next()?.parse::<u32>().ok()) {
        Some(major) if major >= OLDEST_NODE => {}
        Some(major) => bail!("Node {major} is too old: install Node {OLDEST_NODE} or newer from https://nodejs.org"),
        None => {
            bail!("Node is missing: install Node {OLDEST_NODE} or newer from https://nodejs.org")
        }
    }
    npm_install(&root.join("playwright"))
}

/// Installs the libraries that the peers' bench measures: a gigabyte, and so only when they are asked for.
///
/// # Errors
/// As [`for_building`].
pub fn peer_packages(root: &Path) -> Result<()> {
    npm_install(&root.join("playwright/bench"))
}

/// Installs Lighthouse, which only `test --full` needs.
///
/// # Errors
/// As [`for_building`].
pub fn slow_packages(root: &Path) -> Result<()> {
    npm_install(&root.join("playwright/full"))
}

/// Installs what a folder's lock file names, unless that has been done.
fn npm_install(folder: &Path) -> Result<()> {
    let lock = files::sha256(&files::read(&folder.join("package-lock.json"))?);
    let stamp = folder.join("node_modules/.glassbox-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if answer("npm", &["--version"]).is_none() {
        bail!("npm is missing: install it with Node from https://nodejs.org");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder);
    run_quietly(&mut npm)?;
    files::write(&stamp, lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_print() {
        assert_eq!(version_in("trunk 0.21.14"), Some("0.21.14"));
        assert_eq!(version_in("wasm-bindgen 0.2.130"), Some("0.2.130"));
        assert_eq!(version_in("v20.20.2"), Some("20.20.2"));
        assert_eq!(version_in("version unknown"), None);
    }

    #[test]
    fn the_lock_file_names_one_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn this_project_pins_both_tools() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        assert!(bindgen_version(&root).expect("in Cargo.lock").starts_with("0.2."));
        assert!(binaryen_major(&root).expect("in package.json").parse::<u32>().is_ok());
        let trunk = files::read_text(&root.join("Trunk.toml")).expect("readable");
        assert!(trunk.contains(&format!("trunk-version = \"={TRUNK}\"")), "Trunk.toml and xtask name one version");
    }

    #[test]
    fn a_named_program_wins_over_path() {
        assert_eq!(found("CARGO_MANIFEST_DIR", &["chromium"]), Some(env!("CARGO_MANIFEST_DIR").into()));
        assert_eq!(found("GLASSBOX_NO_SUCH_VARIABLE", &["no-such-program-here"]), None);
    }
}
