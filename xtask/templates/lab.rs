//! {title}: softmax of a few scores at the learner's temperature.

use super::knobs;
use crate::widgets::lab_frame::{LabFrame, LabState};
use engine_core::reference::softmax::softmax;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// How many scores there are: 0, 1, 2 and so on.
    scores: u32,
    /// What the scores are divided by.
    temperature: f64,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            scores: 4,
            temperature: 1.0,
        }
    }
}

/// The chances of `scores` choices; arithmetic stays where `cargo test` reaches it.
fn chances(scores: u32, temperature: f64) -> Vec<f64> {
    let logit = |score| f64::from(score) / temperature;
    softmax(&(0..scores).map(logit).collect::<Vec<_>>())
}

/// Draws the lab.
#[component]
pub fn Lab(knobs: Knobs) -> impl IntoView {
    let temperature = RwSignal::new(knobs.temperature);
    let rows = move || {
        let chances = chances(knobs.scores, temperature.get());
        let row = |(score, chance)| view! { <li>{format!("score {score}: {chance:.3}")}</li> };
        chances.into_iter().enumerate().map(row).collect_view()
    };
    let turn = move |event: web_sys::Event| {
        if let Ok(value) = event_target_value(&event).parse() {
            temperature.set(value);
        }
    };
    let share = Signal::derive(move || {
        let first = Knobs::default();
        knobs::differing(&[
            ("scores", knobs.scores.to_string(), first.scores.to_string()),
            ("temperature", temperature.get().to_string(), first.temperature.to_string()),
        ])
    });
    view! {
        <LabFrame name="{name}" title="{title}" state=Signal::derive(|| LabState::Done) share>
            <label>
                "Temperature "
                <input type="range" min="0.1" max="4" step="0.1" prop:value=move || temperature.get() on:input=turn/>
                <output>{move || format!("{:.1}", temperature.get())}</output>
            </label>
            <ol>{rows}</ol>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_temperature_favours_the_highest_score() {
        let (cold, warm) = (chances(3, 0.1), chances(3, 4.0));
        assert!(cold[2] > 0.99 && warm[2] < 0.5);
        assert!((warm.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
