//! One pack: what it is, whether it is here, and the buttons that change that.

use super::fetch::{self, Broken};
use kit::{
    packs::{Pack, Shelf, megabytes},
    t,
    text::fill,
    wire,
};
use leptos::{prelude::*, task::spawn_local};
use web_sys::AbortController;

/// Whether a pack is here.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// So many bytes are.
    Partly(u64),
    /// It is arriving.
    Busy(u64),
    /// All of it is.
    Kept,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Partly(0) => "absent",
            Self::Partly(_) => "partly",
            Self::Busy(_) => "busy",
            Self::Kept => "kept",
        }
    }
}

async fn look(shelf: &Shelf, pack: &Pack) -> State {
    let (mut here, mut whole) = (0, true);
    for file in &pack.files {
        if shelf.has(file).await {
            here += file.bytes;
        } else {
            whole = false;
            here += shelf.parts(file).await.1;
        }
    }
    if whole { State::Kept } else { State::Partly(here) }
}

/// Draws a pack; `changed` is told when the storage in use has changed.
pub fn row(pack: Pack, shelf: Shelf, changed: impl Fn() + Copy + 'static) -> AnyView {
    let state = RwSignal::new(State::Partly(0));
    let news = RwSignal::new(String::new());
    let bad = RwSignal::new(false);
    let abort = StoredValue::new_local(None::<AbortController>);
    let shelf = StoredValue::new_local(shelf);
    let pack = StoredValue::new(pack);
    let say = move |text: String, is_bad: bool| {
        bad.try_set(is_bad);
        news.try_set(text);
    };
    let refresh = move || async move {
        let found = look(&shelf.get_value(), &pack.get_value()).await;
        state.try_set(found);
        wire::tell(wire::PACK, &pack.with_value(|pack| pack.name.clone()));
        changed();
    };
    spawn_local(refresh());

    let download = move |_| {
        let Ok(controller) = AbortController::new() else { return };
        let signal = controller.signal();
        abort.set_value(Some(controller));
        say(String::new(), false);
        spawn_local(async move {
            let (pack, shelf) = (pack.get_value(), shelf.get_value());
            let (mut done, mut outcome) = (0, Ok(()));
            for file in &pack.files {
                if !shelf.has(file).await {
                    let arrived = |bytes: u64| {
                        state.try_set(State::Busy(done + bytes));
                    };
                    outcome = fetch::fetch(&shelf, file, &signal, arrived).await;
                    if outcome.is_err() {
                        break;
                    }
                }
                done += file.bytes;
            }
            refresh().await;
            match outcome {
                Ok(()) => say(fill(t!("packs.arrived"), &[("title", &pack.title)]), false),
                Err(Broken::Cancelled) => say(t!("packs.stopped").into(), false),
                Err(broken) => say(words(&broken), true),
            }
        });
    };
    let stop = move |_| {
        if let Some(controller) = abort.get_value() {
            controller.abort();
        }
    };
    let verify = move |_| {
        spawn_local(async move {
            let (pack, shelf) = (pack.get_value(), shelf.get_value());
            let mut damaged = 0;
            for file in &pack.files {
                let Some(bytes) = shelf.read(file).await else { continue };
                if fetch::sha256(&bytes).await.as_deref() != Some(file.sha256.as_str()) {
                    damaged += 1;
                    shelf.forget(file).await;
                }
            }
            refresh().await;
            match damaged {
                0 => say(fill(t!("packs.checked"), &[("title", &pack.title)]), false),
                count => {
                    let count = count.to_string();
                    say(fill(t!("packs.mended"), &[("title", &pack.title), ("count", &count)]), true);
                }
            }
        });
    };
    let remove = move |_| {
        spawn_local(async move {
            let (pack, shelf) = (pack.get_value(), shelf.get_value());
            let before = match state.get_untracked() {
                State::Partly(bytes) | State::Busy(bytes) => bytes,
                State::Kept => pack.bytes(),
            };
            for file in &pack.files {
                shelf.forget(file).await;
            }
            refresh().await;
            let size = megabytes(before as f64);
            say(fill(t!("packs.removed"), &[("title", &pack.title), ("size", &size)]), false);
        });
    };

    let Pack { name, title, about, files } = pack.get_value();
    let total = pack.with_value(Pack::bytes);
    let size = megabytes(total as f64);
    let contents = match files.len() {
        1 => fill(t!("packs.size.one"), &[("size", &size)]),
        many => fill(t!("packs.size"), &[("size", &size), ("files", &many.to_string())]),
    };
    let where_it_is = move || {
        let of =
            |words, have: u64| fill(words, &[("have", &megabytes(have as f64)), ("size", &megabytes(total as f64))]);
        match state.get() {
            State::Partly(0) => t!("packs.absent").to_owned(),
            State::Partly(have) => of(t!("packs.partly"), have),
            State::Busy(have) => of(t!("packs.busy"), have),
            State::Kept => t!("packs.kept").to_owned(),
        }
    };
    let is = move |names: &'static [&'static str]| move || names.contains(&state.get().name());
    let label = |action: &'static str| fill(t!("packs.for"), &[("action", action), ("title", &title)]);
    let start = move || if state.get() == State::Partly(0) { t!("packs.download") } else { t!("packs.continue") };
    let labels = [label(t!("packs.cancel")), label(t!("packs.verify")), label(t!("packs.remove"))];
    let [cancel_label, verify_label, remove_label] = labels;
    let progress_label = fill(t!("packs.progress"), &[("title", &title)]);
    let heading = format!("pack-{name}");
    view! {
        <section class="pack" data-pack=name data-state=move || state.get().name() aria-labelledby=heading.clone()>
            <h2 id=heading.clone()>{title.clone()}</h2>
            <p>{about}</p>
            <p class="pack-size">{contents}</p>
            <p class="pack-state">{where_it_is}</p>
            <progress class="pack-progress" aria-label=progress_label max=total.to_string() hidden=move || !is(&["busy"])()
                prop:value=move || match state.get() { State::Busy(have) => have as f64, _ => 0.0 }></progress>
            <p class="pack-actions">
                <button type="button" class="primary" data-action="download" hidden=move || !is(&["absent", "partly"])() on:click=download
                    aria-label=move || fill(t!("packs.for"), &[("action", start()), ("title", &pack.with_value(|pack| pack.title.clone()))])>{start}</button>
                <button type="button" data-action="cancel" hidden=move || !is(&["busy"])() on:click=stop aria-label=cancel_label>{t!("packs.cancel")}</button>
                <button type="button" data-action="verify" hidden=move || !is(&["kept"])() on:click=verify aria-label=verify_label>{t!("packs.verify")}</button>
                <button type="button" data-action="remove" hidden=move || !is(&["partly", "kept"])() on:click=remove aria-label=remove_label>{t!("packs.remove")}</button>
            </p>
            <p class="pack-news" role="status" class:pack-bad=bad>{news}</p>
        </section>
    }
    .into_any()
}

fn words(broken: &Broken) -> String {
    match broken {
        Broken::Cancelled => t!("packs.stopped").into(),
        Broken::Connection => t!("packs.error.connection").into(),
        Broken::Refused(status) => fill(t!("packs.error.refused"), &[("status", &status.to_string())]),
        Broken::NotTheFile => t!("packs.error.other").into(),
        Broken::Spoilt => t!("packs.error.spoilt").into(),
        Broken::Full => t!("packs.error.full").into(),
        Broken::Denied => t!("packs.error.denied").into(),
    }
}
