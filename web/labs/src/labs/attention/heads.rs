//! All heads of all layers as small maps; the keyboard reaches each through its button.

use kit::t;
use super::cell;
use crate::widgets::{
    canvas::{Place, Surface, use_canvas},
    cells::Cells,
    heat_paint,
};
use engine_core::jobs::inspect::Inspection;
use leptos::{html, prelude::*};
use std::sync::Arc;

/// Between two small maps, in CSS pixels; the style sheet's `gap` is the same.
const GAP: f64 = 6.0;

/// A layer and a head, from zero.
pub type Head = (usize, usize);

/// Draws the small maps, one of them chosen.
#[component]
pub fn HeadGrid(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
    /// The layer and head that are looked at.
    chosen: RwSignal<Head>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    use_canvas(canvas, move || seen.get(), |surface, seen| {
        if let Some(seen) = seen {
            paint(surface, seen);
        }
    });
    let size = Memo::new(move |_| seen.with(|seen| seen.as_ref().map_or((0, 0), |seen| (seen.n_layers, seen.n_heads))));
    let buttons = move || {
        let (layers, heads) = size.get();
        let all = (0..layers).flat_map(move |layer| (0..heads).map(move |head| (layer, head)));
        all.map(|at| {
            let name = t!("attention.layer_head", layer = at.0 + 1, head = at.1 + 1);
            view! {
                <button
                    type="button"
                    class="head-button"
                    title=name.clone()
                    aria-label=name
                    aria-pressed=move || (chosen.get() == at).to_string()
                    data-head=format!("{}-{}", at.0, at.1)
                    on:click=move |_| chosen.set(at)
                ></button>
            }
        })
        .collect::<Vec<_>>()
    };
    view! {
        <div class="heads" role="group" aria-label=t!("attention.all_layers_heads")>
            <div
                class="heads-grid"
                style:grid-template-columns=move || format!("repeat({}, 1fr)", size.get().1.max(1))
                style:max-width=move || format!("{}px", size.get().1 * 104)
                style:min-width=move || format!("{}px", size.get().1 * 30)
            >
                <canvas node_ref=canvas class="heads-canvas" aria-hidden="true"></canvas>
                {buttons}
            </div>
            <p class="heads-note">{t!("attention.rows_are_layers")} " " {move || chosen.get().0 + 1} {t!("attention.head")} " " {move || chosen.get().1 + 1} "."</p>
        </div>
    }
}

fn paint(surface: &Surface, seen: &Inspection) {
    let (heads, gap) = (seen.n_heads.max(1) as f64, surface.px(GAP));
    let side = (surface.width - gap * (heads - 1.0)) / heads;
    let mut cells = Cells { rows: seen.tokens.clone(), columns: seen.tokens.clone(), causal: true, shares: true, ..Cells::default() };
    let scale = heat_paint::scale("--attn");
    for layer in 0..seen.n_layers {
        for head in 0..seen.n_heads {
            cells.values = cell::head_weights(seen, layer, head).to_vec();
            let (left, top) = (head as f64 * (side + gap), layer as f64 * (side + gap));
            let place = Place { left, top, width: side, height: side };
            surface.picture(&heat_paint::colours(&cells, &scale), seen.tokens.len(), place);
        }
    }
}
