//! Watching a model learn: the curves, four large numbers, what it writes, and one of its heads.

use super::session::Session;
use crate::widgets::{cells::Cells, heatmap::Heatmap, line_chart::LineChart, timing::throttled, token_bars::TokenBars};
use engine_core::jobs::train::Sample;
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
                <legend>"3. Watch it learn"</legend>
                <BigNumbers session/>
                <LineChart title="Loss" data=session.lines/>
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
                .map(|m| view! { <li><code>{m.left.clone()}</code> " + " <code>{m.right.clone()}</code> {format!(", side by side {} times", m.count)}</li> })
                .collect();
            Some(view! {
                <div class="merges" data-merges=first.done.to_string()>
                    <p>{format!("Byte pairs learned: {} of {}. The newest:", first.done, first.of)}</p>
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
        numbers if steps() > 0 && numbers.step >= steps() => "done".to_owned(),
        numbers => numbers.seconds_left.map_or("–".to_owned(), super::presets::duration),
    };
    let speed = move || match shown.get().numbers.tokens_per_s {
        0.0 => "–".to_owned(),
        speed => crate::widgets::lines::number(speed.round()),
    };
    let words = move || shown.get().level.map(|level| level.words());
    // Read aloud now and then: a number that changes four times a second is noise.
    let spoken = throttled(
        Signal::derive(move || {
            let numbers = shown.get().numbers;
            if numbers.step == 0 {
                return String::new();
            }
            format!("Step {} of {}, loss {}, validation loss {}.", numbers.step, steps(), number(numbers.loss), number(numbers.val_loss))
        }),
        6000,
    );
    let more = move || {
        let opened = session.opened.get()?;
        let numbers = shown.get().numbers;
        Some(format!(
            "{} parameters; {} tokens to learn from and {} kept for validation; about {:.1} MB of memory; learning rate {:.5}; gradient norm {:.3}. Run fingerprint {}: on one kind of device, the same text, settings and seed give the same one.",
            crate::widgets::lines::number(opened.parameters as f64),
            crate::widgets::lines::number(opened.train_tokens as f64),
            crate::widgets::lines::number(opened.val_tokens as f64),
            opened.memory as f64 / 1e6,
            numbers.learning_rate,
            numbers.grad_norm,
            numbers.fingerprint
        ))
    };
    view! {
        <dl class="big-numbers">
            <div><dt>"Step"</dt><dd>{move || shown.get().numbers.step} <small>{move || format!(" of {}", steps())}</small></dd></div>
            <div><dt>"Loss"</dt><dd>{move || number(shown.get().numbers.loss)} <small>{move || format!(" validation {}", number(shown.get().numbers.val_loss))}</small></dd></div>
            <div><dt>"Tokens per second"</dt><dd>{speed}</dd></div>
            <div><dt>"Time left"</dt><dd>{time_left}</dd></div>
        </dl>
        <p class="loss-words" data-level=move || shown.get().level.map(|level| format!("{level:?}"))>{words}</p>
        <p class="chart-spoken" aria-live="polite">{move || spoken.get()}</p>
        <details class="more-numbers"><summary>"More numbers"</summary><p>{more}</p></details>
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
                            <span class="sample-step">{format!("step {step}")}</span>
                            <span class="sample-text"><span class="sample-prompt">{prompt.clone()}</span>{text.clone()}</span>
                        </li>
                    }
                })
                .collect::<Vec<_>>()
        })
    };
    view! {
        <div class="samples" hidden=move || session.samples.with(Vec::is_empty)>
            <p>"What it writes, newest first; the faint part is where it was told to go on:"</p>
            <ol aria-label="Samples">{rows}</ol>
        </div>
    }
}

/// One head and the guesses for the next token, from the newest sample.
#[component]
fn Look(session: Session) -> impl IntoView {
    let newest = move || session.samples.with(|samples| samples.first().cloned());
    let cells = Memo::new(move |_| {
        let map = |sample: Sample| Cells {
            row_axis: "from (query)".into(),
            column_axis: "to (key)".into(),
            rows: sample.tokens.clone(),
            columns: sample.tokens,
            values: sample.weights,
            causal: true,
            shares: true,
        };
        Arc::new(newest().map(map).unwrap_or_default())
    });
    let chances = Signal::derive(move || newest().map(|sample| sample.next).unwrap_or_default());
    view! {
        <div class="look" hidden=move || session.samples.with(Vec::is_empty)>
            <Heatmap title="One attention head of the last layer" cells=cells/>
            <TokenBars title="What it expects after the text in the map" chances most=8/>
        </div>
    }
}
