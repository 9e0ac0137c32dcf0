//! Watching a model learn: the curves, four large numbers, what it writes, and one of its heads.

use kit::t;
use super::session::{Session, Shown};
use crate::widgets::{cells::Cells, heatmap::Heatmap, line_chart::LineChart, timing::throttled, token_bars::TokenBars};
use engine_core::jobs::train::{Sample, TrainingOpened};
use leptos::prelude::*;
use std::sync::Arc;

/// Draws everything that moves while training.
#[component]
pub fn Live(
    /// What is watched.
    session: Session,
) -> impl IntoView {
    let opened = move || session.opened.with(Option::is_some);
    view! {
        <Merges session/>
        <Show when=opened>
            <fieldset class="train-live">
                <legend>{t!("train.3_watch_learn")}</legend>
                <BigNumbers session/>
                <LineChart title=t!("train.loss") data=session.lines/>
                <Samples session/>
                <Look session/>
            </fieldset>
        </Show>
    }
}

#[component]
fn Merges(session: Session) -> impl IntoView {
    let newest = move || {
        session.merges.with(|merges| {
            let first = merges.first()?;
            let rows: Vec<_> = merges
                .iter()
                .map(|m| view! { <li><code>{m.left.clone()}</code> " + " <code>{m.right.clone()}</code> {t!("train.side_by_side", count = m.count)}</li> })
                .collect();
            Some(view! {
                <div class="merges" data-merges=first.done.to_string()>
                    <p>{t!("train.byte_pairs_learned", done = first.done, of = first.of)}</p>
                    <ul>{rows}</ul>
                </div>
            })
        })
    };
    view! { {newest} }
}

#[component]
fn BigNumbers(session: Session) -> impl IntoView {
    let shown = session.shown;
    let steps = move || session.opened.with(|opened| opened.as_ref().map_or(0, |opened| opened.training.steps));
    let number = |loss: Option<f32>| loss.map_or("–".to_owned(), |loss| format!("{loss:.3}"));
    let time_left = move || match shown.get().numbers {
        numbers if steps() > 0 && numbers.step >= steps() => t!("train.done").to_owned(),
        numbers => numbers.seconds_left.map_or("–".to_owned(), super::presets::duration),
    };
    let speed = move || match shown.get().numbers.tokens_per_s {
        0.0 => "–".to_owned(),
        speed => crate::widgets::lines::number(speed.round()),
    };
    let words = move || shown.get().level.map(super::level::words);
    let counted = move |which: fn(&TrainingOpened) -> f32| {
        number(session.opened.with(|opened| opened.as_ref().map(|opened| which(opened))))
    };
    let beaten = move || match shown.get() {
        Shown { beaten_since: Some(step), .. } => t!("train.trigram_beaten", step = step),
        Shown { numbers, .. } if numbers.val_loss.is_some() => t!("train.trigram_ahead").to_owned(),
        _ => String::new(),
    };
    // Read aloud now and then: a number that changes four times a second is noise.
    let spoken = throttled(
        Signal::derive(move || {
            let numbers = shown.get().numbers;
            if numbers.step == 0 {
                return String::new();
            }
            let losses = t!("train.step_loss_validation", step = numbers.step, steps = steps(), loss = number(numbers.loss), val_loss = number(numbers.val_loss));
            format!("{losses} {}", beaten())
        }),
        6000,
    );
    let more = move || {
        let opened = session.opened.get()?;
        let numbers = shown.get().numbers;
        Some(t!("train.parameters_tokens_learn", parameters = crate::widgets::lines::number(opened.parameters as f64), train_tokens = crate::widgets::lines::number(opened.train_tokens as f64), val_tokens = crate::widgets::lines::number(opened.val_tokens as f64), megabytes = format!("{:.1}", opened.memory as f64 / 1e6), learning_rate = format!("{:.5}", numbers.learning_rate), grad_norm = format!("{:.3}", numbers.grad_norm), fingerprint = numbers.fingerprint))
    };
    view! {
        <dl class="big-numbers">
            <div><dt>{t!("train.step_title")}</dt><dd>{move || shown.get().numbers.step} <small>{move || format!(" {}", t!("train.of_steps", steps = steps()))}</small></dd></div>
            <div><dt>{t!("train.loss")}</dt><dd>{move || number(shown.get().numbers.loss)} <small>{move || format!(" {}", t!("train.validation", val_loss = number(shown.get().numbers.val_loss)))}</small></dd></div>
            <div>
                <dt>{t!("train.to_beat")}</dt>
                <dd data-output="trigram">{move || counted(|opened| opened.trigram_loss)} <small>{move || format!(" {}", t!("train.to_beat_more", unigram = counted(|opened| opened.unigram_loss)))}</small></dd>
            </div>
            <div><dt>{t!("train.tokens_per_second")}</dt><dd>{speed}</dd></div>
            <div><dt>{t!("train.time_left")}</dt><dd>{time_left}</dd></div>
        </dl>
        <p class="loss-words" data-level=move || shown.get().level.map(|level| format!("{level:?}"))>{words}</p>
        <p class="loss-beaten" data-beaten-since=move || shown.get().beaten_since.map(|step| step.to_string())>{beaten}</p>
        <p class="chart-spoken" aria-live="polite">{move || spoken.get()}</p>
        <details class="more-numbers"><summary>{t!("train.more_numbers")}</summary><p>{more}</p></details>
    }
}

#[component]
fn Samples(session: Session) -> impl IntoView {
    let rows = move || {
        session.samples.with(|samples| {
            samples
                .iter()
                .map(|Sample { step, prompt, text, .. }| {
                    view! {
                        <li data-sample-step=step.to_string()>
                            <span class="sample-step">{t!("train.step", step = step)}</span>
                            <span class="sample-text"><span class="sample-prompt">{prompt.clone()}</span>{text.clone()}</span>
                        </li>
                    }
                })
                .collect::<Vec<_>>()
        })
    };
    view! {
        <div class="samples" hidden=move || session.samples.with(Vec::is_empty)>
            <p>{t!("train.what_writes_newest")}</p>
            <ol aria-label=t!("train.samples")>{rows}</ol>
        </div>
    }
}

/// One head and the guesses for the next token, from the newest sample.
#[component]
fn Look(session: Session) -> impl IntoView {
    let newest = move || session.samples.with(|samples| samples.first().cloned());
    let cells = Memo::new(move |_| {
        let map = |sample: Sample| Cells {
            row_axis: t!("train.axis_query").into(),
            column_axis: t!("train.axis_key").into(),
            rows: sample.tokens.clone(),
            columns: sample.tokens,
            values: sample.weights,
            causal: true,
            shares: true,
            ..Cells::default()
        };
        Arc::new(newest().map(map).unwrap_or_default())
    });
    let chances = Signal::derive(move || newest().map(|sample| sample.next).unwrap_or_default());
    view! {
        <div class="look" hidden=move || session.samples.with(Vec::is_empty)>
            <Heatmap title=t!("train.one_attention_head") cells=cells/>
            <TokenBars title=t!("train.what_expects_after") chances most=8/>
        </div>
    }
}
