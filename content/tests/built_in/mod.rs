//! The built-in model, run by the engine's slow reference, so that what a lesson says of it is computed again.
#![allow(dead_code, reason = "each test file uses its own part")]

use engine_core::{
    config::GptConfig,
    model_file::ModelFile,
    reference::{
        attention::attention,
        gpt::{Weights, forward},
        layers::{gelu, layer_norm, linear},
        softmax::softmax,
    },
    tokenizer::Tokenizer,
};
use learn::practice::{Outcome, Value};
use std::{fs, path::Path};

/// The model that the labs begin with.
pub struct BuiltIn {
    /// Sizes.
    pub config: GptConfig,
    /// Text to ids.
    pub tokenizer: Tokenizer,
    weights: Weights,
}

/// A text, read.
pub struct Seen {
    /// The tokens in their visible form.
    pub tokens: Vec<String>,
    /// The weights of every head: layer, head, query, key.
    pub heads: Vec<Vec<Vec<Vec<f64>>>>,
    /// The probability of every token after each place.
    pub next: Vec<Vec<f64>>,
    ids: Vec<u32>,
}

/// Where a head looks on average, over all rows but the first; as `web/labs/src/labs/attention/patterns.rs` has it.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    pub previous: f64,
    pub first: f64,
    pub own: f64,
}

/// Reads the model's file.
pub fn model() -> BuiltIn {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models/tiny.safetensors");
    let ModelFile { config, tokenizer, weights, .. } = ModelFile::read(&fs::read(file).unwrap()).unwrap();
    BuiltIn { config, tokenizer, weights }
}

impl BuiltIn {
    /// Lets the model read a text.
    pub fn read(&self, text: &str) -> Seen {
        let ids = self.tokenizer.encode(text).ids;
        let next = forward(&self.config, &self.weights, &ids).iter().map(|row| softmax(row)).collect();
        let tokens = ids.iter().map(|id| self.tokenizer.show(*id)).collect();
        Seen { tokens, heads: self.heads(&ids), next, ids }
    }

    /// The best tokens after a text and their probabilities.
    pub fn after(&self, text: &str) -> Vec<(String, f64)> {
        let seen = self.read(text);
        self.best(seen.next.last().unwrap())
    }

    /// The tokens in the order of their probabilities.
    pub fn best(&self, row: &[f64]) -> Vec<(String, f64)> {
        let mut best: Vec<(String, f64)> = (0..).zip(row).map(|(id, p)| (self.tokenizer.show(id), *p)).collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1));
        best
    }

    /// The weights of every head; the same walk as `reference::gpt::forward`, which hands out logits only.
    fn heads(&self, ids: &[u32]) -> Vec<Vec<Vec<Vec<f64>>>> {
        let (config, d) = (&self.config, self.config.d_model);
        let w = |name: &str| self.weights[name].as_slice();
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<f64>>();
        let row = |table: &str, at: usize| w(table)[at * d..][..d].iter().map(|x| f64::from(*x)).collect::<Vec<f64>>();
        let start = ids.iter().enumerate().map(|(at, id)| sum(&row("tok_emb", *id as usize), &row("pos_emb", at)));
        let mut stream: Vec<Vec<f64>> = start.collect();
        let mut layers = Vec::new();
        for layer in 0..config.n_layers {
            let w = |name: &str| w(&format!("blocks.{layer}.{name}"));
            let normed = stream.iter().map(|x| layer_norm(x, w("ln1.gain"), w("ln1.bias")));
            let qkv: Vec<Vec<f64>> = normed.map(|x| linear(&x, w("attn.qkv.weight"), w("attn.qkv.bias"))).collect();
            let (mut heads, mut mixed) = (Vec::new(), vec![Vec::new(); ids.len()]);
            for head in 0..config.n_heads {
                let part = |which: usize| -> Vec<Vec<f64>> {
                    let from = which * d + head * config.d_head();
                    qkv.iter().map(|row| row[from..from + config.d_head()].to_vec()).collect()
                };
                let seen = attention(&part(0), &part(1), &part(2));
                mixed.iter_mut().zip(seen.mixed).for_each(|(all, one)| all.extend(one));
                heads.push(seen.weights);
            }
            layers.push(heads);
            for (x, mixed) in stream.iter_mut().zip(&mixed) {
                *x = sum(x, &linear(mixed, w("attn.proj.weight"), w("attn.proj.bias")));
                let normed = layer_norm(x, w("ln2.gain"), w("ln2.bias"));
                let up = linear(&normed, w("mlp.up.weight"), w("mlp.up.bias"));
                let active: Vec<f64> = up.into_iter().map(gelu).collect();
                *x = sum(x, &linear(&active, w("mlp.down.weight"), w("mlp.down.bias")));
            }
        }
        layers
    }

    /// What the attention lab reports of this text and head.
    pub fn attention_outcome(&self, text: &str, layer: usize, head: usize) -> Outcome {
        let seen = self.read(text);
        let all = || (0..self.config.n_layers).flat_map(|l| (0..self.config.n_heads).map(move |h| (l, h)));
        let previous = |at: &(usize, usize)| seen.habits(at.0, at.1).previous;
        let best = all().max_by(|a, b| previous(a).total_cmp(&previous(b))).unwrap();
        let habits = seen.habits(layer, head);
        let numbers = [
            ("layer", layer as f64),
            ("head", head as f64),
            ("tokens", seen.tokens.len() as f64),
            ("best_previous_token_layer", best.0 as f64),
            ("best_previous_token_head", best.1 as f64),
            ("head_previous_token", habits.previous),
            ("head_first_token", habits.first),
            ("head_self", habits.own),
        ];
        let texts = [("text", text), ("model", "built-in")];
        outcome("attention", &numbers, &texts)
    }

    /// What the completion lab reports of this prompt; the text that it writes is left out.
    pub fn complete_outcome(&self, prompt: &str) -> Outcome {
        let (token, probability) = self.after(prompt).swap_remove(0);
        outcome("complete", &[("next_probability", probability)], &[("prompt", prompt), ("next", &token)])
    }
}

impl Seen {
    /// Where a head looks.
    pub fn habits(&self, layer: usize, head: usize) -> Habits {
        let weights = &self.heads[layer][head];
        let mean = |column: fn(usize) -> usize| {
            (1..weights.len()).map(|row| weights[row][column(row)]).sum::<f64>() / (weights.len().max(2) - 1) as f64
        };
        Habits { previous: mean(|row| row - 1), first: mean(|_| 0), own: mean(|row| row) }
    }

    /// The probability that the model gave to each token but the first, before it was seen.
    pub fn given(&self) -> Vec<(String, f64)> {
        let pairs = self.next.iter().zip(&self.ids[1..]).zip(&self.tokens[1..]);
        pairs.map(|((row, id), token)| (token.clone(), row[*id as usize])).collect()
    }
}

/// An outcome of numbers and texts.
pub fn outcome(lab: &str, numbers: &[(&str, f64)], texts: &[(&str, &str)]) -> Outcome {
    let numbers = numbers.iter().map(|(name, number)| ((*name).to_owned(), Value::Number(*number)));
    let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), Value::Text((*text).to_owned())));
    Outcome { lab: lab.into(), is_final: true, values: numbers.chain(texts).collect() }
}
