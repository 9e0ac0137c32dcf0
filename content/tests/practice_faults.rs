//! Faults in questions of the newer kinds, in exercises and in predictions; and that none is found where there is none.

mod project;

use content::Block;
use learn::practice::{Ask, Bet};
use project::{LESSON_FILE as LESSON, Project, one_fault};

const QUIZ: &str = "content/lessons/tiny/quiz.toml";
const EXERCISE: &str = "content/lessons/tiny/exercise.toml";
const PREDICT: &str = "content/lessons/tiny/predict.toml";

/// One question of each newer kind, and both ways to ask for an output.
const NEW_KINDS: &str = r#"
[[question]]
id = "how-many"
kind = "number"
prompt = "What is $\\ln 40$?"
objective = 1
answer = 3.69
tolerance = 0.02
unit = "nats"
explain = "The natural logarithm of 40 is 3.689, as any calculator says."
otherwise = "It lies between $\\ln 20 = 3.0$ and $\\ln 55 = 4.0$; count again."
[[question.slip]]
answer = 40
explain = "That is the number of choices; its logarithm was asked for."

[[question]]
id = "in-order"
kind = "order"
prompt = "What comes first?"
objective = [1]
[[question.item]]
text = "One"
explain = "One is the smallest of the three numbers, so it begins."
[[question.item]]
text = "Two"
explain = "Two is one more than one and one less than the third."
[[question.item]]
text = "Three"
explain = "Three is the largest of the three numbers, so it ends."

[[question]]
id = "together"
kind = "match"
prompt = "What belongs together?"
[[question.pair]]
left = "*One*"
right = "1"
explain = "The word and the digit mean the same number, which is one."
[[question.pair]]
left = "Two"
right = "2 < 3"
explain = "The word and the digit mean the same number, which is two."
[[question.pair]]
left = "Three"
right = "3"
explain = "The word and the digit mean the same number, here three."

[[question]]
id = "prints"
kind = "output"
prompt = "What is printed?"
language = "python"
program = """
print(1 < 2)
"""
answer = "True"
explain = "One is less than two, and Python writes that as True."
otherwise = "A comparison has one of two values; which one is it here?"
[[question.slip]]
answer = "true"
explain = "Python writes its two truth values with capital letters."

[[question]]
id = "prints-one-of"
kind = "output"
prompt = "What is printed?"
language = "python"
program = "print('<b>')"
[[question.option]]
text = "<b>"
correct = true
explain = "A string is printed as it is, without any quotation marks."
[[question.option]]
text = "'<b>'"
explain = "The quotation marks belong to the source, not to the text."
"#;

fn with_kinds(name: &str) -> Project {
    let project = Project::new(name);
    project.write(QUIZ, &format!("{}{NEW_KINDS}", project::quiz()));
    project
}

fn done(_: &Project) {}

/// Replaces one text of the quiz with all kinds and expects one fault, by its words.
fn quiz_fault(name: &str, old: &str, new: &str, sentence: &str) {
    let project = with_kinds(name);
    project.replace(QUIZ, old, new);
    let faults = project.faults();
    let fits = |fault: &String| fault.starts_with(&format!("{QUIZ}:")) && fault.contains(sentence);
    assert!(faults.len() == 1 && fits(&faults[0]), "{name}: expected {sentence}\nfound: {faults:#?}");
}

#[test]
fn every_kind_of_question_compiles() {
    let project = with_kinds("all-kinds");
    assert_eq!(project.faults(), Vec::<String>::new());
    let site = project.compile().site;
    let quiz =
        site.pages[0].blocks.iter().find_map(|block| if let Block::Quiz(quiz) = block { Some(quiz) } else { None });
    let kinds: Vec<&str> = quiz.unwrap().questions.iter().map(|question| question.kind()).collect();
    assert_eq!(kinds, ["single", "single", "single", "number", "order", "match", "output", "output"]);
    assert_eq!(quiz.unwrap().questions[3].objectives, [1]);
    let html = content::compile::main_element(&site, &site.pages[0]);
    // Without a script the answers stand behind a click, and nothing of a program becomes markup.
    for part in
        ["3.69 nats (up to 0.02 off)", "any other number", "2. Two", "2 &lt; 3", ">True</code>", "&lt;b&gt;</code>"]
    {
        assert!(html.contains(part), "no {part:?} in\n{html}");
    }
    assert!(!html.contains("<b>"));
    let order = quiz.unwrap().questions.iter().find(|question| matches!(question.ask, Ask::Order { .. }));
    assert!(order.is_some_and(|order| order.options().is_none()));
}

#[test]
fn questions_of_the_newer_kinds() {
    quiz_fault("kind-name", "kind = \"order\"", "kind = \"sort\"", "`sort` is not a kind of question");
    quiz_fault("no-answer", "answer = 3.69\n", "", "the question `how-many` lacks `answer`, a number");
    quiz_fault("word-answer", "answer = 3.69", "answer = \"much\"", "`answer` must be a number");
    quiz_fault("no-tolerance", "tolerance = 0.02\n", "", "a number needs either `tolerance`");
    quiz_fault("two-tolerances", "tolerance = 0.02", "tolerance = 0.02\nrelative = 0.1", "a number needs either");
    quiz_fault("zero-tolerance", "tolerance = 0.02", "tolerance = 0", "a tolerance must be above zero");
    quiz_fault("right-slip", "answer = 40", "answer = 3.7", "the slip `3.7` is near enough to the answer");
    quiz_fault("no-otherwise", "otherwise = \"It lies", "unit_ = \"It lies", "unknown field `unit_`");
    quiz_fault(
        "foreign-field",
        "prompt = \"What comes first?\"",
        "prompt = \"?\"\nunit = \"m\"",
        "which has no `unit`",
    );
    quiz_fault(
        "bare-item",
        "explain = \"Two is one more than one and one less than the third.\"\n",
        "",
        "the item `Two` has an explanation of 0",
    );
    quiz_fault(
        "bare-pair",
        "explain = \"The word and the digit mean the same number, here three.\"\n",
        "",
        "the pair of `Three` has",
    );
    quiz_fault("same-right", "right = \"3\"", "right = \"1\"", "two pairs of `together` have the right side `1`");
    quiz_fault("marked-right", "right = \"3\"", "right = \"$3$\"", "`right` stands in a list of the browser");
    quiz_fault(
        "language",
        "language = \"python\"\nprogram = \"\"\"",
        "language = \"rust\"\nprogram = \"\"\"",
        "must be `language = \"python\"`",
    );
    quiz_fault("no-program", "program = \"print('<b>')\"\n", "", "`prints-one-of` lacks `program`");
    quiz_fault("right-text-slip", "answer = \"true\"", "answer = \"True\"", "this slip is the right answer");
    quiz_fault(
        "objective",
        "objective = [1]",
        "objective = [2]",
        "`2` is no objective; the lesson has 1, counted from 1",
    );
}

#[test]
fn exercises() {
    let spoilt = |name, old: &'static str, new: &'static str, at: &str| {
        one_fault(name, |p| done(p.replace(EXERCISE, old, new)), &format!("{EXERCISE}:{at}"));
    };
    spoilt(
        "x-hints",
        "    \"Size 2 is enough; set it and wait until the number stops.\",\n",
        "",
        "2: the exercise `low` has 2 hints; it needs 3",
    );
    spoilt(
        "x-short-hint",
        "\"Size 2 is enough; set it and wait until the number stops.\"",
        "\"Size 2.\"",
        "11: hint 3 of `low` has an explanation of 7",
    );
    spoilt("x-objective", "objective = 1", "objective = 4", "5: `4` is no objective");
    spoilt("x-condition", "x <= 2", "x is small", "16: `x is small` is not a condition");
    spoilt(
        "x-goal",
        "[[exercise.goal]]\nthat = \"x <= 2\"\nsays = \"$x$ is at most 2\"\n",
        "",
        "2: the exercise `low` has no goal",
    );
    spoilt("x-lab", "lab = \"dot\"", "lab = \"line\"", "6: `low` needs the lab `line`, which is not on the page");
    spoilt("x-key", "objective = 1", "objective = 1\nlevel = 2", "6: unknown field `level`");
    spoilt("x-knob", "size = 4", "size = [4]", "7: the knob `size` must be a text, a number, true or false");
    one_fault(
        "x-none",
        |p| done(p.remove(EXERCISE).replace(LESSON, "{{exercise low}}\n", "")),
        &format!("{LESSON}:1: a lesson has at least one exercise"),
    );
    one_fault(
        "x-other",
        |p| done(p.replace(LESSON, "{{exercise low}}", "{{exercise low}}\n\n{{exercise high}}")),
        &format!("{LESSON}:19: exercise.toml has no `high`"),
    );
    one_fault(
        "x-twice",
        |p| done(p.replace(LESSON, "{{exercise low}}", "{{exercise low}}\n\n{{exercise low}}")),
        &format!("{LESSON}:19: `low` is shown twice"),
    );
    one_fault(
        "x-unshown",
        |p| done(p.replace(LESSON, "{{exercise low}}\n", "")),
        &format!("{EXERCISE}:6: `low` is not shown"),
    );
    let project = Project::new("x-same");
    project.write(EXERCISE, &format!("{0}{0}", project::EXERCISE));
    assert!(project.faults()[0].contains("two exercises have the id `low`"), "{:#?}", project.faults());
}

#[test]
fn predictions() {
    let spoilt = |name, old: &'static str, new: &'static str, at: &str| {
        one_fault(name, |p| done(p.replace(PREDICT, old, new)), &format!("{PREDICT}:{at}"));
    };
    spoilt("p-kind", "kind = \"choose\"", "kind = \"guess\"", "3: `guess` is not a kind of prediction");
    spoilt("p-value", "value = \"x\"\n", "", "2: the prediction `loss` lacks `value`");
    spoilt("p-condition", "x < 2", "x = 2", "12: `x = 2` is not a condition");
    spoilt("p-when", "seed == 1", "seed is 1", "7: `seed is 1` is not a condition");
    spoilt(
        "p-explain",
        "explain = \"Large it would be if it were doubled, and it is halved.\"\n",
        "",
        "15: the option `Large` has an explanation of 0",
    );
    spoilt(
        "p-foreign",
        "value = \"x\"",
        "value = \"x\"\nunit = \"m\"",
        "2: the prediction `loss` is of the kind choose, which has no `unit`",
    );
    one_fault(
        "p-late",
        |p| {
            done(p.replace(LESSON, "{{predict loss}}\n\n", "").replace(
                LESSON,
                "{{exercise low}}",
                "{{exercise low}}\n\n{{predict loss}}",
            ))
        },
        &format!("{LESSON}:17: the prediction `loss` must stand before the lab `dot` that answers it"),
    );
    one_fault(
        "p-unshown",
        |p| done(p.replace(LESSON, "{{predict loss}}\n", "")),
        &format!("{PREDICT}:6: `loss` is not shown"),
    );
}

#[test]
fn a_curve_needs_a_frame() {
    let curve = "[[predict]]\nid = \"curve\"\nkind = \"curve\"\nprompt = \"Draw.\"\nobjective = 1\nlab = \"dot\"\n\
        explain = \"It falls at first quickly and then ever more slowly.\"\n[predict.curve]\nx = \"series_step\"\n\
        y = \"series_x\"\nx_label = \"step\"\ny_label = \"x\"\nat = [0, 10, 20]\nrange = [0, 4]\nscale = 1\n";
    let with = |name: &str, old: &str, new: &str| {
        let project = Project::new(name);
        project.write(PREDICT, &format!("{}{}", project::PREDICT, curve.replace(old, new))).replace(
            LESSON,
            "{{predict loss}}",
            "{{predict loss}}\n\n{{predict curve}}",
        );
        project
    };
    let whole = with("c-whole", "", "");
    assert_eq!(whole.faults(), Vec::<String>::new());
    let site = whole.compile().site;
    let is_curve = |block: &Block| matches!(block, Block::Predict(it) if matches!(it.bet, Bet::Curve(_)));
    assert!(site.pages[0].blocks.iter().any(is_curve));
    for (name, old, new, sentence) in [
        ("c-places", "at = [0, 10, 20]", "at = [0, 20, 10]", "`at` must be at least 3 numbers, each larger"),
        ("c-range", "range = [0, 4]", "range = [4, 0]", "`range` must be the lowest and the highest"),
        ("c-scale", "scale = 1", "scale = 0", "`scale`, the mean distance that is worth nothing"),
        ("c-none", "[predict.curve]", "[[predict.option]]\nthat = []\ntext = \"\"\n[predict.curve_]", "unknown field"),
    ] {
        let faults = with(name, old, new).faults();
        assert!(faults.iter().any(|fault| fault.contains(sentence)), "{name}: {faults:#?}");
    }
}

#[test]
fn the_ways_to_set_a_lab_up_are_told_to_whoever_knows_the_labs() {
    let labs = Project::new("set-ups").compile().labs;
    let knobs: Vec<&str> = labs.iter().filter(|lab| lab.file == EXERCISE).map(|lab| lab.knobs.as_str()).collect();
    assert_eq!(knobs, ["size=4&text=a%26b", "size=2"]);
    assert!(labs.iter().all(|lab| lab.name == "dot" && lab.line > 0));
}
