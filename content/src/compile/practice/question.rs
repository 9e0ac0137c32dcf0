//! One `[[question]]` of `quiz.toml`, of any of the six kinds.

use super::{File, fields::as_number};
use crate::{
    Language,
    compile::{escape, highlight},
};
use learn::practice::{Ask, Choice, Expected, Item, NumberAsk, Pair, Question, Slip, TextAsk, Tolerance};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::{Spanned, Value};

/// The fewest items of an order and pairs of a match: with two, one guess settles all.
const FEWEST_PARTS: usize = 3;

type Text = Option<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionToml {
    id: Spanned<String>,
    kind: Text,
    prompt: Spanned<String>,
    objective: Option<Spanned<Value>>,
    #[serde(default)]
    multiple: bool,
    #[serde(default)]
    option: Vec<OptionToml>,
    answer: Option<Spanned<Value>>,
    tolerance: Option<Spanned<Value>>,
    relative: Option<Spanned<Value>>,
    unit: Text,
    explain: Text,
    otherwise: Text,
    #[serde(default)]
    slip: Vec<SlipToml>,
    #[serde(default)]
    item: Vec<ItemToml>,
    #[serde(default)]
    pair: Vec<PairToml>,
    language: Text,
    program: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionToml {
    text: Spanned<String>,
    #[serde(default)]
    correct: bool,
    explain: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlipToml {
    answer: Spanned<Value>,
    explain: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemToml {
    text: Spanned<String>,
    explain: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PairToml {
    left: Spanned<String>,
    right: Spanned<String>,
    explain: Text,
}

impl QuestionToml {
    /// The kind: named, or as files without the name have always meant it.
    fn kind(&self) -> &str {
        let unnamed = if self.multiple { "multiple" } else { "single" };
        self.kind.as_ref().map_or(unnamed, |kind| kind.get_ref().as_str())
    }

    /// The fields that were written, of those that only some kinds have.
    fn written(&self) -> Vec<&'static str> {
        let fields = [
            ("option", !self.option.is_empty()),
            ("answer", self.answer.is_some()),
            ("tolerance", self.tolerance.is_some()),
            ("relative", self.relative.is_some()),
            ("unit", self.unit.is_some()),
            ("explain", self.explain.is_some()),
            ("otherwise", self.otherwise.is_some()),
            ("slip", !self.slip.is_empty()),
            ("item", !self.item.is_empty()),
            ("pair", !self.pair.is_empty()),
            ("language", self.language.is_some()),
            ("program", self.program.is_some()),
        ];
        fields.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect()
    }
}

/// Reads one question.
pub(super) fn read(toml: &QuestionToml, file: &mut File) -> Question {
    let (id, line) = file.id("question", &toml.id);
    // A second one of that name has been reported already.
    if !file.draft.ids.contains(&format!("quiz-{id}")) {
        file.draft.claim(&format!("quiz-{id}"), file.toml.file, line);
    }
    let prompt = file.paragraph(&toml.prompt);
    let objectives = file.objectives(toml.objective.as_ref());
    let kind = toml.kind();
    let fields: &[&str] = match kind {
        "single" | "multiple" => &["option"],
        "number" => &["answer", "tolerance", "relative", "unit", "explain", "otherwise", "slip"],
        "order" => &["item"],
        "match" => &["pair"],
        "output" => &["language", "program", "option", "answer", "explain", "otherwise", "slip"],
        _ => {
            let line = toml.kind.as_ref().map_or(line, |kind| file.line(kind));
            let sentence = format!(
                "`{kind}` is not a kind of question; the kinds are single, multiple, number, order, match and output"
            );
            file.fault(line, sentence);
            return Question { id, prompt, objectives, ask: Ask::Single { options: Vec::new() } };
        }
    };
    for field in toml.written().iter().filter(|field| !fields.contains(field)) {
        file.fault(line, format!("the question `{id}` is of the kind {kind}, which has no `{field}`"));
    }
    if toml.multiple && kind != "multiple" {
        file.fault(line, format!("the question `{id}` is of the kind {kind}; `multiple = true` contradicts that"));
    }
    let ask = match kind {
        "number" => Ask::Number(number(toml, &id, line, file)),
        "order" => Ask::Order { items: items(toml, &id, line, file) },
        "match" => Ask::Match { pairs: pairs(toml, &id, line, file) },
        "output" => output(toml, &id, line, file),
        "multiple" => Ask::Multiple { options: options(toml, &id, line, file, File::paragraph) },
        _ => Ask::Single { options: options(toml, &id, line, file, File::paragraph) },
    };
    Question { id, prompt, objectives, ask }
}

fn options<'a, 'd, 'f>(
    toml: &QuestionToml,
    id: &str,
    line: usize,
    file: &mut File<'a, 'd, 'f>,
    show: fn(&mut File<'a, 'd, 'f>, &Spanned<String>) -> String,
) -> Vec<Choice> {
    let correct = toml.option.iter().filter(|option| option.correct).count();
    if toml.option.len() < 2 {
        file.fault(line, format!("the question `{id}` needs at least two options"));
    }
    if toml.kind() != "multiple" && correct != 1 {
        let sentence =
            format!("the question `{id}` has {correct} correct options; it needs exactly one, or `multiple = true`");
        file.fault(line, sentence);
    } else if correct == 0 {
        file.fault(line, format!("the question `{id}` has no correct option"));
    }
    let option = |option: &OptionToml| {
        let of = format!("the option `{}`", option.text.get_ref());
        let line = file.line(&option.text);
        let explain = file.explanation(option.explain.as_ref(), &of, line);
        Choice { text: show(file, &option.text), correct: option.correct, explain }
    };
    toml.option.iter().map(option).collect()
}

fn number(toml: &QuestionToml, id: &str, line: usize, file: &mut File) -> NumberAsk {
    let answer = match &toml.answer {
        Some(answer) => file.number(answer, "answer"),
        None => {
            file.fault(line, format!("the question `{id}` lacks `answer`, a number"));
            0.0
        }
    };
    let tolerance = file.tolerance(toml.tolerance.as_ref(), toml.relative.as_ref(), line);
    let (explain, otherwise) = whole_explanations(toml, id, line, file);
    let mut slips: Vec<Slip<f64>> = Vec::new();
    for slip in &toml.slip {
        let (line, wrong) = (file.line(&slip.answer), as_number(slip.answer.get_ref()));
        let explain = file.explanation(slip.explain.as_ref(), &format!("the slip `{}`", slip.answer.get_ref()), line);
        match wrong {
            Some(wrong) if !hides(tolerance, answer, wrong) => slips.push(Slip { answer: wrong, explain }),
            Some(wrong) => file.fault(line, format!("the slip `{wrong}` is near enough to the answer to be right")),
            None => file.fault(line, "the answer of a slip must be a number here"),
        }
    }
    let unit = toml.unit.as_ref().map(|unit| unit.get_ref().clone()).unwrap_or_default();
    NumberAsk { answer, tolerance, unit, explain, otherwise, slips }
}

/// Whether what is written as wrong would be taken for right.
fn hides(tolerance: Tolerance, answer: f64, wrong: f64) -> bool {
    tolerance.admits(answer, wrong)
}

fn whole_explanations(toml: &QuestionToml, id: &str, line: usize, file: &mut File) -> (String, String) {
    let explain = file.explanation(toml.explain.as_ref(), &format!("the answer of `{id}` (`explain`)"), line);
    let of = format!("any other answer to `{id}` (`otherwise`)");
    (explain, file.explanation(toml.otherwise.as_ref(), &of, line))
}

fn items(toml: &QuestionToml, id: &str, line: usize, file: &mut File) -> Vec<Item> {
    if toml.item.len() < FEWEST_PARTS {
        file.fault(line, format!("the question `{id}` needs at least {FEWEST_PARTS} items, in the right order"));
    }
    let item = |item: &ItemToml| {
        let (of, line) = (format!("the item `{}`", item.text.get_ref()), file.line(&item.text));
        let explain = file.explanation(item.explain.as_ref(), &of, line);
        Item { text: file.paragraph(&item.text), explain }
    };
    toml.item.iter().map(item).collect()
}

fn pairs(toml: &QuestionToml, id: &str, line: usize, file: &mut File) -> Vec<Pair> {
    if toml.pair.len() < FEWEST_PARTS {
        file.fault(line, format!("the question `{id}` needs at least {FEWEST_PARTS} pairs"));
    }
    let mut rights = BTreeSet::new();
    let pair = |pair: &PairToml| {
        let (of, line) = (format!("the pair of `{}`", pair.left.get_ref()), file.line(&pair.left));
        let explain = file.explanation(pair.explain.as_ref(), &of, line);
        let right = pair.right.get_ref().trim();
        if right.is_empty() || right.contains(['*', '$', '`', '[']) {
            let sentence = "`right` stands in a list of the browser: plain text, without Markdown or formulas";
            file.fault(file.line(&pair.right), sentence);
        }
        if !rights.insert(right.to_owned()) {
            file.fault(file.line(&pair.right), format!("two pairs of `{id}` have the right side `{right}`"));
        }
        Pair { left: file.paragraph(&pair.left), right: right.to_owned(), explain }
    };
    toml.pair.iter().map(pair).collect()
}

fn output(toml: &QuestionToml, id: &str, line: usize, file: &mut File) -> Ask {
    let language = toml.language.as_ref().map(|language| language.get_ref().as_str());
    if language != Some(Language::Python.key()) {
        let sentence = format!(
            "the program of `{id}` must be `language = \"python\"`: the tests run it and compare what it prints"
        );
        file.fault(line, sentence);
    }
    let program = match &toml.program {
        Some(program) if !program.get_ref().trim().is_empty() => {
            let lines = highlight::lines(Language::Python, program.get_ref().trim_end(), &[]);
            let name = file.draft.name_box(Language::Python.label());
            format!("<pre class=\"quiz-program\" tabindex=\"0\" role=\"region\" aria-label=\"{name}\">{lines}</pre>")
        }
        _ => {
            file.fault(line, format!("the question `{id}` lacks `program`, the source whose output is asked for"));
            String::new()
        }
    };
    let expected = if toml.option.is_empty() {
        Expected::Typed(typed(toml, id, line, file))
    } else {
        for field in ["answer", "explain", "otherwise", "slip"] {
            if toml.written().contains(&field) {
                file.fault(line, format!("the question `{id}` has options, so it has no `{field}`"));
            }
        }
        Expected::Chosen(options(toml, id, line, file, |_, text| {
            format!("<code class=\"quiz-output\">{}</code>", escape::html(text.get_ref()))
        }))
    };
    Ask::Output { language: Language::Python.label().to_owned(), program, expected }
}

fn typed(toml: &QuestionToml, id: &str, line: usize, file: &mut File) -> TextAsk {
    let answer = toml.answer.as_ref().and_then(|answer| answer.get_ref().as_str());
    if answer.is_none_or(|answer| answer.trim().is_empty()) {
        file.fault(line, format!("the question `{id}` lacks `answer`, the text that the program prints"));
    }
    let (explain, otherwise) = whole_explanations(toml, id, line, file);
    let mut slips: Vec<Slip<String>> = Vec::new();
    for slip in &toml.slip {
        let line = file.line(&slip.answer);
        let explain = file.explanation(slip.explain.as_ref(), &format!("the slip `{}`", slip.answer.get_ref()), line);
        match slip.answer.get_ref().as_str() {
            Some(wrong) if answer.is_some_and(|answer| answer.trim() == wrong.trim()) => {
                file.fault(line, "this slip is the right answer");
            }
            Some(wrong) => slips.push(Slip { answer: wrong.to_owned(), explain }),
            None => file.fault(line, "the answer of a slip must be a text here"),
        }
    }
    TextAsk { answer: answer.unwrap_or_default().to_owned(), explain, otherwise, slips }
}
