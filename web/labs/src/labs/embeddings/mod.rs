//! Word vectors learned while one watches: word2vec or GloVe on a shipped, invented or pasted text, or those that others
//! have published; a map that moves, neighbours, analogies, and the one-hot vector beside the dense one.

mod ask;
mod compare;
mod corpus;
mod learned;
mod map;
mod settings;
mod sides;

use super::knobs;
use crate::{
    engine,
    widgets::{
        LabFrame, LabState,
        line_chart::LineChart,
        lines::{LineData, Series},
        outcome,
    },
};
use engine_core::{
    job::JobError,
    jobs::embeddings::{LearnWords, Learning, Method},
};
use kit::t;
use learned::Learned;
use leptos::{prelude::*, task::spawn_local};
use map::MapKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// `invented`, the id of a shipped text, `own`, or `published` for vectors that others have learned.
    text: String,
    /// The learner's own text.
    own: String,
    /// `skip-gram` or `glove`.
    method: Method,
    /// The most words that get a vector.
    vocabulary: usize,
    /// A word must occur so often to get one.
    min_count: u32,
    /// The farthest neighbour that counts.
    window: usize,
    /// Numbers per word.
    dim: usize,
    /// Pairs drawn by chance for each that was seen.
    negatives: usize,
    /// The length of the first step.
    rate: f32,
    /// Pairs to learn from.
    steps: u64,
    /// Whether very frequent words are passed over now and then.
    thin: bool,
    /// Fixes the first vectors and every draw.
    seed: u64,
    /// The word whose neighbours are listed.
    word: String,
    /// The word it is compared with.
    other: String,
    /// `a : b :: c : ?`.
    a: String,
    /// The second word.
    b: String,
    /// The third word.
    c: String,
    /// `pca` or `tsne`.
    map: MapKind,
    /// How many neighbours each word of a t-SNE map looks at, more or less.
    perplexity: f32,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            text: corpus::INVENTED.into(),
            own: String::new(),
            method: Method::SkipGram,
            vocabulary: 1_000,
            min_count: 2,
            window: 4,
            dim: 24,
            negatives: 5,
            rate: 0.05,
            steps: 1_000_000,
            thin: true,
            seed: 1,
            word: "cat".into(),
            other: "dog".into(),
            a: "man".into(),
            b: "king".into(),
            c: "woman".into(),
            map: MapKind::Pca,
            perplexity: 10.0,
        }
    }
}

impl Knobs {
    fn method_name(&self) -> &'static str {
        match self.method {
            Method::SkipGram => "skip-gram",
            Method::Glove => "glove",
        }
    }

    /// For a link: what differs from the defaults.
    fn shared(&self) -> String {
        let first = Self::default();
        knobs::changed(&[
            ("text", &self.text, &first.text),
            ("own", &self.own, &first.own),
            ("method", &self.method_name(), &first.method_name()),
            ("vocabulary", &self.vocabulary, &first.vocabulary),
            ("min_count", &self.min_count, &first.min_count),
            ("window", &self.window, &first.window),
            ("dim", &self.dim, &first.dim),
            ("negatives", &self.negatives, &first.negatives),
            ("rate", &self.rate, &first.rate),
            ("steps", &self.steps, &first.steps),
            ("thin", &self.thin, &first.thin),
            ("seed", &self.seed, &first.seed),
            ("word", &self.word, &first.word),
            ("other", &self.other, &first.other),
            ("a", &self.a, &first.a),
            ("b", &self.b, &first.b),
            ("c", &self.c, &first.c),
            ("map", &self.map.name(), &first.map.name()),
            ("perplexity", &self.perplexity, &first.perplexity),
        ])
    }

    fn job(&self, text: String) -> LearnWords {
        let Self { method, vocabulary, min_count, window, dim, negatives, rate, steps, thin, seed, .. } = *self;
        let learning_rate = rate;
        let mapped = MAPPED;
        LearnWords {
            text, method, vocabulary, min_count, window, dim, negatives, learning_rate, steps, thin, seed, mapped,
        }
    }
}

/// So many of the most frequent words stand on the map.
const MAPPED: usize = 150;
/// So many neighbours are listed, and lit on the map.
const NEIGHBOURS: usize = 8;

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    let learned = RwSignal::new(Arc::new(Learned::default()));
    let state = RwSignal::new(LabState::Idle);
    let says = RwSignal::new(String::new());
    let published = RwSignal::new(None);
    let shown = RwSignal::new(None);
    let running = StoredValue::new_local(None::<engine::Handle>);
    let stop = move || {
        if let Some(handle) = running.try_get_value().flatten() {
            handle.cancel();
        }
    };
    on_cleanup(stop);
    let is_running = move || state.with(|state| *state == LabState::Running);

    let take = move |update: Learning| {
        learned.try_update(|learned| Arc::make_mut(learned).take(update));
        // A word of another text has no vector here: one that has takes its place.
        if knobs.try_with_untracked(|knobs| learned.with_untracked(|learned| learned.id(&knobs.word).is_none())) == Some(true) {
            let first = learned.with_untracked(|learned| learned.telling());
            if let Some([word, other]) = first {
                knobs.update(|knobs| (knobs.word, knobs.other) = (word, other));
            }
        }
    };
    let begin = move |_| {
        if is_running() {
            return stop();
        }
        state.set(LabState::Running);
        let wanted = knobs.get_untracked();
        if wanted.text == corpus::PUBLISHED {
            says.set(t!("embeddings.loading").into());
            return spawn_local(async move {
                let loaded = compare::load(published).await;
                says.try_set(String::new());
                match loaded {
                    Ok(loaded) => {
                        learned.try_set(Arc::new(Learned::published(&wanted, &loaded)));
                        says.try_set(t!("embeddings.done").into());
                        state.try_set(LabState::Done);
                    }
                    Err(why) => drop(state.try_set(LabState::Failed(why))),
                }
            });
        }
        says.set(t!("embeddings.reading").into());
        spawn_local(async move {
            let text = match corpus::text(&wanted.text, &wanted.own).await {
                Ok(text) => text,
                Err(why) => return drop(state.try_set(LabState::Failed(why))),
            };
            learned.try_set(Arc::new(Learned::of(&wanted)));
            let on_handle = move |handle| {
                running.try_set_value(Some(handle));
            };
            let ended = engine::run_with(&wanted.job(text), on_handle, take).await;
            running.try_set_value(None);
            let (end, words) = match ended {
                Ok(last) => {
                    take(Learning::Moved(last));
                    (LabState::Done, t!("embeddings.done"))
                }
                Err(JobError::Cancelled) => (LabState::Idle, t!("embeddings.stopped")),
                Err(error) => (LabState::Failed(error.to_string()), ""),
            };
            says.try_set(words.into());
            state.try_set(end);
        });
    };

    // What a prediction or an exercise reads: of a whole run only, and anew when another word is asked for.
    Effect::new(move |_| {
        if state.with(|state| *state == LabState::Done) {
            let mut values = knobs.with(|knobs| learned.with(|learned| learned.values(knobs)));
            values.extend(shown.with(|shown: &Option<map::Shown>| shown.as_ref().map(map::Shown::values)).unwrap_or_default());
            outcome::report("embeddings", true, &values);
        }
    });

    let chosen = Memo::new(move |_| knobs.with(|knobs| learned.with(|learned| learned.id(&knobs.word))));
    let near = Memo::new(move |_| chosen.get().map_or(Vec::new(), |id| learned.with(|learned| learned.near(id, NEIGHBOURS))));
    let curve = Signal::derive(move || {
        let points = learned.with(|learned| learned.losses.clone());
        let series = vec![Series { name: t!("embeddings.loss").into(), points }];
        let (x_name, y_name) = (t!("embeddings.pairs").into(), t!("embeddings.loss").into());
        Arc::new(LineData { x_name, y_name, series, references: Vec::new() })
    });
    let is_published = move || knobs.with(|knobs| knobs.text == corpus::PUBLISHED);
    let says_learn = move || match (is_published(), is_running()) {
        (true, false) => t!("embeddings.load", size = compare::size()),
        (true, true) => t!("embeddings.loading").to_owned(),
        (false, true) => t!("embeddings.stop").to_owned(),
        (false, false) => t!("embeddings.learn").to_owned(),
    };
    let there = Memo::new(move |_| learned.with(|learned| !learned.moved.vectors.is_empty()));
    let share = Signal::derive(move || knobs.with(Knobs::shared));
    view! {
        <LabFrame name="embeddings" title=t!("embeddings.title") state share>
            <corpus::Choice knobs busy=Signal::derive(is_running)/>
            <div hidden=is_published>
                <settings::Settings knobs busy=Signal::derive(is_running)/>
            </div>
            <div class="embeddings-actions">
                <button
                    type="button" class="primary" data-action="learn" on:click=begin
                    disabled=move || is_published() && is_running()
                >
                    {says_learn}
                </button>
                <progress
                    aria-label=t!("embeddings.learned_so_far") hidden=move || is_published() || !is_running()
                    max=move || knobs.with(|knobs| knobs.steps as f64)
                    prop:value=move || learned.with(|learned| learned.moved.step as f64)
                ></progress>
            </div>
            <p class="lab-note" role="status" data-output="says">{says}</p>
            <p class="lab-note" data-output="counted">{move || learned.with(|learned| learned.counted_words())}</p>
            <Show when=move || there.get()>
                <div class="embeddings-columns">
                    <map::Map knobs learned busy=Signal::derive(is_running) chosen near shown/>
                    <div>
                        <ask::Neighbours knobs learned near published/>
                        <ask::Analogy knobs learned/>
                    </div>
                </div>
                <sides::Sides knobs learned/>
                <Show when=move || !learned.with(|learned| learned.losses.is_empty())>
                    <LineChart title=t!("embeddings.loss_while_learning") data=curve/>
                </Show>
            </Show>
        </LabFrame>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_every_setting() {
        let odd = Knobs {
            text: "own".into(),
            own: "a b & c".into(),
            method: Method::Glove,
            vocabulary: 50,
            min_count: 1,
            window: 2,
            dim: 8,
            negatives: 3,
            rate: 0.1,
            steps: 5_000,
            thin: false,
            seed: 9,
            word: "x".into(),
            other: "y".into(),
            a: "k".into(),
            b: "l".into(),
            c: "m".into(),
            map: MapKind::Tsne,
            perplexity: 12.5,
        };
        assert_eq!(knobs::parse::<Knobs>(&odd.shared()).expect("it fits"), odd);
        assert_eq!(Knobs::default().shared(), "");
    }
}
