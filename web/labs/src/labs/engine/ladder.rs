//! What was measured at start, and which device is chosen for which work because of it.

use kit::t;
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
        (t!("room.writing_token_with"), token),
        (t!("room.training_step_2"), step(small, 8)),
        (t!("room.training_step_4"), step(large, 16)),
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
            t!("room.chose_webgpu_so").to_owned()
        }
        (None, _) => t!("room.not_measured_yet").to_owned(),
    };
    let rows =
        move || measured.get().map(|measured| examples().map(|(name, work)| row(name, &measured, work)).collect_view());
    view! {
        <h2>{t!("room.cpu_or_webgpu")}</h2>
        <p class="lab-note">
            {t!("room.automatic_chooses_for")}
        </p>
        <p class="lab-note" role="status" data-output="ladder" data-measured=move || measured.with(Option::is_some).to_string()>{words}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("room.what_chosen") hidden=move || measured.with(Option::is_none)>
            <table data-output="choices">
                <thead><tr>
                    <th scope="col">{t!("room.work")}</th><th scope="col">{t!("room.cpu_expected")}</th><th scope="col">{t!("room.webgpu_expected")}</th>
                    <th scope="col">{t!("room.chosen")}</th><th scope="col">{t!("room.why")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <button type="button" data-action="measure-ladder" aria-disabled=move || measuring.get().to_string() on:click=move |_| measure(true)>
            {t!("room.compare_again")}
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
        || t!("room.cpu_too_busy").to_owned(),
        |gflops| t!("room.cpu_makes_gflop", gflops = format!("{:.1}", gflops)),
    );
    let gpu = match &measured.gpu {
        GpuMeasured::Missing => t!("room.there_no_webgpu").to_owned(),
        GpuMeasured::Software(adapter) => {
            t!("room.says_emulated_software", adapter = adapter.name)
        }
        GpuMeasured::Unmeasured(adapter, why) => t!("room.could_not_be", adapter = adapter.name, why = why),
        GpuMeasured::Rated { adapter, submit_ms, gflops } => t!("room.needs_ms_for", adapter = adapter.name, submit_ms = format!("{:.1}", submit_ms), gflops = format!("{:.0}", gflops)),
    };
    t!("room.measuring_took_ms", cpu = cpu, gpu = gpu, took_ms = format!("{:.0}", measured.took_ms))
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
