//! Training steps on WebGPU, through our own kernels.

use crate::{js, model};
use engine_core::{config::TrainConfig, schedule::learning_rate};
use engine_gpu::{Gpu, GpuGpt};
use wasm_bindgen::prelude::*;

/// A model in training on the GPU.
#[wasm_bindgen]
pub struct TrainWebgpu {
    model: GpuGpt,
    training: TrainConfig,
    steps: u32,
}

#[wasm_bindgen]
impl TrainWebgpu {
    /// A model at step zero on a device of its own; the arguments are those of `Train::new`.
    ///
    /// # Errors
    /// A sentence, if there is no adapter or sizes and weights do not fit.
    pub async fn open(
        sizes: Vec<usize>,
        batch: usize,
        learning_rate: f32,
        weight_decay: f32,
        flat: Vec<f32>,
    ) -> Result<TrainWebgpu, JsError> {
        let config = model::config(&sizes)?;
        let training = model::training(batch, learning_rate, weight_decay);
        let weights = model::weights(&config, &flat)?;
        let adapter = wgpu::Instance::default().request_adapter(&Default::default()).await.map_err(js)?;
        let limits = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
        let (device, queue) = adapter.request_device(&limits).await.map_err(js)?;
        let gpu = Gpu::new(device, queue);
        let model = GpuGpt::new(&gpu, config, batch, training, &weights).await.map_err(js)?;
        Ok(Self { model, training, steps: 0 })
    }

    /// Does one step and returns the loss before it, read back at once as the peers' is.
    ///
    /// # Errors
    /// A sentence, if the device was lost or the numbers are no longer finite.
    pub async fn step(&mut self, inputs: Vec<u32>, targets: Vec<u32>) -> Result<f32, JsError> {
        self.model.step(&inputs, &targets, learning_rate(&self.training, self.steps)).map_err(js)?;
        self.steps += 1;
        let results = self.model.read_ring().await.map_err(js)?;
        let last = results.last().ok_or_else(|| JsError::new("the step left no result"))?;
        match last.applied {
            true => Ok(last.loss),
            false => Err(JsError::new(&format!("step {} was not applied: its loss is {}", last.step, last.loss))),
        }
    }

    /// Dispatches, submits and readbacks so far, and the bytes now alive on the GPU.
    pub fn counters(&self) -> Vec<f64> {
        let counters = self.model.counters();
        [counters.dispatches, counters.submits, counters.readbacks, counters.live_bytes]
            .map(|count| count as f64)
            .to_vec()
    }
}
