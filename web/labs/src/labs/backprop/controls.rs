//! What the learner sets and presses: the text, the walk, and the steps downhill.

use super::{Lesson, changes::Change, names};
use crate::{
    decimal,
    widgets::{
        line_chart::LineChart,
        lines::{LineData, Series},
    },
};
use engine_core::tiny_attention::WORDS;
use kit::t;
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

/// How long Play rests on each step.
const REST: Duration = Duration::from_millis(1200);

/// The words of the text, the seed, and whether there is a feed-forward layer.
#[component]
pub fn Setup(
    /// The model and where the learner is.
    lesson: Lesson,
) -> impl IntoView {
    let word = move |at: usize| {
        let now = move || lesson.settings.with(|it| it.words.get(at).map_or("-", |word| WORDS[*word]));
        let set = move |event| {
            let word = event_target_value(&event);
            lesson.settings.update(|it| match WORDS.iter().position(|known| *known == word) {
                Some(word) if at < it.words.len() => it.words[at] = word,
                Some(word) => it.words.push(word),
                None => it.words.truncate(at),
            });
        };
        let none = (at == 4).then(|| view! { <option value="-">{t!("backprop.no_word")}</option> });
        let options: Vec<_> = WORDS.iter().map(|word| view! { <option value=*word>{*word}</option> }).collect();
        view! {
            <select data-field=format!("word-{at}") aria-label=t!("backprop.word", number = at + 1) prop:value=now on:change=set>
                {options} {none}
            </select>
        }
    };
    let seed = move |event| {
        if let Ok(seed) = event_target_value(&event).trim().parse::<u32>() {
            lesson.settings.update(|it| it.seed = u64::from(seed));
        }
    };
    view! {
        <div class="bp-setup">
            <fieldset><legend>{t!("backprop.text")}</legend>{(0..5).map(word).collect::<Vec<_>>()}</fieldset>
            <label><span>{t!("backprop.seed")}</span>
                <input type="number" min="0" max="4294967295" step="1" data-field="seed" prop:value=move || lesson.settings.with(|it| it.seed.to_string()) on:change=seed/>
            </label>
            <label class="bp-tick">
                <input type="checkbox" data-field="feed_forward" prop:checked=move || lesson.settings.with(|it| it.feed_forward)
                    on:change=move |event| lesson.set_feed_forward(event_target_checked(&event))/>
                <span>{t!("backprop.feed_forward")}</span>
            </label>
        </div>
    }
}

/// The walk: forwards and backwards, step by step or by itself.
#[component]
pub fn Walk(
    /// The model and where the learner is.
    lesson: Lesson,
) -> impl IntoView {
    let last = move || lesson.seen.with(|seen| seen.steps.len() - 1);
    let playing = RwSignal::new(false);
    Effect::new(move |_| {
        if !playing.get() {
            return;
        }
        let tick = move || {
            if lesson.at.get_untracked() < last() {
                lesson.go(lesson.at.get_untracked() + 1);
            } else {
                playing.set(false);
            }
        };
        if let Ok(clock) = set_interval_with_handle(tick, REST) {
            on_cleanup(move || clock.clear());
        }
    });
    let press = move |to: usize| {
        playing.set(false);
        lesson.go(to);
    };
    let told = Memo::new(move |_| lesson.seen.with(|seen| names::told(seen, seen.step(lesson.at.get()))));
    let place = move || t!("backprop.step_of", step = lesson.at.get(), all = last());
    let slid = move |event| {
        if let Ok(at) = event_target_value(&event).parse() {
            press(at);
        }
    };
    let play = move |_| {
        if !playing.get_untracked() && lesson.at.get_untracked() == last() {
            lesson.go(0);
        }
        playing.update(|it| *it = !*it);
    };
    view! {
        <div class="bp-walk">
            <div class="bp-buttons">
                <button type="button" data-action="start" disabled=move || lesson.at.get() == 0 on:click=move |_| press(0)>{t!("backprop.to_start")}</button>
                <button type="button" data-action="back" disabled=move || lesson.at.get() == 0 on:click=move |_| press(lesson.at.get_untracked().saturating_sub(1))>{t!("backprop.back")}</button>
                <button type="button" data-action="play" aria-pressed=move || playing.get().to_string() on:click=play>
                    {move || if playing.get() { t!("backprop.pause") } else { t!("backprop.play") }}
                </button>
                <button type="button" class="primary" data-action="next" disabled={move || lesson.at.get() >= last()} on:click=move |_| press(lesson.at.get_untracked() + 1)>{t!("backprop.next")}</button>
                <button type="button" data-action="forward" on:click=move |_| press(lesson.seen.with_untracked(|seen| seen.forward_done()))>{t!("backprop.all_forward")}</button>
                <button type="button" data-action="backward" on:click=move |_| press(last())>{t!("backprop.all_backward")}</button>
            </div>
            <label class="bp-slider">
                <span data-output="place">{place}</span>
                <input type="range" min="0" max=last prop:value=move || lesson.at.get().to_string() data-field="step" on:input=slid/>
            </label>
            <p class="bp-told" aria-live="polite">
                <code data-output="formula">{move || told.with(|told| told.0.clone())}</code>
                <span>{move || told.with(|told| told.1.clone())}</span>
            </p>
        </div>
    }
}

/// Steps downhill, and what they do to the loss.
#[component]
pub fn Descent(
    /// The model and where the learner is.
    lesson: Lesson,
) -> impl IntoView {
    let down = move |count: usize| move |_| lesson.change(Change::Steps { rate: lesson.rate.get_untracked(), count });
    let rate = move |event| {
        if let Some(rate) = decimal::parse(&event_target_value(&event)).filter(|rate| rate.is_finite()) {
            lesson.rate.set(rate.clamp(0.0, 100.0));
        }
    };
    let says = move || {
        lesson.seen.with(|seen| {
            if !seen.loss().is_finite() {
                return t!("backprop.lost").to_owned();
            }
            let now = format!("{:.4}", seen.loss());
            let taken = seen.losses.len() - 1;
            match (seen.losses.get(taken.wrapping_sub(1)), seen.losses.get(taken), seen.expected_fall) {
                (Some(before), Some(after), Some(expected)) => {
                    let (before_after, fall) = ((format!("{before:.4}"), format!("{after:.4}")), before - after);
                    let words = if fall >= 0.0 {
                        t!(
                            "backprop.fell",
                            before = before_after.0,
                            after = before_after.1,
                            fall = format!("{fall:.4}"),
                            expected = format!("{expected:.4}")
                        )
                    } else {
                        t!(
                            "backprop.rose",
                            before = before_after.0,
                            after = before_after.1,
                            rise = format!("{:.4}", -fall),
                            expected = format!("{expected:.4}")
                        )
                    };
                    format!("{words} {}", t!("backprop.loss_now", loss = now))
                }
                _ => t!("backprop.loss_now", loss = now),
            }
        })
    };
    let data = Signal::derive(move || {
        let points =
            lesson.seen.with(|seen| seen.losses.iter().enumerate().map(|(at, loss)| (at as f64, *loss)).collect());
        let series = vec![Series { name: t!("backprop.loss_symbol").into(), points }];
        Arc::new(LineData {
            x_name: t!("backprop.steps_axis").into(),
            y_name: t!("backprop.loss_axis").into(),
            series,
            references: Vec::new(),
        })
    });
    let unchanged = move || lesson.changes.with(Vec::is_empty);
    let walked = Memo::new(move |_| lesson.seen.with(|seen| seen.losses.len() > 1));
    view! {
        <div class="bp-descent">
            <p class="bp-part-title">{t!("backprop.downhill")}</p>
            <div class="bp-buttons">
                <label class="bp-rate"><span>{t!("backprop.rate")}</span>
                    <input type="number" min="0" max="100" step="0.1" data-field="rate" prop:value=move || lesson.rate.get().to_string() on:change=rate/>
                </label>
                <button type="button" data-action="descend" on:click=down(1)>{t!("backprop.one_step")}</button>
                <button type="button" data-action="descend-ten" on:click=down(10)>{t!("backprop.ten_steps")}</button>
                <button type="button" data-action="undo" disabled=unchanged on:click=move |_| lesson.undo()>{t!("backprop.undo")}</button>
                <button type="button" data-action="reset" disabled=unchanged on:click=move |_| lesson.changes.set(Vec::new())>{t!("backprop.reset")}</button>
            </div>
            <p class="lab-note" role="status" data-output="loss">{says}</p>
            <p class="lab-remark" role="alert" hidden=move || !lesson.full.get()>{move || lesson.full.get().then_some(t!("backprop.full"))}</p>
            <Show when=move || walked.get()><LineChart title=t!("backprop.loss_chart") data/></Show>
        </div>
    }
}
