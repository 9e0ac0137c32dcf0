//! What the engine has to say: notices, and the end of its attempts.

use crate::engine::{self, EngineState};
use kit::t;
use leptos::prelude::*;

/// Draws the notices that hold now.
#[component]
pub fn Notices() -> impl IntoView {
    let status = engine::status();
    let dismissed = RwSignal::new(None::<String>);
    let notice = Memo::new(move |_| {
        let notice = status.with(|status| status.notice.clone());
        notice.filter(|notice| dismissed.with(|dismissed| dismissed.as_ref() != Some(notice)))
    });
    let stopped = Memo::new(move |_| {
        status.with(|status| match &status.state {
            EngineState::Stopped(why) => Some(why.clone()),
            _ => None,
        })
    });
    view! {
        {move || notice.get().map(|text| {
            let close = text.clone();
            view! {
                <div class="toast" data-toast="notice">
                    <p>{text}</p>
                    <button type="button" on:click=move |_| dismissed.set(Some(close.clone()))>{t!("shell.close")}</button>
                </div>
            }
        })}
        {move || stopped.get().map(|why| view! {
            <div class="toast toast-bad" data-toast="stopped">
                <p>{why}</p>
                <button type="button" data-action="start-again" on:click=|_| engine::restart()>{t!("shell.start_again")}</button>
            </div>
        })}
    }
}
