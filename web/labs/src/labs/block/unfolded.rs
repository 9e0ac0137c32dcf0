//! One block, opened: both normalisations, every head, the most active neurons.

use super::Seen;
use crate::widgets::signed_bars::plain;
use engine_core::{
    dissect::{pass::Part, shares::Writer},
    jobs::dissect::{BlockSeen, Dissection, NormSeen},
};
use kit::t;
use leptos::prelude::*;

/// A normalisation's numbers in a sentence.
pub fn norm(seen: &NormSeen) -> String {
    let number = |x: f32| plain(f64::from(x), 3);
    t!(
        "block.norm",
        mean = number(seen.mean),
        deviation = number(seen.deviation),
        gain = number(seen.mean_gain),
        least = number(seen.least_gain),
        most = number(seen.most_gain)
    )
}

/// Draws a block's inside at the chosen place.
#[component]
pub fn Unfolded(
    /// What was found.
    seen: Seen,
    /// Which block, from zero.
    layer: usize,
) -> impl IntoView {
    let with = move |words: &dyn Fn(&Dissection, &BlockSeen) -> String| {
        let words = |seen: &Dissection| seen.blocks.get(layer).map(|block| words(seen, block));
        seen.with(|seen| seen.as_ref().and_then(|seen| words(seen))).unwrap_or_default()
    };
    let heads = move || seen.with(|seen| seen.as_ref().map(|seen| head_rows(seen, layer)));
    let neurons = move || seen.with(|seen| seen.as_ref().map(|seen| neuron_rows(seen, layer)));
    let columns = |names: [&'static str; 5]| names.map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <div class="block-inside" data-inside=layer.to_string()>
            <p><b>{t!("block.first_norm")}</b> " " <span data-output="ln1">{move || with(&|_, block| norm(&block.ln1))}</span></p>
            <p class="block-caption">{t!("block.attention_heads")}</p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("block.attention_heads")>
                <table data-output="heads">
                    <thead><tr>{columns([t!("block.head"), t!("block.looks_at"), t!("block.wrote"), t!("block.pushes"), t!("block.adds_to_top")])}</tr></thead>
                    <tbody>{heads}</tbody>
                </table>
            </div>
            <p><b>{t!("block.second_norm")}</b> " " <span data-output="ln2">{move || with(&|_, block| norm(&block.ln2))}</span></p>
            <p class="block-caption">{move || with(&|_, block| t!("block.neurons", firing = block.firing, all = block.d_ff, shown = block.neurons.len()))}</p>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("block.neurons_table")>
                <table data-output="neurons">
                    <thead><tr>{columns([t!("block.neuron"), t!("block.activation"), t!("block.wrote"), t!("block.raises"), t!("block.lowers")])}</tr></thead>
                    <tbody>{neurons}</tbody>
                </table>
            </div>
            <p class="lab-note">{move || with(&|seen, _| mlp_words(seen, layer))}</p>
        </div>
    }
}

fn head_rows(seen: &Dissection, layer: usize) -> Vec<impl IntoView + use<>> {
    let Some(block) = seen.blocks.get(layer) else { return Vec::new() };
    let row = |(head, (at, share)): (usize, &(usize, f32))| {
        let token = seen.tokens.get(*at).cloned().unwrap_or_default();
        let wrote = seen.written.iter().find(|wrote| wrote.writer == Writer::Part(Part::Head { layer, head }));
        let (length, to_top, pushes) =
            wrote.map_or((0.0, 0.0, Vec::new()), |wrote| (wrote.length, wrote.to_top, wrote.pushes.clone()));
        view! {
            <tr>
                <th scope="row">{head + 1}</th>
                <td><code>{token}</code> " " {format!("{:.0} %", share * 100.0)}</td>
                <td>{plain(f64::from(length), 2)}</td>
                <td>{codes(&pushes)}</td>
                <td>{crate::widgets::signed_bars::signed(f64::from(to_top), 2)}</td>
            </tr>
        }
    };
    block.looks.iter().enumerate().map(row).collect()
}

fn neuron_rows(seen: &Dissection, layer: usize) -> Vec<impl IntoView + use<>> {
    let Some(block) = seen.blocks.get(layer) else { return Vec::new() };
    let row = |neuron: &engine_core::jobs::dissect::Neuron| {
        view! {
            <tr>
                <th scope="row">{neuron.index + 1}</th>
                <td>{plain(f64::from(neuron.activation), 2)}</td>
                <td>{plain(f64::from(neuron.length), 2)}</td>
                <td>{codes(&neuron.raises)}</td>
                <td>{codes(&neuron.lowers)}</td>
            </tr>
        }
    };
    block.neurons.iter().map(row).collect()
}

fn codes(tokens: &[String]) -> Vec<impl IntoView + use<>> {
    tokens.iter().map(|token| view! { <code class="token-code">{token.clone()}</code> " " }).collect()
}

fn mlp_words(seen: &Dissection, layer: usize) -> String {
    let wrote = seen.written.iter().find(|wrote| wrote.writer == Writer::Part(Part::Mlp { layer }));
    wrote.map_or(String::new(), |wrote| {
        t!("block.mlp_wrote", length = plain(f64::from(wrote.length), 2), pushes = wrote.pushes.join("  "))
    })
}
