//! `cargo xtask test`: the stages in their order, each of which can be run or skipped by name.

use crate::browser;
use crate::publish::Place;
use crate::site;
use crate::steps::{Steps, clock, run};
use crate::tools;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Every stage, in the order in which they run: quick answers first, browsers last.
const STAGES: [&str; 7] = ["fmt", "clippy", "unit", "dist", "wasm", "wasm-gpu", "browser"];

/// Packages that run on this machine, and those that run only in a browser. The page's pure parts are tested
/// on this machine too.
const NATIVE: [&str; 11] = [
    "engine-core",
    "engine-hostile",
    "engine-plain",
    "engine-run",
    "engine-words",
    "learn",
    "kernels",
    "content",
    "xtask",
    "engine",
    "tests",
];
const BROWSER: [&str; 12] = [
    "kernels",
    "engine-gpu",
    "web",
    "kit",
    "labs",
    "desk",
    "worker",
    "worker-plain",
    "worker-port",
    "worker-words",
    "engine-bench",
    "engine-plain-bench",
];
const WASM: &str = "wasm32-unknown-unknown";

/// Runs the named stages, or all of them, but those to be skipped. With `full`, browser tests also run what is too
/// slow for every time: they look for `GLASSBOX_FULL=1`.
///
/// # Errors
/// The first stage that fails, by name; or a name that is no stage.
pub fn test(root: &Path, named: &[String], skipped: &[String], full: bool) -> Result<()> {
    let stages = chosen(named, skipped)?;
    let builds = stages.contains(&"dist");
    let browsers = stages.iter().any(|stage| ["wasm", "wasm-gpu", "browser"].contains(stage));
    let tool_steps =
        if builds || browsers { tools::BUILD_STEPS } else { 0 } + if browsers { tools::BROWSER_STEPS } else { 0 };
    let stage_steps: usize = stages.iter().map(|stage| if *stage == "dist" { site::STEPS } else { 1 }).sum();
    let mut steps = Steps::new(tool_steps + stage_steps);
    if builds || browsers {
        tools::for_building(root, &mut steps)?;
    }
    if browsers {
        tools::for_browsers(&mut steps)?;
    }
    let tools_time = total(&steps.times);
    let mut times = vec![("tools", tools_time)];
    for stage in stages {
        println!("\n==== stage {stage} ====");
        let before = steps.times.len();
        let result = match stage {
            "dist" => site::build(root, &mut steps, &Place::at_root(), false),
            other => steps.step(&format!("stage {other}"), || run_stage(root, other, full)),
        };
        times.push((stage, total(&steps.times[before..])));
        if result.is_err() {
            print_times(&times);
        }
        result.with_context(|| format!("the stage `{stage}` failed; to run it alone: cargo xtask test {stage}"))?;
    }
    print_times(&times);
    Ok(())
}

fn total(times: &[(String, Duration)]) -> Duration {
    times.iter().map(|(_, time)| *time).sum()
}

fn print_times(times: &[(&str, Duration)]) {
    println!();
    for (stage, time) in times {
        println!("{stage:>10}  {}", clock(*time));
    }
    println!("{:>10}  {}", "together", clock(times.iter().map(|(_, time)| *time).sum()));
}

fn chosen(named: &[String], skipped: &[String]) -> Result<Vec<&'static str>> {
    for name in named.iter().chain(skipped) {
        if !STAGES.contains(&name.as_str()) {
            bail!("there is no stage `{name}`; the stages are {}", STAGES.join(", "));
        }
    }
    let wanted = |stage: &&str| {
        (named.is_empty() || named.iter().any(|name| name == stage)) && !skipped.iter().any(|name| name == stage)
    };
    Ok(STAGES.into_iter().filter(wanted).collect())
}

fn run_stage(root: &Path, stage: &str, full: bool) -> Result<()> {
    match stage {
        "fmt" => {
            tools::rust_components()?;
            run(&mut cargo(root, &["fmt", "--all", "--check"]))
        }
        "clippy" => clippy(root),
        "unit" => run(cargo(root, &["test", "--profile", "native", "--locked"])
            .args(packages(&NATIVE))
            .args(["-p", "web", "-p", "kit", "-p", "labs", "-p", "desk"])),
        "wasm" => {
            // Bad files, where sizes have 32 bits.
            wasm_tests(root, "engine-hostile", "refused", &["--release"])?;
            // Each variant of the kernels, alone and under the engine.
            for variant in [&["--release"][..], &["--release", "--features", "relaxed"]] {
                wasm_tests(root, "kernels", "twins", variant)?;
                wasm_tests(root, "engine-plain", "golden", variant)?;
                wasm_tests(root, "engine", "wasm", variant)?;
            }
            Ok(())
        }
        "wasm-gpu" => {
            // With its unit tests: natively they would have wgpu compiled a second time.
            wasm_tests(root, "engine-gpu", "wasm", &["--lib", "--profile", "gpu"])?;
            wasm_tests(root, "engine", "wasm", &["--features", "gpu", "--profile", "gpu"])
        }
        "browser" => {
            browser::test(root, full)?;
            if full { slow_scripts(root) } else { Ok(()) }
        }
        other => bail!("the stage `{other}` is not run here"),
    }
}

fn clippy(root: &Path) -> Result<()> {
    tools::rust_components()?;
    let check = ["clippy", "--profile", "native", "--locked"];
    let deny = ["--", "-D", "warnings"];
    run(cargo(root, &check).args(packages(&NATIVE)).arg("--all-targets").args(deny))?;
    // By itself, because its features of shared dependencies would have Burn checked a second time.
    run(cargo(root, &check).args(["-p", "engine-gpu", "--all-targets"]).args(deny))?;
    run(cargo(root, &check).args(["--target", WASM]).args(packages(&BROWSER)).args(deny))
}

/// Runs the tests of one file of one package in headless Chromium. The package's `webdriver.json` tells
/// ChromeDriver how to start it.
fn wasm_tests(root: &Path, package: &str, file: &str, flavour: &[&str]) -> Result<()> {
    let mut test = Command::new("cargo");
    test.args(["test", "--locked", "--target", WASM, "-p", package, "--test", file]).args(flavour);
    let driver = tools::chromedriver().context("ChromeDriver is missing: run `cargo xtask tools`")?;
    test.current_dir(root).env("CHROMEDRIVER", driver).env("WASM_BINDGEN_TEST_TIMEOUT", "600");
    tools::on_path(root, &mut test)?;
    run(&mut test)
}

/// Runs the scripts in `playwright/full/` with nothing beside them: one of them measures time.
fn slow_scripts(root: &Path) -> Result<()> {
    tools::slow_packages(root)?;
    for script in ["full/lighthouse.mjs", "full/visual.mjs"] {
        let mut node = Command::new("node");
        node.arg(script).current_dir(root.join("playwright"));
        if let Some(chromium) = tools::chromium() {
            node.env("CHROMIUM", chromium);
        }
        run(&mut node)?;
    }
    Ok(())
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).current_dir(root);
    cargo
}

fn packages(names: &[&'static str]) -> Vec<&'static str> {
    names.iter().flat_map(|name| ["-p", *name]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn all_stages_run_unless_some_are_named() {
        assert_eq!(chosen(&[], &[]).expect("no unknown name"), STAGES);
        assert_eq!(chosen(&words(&["unit", "fmt"]), &[]).expect("both are stages"), ["fmt", "unit"]);
    }

    #[test]
    fn stages_are_skipped_by_name_and_misspelt_names_refused() {
        let rest = chosen(&[], &words(&["wasm", "wasm-gpu", "browser", "dist"])).expect("all are stages");
        assert_eq!(rest, ["fmt", "clippy", "unit"]);
        let error = chosen(&words(&["brwoser"]), &[]).expect_err("there is no such stage").to_string();
        assert!(error.contains("brwoser") && error.contains("browser"), "{error}");
    }
}
