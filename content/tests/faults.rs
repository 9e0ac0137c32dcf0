//! Every class of fault stops the build with its file, its line and a sentence that says what to do.

mod project;

use project::{LESSON_FILE as LESSON, Project, line_11, one_fault};

const QUIZ: &str = "content/lessons/tiny/quiz.toml";
const COURSE: &str = "content/course.toml";

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
        ["4: `minutes` must be", "5: `length` is not", "6: `width` is not", "13: raw HTML", "23: `quizz` is not"];
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
        "bad-row",
        |p| {
            p.replace(LESSON, "000.M4", "M4");
        },
        &format!("{LESSON}:5: `M4` is not a curriculum row; rows look like 000.M4.L1"),
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
fn course_and_folders() {
    one_fault(
        "unlisted",
        |p| {
            p.write("content/lessons/extra/lesson.md", "");
        },
        "content/lessons/extra:1: this folder is not listed in content/course.toml",
    );
    one_fault(
        "no-folder",
        |p| {
            p.replace(COURSE, "\"tiny\",", "\"tiny\",\n\"absent\",");
        },
        &format!("{COURSE}:6: the lesson `absent` has no folder `content/lessons/absent`"),
    );
    one_fault(
        "listed-twice",
        |p| {
            p.replace(COURSE, "\"tiny\",", "\"tiny\",\n\"tiny\",");
        },
        &format!("{COURSE}:6: the lesson `tiny` is listed twice"),
    );
    one_fault(
        "course-key",
        |p| {
            p.replace(COURSE, "summary", "motto = \"x\"\nsummary");
        },
        &format!("{COURSE}:3: unknown field `motto`"),
    );
}

#[test]
fn tags() {
    line_11("not-alone", "See {{lab dot}} here.", "a tag must stand alone on its line");
    line_11("in-a-list", "- {{lab dot}}", "a tag must stand alone on its line");
    line_11("unclosed", "{{lab dot", "a tag must stand alone on its line");
    line_11("unknown-tag", "{{video x}}", "`video` is not a tag; the tags are lab, code, tabs, quiz and course");
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
