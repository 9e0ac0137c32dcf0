//! Everything between scores and a token, on a handful of scores that the learner sets; and a real model that writes
//! with two settings side by side.

mod side;
mod strip;
mod write;

use super::knobs;
use crate::decimal;
use crate::widgets::{
    LabFrame, LabState,
    outcome::{self, Value},
    token_bars::TokenBars,
};
use engine_core::{
    jobs::TokenChance,
    rng::{Rng, Stream},
    sampling::{self, Sampling},
};
use kit::t;
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
    /// Removes what is less likely than this share of the likeliest.
    min_p: f32,
    /// Lowers the scores of words that the text holds already.
    penalty: f32,
    /// Which words the text holds already, by their place in the list, such as `0,2`.
    seen: String,
    /// Fixes the numbers that are drawn.
    seed: u64,
    /// Which of the seed's numbers is drawn, from zero.
    draw: u32,
    /// The score of each word, in order, such as `3,2,1,0,-1,-2`.
    scores: String,
    /// What the model goes on with, on both sides.
    prompt: String,
    /// How many tokens it writes.
    tokens: u32,
    /// The settings of the left side: see [`side::Side`].
    left: String,
    /// The settings of the right side.
    right: String,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            penalty: 1.0,
            seen: "0".into(),
            seed: 1,
            draw: 0,
            scores: written(START.map(|(_, score)| score)),
            prompt: "I do not".into(),
            tokens: 24,
            left: side::Side::LEFT.written(),
            right: side::Side::RIGHT.written(),
        }
    }
}

/// Words that could follow "The cat sat on the", with scores to start from.
const START: [(&str, f32); 6] = [("mat", 3.0), ("floor", 2.0), ("roof", 1.0), ("moon", 0.0), ("idea", -1.0), ("seven", -2.0)];

/// Scores as [`Knobs::scores`] holds them.
fn written(scores: [f32; START.len()]) -> String {
    scores.map(|score| score.to_string()).join(",")
}

/// The opposite of [`written`]; what cannot be read stays as it is at the start.
fn read(scores: &str) -> [f32; START.len()] {
    let mut read = START.map(|(_, score)| score);
    for (slot, text) in read.iter_mut().zip(scores.split(',')) {
        if let Some(score) = decimal::parse(text) {
            *slot = (score as f32).clamp(-6.0, 6.0);
        }
    }
    read
}

/// The words that the text holds already.
fn seen(knobs: &Knobs) -> Vec<u32> {
    let ids = knobs.seen.split(',').filter_map(|id| id.trim().parse().ok());
    ids.filter(|id| (*id as usize) < START.len()).collect()
}

/// What becomes of the scores, and of one number drawn.
#[derive(Debug, Clone, PartialEq)]
struct Drawn {
    /// Of each word, after all filters.
    probabilities: Vec<f32>,
    /// How undecided the draw is.
    bits: f32,
    /// The number, in `[0, 1)`.
    uniform: f64,
    /// The word it lands on.
    word: usize,
    /// The word that greedy decoding takes.
    greedy: usize,
}

fn drawn(logits: &[f32], knobs: &Knobs) -> Drawn {
    let Knobs { temperature, top_k, top_p, min_p, penalty, seed, .. } = *knobs;
    let settings = Sampling { temperature, top_k, top_p, min_p, repetition_penalty: penalty, seed };
    let changed = sampling::penalised(logits, &seen(knobs), penalty);
    let probabilities = sampling::distribution(&changed, &settings);
    let bits = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum();
    let uniform = Rng::new(seed, Stream::Token(knobs.draw)).uniform();
    let word = sampling::draw(&probabilities, uniform);
    let greedy = sampling::top(&changed, 1).first().map_or(0, |(id, _)| *id);
    Drawn { probabilities, bits, uniform, word, greedy }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let logits = RwSignal::new(read(&knobs.scores));
    let knobs = RwSignal::new(knobs);
    let result = Memo::new(move |_| drawn(&logits.get(), &knobs.get()));
    let share = Signal::derive(move || {
        let (now, first) = (knobs.get(), Knobs::default());
        knobs::differing(&[
            ("temperature", now.temperature.to_string(), first.temperature.to_string()),
            ("top_k", now.top_k.to_string(), first.top_k.to_string()),
            ("top_p", now.top_p.to_string(), first.top_p.to_string()),
            ("min_p", now.min_p.to_string(), first.min_p.to_string()),
            ("penalty", now.penalty.to_string(), first.penalty.to_string()),
            ("seen", now.seen, first.seen),
            ("seed", now.seed.to_string(), first.seed.to_string()),
            ("draw", now.draw.to_string(), first.draw.to_string()),
            ("scores", written(logits.get()), first.scores),
            ("prompt", now.prompt, first.prompt),
            ("tokens", now.tokens.to_string(), first.tokens.to_string()),
            ("left", now.left, first.left),
            ("right", now.right, first.right),
        ])
    });
    let wrote = RwSignal::new(Vec::<(&'static str, Value)>::new());
    let state = RwSignal::new(LabState::Done);
    Effect::new(move |_| {
        let (Drawn { probabilities, bits, uniform, word, greedy }, now) = (result.get(), knobs.get());
        let best = sampling::top(&probabilities, 1).first().map_or((0, 0.0), |best| *best);
        let kept = probabilities.iter().filter(|p| **p > 0.0).count();
        let mut values = vec![
            ("temperature", f64::from(now.temperature).into()),
            ("top_k", now.top_k.into()),
            ("top_p", f64::from(now.top_p).into()),
            ("min_p", f64::from(now.min_p).into()),
            ("penalty", f64::from(now.penalty).into()),
            ("seed", Value::Number(now.seed as f64)),
            ("number", uniform.into()),
            ("drawn", START[word].0.into()),
            ("greedy", START[greedy].0.into()),
            ("kept", kept.into()),
            ("bits", f64::from(bits).into()),
            ("top", START[best.0].0.into()),
            ("top_probability", f64::from(best.1).into()),
        ];
        values.extend(wrote.get());
        outcome::report("sampling", true, &values);
    });
    let chances = Signal::derive(move || {
        let words = START.iter().zip(result.get().probabilities);
        words.map(|((word, _), probability)| TokenChance { token: (*word).to_owned(), probability }).collect::<Vec<_>>()
    });
    let summary = move || {
        let Drawn { probabilities, bits, greedy, .. } = result.get();
        let kept = probabilities.iter().filter(|p| **p > 0.0).count();
        let still = t!("sampling.words_can_still", kept = kept, all = START.len(), bits = format!("{:.2}", bits));
        format!("{still} {}", t!("sampling.greedy_takes", word = START[greedy].0))
    };
    let stretches = Signal::derive(move || {
        let Drawn { probabilities, word, uniform, greedy, .. } = result.get();
        let one = |stretch: sampling::Stretch| {
            let id = stretch.id.map_or(word, |id| id as usize);
            strip::Part { token: Some(START[id].0.into()), from: stretch.from, to: stretch.to, greedy: id == greedy }
        };
        strip::Picture { parts: sampling::strip(&probabilities, word, 0.0).into_iter().map(one).collect(), uniform }
    });
    let told = move || {
        let (Drawn { uniform, word, .. }, now) = (result.get(), knobs.get());
        let (seed, number) = (now.seed, now.draw + 1);
        t!("sampling.lands_on", seed = seed, number = number, uniform = format!("{uniform:.4}"), word = START[word].0)
    };
    let toggle = move |at: usize| {
        let (word, _) = START[at];
        let held = move || knobs.with(|knobs| seen(knobs).contains(&(at as u32)));
        let set = move |_| {
            knobs.update(|knobs| {
                let mut all = seen(knobs);
                let before = all.len();
                all.retain(|id| *id as usize != at);
                if all.len() == before {
                    all.push(at as u32);
                    all.sort_unstable();
                }
                knobs.seen = all.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
            });
        };
        view! {
            <label class="sampling-seen">
                <input type="checkbox" data-field=format!("seen-{word}") prop:checked=held on:change=set/>
                <span>{word}</span>
            </label>
        }
    };
    let reseed = move |event| {
        if let Ok(seed) = event_target_value(&event).trim().parse() {
            knobs.update(|knobs| (knobs.seed, knobs.draw) = (seed, 0));
        }
    };
    let score = move |at: usize| {
        let (word, _) = START[at];
        let set = move |event| {
            if let Some(value) = decimal::parse(&event_target_value(&event)) {
                logits.update(|all| all[at] = value as f32);
            }
        };
        slider(t!("sampling.score", word = word), word, (-6.0, 6.0, 0.5), Signal::derive(move || logits.get()[at]), set)
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
        <LabFrame name="sampling" title=t!("sampling.draw_one_token") state share>
            <div class="sampling-columns">
                <div>
                    <p class="lab-note">"The cat sat on the …"</p>
                    {(0..START.len()).map(score).collect::<Vec<_>>()}
                </div>
                <div>
                    {knob(t!("sampling.temperature"), "temperature", (0.0, 4.0, 0.1), |k| k.temperature, |k, v| k.temperature = v)}
                    {knob(t!("sampling.top_k_0"), "top_k", (0.0, 6.0, 1.0), |k| k.top_k as f32, |k, v| k.top_k = v as usize)}
                    {knob(t!("sampling.top_p"), "top_p", (0.05, 1.0, 0.05), |k| k.top_p, |k, v| k.top_p = v)}
                    {knob(t!("sampling.min_p"), "min_p", (0.0, 1.0, 0.05), |k| k.min_p, |k, v| k.min_p = v)}
                    {knob(t!("sampling.penalty"), "penalty", (1.0, 3.0, 0.1), |k| k.penalty, |k, v| k.penalty = v)}
                    <fieldset class="sampling-held">
                        <legend>{t!("sampling.held_already")}</legend>
                        {(0..START.len()).map(toggle).collect::<Vec<_>>()}
                    </fieldset>
                </div>
                <div>
                    <TokenBars title=t!("sampling.probability_being_drawn") chances/>
                    <p class="lab-note" role="status" data-output="sampling-summary">{summary}</p>
                </div>
            </div>
            <div class="sampling-draw">
                <p class="sampling-caption">{t!("sampling.the_draw")}</p>
                <strip::Strip picture=stretches/>
                <p role="status" data-output="draw">{told}</p>
                <div class="sampling-buttons">
                    <button type="button" class="primary" data-action="draw" on:click=move |_| knobs.update(|knobs| knobs.draw = (knobs.draw + 1) % 1_000_000)>
                        {t!("sampling.draw_again")}
                    </button>
                    <label class="sampling-number">
                        <span>{t!("sampling.seed")}</span>
                        <input type="number" min="0" step="1" inputmode="numeric" data-field="seed" prop:value=move || knobs.with(|k| k.seed.to_string()) on:change=reseed/>
                    </label>
                </div>
            </div>
            <write::Both knobs state wrote/>
        </LabFrame>
    }
}

fn slider(
    label: String,
    field: impl Into<String>,
    (min, max, step): (f32, f32, f32),
    value: Signal<f32>,
    set: impl Fn(web_sys::Event) + 'static,
) -> impl IntoView {
    let field: String = field.into();
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
    fn colder_is_less_undecided_and_filters_remove() {
        let logits = START.map(|(_, score)| score);
        let of = |knobs: Knobs| drawn(&logits, &knobs);
        let bits = |temperature| of(Knobs { temperature, ..Knobs::default() }).bits;
        assert!(bits(0.0) == 0.0 && bits(0.5) < bits(1.0) && bits(1.0) < bits(3.0));
        let kept = |knobs| of(knobs).probabilities.iter().filter(|p| **p > 0.0).count();
        assert_eq!(kept(Knobs { top_k: 2, ..Knobs::default() }), 2);
        // e⁻¹ = 0.37 and e⁻² = 0.14 of the best: 0.2 lies between.
        assert_eq!(kept(Knobs { min_p: 0.2, ..Knobs::default() }), 2);
    }

    #[test]
    fn a_penalty_of_two_halves_the_leader() {
        let logits = START.map(|(_, score)| score);
        let found = drawn(&logits, &Knobs { penalty: 2.0, ..Knobs::default() });
        assert_eq!(START[found.greedy].0, "floor", "3 / 2 is less than 2");
        let both = drawn(&logits, &Knobs { penalty: 2.0, seen: "0,5,9,x".into(), ..Knobs::default() });
        assert!(both.probabilities[5] < found.probabilities[5], "a score of −2 becomes −4");
    }

    #[test]
    fn every_setting_is_in_the_link() {
        let read: Knobs = knobs::parse("min_p=0.1&penalty=1.5&seen=0,2&seed=7&draw=3&tokens=9&left=beam+1+0+1+0+1+4")
            .expect("the lab reads what it writes");
        assert_eq!((read.min_p, read.seed, read.draw, seen(&read)), (0.1, 7, 3, vec![0, 2]));
    }
}
