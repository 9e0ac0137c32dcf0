//! What the tabs of one browser tell each other, so that none overwrites another.

use kit::address;
use learn::progress::Log;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

thread_local! {
    static CHANNEL: Option<BroadcastChannel> =
        BroadcastChannel::new(&format!("glassbox {} progress", address::base_path())).ok();
}

/// Calls `heard` with each log that another tab sends: its new events, in its epoch.
pub fn listen(mut heard: impl FnMut(Log) + 'static) {
    CHANNEL.with(|channel| {
        let Some(channel) = channel else { return };
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                heard(Log::read(text.as_bytes()).log);
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
    });
}

/// Tells the other tabs.
pub fn tell(log: &Log) {
    CHANNEL.with(|channel| {
        if let Some(channel) = channel {
            // A text can always be cloned into another tab.
            let _ = channel.post_message(&JsValue::from_str(&log.write()));
        }
    });
}
