//! Training on a GPU by our own WGSL kernels: see the package `engine-gpu`.

use crate::device;
use async_lock::Mutex;
use engine_core::{
    config::{GptConfig, TrainConfig},
    job::JobError,
    reference::gpt::Weights,
};
use engine_gpu::{GpuGpt, Moments};
use std::rc::Rc;

/// A model on the GPU. Whoever asks waits until the one before has its answer.
#[derive(Clone)]
pub(super) struct OnGpu(Rc<Mutex<GpuGpt>>);

impl OnGpu {
    /// Hands over parameters and the optimizer's two means, as they are after `step` steps.
    pub(super) async fn new(
        config: GptConfig,
        batch: usize,
        training: TrainConfig,
        weights: &Weights,
        [mean, square]: [Weights; 2],
        step: u32,
    ) -> Result<Self, JobError> {
        let gpu = device::shared().ok_or_else(|| JobError::Device("WebGPU has not been started.".into()))?;
        let mut gpt = GpuGpt::new(&gpu, config, batch, training, weights).await.map_err(JobError::Invalid)?;
        gpt.set_moments(&Moments { mean, square }, step).map_err(JobError::Device)?;
        Ok(Self(Rc::new(Mutex::new(gpt))))
    }

    /// Submits one step and waits until at most two are unfinished.
    pub(super) async fn step(&self, inputs: &[u32], targets: &[u32], learning_rate: f32) -> Result<(), JobError> {
        let mut gpt = self.0.lock().await;
        gpt.step(inputs, targets, learning_rate).map_err(JobError::Device)?;
        gpt.settle().await;
        Ok(())
    }

    /// Loss and gradient norm of the steps since the last call; not finite where nothing was changed.
    pub(super) async fn results(&self) -> Result<Vec<(f32, f32)>, JobError> {
        let results = self.0.lock().await.read_ring().await.map_err(JobError::Device)?;
        Ok(results.into_iter().map(|step| (step.loss, step.grad_norm)).collect())
    }

    /// Mean loss of any rows.
    pub(super) async fn evaluate(&self, inputs: &[u32], targets: &[u32]) -> Result<f32, JobError> {
        self.0.lock().await.evaluate(inputs, targets).await.map_err(JobError::Device)
    }

    /// The loss of one batch and its gradients.
    pub(super) async fn loss_and_gradients(&self, inputs: &[u32], targets: &[u32]) -> Result<(f32, Weights), JobError> {
        self.0.lock().await.loss_and_gradients(inputs, targets).await.map_err(JobError::Device)
    }

    /// Parameters and the optimizer's two means.
    pub(super) async fn read_back(&self) -> Result<[Weights; 3], JobError> {
        let (weights, Moments { mean, square }) = self.0.lock().await.read_back().await.map_err(JobError::Device)?;
        Ok([weights, mean, square])
    }
}
