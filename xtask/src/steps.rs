//! Numbered steps with their names and times, and the running of other programs.

use anyhow::{Context, Result, bail};
use std::process::Command;
use std::time::{Duration, Instant};

/// Counts the steps of one command and prints each as it starts and ends.
pub struct Steps {
    done: usize,
    total: usize,
    /// Name and duration of every finished step.
    pub times: Vec<(String, Duration)>,
}

impl Steps {
    /// Prepares for `total` steps.
    pub fn new(total: usize) -> Self {
        Self { done: 0, total, times: Vec::new() }
    }

    /// Runs one step between its two lines; an error is returned with the step's name.
    pub fn step<T>(&mut self, name: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
        self.done += 1;
        let (number, total) = (self.done, self.total.max(self.done));
        println!("[{number:>2}/{total}] {name}");
        let start = Instant::now();
        let result = action().with_context(|| format!("step {number}, {name}, failed"));
        let time = start.elapsed();
        let ending = if result.is_ok() { "done" } else { "FAILED" };
        println!("[{number:>2}/{total}] {name}: {ending} after {}", clock(time));
        self.times.push((name.into(), time));
        result
    }
}

/// Writes a duration as a person reads it: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn clock(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f32()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// Runs a program with this terminal's input and output.
///
/// # Errors
/// If it cannot be started or ends with anything but success.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("`{shown}` could not be started"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a program quietly; its output is shown only if it fails.
///
/// # Errors
/// As [`run`].
pub fn run_quietly(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("`{shown}` could not be started"))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("`{shown}` ended with {}", output.status);
    }
    Ok(())
}

/// What a program prints on its standard output, or `None` if it is missing or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(clock(Duration::from_millis(420)), "0.4 s");
        assert_eq!(clock(Duration::from_secs(12)), "12 s");
        assert_eq!(clock(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn a_failing_step_is_named() {
        let error = Steps::new(1).step("paint", || -> Result<()> { bail!("no brush") }).expect_err("it fails");
        assert_eq!(format!("{error:#}"), "step 1, paint, failed: no brush");
    }
}
