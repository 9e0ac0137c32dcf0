//! Where tensors live: the CPU, or WebGPU in the build that has it.

use crate::self_test;
use burn::tensor::Device;

/// An open device and what to call it in front of a learner.
pub struct Opened {
    /// For making tensors.
    pub device: Device,
    /// "CPU", or "WebGPU" with the adapter's name.
    pub name: String,
}

/// Opens the device this build is for, and lets it prove that it can calculate.
///
/// # Errors
/// One sentence: there is no adapter, or the self-test found wrong numbers.
pub async fn open() -> Result<Opened, String> {
    let opened = open_untested().await?;
    let checks = self_test::run_on(&opened.device).await.map_err(|e| e.to_string())?;
    match checks.iter().find(|check| !check.passed()) {
        None => Ok(opened),
        Some(bad) => Err(format!(
            "{} computes wrong numbers here ({}: off by {:.1e}, allowed {:.1e}).",
            opened.name, bad.name, bad.error, bad.tolerance
        )),
    }
}

/// Whether work is dispatched to a GPU, where few large steps beat many small ones.
pub fn is_gpu(device: &Device) -> bool {
    cfg!(feature = "gpu") && *device != Device::flex()
}

#[cfg(not(feature = "gpu"))]
async fn open_untested() -> Result<Opened, String> {
    Ok(Opened { device: Device::flex(), name: "CPU".into() })
}

/// Dispatches recorded before they are submitted. A training step makes some hundreds, and every
/// submission has a price in the browser.
#[cfg(feature = "gpu")]
const DISPATCHES_PER_SUBMIT: usize = 256;

#[cfg(feature = "gpu")]
async fn open_untested() -> Result<Opened, String> {
    let options = Device::wgpu_options().tasks_max(DISPATCHES_PER_SUBMIT);
    let (device, setup) =
        options.init_with_setup_async().await.map_err(|e| format!("WebGPU could not be started ({e})."))?;
    let info = setup.adapter.get_info();
    let name = match info.name.as_str() {
        "" => "WebGPU".to_owned(),
        adapter => format!("WebGPU ({adapter})"),
    };
    Ok(Opened { device, name })
}
