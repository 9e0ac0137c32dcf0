//! The notice that progress cannot be kept, and what to do about it.

use super::{Unkept, export, health};
use kit::{address, t, text::fill};
use leptos::{mount::mount_to_body, prelude::*};

/// Puts the notice's place at the end of the page.
pub fn install() {
    mount_to_body(|| view! { <Notice/> });
}

/// Why nothing is kept, as words.
pub fn words(why: &Unkept) -> String {
    let why = match why {
        Unkept::Full => t!("progress.unsaved.full").to_owned(),
        Unkept::Denied => t!("progress.unsaved.denied").to_owned(),
        Unkept::Other(error) => fill(t!("progress.unsaved.other"), &[("error", error)]),
    };
    fill(t!("progress.unsaved"), &[("why", &why)])
}

#[component]
fn Notice() -> impl IntoView {
    let health = health();
    let problem = Memo::new(move |_| health.with(|health| health.problem.clone()));
    let dismissed = RwSignal::new(None::<Unkept>);
    let shown = move || problem.get().filter(|why| dismissed.with(|dismissed| dismissed.as_ref() != Some(why)));
    view! {
        <div class="desk-notices" role="alert">
            {move || shown().map(|why| {
                let close = why.clone();
                view! {
                    <div class="desk-notice" data-notice="progress-unsaved">
                        <p>{words(&why)}</p>
                        <p class="desk-actions">
                            <button type="button" class="primary" data-action="export-now" on:click=move |_| export()>
                                {t!("progress.export.now")}
                            </button>
                            <a href=address::absolute("models/")>{t!("progress.models")}</a>
                            <button type="button" data-action="dismiss" on:click=move |_| dismissed.set(Some(close.clone()))>
                                {t!("progress.dismiss")}
                            </button>
                        </p>
                    </div>
                }
            })}
        </div>
    }
}
