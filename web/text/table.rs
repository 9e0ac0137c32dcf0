// Reads the words of the interface at build time: for the build scripts of `web`, `web/desk` and `web/kit`, and for
// `xtask`, each of which includes this file as a module.

use std::{fmt::Write as _, fs, io, path::Path};

/// Lines of `key = words`; empty lines and lines that begin with `#` are remarks.
pub fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.trim().split_once(" = ").filter(|(key, _)| !key.starts_with('#')))
}

/// All words of a program in one language: those that page and desk share first, then `<program>.<language>.txt`, then
/// the parts in `<program>/` by name. The order of the English keys numbers them.
pub fn read(folder: &Path, program: &str, language: &str) -> io::Result<String> {
    let ending = format!(".{language}.txt");
    let mut files = vec![folder.join(format!("kit{ending}"))];
    if program != "kit" {
        files.push(folder.join(format!("{program}{ending}")));
    }
    if let Ok(parts) = fs::read_dir(folder.join(program)) {
        let mut parts: Vec<_> = parts.filter_map(|entry| Some(entry.ok()?.path())).collect();
        parts.retain(|path| path.to_string_lossy().ends_with(&ending));
        parts.sort();
        files.extend(parts);
    }
    let mut joined = String::new();
    for file in files.iter().filter(|file| file.is_file()) {
        joined += &fs::read_to_string(file)?;
        joined.push('\n');
    }
    Ok(joined)
}

/// Names a list of keys, so that a program and a list of words that do not belong together are noticed (FNV-1a).
pub fn version(english: &str) -> String {
    let bytes = pairs(english).flat_map(|(key, _)| key.bytes().chain([b'\n']));
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// The Rust that a build script writes: the words without their keys, and the keys for the compiler alone.
#[allow(dead_code)]
pub fn rust(english: &str, text: &str) -> String {
    let words: Vec<&str> = pairs(english).map(|(_, words)| words).collect();
    let mut keys: Vec<(&str, usize)> = pairs(english).map(|(key, _)| key).zip(0..).collect();
    keys.sort_unstable();
    let mut code = format!(
        "/// One line a key.\n#[allow(dead_code)]\npub const ENGLISH: &str = {:?};\n/// Names the list of keys.\n#[allow(dead_code)]\n\
         pub const VERSION: &str = {:?};\n/// Sorted, with the line of each. Only the compiler reads them.\n\
         pub const KEYS: &[(&str, u16)] = &[",
        words.join("\n"),
        version(english)
    );
    for (key, line) in keys {
        // Writing to a text cannot fail.
        let _ = write!(code, "({key:?}, {line}), ");
    }
    let _ = write!(
        code,
        "];\n/// The words on a line.\n#[allow(dead_code)]\npub fn at(line: u16) -> &'static str {{\n    {text}::line(ENGLISH, line)\n}}\n"
    );
    code
}

/// What each build script does.
#[allow(dead_code)]
pub fn build(folder: &str, program: &str, text: &str) -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={folder}");
    let english = read(Path::new(folder), program, "en")?;
    fs::write(Path::new(&std::env::var("OUT_DIR")?).join("words.rs"), rust(&english, text))?;
    Ok(())
}
