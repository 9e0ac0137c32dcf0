//! Training steps on batches that JavaScript chooses.

use crate::{Backend, js, model};
use burn::tensor::Device;
use engine::train::{Corpus, Trainer};
use engine_core::tokenizer::{Bpe, Tokenizer};
use std::{cell::RefCell, future::ready};
use wasm_bindgen::prelude::*;

/// A model in training.
#[wasm_bindgen]
pub struct Train(RefCell<Trainer>);

#[wasm_bindgen]
impl Train {
    /// A model at step zero; `sizes` are layers, width, heads, context, vocab, and `flat` its weights.
    ///
    /// # Errors
    /// A sentence, if sizes and weights do not fit or the backend is unknown.
    #[wasm_bindgen(constructor)]
    pub fn new(
        backend: &str,
        sizes: &[usize],
        batch: usize,
        learning_rate: f32,
        weight_decay: f32,
        flat: &[f32],
    ) -> Result<Train, JsError> {
        let backend = Backend::named(backend)?;
        let config = model::config(sizes)?;
        let training = model::training(batch, learning_rate, weight_decay);
        let weights = model::weights(&config, flat)?;
        // The bench brings its own batches.
        let corpus = Corpus { train: Vec::new(), val: Vec::new() };
        let tokenizer = Tokenizer::Bpe(Bpe::bytes_only());
        let mut trainer = Trainer::new(config, training, &weights, tokenizer, corpus, 0, &Device::flex());
        trainer.ops = backend.ops();
        Ok(Self(RefCell::new(trainer)))
    }

    /// Does one step and returns the loss before it. Both arrays hold `batch · context` ids.
    ///
    /// # Errors
    /// A sentence, if the step fails.
    pub async fn step(&self, inputs: Vec<u32>, targets: Vec<u32>) -> Result<f32, JsError> {
        let outcome = Trainer::step_on(&self.0, &inputs, &targets, || ready(Ok(()))).await;
        Ok(outcome.map_err(js)?.loss)
    }

    /// The loss of some rows and its gradients as one array, the loss last: what one of several workers computes.
    ///
    /// # Errors
    /// A sentence, if the pass fails.
    pub async fn gradients(&mut self, inputs: Vec<u32>, targets: Vec<u32>) -> Result<Vec<f32>, JsError> {
        let trainer = self.0.get_mut();
        let (loss, grads) = trainer.loss_and_gradients(&inputs, &targets).await.map_err(js)?;
        let mut flat = model::flatten(&trainer.config, &grads);
        flat.push(loss);
        Ok(flat)
    }

    /// Does AdamW's part of a step with the mean of `own` and `other`, each as [`Train::gradients`] gave it, and
    /// returns the mean loss.
    ///
    /// # Errors
    /// A sentence, if the arrays are not a loss and its gradients.
    pub fn apply(&mut self, mut own: Vec<f32>, other: &[f32]) -> Result<f32, JsError> {
        for (mean, other) in own.iter_mut().zip(other) {
            *mean = 0.5 * (*mean + other);
        }
        let loss = own.pop().ok_or_else(|| JsError::new("the loss is missing"))?;
        let trainer = self.0.get_mut();
        let grads = model::weights(&trainer.config, &own)?;
        trainer.apply(loss, &grads);
        Ok(loss)
    }
}
