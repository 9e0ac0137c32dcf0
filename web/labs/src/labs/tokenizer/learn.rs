//! Learning a tokenizer in view: step by step, which pairs there are and which is merged, or which pieces are dropped.

use super::{
    Knobs,
    ask::{self, Answer, Busy},
    spans::{Spans, tokens_of},
    tables,
};
use crate::{
    decimal, engine,
    widgets::{
        line_chart::LineChart,
        lines::{LineData, Series},
        outcome,
    },
};
use engine_core::{
    job::JobError,
    jobs::tokenize::{Cut, LearnTokenizer, Learned, Lesson, Which},
};
use gloo::timers::callback::Interval;
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Steps that play makes in a second, at most.
const TICK_MS: u32 = 450;

/// How many steps there are.
pub fn steps(learned: &Learned) -> usize {
    learned.merges.len().max(learned.rounds.len().saturating_sub(1))
}

/// Tokens of the text after `step` steps, and the number of pieces.
pub fn counts(learned: &Learned, step: usize) -> (usize, usize) {
    if let Some(round) = learned.rounds.get(step.min(learned.rounds.len().saturating_sub(1))) {
        return (round.tokens, round.pieces);
    }
    let tokens = match step.checked_sub(1).and_then(|last| learned.merges.get(last)) {
        Some(merge) => merge.tokens,
        None => learned.first_tokens,
    };
    (tokens, learned.first_size + step)
}

/// Draws the view.
#[component]
pub fn Learn(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What is learned from, once it is there.
    lesson: RwSignal<Answer<Lesson>>,
    /// What the lab is doing.
    busy: Busy,
) -> impl IntoView {
    let method = Memo::new(move |_| knobs.with(|knobs| knobs.method));
    let ready = move || lesson.with(|lesson| lesson.as_ref().and_then(|lesson| lesson.clone().ok()));
    let learned: RwSignal<Answer<(Which, Learned)>> = ask::follow(
        busy,
        move || Some((method.get(), ready()?)),
        |(which, lesson)| async move {
            let job = LearnTokenizer { which, lesson: Lesson::clone(&lesson) };
            Ok::<_, JobError>((which, engine::run(&job).await?))
        },
    );
    let last = Memo::new(move |_| {
        learned.with(|learned| learned.as_ref().and_then(|it| it.as_ref().ok().map(|it| steps(&it.1))))
    });
    let step = Memo::new(move |_| knobs.with(|knobs| knobs.step).unwrap_or(0).min(last.get().unwrap_or(0)));
    let go = move |to: usize| knobs.update(|knobs| knobs.step = Some(to));
    let sample = Signal::derive(move || knobs.with(|knobs| knobs.sample.clone()));
    let answer: RwSignal<Answer<(String, Cut)>> = ask::follow(
        busy,
        move || Some((method.get(), ready()?, last.get().map(|_| step.get())?, sample.get())),
        |(which, lesson, step, sample)| async move {
            let cut = ask::cut(which, Lesson::clone(&lesson), Some(step), vec![sample.clone()]).await?;
            Ok((sample, cut))
        },
    );
    let tokens = tokens_of(sample, answer);

    let playing = StoredValue::new_local(None::<Interval>);
    let plays = RwSignal::new(false);
    let pause = move || {
        playing.try_set_value(None);
        plays.try_set(false);
    };
    on_cleanup(pause);
    let play = move |_| {
        if plays.get_untracked() {
            return pause();
        }
        if Some(step.get_untracked()) == last.get_untracked() {
            go(0);
        }
        plays.set(true);
        let tick = move || {
            let (Some(now), Some(Some(last))) = (step.try_get_untracked(), last.try_get_untracked()) else { return };
            if now < last {
                go(now + 1);
            } else {
                pause();
            }
        };
        playing.set_value(Some(Interval::new(TICK_MS, tick)));
    };
    let move_to = move |to: usize| {
        pause();
        go(to);
    };

    Effect::new(move |_| {
        let (Some(Some(Ok(learned))), Some(Some(Ok(seen)))) = (learned.try_get(), answer.try_get()) else { return };
        let (which, learned) = &*learned;
        let settled = busy.open.get() == 0;
        if !settled || *which != method.get() {
            return;
        }
        let step = step.get();
        let (tokens, pieces) = counts(learned, step);
        let next = learned.merges.get(step).and_then(|merge| merge.candidates.first());
        let next = next.map_or(String::new(), |pair| format!("{}+{}", pair.left, pair.right));
        let made = step.checked_sub(1).and_then(|last| learned.merges.get(last));
        let sample_tokens = seen.1.texts.first().map_or(0, Vec::len);
        let unknown = seen.1.texts.first().map_or(0, |all| all.iter().filter(|token| token.unknown).count());
        let bits = learned.rounds.get(step).and_then(|round| round.bits.last()).copied();
        let (text, size) = knobs.with_untracked(|knobs| (knobs.text.clone(), knobs.size));
        let values = [
            ("view", "learn".into()),
            ("text", text.as_str().into()),
            ("method", which.name().into()),
            ("size", size.into()),
            ("step", step.into()),
            ("steps", steps(learned).into()),
            ("tokens", tokens.into()),
            ("pieces", pieces.into()),
            ("next", next.as_str().into()),
            ("made", made.map_or("", |merge| merge.made.as_str()).into()),
            ("bits", bits.unwrap_or(f64::NAN).into()),
            ("sample", seen.0.as_str().into()),
            ("sample_tokens", sample_tokens.into()),
            ("sample_unknown", unknown.into()),
        ];
        outcome::report("tokenizer", true, &values);
    });

    let told = move || {
        learned.with(|learned| match learned {
            Some(Ok(it)) => tables::told(it.0, &it.1, step.get()),
            _ => String::new(),
        })
    };
    let table = move || {
        learned.with(|learned| match learned {
            Some(Ok(it)) if it.0 == Which::Unigram => Some(tables::round(&it.1, step.get()).into_any()),
            Some(Ok(it)) => Some(tables::pairs(it.0, &it.1, step.get()).into_any()),
            _ => None,
        })
    };
    let made = move || {
        learned
            .with(|learned| learned.as_ref().and_then(|it| it.as_ref().ok().map(|it| tables::made(&it.1, step.get()))))
    };
    let curve = Signal::derive(move || {
        let data =
            learned.with(|learned| learned.as_ref().and_then(|it| it.as_ref().ok().map(|it| tables::curve(&it.1))));
        Arc::new(data.unwrap_or_else(|| LineData {
            x_name: t!("tokenizer.steps").into(),
            y_name: t!("tokenizer.tokens_of_text").into(),
            series: vec![Series::default()],
            references: Vec::new(),
        }))
    });
    let title = move || {
        if method.get() == Which::Unigram {
            t!("tokenizer.curve_unigram").to_owned()
        } else {
            t!("tokenizer.curve_merges").to_owned()
        }
    };
    let at = move || t!("tokenizer.step_of", step = step.get(), last = last.get().unwrap_or(0));
    let end = move || last.get().unwrap_or(0);
    let size_label = move || {
        if method.get() == Which::Unigram { t!("tokenizer.pieces_to_keep") } else { t!("tokenizer.merges_to_learn") }
    };
    let set_size = move |event| {
        if let Some(size) = decimal::parse(&event_target_value(&event)) {
            let size = (size as usize).clamp(1, Lesson::MOST_STEPS);
            knobs.update(|knobs| (knobs.size, knobs.step) = (size, None));
        }
    };
    let methods = [(Which::Bpe, "BPE"), (Which::WordPiece, "WordPiece"), (Which::Unigram, "Unigram")].map(|(which, title)| {
        view! {
            <label>
                <input
                    type="radio" name="tokenizer-method" value=which.name() prop:checked=move || method.get() == which
                    on:change=move |_| { pause(); knobs.update(|knobs| (knobs.method, knobs.step) = (which, None)) }
                />
                " " {title}
            </label>
        }
    });
    let at_end = move || Some(step.get()) == last.get();
    view! {
        <div class="tokenizer-methods" role="group" aria-label=t!("tokenizer.method")>{methods}</div>
        <super::source::Source knobs/>
        <label class="tokenizer-field tokenizer-size">
            <span>{size_label}</span>
            <input type="number" data-field="size" min="1" max=Lesson::MOST_STEPS prop:value=move || knobs.with(|knobs| knobs.size) on:change=set_size/>
        </label>
        <div class="tokenizer-transport" role="group" aria-label=t!("tokenizer.steps")>
            <button type="button" data-action="first" aria-label=t!("tokenizer.to_start") on:click=move |_| move_to(0)>"⏮"</button>
            <button type="button" data-action="back" on:click=move |_| move_to(step.get_untracked().saturating_sub(1))>{t!("tokenizer.back")}</button>
            <button type="button" class="primary" data-action="step" aria-disabled=move || at_end().to_string() on:click=move |_| move_to((step.get_untracked() + 1).min(end()))>{t!("tokenizer.step")}</button>
            <button type="button" data-action="play" on:click=play>{move || if plays.get() { t!("tokenizer.pause") } else { t!("tokenizer.play") }}</button>
            <button type="button" data-action="last" aria-label=t!("tokenizer.to_end") on:click=move |_| move_to(end())>"⏭"</button>
            <label class="tokenizer-slider">
                <span>{at}</span>
                <input
                    type="range" data-field="step" min="0" max=end aria-label=t!("tokenizer.steps") aria-valuetext=at prop:value=move || step.get()
                    on:input=move |event| { if let Some(to) = decimal::parse(&event_target_value(&event)) { move_to(to as usize) } }
                />
            </label>
        </div>
        <p class="tokenizer-says" role="status" data-output="told">{told}</p>
        {table}
        {made}
        <label class="tokenizer-field">
            <span>{t!("tokenizer.try_on")}</span>
            <input
                type="text" data-field="sample" spellcheck="false" autocomplete="off" prop:value=sample
                on:input:target=move |e| knobs.update(|knobs| knobs.sample = e.target().value())
            />
        </label>
        <Spans label=t!("tokenizer.tokens_now") field="spans" tokens ids=move || knobs.with(|knobs| knobs.ids)/>
        <LineChart title=Signal::derive(title) data=curve/>
    }
}
