//! Text to tokens: BPE, WordPiece and Unigram learned in view on any text, published vocabularies beside them, and what
//! tokens cost in other languages.

mod ask;
mod compare;
mod counts;
mod languages;
mod learn;
mod names;
mod source;
mod spans;
mod tables;

use super::knobs;
use crate::widgets::{LabFrame, LabState};
use ask::{Answer, Busy};
use engine_core::jobs::tokenize::{Lesson, Which};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the lab shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum View {
    /// A tokenizer being learned.
    #[default]
    Learn,
    /// Two tokenizers on one text.
    Compare,
    /// Two tokenizers on many languages.
    Languages,
    /// How often each token occurs.
    Counts,
}

impl View {
    const ALL: [Self; 4] = [Self::Learn, Self::Compare, Self::Languages, Self::Counts];

    fn name(self) -> &'static str {
        match self {
            Self::Learn => "learn",
            Self::Compare => "compare",
            Self::Languages => "languages",
            Self::Counts => "counts",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Learn => t!("tokenizer.view_learn"),
            Self::Compare => t!("tokenizer.view_compare"),
            Self::Languages => t!("tokenizer.view_languages"),
            Self::Counts => t!("tokenizer.view_counts"),
        }
    }
}

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// What is shown.
    view: View,
    /// `first`, the id of a shipped text, or `own`.
    text: String,
    /// The learner's own text.
    own: String,
    /// What is learned in view.
    method: Which,
    /// Merges to learn, or pieces to keep.
    size: usize,
    /// How many steps of the learning are shown; the beginning if nothing is said.
    step: Option<usize>,
    /// The text that is cut.
    sample: String,
    /// The first of two tokenizers.
    a: Which,
    /// The second.
    b: Which,
    /// Whether ids stand below the tokens.
    ids: bool,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            view: View::Learn,
            text: source::FIRST.into(),
            own: String::new(),
            method: Which::Bpe,
            size: 120,
            step: None,
            sample: "the slowest singer saw 2 naïve cats 🐱".into(),
            a: Which::Characters,
            b: Which::Bpe,
            ids: true,
        }
    }
}

impl Knobs {
    /// For a link: what differs from the defaults.
    fn shared(&self) -> String {
        let first = Self::default();
        let step = |knobs: &Self| knobs.step.map_or(String::new(), |step| step.to_string());
        let mut all = vec![
            ("view", self.view.name().to_owned(), first.view.name().to_owned()),
            ("text", self.text.clone(), first.text.clone()),
            ("own", self.own.clone(), first.own.clone()),
            ("method", self.method.name().to_owned(), first.method.name().to_owned()),
            ("size", self.size.to_string(), first.size.to_string()),
            ("sample", self.sample.clone(), first.sample.clone()),
            ("a", self.a.name().to_owned(), first.a.name().to_owned()),
            ("b", self.b.name().to_owned(), first.b.name().to_owned()),
            ("ids", self.ids.to_string(), first.ids.to_string()),
        ];
        all.push(("step", step(self), step(&first)));
        knobs::differing(&all)
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    mut knobs: Knobs,
) -> impl IntoView {
    if !knobs.method.is_learned() {
        knobs.method = Which::Bpe;
    }
    let knobs = RwSignal::new(knobs);
    let busy = Busy::new();
    let source = Memo::new(move |_| knobs.with(|knobs| (knobs.text.clone(), knobs.own.clone(), knobs.size)));
    let lesson: RwSignal<Answer<Lesson>> = ask::follow(
        busy,
        move || Some(source.get()),
        |(text, own, size)| async move { Ok(Lesson { text: source::text(text, own, source::LEARNED).await?, size }) },
    );
    let asked = RwSignal::new(false);
    let state = Signal::derive(move || match (busy.open.get(), busy.failed.get()) {
        (0, Some(why)) => LabState::Failed(why),
        (0, None) if asked.get() => LabState::Done,
        (0, None) => LabState::Idle,
        _ => LabState::Running,
    });
    Effect::new(move |_| {
        if busy.open.get() > 0 {
            asked.set(true);
        }
    });
    let view = Memo::new(move |_| knobs.with(|knobs| knobs.view));
    let tabs = View::ALL.map(|one| {
        view! {
            <label>
                <input
                    type="radio" name="tokenizer-view" value=one.name() prop:checked=move || view.get() == one
                    on:change=move |_| knobs.update(|knobs| knobs.view = one)
                />
                <span>{one.title()}</span>
            </label>
        }
    });
    let body = move || match view.get() {
        View::Learn => view! { <learn::Learn knobs lesson busy/> }.into_any(),
        View::Compare => view! { <compare::Compare knobs lesson busy/> }.into_any(),
        View::Languages => view! { <languages::Languages knobs lesson busy/> }.into_any(),
        View::Counts => view! { <counts::Counts knobs lesson busy/> }.into_any(),
    };
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="tokenizer" title=t!("tokenizer.title") state share>
            <div class="tokenizer-views" role="group" aria-label=t!("tokenizer.views")>{tabs}</div>
            <div class="tokenizer-view">{body}</div>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs {
            view: View::Counts,
            text: "own".into(),
            own: "a b & c".into(),
            method: Which::WordPiece,
            size: 9,
            step: Some(3),
            sample: "x\ny".into(),
            a: Which::O200k,
            b: Which::Bert,
            ids: false,
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared()).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(), "");
    }
}
