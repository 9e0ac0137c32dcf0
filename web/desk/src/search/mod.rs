//! The search: a dialog on every page, and a page of its own at `search/?q=…`.

mod library;
mod list;

use crate::{dialog::Dialog, slots::Slot};
use kit::{address, t, text::fill};
use learn::search::{Index, MOST};
use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlAnchorElement, UrlSearchParams};

/// How many finds the dialog shows; the page shows more.
const IN_DIALOG: usize = 8;

/// What is known of the library.
#[derive(Clone)]
enum State {
    Loading,
    Ready(Arc<Index>),
    Failed(String),
}

/// A query and what it finds.
#[derive(Clone, Copy)]
struct Search {
    query: RwSignal<String>,
    state: RwSignal<State, LocalStorage>,
    finds: Memo<Vec<list::Find>>,
    /// How long the last search took.
    took: RwSignal<f64>,
}

impl Search {
    fn new(limit: usize) -> Self {
        let query = RwSignal::new(String::new());
        let state = RwSignal::new_local(State::Loading);
        let took = RwSignal::new(0.0);
        spawn_local(async move {
            let read = library::index().await;
            // The dialog may have been closed meanwhile.
            state.try_set(read.map_or_else(State::Failed, State::Ready));
        });
        let finds = Memo::new(move |_| {
            let query = query.get();
            state.with(|state| {
                let State::Ready(index) = state else { return Vec::new() };
                let clock = window().performance();
                let start = clock.as_ref().map(web_sys::Performance::now);
                let finds = list::Find::all(index, &query, limit);
                if let (Some(clock), Some(start)) = (clock, start) {
                    took.set(clock.now() - start);
                }
                finds
            })
        });
        Self { query, state, finds, took }
    }

    /// What a reader who does not see the list is told.
    fn said(self) -> String {
        let query = self.query.with(|query| query.trim().to_owned());
        self.state.with(|state| match state {
            State::Failed(_) => String::new(),
            State::Loading => t!("search.loading").to_owned(),
            State::Ready(_) if query.is_empty() => String::new(),
            State::Ready(_) => match self.finds.with(Vec::len) {
                0 => fill(t!("search.none"), &[("query", &query)]),
                1 => t!("search.one").to_owned(),
                many => fill(t!("search.many"), &[("count", &many.to_string())]),
            },
        })
    }

    fn failure(self) -> impl IntoView {
        let sentence = move || {
            self.state.with(|state| match state {
                State::Failed(error) => Some(fill(t!("search.failed"), &[("error", error)])),
                _ => None,
            })
        };
        move || sentence().map(|sentence| view! { <p class="search-failed" role="alert">{sentence}</p> })
    }
}

/// The search's page.
pub fn part(_: Slot) -> AnyView {
    let search = Search::new(MOST);
    let asked = window().location().search().ok().and_then(|query| UrlSearchParams::new_with_str(&query).ok());
    search.query.set(asked.and_then(|asked| asked.get("q")).unwrap_or_default());
    let typed = move |event| {
        let query = event_target_value(&event);
        if let (Ok(params), Ok(history)) = (UrlSearchParams::new(), window().history()) {
            params.set("q", &query);
            let address = format!("{}?{}", address::absolute("search/"), String::from(params.to_string()));
            // The address follows what is typed, so that it can be kept or sent; a refusal changes nothing else.
            let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
        }
        search.query.set(query);
    };
    view! {
        <search class="search-page">
            <label for="search-page-input">{t!("search.label")}</label>
            <input
                id="search-page-input"
                type="search"
                autocomplete="off"
                spellcheck="false"
                prop:value=search.query
                on:input=typed
            />
            <p class="search-said" role="status">{move || search.said()}</p>
            {search.failure()}
            <ol class="search-list" data-ms=move || search.took.get().to_string()>
                {move || {
                    search.finds.get().into_iter().map(|find| view! {
                        <li>
                            <a class="search-find" href=find.href()>{find.inside()}</a>
                        </li>
                    }).collect_view()
                }}
            </ol>
        </search>
    }
    .into_any()
}

/// The search's dialog.
#[component]
pub fn SearchDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog name="search" title=t!("search.title") open>
            <Combobox open/>
        </Dialog>
    }
}

/// A field with a list below it: the combobox pattern of the ARIA Authoring Practices Guide.
#[component]
fn Combobox(open: RwSignal<bool>) -> impl IntoView {
    let search = Search::new(IN_DIALOG);
    let chosen = RwSignal::new(None::<usize>);
    let list = NodeRef::<html::Ul>::new();
    let go = move |href: &str| {
        open.set(false);
        follow(href);
    };
    let all = move || {
        let query = search.query.get_untracked();
        UrlSearchParams::new().map_or_else(
            |_| address::absolute("search/"),
            |params| {
                params.set("q", &query);
                format!("{}?{}", address::absolute("search/"), String::from(params.to_string()))
            },
        )
    };
    let keys = move |event: KeyboardEvent| {
        let count = search.finds.with_untracked(Vec::len);
        let at = chosen.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => at.map_or(Some(0), |at| (at + 1 < count).then_some(at + 1)),
            "ArrowUp" => at.map_or(count.checked_sub(1), |at| at.checked_sub(1)),
            "Enter" => {
                let href = search.finds.with_untracked(|finds| finds.get(at.unwrap_or(0)).map(list::Find::href));
                if let Some(href) = href {
                    event.prevent_default();
                    go(&href);
                }
                return;
            }
            // The browser would only empty the field at the first press.
            "Escape" => {
                event.prevent_default();
                open.set(false);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        chosen.set(next.filter(|at| *at < count));
        let option = next.and_then(|at| list.get_untracked()?.children().item(at as u32));
        if let Some(option) = option {
            option.scroll_into_view_with_bool(false);
        }
    };
    let option_id = |at: usize| format!("search-option-{at}");
    view! {
        <input
            class="search-input"
            type="search"
            role="combobox"
            autofocus=true
            autocomplete="off"
            spellcheck="false"
            aria-label=t!("search.label")
            placeholder=t!("search.label")
            aria-autocomplete="list"
            aria-controls="search-options"
            aria-expanded=move || search.finds.with(|finds| (!finds.is_empty()).to_string())
            aria-activedescendant=move || chosen.get().map(option_id)
            on:input=move |event| {
                chosen.set(None);
                search.query.set(event_target_value(&event));
            }
            on:keydown=keys
        />
        <p class="search-said" role="status">{move || search.said()}</p>
        {search.failure()}
        <ul
            class="search-list"
            id="search-options"
            role="listbox"
            aria-label=t!("search.list")
            node_ref=list
            hidden=move || search.finds.with(Vec::is_empty)
            data-ms=move || search.took.get().to_string()
        >
            {move || {
                search.finds.get().into_iter().enumerate().map(|(at, find)| {
                    let href = find.href();
                    view! {
                        <li
                            class="search-find"
                            role="option"
                            id=option_id(at)
                            data-path=find.path.clone()
                            aria-selected=move || (chosen.get() == Some(at)).to_string()
                            on:click=move |_| go(&href)
                        >
                            {find.inside()}
                        </li>
                    }
                }).collect_view()
            }}
        </ul>
        <p class="search-more">
            <button type="button" data-action="all-finds" on:click=move |_| go(&all())>{t!("search.all")}</button>
        </p>
    }
}

/// Goes to an address as a click on a link would, so that the page's program need not be loaded again.
pub fn follow(href: &str) {
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let (Some(link), Some(body)) = (link, document().body()) {
        link.set_href(href);
        // The body takes children and gives them back.
        let _ = body.append_child(&link);
        link.click();
        link.remove();
    }
}
