//! Interfering with a model: hooks, exchanged parts and edited weights, from a list that a learner makes.

use super::{
    model::Model,
    pass::{Act, Hook, Part},
};
use crate::{config::GptConfig, reference::gpt::Weights};
use serde::{Deserialize, Serialize};

/// One intervention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// What a part writes is multiplied, at one place or at all; by zero, it is gone.
    Scale {
        /// Which part.
        part: Part,
        /// Which place of the text; all if none.
        at: Option<usize>,
        /// By what.
        factor: f64,
    },
    /// What a part writes is replaced by what it writes while the model reads another text.
    Patch {
        /// Which part.
        part: Part,
        /// Which place of the text; all if none.
        at: Option<usize>,
        /// The other text.
        from: String,
    },
    /// Two parts of one kind change places.
    Swap {
        /// One.
        a: Part,
        /// The other.
        b: Part,
    },
    /// One number of the model becomes another.
    Weight {
        /// The tensor's name, as in [`GptConfig::tensors`].
        tensor: String,
        /// Row, from zero.
        row: usize,
        /// Column, from zero.
        column: usize,
        /// What it becomes.
        value: f32,
    },
}

impl Change {
    /// Whether the model and the text have what is to be changed.
    ///
    /// # Errors
    /// A sentence that says what there is.
    pub fn validate(&self, config: &GptConfig) -> Result<(), String> {
        match self {
            Self::Scale { part, factor, .. } => {
                if !(factor.is_finite() && factor.abs() <= 1e3) {
                    return Err(format!("The factor {factor} cannot be used; choose one between −1000 and 1000."));
                }
                exists(*part, config)
            }
            Self::Patch { part, from, .. } => {
                if from.trim().is_empty() {
                    return Err("There is no other text to patch from. Write one.".into());
                }
                exists(*part, config)
            }
            Self::Swap { a, b } => {
                exists(*a, config)?;
                exists(*b, config)?;
                if std::mem::discriminant(a) == std::mem::discriminant(b) {
                    return Ok(());
                }
                Err("Only two parts of one kind can change places: two heads, two MLPs, two blocks or two positions."
                    .into())
            }
            Self::Weight { tensor, row, column, value } => {
                let shape = config.tensors().into_iter().find(|(name, _)| name == tensor).map(|(_, shape)| shape);
                let Some([rows, columns]) = shape else { return Err(format!("This model has no tensor {tensor}.")) };
                if *row >= rows || *column >= columns {
                    return Err(format!(
                        "{tensor} has {rows} rows and {columns} columns; row {row}, column {column} is outside."
                    ));
                }
                if value.is_finite() { Ok(()) } else { Err(format!("{value} is not a number that a weight can have.")) }
            }
        }
    }
}

fn exists(part: Part, config: &GptConfig) -> Result<(), String> {
    let (layer, head) = match part {
        Part::Head { layer, head } => (layer, head),
        Part::Mlp { layer } | Part::Layer { layer } => (layer, 0),
        Part::Position { .. } => (0, 0),
    };
    if layer < config.n_layers && head < config.n_heads {
        return Ok(());
    }
    let (layers, heads) = (config.n_layers, config.n_heads);
    Err(format!(
        "Block {} head {} does not exist: this model has {layers} blocks of {heads} heads.",
        layer + 1,
        head + 1
    ))
}

/// The weights after every edit; none where no weight is edited, so that nothing is copied in vain.
pub fn edited(weights: &Weights, changes: &[Change], config: &GptConfig) -> Option<Weights> {
    let edits: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Weight { tensor, row, column, value } => Some((tensor, *row, *column, *value)),
            _ => None,
        })
        .collect();
    if edits.is_empty() {
        return None;
    }
    let shapes: std::collections::BTreeMap<String, [usize; 2]> = config.tensors().into_iter().collect();
    let mut weights = weights.clone();
    for (tensor, row, column, value) in edits {
        let at = shapes.get(tensor).map_or(0, |[_, columns]| row * columns + column);
        if let Some(number) = weights.get_mut(tensor).and_then(|numbers| numbers.get_mut(at)) {
            *number = value;
        }
    }
    Some(weights)
}

/// Exchanges the parts of `model` that change places.
pub fn exchange(model: &mut Model<'_>, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Swap { a: Part::Head { layer: one, head: a }, b: Part::Head { layer: two, head: b } } => {
                let head = |layer: usize, head: usize| {
                    model.blocks.get(layer).and_then(|block| block.heads.get(head)).copied()
                };
                let (Some(first), Some(second)) = (head(*one, *a), head(*two, *b)) else { continue };
                model.blocks[*one].heads[*a] = second;
                model.blocks[*two].heads[*b] = first;
            }
            Change::Swap { a: Part::Mlp { layer: one }, b: Part::Mlp { layer: two } } => {
                let mlp = |layer: usize| model.blocks.get(layer).map(|block| block.mlp);
                let (Some(first), Some(second)) = (mlp(*one), mlp(*two)) else { continue };
                model.blocks[*one].mlp = second;
                model.blocks[*two].mlp = first;
            }
            Change::Swap { a: Part::Layer { layer: one }, b: Part::Layer { layer: two } }
                if (*one).max(*two) < model.blocks.len() =>
            {
                model.blocks.swap(*one, *two);
            }
            _ => {}
        }
    }
}

/// What is changed on the way; `trace` reads the text that a patch comes from.
///
/// # Errors
/// What `trace` says.
pub fn hooks<E>(
    changes: &[Change],
    mut trace: impl FnMut(&str) -> Result<std::rc::Rc<super::pass::Trace>, E>,
) -> Result<Vec<Hook>, E> {
    let mut hooks = Vec::new();
    for change in changes {
        match change {
            Change::Scale { part, at, factor } => {
                hooks.push(Hook { part: *part, at: *at, act: Act::Scale(*factor) });
            }
            Change::Patch { part, at, from } => {
                hooks.push(Hook { part: *part, at: *at, act: Act::Put(trace(from)?) });
            }
            Change::Swap { a: a @ Part::Position { .. }, b: Part::Position { position } } => {
                hooks.push(Hook { part: *a, at: None, act: Act::Exchange(*position) });
            }
            Change::Swap { .. } | Change::Weight { .. } => {}
        }
    }
    Ok(hooks)
}
