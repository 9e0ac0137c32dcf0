//! A thin wrapper over the device that counts: dispatches, submissions, readbacks and live bytes.

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

/// Submissions that may wait for the GPU before [`Gpu::settle`] waits for the oldest.
const IN_FLIGHT: usize = 2;

/// Exact counts since the device was wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Kernels started.
    pub dispatches: u64,
    /// Command buffers handed to the queue.
    pub submits: u64,
    /// Times that numbers were copied back to the host.
    pub readbacks: u64,
    /// Bytes of the buffers that exist now.
    pub live_bytes: u64,
}

#[derive(Default)]
struct Counts {
    dispatches: AtomicU64,
    submits: AtomicU64,
    readbacks: AtomicU64,
    live_bytes: AtomicU64,
}

/// A device, its queue, and what was asked of them.
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    counts: Arc<Counts>,
    in_flight: Mutex<VecDeque<Signal>>,
    silent: AtomicBool,
}

/// A buffer on the GPU, destroyed (not only forgotten) when dropped.
pub(crate) struct Memory {
    pub(crate) buffer: wgpu::Buffer,
    bytes: u64,
    counts: Arc<Counts>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} bytes)", self.bytes)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.buffer.destroy();
        self.counts.live_bytes.fetch_sub(self.bytes, Relaxed);
    }
}

impl Gpu {
    /// Wraps a device that others may use too; only what goes through the wrapper is counted.
    pub fn new(device: wgpu::Device, queue: wgpu::Queue) -> Arc<Self> {
        let silent = AtomicBool::new(false);
        Arc::new(Self { device, queue, counts: Arc::default(), in_flight: Mutex::default(), silent })
    }

    /// The counts of this moment.
    pub fn counters(&self) -> Counters {
        Counters {
            dispatches: self.counts.dispatches.load(Relaxed),
            submits: self.counts.submits.load(Relaxed),
            readbacks: self.counts.readbacks.load(Relaxed),
            live_bytes: self.counts.live_bytes.load(Relaxed),
        }
    }

    /// The device itself: it can be lost, and whoever wants to know of it listens there.
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// A buffer of `words` numbers of four bytes, all zero.
    ///
    /// # Errors
    /// A sentence if the device's limits forbid a buffer of this size.
    pub(crate) fn buffer(&self, label: &str, words: usize) -> Result<Memory, String> {
        let bytes = words.max(1) as u64 * 4;
        let limits = self.device.limits();
        let most = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        if bytes > most {
            return Err(format!(
                "This GPU allows {} MB in one buffer, but {label} takes {} MB. Choose a smaller model, a shorter context or a smaller batch, or train on the CPU.",
                most / 1_000_000,
                bytes.div_ceil(1_000_000)
            ));
        }
        use wgpu::BufferUsages as Usage;
        Ok(self.memory(label, bytes, Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST))
    }

    fn memory(&self, label: &str, bytes: u64, usage: wgpu::BufferUsages) -> Memory {
        let descriptor = wgpu::BufferDescriptor { label: Some(label), size: bytes, usage, mapped_at_creation: false };
        let buffer = self.device.create_buffer(&descriptor);
        self.counts.live_bytes.fetch_add(bytes, Relaxed);
        Memory { buffer, bytes, counts: self.counts.clone() }
    }

    /// Copies numbers into a buffer, before anything that is submitted later.
    pub(crate) fn write(&self, memory: &Memory, at: usize, words: &[u32]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.queue.write_buffer(&memory.buffer, at as u64 * 4, &bytes);
    }

    /// As [`Self::write`], for floats.
    pub(crate) fn write_floats(&self, memory: &Memory, at: usize, numbers: &[f32]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.queue.write_buffer(&memory.buffer, at as u64 * 4, &bytes);
    }

    /// Records commands with `record`, which returns how many kernels it started, and submits them.
    pub(crate) fn submit(&self, record: impl FnOnce(&mut wgpu::CommandEncoder) -> u64) {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let dispatches = record(&mut encoder);
        self.queue.submit([encoder.finish()]);
        self.counts.dispatches.fetch_add(dispatches, Relaxed);
        self.counts.submits.fetch_add(1, Relaxed);
    }

    /// Notes that the work submitted so far is one unit of what [`Self::settle`] regulates.
    pub(crate) fn mark(&self) {
        let (signal, fire) = signal();
        self.queue.on_submitted_work_done(move || fire.fire());
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).push_back(signal);
    }

    /// Waits until at most two marked pieces of work are unfinished.
    pub(crate) async fn settle(&self) {
        self.wait(IN_FLIGHT).await;
    }

    /// Waits until all marked work is finished.
    pub(crate) async fn finish(&self) {
        self.wait(0).await;
    }

    async fn wait(&self, most: usize) {
        loop {
            let oldest = {
                let mut waiting = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
                if waiting.len() <= most { None } else { waiting.pop_front() }
            };
            let Some(oldest) = oldest else { return };
            self.poll();
            oldest.await;
        }
    }

    /// Natively, callbacks run inside this call; a browser runs them by itself.
    fn poll(&self) {
        if cfg!(not(target_arch = "wasm32")) {
            // A lost device answers with an error, and its callbacks have run by then.
            let _ = self.device.poll(wgpu::PollType::wait_indefinitely());
        }
    }

    /// Copies `words` numbers of each buffer, from the given place on, back to the host.
    ///
    /// # Errors
    /// A sentence if the device was lost.
    pub(crate) async fn read(&self, parts: &[(&Memory, usize, usize)]) -> Result<Vec<Vec<u32>>, String> {
        let total: usize = parts.iter().map(|(_, _, words)| words).sum();
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let staging = self.memory("staging", total as u64 * 4, usage);
        self.submit(|encoder| {
            let mut place = 0;
            for (memory, at, words) in parts {
                let (from, bytes) = (*at as u64 * 4, *words as u64 * 4);
                encoder.copy_buffer_to_buffer(&memory.buffer, from, &staging.buffer, place, bytes);
                place += bytes;
            }
            0
        });
        self.counts.readbacks.fetch_add(1, Relaxed);
        let failed = Arc::new(Mutex::new(None));
        let (done, fire) = signal();
        let heard = failed.clone();
        staging.buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            *heard.lock().unwrap_or_else(PoisonError::into_inner) = result.err();
            fire.fire();
        });
        self.poll();
        done.await;
        if let Some(error) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(self.lost(&error));
        }
        let view = staging.buffer.get_mapped_range(..).map_err(|error| self.lost(&error))?;
        let bytes: &[u8] = &view;
        let mut all = bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        Ok(parts.iter().map(|(_, _, words)| all.by_ref().take(*words).collect()).collect())
    }

    /// Whether a readback has failed: the device is lost then, whether or not that was told already.
    pub fn is_silent(&self) -> bool {
        self.silent.load(Relaxed)
    }

    fn lost(&self, error: &impl fmt::Display) -> String {
        self.silent.store(true, Relaxed);
        format!("The GPU gave no answer; it was probably reset ({error}).")
    }

    /// Runs `make` and reports what the device objected to.
    ///
    /// # Errors
    /// A sentence: out of memory, or a kernel that the browser refuses.
    pub(crate) async fn checked<T>(&self, make: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        let memory = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(wgpu::ErrorFilter::Validation);
        let made = make();
        let (invalid, full) = (validation.pop(), memory.pop());
        if let Some(error) = full.await {
            return Err(format!("The GPU has not enough memory for this model and batch ({error})."));
        }
        if let Some(error) = invalid.await {
            return Err(format!("The GPU refused a kernel: {error}"));
        }
        made
    }
}

/// The bits of `words` as floats.
pub(crate) fn floats(words: &[u32]) -> Vec<f32> {
    words.iter().map(|word| f32::from_bits(*word)).collect()
}

/// A future that completes when its [`Fire`] is fired or dropped.
struct Signal(Arc<Mutex<Fired>>);

struct Fire(Arc<Mutex<Fired>>);

#[derive(Default)]
struct Fired {
    done: bool,
    waker: Option<Waker>,
}

fn signal() -> (Signal, Fire) {
    let state = Arc::new(Mutex::new(Fired::default()));
    (Signal(state.clone()), Fire(state))
}

impl Fire {
    fn fire(self) {
        drop(self);
    }
}

impl Drop for Fire {
    fn drop(&mut self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.done = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl Future for Signal {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.done {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
