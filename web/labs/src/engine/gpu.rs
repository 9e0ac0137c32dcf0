//! Whether this browser offers WebGPU, and through which adapter.

use super::status;
use js_sys::{Function, Promise, Reflect};
use kit::t;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the browser says about its WebGPU adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// Its name as far as the browser tells it.
    pub name: String,
    /// It is emulated on the CPU: slower than computing on the CPU directly.
    pub software: bool,
}

/// The adapter that WebGPU would use; `None` where there is none.
pub async fn gpu_available() -> Option<Adapter> {
    // Through Reflect: web-sys still calls its WebGPU bindings unstable.
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let gpu = property(&navigator, "gpu")?;
    let request: Function = property(&gpu, "requestAdapter")?.dyn_into().ok()?;
    let promise: Promise = request.call0(&gpu).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(promise).await.ok()?;
    let info = property(&adapter, "info")?;
    let text = |name| property(&info, name).and_then(|value| value.as_string()).unwrap_or_default();
    let parts = [text("vendor"), text("architecture"), text("device"), text("description")];
    let name = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ");
    let flag = |object: &JsValue| property(object, "isFallbackAdapter").and_then(|value| value.as_bool());
    let software = flag(&info).or_else(|| flag(&adapter)).unwrap_or(false) || is_software(&name);
    let name = if name.is_empty() { t!("engine.an_adapter_without").into() } else { name };
    Some(Adapter { name, software })
}

/// Completes the device's name: browsers tell a page which adapter there is, but not the worker's program.
pub async fn name_adapter() {
    let Some(adapter) = gpu_available().await else { return };
    status::change(|status| {
        if status.device.as_deref() == Some("WebGPU") {
            status.device = Some(format!("WebGPU ({})", adapter.name));
        }
    });
}

/// Adapters that are programs, by the names they go by.
fn is_software(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["swiftshader", "llvmpipe", "lavapipe", "basic render"].iter().any(|known| name.contains(known))
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    if object.is_null() || object.is_undefined() {
        return None;
    }
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_pose_as_adapters_are_recognised() {
        assert!(is_software("google swiftshader SwiftShader Device"));
        assert!(!is_software("nvidia ampere"));
    }
}
