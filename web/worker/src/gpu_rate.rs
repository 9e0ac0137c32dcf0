//! Rates the WebGPU adapter from a worker that computes on the CPU: see [`engine_core::jobs::gpu_rate`].
//!
//! Through Reflect, because web-sys still calls its WebGPU bindings unstable.

use engine::run::Context;
use engine_core::{
    job::JobError,
    jobs::gpu_rate::{GpuRate, GpuRated},
};
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// As in `gpu_rate.wgsl`.
const SIZE: u32 = 512;
const TILES: u32 = SIZE / 16;
/// As many dispatches as a training step is allowed to make.
const DISPATCHES: u32 = 150;
/// A browser that has not handed over a device and compiled the program by then is not waited for.
const PATIENCE_MS: i32 = 5_000;

pub(crate) async fn run(job: GpuRate, cx: Context<GpuRate>) -> Result<GpuRated, JobError> {
    let opened = within(PATIENCE_MS, wasm_bindgen_futures::future_to_promise(open())).await;
    let parts = opened.ok_or_else(|| failed("the browser did not hand over a device within five seconds"))?;
    let bench = Bench::from(&parts).ok_or_else(|| failed("the browser refused a device or its program"))?;

    let begun = cx.now();
    let time = async |dispatches: u32, tiles: u32| {
        let started = cx.now();
        let done = bench.submit(dispatches, tiles).ok_or_else(|| failed("the browser refused its commands"))?;
        let left = (job.limit_ms - (started - begun)).max(1.0) as i32;
        within(left, done)
            .await
            .ok_or_else(|| failed(&format!("it takes longer than {:.0} ms, as emulated adapters do", job.limit_ms)))?;
        Ok::<f64, JobError>(cx.now() - started)
    };
    // The first submission pays for what is set up on first use.
    time(1, 1).await?;
    let submit_ms = time(DISPATCHES, 1).await?;
    let one_ms = time(1, 1).await?;
    let product_ms = time(1, TILES).await?;
    // What remains after the price of any submission is arithmetic. A browser's clock is coarse.
    let arithmetic_ms = (product_ms - one_ms).max(0.1);
    let gflops = 2.0 * f64::from(SIZE).powi(3) / (arithmetic_ms * 1e6);
    Ok(GpuRated { submit_ms, gflops, took_ms: cx.now() - begun })
}

fn failed(why: &str) -> JobError {
    JobError::Invalid(why.to_owned())
}

/// A device, the program and its two matrices, as `[device, pipeline, group]`.
async fn open() -> Result<JsValue, JsValue> {
    let parts = open_parts().await.ok_or(JsValue::NULL)?;
    Ok(parts.iter().collect::<Array>().into())
}

async fn open_parts() -> Option<[JsValue; 3]> {
    let gpu = property(&property(&js_sys::global(), "navigator")?, "gpu")?;
    let adapter = wait(call(&gpu, "requestAdapter", &[])?).await?;
    let device = wait(call(&adapter, "requestDevice", &[])?).await?;
    let module = object("{}", &[("code", &include_str!("gpu_rate.wgsl").into())])?;
    let module = call(&device, "createShaderModule", &[&module])?;
    let stage = object(r#"{"entryPoint":"main"}"#, &[("module", &module)])?;
    let pipeline = object(r#"{"layout":"auto"}"#, &[("compute", &stage)])?;
    let pipeline = wait(call(&device, "createComputePipelineAsync", &[&pipeline])?).await?;
    let entries = Array::new();
    for binding in 0..2 {
        // 128 is GPUBufferUsage.STORAGE.
        let buffer = object(r#"{"usage":128}"#, &[("size", &(SIZE * SIZE * 4).into())])?;
        let buffer = call(&device, "createBuffer", &[&buffer])?;
        let resource = object("{}", &[("buffer", &buffer)])?;
        entries.push(&object("{}", &[("binding", &binding.into()), ("resource", &resource)])?);
    }
    let layout = call(&pipeline, "getBindGroupLayout", &[&0.into()])?;
    let group = object("{}", &[("layout", &layout), ("entries", &entries)])?;
    let group = call(&device, "createBindGroup", &[&group])?;
    Some([device, pipeline, group])
}

/// The device while it is measured. Dropping it frees the device with everything on it.
struct Bench {
    device: JsValue,
    queue: JsValue,
    pipeline: JsValue,
    group: JsValue,
}

impl Bench {
    fn from(parts: &JsValue) -> Option<Self> {
        let [device, pipeline, group] = <[JsValue; 3]>::try_from(parts.dyn_ref::<Array>()?.to_vec()).ok()?;
        let queue = property(&device, "queue")?;
        Some(Self { device, queue, pipeline, group })
    }

    /// Submits `dispatches` of `tiles` by `tiles` workgroups; the promise resolves when they are done.
    fn submit(&self, dispatches: u32, tiles: u32) -> Option<Promise> {
        let encoder = call(&self.device, "createCommandEncoder", &[])?;
        let pass = call(&encoder, "beginComputePass", &[])?;
        call(&pass, "setPipeline", &[&self.pipeline])?;
        call(&pass, "setBindGroup", &[&0.into(), &self.group])?;
        for _ in 0..dispatches {
            call(&pass, "dispatchWorkgroups", &[&tiles.into(), &tiles.into()])?;
        }
        call(&pass, "end", &[])?;
        let commands = Array::of1(&call(&encoder, "finish", &[])?);
        call(&self.queue, "submit", &[&commands])?;
        call(&self.queue, "onSubmittedWorkDone", &[])?.dyn_into().ok()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A refusal changes nothing: the device goes with the worker at the latest.
        let _ = call(&self.device, "destroy", &[]);
    }
}

/// What the promise resolves to, if it does so within `ms` milliseconds.
async fn within(ms: i32, promise: Promise) -> Option<JsValue> {
    let timer = Promise::new(&mut |_, reject| {
        // Without a timer the promise is waited for alone.
        let _ = worker_port::scope().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, ms);
    });
    JsFuture::from(Promise::race(&Array::of2(&promise, &timer))).await.ok()
}

async fn wait(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()
}

fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let method: Function = property(object, method)?.dyn_into().ok()?;
    method.apply(object, &arguments.iter().copied().collect::<Array>()).ok()
}

/// A field or method of a JavaScript object; `None` if it is missing, null or undefined.
fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

/// The object written in `json`, with further fields.
fn object(json: &str, fields: &[(&str, &JsValue)]) -> Option<JsValue> {
    let object: Object = JSON::parse(json).ok()?.dyn_into().ok()?;
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value).ok()?;
    }
    Some(object.into())
}
