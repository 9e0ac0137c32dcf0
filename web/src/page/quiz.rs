//! The quiz at a lesson's end: choose, check, read why, and keep the score.

use super::{
    blocks::{Choice, Question, Quiz},
    html,
};
use crate::store;
use leptos::{prelude::*, task::spawn_local};

/// What a learner has done with one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Not checked yet.
    Open,
    /// Checked, and nothing chosen: there is nothing to explain yet.
    Empty,
    /// Exactly the right answers were chosen.
    Right,
    /// Something was wrong or missing.
    Wrong,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Open | Self::Empty => "open",
            Self::Right => "right",
            Self::Wrong => "wrong",
        }
    }

    fn sentence(self, multiple: bool) -> &'static str {
        match (self, multiple) {
            (Self::Open, _) => "",
            (Self::Empty, true) => "Choose at least one answer first.",
            (Self::Empty, false) => "Choose an answer first.",
            (Self::Right, _) => "Right.",
            (Self::Wrong, true) => "Not quite. The explanations say which answers belong together.",
            (Self::Wrong, false) => "Not quite. The explanations say why.",
        }
    }

    fn is_checked(self) -> bool {
        matches!(self, Self::Right | Self::Wrong)
    }
}

/// Judges a set of chosen options.
fn judge(correct: &[bool], chosen: &[usize]) -> Verdict {
    if chosen.is_empty() {
        return Verdict::Empty;
    }
    let all = correct.iter().enumerate().all(|(index, correct)| chosen.contains(&index) == *correct);
    if all { Verdict::Right } else { Verdict::Wrong }
}

/// A kept score: how many were right, of how many. Written as `4/6`.
fn read_score(text: &str) -> Option<(usize, usize)> {
    let (right, of) = text.split_once('/')?;
    Some((right.parse().ok()?, of.parse().ok()?))
}

/// Draws a quiz.
#[component]
pub fn QuizBlock(quiz: Quiz) -> impl IntoView {
    let Quiz { slug, questions } = quiz;
    let of = questions.len();
    let slug = StoredValue::new(slug);
    let best = RwSignal::new(None::<usize>);
    spawn_local(async move {
        let key = slug.get_value();
        if let Ok(Some(text)) = store::get("quiz", &key).await
            && let Some((right, kept_of)) = read_score(&text)
            // A lesson that got more questions since is asked anew.
            && kept_of == of
        {
            best.try_update(|best| *best = (*best).max(Some(right)));
        }
    });

    let verdicts = RwSignal::new(vec![Verdict::Open; of]);
    let chosen = RwSignal::new(vec![Vec::<usize>::new(); of]);
    let failed = RwSignal::new(String::new());
    let right = move || verdicts.with(|verdicts| verdicts.iter().filter(|it| **it == Verdict::Right).count());
    let checked = move || verdicts.with(|verdicts| verdicts.iter().filter(|it| it.is_checked()).count());

    let keep_score = move || {
        let score = right();
        if best.get_untracked().is_some_and(|best| best >= score) {
            return;
        }
        best.set(Some(score));
        spawn_local(async move {
            let key = slug.get_value();
            if let Err(error) = store::put("quiz", &key, &format!("{score}/{of}")).await {
                failed.try_set(error.0);
            }
        });
    };
    let again = move |_| {
        chosen.set(vec![Vec::new(); of]);
        verdicts.set(vec![Verdict::Open; of]);
    };
    let asked: Vec<_> = questions
        .into_iter()
        .enumerate()
        .map(|(index, question)| view! { <Ask index question verdicts chosen keep_score/> })
        .collect();
    let summary = move || match best.get() {
        None => String::new(),
        Some(best) => format!("Score kept: {best} of {of}."),
    };
    view! {
        <section class="quiz" id="quiz" data-block="quiz" aria-labelledby="quiz-heading">
            <h2 id="quiz-heading">"Check what you understood"</h2>
            <ol class="quiz-questions quiz-live">{asked}</ol>
            <div class="quiz-end">
                <p class="quiz-score" role="status" data-quiz-score="">
                    {move || (checked() > 0).then(|| format!("{} of {of} right so far. ", right()))}
                    {summary}
                </p>
                <p class="quiz-error" role="alert" hidden=move || failed.with(String::is_empty)>{failed}</p>
                <button type="button" data-action="try-again" disabled=move || checked() == 0 on:click=again>
                    "Try again"
                </button>
            </div>
        </section>
    }
}

/// Draws one question.
#[component]
fn Ask(
    index: usize,
    question: Question,
    verdicts: RwSignal<Vec<Verdict>>,
    chosen: RwSignal<Vec<Vec<usize>>>,
    keep_score: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let Question { id, prompt, multiple, options } = question;
    let correct: Vec<bool> = options.iter().map(|option| option.correct).collect();
    let verdict = Memo::new(move |_| verdicts.with(|verdicts| verdicts[index]));
    let check = move |_| {
        let result = chosen.with_untracked(|chosen| judge(&correct, &chosen[index]));
        verdicts.update(|verdicts| verdicts[index] = result);
        keep_score();
    };
    let group = format!("quiz-{id}");
    let answers: Vec<_> = options
        .into_iter()
        .enumerate()
        .map(|(at, option)| {
            let Choice { text, correct, explain } = option;
            let choose = move |event: leptos::ev::Event| {
                let on = event_target_checked(&event);
                chosen.update(|chosen| {
                    let mine = &mut chosen[index];
                    mine.retain(|other| multiple && *other != at);
                    mine.extend(on.then_some(at));
                });
                verdicts.update(|verdicts| verdicts[index] = Verdict::Open);
            };
            let marked = move || verdict.get().is_checked();
            view! {
                <li class="quiz-option" class:right=move || marked() && correct class:wrong=move || marked() && !correct>
                    <label>
                        <input
                            type=if multiple { "checkbox" } else { "radio" }
                            name=group.clone()
                            prop:checked=move || chosen.with(|chosen| chosen[index].contains(&at))
                            on:change=choose
                        />
                        {html::inline("quiz-text", text)}
                    </label>
                    <div class="quiz-explain" hidden=move || !marked()>
                        <strong>{if correct { "Right: " } else { "Wrong: " }}</strong>
                        {html::inline("quiz-why", explain)}
                    </div>
                </li>
            }
        })
        .collect();
    view! {
        <li class="quiz-question" id=format!("question-{id}") data-question=id data-result=move || verdict.get().name()>
            <fieldset>
                <legend>
                    <span class="quiz-number" aria-hidden="true">{format!("{}. ", index + 1)}</span>
                    {html::inline("quiz-prompt", prompt)}
                </legend>
                {multiple.then(|| view! { <p class="quiz-hint">"More than one answer is right."</p> })}
                <ul class="quiz-options">{answers}</ul>
            </fieldset>
            <button type="button" data-action="check" on:click=check>"Check"</button>
            <p class="quiz-verdict" role="status">{move || verdict.get().sentence(multiple)}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_right_answers_and_no_wrong_one_must_be_chosen() {
        let correct = [true, false, true];
        assert_eq!(judge(&correct, &[2, 0]), Verdict::Right);
        assert_eq!(judge(&correct, &[0]), Verdict::Wrong);
        assert_eq!(judge(&correct, &[0, 1, 2]), Verdict::Wrong);
        assert_eq!(judge(&correct, &[]), Verdict::Empty);
    }

    #[test]
    fn a_score_reads_back() {
        assert_eq!(read_score("4/6"), Some((4, 6)));
        assert_eq!(read_score("nonsense"), None);
    }
}
