//! Names and sentences about files, and what exercises are told.

use crate::widgets::{axis::grouped, outcome::Value};
use engine_core::{
    export::{Format, Numbers, Part, Written},
    jobs::export::{Opened, Project},
};
use kit::t;

pub fn format(format: Format) -> &'static str {
    match format {
        Format::Safetensors => t!("export.safetensors"),
        Format::Gguf => t!("export.gguf"),
        Format::Burnpack => t!("export.burnpack"),
        Format::Onnx => t!("export.onnx"),
    }
}

pub fn numbers(numbers: Numbers) -> &'static str {
    match numbers {
        Numbers::F32 => t!("export.f32"),
        Numbers::F16 => t!("export.f16"),
        Numbers::Q8 => t!("export.q8"),
        Numbers::Q4 => t!("export.q4"),
    }
}

pub fn part(part: Part) -> &'static str {
    match part {
        Part::Start => t!("export.start"),
        Part::Settings => t!("export.settings"),
        Part::Tokenizer => t!("export.tokenizer"),
        Part::Graph => t!("export.graph"),
        Part::Table => t!("export.table"),
        Part::Padding => t!("export.padding"),
        Part::Weights => t!("export.weights"),
    }
}

/// A difference with as many digits as it deserves.
fn small(number: f32) -> String {
    match number {
        0.0 => "0".into(),
        n if n >= 0.01 => format!("{n:.3}"),
        n => format!("{n:.7}"),
    }
}

/// What was found in a file.
pub fn opened(opened: &Opened) -> String {
    let what = t!(
        "export.opened",
        format = format(opened.format),
        count = grouped(&opened.config.parameters().to_string()),
        tokenizer = opened.tokenizer,
        ms = format!("{:.0}", opened.open_ms)
    );
    let compared = match opened.compared {
        None => t!("export.other_model").to_owned(),
        Some(it) if it.largest == 0.0 => t!("export.equal", tokens = it.tokens),
        Some(it) => t!(
            "export.differs",
            tokens = it.tokens,
            largest = small(it.largest),
            reach = format!("{:.1}", it.reach),
            same = it.same
        ),
    };
    format!("{what} {compared}")
}

/// What is in the project.
pub fn project(name: &str, project: &Project) -> String {
    t!("export.project_made", name = name, count = grouped(&project.zip.len().to_string()), cases = project.cases.len())
}

/// For exercises.
pub fn values(written: &Written, opened: &Opened, (format, numbers): (Format, Numbers)) -> Vec<(&'static str, Value)> {
    let of = |part: Part| written.fields.iter().filter(|it| it.part == part).map(|it| it.length as f64).sum::<f64>();
    let bytes = written.bytes.len() as f64;
    let mut values = vec![
        ("format", format.key().into()),
        ("numbers", numbers.key().into()),
        ("bytes", bytes.into()),
        ("weight_bytes", of(Part::Weights).into()),
        ("graph_bytes", of(Part::Graph).into()),
        ("other_share", ((bytes - of(Part::Weights)) / bytes.max(1.0)).into()),
        ("bits", (8.0 * of(Part::Weights) / opened.config.parameters() as f64).into()),
    ];
    if let Some(compared) = opened.compared {
        values.extend([
            ("largest", f64::from(compared.largest).into()),
            ("same_share", (compared.same as f64 / compared.tokens as f64).into()),
        ]);
    }
    values
}

/// For exercises: of the learner's own prompt, its tokens and its characters beyond ASCII.
pub fn project_values(project: &Project) -> Vec<(&'static str, Value)> {
    let own = project.cases.first();
    vec![
        ("project_bytes", project.zip.len().into()),
        ("cases", project.cases.len().into()),
        ("prompt_tokens", own.map_or(0, |case| case.ids.len()).into()),
        ("beyond_ascii", own.map_or(0, |case| case.prompt.chars().filter(|c| !c.is_ascii()).count()).into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::{config::GptConfig, export::Field, jobs::export::Compared};

    fn found(largest: f32) -> Opened {
        let config = GptConfig { vocab_size: 10, n_layers: 1, n_heads: 1, d_model: 8, context: 4, tied_head: true };
        let compared = Some(Compared { tokens: 4, largest, reach: 9.5, same: 3 });
        Opened { format: Format::Gguf, size: 40, config, tokenizer: "10 characters".into(), open_ms: 1.2, compared }
    }

    #[test]
    fn what_was_found_is_said_in_every_case() {
        let all = [opened(&found(0.0)), opened(&found(0.25)), opened(&Opened { compared: None, ..found(0.0) })];
        assert!(all.iter().enumerate().all(|(at, words)| !all[..at].contains(words)), "{all:?}");
        assert!(all[1].contains("0.250") && all[1].contains("9.5"), "{}", all[1]);
        assert_eq!(small(1.5e-6), "0.0000015");
    }

    #[test]
    fn exercises_are_told_of_the_own_prompt() {
        let case = engine_core::export::project::Case {
            prompt: "né €".into(),
            ids: vec![1, 2, 3],
            logits: Vec::new(),
            greedy: Vec::new(),
        };
        let values = project_values(&Project { zip: vec![0; 9], cases: vec![case] });
        assert!(values.contains(&("prompt_tokens", 3_usize.into())) && values.contains(&("beyond_ascii", 2_usize.into())));
    }

    #[test]
    fn exercises_are_told_sizes_and_differences() {
        let field = |part, length| Field { part, name: "x".into(), says: String::new(), at: 0, length };
        let written = Written { bytes: vec![0; 40], fields: vec![field(Part::Start, 10), field(Part::Weights, 30)] };
        let values = values(&written, &found(0.5), (Format::Gguf, Numbers::Q8));
        assert!(values.contains(&("other_share", 0.25.into())) && values.contains(&("same_share", 0.75.into())));
        assert!(values.contains(&("numbers", "q8".into())) && values.contains(&("largest", 0.5.into())));
    }
}
