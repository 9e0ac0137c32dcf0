//! What the answers suggest, module by module, for the learner to confirm or overrule.

use crate::progress;
use kit::t;
use learn::{itinerary::Suggested, progress::Kind};
use leptos::{html, prelude::*};

/// Writes down whether a module is left out.
pub fn place(module: &str, known: bool) {
    progress::record(Kind::Placed { module: module.to_owned(), known });
}

/// A box to tick for each module, as the answers suggest, and the button that means it.
#[component]
pub fn Verdict(suggested: Vec<Suggested>) -> impl IntoView {
    let ticks: Vec<(Suggested, RwSignal<bool>)> =
        suggested.into_iter().map(|it| (it.clone(), RwSignal::new(it.known))).collect();
    let kept = RwSignal::new(false);
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            // It is on the page by now; where it cannot take the focus, nothing is lost.
            let _ = heading.focus();
        }
    });
    let boxes = ticks.clone().into_iter().map(|(suggested, tick)| {
        let set = move |event| {
            tick.set(event_target_checked(&event));
            kept.set(false);
        };
        let word = if suggested.known { t!("placement.suggest.known") } else { t!("placement.suggest.unknown") };
        view! {
            <li>
                <label data-module=suggested.module>
                    <input type="checkbox" prop:checked=tick on:change=set/>
                    <span>{suggested.title}</span>
                    " "
                    <span class="muted">{word}</span>
                </label>
            </li>
        }
    });
    let boxes = boxes.collect_view();
    let keep = move |_| {
        for (suggested, tick) in &ticks {
            place(&suggested.module, tick.get_untracked());
        }
        kept.set(true);
    };
    view! {
        <section class="desk-verdict" aria-labelledby="desk-verdict">
            <h2 id="desk-verdict" tabindex="-1" node_ref=heading>{t!("placement.verdict")}</h2>
            <p>{t!("placement.verdict.explain")}</p>
            <ul>{boxes}</ul>
            <p class="desk-path-buttons">
                <button type="button" class="primary" data-action="keep" on:click=keep>{t!("placement.keep")}</button>
                <a class="button" href="paths/">{t!("placement.paths")}</a>
            </p>
            <p role="status">{move || kept.get().then_some(t!("placement.kept"))}</p>
        </section>
    }
}
