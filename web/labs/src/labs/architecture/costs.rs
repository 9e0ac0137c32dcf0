//! What the model costs: bytes and operations, each with how it is counted.

use super::words::{bytes, flop};
use engine_core::architecture::{Architecture, Number};
use kit::{axis::grouped, t};
use leptos::prelude::*;

/// Name, value, how it is counted.
type Row = (&'static str, &'static str, String, String);

fn rows(model: &Architecture, batch: usize) -> Vec<Row> {
    let kept = model.activations(batch);
    let flops = model.flops();
    let weights = Number::ALL.map(|number| format!("{} {}", bytes(model.weight_bytes(number)), number.label()));
    let (context, tokens) = (grouped(&model.context.to_string()), grouped(&(batch * model.context).to_string()));
    let squares = kept.attention as f64 / kept.numbers() as f64 * 100.0;
    let ratio = flops.training() / model.six_n();
    let data = model.suitable_tokens();
    let billions = format!("{:.3}", data / 1e9);
    vec![
        ("weights", t!("architecture.weights"), weights.join(" · "), t!("architecture.weights_how").into()),
        (
            "state",
            t!("architecture.adamw_state"),
            bytes(model.adamw_bytes()),
            t!("architecture.adamw_how", all = bytes(model.training_state_bytes())),
        ),
        (
            "activations",
            t!("architecture.activations"),
            bytes(kept.numbers() * Number::F32.bytes()),
            t!("architecture.activations_how", batch = batch, tokens = tokens, squares = format!("{squares:.0}")),
        ),
        (
            "kv",
            t!("architecture.kv_cache"),
            bytes(model.kv_cache_bytes(Number::F16)),
            t!("architecture.kv_how", context = context, f32 = bytes(model.kv_cache_bytes(Number::F32))),
        ),
        (
            "forward",
            t!("architecture.forward"),
            flop(flops.forward()),
            t!(
                "architecture.forward_how",
                blocks = flop(flops.blocks),
                attention = flop(flops.attention),
                head = flop(flops.head)
            ),
        ),
        (
            "training",
            t!("architecture.training"),
            flop(flops.training()),
            t!("architecture.training_how", six = flop(model.six_n()), ratio = format!("{ratio:.2}")),
        ),
        (
            "run",
            t!("architecture.whole_run"),
            flop(model.six_n() * data),
            t!("architecture.run_how", billions = billions),
        ),
    ]
}

/// Draws the table.
#[component]
pub fn Costs(
    /// The model.
    model: Memo<Architecture>,
    /// Texts in a training step.
    batch: Memo<usize>,
) -> impl IntoView {
    let body = move || {
        let row = |(key, name, value, how): Row| {
            view! { <tr data-cost=key><th scope="row">{name}</th><td class="arch-value">{value}</td><td>{how}</td></tr> }
        };
        rows(&model.get(), batch.get()).into_iter().map(row).collect::<Vec<_>>()
    };
    let heads = [t!("architecture.what"), t!("architecture.how_much"), t!("architecture.counted")];
    view! {
        <p class="arch-caption">{t!("architecture.what_it_costs")}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("architecture.what_it_costs")>
            <table class="arch-costs" data-output="costs">
                <thead><tr>{heads.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpt2_small_costs_what_is_published() {
        let rows = rows(&Architecture::GPT2_SMALL, 8);
        let value = |key: &str| rows.iter().find(|row| row.0 == key).map(|row| row.2.clone()).unwrap_or_default();
        assert_eq!(value("weights"), "475 MiB f32 · 237 MiB f16 · 119 MiB int8");
        assert_eq!(value("kv"), "36.0 MiB");
        assert_eq!(value("state"), "949 MiB");
        assert_eq!(value("forward"), "266 MFLOP");
    }
}
