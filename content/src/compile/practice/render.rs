//! Practice as HTML that reads without any script, each in a place that the desk fills later.

use crate::compile::escape;
use learn::practice::{Ask, Bet, Choice, Exercise, Expected, Prediction, Question, Quiz, Tolerance, shuffled};
use serde::Serialize;
use std::fmt::Write;

fn place(name: &str, id: &str, class: &str, data: &impl Serialize, inside: &str) -> String {
    let json = serde_json::to_string(data).expect("texts, numbers and lists");
    format!(
        "<section class=\"desk-slot {class}\" id=\"{id}\" data-desk=\"{name}\" data-json=\"{}\">\n{inside}</section>",
        escape::html(&json)
    )
}

/// A quiz: every question with its answer behind a click.
pub fn quiz(quiz: &Quiz) -> String {
    let mut html =
        String::from("<h2 id=\"quiz-heading\">Check what you understood</h2>\n<ol class=\"quiz-questions\">\n");
    for (number, question) in (1..).zip(&quiz.questions) {
        let _ = write!(
            html,
            "<li class=\"quiz-question\" id=\"quiz-{}\">\n<p class=\"quiz-prompt\">{}</p>\n",
            question.id, question.prompt
        );
        asked(&mut html, question);
        let _ =
            write!(html, "<details>\n<summary>Answer to question {number}</summary>\n<ul class=\"quiz-answers\">\n");
        answered(&mut html, question);
        html.push_str("</ul>\n</details>\n</li>\n");
    }
    html.push_str("</ol>\n");
    place("quiz", "quiz", "quiz", quiz, &html)
}

/// What is asked, without the answer.
fn asked(html: &mut String, question: &Question) {
    let mut list = |hint: &str, items: &mut dyn Iterator<Item = &str>| {
        if !hint.is_empty() {
            let _ = writeln!(html, "<p class=\"quiz-hint\">{hint}</p>");
        }
        html.push_str("<ul class=\"quiz-options\">\n");
        for item in items {
            let _ = writeln!(html, "<li>{item}</li>");
        }
        html.push_str("</ul>\n");
    };
    let texts = |options: &'_ [Choice]| options.iter().map(|option| option.text.clone()).collect::<Vec<_>>();
    match &question.ask {
        Ask::Single { options } => list("", &mut texts(options).iter().map(String::as_str)),
        Ask::Multiple { options } => {
            list("More than one answer is right.", &mut texts(options).iter().map(String::as_str));
        }
        Ask::Number(ask) => {
            let unit = if ask.unit.is_empty() { String::new() } else { format!(" (in {})", escape::html(&ask.unit)) };
            let _ = writeln!(html, "<p class=\"quiz-hint\">The answer is a number{unit}.</p>");
        }
        Ask::Order { items } => {
            let order = shuffled(items.len(), &question.id);
            list("Put these in the right order.", &mut order.iter().map(|at| items[*at].text.as_str()));
        }
        Ask::Match { pairs } => {
            let order = shuffled(pairs.len(), &question.id);
            let rights: Vec<String> = order.iter().map(|at| escape::html(&pairs[*at].right)).collect();
            list(
                "Which of the second list belongs to which of the first?",
                &mut pairs.iter().map(|pair| pair.left.as_str()),
            );
            list("", &mut rights.iter().map(String::as_str));
        }
        Ask::Output { language, program, expected } => {
            let language = escape::html(language);
            let _ = writeln!(html, "{program}\n<p class=\"quiz-hint\">What does this {language} program print?</p>");
            if let Expected::Chosen(options) = expected {
                let options = texts(options);
                html.push_str("<ul class=\"quiz-options\">\n");
                for option in &options {
                    let _ = writeln!(html, "<li>{option}</li>");
                }
                html.push_str("</ul>\n");
            }
        }
    }
}

/// The answer, with the reason for each of its parts.
fn answered(html: &mut String, question: &Question) {
    let mut line = |right: bool, what: &str, explain: &str| {
        let (class, verdict) = if right { ("right", "Right") } else { ("wrong", "Wrong") };
        let _ = writeln!(html, "<li class=\"{class}\"><strong>{verdict}:</strong> {what}<p>{explain}</p></li>");
    };
    if let Some(options) = question.options() {
        for option in options {
            line(option.correct, &option.text, &option.explain);
        }
        return;
    }
    match &question.ask {
        Ask::Number(ask) => {
            let off = match ask.tolerance {
                Tolerance::Absolute(room) => format!("{room}"),
                Tolerance::Relative(share) => format!("{} %", share * 100.0),
            };
            let unit = escape::html(&ask.unit);
            line(true, &format!("{} {unit} (up to {off} off)", ask.answer), &ask.explain);
            for slip in &ask.slips {
                line(false, &format!("{} {unit}", slip.answer), &slip.explain);
            }
            line(false, "any other number", &ask.otherwise);
        }
        Ask::Order { items } => {
            for (place, item) in (1..).zip(items) {
                line(true, &format!("{place}. {}", item.text), &item.explain);
            }
        }
        Ask::Match { pairs } => {
            for pair in pairs {
                line(true, &format!("{}: {}", pair.left, escape::html(&pair.right)), &pair.explain);
            }
        }
        Ask::Output { expected: Expected::Typed(ask), .. } => {
            let code = |text: &str| format!("<code class=\"quiz-output\">{}</code>", escape::html(text));
            line(true, &code(&ask.answer), &ask.explain);
            for slip in &ask.slips {
                line(false, &code(&slip.answer), &slip.explain);
            }
            line(false, "anything else", &ask.otherwise);
        }
        _ => {}
    }
}

/// An exercise: the task, its goals, the hints and the solution, each behind a click.
pub fn exercise(exercise: &Exercise) -> String {
    let Exercise { id, title, task, goals, hints, solution, .. } = exercise;
    let mut html = format!(
        "<h3 id=\"exercise-{id}-title\">Exercise: {}</h3>\n<div class=\"exercise-task\">{task}</div>\n\
         <p class=\"exercise-when\">It is solved when, at one moment, all of this is so:</p>\n<ul class=\"exercise-goals\">\n",
        escape::html(title)
    );
    for goal in goals {
        let _ = writeln!(html, "<li>{}</li>", goal.says);
    }
    html.push_str("</ul>\n");
    for (number, hint) in (1..).zip(hints) {
        let of = hints.len();
        let _ = writeln!(html, "<details><summary>Hint {number} of {of}</summary><p>{hint}</p></details>");
    }
    let _ = writeln!(
        html,
        "<details><summary>Worked solution</summary><div class=\"exercise-solution\">{solution}</div></details>"
    );
    place("exercise", &format!("exercise-{id}"), "exercise", exercise, &html)
}

/// A prediction: the question, and behind a click what there is to learn from the answer.
pub fn predict(prediction: &Prediction) -> String {
    let Prediction { id, prompt, bet, explain, .. } = prediction;
    let mut html =
        format!("<h3 id=\"predict-{id}-title\">Predict first</h3>\n<div class=\"predict-prompt\">{prompt}</div>\n");
    let mut reasons = String::new();
    if let Bet::Choose { options, .. } = bet {
        html.push_str("<ul class=\"predict-options\">\n");
        for option in options {
            let _ = writeln!(html, "<li>{}</li>", option.text);
            let _ = writeln!(reasons, "<li>{}<p>{}</p></li>", option.text, option.explain);
        }
        html.push_str("</ul>\n");
    }
    if !reasons.is_empty() {
        reasons = format!("<ul class=\"predict-reasons\">\n{reasons}</ul>\n");
    }
    let _ = writeln!(
        html,
        "<p>Write your prediction down, then run the lab below and compare.</p>\n\
         <details><summary>What there is to see</summary><p>{explain}</p>\n{reasons}</details>"
    );
    place("predict", &format!("predict-{id}"), "predict", prediction, &html)
}
