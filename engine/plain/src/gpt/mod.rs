//! The learner's GPT on plain slices, forward and backward: the model of `engine::gpt` without tensors, for the jobs that
//! change a model (quantize, prune, distil, adapt). All numbers are `f32`, all inner loops are those of `kernels`; the
//! same input gives the same bits.
//!
//! How to use it:
//!
//! ```
//! use engine_core::{config::{FirstWeights, GptConfig, TrainConfig}, first_weights::fresh};
//! use engine_plain::gpt::{Adam, Gpt};
//! let config = GptConfig { vocab_size: 9, n_layers: 1, n_heads: 2, d_model: 8, context: 4, tied_head: true };
//! // From a file: `ModelFile::read(bytes)` has the config and the weights.
//! let mut model = Gpt::new(config, fresh(&config, FirstWeights::ByWidth, 1));
//! let (inputs, targets) = ([1, 2, 3, 4, 5, 6, 7, 8], [2, 3, 4, 5, 6, 7, 8, 0]); // two windows of four
//! let mut grads = model.gradients();
//! let loss = model.learn(&inputs, &targets, 1.0, &mut grads);
//! let training = TrainConfig::default();
//! let mut adam = Adam::new(&model);
//! adam.step(&mut model, &mut grads, &training);
//! assert!(model.loss(&inputs, &targets) < loss);
//! ```
//!
//! - A whole step in micro-batches, with room to be cancelled: [`train_step`]; the loss on many windows: [`evaluate`]. The
//!   windows come from [`engine_core::corpus::Corpus`].
//! - A matrix of another kind (quantized, pruned, with an adapter): [`Gpt::swap`] puts a [`Matrix`] in a [`Slot`]. The
//!   floats that stood there are handed out, and no longer held.
//! - A loss of your own, as in distillation: [`Gpt::forward`], then [`Gpt::backward`] with the gradient of the logits.
//! - The table of tokens and the last layer, held in another way, in a model that only runs: [`Gpt::swap_vocabulary`].
//! - What is frozen has no gradient and no room for one: [`Gpt::train_only`]. Numbers that must stay zero: [`Gpt::mask`].
//! - What flows into a matrix, for calibration: [`Pass::input`].
//! - Writing text: [`Decoder`], or [`write`].

mod adam;
mod adapter;
mod backward;
mod decoder;
mod forward;
mod matrix;
mod steps;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use adam::{Adam, Outcome};
pub use adapter::{Adapter, Frozen, added};
pub use backward::Gradients;
pub use decoder::{Decoder, write};
pub use forward::Pass;
pub use matrix::{Matrix, SLOTS, Slot, Which};
pub use steps::{cross_entropy, evaluate, train_step};
pub use vocabulary::Vocabulary;

use engine_core::{config::GptConfig, reference::gpt::Weights};

/// A model that can run and learn.
pub struct Gpt {
    config: GptConfig,
    /// In the order of [`GptConfig::tensors`].
    tensors: Vec<Tensor>,
    /// By [`Slot::index`]: what stands in for a layer's own matrix.
    swapped: Vec<Option<Box<dyn Matrix>>>,
    /// What stands in for the table of tokens and the last layer.
    vocabulary: Option<Box<dyn Vocabulary>>,
}

/// One parameter tensor.
struct Tensor {
    name: String,
    /// Empty where another matrix stands in for it.
    values: Vec<f32>,
    trains: bool,
    /// False where a number must stay zero.
    mask: Option<Vec<bool>>,
}

/// Tensors of one block, in their order.
const PER_BLOCK: usize = 12;
const TOK_EMB: usize = 0;
const POS_EMB: usize = 1;
const LN1: usize = 0;
const LN2: usize = 6;

impl Gpt {
    /// A model with these weights, named and shaped as [`GptConfig::tensors`] says; all of them train.
    ///
    /// # Panics
    /// If a weight is missing or has another size.
    pub fn new(config: GptConfig, mut weights: Weights) -> Self {
        let tensor = |(name, [rows, columns]): (String, [usize; 2])| {
            let values = weights.remove(&name).unwrap_or_else(|| panic!("no parameter is named {name}"));
            assert_eq!(values.len(), rows * columns, "{name} has the wrong size");
            Tensor { name, values, trains: true, mask: None }
        };
        let tensors = config.tensors().into_iter().map(tensor).collect();
        Self { config, tensors, swapped: (0..config.n_layers * SLOTS).map(|_| None).collect(), vocabulary: None }
    }

    /// Sizes.
    pub fn config(&self) -> &GptConfig {
        &self.config
    }

    /// All weights by name, as `f32`: matrices that stand in for others give what they amount to. A [`ModelFile`] is made
    /// of them.
    ///
    /// [`ModelFile`]: engine_core::model_file::ModelFile
    pub fn weights(&self) -> Weights {
        let mut all: Weights = self.tensors.iter().map(|t| (t.name.clone(), t.values.clone())).collect();
        for slot in self.slots() {
            if let Some(matrix) = self.swapped(slot) {
                all.insert(slot.name(), matrix.values());
            }
        }
        all.extend(self.vocabulary.iter().flat_map(|vocabulary| vocabulary.values()));
        all
    }

    /// Every matrix that can be swapped, layer by layer.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        Slot::all(self.config.n_layers)
    }

    /// The numbers of a layer's own matrix, `[inputs, outputs]`; nothing if another stands in for it.
    pub fn matrix(&self, slot: Slot) -> Option<&[f32]> {
        self.swapped(slot).is_none().then(|| self.values(slot.weight()))
    }

    /// Puts `matrix` in the place of a layer's own, and gives that one's numbers back, `[inputs, outputs]`. They are no
    /// longer held here; if another already stood in, they are what it amounts to.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn swap(&mut self, slot: Slot, matrix: Box<dyn Matrix>) -> Vec<f32> {
        assert_eq!(matrix.shape(), slot.shape(&self.config), "{}", slot.name());
        let own = std::mem::take(&mut self.tensors[slot.weight()].values);
        match self.swapped[slot.index()].replace(matrix) {
            Some(old) => old.values(),
            None => own,
        }
    }

    /// Puts a float matrix back, `[inputs, outputs]`, and gives what stood in for it.
    ///
    /// # Panics
    /// If it has the wrong size.
    pub fn restore(&mut self, slot: Slot, values: Vec<f32>) -> Option<Box<dyn Matrix>> {
        let [inputs, outputs] = slot.shape(&self.config);
        assert_eq!(values.len(), inputs * outputs, "{}", slot.name());
        self.tensors[slot.weight()].values = values;
        self.swapped[slot.index()].take()
    }

    /// Replaces the numbers of one tensor, as when weights are pruned.
    ///
    /// # Panics
    /// If there is no such tensor here, or it has another size.
    pub fn set(&mut self, name: &str, values: Vec<f32>) {
        let tensor = self.tensor_mut(name);
        assert_eq!(tensor.values.len(), values.len(), "{name}");
        tensor.values = values;
    }

    /// Only tensors whose name `trains` accepts are learned; the others have no gradient, and none is computed. What a
    /// swapped matrix learns does not depend on this.
    pub fn train_only(&mut self, trains: impl Fn(&str) -> bool) {
        for tensor in &mut self.tensors {
            tensor.trains = trains(&tensor.name);
        }
    }

    /// Keeps numbers of a tensor at zero, now and after every step, where `kept` is false; nothing lifts the mask.
    ///
    /// # Panics
    /// If there is no such tensor, or it has another size.
    pub fn mask(&mut self, name: &str, kept: Option<Vec<bool>>) {
        let tensor = self.tensor_mut(name);
        assert!(kept.as_ref().is_none_or(|kept| kept.len() == tensor.values.len()), "{name}");
        tensor.mask = kept;
        tensor.hold();
    }

    /// How many numbers are learned.
    pub fn trainable(&self) -> usize {
        (0..self.parts()).map(|part| self.learned(part)).sum()
    }

    /// Bytes of all weights as they are held: floats, and what swapped matrices say.
    pub fn bytes(&self) -> usize {
        let own: usize = self.tensors.iter().map(|t| size_of_val(t.values.as_slice())).sum();
        let vocabulary = self.vocabulary.as_ref().map_or(0, |vocabulary| vocabulary.bytes());
        own + self.swapped.iter().flatten().map(|matrix| matrix.bytes()).sum::<usize>() + vocabulary
    }

    /// The matrix that stands in for a layer's own.
    pub fn swapped(&self, slot: Slot) -> Option<&dyn Matrix> {
        self.swapped[slot.index()].as_deref()
    }

    fn tensor_mut(&mut self, name: &str) -> &mut Tensor {
        let found = self.tensors.iter_mut().find(|tensor| tensor.name == name);
        found.unwrap_or_else(|| panic!("no parameter is named {name}"))
    }

    fn values(&self, tensor: usize) -> &[f32] {
        &self.tensors[tensor].values
    }

    /// Gain and bias of a norm.
    fn norm(&self, first: usize) -> [&[f32]; 2] {
        [self.values(first), self.values(first + 1)]
    }

    fn ln_f(&self) -> usize {
        2 + self.config.n_layers * PER_BLOCK
    }

    fn head(&self) -> Option<usize> {
        (!self.config.tied_head).then(|| self.ln_f() + 2)
    }

    /// What can be learned comes in parts: all tensors, then all swapped matrices.
    fn parts(&self) -> usize {
        self.tensors.len() + self.swapped.len()
    }

    /// How many numbers of a part are learned.
    fn learned(&self, part: usize) -> usize {
        match self.tensors.get(part) {
            Some(tensor) if tensor.trains => tensor.values.len(),
            Some(_) => 0,
            None => self.swapped[part - self.tensors.len()].as_ref().map_or(0, |matrix| matrix.learned().len()),
        }
    }
}

/// The first tensor of a block.
fn block(layer: usize) -> usize {
    2 + layer * PER_BLOCK
}

impl Tensor {
    /// Puts masked numbers back to zero.
    fn hold(&mut self) {
        if let Some(mask) = &self.mask {
            self.values.iter_mut().zip(mask).filter(|(_, kept)| !**kept).for_each(|(value, _)| *value = 0.0);
        }
    }
}
