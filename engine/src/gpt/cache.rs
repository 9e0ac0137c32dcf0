//! Keys and values of tokens already seen, so that each new token costs one row (a "KV-cache").

use burn::tensor::Tensor;

/// What every block remembers.
#[derive(Default)]
pub struct Cache(Vec<LayerCache>);

/// Keys and values of one block, `[batch, heads, tokens, d_head]`.
#[derive(Default)]
pub(super) struct LayerCache(Option<(Tensor<4>, Tensor<4>)>);

impl Cache {
    /// An empty memory for a model of `n_layers`.
    pub fn new(n_layers: usize) -> Self {
        Self((0..n_layers).map(|_| LayerCache(None)).collect())
    }

    /// How many tokens it holds.
    pub fn tokens(&self) -> usize {
        self.0.first().and_then(|layer| layer.0.as_ref()).map_or(0, |(keys, _)| {
            let [_, _, tokens, _] = keys.dims();
            tokens
        })
    }

    pub(super) fn layer(&mut self, layer: usize) -> &mut LayerCache {
        &mut self.0[layer]
    }
}

impl LayerCache {
    /// Adds new keys and values and returns all of them, oldest first.
    pub(super) fn extend(&mut self, keys: Tensor<4>, values: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let all = match self.0.take() {
            None => (keys, values),
            Some((old_keys, old_values)) => {
                (Tensor::cat(vec![old_keys, keys], 2), Tensor::cat(vec![old_values, values], 2))
            }
        };
        self.0.insert(all).clone()
    }
}
