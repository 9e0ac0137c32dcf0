//! Greedy decoding with a KV-cache.

use crate::{Backend, js, model};
use burn::tensor::Device;
use engine::gpt::{self, Cache, Decoder, Gpt, Ops};
use wasm_bindgen::prelude::*;

/// A model that writes on.
#[wasm_bindgen]
pub struct Decode(Kind);

enum Kind {
    /// What the site's worker uses.
    Ours(Box<Decoder>),
    /// The same model on Burn's tensors.
    Flex(Box<Gpt>),
}

#[wasm_bindgen]
impl Decode {
    /// A model; `sizes` are layers, width, heads, context, vocab, and `flat` its weights.
    ///
    /// # Errors
    /// A sentence, if sizes and weights do not fit or the backend is unknown.
    #[wasm_bindgen(constructor)]
    pub fn new(backend: &str, sizes: &[usize], flat: &[f32]) -> Result<Decode, JsError> {
        let config = model::config(sizes)?;
        let weights = model::weights(&config, flat)?;
        Ok(Self(match Backend::named(backend)? {
            Backend::Ours => Kind::Ours(Box::new(Decoder::new(config, &weights))),
            Backend::Flex => {
                let params = gpt::to_device(&config, &weights, &Device::flex());
                Kind::Flex(Box::new(Gpt::new(config, &params, Ops::Burn)))
            }
        }))
    }

    /// Reads `prompt`, then writes `tokens` ids, each the likeliest.
    ///
    /// # Errors
    /// A sentence, if the logits cannot be read.
    pub async fn run(&mut self, prompt: Vec<u32>, tokens: usize) -> Result<Vec<u32>, JsError> {
        match &mut self.0 {
            Kind::Ours(decoder) => {
                decoder.clear();
                greedy(prompt, tokens, async |ids: &[u32]| Ok(decoder.read(ids))).await
            }
            Kind::Flex(model) => {
                let mut cache = Cache::new(model.config().n_layers);
                greedy(prompt, tokens, async |ids: &[u32]| {
                    let logits = model.forward(gpt::ids(ids, 1, &Device::flex()), Some(&mut cache)).logits;
                    let [_, read, vocab] = logits.dims();
                    let last = logits.narrow(1, read - 1, 1).reshape([vocab]);
                    let data = last.into_data_async().await.map_err(|e| js(format!("{e:?}")))?;
                    Ok(data.iter::<f32>().collect())
                })
                .await
            }
        }
    }
}

/// `read` takes the new ids and gives the logits after the last of them.
async fn greedy(
    prompt: Vec<u32>,
    tokens: usize,
    mut read: impl AsyncFnMut(&[u32]) -> Result<Vec<f32>, JsError>,
) -> Result<Vec<u32>, JsError> {
    let mut unread = prompt;
    let mut written = Vec::new();
    for _ in 0..tokens {
        let logits = read(&unread).await?;
        let best = logits.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
        let (id, _) = best.ok_or_else(|| JsError::new("the vocabulary is empty"))?;
        written.push(id as u32);
        unread = vec![id as u32];
    }
    Ok(written)
}
