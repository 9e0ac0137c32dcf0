//! The residual stream from the embeddings to the prediction; every block a control that unfolds it.

use super::{Seen, lens::depth_name, unfolded::Unfolded, written::name};
use crate::widgets::{cells::percent, signed_bars::plain, strips::Strips, token_bars::TokenBars};
use engine_core::{
    dissect::{pass::Part, shares::Writer},
    jobs::dissect::Dissection,
};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the spine.
#[component]
pub fn Spine(
    /// What was found.
    seen: Seen,
    /// The blocks that are unfolded.
    unfolded: RwSignal<Vec<usize>>,
) -> impl IntoView {
    let layers = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or(0, |seen| seen.n_layers)));
    let blocks = move || {
        let block = |layer: usize| {
            let open = Signal::derive(move || unfolded.with(|all| all.contains(&layer)));
            let turn = move |_| {
                unfolded.update(|all| {
                    let before = all.len();
                    all.retain(|other| *other != layer);
                    if all.len() == before {
                        all.push(layer);
                    }
                });
            };
            view! {
                <li class="spine-block">
                    <button type="button" class="spine-turn" data-block=layer.to_string() aria-expanded=move || open.get().to_string() on:click=turn>
                        <span class="spine-sign" aria-hidden="true">{move || if open.get() { "−" } else { "+" }}</span>
                        <span>{t!("block.block_n", n = layer + 1)}</span>
                        <span class="spine-adds">{move || said(seen, |seen| adds(seen, layer))}</span>
                    </button>
                    <Show when=move || open.get()><Unfolded seen layer/></Show>
                </li>
                <Stream seen depth=layer + 1/>
            }
        };
        (0..layers.get()).map(block).collect::<Vec<_>>()
    };
    let embedded = move || {
        said(seen, |seen| {
            let length = |writer: Writer| {
                seen.written.iter().find(|wrote| wrote.writer == writer).map_or(0.0, |wrote| f64::from(wrote.length))
            };
            t!("block.embedded", token = plain(length(Writer::Token), 2), place = plain(length(Writer::Place), 2))
        })
    };
    let normed = move || said(seen, |seen| super::unfolded::norm(&seen.last_norm));
    let chances = Signal::derive(move || seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.next.clone())));
    let truth = move || {
        said(seen, |seen| match seen.tokens.get(seen.position + 1) {
            Some(next) => t!("block.truth_follows", next = next),
            None => t!("block.text_ends").into(),
        })
    };
    let at = move || {
        said(seen, |seen| {
            t!("block.at", token = seen.tokens.get(seen.position).cloned().unwrap_or_default(), n = seen.position + 1)
        })
    };
    view! {
        <p class="lab-note" role="status" data-output="place">{at}</p>
        <ol class="spine">
            <li class="spine-step"><b>{t!("block.embedding")}</b> " " <span>{embedded}</span></li>
            <Stream seen depth=0/>
            {blocks}
            <li class="spine-step"><b>{t!("block.last_norm")}</b> " " <span data-output="last-norm">{normed}</span></li>
            <li class="spine-end">
                <TokenBars title=t!("block.next") chances/>
                <p class="lab-note">{truth}</p>
            </li>
        </ol>
    }
}

/// Draws the stream at one depth, with what the lens says there.
#[component]
fn Stream(
    /// What was found.
    seen: Seen,
    /// Blocks below.
    depth: usize,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let stream = seen.with(|seen| seen.as_ref().and_then(|seen| seen.streams.get(depth).cloned()));
        Arc::new(stream.into_iter().collect::<Vec<_>>())
    });
    let length = move || {
        rows.with(|rows| rows.first().map_or(0.0, |row| row.iter().map(|x| f64::from(x * x)).sum::<f64>().sqrt()))
    };
    let label =
        Signal::derive(move || t!("block.stream_picture", depth = depth_name(depth), length = plain(length(), 2)));
    let says = move || {
        said(seen, |seen| {
            let cell = seen.lens.get(depth).and_then(|row| row.get(seen.position));
            cell.map_or(String::new(), |cell| {
                let share = percent(cell.probability);
                match cell.truth_rank {
                    Some(rank) => t!("block.says_rank", token = cell.token, share = share, rank = rank + 1),
                    None => t!("block.says", token = cell.token, share = share),
                }
            })
        })
    };
    view! {
        <li class="spine-stream" data-depth=depth.to_string()>
            <div class="spine-strip"><Strips label rows/></div>
            <span class="spine-length">{move || t!("block.length", length = plain(length(), 2))}</span>
            <span class="spine-says">{says}</span>
        </li>
    }
}

/// What a block adds, in a few words: the length of what attention and MLP wrote, and the part that wrote most.
fn adds(seen: &Dissection, layer: usize) -> String {
    let own = |writer: Writer| match writer {
        Writer::Part(Part::Head { layer: of, .. } | Part::Mlp { layer: of }) => of == layer,
        _ => false,
    };
    let most = seen.written.iter().filter(|wrote| own(wrote.writer)).max_by(|a, b| a.length.total_cmp(&b.length));
    most.map_or(String::new(), |most| {
        t!("block.adds_most", part = name(most.writer), length = plain(f64::from(most.length), 2))
    })
}

fn said(seen: Seen, words: impl Fn(&Dissection) -> String) -> String {
    seen.with(|seen| seen.as_ref().map_or(String::new(), |seen| words(seen)))
}
