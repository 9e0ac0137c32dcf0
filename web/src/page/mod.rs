//! A page of the site: read from HTML, shown as views.

mod blocks;
mod html;
mod quiz;
mod tabs;

pub use blocks::{Block, Page};

use crate::labs;
use leptos::prelude::*;

/// Shows a page exactly where its prerendered text stood.
pub fn show(page: Page) -> AnyView {
    let Page { kind, slug, class, blocks, .. } = page;
    let slug = (!slug.is_empty()).then_some(slug);
    let blocks: Vec<AnyView> = blocks.into_iter().map(show_block).collect();
    view! { <article class=class data-page=kind data-slug=slug>{blocks}</article> }.into_any()
}

fn show_block(block: Block) -> AnyView {
    match block {
        Block::Static(part) => html::element(part),
        Block::Tabs(listing) => view! { <tabs::CodeTabs listing/> }.into_any(),
        Block::Quiz(quiz) => view! { <quiz::QuizBlock quiz/> }.into_any(),
        Block::Lab { name, knobs, id } => {
            let lab = labs::view(&name, &knobs)
                .unwrap_or_else(|fault| view! { <p class="lab-error" role="alert">{fault}</p> }.into_any());
            view! { <div class="lab-slot" id=id>{lab}</div> }.into_any()
        }
    }
}
