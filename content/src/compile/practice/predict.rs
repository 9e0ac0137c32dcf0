//! `predict.toml`: what a learner commits to before the lab answers.

use super::{File, Of};
use crate::compile::{
    draft::{Draft, Source},
    toml_file::TomlFile,
};
use learn::practice::{Bet, Curve, Prediction, Prospect};
use serde::Deserialize;
use toml::{Spanned, Table, Value};

/// The fewest places that a curve is drawn at.
const FEWEST_PLACES: usize = 3;

type Text = Option<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToml {
    #[serde(default)]
    predict: Vec<PredictToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PredictToml {
    id: Spanned<String>,
    kind: Spanned<String>,
    prompt: Spanned<String>,
    objective: Spanned<Value>,
    lab: Spanned<String>,
    knobs: Option<Spanned<Table>>,
    #[serde(default)]
    when: Vec<Spanned<String>>,
    explain: Text,
    curve: Option<Spanned<Curve>>,
    value: Text,
    #[serde(default)]
    option: Vec<OptionToml>,
    tolerance: Option<Spanned<Value>>,
    relative: Option<Spanned<Value>>,
    unit: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionToml {
    text: Spanned<String>,
    that: Vec<Spanned<String>>,
    explain: Text,
}

/// A prediction and the line of its lab's name.
pub type Read = (Prediction, usize);

/// Reads the predictions of a lesson.
pub fn read(of: Of, at: Source, draft: &mut Draft) -> Option<Vec<Read>> {
    let (file, text) = of.text("predict.toml", at, draft)?;
    let toml = TomlFile { file: &file, first_line: 1, text: &text };
    let list: FileToml = toml.read(draft.faults)?;
    let mut file = File::new(toml, of.objectives, draft);
    if list.predict.is_empty() {
        file.fault(1, "the file has no prediction; write [[predict]], or remove the file");
    }
    Some(list.predict.iter().map(|predict| one(predict, of.slug, &mut file)).collect())
}

fn one(toml: &PredictToml, slug: &str, file: &mut File) -> Read {
    let (id, line) = file.id("prediction", &toml.id);
    let kind = toml.kind.get_ref().as_str();
    let fields: &[&str] = match kind {
        "curve" => &["curve"],
        "choose" => &["value", "option"],
        "number" => &["value", "tolerance", "relative", "unit"],
        _ => {
            let sentence = format!("`{kind}` is not a kind of prediction; the kinds are curve, choose and number");
            file.fault(file.line(&toml.kind), sentence);
            &["value", "tolerance", "relative", "unit", "option", "curve"]
        }
    };
    let written = [
        ("curve", toml.curve.is_some()),
        ("value", toml.value.is_some()),
        ("option", !toml.option.is_empty()),
        ("tolerance", toml.tolerance.is_some()),
        ("relative", toml.relative.is_some()),
        ("unit", toml.unit.is_some()),
    ];
    for (field, _) in written.iter().filter(|(field, there)| *there && !fields.contains(field)) {
        file.fault(line, format!("the prediction `{id}` is of the kind {kind}, which has no `{field}`"));
    }
    let value = toml.value.as_ref().map(|value| value.get_ref().clone()).unwrap_or_default();
    if value.is_empty() && fields.contains(&"value") {
        file.fault(line, format!("the prediction `{id}` lacks `value`, the name of what the lab reports"));
    }
    let bet = match kind {
        "curve" => curve(toml, &id, line, file),
        "choose" => Bet::Choose { value, options: options(toml, &id, line, file) },
        // Of no kind: reported already.
        _ if kind != "number" => nothing(),
        _ => Bet::Number {
            value,
            tolerance: file.tolerance(toml.tolerance.as_ref(), toml.relative.as_ref(), line),
            unit: toml.unit.as_ref().map(|unit| unit.get_ref().clone()).unwrap_or_default(),
        },
    };
    let mut when = Vec::new();
    for condition in &toml.when {
        when.extend(file.condition(condition));
    }
    let lab = toml.lab.get_ref().clone();
    let prediction = Prediction {
        slug: slug.to_owned(),
        prompt: file.prose(&toml.prompt),
        objectives: file.objectives(Some(&toml.objective)),
        knobs: file.knobs(&lab, toml.knobs.as_ref()),
        when,
        bet,
        explain: file.explanation(toml.explain.as_ref(), &format!("the prediction `{id}`"), line),
        lab,
        id,
    };
    (prediction, file.line(&toml.lab))
}

/// Stands where nothing could be read.
fn nothing() -> Bet {
    Bet::Choose { value: String::new(), options: Vec::new() }
}

fn curve(toml: &PredictToml, id: &str, line: usize, file: &mut File) -> Bet {
    let Some(curve) = &toml.curve else {
        file.fault(line, format!("the prediction `{id}` lacks [predict.curve]"));
        return nothing();
    };
    let (line, curve) = (file.line(curve), curve.get_ref().clone());
    if curve.at.len() < FEWEST_PLACES || !curve.at.is_sorted_by(|a, b| a < b) {
        file.fault(line, format!("`at` must be at least {FEWEST_PLACES} numbers, each larger than the one before"));
    }
    let [low, high] = curve.range;
    if low >= high || !(low.is_finite() && high.is_finite()) {
        file.fault(line, "`range` must be the lowest and the highest height, in this order");
    }
    if curve.scale <= 0.0 || !curve.scale.is_finite() {
        file.fault(line, "`scale`, the mean distance that is worth nothing, must be above zero");
    }
    for (name, text) in [("x", &curve.x), ("y", &curve.y), ("x_label", &curve.x_label), ("y_label", &curve.y_label)] {
        if text.trim().is_empty() {
            file.fault(line, format!("`{name}` is empty"));
        }
    }
    Bet::Curve(curve)
}

fn options(toml: &PredictToml, id: &str, line: usize, file: &mut File) -> Vec<Prospect> {
    if toml.option.len() < 2 {
        file.fault(line, format!("the prediction `{id}` needs at least two options"));
    }
    let mut options = Vec::new();
    for option in &toml.option {
        let (of, line) = (format!("the option `{}`", option.text.get_ref()), file.line(&option.text));
        if option.that.is_empty() {
            file.fault(line, format!("{of} needs a condition in `that`, such as \"layer == 0\""));
        }
        let explain = file.explanation(option.explain.as_ref(), &of, line);
        let mut that = Vec::new();
        for condition in &option.that {
            that.extend(file.condition(condition));
        }
        options.push(Prospect { text: file.paragraph(&option.text), that, explain });
    }
    options
}
