//! Temperature, top-k and top-p on a handful of scores that the learner sets.

use crate::decimal;
use crate::widgets::{LabFrame, LabState, token_bars::TokenBars};
use engine_core::{
    jobs::TokenChance,
    sampling::{self, Sampling},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Divides the scores.
    temperature: f32,
    /// Keeps only so many tokens; zero keeps all.
    top_k: usize,
    /// Keeps the likeliest tokens until they hold this share.
    top_p: f32,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { temperature: 1.0, top_k: 0, top_p: 1.0 }
    }
}

/// Words that could follow "The cat sat on the", with scores to start from.
const START: [(&str, f32); 6] = [("mat", 3.0), ("floor", 2.0), ("roof", 1.0), ("moon", 0.0), ("idea", -1.0), ("seven", -2.0)];

/// The probabilities that the sampler gives, and how undecided they are, in bits.
fn outcome(logits: &[f32], knobs: &Knobs) -> (Vec<f32>, f32) {
    let settings = Sampling { temperature: knobs.temperature, top_k: knobs.top_k, top_p: knobs.top_p, seed: 0 };
    let probabilities = sampling::distribution(logits, &settings);
    let bits = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum();
    (probabilities, bits)
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    let logits = RwSignal::new(START.map(|(_, score)| score));
    let result = Memo::new(move |_| outcome(&logits.get(), &knobs.get()));
    let chances = Signal::derive(move || {
        let (probabilities, _) = result.get();
        let words = START.iter().zip(probabilities);
        words.map(|((word, _), probability)| TokenChance { token: (*word).to_owned(), probability }).collect::<Vec<_>>()
    });
    let summary = move || {
        let (probabilities, bits) = result.get();
        let kept = probabilities.iter().filter(|p| **p > 0.0).count();
        format!("{kept} of {} words can still be drawn; the draw holds {bits:.2} bits of surprise.", START.len())
    };
    let score = move |at: usize| {
        let (word, _) = START[at];
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                logits.update(|all| all[at] = value as f32);
            }
        };
        slider(format!("Score of “{word}”"), word, (-6.0, 6.0, 0.5), Signal::derive(move || logits.get()[at]), set)
    };
    let knob = move |label: &str, field, range, get: fn(&Knobs) -> f32, put: fn(&mut Knobs, f32)| {
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                knobs.update(|knobs| put(knobs, value as f32));
            }
        };
        slider(label.to_owned(), field, range, Signal::derive(move || get(&knobs.get())), set)
    };
    view! {
        <LabFrame name="sampling" title="The draw of one token" state=Signal::derive(|| LabState::Done)>
            <div class="sampling-columns">
                <div>
                    <p class="lab-note">"The cat sat on the …"</p>
                    {(0..START.len()).map(score).collect::<Vec<_>>()}
                </div>
                <div>
                    {knob("Temperature", "temperature", (0.0, 4.0, 0.1), |k| k.temperature, |k, v| k.temperature = v)}
                    {knob("Top-k (0 keeps all)", "top_k", (0.0, 6.0, 1.0), |k| k.top_k as f32, |k, v| k.top_k = v as usize)}
                    {knob("Top-p", "top_p", (0.05, 1.0, 0.05), |k| k.top_p, |k, v| k.top_p = v)}
                    <TokenBars title="Probability of being drawn" chances/>
                    <p class="lab-note" role="status" data-output="sampling-summary">{summary}</p>
                </div>
            </div>
        </LabFrame>
    }
}

fn slider(
    label: String,
    field: &'static str,
    (min, max, step): (f32, f32, f32),
    value: Signal<f32>,
    set: impl Fn(web_sys::Event) + 'static,
) -> impl IntoView {
    view! {
        <label class="sampling-slider">
            <span>{label} ": " <output>{move || format!("{}", value.get())}</output></span>
            <input type="range" data-field=field min=min max=max step=step prop:value=move || value.get() on:input=set/>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colder_is_less_undecided_and_top_k_removes() {
        let logits = START.map(|(_, score)| score);
        let bits = |temperature| outcome(&logits, &Knobs { temperature, ..Knobs::default() }).1;
        assert!(bits(0.0) == 0.0 && bits(0.5) < bits(1.0) && bits(1.0) < bits(3.0));
        let (two, _) = outcome(&logits, &Knobs { top_k: 2, ..Knobs::default() });
        assert_eq!(two.iter().filter(|p| **p > 0.0).count(), 2);
    }
}
