//! Where tensors live: the CPU, or WebGPU in the build that has it.

use crate::self_test;
pub use burn::tensor::Device;

/// An open device and what to call it in front of a learner.
pub struct Opened {
    /// For making tensors.
    pub device: Device,
    /// "CPU, relaxed SIMD" (after the kernels' variant), or "WebGPU" with the adapter's name.
    pub name: String,
}

/// Opens the device this build is for, and lets it prove that it can calculate.
///
/// # Errors
/// One sentence: there is no adapter, or the self-test found wrong numbers.
pub async fn open() -> Result<Opened, String> {
    let opened = reopen().await?;
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

/// Opens the device this build is for without a self-test: for the successor of a device that was lost,
/// which has to go on within seconds and whose kind has proved itself before.
///
/// # Errors
/// One sentence: there is no adapter.
pub async fn reopen() -> Result<Opened, String> {
    #[cfg(feature = "gpu")]
    return open_gpu().await;
    #[cfg(not(feature = "gpu"))]
    Ok(Opened { device: Device::flex(), name: format!("CPU, {}", kernels::VARIANT) })
}

/// Calls `hook` with the browser's words once the open device is lost, whoever lost it. The CPU never is.
#[cfg(not(all(feature = "gpu", target_arch = "wasm32")))]
pub fn on_loss(_hook: impl Fn(String) + Send + 'static) {}

/// Whether the open device has failed to answer, which a lost one does before its loss is told. The CPU never is.
pub fn is_silent() -> bool {
    #[cfg(feature = "gpu")]
    return shared().is_some_and(|gpu| gpu.is_silent());
    #[cfg(not(feature = "gpu"))]
    false
}

/// Destroys the open device on purpose, for a drill; false where there is none to lose.
#[cfg(not(feature = "gpu"))]
pub fn lose() -> bool {
    false
}

#[cfg(feature = "gpu")]
thread_local! {
    /// The device that Burn computes on, as our own kernels use it.
    static GPU: std::cell::OnceCell<std::sync::Arc<engine_gpu::Gpu>> = const { std::cell::OnceCell::new() };
}

/// The open GPU for our own kernels, if there is one.
#[cfg(feature = "gpu")]
pub(crate) fn shared() -> Option<std::sync::Arc<engine_gpu::Gpu>> {
    GPU.with(|gpu| gpu.get().cloned())
}

/// Calls `hook` with the browser's words once the open device is lost, whoever lost it.
// Only in a browser can a device have several listeners: natively this one would replace Burn's own.
#[cfg(all(feature = "gpu", target_arch = "wasm32"))]
pub fn on_loss(hook: impl Fn(String) + Send + 'static) {
    if let Some(gpu) = shared() {
        gpu.device().set_device_lost_callback(move |_, words| hook(words));
    }
}

/// Destroys the open device on purpose, for a drill; false where there is none to lose.
#[cfg(feature = "gpu")]
pub fn lose() -> bool {
    shared().map(|gpu| gpu.device().destroy()).is_some()
}

/// Dispatches recorded before they are submitted. A training step makes some hundreds, and every
/// submission has a price in the browser.
#[cfg(feature = "gpu")]
const DISPATCHES_PER_SUBMIT: usize = 256;

#[cfg(feature = "gpu")]
async fn open_gpu() -> Result<Opened, String> {
    let options = Device::wgpu_options().tasks_max(DISPATCHES_PER_SUBMIT);
    let (device, setup) =
        options.init_with_setup_async().await.map_err(|e| format!("WebGPU could not be started ({e})."))?;
    // The first device stays: the program that lost it is replaced, so there is never a second here.
    GPU.with(|gpu| drop(gpu.set(engine_gpu::Gpu::new(setup.device.clone(), setup.queue.clone()))));
    let info = setup.adapter.get_info();
    let name = match info.name.as_str() {
        "" => "WebGPU".to_owned(),
        adapter => format!("WebGPU ({adapter})"),
    };
    Ok(Opened { device, name })
}
