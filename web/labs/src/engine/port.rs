//! One worker: how it is started, spoken to, listened to and ended.

use super::program::Program;
use engine_core::wire::{self, FromWorker, ToWorker};
use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Array, Uint8Array};
use kit::t;
use wasm_bindgen::JsCast;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// What a worker tells, one way or another.
pub enum Heard {
    /// A message.
    Message(FromWorker),
    /// It failed outside any message: its file is missing, or it trapped.
    Broken(String),
}

/// A running worker. Dropping it ends the worker at once.
pub struct Port {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl Port {
    /// Starts a worker; everything it tells goes to `on_heard`. `after_loss` tells a WebGPU program that
    /// it takes over from one that has proved itself on this adapter.
    ///
    /// # Errors
    /// A sentence, where the browser refuses to start workers.
    pub fn open(
        program: Program,
        after_loss: bool,
        on_heard: impl Fn(Heard) + Clone + 'static,
    ) -> Result<Self, String> {
        let address = crate::address::absolute(program.loader());
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        if after_loss {
            options.set_name(wire::AFTER_LOSS);
        }
        let worker =
            Worker::new_with_options(&address, &options).map_err(|_| t!("engine.browser_does_not").to_owned())?;

        let hear = on_heard.clone();
        let message = EventListener::new(&worker, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            let bytes = Uint8Array::new(&event.data()).to_vec();
            hear(match wire::decode(&bytes) {
                Ok(message) => Heard::Message(message),
                Err(why) => Heard::Broken(why),
            });
        });
        let hear = on_heard.clone();
        // The page handles the failure, so the browser need not report it as unhandled.
        let active = EventListenerOptions::enable_prevent_default();
        let error = EventListener::new_with_options(&worker, "error", active, move |event| {
            event.prevent_default();
            let said = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).unwrap_or_default();
            hear(Heard::Broken(explain(&said)));
        });
        let garbled = EventListener::new(&worker, "messageerror", move |_| {
            on_heard(Heard::Broken(t!("engine.message_worker_could").into()));
        });
        Ok(Self { worker, _listeners: [message, error, garbled] })
    }

    /// Sends a message; its bytes are handed over, not copied.
    pub fn send(&self, message: &ToWorker) {
        let array = Uint8Array::from(&wire::encode(message)[..]);
        let transfer = Array::of1(&array.buffer());
        // Sending can only fail for values that cannot be cloned; bytes can.
        let _ = self.worker.post_message_with_transfer(&array, &transfer);
    }

    /// Ends the worker behind the page's back: the port stays, and nothing answers any more.
    pub fn lose(&self) {
        self.worker.terminate();
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// What a browser's error text means for the learner.
fn explain(said: &str) -> String {
    if said.is_empty() {
        return t!("engine.its_program_could").to_owned();
    }
    let causes = [
        ("call stack", t!("engine.it_ran_out_of_stack")),
        ("recursion", t!("engine.it_ran_out_of_stack")),
        // The stack of a WebAssembly program grows down to address zero: what runs over it leaves the memory.
        ("out of bounds", t!("engine.ran_out_stack")),
        ("memory", t!("engine.ran_out_memory")),
        ("unreachable", t!("engine.stopped_on_an")),
    ];
    let known = causes.iter().find(|(mark, _)| said.to_ascii_lowercase().contains(mark));
    known.map_or_else(|| t!("engine.failed_with", said = said), |(_, cause)| (*cause).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_errors_become_causes() {
        assert!(explain("Uncaught RangeError: Maximum call stack size exceeded").contains("stack"));
        assert!(explain("Uncaught RuntimeError: memory access out of bounds").contains("stack"));
        assert!(explain("").contains("loaded"));
        assert!(explain("Uncaught RuntimeError: odd").contains("odd"));
    }
}
