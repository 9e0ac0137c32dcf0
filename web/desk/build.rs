//! Writes the English words of all parts as `words.rs`, and the settings of each lab, which the teacher's builder
//! offers, as `knobs.rs`; the program includes both.

#[path = "../text/table.rs"]
mod table;

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    table::build("../text", "desk", "kit::text")?;
    let knobs = knobs(Path::new("../labs/src/labs"))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("knobs.rs"), knobs)?;
    Ok(())
}

/// `const KNOBS` from the fields of each lab's `struct Knobs`, so that a new setting needs no second list.
fn knobs(labs: &Path) -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", labs.display());
    let list = fs::read_to_string(labs.join("mod.rs"))?;
    let line = |line: &str| {
        let (name, module) = line.trim().strip_prefix('"')?.split_once("\" => ")?;
        Some((name.to_owned(), module.strip_suffix(',')?.to_owned()))
    };
    let mut rows = String::new();
    let listed = list.lines().skip_while(|line| *line != "labs! {").skip(1).take_while(|line| *line != "}");
    for (name, module) in listed.filter_map(line) {
        let mut names = Vec::new();
        for entry in fs::read_dir(labs.join(module))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "rs") {
                names.extend(fields(&fs::read_to_string(&path)?));
            }
        }
        rows += &format!("({name:?}, &{names:?}),");
    }
    Ok(format!("const KNOBS: &[(&str, &[&str])] = &[{rows}];"))
}

/// The names of the fields of `struct Knobs` in a source file.
fn fields(source: &str) -> Vec<String> {
    let after = source.lines().skip_while(|line| !line.trim_end().ends_with("struct Knobs {")).skip(1);
    let field = |line: &str| {
        let line = line.trim();
        let (name, _) = line.strip_prefix("pub ").unwrap_or(line).split_once(": ")?;
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then(|| name.to_owned())
    };
    after.take_while(|line| *line != "}").filter_map(field).collect()
}
