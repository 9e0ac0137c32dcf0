//! A small project on disk, whole until a test breaks it.
#![allow(dead_code, reason = "each test file uses its own part")]

use content::compile::{self, Compiled};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The small lesson's Markdown.
pub const LESSON_FILE: &str = "content/lessons/tiny/lesson.md";

/// A lesson without a fault.
pub const LESSON: &str = "+++
title = \"Tiny\"
summary = \"One of everything.\"
minutes = 3
rows = [\"000.M4\"]
objectives = [\"see $x$ squared\"]
+++

## First part

Prose with *stress*, `code`, $x^2$ and a [way back](#first-part).

{{predict loss}}

{{lab dot size=3 text=\"a b\"}}

{{exercise low}}

{{code src/real.rs#two}}

### In code

{{tabs add}}

{{quiz}}
";

/// A tree with one track, one module and three lessons, of which one is written.
pub const TREE: &str = "[[track]]
slug = \"all\"
title = \"All\"

[[track.module]]
slug = \"part\"
title = \"Part\"
badge = \"critical\"
weeks = [1, 2]
goal = \"Add.\"
why = \"Because.\"
lessons = [
    { slug = \"tiny\", title = \"Tiny\" },
    { slug = \"other\", title = \"Other\" },
    { slug = \"project-sum\", title = \"Project: sum\", project = true },
]
";

/// Rows for those lessons.
pub const ROWS: &str = "[[row]]
id = \"000.M4\"
heading = \"Part\"
lessons = [\"@part\"]

[[row]]
id = \"000.M4.L1\"
heading = \"Tiny\"
lessons = [\"tiny\"]

[[row]]
id = \"001.W1\"
heading = \"Both\"
lessons = [\"tiny\", \"other\"]

[[row]]
id = \"004.P9\"
heading = \"Nothing for it\"
lessons = []
";

/// A quiz without a fault: one question three times.
pub fn quiz() -> String {
    let question = |id: &str| {
        format!(
            "[[question]]
id = \"{id}\"
prompt = \"Is $1 + 1 = 2$?\"
[[question.option]]
text = \"Yes\"
correct = true
explain = \"One and one more is two, as counting on fingers shows.\"
[[question.option]]
text = \"No\"
explain = \"Count again: one finger, and another finger, makes two.\"
"
        )
    };
    format!("{}{}{}", question("one"), question("two"), question("three"))
}

/// An exercise without a fault.
pub const EXERCISE: &str = "[[exercise]]
id = \"low\"
title = \"Get low\"
task = \"Bring $x$ down.\"
objective = 1
lab = \"dot\"
knobs = { size = 4, text = \"a&b\" }
hints = [
    \"It is lower than where it begins: look at the first number.\",
    \"A smaller size makes it lower, and every step halves it once.\",
    \"Size 2 is enough; set it and wait until the number stops.\",
]
solution = \"Size 2.\"
solution_knobs = { size = 2 }
[[exercise.goal]]
that = \"x <= 2\"
says = \"$x$ is at most 2\"
";

/// A prediction of each kind without a fault; the lesson shows the first.
pub const PREDICT: &str = "[[predict]]
id = \"loss\"
kind = \"choose\"
prompt = \"What will $x$ be?\"
objective = [1]
lab = \"dot\"
when = [\"seed == 1\"]
value = \"x\"
explain = \"It is halved at each step, so it ends where it must end.\"
[[predict.option]]
text = \"Small\"
that = [\"x < 2\"]
explain = \"Small is what halving leads to, whatever it began with.\"
[[predict.option]]
text = \"Large\"
that = [\"x >= 2\"]
explain = \"Large it would be if it were doubled, and it is halved.\"
";

/// A project in a folder of its own, removed when the test is done with it.
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// Writes a project with one lesson, `tiny`, and three pages.
    pub fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        let project = Self { root };
        let page = |title: &str| format!("+++\ntitle = \"{title}\"\nsummary = \"A page.\"\n+++\n\nHello.\n");
        project
            .write("content/curriculum/tree.toml", TREE)
            .write("content/curriculum/rows.toml", ROWS)
            .write("content/pages/home.md", &page("Home"))
            .write("content/pages/learn.md", &format!("{}\n{{{{course}}}}\n", page("Learn")))
            .write("content/pages/not-found.md", &page("Nothing here"))
            .write("content/lessons/tiny/lesson.md", LESSON)
            .write("content/lessons/tiny/quiz.toml", &quiz())
            .write("content/lessons/tiny/exercise.toml", EXERCISE)
            .write("content/lessons/tiny/predict.toml", PREDICT)
            .write("content/lessons/tiny/add.rs", "/// Adds.\npub fn add(a: u32, b: u32) -> u32 {\n    a + b\n}\n")
            .write("content/lessons/tiny/add.py", "def add(a, b):\n    return a + b  # sum\n")
            .write("content/lessons/tiny/add.cs", "static int Add(int a, int b) => a + b;\n")
            .write(
                "content/lessons/tiny/add.notes.toml",
                "caption = \"Adds two numbers.\"\n[notes.rust]\n\"a + b\" = \"The sum.\"\n[notes.python]\n2 = \"The sum.\"\n[notes.csharp]\n1 = \"The sum.\"\n",
            )
            .write("src/real.rs", "fn one() {}\n    // ANCHOR: two\n    fn two() -> u8 {\n        2\n    }\n    // ANCHOR_END: two\n");
        project
    }

    /// Writes one file.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().expect("a file lies in a folder")).unwrap();
        fs::write(file, text).unwrap();
        self
    }

    /// Replaces a text that must stand in the file.
    pub fn replace(&self, path: &str, old: &str, new: &str) -> &Self {
        let text = fs::read_to_string(self.root.join(path)).unwrap();
        assert!(text.contains(old), "{path} has no {old:?}");
        self.write(path, &text.replacen(old, new, 1))
    }

    /// Removes a file or a folder.
    pub fn remove(&self, path: &str) -> &Self {
        let path = self.root.join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap()
        } else {
            fs::remove_file(path).unwrap()
        }
        self
    }

    /// Compiles it.
    pub fn compile(&self) -> Compiled {
        compile::compile(&self.root)
    }

    /// Its faults as they are printed.
    pub fn faults(&self) -> Vec<String> {
        self.compile().faults.iter().map(ToString::to_string).collect()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Breaks one thing and checks that exactly one fault is reported: where, and in which words.
pub fn one_fault(name: &str, spoil: impl FnOnce(&Project), expected: &str) {
    let project = Project::new(name);
    spoil(&project);
    let faults = project.faults();
    assert!(faults.len() == 1 && faults[0].starts_with(expected), "expected: {expected}\nfound: {faults:#?}");
}

/// Puts a line of Markdown on line 11 of the lesson.
pub fn line_11(name: &str, line: &str, sentence: &str) {
    one_fault(
        name,
        |p| {
            p.replace(LESSON_FILE, "Prose with", &format!("{line}\n\nProse with"));
        },
        &format!("{LESSON_FILE}:11: {sentence}"),
    );
}
