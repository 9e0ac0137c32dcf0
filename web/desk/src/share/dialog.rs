//! The dialog behind a lab's Share button.

use super::{QrPicture, copy::Copy, link};
use crate::lab;
use gloo::file::{File as ReadableFile, futures::read_as_text};
use kit::{address::absolute, download, t, text::fill};
use learn::share::{MAX_FILE, MAX_LINK, State, from_file, to_file};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

/// What is to be shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    title: String,
    page: String,
    /// A page without a lab has no state.
    state: Option<State>,
}

impl Offer {
    /// A lab on the page of `lesson`, or on the page that is shown.
    pub fn of_lab(lab: &str, title: &str, knobs: &str, lesson: &str) -> Self {
        let mut state = State::of(lab, knobs);
        lesson.clone_into(&mut state.teacher.lesson);
        Self { title: title.to_owned(), page: link::page_of(lesson), state: Some(state) }
    }

    /// The page that is shown.
    pub fn of_page() -> Self {
        Self { title: document().title(), page: link::here(), state: None }
    }

    /// The link, or the length it would have.
    fn link(&self) -> Result<String, usize> {
        let Some(state) = &self.state else { return Ok(self.page.clone()) };
        link::link(&self.page, state).map_err(|too_long| too_long.bytes)
    }
}

/// Draws the dialog; it opens when there is an offer.
#[component]
pub fn ShareDialog(
    /// What is to be shared.
    offer: RwSignal<Option<Offer>>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if offer.with(Option::is_some) && !dialog.open() {
            // A dialog that is in the document and closed can be opened.
            let _ = dialog.show_modal();
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog node_ref=dialog class="share-dialog" aria-labelledby="share-title" on:close=move |_| offer.set(None)>
            {move || offer.get().map(|offer| view! { <Body offer/> })}
            <p class="share-close"><button type="button" data-action="share-close" on:click=close>{t!("share.close")}</button></p>
        </dialog>
    }
}

#[component]
fn Body(offer: Offer) -> impl IntoView {
    let heading = fill(t!("share.title"), &[("title", &offer.title)]);
    let saved = offer.state.clone();
    let save = saved.map(|state| {
        let name = download::file_name(&offer.title, "glassbox.json");
        let save = move |_| download::save_text(&name, "application/json", &to_file(&state));
        view! { <button type="button" data-action="share-file" on:click=save>{t!("share.save")}</button> }
    });
    let main = match offer.link() {
        Ok(link) => {
            let length = fill(t!("share.length"), &[("n", &link.chars().count().to_string())]);
            view! {
                <p>{t!("share.what")}</p>
                <Copy label=t!("share.link") button=t!("share.copy") text=link.clone() field="share-link"/>
                <p class="share-length">{length}</p>
                <QrPicture link/>
            }
            .into_any()
        }
        Err(bytes) => {
            let values = [("bytes", bytes.to_string()), ("most", MAX_LINK.to_string())];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            view! { <p class="share-long" role="alert">{fill(t!("share.too-long"), &values)}</p> }.into_any()
        }
    };
    let further = offer.state.as_ref().and_then(|state| {
        let teach = link::link(&absolute("teach/"), state).ok()?;
        let embed = link::link(&absolute("embeds/"), state).ok()?;
        Some(view! {
            <ul class="share-further">
                <li><a rel="external" href=teach>{t!("share.teach")}</a></li>
                <li><a rel="external" href=embed>{t!("share.embed")}</a></li>
            </ul>
        })
    });
    view! {
        <h2 id="share-title">{heading}</h2>
        {main}
        {further}
        <div class="share-files">{save} <OpenFile/></div>
    }
}

/// A file that somebody saved here, put into the lab on this page.
#[component]
fn OpenFile() -> impl IntoView {
    let said = RwSignal::new(String::new());
    let open = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let Some(file) = input.files().and_then(|files| files.item(0)).map(ReadableFile::from) else { return };
        spawn_local(async move {
            let text = if file.size() > MAX_FILE as u64 {
                String::new()
            } else {
                read_as_text(&file).await.unwrap_or_default()
            };
            said.set(match from_file(&text) {
                Ok(state) => put(&state),
                Err(_) => fill(t!("share.file-fault"), &[("file", &file.name())]),
            });
        });
    };
    view! {
        <label class="share-open">
            {t!("share.open")} " "
            <input type="file" accept=".json,application/json" data-field="share-open" on:change=open/>
        </label>
        <p class="share-said" role="status">{move || said.get()}</p>
    }
}

/// Sets the lab on this page, and says so.
fn put(state: &State) -> String {
    let values = [("lab", state.lab.as_str())];
    let here = document().query_selector(&format!("[data-lab=\"{}\"]", state.lab)).ok().flatten();
    if here.is_none() {
        return fill(t!("share.file-elsewhere"), &values);
    }
    lab::set(&state.lab, &state.knobs_text());
    fill(t!("share.file-opened"), &values)
}
