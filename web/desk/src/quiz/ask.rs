//! One question of any kind, with its button and its verdict.

use super::{choices::choices, matching::matching, order::order, typed::typed};
use kit::t;
use learn::practice::{Ask as Kind, Expected, Given, Judged, Question, Verdict, shuffled};
use leptos::prelude::*;

/// What a learner has done with one question.
#[derive(Clone, Copy)]
pub struct State {
    /// The answer as it stands.
    pub given: RwSignal<Given>,
    /// The verdict on it; empty from the first change on.
    pub judged: RwSignal<Judged>,
    /// The reasons have been read since the question was asked anew.
    told: RwSignal<bool>,
    first: StoredValue<Given>,
}

fn open() -> Judged {
    Judged { verdict: Verdict::Empty, notes: Vec::new() }
}

/// The answer that a question begins with.
fn first(question: &Question) -> Given {
    match &question.ask {
        Kind::Single { .. } | Kind::Multiple { .. } => Given::Chosen(Vec::new()),
        Kind::Output { expected: Expected::Chosen(_), .. } => Given::Chosen(Vec::new()),
        Kind::Number(_) | Kind::Output { .. } => Given::Typed(String::new()),
        Kind::Order { items } => Given::Ordered(shuffled(items.len(), &question.id)),
        Kind::Match { pairs } => Given::Matched(vec![None; pairs.len()]),
    }
}

impl State {
    /// Nothing is answered yet.
    pub fn new(question: &Question) -> Self {
        let first = first(question);
        Self {
            given: RwSignal::new(first.clone()),
            judged: RwSignal::new(open()),
            told: RwSignal::new(false),
            first: StoredValue::new(first),
        }
    }

    /// How the answer was judged, if it was.
    pub fn verdict(self) -> Verdict {
        self.judged.with(|judged| judged.verdict)
    }

    /// Takes a new answer; the verdict on the old one goes.
    pub fn change(self, change: impl FnOnce(&mut Given)) {
        self.given.update(change);
        self.judged.set(open());
    }

    /// Asks anew.
    pub fn reset(self) {
        self.given.set(self.first.get_value());
        self.judged.set(open());
        self.told.set(false);
    }
}

#[allow(dead_code, reason = "the review page shows one question at a time")]
/// Draws one question on its own; `on_answer` hears at each check whether the answer was right, and whether the
/// explanations had been read before.
pub fn ask(question: Question, on_answer: impl Fn(bool, bool) + Clone + Send + Sync + 'static) -> AnyView {
    let state = State::new(&question);
    view! { <div class="quiz"><Ask question number=0 state on_answer/></div> }.into_any()
}

/// Draws a question.
#[component]
pub fn Ask(
    /// What is asked.
    question: Question,
    /// Its number in the quiz; zero where it stands alone.
    number: usize,
    /// What the learner has done with it.
    state: State,
    /// Hears of each check.
    on_answer: impl Fn(bool, bool) + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let (id, kind) = (question.id.clone(), question.kind());
    let complained = RwSignal::new(None::<Verdict>);
    let asked = StoredValue::new(question.clone());
    let check = move || {
        let judged = asked.with_value(|question| state.given.with_untracked(|given| question.judge(given)));
        let verdict = judged.verdict;
        complained.set((!verdict.is_final()).then_some(verdict));
        if verdict.is_final() {
            let helped = state.told.get_untracked();
            state.told.set(true);
            state.judged.set(judged);
            on_answer(verdict == Verdict::Right, helped);
        }
    };
    Effect::new(move |_| {
        // A complaint about a missing answer ends with the next change.
        state.given.track();
        complained.set(None);
    });
    let result = move || match state.verdict() {
        Verdict::Right => "right",
        Verdict::Wrong => "wrong",
        Verdict::Empty | Verdict::Unreadable => "open",
    };
    let sentence = move || match complained.get().unwrap_or_else(|| state.verdict()) {
        Verdict::Right => t!("quiz.right"),
        Verdict::Wrong => match kind {
            "multiple" => t!("quiz.wrong.multiple"),
            "order" => t!("quiz.wrong.order"),
            "match" => t!("quiz.wrong.match"),
            _ => t!("quiz.wrong"),
        },
        Verdict::Unreadable => t!("quiz.unreadable"),
        Verdict::Empty if complained.get().is_none() => "",
        Verdict::Empty => match kind {
            "multiple" => t!("quiz.empty.multiple"),
            "number" => t!("quiz.empty.number"),
            "match" => t!("quiz.empty.match"),
            "output" => t!("quiz.empty.output"),
            _ => t!("quiz.empty"),
        },
    };
    let hint = match kind {
        "multiple" => Some(t!("quiz.hint.multiple")),
        "order" => Some(t!("quiz.hint.order")),
        "match" => Some(t!("quiz.hint.match")),
        _ => None,
    };
    let name = format!("quiz-{id}");
    let again = check.clone();
    let body = match question.ask {
        Kind::Single { options } => choices(options, false, name, state),
        Kind::Multiple { options } => choices(options, true, name, state),
        Kind::Number(ask) => typed(ask.unit, false, state, again),
        Kind::Order { items } => order(items, name, state),
        Kind::Match { pairs } => matching(pairs, name, state),
        Kind::Output { program, expected, .. } => {
            let answer = match expected {
                Expected::Chosen(options) => choices(options, false, name, state),
                Expected::Typed(_) => typed(String::new(), true, state, again),
            };
            view! { <div class="quiz-source" inner_html=program></div> {answer} }.into_any()
        }
    };
    let shown =
        (number > 0).then(|| view! { <span class="quiz-number" aria-hidden="true">{format!("{number}. ")}</span> });
    view! {
        <div class="quiz-question" data-question=id data-kind=kind data-result=result>
            <fieldset>
                <legend>{shown}<span class="quiz-prompt" inner_html=question.prompt></span></legend>
                {hint.map(|hint| view! { <p class="quiz-hint">{hint}</p> })}
                {body}
            </fieldset>
            <button type="button" data-action="check" on:click=move |_| check()>{t!("quiz.check")}</button>
            <p class="quiz-verdict" role="status">{sentence}</p>
        </div>
    }
}

/// Why a part of an answer is right or wrong, once it has been judged.
pub fn why(state: State, part: usize) -> impl IntoView {
    let note = Memo::new(move |_| state.judged.with(|judged| judged.notes.get(part).cloned()));
    let word = move || match note.with(|note| note.as_ref().is_some_and(|note| note.right)) {
        true => t!("quiz.word.right"),
        false => t!("quiz.word.wrong"),
    };
    let explain = move || note.with(|note| note.as_ref().map(|note| note.explain.clone()).unwrap_or_default());
    view! {
        <div class="quiz-explain" hidden=move || note.with(Option::is_none)>
            <strong>{word}{" "}</strong>
            <span class="quiz-why" inner_html=explain></span>
        </div>
    }
}

/// Whether a part was judged as `right`.
pub fn is(state: State, part: usize, right: bool) -> bool {
    state.judged.with(|judged| judged.notes.get(part).is_some_and(|note| note.right == right))
}
