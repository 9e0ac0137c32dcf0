//! Writing with the model, also between two steps of its training.

use kit::t;
use super::{
    draw::{self, Draw},
    session::{SESSION, Session},
};
use crate::decimal;
use crate::engine::{self, Handle};
use engine_core::{
    job::JobError,
    jobs::{
        ModelSource,
        generate::{Generate, Generated},
    },
    sampling::Sampling,
};
use leptos::{prelude::*, task::spawn_local};

/// Draws the panel.
#[component]
pub fn GeneratePanel(
    /// Whose model writes.
    session: Session,
) -> impl IntoView {
    let prompt = RwSignal::new("The ".to_owned());
    let sampling = RwSignal::new(Sampling::default());
    let length = RwSignal::new(120.0);
    let written = RwSignal::new(String::new());
    let newest = RwSignal::new(None::<Draw>);
    let trouble = RwSignal::new(None::<String>);
    let running = RwSignal::new(None::<Handle>);

    let generate = move |_| {
        if let Some(handle) = running.get_untracked() {
            return handle.cancel();
        }
        trouble.set(None);
        written.set(String::new());
        let settings = sampling.get_untracked();
        let job = Generate {
            model: ModelSource::Session(SESSION),
            prompt: prompt.get_untracked(),
            sampling: settings,
            tokens: length.get_untracked() as u32,
        };
        // Each press draws anew, and the seed that was used can be seen and set.
        sampling.update(|sampling| sampling.seed += 1);
        let hear = move |step: Generated| {
            newest.try_set(Some(draw::explain(&step, &settings)));
            written.try_set(step.text);
        };
        spawn_local(async move {
            let ended = engine::run_with(&job, move |handle| running.set(Some(handle)), hear).await;
            running.try_set(None);
            let sentence = match ended {
                Ok(done) if !done.unknown.is_empty() => {
                    Some(t!("train.model_has_never", unknown = done.unknown))
                }
                Ok(_) | Err(JobError::Cancelled) => None,
                Err(JobError::Device(_)) => {
                    Some(t!("train.engine_replaced_model").into())
                }
                Err(why) => Some(why.to_string()),
            };
            trouble.try_set(sentence);
        });
    };
    let bars = move || newest.get().map(|draw| draw_bars(&draw));
    view! {
        <Show when=move || session.opened.with(Option::is_some)>
            <fieldset class="train-generate">
                <legend>{t!("train.4_let_write")}</legend>
                <label class="field">
                    <span>{t!("train.prompt")}</span>
                    <textarea rows="2" data-field="prompt" spellcheck="false" prop:value=prompt on:input:target=move |e| prompt.set(e.target().value())></textarea>
                </label>
                <Slider label=t!("train.temperature") help=t!("train.0_always_takes") field="temperature" range=(0.0, 2.0, 0.05)
                    value=Signal::derive(move || rounded(sampling.get().temperature)) set=Callback::new(move |x| sampling.update(|s| s.temperature = x as f32))/>
                <Slider label=t!("train.top_k") help=t!("train.keeps_only_so") field="top_k" range=(0.0, 100.0, 1.0)
                    value=Signal::derive(move || sampling.get().top_k as f64) set=Callback::new(move |x: f64| sampling.update(|s| s.top_k = x as usize))/>
                <Slider label=t!("train.top_p") help=t!("train.keeps_likeliest_tokens") field="top_p" range=(0.05, 1.0, 0.05)
                    value=Signal::derive(move || rounded(sampling.get().top_p)) set=Callback::new(move |x| sampling.update(|s| s.top_p = x as f32))/>
                <Slider label=t!("train.length") help=t!("train.tokens_write") field="length" range=(1.0, 500.0, 1.0)
                    value=Signal::derive(move || length.get()) set=Callback::new(move |x| length.set(x))/>
                <Slider label=t!("train.seed_draws") help=t!("train.same_seed_same") field="seed" range=(1.0, 999.0, 1.0)
                    value=Signal::derive(move || sampling.get().seed as f64) set=Callback::new(move |x: f64| sampling.update(|s| s.seed = x as u64))/>
                <button type="button" class="control" data-action="generate" on:click=generate>
                    {move || if running.get().is_some() { t!("train.stop_writing") } else { t!("train.generate") }}
                </button>
                <p class="train-error" role="alert" hidden=move || trouble.with(Option::is_none)>{move || trouble.get()}</p>
                <p class="written" data-generated="" aria-live="off">
                    <span class="sample-prompt">{move || prompt.get()}</span>
                    {move || written.get()}
                </p>
                {bars}
            </fieldset>
        </Show>
    }
}

/// A 32-bit number without the noise of its conversion.
fn rounded(x: f32) -> f64 {
    (f64::from(x) * 1000.0).round() / 1000.0
}

fn draw_bars(draw: &Draw) -> impl IntoView + use<> {
    let track = |share: Option<f32>| {
        view! {
            <span class="token-bar-track" aria-hidden="true">
                <span class="token-bar-fill" style:width=format!("{:.2}%", share.unwrap_or(0.0).clamp(0.0, 1.0) * 100.0)></span>
            </span>
        }
    };
    let percent = |share: f32| format!("{:.1} %", share * 100.0);
    let rows: Vec<_> = draw
        .candidates
        .iter()
        .map(|candidate| {
            let after = candidate.after.map_or("–".to_owned(), percent);
            view! {
                <tr class:chosen=candidate.chosen data-drawn=candidate.chosen.to_string()>
                    <th scope="row"><code>{candidate.token.clone()}</code>{candidate.chosen.then_some(format!(" {}", t!("train.drawn")))}</th>
                    <td>{track(Some(candidate.before))} {percent(candidate.before)}</td>
                    <td>{track(candidate.after)} {after}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="draw">
            <caption>{t!("train.newest_tokens_draw")}</caption>
            <thead><tr><th scope="col">{t!("train.token")}</th><th scope="col">{t!("train.before")}</th><th scope="col">{t!("train.after_temperature_top")}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="draw-sentence">{draw.sentence.clone()}</p>
    }
}

/// A slider with the same value as a number beside it, for those who cannot or will not drag.
#[component]
fn Slider(
    label: &'static str,
    help: &'static str,
    field: &'static str,
    /// Lowest, highest, step.
    range: (f64, f64, f64),
    value: Signal<f64>,
    set: Callback<f64>,
) -> impl IntoView {
    let (low, high, step) = range;
    let change = move |text: String| {
        // An empty or half-typed number is no setting yet; the old one stays.
        if let Some(number) = decimal::parse(&text)
            && number.is_finite()
        {
            set.run(number.clamp(low, high));
        }
    };
    view! {
        <div class="slider">
            <span class="slider-label">{label} <small>{help}</small></span>
            <input type="range" aria-label=label min=low.to_string() max=high.to_string() step=step.to_string()
                prop:value=move || value.get().to_string() on:input:target=move |e| change(e.target().value())/>
            <input type="number" aria-label=t!("train.as_number", label = label) data-field=field min=low.to_string() max=high.to_string() step=step.to_string()
                prop:value=move || value.get().to_string() on:change:target=move |e| change(e.target().value())/>
        </div>
    }
}
