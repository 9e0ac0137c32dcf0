//! `new-lesson` and `new-lab`: a folder that works at once, and its line in the list.

use crate::{files, steps};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;

const TREE: &str = "content/curriculum/tree.toml";
const ROWS: &str = "content/curriculum/rows.toml";
const LABS: &str = "web/labs/src/labs/mod.rs";

/// Writes `content/lessons/<slug>/`: with its title and rows if the tree of the curriculum has the lesson, else it is
/// listed there as the last one.
///
/// # Errors
/// If the slug is not kebab-case or taken, or the tree has no list of lessons.
pub fn new_lesson(root: &Path, slug: &str) -> Result<()> {
    ensure!(
        is_kebab(slug),
        "`{slug}` cannot be a slug: write lower-case words joined by hyphens, such as `softmax-temperature`"
    );
    let folder = root.join("content/lessons").join(slug);
    ensure!(!folder.exists(), "the lesson `{slug}` exists already: {}", folder.display());
    let tree = files::read_text(&root.join(TREE))?;
    let planned = planned_title(&tree, slug);
    let rows = rows_of(&files::read_text(&root.join(ROWS))?, slug);
    let title = planned.clone().unwrap_or_else(|| title(slug));
    for (name, template) in [
        ("lesson.md", include_str!("../templates/lesson.md")),
        ("quiz.toml", include_str!("../templates/quiz.toml")),
        ("exercise.toml", include_str!("../templates/exercise.toml")),
    ] {
        let text = template.replace("{title}", &title).replace("{rows}", &rows.join(", ")).replace("{name}", slug);
        files::write(&folder.join(name), text)?;
    }
    if planned.is_some() {
        println!("wrote content/lessons/{slug}/, which {TREE} has been waiting for");
    } else {
        files::write(&root.join(TREE), with_lesson(&tree, slug, &title)?)?;
        println!(
            "wrote content/lessons/{slug}/ and its line at the end of {TREE}; move it to the module it belongs to"
        );
    }
    println!("next: write lesson.md, then see it with `cargo xtask serve`");
    Ok(())
}

/// Writes `web/labs/src/labs/<name>/` and lists it last in `labs!`.
///
/// # Errors
/// If the name is not kebab-case or taken, or the `labs!` list is not found.
pub fn new_lab(root: &Path, name: &str) -> Result<()> {
    ensure!(is_kebab(name), "`{name}` cannot name a lab: write lower-case words joined by hyphens, such as `softmax`");
    let module = name.replace('-', "_");
    let folder = root.join("web/labs/src/labs").join(&module);
    ensure!(!folder.exists(), "the lab `{name}` exists already: {}", folder.display());
    let labs = with_lab(&files::read_text(&root.join(LABS))?, name, &module)?;
    for (file, template) in
        [("mod.rs", include_str!("../templates/lab.rs")), ("lab.css", include_str!("../templates/lab.css"))]
    {
        files::write(&folder.join(file), filled(template, name))?;
    }
    files::write(&root.join(LABS), labs)?;
    // In the project's own style; without rustfmt the file is right all the same.
    let _ = steps::answer("rustfmt", &["--edition", "2024", &folder.join("mod.rs").to_string_lossy()]);
    println!(
        "wrote web/labs/src/labs/{module}/ and its line in {LABS}\nnext: put {{{{lab {name}}}}} on a line of its own in a lesson"
    );
    Ok(())
}

fn filled(template: &str, name: &str) -> String {
    template.replace("{title}", &title(name)).replace("{name}", name)
}

/// `softmax-temperature` as a heading: `Softmax temperature`.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn is_kebab(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .split('-')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

/// The title that the tree has for a lesson.
fn planned_title(tree: &str, slug: &str) -> Option<String> {
    let line = tree.lines().find(|line| line.contains(&format!("{{ slug = \"{slug}\"")))?;
    let (_, rest) = line.split_once("title = \"")?;
    rest.split('"').next().map(str::to_owned)
}

/// The ids, in quotes, of the rows that name a lesson.
fn rows_of(rows: &str, slug: &str) -> Vec<String> {
    let quoted = format!("\"{slug}\"");
    let rows = rows.split("[[row]]").skip(1).filter(|row| row.contains(&quoted));
    rows.filter_map(|row| row.lines().find_map(|line| line.strip_prefix("id = "))).map(str::to_owned).collect()
}

/// The tree with one more lesson, the last of its last module.
fn with_lesson(tree: &str, slug: &str, title: &str) -> Result<String> {
    let list = tree.rfind("lessons = [").with_context(|| format!("{TREE} has no line `lessons = [`"))?;
    let close = tree[list..]
        .find("\n]")
        .map(|offset| list + offset + 1)
        .with_context(|| format!("the last list of {TREE} is not closed"))?;
    Ok(inserted(tree, close, &format!("{{ slug = \"{slug}\", title = \"{title}\" }}")))
}

/// The list of labs with one more line.
fn with_lab(labs: &str, name: &str, module: &str) -> Result<String> {
    if labs.contains(&format!("\"{name}\" =>")) {
        bail!("{LABS} lists `{name}` already");
    }
    let list = labs.find("\nlabs! {").with_context(|| format!("{LABS} has no list that begins with `labs! {{`"))?;
    let close = labs[list..]
        .find('}')
        .map(|offset| list + offset)
        .with_context(|| format!("the list of {LABS} is not closed"))?;
    Ok(inserted(labs, close, &format!("\"{name}\" => {module}")))
}

/// Puts an entry before the closing bracket at `close`, on a line of its own if the list has such lines.
fn inserted(text: &str, close: usize, entry: &str) -> String {
    let (before, after) = text.split_at(close);
    let kept = before.trim_end();
    let comma = if kept.ends_with([',', '[', '{']) { "" } else { "," };
    if before.ends_with('\n') {
        format!("{kept}{comma}\n    {entry},\n{after}")
    } else {
        let space = if comma.is_empty() && kept.ends_with('[') { "" } else { " " };
        format!("{kept}{comma}{space}{entry}{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE_TEXT: &str = "[[track.module]]\nlessons = [\n    { slug = \"a\", title = \"The first\" },\n]\n";
    const ROWS_TEXT: &str =
        "[[row]]\nid = \"000.M1\"\nlessons = [\"a\"]\n\n[[row]]\nid = \"000.M2\"\nlessons = [\"b\"]\n";
    const LABS_TEXT: &str =
        "macro_rules! labs { () => {} }\n\nlabs! {\n    \"attention\" => attention,\n}\n\nfn f() {}\n";

    #[test]
    fn a_lesson_that_the_tree_lacks_is_listed_last() {
        let tree = with_lesson(TREE_TEXT, "c", "The last").expect("there is a list");
        assert_eq!(tree, TREE_TEXT.replace(" },\n", " },\n    { slug = \"c\", title = \"The last\" },\n"));
        assert!(with_lesson("", "b", "B").is_err());
    }

    #[test]
    fn a_planned_lesson_brings_its_title_and_rows() {
        assert_eq!(planned_title(TREE_TEXT, "a").as_deref(), Some("The first"));
        assert_eq!(planned_title(TREE_TEXT, "b"), None);
        assert_eq!(rows_of(ROWS_TEXT, "a"), ["\"000.M1\""]);
        assert!(rows_of(ROWS_TEXT, "c").is_empty());
    }

    #[test]
    fn a_lab_is_listed_last() {
        let labs = with_lab(LABS_TEXT, "logit-lens", "logit_lens").expect("there is a list");
        assert_eq!(labs, LABS_TEXT.replace("attention,\n", "attention,\n    \"logit-lens\" => logit_lens,\n"));
        assert!(with_lab(LABS_TEXT, "attention", "attention").is_err() && with_lab("", "x", "x").is_err());
    }

    #[test]
    fn the_committed_lists_take_one_line_more() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let tree = files::read_text(&root.join(TREE)).expect("readable");
        let longer = with_lesson(&tree, "one-more", "One more").expect("the tree has a list of lessons");
        assert_eq!(longer.lines().count(), tree.lines().count() + 1);
        assert_eq!(planned_title(&tree, "attention-mechanism").as_deref(), Some("Attention mechanism"));
        let labs = files::read_text(&root.join(LABS)).expect("readable");
        let longer = with_lab(&labs, "one-more", "one_more").expect("mod.rs has a list of labs");
        assert_eq!(longer.lines().count(), labs.lines().count() + 1);
    }

    #[test]
    fn skeletons_are_written_once() {
        let root = files::test_folder("skeleton");
        files::write(&root.join(TREE), TREE_TEXT).expect("writable");
        files::write(&root.join(ROWS), ROWS_TEXT).expect("writable");
        files::write(&root.join(LABS), LABS_TEXT).expect("writable");
        new_lesson(&root, "logit-lens").expect("a free slug");
        new_lab(&root, "logit-lens").expect("a free name");
        let lesson = files::read_text(&root.join("content/lessons/logit-lens/lesson.md")).expect("written");
        assert!(lesson.contains("title = \"Logit lens\"") && lesson.contains("rows = []"), "{lesson}");
        new_lesson(&root, "a").expect("a planned lesson");
        let lesson = files::read_text(&root.join("content/lessons/a/lesson.md")).expect("written");
        assert!(lesson.contains("title = \"The first\"") && lesson.contains("rows = [\"000.M1\"]"), "{lesson}");
        let tree = files::read_text(&root.join(TREE)).expect("readable");
        assert_eq!(tree.matches("slug = ").count(), 2, "only the lesson that the tree lacked is added: {tree}");
        let style = files::read_text(&root.join("web/labs/src/labs/logit_lens/lab.css")).expect("written");
        assert!(style.contains(".lab-logit-lens") && !style.contains("{name}"), "{style}");
        assert!(new_lesson(&root, "logit-lens").is_err() && new_lab(&root, "logit-lens").is_err());
        std::fs::remove_dir_all(root).expect("removable");
    }

    #[test]
    fn names_are_kebab_case() {
        assert!(is_kebab("a") && is_kebab("logit-lens") && is_kebab("gpt-2"));
        for wrong in ["", "A", "a_b", "-a", "a-", "a--b", "2a", "a/b", "../a"] {
            assert!(!is_kebab(wrong), "{wrong}");
        }
    }
}
