//! Cutting a share of a model, of whatever kind.

use super::{
    mask::{self, Choice},
    matrices,
    structure::{self, Part},
};
use crate::{config::GptConfig, reference::gpt::Weights};
use serde::{Deserialize, Serialize};

/// What is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The smallest weights of all blocks.
    #[default]
    Global,
    /// The smallest weights of each matrix, of all the same share.
    Layer,
    /// Two of every four inputs of an output, whatever share is asked for.
    TwoOfFour,
    /// Whole attention heads, those that write least.
    Heads,
    /// Whole neurons of the MLPs, those that write least.
    Neurons,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Global, Self::Layer, Self::TwoOfFour, Self::Heads, Self::Neurons];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Layer => "layer",
            Self::TwoOfFour => "two-of-four",
            Self::Heads => "heads",
            Self::Neurons => "neurons",
        }
    }
}

/// Sets a share of a model to zero: of the weights of all blocks, of its heads or of its neurons. What is zero already
/// goes first, so that cutting more later keeps what was cut.
///
/// # Panics
/// If a weight is missing.
pub fn cut(config: &GptConfig, weights: &mut Weights, what: What, share: f64) {
    match what {
        What::Heads => cut_parts(config, weights, structure::heads(config), share),
        What::Neurons => cut_parts(config, weights, structure::neurons(config), share),
        What::Global | What::Layer | What::TwoOfFour => {
            let all = matrices(config);
            let numbers: Vec<&[f32]> = all.iter().map(|(name, _)| weights[name].as_slice()).collect();
            let kept = match what {
                What::Global => Choice::Global.kept(&numbers, share),
                What::Layer => Choice::Layer.kept(&numbers, share),
                _ => numbers
                    .iter()
                    .zip(&all)
                    .map(|(numbers, (_, [_, outputs]))| mask::n_of_m(numbers, *outputs, 2, 4))
                    .collect(),
            };
            for ((name, _), kept) in all.iter().zip(kept) {
                mask::apply(weights.get_mut(name).expect("it was read a moment ago"), &kept);
            }
        }
    }
}

fn cut_parts(config: &GptConfig, weights: &mut Weights, parts: Vec<Part>, share: f64) {
    let count = (share * parts.len() as f64).round() as usize;
    let mut weighed: Vec<(f64, Part)> =
        parts.into_iter().map(|part| (structure::weight_of(config, weights, part), part)).collect();
    weighed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    for (_, part) in weighed.into_iter().take(count) {
        structure::cut(config, weights, part);
    }
}

/// The share of the weights, heads or neurons that is gone.
///
/// # Panics
/// If a weight is missing.
pub fn share_gone(config: &GptConfig, weights: &Weights, what: What) -> f64 {
    let (gone, all) = match what {
        What::Heads | What::Neurons => {
            let parts = if what == What::Heads { structure::heads(config) } else { structure::neurons(config) };
            (parts.iter().filter(|part| !structure::is_there(config, weights, **part)).count(), parts.len())
        }
        What::Global | What::Layer | What::TwoOfFour => {
            let numbers = || matrices(config).into_iter().flat_map(|(name, _)| &weights[&name]);
            (numbers().filter(|number| **number == 0.0).count(), numbers().count())
        }
    };
    gone as f64 / all as f64
}

/// Which numbers of each tensor may change while a pruned model is trained: in the matrices all that are not zero, in
/// the biases of heads and neurons those whose column still has something to add to.
///
/// # Panics
/// If a weight is missing.
pub fn masks(config: &GptConfig, weights: &Weights, what: What) -> Vec<(String, Vec<bool>)> {
    let mut all = Vec::new();
    for (name, [_, columns]) in matrices(config) {
        let kept: Vec<bool> = weights[&name].iter().map(|number| *number != 0.0).collect();
        let is_whole = matches!(what, What::Heads | What::Neurons);
        if is_whole && (name.ends_with("qkv.weight") || name.ends_with("up.weight")) {
            let there = |column: usize| kept.iter().skip(column).step_by(columns).any(|kept| *kept);
            all.push((name.replace(".weight", ".bias"), (0..columns).map(there).collect()));
        }
        all.push((name, kept));
    }
    all
}
