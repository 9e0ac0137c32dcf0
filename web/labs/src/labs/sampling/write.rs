//! Two settings on one seed: the built-in model goes on with the same text on both sides.

use super::{
    Knobs,
    side::{Fields, Side},
    strip::{Part, Picture, Strip},
};
use crate::{
    engine, models,
    widgets::{LabState, outcome::Value},
};
use engine_core::{
    job::JobError,
    jobs::{
        ModelSource,
        write::{BeamText, DrawnToken, Write, WrittenText, Wrote},
    },
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};

/// The most tokens that are written at once.
const MOST_TOKENS: u32 = 60;

/// What one side has written.
#[derive(Debug, Clone, Default, PartialEq)]
struct Page {
    tokens: Vec<DrawnToken>,
    beams: Vec<BeamText>,
    whole: Option<WrittenText>,
}

impl Page {
    fn take(&mut self, update: Wrote) {
        match update {
            Wrote::Token(token) => self.tokens.push(token),
            Wrote::Beams(beams) => self.beams = beams,
        }
    }
}

/// How many tokens both begin with.
fn shared(left: &Page, right: &Page) -> usize {
    left.tokens.iter().zip(&right.tokens).take_while(|(a, b)| a.token == b.token).count()
}

/// Draws both sides, their settings and the button.
#[component]
pub fn Both(
    /// The lab's settings; prompt, length, seed and both sides are kept in step with them.
    knobs: RwSignal<Knobs>,
    /// Of the whole lab.
    state: RwSignal<LabState>,
    /// What goes into the lab's outcome.
    wrote: RwSignal<Vec<(&'static str, Value)>>,
) -> impl IntoView {
    let first = knobs.get_untracked();
    let left = RwSignal::new(Side::read(&first.left, Side::LEFT));
    let right = RwSignal::new(Side::read(&first.right, Side::RIGHT));
    Effect::new(move |_| {
        let (left, right) = (left.get().written(), right.get().written());
        knobs.update(|knobs| (knobs.left, knobs.right) = (left, right));
    });
    let pages = [RwSignal::new(Page::default()), RwSignal::new(Page::default())];
    let chosen = RwSignal::new(0_usize);
    let newest = StoredValue::new(0_u32);
    let handle = StoredValue::new_local(None::<engine::Handle>);
    let stop = move || {
        if let Some(handle) = handle.try_get_value().flatten() {
            handle.cancel();
        }
    };
    on_cleanup(stop);

    let write = move |_| {
        stop();
        let ticket = newest.get_value() + 1;
        newest.set_value(ticket);
        let current = move || newest.try_get_value() == Some(ticket);
        state.set(LabState::Running);
        for page in pages {
            page.set(Page::default());
        }
        let now = knobs.get_untracked();
        let sides = [left.get_untracked(), right.get_untracked()];
        spawn_local(async move {
            let file = match models::built_in().await {
                Ok(file) => file,
                Err(why) => return drop(state.try_set(LabState::Failed(why))),
            };
            for (side, page) in sides.into_iter().zip(pages) {
                if !current() {
                    return;
                }
                let (prompt, tokens) = (now.prompt.clone(), now.tokens.clamp(1, MOST_TOKENS));
                let job = Write { model: ModelSource::File(file.clone()), prompt, how: side.how(now.seed), tokens };
                let heard = move |update| {
                    if current() {
                        page.update(|page| page.take(update));
                    }
                };
                let keep = move |it| {
                    // A lab that has left the page keeps nothing.
                    let _ = handle.try_set_value(Some(it));
                };
                let outcome = engine::run_with(&job, keep, heard).await;
                if !current() {
                    return;
                }
                match outcome {
                    Ok(whole) => page.update(|page| page.whole = Some(whole)),
                    Err(JobError::Cancelled) => return,
                    Err(error) => return state.set(LabState::Failed(error.to_string())),
                }
            }
            let [a, b] = pages.map(|page| page.get_untracked());
            let same = shared(&a, &b);
            chosen.set(same.min(a.tokens.len().min(b.tokens.len()).saturating_sub(1)));
            let sum = |page: &Page| page.whole.as_ref().map_or(f64::NAN, |whole| whole.log_probability);
            wrote.set(vec![
                ("same_tokens", same.into()),
                ("left_log_probability", sum(&a).into()),
                ("right_log_probability", sum(&b).into()),
                ("left_beam", (!a.beams.is_empty()).into()),
                ("right_beam", (!b.beams.is_empty()).into()),
            ]);
            state.set(LabState::Done);
        });
    };

    let drawn = Memo::new(move |_| pages.map(|page| page.with(|page| page.tokens.len())));
    let both = move || drawn.get().into_iter().all(|count| count > 0) && state.with(|state| *state == LabState::Done);
    let told = move || {
        if !both() {
            return String::new();
        }
        let [a, b] = pages.map(|page| page.get());
        let same = shared(&a, &b);
        if same == a.tokens.len().max(b.tokens.len()) {
            t!("sampling.same_text").into()
        } else {
            t!("sampling.same_until", count = same)
        }
    };
    let number = move || {
        let at = chosen.get();
        let token = pages.iter().find_map(|page| page.with(|page| page.tokens.get(at).cloned()));
        let words = |token: DrawnToken| t!("sampling.number_at", number = at + 1, uniform = format!("{:.4}", token.uniform));
        token.map(words).unwrap_or_default()
    };
    let set_tokens = move |event| {
        if let Ok(count) = event_target_value(&event).trim().parse::<u32>() {
            knobs.update(|knobs| knobs.tokens = count.clamp(1, MOST_TOKENS));
        }
    };
    let side = move |name: &'static str, title: &'static str, side: RwSignal<Side>, page: RwSignal<Page>| {
        view! {
            <section class="sampling-side" data-side=name aria-label=title>
                <p class="sampling-caption">{title}</p>
                <Fields name side/>
                <Text knobs page chosen/>
            </section>
        }
    };
    view! {
        <div class="sampling-both">
            <p class="sampling-caption">{t!("sampling.side_by_side")}</p>
            <p class="lab-note">{t!("sampling.side_note")}</p>
            <div class="sampling-buttons">
                <label class="sampling-number sampling-prompt">
                    <span>{t!("sampling.prompt")}</span>
                    <input
                        type="text" maxlength="500" data-field="prompt" prop:value=move || knobs.with(|k| k.prompt.clone())
                        on:input:target=move |e| knobs.update(|k| k.prompt = e.target().value())
                    />
                </label>
                <label class="sampling-number">
                    <span>{t!("sampling.tokens")}</span>
                    <input
                        type="number" min="1" max=MOST_TOKENS step="1" inputmode="numeric" data-field="tokens"
                        prop:value=move || knobs.with(|k| k.tokens.to_string())
                        on:change=set_tokens
                    />
                </label>
                <button type="button" class="primary" data-action="write" on:click=write>{t!("sampling.write_both")}</button>
            </div>
            <div class="sampling-columns">
                {side("left", t!("sampling.left"), left, pages[0])}
                {side("right", t!("sampling.right"), right, pages[1])}
            </div>
            <p role="status" data-output="compared">{told}</p>
            <div hidden=move || !both()>
                <p class="lab-note" data-output="number">{number}</p>
            </div>
        </div>
    }
}

/// One side's text: its tokens to press, or its beams; and the strip of the token that is pressed.
#[component]
fn Text(
    /// For the prompt.
    knobs: RwSignal<Knobs>,
    /// What is written.
    page: RwSignal<Page>,
    /// The token that is looked at, on both sides.
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let tokens = move || {
        let one = |(at, token): (usize, DrawnToken)| {
            let label = t!(
                "sampling.token_words",
                token = token.token.clone(),
                drawn = format!("{:.1}", token.probability * 100.0),
                of_model = format!("{:.1}", token.of_model * 100.0)
            );
            view! {
                <button
                    type="button" class="sampling-token" class:likeliest=token.likeliest title=label.clone() aria-label=label
                    aria-pressed=move || (chosen.get() == at).to_string() on:click=move |_| chosen.set(at)
                >
                    {token.token}
                </button>
            }
        };
        page.with(|page| page.tokens.clone()).into_iter().enumerate().map(one).collect::<Vec<_>>()
    };
    let beams = move || {
        let one = |beam: BeamText| {
            let sum = t!("sampling.beam_words", sum = format!("{:.2}", beam.log_probability));
            view! { <li><span class="sampling-beam">{beam.text}</span> <span class="lab-note">{sum}</span></li> }
        };
        page.with(|page| page.beams.clone()).into_iter().map(one).collect::<Vec<_>>()
    };
    let has_tokens = Memo::new(move |_| page.with(|page| !page.tokens.is_empty()));
    let has_beams = Memo::new(move |_| page.with(|page| !page.beams.is_empty()));
    let picture = Signal::derive(move || {
        let (at, page) = (chosen.get(), page.get());
        let Some(token) = page.tokens.get(at) else { return Picture::default() };
        let part = |stretch: &engine_core::jobs::write::TokenStretch| Part {
            token: stretch.token.clone(),
            from: stretch.from,
            to: stretch.to,
            greedy: token.likeliest && stretch.token.as_ref() == Some(&token.token),
        };
        Picture { parts: token.strip.iter().map(part).collect(), uniform: token.uniform }
    });
    let sum = move || {
        let whole = page.with(|page| page.whole.clone())?;
        let unknown = if whole.unknown.is_empty() {
            String::new()
        } else {
            t!("sampling.unknown", unknown = whole.unknown)
        };
        Some(format!("{} {unknown}", t!("sampling.sum_words", sum = format!("{:.2}", whole.log_probability))))
    };
    view! {
        <div class="sampling-text" data-output="tokens" hidden=move || !has_tokens.get()>
            <span class="sampling-before">{move || knobs.with(|knobs| knobs.prompt.clone())}</span>
            {tokens}
        </div>
        <div hidden=move || !has_tokens.get()><Strip picture/></div>
        <ol class="sampling-beams" data-output="beams" hidden=move || !has_beams.get()>{beams}</ol>
        <p class="lab-note" data-output="sum">{sum}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_ends_at_the_first_difference() {
        let token = |token: &str| DrawnToken {
            text: String::new(),
            token: token.into(),
            probability: 1.0,
            of_model: 1.0,
            likeliest: true,
            uniform: 0.5,
            strip: Vec::new(),
        };
        let page = |text: &str| Page { tokens: text.chars().map(|c| token(&c.to_string())).collect(), ..Page::default() };
        assert_eq!(shared(&page("abcd"), &page("abxd")), 2);
        assert_eq!(shared(&page("ab"), &page("")), 0);
    }
}
