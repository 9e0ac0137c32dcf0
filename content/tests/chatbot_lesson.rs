//! The chatbot's lesson: its listings agree, and its numbers are those of the code.

mod lesson;
mod listing;

use engine_core::reference::lessons::chat::{answer, prompt};
use learn::practice::{Outcome, Value};

const SLUG: &str = "project-simple-chatbot";
const TURNS: [(&str, &str); 3] =
    [("You", "Good morning!"), ("Bot", "Good morning. Did you sleep well?"), ("You", "Not really. The wind was loud.")];

#[test]
fn the_listings_agree_with_the_engine() {
    let limits = [0, 40, 60, 79, 80, 98, 99, 500];
    // Texts are compared as the numbers of their characters.
    let texts = limits.map(|longest| prompt(&TURNS, "Bot", longest)).join("|") + answer("  Well.\nYou: Oh ");
    let expected: Vec<f64> = texts.bytes().map(f64::from).collect();
    let python = format!(
        "turns = {TURNS:?}\ntext = '|'.join(prompt(list(turns), 'Bot', n) for n in {limits:?}) + answer('  Well.\\nYou: Oh ')\nfor character in text:\n    show(ord(character))"
    )
    .replace("[(", "((")
    .replace(")]", "))");
    listing::agree("chat.py", listing::python("project-simple-chatbot/chat.py", &python), &expected);
    let turns: Vec<String> = TURNS.iter().map(|(who, said)| format!("new[] {{ {who:?}, {said:?} }}")).collect();
    let csharp = format!(
        "var turns = new[] {{ {} }}; var all = new System.Collections.Generic.List<string>();\nforeach (int n in new[] {}) all.Add(Chat.Prompt(turns, \"Bot\", n));\nforeach (char c in string.Join(\"|\", all) + Chat.Answer(\"  Well.\\nYou: Oh \")) Print(c);",
        turns.join(", "),
        lesson::braces(&limits)
    );
    listing::agree("chat.cs", listing::csharp("project-simple-chatbot/chat.cs", &csharp), &expected);
}

#[test]
fn the_example_fits_as_the_lesson_says() {
    let whole = prompt(&TURNS, "Bot", 500);
    lesson::has(SLUG, &whole);
    lesson::has(SLUG, &format!("the whole prompt has {} characters", whole.len()));
    assert_eq!(prompt(&TURNS, "Bot", 60), "You: Not really. The wind was loud.\nBot:");
}

/// What the lab reports of these runs on the page of dialogue, measured in Chromium (seed 1).
fn run(knobs: &str) -> Outcome {
    let steps = lesson::number(knobs, "steps", 0) as f64;
    let val = if steps > 100.0 { 0.307 } else { 1.401 };
    let numbers = [
        ("val_loss", val),
        ("unigram_loss", 3.092),
        ("steps", steps),
        ("seed", 1.0),
        ("layers", 1.0),
        ("params", 15_072.0),
    ];
    let mut outcome = Outcome { lab: "train".into(), is_final: true, values: Default::default() };
    outcome.values.extend(numbers.map(|(name, x)| (name.to_owned(), Value::Number(x))));
    outcome.values.insert("finished".into(), Value::Flag(true));
    outcome
}

#[test]
fn the_exercise_and_the_prediction_answer_themselves() {
    lesson::solved_only_by_its_solution(SLUG, "learn-the-form", run);
    lesson::foretold(SLUG, "form-first", 1, run);
}
