//! In a build without WebGPU no model is on a GPU: this type has no values.

use engine_core::{
    config::{GptConfig, TrainConfig},
    job::JobError,
    reference::gpt::Weights,
};

/// See `gpu.rs`.
#[derive(Clone)]
pub(super) enum OnGpu {}

impl OnGpu {
    pub(super) async fn new(
        _: GptConfig,
        _: usize,
        _: TrainConfig,
        _: &Weights,
        _: [Weights; 2],
        _: u32,
    ) -> Result<Self, JobError> {
        Err(JobError::Device("this program was built without WebGPU.".into()))
    }

    pub(super) async fn step(&self, _: &[u32], _: &[u32], _: f32) -> Result<(), JobError> {
        match *self {}
    }

    pub(super) async fn results(&self) -> Result<Vec<(f32, f32)>, JobError> {
        match *self {}
    }

    pub(super) async fn evaluate(&self, _: &[u32], _: &[u32]) -> Result<f32, JobError> {
        match *self {}
    }

    pub(super) async fn loss_and_gradients(&self, _: &[u32], _: &[u32]) -> Result<(f32, Weights), JobError> {
        match *self {}
    }

    pub(super) async fn read_back(&self) -> Result<[Weights; 3], JobError> {
        match *self {}
    }
}
