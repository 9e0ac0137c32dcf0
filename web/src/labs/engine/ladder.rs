//! What was measured at start, and which device is chosen for which work because of it.

use crate::engine::{self, GpuMeasured, Measured, Wanted, Work};
use engine_core::config::GptConfig;
use leptos::{prelude::*, task::spawn_local};

/// Three pieces of work: what is done between two answers of the engine.
fn examples() -> [(&'static str, Work); 3] {
    let config = |n_layers, d_model, context| GptConfig {
        vocab_size: 65,
        n_layers,
        n_heads: 4,
        d_model,
        context,
        tied_head: true,
    };
    let step =
        |config: GptConfig, batch: usize| Work { flops: config.flops_per_token() * (batch * config.context) as f64 };
    let (small, large) = (config(2, 64, 64), config(4, 128, 128));
    // Writing runs the forward pass alone: a third of a training step's operations, for a single token.
    let token = Work { flops: large.flops_per_token() / 3.0 };
    [
        ("Writing a token with 4 layers, d_model 128 (batch 1)", token),
        ("A training step of 2 layers, d_model 64, context 64, batch 8", step(small, 8)),
        ("A training step of 4 layers, d_model 128, context 128, batch 16", step(large, 16)),
    ]
}

/// Draws the measure, the choices and a button to measure again.
#[component]
pub fn Ladder() -> impl IntoView {
    let status = engine::status();
    let measured = engine::measured();
    let measuring = RwSignal::new(false);
    let measure = move |again| {
        if !measuring.get_untracked() {
            measuring.set(true);
            spawn_local(async move {
                engine::measure(again).await;
                measuring.try_set(false);
            });
        }
    };
    measure(false);
    let words = move || match (measured.get(), status.with(|status| status.wanted)) {
        (Some(measured), _) => sentence(&measured),
        (None, Wanted::Gpu) => {
            "You chose WebGPU, so nothing is compared. Choose Automatic above to compare.".to_owned()
        }
        (None, _) => "Not measured yet: the engine is starting.".to_owned(),
    };
    let rows =
        move || measured.get().map(|measured| examples().map(|(name, work)| row(name, &measured, work)).collect_view());
    view! {
        <h2>"CPU or WebGPU?"</h2>
        <p class="lab-note">
            "Automatic chooses for each piece of work, from a measure of at most a tenth of a second at start. Your own choice at \
             the top of the page counts more."
        </p>
        <p class="lab-note" role="status" data-output="ladder" data-measured=move || measured.with(Option::is_some).to_string()>{words}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label="What is chosen" hidden=move || measured.with(Option::is_none)>
            <table data-output="choices">
                <thead><tr>
                    <th scope="col">"Work"</th><th scope="col">"CPU, expected"</th><th scope="col">"WebGPU, expected"</th>
                    <th scope="col">"Chosen"</th><th scope="col">"Why"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <button type="button" data-action="measure-ladder" aria-disabled=move || measuring.get().to_string() on:click=move |_| measure(true)>
            "Compare again"
        </button>
    }
}

fn row(name: &'static str, measured: &Measured, work: Work) -> impl IntoView + use<> {
    let choice = engine::choose_for(measured, work);
    let (key, label) = if choice.gpu { ("gpu", "WebGPU") } else { ("cpu", "CPU") };
    view! {
        <tr data-chosen=key>
            <th scope="row">{name}</th>
            <td>{duration(choice.cpu_ms)}</td>
            <td>{duration(choice.gpu_ms)}</td>
            <td>{label}</td>
            <td>{choice.why}</td>
        </tr>
    }
}

fn duration(ms: Option<f64>) -> String {
    match ms {
        None => "–".to_owned(),
        Some(ms) if ms < 10.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{ms:.0} ms"),
    }
}

/// What was measured, in words.
fn sentence(measured: &Measured) -> String {
    let cpu = measured.cpu_gflops.map_or_else(
        || "The CPU was too busy to be measured".to_owned(),
        |gflops| format!("The CPU makes {gflops:.1} GFLOP/s in training steps of a small model"),
    );
    let gpu = match &measured.gpu {
        GpuMeasured::Missing => "there is no WebGPU adapter".to_owned(),
        GpuMeasured::Software(adapter) => {
            format!("{} says that it is emulated in software, so it was not measured", adapter.name)
        }
        GpuMeasured::Unmeasured(adapter, why) => format!("{} could not be measured: {why}", adapter.name),
        GpuMeasured::Rated { adapter, submit_ms, gflops } => format!(
            "{} needs {submit_ms:.1} ms for 150 small dispatches and makes {gflops:.0} GFLOP/s in one large matrix product",
            adapter.name
        ),
    };
    format!("{cpu}; {gpu}. Measuring took {:.0} ms.", measured.took_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_said_in_words() {
        let measured = Measured { cpu_gflops: Some(12.34), gpu: GpuMeasured::Missing, took_ms: 41.6 };
        let said = "The CPU makes 12.3 GFLOP/s in training steps of a small model; there is no WebGPU adapter. Measuring took 42 ms.";
        assert_eq!(sentence(&measured), said);
        assert_eq!([duration(None), duration(Some(1.25)), duration(Some(41.6))], ["–", "1.2 ms", "42 ms"]);
    }

    #[test]
    fn the_examples_grow() {
        let flops = examples().map(|(_, work)| work.flops);
        assert!(flops.is_sorted() && flops[0] > 0.0, "{flops:?}");
    }
}
