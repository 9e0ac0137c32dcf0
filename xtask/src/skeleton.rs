//! `new-lesson` and `new-lab`: a folder that works at once, and its line in the list.

use crate::{files, steps};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;

const COURSE: &str = "content/course.toml";
const LABS: &str = "web/src/labs/mod.rs";

/// Writes `content/lessons/<slug>/` and lists it last in the course.
///
/// # Errors
/// If the slug is not kebab-case or taken, or the course has no list of lessons.
pub fn new_lesson(root: &Path, slug: &str) -> Result<()> {
    ensure!(
        is_kebab(slug),
        "`{slug}` cannot be a slug: write lower-case words joined by hyphens, such as `softmax-temperature`"
    );
    let folder = root.join("content/lessons").join(slug);
    ensure!(!folder.exists(), "the lesson `{slug}` exists already: {}", folder.display());
    let course = with_lesson(&files::read_text(&root.join(COURSE))?, slug)?;
    for (name, template) in
        [("lesson.md", include_str!("../templates/lesson.md")), ("quiz.toml", include_str!("../templates/quiz.toml"))]
    {
        files::write(&folder.join(name), filled(template, slug))?;
    }
    files::write(&root.join(COURSE), course)?;
    println!(
        "wrote content/lessons/{slug}/ and its line in {COURSE}\nnext: write lesson.md, then see it with `cargo xtask serve`"
    );
    Ok(())
}

/// Writes `web/src/labs/<name>/` and lists it last in `labs!`.
///
/// # Errors
/// If the name is not kebab-case or taken, or the `labs!` list is not found.
pub fn new_lab(root: &Path, name: &str) -> Result<()> {
    ensure!(is_kebab(name), "`{name}` cannot name a lab: write lower-case words joined by hyphens, such as `softmax`");
    let module = name.replace('-', "_");
    let folder = root.join("web/src/labs").join(&module);
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
        "wrote web/src/labs/{module}/ and its line in {LABS}\nnext: put {{{{lab {name}}}}} on a line of its own in a lesson"
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

/// The course with `slug` as the last lesson of its last module.
fn with_lesson(course: &str, slug: &str) -> Result<String> {
    if course.contains(&format!("\"{slug}\"")) {
        bail!("{COURSE} lists `{slug}` already");
    }
    let list = course.rfind("lessons = [").with_context(|| format!("{COURSE} has no line `lessons = [`"))?;
    let close = course[list..]
        .find(']')
        .map(|offset| list + offset)
        .with_context(|| format!("the last list of {COURSE} is not closed"))?;
    Ok(inserted(course, close, &format!("\"{slug}\"")))
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

    const COURSE_TEXT: &str = "[[module]]\nlessons = [\"a\"]\n\n[[module]]\nlessons = [\n    \"b\",\n]\n";
    const LABS_TEXT: &str =
        "macro_rules! labs { () => {} }\n\nlabs! {\n    \"attention\" => attention,\n}\n\nfn f() {}\n";

    #[test]
    fn a_lesson_is_listed_last() {
        let course = with_lesson(COURSE_TEXT, "c").expect("there is a list");
        assert_eq!(course, COURSE_TEXT.replace("    \"b\",\n", "    \"b\",\n    \"c\",\n"));
        assert_eq!(with_lesson("lessons = [\"a\"]", "b").expect("there is a list"), "lessons = [\"a\", \"b\"]");
        assert_eq!(with_lesson("lessons = []", "b").expect("there is a list"), "lessons = [\"b\"]");
        assert!(with_lesson(COURSE_TEXT, "b").is_err() && with_lesson("", "b").is_err());
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
        let course = files::read_text(&root.join(COURSE)).expect("readable");
        let longer = with_lesson(&course, "one-more").expect("course.toml has a list of lessons");
        assert_eq!(longer.lines().count(), course.lines().count() + 1);
        let labs = files::read_text(&root.join(LABS)).expect("readable");
        let longer = with_lab(&labs, "one-more", "one_more").expect("mod.rs has a list of labs");
        assert_eq!(longer.lines().count(), labs.lines().count() + 1);
    }

    #[test]
    fn skeletons_are_written_once() {
        let root = files::test_folder("skeleton");
        files::write(&root.join(COURSE), COURSE_TEXT).expect("writable");
        files::write(&root.join(LABS), LABS_TEXT).expect("writable");
        new_lesson(&root, "logit-lens").expect("a free slug");
        new_lab(&root, "logit-lens").expect("a free name");
        let lesson = files::read_text(&root.join("content/lessons/logit-lens/lesson.md")).expect("written");
        assert!(lesson.contains("title = \"Logit lens\"") && !lesson.contains("{title}"), "{lesson}");
        let style = files::read_text(&root.join("web/src/labs/logit_lens/lab.css")).expect("written");
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
