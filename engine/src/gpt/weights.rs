//! Parameters between host and device.

use super::Params;
use burn::tensor::{Device, Tensor, TensorData};
use engine_core::{config::GptConfig, job::JobError, reference::gpt::Weights};
use std::collections::BTreeMap;

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
