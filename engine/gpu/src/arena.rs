//! All parameters in one buffer: where each tensor lies.

use engine_core::{config::GptConfig, reference::gpt::Weights};
use std::collections::BTreeMap;

/// A tensor starts at a multiple of so many numbers (256 bytes), because WebGPU binds no finer.
pub(crate) const ALIGN: usize = 64;

/// A tensor's place, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: usize,
    pub(crate) words: usize,
}

/// The places of a model's tensors: first the matrices that decay, then the layer norms, then the rest.
#[derive(Debug, Clone)]
pub(crate) struct Arena {
    places: BTreeMap<String, Place>,
    /// Numbers in the arena, gaps included.
    pub(crate) words: usize,
    /// Numbers before this one decay.
    pub(crate) decaying: usize,
    /// All gains and biases of layer norms, `[2 · n_layers + 1, gain or bias, layer_norm_stride]`.
    pub(crate) layer_norms: Place,
    /// Numbers from a layer norm's gain to its bias.
    pub(crate) layer_norm_stride: usize,
}

impl Arena {
    pub(crate) fn new(config: &GptConfig) -> Self {
        let tensors = config.tensors();
        let group = |name: &str| match name {
            // The rule of AdamW's decay: only matrices that multiply are pulled towards zero.
            n if n.ends_with(".weight") => 0,
            n if n.contains("ln1.") || n.contains("ln2.") || n.contains("ln_f.") => 1,
            _ => 2,
        };
        let mut places = BTreeMap::new();
        let mut ends = [0; 3];
        let mut words = 0;
        for (which, end) in ends.iter_mut().enumerate() {
            for (name, [rows, columns]) in tensors.iter().filter(|(name, _)| group(name) == which) {
                places.insert(name.clone(), Place { at: words, words: rows * columns });
                words = (words + rows * columns).next_multiple_of(ALIGN);
            }
            *end = words;
        }
        let layer_norms = Place { at: ends[0], words: ends[1] - ends[0] };
        let layer_norm_stride = config.d_model.next_multiple_of(ALIGN);
        Self { places, words, decaying: ends[0], layer_norms, layer_norm_stride }
    }

    /// # Panics
    /// If the model has no tensor of this name.
    pub(crate) fn place(&self, name: &str) -> Place {
        *self.places.get(name).unwrap_or_else(|| panic!("no parameter is named {name}"))
    }

    /// All tensors side by side, gaps zero.
    ///
    /// # Errors
    /// A sentence if a tensor is missing or of another size.
    pub(crate) fn pack(&self, weights: &Weights) -> Result<Vec<f32>, String> {
        let mut all = vec![0.0; self.words];
        for (name, place) in &self.places {
            let values = weights.get(name).ok_or_else(|| format!("The model lacks the tensor {name}."))?;
            if values.len() != place.words {
                return Err(format!("Tensor {name} has {} numbers; the model needs {}.", values.len(), place.words));
            }
            all[place.at..][..place.words].copy_from_slice(values);
        }
        Ok(all)
    }

    /// The tensors of an arena by name.
    pub(crate) fn unpack(&self, all: &[f32]) -> Weights {
        self.places.iter().map(|(name, place)| (name.clone(), all[place.at..][..place.words].to_vec())).collect()
    }
}
