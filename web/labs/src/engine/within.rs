//! Waiting, but not for ever.

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use leptos::task::spawn_local;
use std::{cell::Cell, rc::Rc};

/// What `future` resolves to, if it does so within `ms` milliseconds. It goes on afterwards, unheard.
pub async fn within<T: 'static>(ms: u32, future: impl Future<Output = T> + 'static) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    let first = Rc::new(Cell::new(Some(sender)));
    let late = Rc::clone(&first);
    // Sending fails only if nobody waits any more.
    let timer = Timeout::new(ms, move || drop(late.take().map(|sender| sender.send(None))));
    spawn_local(async move {
        let value = future.await;
        drop(first.take().map(|sender| sender.send(Some(value))));
    });
    let outcome = receiver.await.ok().flatten();
    timer.cancel();
    outcome
}
