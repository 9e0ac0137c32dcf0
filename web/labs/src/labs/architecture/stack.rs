//! The model as a stack of parts, and the tensors of the part that is chosen.

use super::{Knobs, words};
use engine_core::architecture::{Architecture, Part, Weight};
use kit::{axis::grouped, t};
use leptos::prelude::*;

/// Draws the stack and the two tables beside it.
#[component]
pub fn Stack(
    /// Where blocks are added and removed.
    knobs: RwSignal<Knobs>,
    /// What is drawn.
    model: Memo<Architecture>,
) -> impl IntoView {
    let chosen = RwSignal::new(Part::Attention);
    let button = move |part: Part| {
        let absent = move || part == Part::PositionEmbedding && !model.get().learned_positions;
        let count = move || {
            let model = model.get();
            let own = model.parameters_of(part);
            if part == Part::Head && model.tied {
                t!("architecture.shared_with_embedding").to_owned()
            } else {
                let share = own as f64 / model.parameters() as f64 * 100.0;
                t!("architecture.count_share", count = grouped(&own.to_string()), share = format!("{share:.1}"))
            }
        };
        let way = move || {
            let flows = model.get().flows(part);
            let shape = |at: Option<&(_, Vec<usize>)>| at.map_or(String::new(), |(_, sizes)| words::shape(sizes));
            format!("{} → {}", shape(flows.first()), shape(flows.last()))
        };
        let share =
            move || format!("{:.2}%", model.get().parameters_of(part) as f64 / model.get().parameters() as f64 * 100.0);
        view! {
            <button
                type="button" class="arch-part" data-part=format!("{part:?}") hidden=absent
                aria-pressed=move || (chosen.get() == part).to_string() on:click=move |_| chosen.set(part)
            >
                <span class="arch-name">{words::part(part)}</span>
                <span class="arch-shape">{way}</span>
                <span class="arch-count">{count}</span>
                <span class="arch-share" style:width=share></span>
            </button>
        }
    };
    let step = move |by: isize| {
        move |_| knobs.update(|knobs| knobs.n_layers = knobs.n_layers.saturating_add_signed(by).clamp(1, 1000))
    };
    let all_blocks = move || t!("architecture.blocks_times", count = model.get().n_layers);
    let caption = move || t!("architecture.part_in_detail", part = words::part(chosen.get()));
    let tensors = move || {
        let model = model.get();
        let of = |weight: &Weight| weight.part == chosen.get();
        let row = |weight: Weight| {
            let name = if weight.part.in_block() { format!("h.0.{}", weight.name) } else { weight.name.to_owned() };
            let copies = if weight.copies == 1 { "1".to_owned() } else { format!("× {}", weight.copies) };
            view! {
                <tr>
                    <th scope="row"><code>{name}</code></th>
                    <td>{words::shape(&weight.shape)}</td>
                    <td>{copies}</td>
                    <td>{grouped(&weight.numbers().to_string())}</td>
                </tr>
            }
        };
        model.weights().into_iter().filter(of).map(row).collect::<Vec<_>>()
    };
    let none = move || model.get().parameters_of(chosen.get()) == 0;
    let flows = move || {
        let row = |(flow, sizes): (_, Vec<usize>)| {
            view! { <li>{words::flow(flow)} ": " <span class="arch-shape">{words::shape(&sizes)}</span></li> }
        };
        model.get().flows(chosen.get()).into_iter().map(row).collect::<Vec<_>>()
    };
    let heads = [
        t!("architecture.tensor"),
        t!("architecture.rows_columns"),
        t!("architecture.copies"),
        t!("architecture.numbers"),
    ];
    view! {
        <div class="arch-columns">
            <div class="arch-stack" role="group" aria-label=t!("architecture.stack")>
                {button(Part::TokenEmbedding)}
                {button(Part::PositionEmbedding)}
                <div class="arch-block" role="group" aria-label=all_blocks>
                    <p class="arch-times">
                        <span data-output="blocks">{all_blocks}</span>
                        <button type="button" data-action="remove-block" aria-label=t!("architecture.remove_block") on:click=step(-1)>"−"</button>
                        <button type="button" data-action="add-block" aria-label=t!("architecture.add_block") on:click=step(1)>"+"</button>
                    </p>
                    {button(Part::FirstNorm)}
                    {button(Part::Attention)}
                    <p class="arch-plus">{t!("architecture.added_to_stream")}</p>
                    {button(Part::SecondNorm)}
                    {button(Part::Mlp)}
                    <p class="arch-plus">{t!("architecture.added_to_stream")}</p>
                </div>
                {button(Part::FinalNorm)}
                {button(Part::Head)}
            </div>
            <div class="arch-detail" data-output="detail">
                <p class="arch-caption">{caption}</p>
                <p>{move || words::purpose(chosen.get())}</p>
                <div class="table-scroll" tabindex="0" role="group" aria-label=caption hidden=none>
                    <table data-output="tensors">
                        <thead><tr>{heads.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                        <tbody>{tensors}</tbody>
                    </table>
                </div>
                <p class="lab-note" hidden=move || !none()>{t!("architecture.no_weights_of_its_own")}</p>
                <p class="arch-caption">{t!("architecture.what_flows")}</p>
                <ul class="arch-flows" data-output="flows">{flows}</ul>
            </div>
        </div>
    }
}
