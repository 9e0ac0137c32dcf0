//! A desktop project around a model: an ONNX file, programs in C# and Python, and numbers to check them against.

use super::{Format, Numbers, write, zip};
use crate::{decoder::Decoder, model_file::ModelFile, sampling};
use serde::{Deserialize, Serialize};

/// The source files, by their names in the project.
const FILES: [(&str, &str); 5] = [
    ("Chat.csproj", include_str!("Chat.csproj")),
    ("Program.cs", include_str!("Program.cs")),
    ("Text.cs", include_str!("Text.cs")),
    ("chat.py", include_str!("chat.py")),
    ("README.md", include_str!("README.md")),
];

/// Other runtimes add up in another order; logits may differ by so much.
pub const TOLERANCE: f32 = 1e-3;
/// Tokens of each greedy continuation. Few, so that no tie between two tokens is likely to be decided by rounding.
const GREEDY: usize = 12;

/// What a program has to find again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The text.
    pub prompt: String,
    /// Its token ids.
    pub ids: Vec<u32>,
    /// The scores after the last of them, `[vocab]`.
    pub logits: Vec<f32>,
    /// The likeliest next token, and the likeliest after that, and so on.
    pub greedy: Vec<u32>,
}

#[derive(Serialize)]
struct Parity<'a> {
    tolerance: f32,
    cases: &'a [Case],
}

#[derive(Serialize)]
struct Described<'a> {
    context: usize,
    tokenizer: &'a crate::tokenizer::Tokenizer,
}

// ANCHOR: agree
/// Compares two rows of logits: how far they are apart at most, and whether the likeliest token is the same.
///
/// ```
/// use engine_core::export::project::agree;
/// assert_eq!(agree(&[1.0, 2.0, 0.5], &[1.0, 1.5, 0.5]), (0.5, true));
/// assert_eq!(agree(&[1.0, 2.0], &[2.0, 1.0]), (1.0, false));
/// ```
pub fn agree(mine: &[f32], theirs: &[f32]) -> (f32, bool) {
    let apart = mine.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    (apart, best(mine) == best(theirs))
}

/// The likeliest token; of equals the first.
fn best(logits: &[f32]) -> usize {
    let mut best = 0;
    for (id, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = id;
        }
    }
    best
}
// ANCHOR_END: agree

/// Computes what a program has to find again, for each of `prompts` of which the model knows something.
pub fn cases(model: &ModelFile, prompts: &[String]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for prompt in prompts {
        let ids = model.tokenizer.encode(prompt).ids;
        if ids.is_empty() || cases.iter().any(|case| case.prompt == *prompt) {
            continue;
        }
        let logits = last(model, &ids);
        let mut all = ids.clone();
        for _ in 0..GREEDY {
            let scores = last(model, &all);
            all.push(best(&scores) as u32);
        }
        let greedy = all.split_off(ids.len());
        cases.push(Case { prompt: prompt.clone(), ids, logits, greedy });
    }
    cases
}

/// The logits after the last of `ids`, of which the model sees as many as its context holds. Nothing is kept from step to
/// step, as in the programs.
pub fn last(model: &ModelFile, ids: &[u32]) -> Vec<f32> {
    let seen = &ids[ids.len().saturating_sub(model.config.context)..];
    Decoder::new(model.config, &model.weights).read(seen)
}

/// Prompts for any model: the learner's own, single tokens, and a text that is longer than the context.
pub fn prompts(model: &ModelFile, own: &str) -> Vec<String> {
    let logits = last(model, &[0]);
    let likely: Vec<u32> = sampling::top(&logits, 4).into_iter().map(|(id, _)| id as u32).collect();
    let short = model.tokenizer.decode(&likely);
    let mut long = short.clone();
    // Read as one text, repeated tokens may merge to fewer. No token has more than 1024 bytes; most have a few.
    while !long.is_empty()
        && long.len() < 64 * model.config.context
        && model.tokenizer.encode(&long).ids.len() <= model.config.context
    {
        long = long.repeat(2);
    }
    vec![own.to_owned(), short, long]
}

/// The whole project as a zip file: everything lies in one folder.
///
/// # Errors
/// A sentence, if none of the prompts has a token that the model knows.
pub fn write_zip(model: &ModelFile, cases: &[Case]) -> Result<Vec<u8>, String> {
    if cases.is_empty() {
        return Err(
            "The model knows no character of your text, so there is nothing to compare. Write another text.".into()
        );
    }
    let onnx = write(model, Format::Onnx, Numbers::F32)?.bytes;
    let json = |value: Result<String, serde_json::Error>| value.expect("plain data can be written");
    let tokenizer =
        json(serde_json::to_string(&Described { context: model.config.context, tokenizer: &model.tokenizer }));
    let parity = json(serde_json::to_string_pretty(&Parity { tolerance: TOLERANCE, cases }));
    let mut files: Vec<(&str, &[u8])> = FILES.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    files.extend([
        ("model.onnx", onnx.as_slice()),
        ("tokenizer.json", tokenizer.as_bytes()),
        ("parity.json", parity.as_bytes()),
    ]);
    let names: Vec<String> = files.iter().map(|(name, _)| format!("glassbox-chat/{name}")).collect();
    let entries: Vec<zip::Entry> =
        names.iter().zip(&files).map(|(name, (_, bytes))| zip::Entry { name, bytes }).collect();
    Ok(zip::zip(&entries))
}
