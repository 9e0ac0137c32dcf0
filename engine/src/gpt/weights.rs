//! Parameters between host and device, and their first values.

use super::Params;
use burn::tensor::{Device, Tensor, TensorData};
use engine_core::{
    config::GptConfig,
    job::JobError,
    reference::gpt::Weights,
    rng::{Rng, Stream},
};
use std::collections::BTreeMap;

/// Standard deviation of fresh weights, as in GPT-2 (Radford et al. 2019).
const STD: f32 = 0.02;

/// Fresh parameters: the same numbers for the same seed, on every machine and device.
///
/// The layers that write to the residual stream start smaller, by `1 / sqrt(2 · n_layers)`, so that
/// the stream does not grow with depth.
pub fn init(config: &GptConfig, seed: u64) -> Weights {
    let mut rng = Rng::new(seed, Stream::Init);
    let residual = STD / (2.0 * config.n_layers as f32).sqrt();
    config
        .tensors()
        .into_iter()
        .map(|(name, [rows, columns])| {
            let std = match name.as_str() {
                n if n.ends_with(".gain") => None,
                n if n.ends_with(".bias") => Some(0.0),
                n if n.ends_with("proj.weight") || n.ends_with("down.weight") => Some(residual),
                _ => Some(STD),
            };
            let values = match std {
                None => vec![1.0; rows * columns],
                Some(0.0) => vec![0.0; rows * columns],
                Some(std) => (0..rows * columns).map(|_| rng.normal() * std).collect(),
            };
            (name, values)
        })
        .collect()
}

/// Copies parameters to the device.
///
/// # Panics
/// If `weights` do not have the names and sizes that `config` says.
pub fn to_device(config: &GptConfig, weights: &Weights, device: &Device) -> Params {
    config
        .tensors()
        .into_iter()
        .map(|(name, shape)| {
            let values = weights[&name].clone();
            let tensor = Tensor::from_data(TensorData::new(values, shape), device);
            (name, tensor)
        })
        .collect()
}

/// Copies parameters back from the device.
///
/// # Errors
/// If the device was lost.
pub async fn read_back(params: &Params) -> Result<Weights, JobError> {
    let mut weights = BTreeMap::new();
    for (name, tensor) in params {
        weights.insert(name.clone(), floats(tensor.clone()).await?);
    }
    Ok(weights)
}

/// A tensor's numbers, row-major.
///
/// # Errors
/// If the device was lost.
pub(crate) async fn floats<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, JobError> {
    let data =
        tensor.into_data_async().await.map_err(|e| JobError::Device(format!("the device gave no answer ({e:?}).")))?;
    data.try_into_vec::<f32>().map_err(|e| JobError::Device(format!("the device gave no 32-bit numbers ({e:?}).")))
}
