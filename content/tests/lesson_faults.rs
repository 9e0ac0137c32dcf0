//! Faults inside a lesson: its Markdown, its links, its source and its questions.

mod project;

use project::{LESSON_FILE as LESSON, Project, line_11, one_fault};

const QUIZ: &str = "content/lessons/tiny/quiz.toml";
const NOTES: &str = "content/lessons/tiny/add.notes.toml";

#[test]
fn snippets_and_listings() {
    line_11("no-anchor", "{{code src/real.rs#three}}", "`src/real.rs` has no stretch between `// ANCHOR: three`");
    line_11("no-file", "{{code src/absent.rs#two}}", "`src/absent.rs` cannot be read");
    line_11("outside", "{{code ../secret.rs#two}}", "`../secret.rs` must be a path from the project's root");
    one_fault(
        "no-python",
        |p| {
            p.remove("content/lessons/tiny/add.py");
        },
        &format!("{NOTES}:1: `content/lessons/tiny/add.py` cannot be read"),
    );
    one_fault(
        "note-nowhere",
        |p| {
            p.replace(NOTES, "\"a + b\"", "\"a - b\"");
        },
        &format!("{NOTES}:3: `a - b` stands on 0 lines of the listing; a note needs exactly one"),
    );
    one_fault(
        "note-past-end",
        |p| {
            p.replace(NOTES, "2 = \"The sum.\"", "2 = \"The sum.\"\n9 = \"The end.\"");
        },
        &format!("{NOTES}:6: line 9 of the listing is empty or missing"),
    );
    one_fault(
        "no-notes",
        |p| {
            p.replace(NOTES, "[notes.csharp]\n1 = \"The sum.\"\n", "");
        },
        &format!("{NOTES}:1: the listing has no notes for C#"),
    );
    one_fault(
        "rust-from-source",
        |p| {
            p.replace(NOTES, "[notes.rust]", "rust = \"src/real.rs#three\"\n[notes.rust]");
        },
        &format!("{NOTES}:2: `src/real.rs` has no stretch"),
    );
}

#[test]
fn markdown_that_is_not_styled() {
    line_11("html", "<div>x</div>", "raw HTML is not part of lessons");
    one_fault(
        "no-alt",
        |p| {
            p.write("public/icon.png", "").replace(LESSON, "Prose with", "![](icon.png)");
        },
        &format!("{LESSON}:11: the image `icon.png` needs a text"),
    );
    line_11("no-image", "![An icon](icon.png)", "the image `icon.png` is no file under public/");
    line_11("source", "```rust\nfn f() {}\n```", "a fenced block is `text` or `console`; show source with {{code");
    line_11("indented", "    x = 1", "code is fenced with three backticks");
    line_11("first-level", "# Title", "the page's only first-level heading is its title");
    line_11("skipped-level", "#### Deep", "a heading of level 4 cannot follow one of level 2");
    line_11("formula", "$\\frac{1}$", "the formula `\\frac{1}` is not LaTeX we can draw");
    line_11("coloured-formula", "$\\color{red} x$", "the formula `\\color{red} x` needs an inline style");
    line_11("callout", "> [!CAUTION]\n> x", "callouts are `[!TIP]`");
    line_11("empty-heading-cell", "| a | |\n|---|---|\n| 1 | 2 |", "every column of a table needs a heading");
    line_11(
        "formula-heading",
        "| a | $b$ |\n|---|---|\n| 1 | 2 |",
        "every column of a table needs a heading with words in it",
    );
}

#[test]
fn links_and_ids() {
    line_11("dead-page", "[absent](learn/absent/)", "the link leads to `learn/absent/`, which is no page of the site");
    line_11(
        "dead-id",
        "[this part](learn/tiny/#absent)",
        "the link leads to `learn/tiny/#absent`, but that page has no id",
    );
    line_11("no-slash", "[Tiny](learn/tiny)", "the link `learn/tiny` must end its path with a slash");
    line_11("absolute", "[Tiny](/learn/tiny/)", "the link `/learn/tiny/` must be written from the site's root");
    line_11("plain-http", "[x page](http://example.org/)", "the link `http://example.org/` must begin with https://");
    line_11("vague", "[click here](learn/)", "the link text `click here` does not say where it leads");
    line_11("other-scheme", "[a page](javascript:alert)", "the link `javascript:alert` must begin with https://");
    line_11("undefined", "[a page][nowhere]", "the link reference `[nowhere]` is not defined");
    line_11("same-id", "### A {#first-part}", "the id `first-part` is already taken on this page");
}

#[test]
fn quizzes() {
    let explain = "explain = \"Count again: one finger, and another finger, makes two.\"\n";
    one_fault(
        "no-explanation",
        |p| {
            p.replace(QUIZ, explain, "");
        },
        &format!("{QUIZ}:9: the option `No` has an explanation of 0 characters"),
    );
    one_fault(
        "short-explanation",
        |p| {
            p.replace(QUIZ, explain, "explain = \"No.\"\n");
        },
        &format!("{QUIZ}:9: the option `No` has an explanation of 3 characters"),
    );
    one_fault(
        "none-correct",
        |p| {
            p.replace(QUIZ, "correct = true\n", "");
        },
        &format!("{QUIZ}:2: the question `one` has 0 correct options; it needs exactly one"),
    );
    one_fault(
        "two-correct",
        |p| {
            p.replace(QUIZ, "text = \"No\"", "text = \"No\"\ncorrect = true");
        },
        &format!("{QUIZ}:2: the question `one` has 2 correct options; it needs exactly one"),
    );
    one_fault(
        "same-question",
        |p| {
            p.replace(QUIZ, "id = \"two\"", "id = \"one\"");
        },
        &format!("{QUIZ}:12: two questions have the id `one`"),
    );
    one_fault(
        "question-key",
        |p| {
            p.replace(QUIZ, "id = \"two\"", "id = \"two\"\nlevel = 2");
        },
        &format!("{QUIZ}:13: unknown field `level`"),
    );
    one_fault(
        "quiz-formula",
        |p| {
            p.replace(QUIZ, "$1 + 1 = 2$", "$\\\\frac{1}$");
        },
        &format!("{QUIZ}:3: the formula `\\frac{{1}}` is not LaTeX"),
    );
}

#[test]
fn several_right_answers_need_saying_so() {
    let project = Project::new("multiple");
    project.replace(QUIZ, "text = \"No\"", "text = \"No\"\ncorrect = true").replace(
        QUIZ,
        "[[question.option]]",
        "multiple = true\n[[question.option]]",
    );
    assert_eq!(project.faults(), Vec::<String>::new());
}
