//! Every matrix: how far it is off, what it takes, and how its weights lie before and after.

use super::{Knobs, words};
use crate::widgets::{
    line_chart::LineChart,
    lines::{LineData, Series, number},
};
use engine_core::{
    jobs::quantize::{Layer, Report},
    quantize::histogram::Histogram,
};
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the matrices.
#[component]
pub fn Layers(
    /// What is known so far.
    found: Signal<Arc<Report>>,
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let rows =
        move || found.with(|found| found.layers.iter().map(|layer| row(layer, worst(found))).collect::<Vec<_>>());
    let heads = [
        t!("quantize.layer"),
        t!("quantize.shape"),
        t!("quantize.weights_off"),
        t!("quantize.sqnr"),
        t!("quantize.outputs_off"),
        t!("quantize.layer_bytes"),
    ];
    let names =
        Memo::new(move |_| found.with(|found| found.layers.iter().map(|layer| layer.name.clone()).collect::<Vec<_>>()));
    // The one that was asked for; else the first of a block, whose weights are a layer's.
    let shown = Memo::new(move |_| {
        let asked = knobs.with(|knobs| knobs.layer.clone());
        names.with(|names| {
            let of_block = || names.iter().find(|name| name.starts_with("blocks.")).or(names.first());
            names.iter().find(|name| **name == asked).or_else(of_block).cloned().unwrap_or_default()
        })
    });
    let histogram = Signal::derive(move || {
        let shown = shown.get();
        found.with(|found| {
            let layer = found.layers.iter().find(|layer| layer.name == shown);
            Arc::new(layer.map_or_else(LineData::default, |layer| curves(&layer.histograms)))
        })
    });
    let summary = Signal::derive(move || {
        let shown = shown.get();
        found.with(|found| found.layers.iter().find(|layer| layer.name == shown).map(says).unwrap_or_default())
    });
    let option = move |name: String| {
        let own = name.clone();
        view! { <option value=name.clone() prop:selected=move || shown.with(|shown| *shown == own)>{words::layer_name(&name)}</option> }
    };
    view! {
        <p class="quantize-caption">{t!("quantize.layers_caption")}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("quantize.layers_caption")>
            <table class="quantize-table" data-output="layers">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).into_iter().collect::<Vec<_>>()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="lab-note">{t!("quantize.outputs_how")}</p>
        <p class="quantize-caption">{t!("quantize.histogram_caption")}</p>
        <label class="quantize-field quantize-choose">
            <span>{t!("quantize.histogram_of")}</span>
            <select data-field="layer" on:change:target=move |e| knobs.update(|knobs| knobs.layer = e.target().value())>
                {move || names.get().into_iter().map(option).collect::<Vec<_>>()}
            </select>
        </label>
        <LineChart title=t!("quantize.histogram") data=histogram summary=summary/>
    }
}

/// The largest error of outputs, which the bars are drawn against.
fn worst(found: &Report) -> f64 {
    found.layers.iter().filter_map(|layer| layer.outputs).fold(f64::MIN_POSITIVE, f64::max)
}

fn row(layer: &Layer, worst: f64) -> impl IntoView + use<> {
    let [outputs, inputs] = layer.shape;
    let off = layer
        .outputs
        .map(|off| view! { {words::share(off)} " " <meter min="0" max=worst value=off aria-hidden="true"></meter> });
    let strength =
        layer.strength.map(|strength| format!(" ({})", t!("quantize.strength", strength = number(strength))));
    view! {
        <tr data-layer=layer.name.clone()>
            <th scope="row">{words::layer_name(&layer.name)}{strength}</th>
            <td>{t!("quantize.shape_is", outputs = outputs, inputs = inputs)}</td>
            <td>{words::share(layer.weights.relative)}</td>
            <td>{format!("{:.1} dB", layer.weights.sqnr_db)}</td>
            <td>{off.map_or_else(|| "–".into_any(), IntoAny::into_any)}</td>
            <td>{t!("quantize.bytes_from_to", before = number((4 * outputs * inputs) as f64), after = number(layer.bytes.all() as f64))}</td>
        </tr>
    }
}

/// The weights of one matrix before and after, in the same bins.
fn curves(histograms: &[Histogram; 2]) -> LineData {
    let [before, after] = histograms;
    let series = |name: &str, histogram: &Histogram| {
        let points = histogram.counts.iter().enumerate();
        Series {
            name: name.into(),
            points: points.map(|(bin, count)| (histogram.middle(bin), f64::from(*count))).collect(),
        }
    };
    LineData {
        x_name: t!("quantize.weight").into(),
        y_name: t!("quantize.how_many").into(),
        series: vec![series(t!("quantize.before"), before), series(t!("quantize.after"), after)],
        references: Vec::new(),
    }
}

/// One sentence on a matrix and its weights.
fn says(layer: &Layer) -> String {
    let [outputs, inputs] = layer.shape;
    let filled = |histogram: &Histogram| histogram.counts.iter().filter(|count| **count > 0).count();
    let [before, after] = &layer.histograms;
    t!(
        "quantize.histogram_says",
        layer = words::layer_name(&layer.name),
        weights = number((outputs * inputs) as f64),
        bins = before.counts.len(),
        before = filled(before),
        after = filled(after)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::quantize::{Matrix, Scheme, errors::Errors, quantize};

    #[test]
    fn weights_before_and_after_are_counted_in_the_same_bins() {
        let data = [0.1, -0.4, 0.7, 0.02, -0.69, 0.33, 0.25, -0.1];
        let quantized = quantize(Matrix { columns: 4, data: &data }, Scheme::INT4).expect("it can be quantized");
        let values = quantized.values();
        let layer = Layer {
            name: "blocks.0.mlp.up.weight".into(),
            shape: [2, 4],
            weights: Errors::between(&data, &values),
            outputs: None,
            bytes: quantized.bytes(),
            histograms: [&data[..], &values].map(|numbers| Histogram::of(numbers, 0.7, 7)),
            strength: None,
        };
        let lines = curves(&layer.histograms);
        assert_eq!(lines.series.len(), 2);
        for line in &lines.series {
            assert_eq!(line.points.iter().map(|(_, count)| count).sum::<f64>(), 8.0);
            assert!((line.points[3].0).abs() < 1e-7, "the middle bin is around zero");
        }
        assert!(says(&layer).contains('8') && says(&layer).contains('7'), "{}", says(&layer));
    }
}
