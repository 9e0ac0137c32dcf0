//! All parameters in one buffer: where each tensor lies.

use engine_core::{adamw::decays, config::GptConfig, reference::gpt::Weights};
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
            n if decays(n) => 0,
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

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const CONFIG: GptConfig =
        GptConfig { vocab_size: 7, n_layers: 2, n_heads: 1, d_model: 70, context: 3, tied_head: false };

    #[test]
    fn packing_and_unpacking_give_the_same_tensors() {
        let arena = Arena::new(&CONFIG);
        let tensors = CONFIG.tensors().into_iter().enumerate();
        let weights: Weights = tensors.map(|(i, (name, [r, c]))| (name, vec![i as f32; r * c])).collect();
        let packed = arena.pack(&weights).expect("they fit");
        assert_eq!(arena.unpack(&packed), weights);
        let mut short = weights.clone();
        short.insert("pos_emb".into(), vec![0.0]);
        assert!(arena.pack(&short).expect_err("too short").contains("pos_emb has 1 numbers"));
    }

    #[test]
    fn tensors_start_where_webgpu_can_bind_them_and_only_matrices_decay() {
        let arena = Arena::new(&CONFIG);
        for (name, _) in CONFIG.tensors() {
            let place = arena.place(&name);
            assert_eq!(place.at % ALIGN, 0, "{name}");
            assert_eq!(place.at < arena.decaying, decays(&name), "{name}");
        }
    }

    /// `layer_norm_gains.wgsl` finds the gradients by this rule.
    #[test]
    fn layer_norms_lie_side_by_side() {
        let arena = Arena::new(&CONFIG);
        let names = ["blocks.0.ln1", "blocks.0.ln2", "blocks.1.ln1", "blocks.1.ln2", "ln_f"];
        let parts = names.iter().flat_map(|name| [format!("{name}.gain"), format!("{name}.bias")]);
        for (i, name) in parts.enumerate() {
            assert_eq!(arena.place(&name).at, arena.layer_norms.at + i * arena.layer_norm_stride, "{name}");
        }
    }
}
