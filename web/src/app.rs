//! The pages of the site: the one that was loaded, and those the learner goes to from there.
//!
//! Going to a page fetches its prerendered HTML and puts its article where the old one was, so the program knows no
//! list of pages and prose never grows it.

use crate::page::Page;
use gloo::timers::future::TimeoutFuture;
use kit::{address, t, wire};
use leptos::{mount::mount_to, prelude::*, task::spawn_local};
use leptos_router::{
    components::Router,
    hooks::use_location,
    location::{BrowserUrl, LocationProvider},
};
use std::{any::Any, cell::RefCell};
use wasm_bindgen::JsCast;
use web_sys::{DomParser, HtmlElement, SupportedType};

/// Shows the page that was loaded, and follows links within the site.
#[component]
pub fn App(first: Page) -> impl IntoView {
    view! {
        <Router base=address::base_path()>
            <Pages first/>
        </Router>
    }
}

#[component]
fn Pages(first: Page) -> impl IntoView {
    let location = use_location();
    let history = use_context::<BrowserUrl>().expect("the router provides its history");
    let back = history.is_back();
    mark_current(&location.pathname.get_untracked());
    // The article that is shown, and what lives in it, if this program drew it.
    let shown = StoredValue::new_local((first.article, None::<Box<dyn Any>>));
    let turn_to = move |article: HtmlElement, life: Option<Box<dyn Any>>| {
        shown.update_value(|shown| {
            // An element that is in the document can be replaced.
            let _ = shown.0.replace_with_with_node_1(&article);
            *shown = (article, life);
        });
    };
    let announced = RwSignal::new(String::new());
    let newest = StoredValue::new(0_u32);
    let positions = StoredValue::new_local(RefCell::new(Vec::<(String, f64)>::new()));

    // A page that could not be fetched, asked for again.
    let again = RwSignal::new(None::<String>);

    let go = move |path: String, history: BrowserUrl| {
        let ticket = newest.get_value() + 1;
        newest.set_value(ticket);
        spawn_local(async move {
            let arrived = fetch_page(&path).await;
            if newest.try_get_value() != Some(ticket) {
                return;
            }
            if let Arrived::Elsewhere = arrived {
                // A file, or a page of a newer build: the browser itself goes there.
                let rest = location
                    .search
                    .with_untracked(|search| if search.is_empty() { String::new() } else { format!("?{search}") });
                let _ = window().location().assign(&format!("{path}{rest}{}", location.hash.get_untracked()));
                return;
            }
            // The address changes before the page does, so that labs find their settings in it.
            history.ready_to_complete();
            TimeoutFuture::new(0).await;
            mark_current(&path);
            match arrived {
                Arrived::Page(page) => {
                    document().set_title(&page.title);
                    announced.set(page.title.clone());
                    turn_to(page.article, None);
                }
                _ => {
                    let Some(article) = unreachable_article() else { return };
                    let path = path.clone();
                    let retry = move |_| again.set(Some(path.clone()));
                    let life = mount_to(article.clone(), move || cannot_be_reached(retry));
                    turn_to(article, Some(Box::new(life)));
                }
            }
            TimeoutFuture::new(0).await;
            let kept = positions
                .with_value(|all| all.borrow().iter().find_map(|(of, position)| (*of == path).then_some(*position)));
            arrive(kept.filter(|_| back.get_untracked()));
        });
    };

    let follow = history.clone();
    Effect::new(move |previous: Option<String>| {
        let path = location.pathname.get();
        if let Some(previous) = previous.filter(|previous| *previous != path) {
            let position = window().scroll_y().unwrap_or(0.0);
            positions.with_value(|all| {
                let mut all = all.borrow_mut();
                all.retain(|(of, _)| *of != previous);
                all.push((previous, position));
            });
            go(path.clone(), follow.clone());
        }
        path
    });

    Effect::new(move |_| {
        if let Some(path) = again.get() {
            go(path, history.clone());
        }
    });
    Effect::new(move |_| {
        // Labs may follow the address too.
        location.search.track();
        wire::tell(wire::ADDRESS, "");
    });
    view! { <p class="visually-hidden" role="status" data-announcer="">{announced}</p> }
}

/// The article of a page that could not be fetched, empty.
fn unreachable_article() -> Option<HtmlElement> {
    let article: HtmlElement = document().create_element("article").ok()?.dyn_into().ok()?;
    article.set_class_name("page");
    // A name without spaces is one of an attribute.
    let _ = article.set_attribute("data-page", "unreachable");
    Some(article)
}

fn cannot_be_reached(retry: impl Fn(web_sys::MouseEvent) + 'static) -> AnyView {
    view! {
        <header class="page-header">
            <h1 tabindex="-1">{t!("page.page_could_not")}</h1>
            <p class="summary">{t!("page.there_no_connection")}</p>
        </header>
        <p><button type="button" class="primary" data-action="retry" on:click=retry>{t!("page.try_again")}</button></p>
    }
    .into_any()
}

enum Arrived {
    Page(Box<Page>),
    /// Not for this program to show.
    Elsewhere,
    Unreachable,
}

async fn fetch_page(path: &str) -> Arrived {
    let Ok(response) = gloo::net::http::Request::get(path).send().await else { return Arrived::Unreachable };
    let kind = response.headers().get("content-type").unwrap_or_default();
    if !kind.starts_with("text/html") {
        return Arrived::Elsewhere;
    }
    let Ok(text) = response.text().await else { return Arrived::Unreachable };
    let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(&text, SupportedType::TextHtml));
    let Ok(document) = parsed else { return Arrived::Elsewhere };
    // Another build has other programs, and another language other words around the page.
    if ["data-build", "lang"].iter().any(|name| of_root(&document, name) != of_root(&leptos::prelude::document(), name))
    {
        return Arrived::Elsewhere;
    }
    Page::read(&document).map_or(Arrived::Elsewhere, |page| Arrived::Page(Box::new(page)))
}

fn of_root(document: &web_sys::Document, attribute: &str) -> Option<String> {
    document.document_element()?.get_attribute(attribute)
}

/// Puts the reader at the beginning of what was asked for: a heading's anchor, the place they left, or the top.
fn arrive(position: Option<f64>) {
    let found = document().query_selector("main h1").ok().flatten();
    if let Some(heading) = found.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
        // A heading with a tabindex takes the focus.
        let _ = heading.focus();
    }
    let hash = window().location().hash().unwrap_or_default();
    let anchor = hash.strip_prefix('#').and_then(|id| document().get_element_by_id(id));
    match (position, anchor) {
        (Some(position), _) => window().scroll_to_with_x_and_y(0.0, position),
        (None, Some(anchor)) => anchor.scroll_into_view(),
        (None, None) => window().scroll_to_with_x_and_y(0.0, 0.0),
    }
}

/// Marks the header's link to the part of the site that is shown.
fn mark_current(path: &str) {
    let Ok(links) = document().query_selector_all(".site-nav a") else { return };
    for index in 0..links.length() {
        let Some(link) = links.item(index).and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
            continue;
        };
        // Attributes of links that exist can be set.
        let _ = match path.strip_prefix(&link.pathname()) {
            Some("") => link.set_attribute("aria-current", "page"),
            Some(_) => link.set_attribute("aria-current", "true"),
            None => link.remove_attribute("aria-current"),
        };
    }
}
