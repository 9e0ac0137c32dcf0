//! The learner's model among the presets, on one scale.

use super::Knobs;
use engine_core::architecture::{Architecture, PRESETS, Part};
use kit::{axis::grouped, t};
use leptos::prelude::*;

/// The scale: powers of ten at its ends.
const ENDS: (f64, f64) = (4.0, 10.0);

/// How far along the logarithmic scale, in percent.
fn along(parameters: u64) -> f64 {
    let (low, high) = ENDS;
    (((parameters.max(1) as f64).log10() - low) / (high - low)).clamp(0.0, 1.0) * 100.0
}

/// The shares of embeddings and of blocks, in percent of the parameters.
fn shares(model: &Architecture) -> (f64, f64) {
    let outside = [Part::TokenEmbedding, Part::PositionEmbedding, Part::Head];
    let outside: u64 = outside.into_iter().map(|part| model.parameters_of(part)).sum();
    (outside as f64 / model.parameters() as f64 * 100.0, model.block_share() * 100.0)
}

/// Draws one row for each preset and one for the model.
#[component]
pub fn Compare(
    /// Set by the buttons.
    knobs: RwSignal<Knobs>,
    /// The learner's.
    model: Memo<Architecture>,
) -> impl IntoView {
    let bar = |model: &Architecture| {
        let (outside, blocks) = shares(model);
        let words = t!(
            "architecture.row_words",
            count = grouped(&model.parameters().to_string()),
            outside = format!("{outside:.0}"),
            blocks = format!("{blocks:.0}")
        );
        let width = format!("{:.2}%", along(model.parameters()));
        view! {
            <span class="arch-track"><span class="arch-fill" style:width=width></span></span>
            <span class="arch-words">{words}</span>
        }
    };
    let presets = PRESETS.map(|preset| {
        let same = move || (model.get() == preset.model).to_string();
        let load = move |_| knobs.update(|knobs| *knobs = Knobs::of(&preset.model, knobs.batch));
        view! {
            <li data-preset=preset.key>
                <button type="button" class="arch-load" aria-pressed=same on:click=load>{preset.name}</button>
                {bar(&preset.model)}
            </li>
        }
    });
    view! {
        <p class="arch-caption">{t!("architecture.compare")}</p>
        <p class="lab-note">{t!("architecture.compare_note")}</p>
        <ol class="arch-compare" data-output="compare">
            {presets.into_iter().collect_view()}
            <li class="arch-yours" data-preset="yours">
                <span class="arch-you">{t!("architecture.yours")}</span>
                {move || bar(&model.get())}
            </li>
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_on_the_scale_and_in_order() {
        let places = PRESETS.map(|preset| along(preset.model.parameters()));
        assert!(places.iter().all(|place| (1.0..99.0).contains(place)) && places.is_sorted(), "{places:?}");
        let (outside, blocks) = shares(&Architecture::GPT2_SMALL);
        assert!((outside - 31.6).abs() < 0.1 && (blocks - 68.3).abs() < 0.1, "{outside} {blocks}");
    }
}
