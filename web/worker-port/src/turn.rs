//! Ending a turn of the event loop, so that messages which wait outside are delivered.
//!
//! `setTimeout` alone would cost four milliseconds each time, so a message to ourselves does it; a
//! timer now and then makes sure that no queue of the browser starves.

use js_sys::{Function, Promise};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, MessagePort};

/// A timer is used after so long without one.
const TIMER_EVERY_MS: f64 = 50.0;

/// Resolves in a later turn of the event loop.
pub async fn next() {
    let promise = Promise::new(&mut |resolve, _| {
        let due = super::now() - LAST_TIMER.get() > TIMER_EVERY_MS;
        let pinged = !due && PING.with(|port| port.as_ref().is_some_and(|port| ping(port, &resolve)));
        if !pinged {
            LAST_TIMER.set(super::now());
            super::scope().set_timeout_with_callback(&resolve).expect("a worker has timers");
        }
    });
    JsFuture::from(promise).await.expect("the promise is never rejected");
}

/// Resolves after so many milliseconds.
pub async fn pause(ms: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        super::scope()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms)
            .expect("a worker has timers");
    });
    JsFuture::from(promise).await.expect("the promise is never rejected");
}

thread_local! {
    static LAST_TIMER: Cell<f64> = const { Cell::new(0.0) };
    /// Who waits for a ping to come back, in order.
    static WAITING: RefCell<VecDeque<Function>> = const { RefCell::new(VecDeque::new()) };
    static PING: Option<MessagePort> = open();
}

fn ping(port: &MessagePort, resolve: &Function) -> bool {
    let sent = port.post_message(&JsValue::NULL).is_ok();
    if sent {
        WAITING.with_borrow_mut(|waiting| waiting.push_back(resolve.clone()));
    }
    sent
}

fn open() -> Option<MessagePort> {
    let channel = MessageChannel::new().ok()?;
    let on_ping = Closure::<dyn Fn()>::new(|| {
        if let Some(resolve) = WAITING.with_borrow_mut(VecDeque::pop_front) {
            // Resolving a promise cannot fail.
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
    channel.port1().set_onmessage(Some(on_ping.as_ref().unchecked_ref()));
    // It listens as long as the worker lives.
    on_ping.forget();
    Some(channel.port2())
}
