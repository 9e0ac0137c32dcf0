//! Signals that come later than others: after typing has paused, or only so often.

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// Follows `source` once it has been still for `wait_ms`.
pub fn debounced<T: Clone + Send + Sync + 'static>(source: Signal<T>, wait_ms: u64) -> ReadSignal<T> {
    let (late, set_late) = signal(source.get_untracked());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |seen: Option<()>| {
        let value = source.get();
        if seen.is_none() {
            return;
        }
        if let Some(older) = waiting.get_value() {
            older.clear();
        }
        let later = set_timeout_with_handle(move || drop(set_late.try_set(value)), Duration::from_millis(wait_ms));
        waiting.set_value(later.ok());
    });
    late
}

/// Follows `source`, but changes at most every `every_ms`, and always to the newest value.
pub fn throttled<T: Clone + PartialEq + Send + Sync + 'static>(source: Signal<T>, every_ms: u64) -> ReadSignal<T> {
    let (late, set_late) = signal(source.get_untracked());
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        source.track();
        if waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        set_timeout(
            move || {
                // Both are gone if the part of the page that asked is.
                if waiting.try_set_value(false).is_some() {
                    return;
                }
                let Some(value) = source.try_get_untracked() else { return };
                if late.try_with_untracked(|old| *old != value) == Some(true) {
                    set_late.try_set(value);
                }
            },
            Duration::from_millis(every_ms),
        );
    });
    late
}
