//! The content program: `check`, `coverage` and `build`.

use content::{
    compile::{self, Compiled, Fault, Shell},
    coverage::Coverage,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

const USAGE: &str = "usage:
  content check [--root DIR]
  content coverage [--json] [--root DIR]
  content build --shell FILE --out DIR [--base /name/] [--root DIR]

check  reports every fault of the lessons and pages
coverage  says which rows of the sources the lessons answer; --json for machines
build  writes every page by filling the shell, and pages.json
--root the project's folder, which holds content/; by default the one this program was built in
--base where the site will lie, for 404.html only; by default /";

/// What the command line asks for.
#[derive(Debug, Default)]
struct Arguments {
    root: Option<PathBuf>,
    shell: Option<PathBuf>,
    out: Option<PathBuf>,
    base: Option<String>,
    json: bool,
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    match parse(words).and_then(|arguments| run(&command, &arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value\n\n{USAGE}"));
        match word.as_str() {
            "--root" => arguments.root = Some(value()?.into()),
            "--shell" => arguments.shell = Some(value()?.into()),
            "--out" => arguments.out = Some(value()?.into()),
            "--json" => arguments.json = true,
            "--base" => arguments.base = Some(value()?),
            _ => return Err(format!("{word} is not an option\n\n{USAGE}")),
        }
    }
    Ok(arguments)
}

fn run(command: &str, arguments: &Arguments) -> Result<(), String> {
    let built_in = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = arguments.root.clone().unwrap_or_else(built_in);
    match command {
        "check" => {
            let compiled = sound(compile::compile(&root))?;
            println!("{} pages, no fault", compiled.site.pages.len());
            Ok(())
        }
        "coverage" => {
            let site = sound(compile::compile(&root))?.site;
            let coverage = Coverage::of(&site);
            let text = if arguments.json { coverage.json() } else { coverage.table(&site) };
            println!("{text}");
            Ok(())
        }
        "build" => build(&root, arguments),
        _ => Err(USAGE.to_owned()),
    }
}

fn build(root: &Path, arguments: &Arguments) -> Result<(), String> {
    let (Some(shell), Some(out)) = (&arguments.shell, &arguments.out) else {
        return Err(format!("build needs --shell and --out\n\n{USAGE}"));
    };
    let base = arguments.base.as_deref().unwrap_or("/");
    if !base.starts_with('/') || !base.ends_with('/') {
        return Err(format!("--base {base} must begin and end with a slash, like /glassbox/"));
    }
    let file = shell.display().to_string();
    let html = std::fs::read_to_string(shell).map_err(|error| format!("{file} cannot be read: {error}"))?;
    let shell = Shell::new(&file, &html).map_err(|faults| told(&faults))?;
    let compiled = sound(compile::compile(root))?;
    compile::write_site(&compiled.site, &shell, out, base)
        .and_then(|()| compile::write_library(&compiled.library, out))
        .map_err(|error| format!("the pages cannot be written to {}: {error}", out.display()))?;
    println!("{} pages in {}", compiled.site.pages.len(), out.display());
    Ok(())
}

/// The course, if it has no fault.
fn sound(compiled: Compiled) -> Result<Compiled, String> {
    if compiled.faults.is_empty() { Ok(compiled) } else { Err(told(&compiled.faults)) }
}

fn told(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    format!(
        "{}\n\n{} to correct",
        lines.join("\n"),
        match faults.len() {
            1 => "1 fault".to_owned(),
            many => format!("{many} faults"),
        }
    )
}
