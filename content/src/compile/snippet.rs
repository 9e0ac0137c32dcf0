//! A stretch of the project's own source between `// ANCHOR: name` and `// ANCHOR_END: name`.

use std::path::Path;

/// The lines between two anchor comments, without any anchor lines and without common indentation.
///
/// # Errors
/// A sentence that says which part of `FILE#ANCHOR` is missing.
pub fn read(root: &Path, target: &str) -> Result<String, String> {
    let (file, name) = target
        .split_once('#')
        .filter(|(file, name)| !file.is_empty() && !name.is_empty())
        .ok_or_else(|| format!("`{target}` is not FILE#ANCHOR"))?;
    if file.starts_with('/') || file.split('/').any(|part| part == "..") {
        return Err(format!("`{file}` must be a path from the project's root"));
    }
    let source =
        std::fs::read_to_string(root.join(file)).map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    between(&source, name)
        .ok_or_else(|| format!("`{file}` has no stretch between `// ANCHOR: {name}` and `// ANCHOR_END: {name}`"))
}

fn between(source: &str, name: &str) -> Option<String> {
    let is = |line: &str, word: &str| line.split_whitespace().rev().take(2).eq([name, word]);
    let begin = source.lines().position(|line| is(line, "ANCHOR:"))?;
    let length = source.lines().skip(begin).position(|line| is(line, "ANCHOR_END:"))?;
    let lines: Vec<&str> = source
        .lines()
        .skip(begin + 1)
        .take(length - 1)
        .filter(|line| !line.contains("ANCHOR:") && !line.contains("ANCHOR_END:"))
        .collect();
    let indented = |line: &&&str| !line.trim().is_empty();
    let indent = lines.iter().filter(indented).map(|line| line.len() - line.trim_start().len()).min()?;
    let cut: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or("")).collect();
    Some(cut.join("\n").trim_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn takes_the_lines_between_the_anchors_and_their_indentation_off() {
        let source = "a\n    // ANCHOR: b\n    b {\n        // ANCHOR: c\n        c\n\n        // ANCHOR_END: c\n    }\n    // ANCHOR_END: b\n";
        assert_eq!(between(source, "b").as_deref(), Some("b {\n    c\n\n}"));
        assert_eq!(between(source, "c").as_deref(), Some("c"));
        assert_eq!(between(source, "d"), None);
    }
}
