//! The browser tests: two files at a time, and those that measure time by themselves.

use crate::steps::clock;
use crate::tools;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A file waits more than it computes, and the smallest machine that this is run on has two cores.
const LANES: usize = 2;

/// Files that keep both cores busy, or have a limit of time in them: nothing runs beside them.
const ALONE: [&str; 13] = [
    "10-crawl.test.mjs",
    "20-accessible.test.mjs",
    "22-reach.test.mjs",
    "44-matmul.test.mjs",
    "50-repair.test.mjs",
    "68-drills.test.mjs",
    "72-home.test.mjs",
    "74-smooth.test.mjs",
    "78-device-loss.test.mjs",
    "84-practice.test.mjs",
    "86-find.test.mjs",
    "90-gpu.test.mjs",
    "95-attention-cost.test.mjs",
];

/// Runs every test file of `playwright/tests`. One that fails is run once more, alone, because a busy machine can
/// starve a browser; that is said at the end, and a second failure counts.
///
/// # Errors
/// The files that failed twice, by name.
pub fn test(root: &Path, full: bool) -> Result<()> {
    let (alone, beside): (Vec<String>, Vec<String>) = files(root)?.into_iter().partition(|file| is_alone(file));
    let mut failed = in_lanes(root, alone, 1, full);
    failed.extend(in_lanes(root, beside, LANES, full));
    let twice = in_lanes(root, failed.clone(), 1, full);
    if !twice.is_empty() {
        bail!("failed twice: {}", twice.join(", "));
    }
    if !failed.is_empty() {
        println!("\nFLAKY: passed only at the second run: {}", failed.join(", "));
    }
    Ok(())
}

fn files(root: &Path) -> Result<Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(root.join("playwright/tests"))?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    files.sort();
    Ok(files)
}

fn is_alone(file: &str) -> bool {
    ALONE.contains(&file)
}

/// Works through the files in their order, `lanes` at a time, and answers those that failed.
fn in_lanes(root: &Path, files: Vec<String>, lanes: usize, full: bool) -> Vec<String> {
    let queue = Mutex::new(files.into_iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|| {
                while let Some(file) = next(&queue) {
                    if !passes(root, &file, full) {
                        failed.lock().unwrap_or_else(|broken| broken.into_inner()).push(file);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(|broken| broken.into_inner())
}

/// A function of its own, so that the queue is free again before the file is run.
fn next(queue: &Mutex<std::vec::IntoIter<String>>) -> Option<String> {
    queue.lock().unwrap_or_else(|broken| broken.into_inner()).next()
}

/// Runs one file. What it printed is shown when it has ended, so that two files do not talk into each other.
fn passes(root: &Path, file: &str, full: bool) -> bool {
    let mut node = Command::new("node");
    // A test that fails may leave its server or browser running: the process ends all the same.
    let flags =
        ["--test", "--test-concurrency=1", "--test-reporter=spec", "--test-force-exit", "--test-timeout=600000"];
    node.args(flags).arg(format!("tests/{file}")).current_dir(root.join("playwright"));
    if let Ok(own) = std::env::current_exe() {
        node.env("XTASK", own);
    }
    if full {
        node.env("GLASSBOX_FULL", "1");
    }
    if let Some(chromium) = tools::chromium() {
        node.env("CHROMIUM", chromium);
    }
    let start = Instant::now();
    let output = node.output();
    let (passed, words) = match output {
        Ok(output) => (
            output.status.success(),
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
        ),
        Err(error) => (false, format!("node could not be started: {error}\n")),
    };
    println!("\n==== {file} {} after {} ====\n{words}", if passed { "passed" } else { "FAILED" }, clock(whole(start)));
    passed
}

fn whole(start: Instant) -> Duration {
    Duration::from_secs(start.elapsed().as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_runs_alone_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let files = files(&root).expect("the tests are there");
        for file in ALONE {
            assert!(files.iter().any(|name| name == file), "{file} is named but missing");
        }
        assert!(files.len() > ALONE.len());
    }
}
