//! Every class of fault stops the build with its file, its line and a sentence that says what to do.

mod project;

use project::{LESSON_FILE as LESSON, Project, line_11, one_fault};

const QUIZ: &str = "content/lessons/tiny/quiz.toml";
const TREE: &str = "content/curriculum/tree.toml";
const ROWS: &str = "content/curriculum/rows.toml";

#[test]
fn the_small_project_is_whole() {
    assert_eq!(Project::new("whole").faults(), Vec::<String>::new());
}

#[test]
fn every_fault_is_reported_at_once() {
    let project = Project::new("all-at-once");
    project
        .replace(LESSON, "minutes = 3", "minutes = 0\nlength = 3\nwidth = 4")
        .replace(LESSON, "{{quiz}}", "{{quizz}}")
        .replace(LESSON, "*stress*", "<b>stress</b>");
    let faults = project.faults();
    let lines =
        ["4: `minutes` must be", "5: `length` is not", "6: `width` is not", "13: raw HTML", "27: `quizz` is not"];
    for line in lines {
        assert!(faults.iter().any(|f| f.starts_with(&format!("{LESSON}:{line}"))), "no {line:?} in {faults:#?}");
    }
}

#[test]
fn front_matter() {
    one_fault(
        "unknown-key",
        |p| {
            p.replace(LESSON, "minutes = 3", "minutes = 3\nlevel = 1");
        },
        &format!("{LESSON}:5: `level` is not a front-matter key; the keys are title, summary, minutes"),
    );
    one_fault(
        "missing-key",
        |p| {
            p.replace(LESSON, "minutes = 3\n", "");
        },
        &format!("{LESSON}:2: the front matter lacks `minutes`, a whole number above zero"),
    );
    one_fault(
        "no-front",
        |p| {
            p.write("content/pages/home.md", "Hello");
        },
        "content/pages/home.md:1: the file must begin with front matter between two lines of `+++`",
    );
    one_fault(
        "bad-toml",
        |p| {
            p.replace("content/pages/home.md", "title = ", "title ");
        },
        "content/pages/home.md:2: ",
    );
}

#[test]
fn tree_and_folders() {
    one_fault(
        "unlisted",
        |p| {
            p.write("content/lessons/extra/lesson.md", "");
        },
        &format!("content/lessons/extra:1: this folder is no lesson of {TREE}; add it to a module"),
    );
    one_fault(
        "listed-twice",
        |p| {
            p.replace(TREE, "slug = \"other\"", "slug = \"project-sum\"").replace(
                ROWS,
                "\"tiny\", \"other\"",
                "\"tiny\"",
            );
        },
        &format!("{TREE}:15: the lesson `project-sum` is listed twice"),
    );
    one_fault(
        "tree-key",
        |p| {
            p.replace(TREE, "goal", "motto = \"x\"\ngoal");
        },
        &format!("{TREE}:10: unknown field `motto`"),
    );
    one_fault(
        "builds-on",
        |p| {
            p.replace(TREE, "goal", "builds_on = [\"nothing\"]\ngoal");
        },
        &format!("{TREE}:10: `nothing` is no module"),
    );
}

#[test]
fn rows_and_claims() {
    let in_rows: [(&str, &str, &str, &str); 4] = [
        ("row-id", "004.P9", "P9", "17: `P9` is not a row's id; ids look like 000.M4.L1"),
        ("row-twice", "001.W1", "000.M4.L1", "12: the row `000.M4.L1` stands on line 7 already"),
        ("row-lesson", "\"other\"", "\"author\"", "14: `author` is no lesson of content/curriculum/tree.toml"),
        ("row-module", "@part", "@port", "4: `@port` means all lessons of a module"),
    ];
    for (name, old, new, sentence) in in_rows {
        let project = Project::new(name);
        project.replace(ROWS, old, new);
        let faults = project.faults();
        assert!(faults.iter().any(|f| f.starts_with(&format!("{ROWS}:{sentence}"))), "{sentence}: {faults:#?}");
    }
    let in_front: [(&str, &str, &str); 4] = [
        (
            "claim-unknown",
            "rows = [\"M4\"]",
            "5: `M4` is no row of content/curriculum/rows.toml; rows look like 000.M4.L1",
        ),
        ("claim-foreign", "rows = [\"004.P9\"]", "5: the row `004.P9` asks for none of the lessons covered here: tiny"),
        ("cover-unknown", "rows = []\ncovers = [\"none\"]", "6: `none` in `covers` is no lesson of"),
        ("cover-empty", "rows = []\ncovers = []", "6: `covers` must be a list of at least one text"),
    ];
    for (name, claim, sentence) in in_front {
        let spoil = |p: &Project| {
            p.replace(LESSON, "rows = [\"000.M4\"]", claim);
        };
        one_fault(name, spoil, &format!("{LESSON}:{sentence}"));
    }
}

#[test]
fn one_lesson_covers_a_lesson_of_the_tree() {
    let project = Project::new("covered-twice");
    let other = project::LESSON.replace("{{tabs add}}", "").replace("000.M4", "001.W1");
    project
        .write("content/lessons/other/lesson.md", &other)
        .write("content/lessons/other/quiz.toml", &project::quiz())
        .write("content/lessons/other/exercise.toml", project::EXERCISE)
        .write("content/lessons/other/predict.toml", project::PREDICT)
        .replace(LESSON, "rows = ", "covers = [\"other\"]\nrows = ");
    let faults = project.faults();
    let expected = "content/lessons/other/lesson.md:1: the lesson `tiny` has `other` in its `covers`";
    assert!(faults.len() == 1 && faults[0].starts_with(expected), "{faults:#?}");
}

#[test]
fn reading_fits_into_the_minutes() {
    let words = "word ".repeat(800);
    one_fault(
        "too-long",
        |p| {
            p.replace(LESSON, "Prose with", &format!("{words}\n\nProse with"));
        },
        &format!("{LESSON}:4: reading alone takes 5 minutes at 200 words a minute; `minutes` must not be less"),
    );
}

#[test]
fn tags() {
    line_11("not-alone", "See {{lab dot}} here.", "a tag must stand alone on its line");
    line_11("in-a-list", "- {{lab dot}}", "a tag must stand alone on its line");
    line_11("unclosed", "{{lab dot", "a tag must stand alone on its line");
    line_11(
        "unknown-tag",
        "{{video x}}",
        "`video` is not a tag; the tags are lab, desk, code, tabs, quiz, exercise, predict, placement, course, map, paths",
    );
    line_11("not-a-knob", "{{lab dot size}}", "`size` is not a knob; knobs are written key=value");
    line_11("knob-twice", "{{lab dot a=1 a=2}}", "the knob `a` is set twice");
    line_11("lab-no-name", "{{lab}}", "this tag is written {{lab NAME key=value …}}");
    line_11("course-in-lesson", "{{course}}", "this tag is written {{course}}, on a page that is not a lesson");
}

#[test]
fn tags_in_code_and_formulas_are_text() {
    let project = Project::new("verbatim");
    project.replace(LESSON, "Prose with", "```text\n{{video x}}\n```\n\n`{{b}}` and ${{c}}^{{d}}$\n\nProse with");
    assert_eq!(project.faults(), Vec::<String>::new());
    let html = content::compile::main_element(&project.compile().site, &project.compile().site.pages[0]);
    assert!(html.contains("{{video x}}") && html.contains("<code>{{b}}</code>"), "{html}");
}

#[test]
fn a_lesson_has_a_lab_and_three_questions() {
    one_fault(
        "no-lab",
        |p| {
            p.replace(LESSON, "{{lab dot size=3 text=\"a b\"}}", "");
        },
        &format!("{LESSON}:1: a lesson has at least one lab: add {{{{lab NAME}}}}"),
    );
    one_fault(
        "no-quiz",
        |p| {
            p.replace(LESSON, "{{quiz}}", "");
        },
        &format!("{LESSON}:1: a lesson asks at least 3 questions"),
    );
    one_fault(
        "two-questions",
        |p| {
            let quiz = project::quiz();
            let two = &quiz[..quiz.rfind("[[question]]").expect("there are three")];
            p.write(QUIZ, two);
        },
        &format!("{QUIZ}:1: the quiz has 2 questions; a lesson asks at least 3"),
    );
}
