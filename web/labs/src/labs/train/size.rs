//! Choosing the size: presets with their expected time on this device, and every setting by hand.

use kit::t;
use super::{
    presets::{self, BPE_VOCAB, Preset, Settings},
    session::Session,
};
use crate::{
    engine::{self, Handle},
    widgets::lines::number,
};
use engine_core::{
    config::TrainConfig,
    jobs::{
        probe::{Probe, Probed},
        train::TokenizerChoice,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::cell::Cell;

/// What is known of this device's speed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Measured {
    Never,
    Now(Option<Handle>),
    /// In the worker of this number; another one may compute on another device.
    Worker(u32),
}

thread_local! {
    static MEASURED: Cell<Measured> = const { Cell::new(Measured::Never) };
}

/// Measures this device once for each worker, while nothing trains.
pub fn use_probe(session: Session) {
    let status = engine::status();
    Effect::new(move |_| {
        let generation = status.with(|status| status.generation);
        let busy = session.phase.get().is_busy();
        match MEASURED.get() {
            // The learner does not wait for a measurement.
            Measured::Now(Some(handle)) if busy => handle.cancel(),
            Measured::Now(_) => {}
            Measured::Worker(known) if known == generation => {}
            _ if busy => {}
            _ => {
                MEASURED.set(Measured::Now(None));
                spawn_local(measure(session));
            }
        }
    });
}

async fn measure(session: Session) {
    let config = presets::probed().config(presets::PROBE_VOCAB);
    let job = Probe { config, batch: presets::probed().training.batch, steps: 20, budget_ms: 300.0 };
    let measured = engine::run_with(&job, |handle| MEASURED.set(Measured::Now(Some(handle))), |()| {}).await;
    // Read afterwards: the first job starts the first worker, which is no reason to measure again.
    MEASURED.set(Measured::Worker(engine::status().get_untracked().generation));
    // Without a measurement the sizes are offered without times.
    session.probed.set(measured.ok());
}

/// Draws the choice of a size.
#[component]
pub fn SizeChoice(
    /// Whose settings.
    session: Session,
    /// Whether the lesson has chosen a size, so that none is suggested over it.
    fixed: bool,
) -> impl IntoView {
    let distinct = Memo::new(move |_| session.text.with(|text| text.as_ref().map_or(65, |text| text.facts.distinct)));
    let suggested = Memo::new(move |_| session.probed.get().map(|measured| presets::suggested(distinct.get(), measured)));
    // The suggestion is taken until the learner chooses something else.
    let touched = RwSignal::new(fixed || session.phase.get_untracked() != super::session::Phase::Idle);
    Effect::new(move |_| {
        if let Some(key) = suggested.get().filter(|_| !touched.get_untracked() && !session.phase.get_untracked().is_busy()) {
            set_preset(session, presets::by_key(key));
        }
    });
    let busy = move || session.phase.get().is_busy();
    let cards = presets::presets().map(|preset| {
        view! { <PresetCard session preset distinct suggested touched/> }
    });
    let tokenizer = move |bpe: bool| {
        let choice = if bpe { TokenizerChoice::Bpe { vocab_size: BPE_VOCAB } } else { TokenizerChoice::Chars };
        session.settings.update(|settings| settings.tokenizer = choice);
    };
    let is_bpe = move || matches!(session.settings.get().tokenizer, TokenizerChoice::Bpe { .. });
    view! {
        <fieldset class="train-size" disabled=busy>
            <legend>{t!("train.2_model")}</legend>
            <div class="presets" role="group" aria-label=t!("train.size")>{cards.into_iter().collect::<Vec<_>>()}</div>
            <div class="tokenizers" role="group" aria-label=t!("train.tokens")>
                <span>{t!("train.one_token")} " "</span>
                <label><input type="radio" name="train-tokenizer" value="chars" prop:checked=move || !is_bpe() on:change=move |_| tokenizer(false)/>" " {t!("train.character")}</label>
                <label><input type="radio" name="train-tokenizer" value="bpe" prop:checked=is_bpe on:change=move |_| tokenizer(true)/>" " {t!("train.byte_pair_512")}</label>
            </div>
            <p class="train-facts">{move || describe(session.settings.get(), distinct.get(), session.probed.get())}</p>
            <super::custom::CustomSettings session distinct touched/>
        </fieldset>
    }
}

#[component]
fn PresetCard(
    session: Session,
    preset: Preset,
    distinct: Memo<usize>,
    suggested: Memo<Option<&'static str>>,
    touched: RwSignal<bool>,
) -> impl IntoView {
    let chosen = move || {
        let now = session.settings.get();
        // The seed and the tokenizer are no part of a size.
        now.shape == preset.settings.shape && now.training == training_of(&preset, &now)
    };
    let shape = preset.settings.shape;
    let layers = if shape.n_layers == 1 { t!("train.1_layer").to_owned() } else { t!("train.many_layers", count = shape.n_layers) };
    let parameters = move || {
        let settings = Settings { tokenizer: session.settings.get().tokenizer, ..preset.settings };
        number(settings.config(distinct.get()).parameters() as f64)
    };
    let time = move || {
        let settings = Settings { tokenizer: session.settings.get().tokenizer, ..preset.settings };
        session.probed.get().map_or(t!("train.time_not_measured").to_owned(), |measured| {
            t!("train.about", time = presets::duration(presets::expected_seconds(&settings, distinct.get(), measured)))
        })
    };
    let is_suggested = move || suggested.get() == Some(preset.key);
    view! {
        <button
            type="button"
            class="preset"
            data-preset=preset.key
            data-suggested=move || is_suggested().to_string()
            aria-pressed=move || chosen().to_string()
            on:click=move |_| {
                touched.set(true);
                set_preset(session, preset);
            }
        >
            <b>{preset.label}</b>
            <span class="preset-mark" hidden=move || !is_suggested()>{t!("train.suggested_for_device")}</span>
            <span>{t!("train.heads_tokens_at", layers = layers, d_model = shape.d_model, n_heads = shape.n_heads, context = shape.context)}</span>
            <span>{parameters} " " {t!("train.parameters")}</span>
            <span>{format!("{} ", t!("train.steps_and_time", steps = preset.settings.training.steps))} {time}</span>
            <span>{preset.promise}</span>
        </button>
    }
}

/// The preset's training, with the seed that is set.
fn training_of(preset: &Preset, now: &Settings) -> TrainConfig {
    TrainConfig { seed: now.training.seed, ..preset.settings.training }
}

fn set_preset(session: Session, preset: Preset) {
    session.settings.update(|now| {
        *now = Settings { tokenizer: now.tokenizer, shape: preset.settings.shape, training: training_of(&preset, now) };
    });
}

/// The settings in a sentence: parameters and time.
fn describe(settings: Settings, distinct: usize, measured: Option<Probed>) -> String {
    if let Err(why) = settings.validate(distinct) {
        return why;
    }
    let parameters = number(settings.config(distinct).parameters() as f64);
    let time = measured.map_or(String::new(), |measured| {
        t!("train.about_on_device", time = presets::duration(presets::expected_seconds(&settings, distinct, measured)))
    });
    t!("train.parameters_steps", parameters = parameters, steps = settings.training.steps, time = time)
}
