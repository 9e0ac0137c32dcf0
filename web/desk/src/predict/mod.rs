//! A prediction: the learner commits first, then the lab runs, then both stand side by side.

mod curve;
mod verdict;

use crate::{lab, progress, slots::Slot};
use curve::Drawing;
use kit::t;
use learn::{
    practice::{Bet, Foreseen, Guess, Prediction, Prospect},
    progress::Kind,
};
use leptos::prelude::*;

/// The part called `predict`.
pub fn part(slot: Slot) -> AnyView {
    match serde_json::from_str::<Prediction>(&slot.json) {
        Ok(prediction) => view! { <Block prediction/> }.into_any(),
        // Of another build than this program: what the compiler wrote can be read all the same.
        Err(_) => view! { <div inner_html=slot.fallback></div> }.into_any(),
    }
}

/// What the learner has done so far.
#[derive(Clone, Copy)]
pub struct State {
    /// Heights of a curve, as far as they are set.
    heights: RwSignal<Vec<Option<f64>>>,
    chosen: RwSignal<Option<usize>>,
    typed: RwSignal<String>,
    /// What counts from now on; nothing can be changed any more.
    committed: RwSignal<Option<Guess>>,
    /// What came of it.
    result: RwSignal<Option<Foreseen>>,
    /// The measured curve so far.
    live: RwSignal<Vec<(f64, f64)>>,
}

impl State {
    fn new() -> Self {
        Self {
            heights: RwSignal::new(Vec::new()),
            chosen: RwSignal::new(None),
            typed: RwSignal::new(String::new()),
            committed: RwSignal::new(None),
            result: RwSignal::new(None),
            live: RwSignal::new(Vec::new()),
        }
    }

    /// The guess as it stands, if it is complete.
    fn guess(self, bet: &Bet) -> Option<Guess> {
        match bet {
            Bet::Curve(_) => {
                self.heights.with(|heights| heights.iter().copied().collect::<Option<_>>()).map(Guess::Drawn)
            }
            Bet::Choose { .. } => self.chosen.get().map(Guess::Chosen),
            Bet::Number { .. } => Some(Guess::Typed(self.typed.get())),
        }
    }

    fn is_locked(self) -> bool {
        self.committed.with(Option::is_some)
    }
}

#[component]
fn Block(prediction: Prediction) -> impl IntoView {
    let state = State::new();
    let Prediction { id, prompt, explain, lab, bet, .. } = prediction.clone();
    if let Bet::Curve(curve) = &bet {
        state.heights.set(vec![None; curve.at.len()]);
    }
    let all = StoredValue::new(prediction);
    let complained = RwSignal::new(false);

    lab::outcomes(&lab, move |outcome| {
        let Some(guess) = state.committed.get_untracked().filter(|_| state.result.with_untracked(Option::is_none))
        else {
            return;
        };
        all.with_value(|prediction| {
            if let Bet::Curve(curve) = &prediction.bet
                && prediction.when.iter().all(|it| it.name == "finished" || it.holds(&outcome))
                && let (Some(xs), Some(ys)) = (outcome.series(&curve.x), outcome.series(&curve.y))
            {
                state.live.set(xs.iter().copied().zip(ys.iter().copied()).collect());
            }
            if let Some(foreseen) = prediction.judge(&guess, &outcome) {
                let (lesson, item) = (prediction.slug.clone(), format!("p:{}", prediction.id));
                let (objectives, right) = (prediction.objectives.clone(), foreseen.right());
                state.result.set(Some(foreseen));
                progress::record(Kind::Answered { lesson, item, objectives, right, helped: false });
            }
        });
    });

    let commit = move |_| {
        let ready = all.with_value(|prediction| {
            let guess = untrack(|| state.guess(&prediction.bet)).filter(|guess| prediction.can_commit(guess));
            if let Some(guess) = guess {
                state.committed.set(Some(guess));
                lab::set_up(&prediction.lab, &prediction.knobs);
                return true;
            }
            false
        });
        complained.set(!ready);
    };
    let run_again = move |_| all.with_value(|prediction| lab::set_up(&prediction.lab, &prediction.knobs));
    let redo = move |_| {
        state.committed.set(None);
        state.result.set(None);
        state.live.set(Vec::new());
        complained.set(false);
    };
    let title_id = format!("predict-{id}-title");
    let input = match bet.clone() {
        Bet::Curve(curve) => view! { <Drawing curve state/> }.into_any(),
        Bet::Choose { options, .. } => choose(options, &id, state),
        Bet::Number { unit, .. } => typed(unit, state),
    };
    let missing = match bet {
        Bet::Curve(_) => t!("predict.missing.curve"),
        Bet::Choose { .. } => t!("predict.missing.choose"),
        Bet::Number { .. } => t!("predict.missing.number"),
    };
    Effect::new(move |_| {
        // A complaint about a missing guess ends with the next change.
        state.heights.track();
        state.chosen.track();
        state.typed.track();
        complained.set(false);
    });
    let status = move || {
        if complained.get() {
            return missing.to_owned();
        }
        match (state.result.get(), state.is_locked()) {
            (Some(foreseen), _) => all.with_value(|prediction| verdict::sentence(&foreseen, prediction)),
            (None, true) => t!("predict.committed").to_owned(),
            (None, false) => String::new(),
        }
    };
    let result = move || match state.result.with(|result| result.as_ref().map(Foreseen::right)) {
        Some(true) => "right",
        Some(false) => "wrong",
        None if state.is_locked() => "committed",
        None => "open",
    };
    let done = move || state.result.with(Option::is_some);
    let labelled = title_id.clone();
    view! {
        <div class="practice-card" role="group" aria-labelledby=labelled data-predict=id data-result=result>
            <h3 id=title_id>{t!("predict.title")}</h3>
            <div class="predict-prompt" inner_html=prompt></div>
            {input}
            <p class="practice-actions">
                <button type="button" class="primary" data-action="commit" hidden=move || state.is_locked() on:click=commit>{t!("predict.commit")}</button>
                <button type="button" data-action="run" hidden=move || !state.is_locked() || done() on:click=run_again>{t!("predict.run")}</button>
                <button type="button" data-action="redo" hidden=move || !state.is_locked() on:click=redo>{t!("predict.redo")}</button>
            </p>
            <p class="practice-status" role="status" class:right=move || result() == "right" class:wrong=move || result() == "wrong">{status}</p>
            <div class="predict-explain" hidden=move || !done()>
                <p class="practice-part">{t!("predict.explain")}</p>
                <p inner_html=explain></p>
            </div>
        </div>
    }
}

/// Options to choose from, each explained once the lab has answered.
fn choose(options: Vec<Prospect>, id: &str, state: State) -> AnyView {
    let name = format!("predict-{id}");
    let truth = Memo::new(move |_| {
        state.result.with(|result| match result {
            Some(Foreseen::Choice { truth, .. }) => Some(*truth),
            _ => None,
        })
    });
    let option = |(at, option): (usize, Prospect)| {
        let is_so = move || truth.get().is_some_and(|truth| truth == Some(at));
        let is_not = move || truth.get().is_some_and(|truth| truth != Some(at));
        let word = move || if is_so() { t!("predict.so") } else { t!("predict.not-so") };
        view! {
            <li class="quiz-option" class:right=is_so class:wrong=is_not>
                <label>
                    <input
                        type="radio" name=name.clone() disabled=move || state.is_locked()
                        prop:checked=move || state.chosen.get() == Some(at)
                        on:change=move |_| state.chosen.set(Some(at))
                    />
                    <span class="quiz-text" inner_html=option.text></span>
                </label>
                <div class="quiz-explain" hidden=move || truth.get().is_none()>
                    <strong>{word}{" "}</strong><span class="quiz-why" inner_html=option.explain></span>
                </div>
            </li>
        }
    };
    let options: Vec<_> = options.into_iter().enumerate().map(option).collect();
    view! {
        <fieldset class="predict-choices">
            <legend class="visually-hidden">{t!("predict.options")}</legend>
            <ul class="quiz-options">{options}</ul>
        </fieldset>
    }
    .into_any()
}

fn typed(unit: String, state: State) -> AnyView {
    view! {
        <label class="quiz-typed">
            <span>{t!("predict.number")}</span>
            <span class="quiz-number-field">
                <input
                    type="text" inputmode="decimal" autocomplete="off" data-field="guess" readonly=move || state.is_locked()
                    prop:value=state.typed on:input=move |event| state.typed.set(event_target_value(&event))
                />
                {(!unit.is_empty()).then(|| view! { <span class="quiz-unit">{unit}</span> })}
            </span>
        </label>
    }
    .into_any()
}
