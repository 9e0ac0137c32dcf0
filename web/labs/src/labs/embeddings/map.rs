//! The map of the words: their two widest directions (PCA), or a map on which neighbours stay neighbours (t-SNE), made
//! while one watches.

use super::{Knobs, learned::Learned};
use crate::{
    decimal, engine,
    widgets::{
        appearance::is_calm,
        outcome::Value,
        scatter::{Points, Scatter},
    },
};
use engine_core::{
    job::JobError,
    jobs::lay_out::{FEWEST, Laid, LayOut, most_perplexity},
    word_vectors::space::Near,
};
use gloo::timers::future::sleep;
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, collections::VecDeque, rc::Rc, sync::Arc, time::Duration};

/// What lies where on the map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MapKind {
    /// The two directions in which the vectors are spread most.
    #[default]
    Pca,
    /// Neighbours near each other, and all else as it may be.
    Tsne,
}

impl MapKind {
    /// As links write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pca => "pca",
            Self::Tsne => "tsne",
        }
    }
}

/// Steps of one map.
const ITERATIONS: u32 = 600;
/// A picture is in view at least so long: the engine is quicker than an eye.
const PICTURE: Duration = Duration::from_millis(33);

/// The t-SNE map in view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// The map itself.
    pub now: Laid,
    /// The share of neighbours that the map kept before its first step.
    first: f32,
    /// How many neighbours each word looks at.
    perplexity: f32,
}

impl Shown {
    fn with(self, laid: Laid) -> Self {
        let first = if laid.iteration == 0 { laid.kept } else { self.first };
        Self { now: laid, first, ..self }
    }

    /// Whether it is finished.
    fn is_whole(&self) -> bool {
        self.now.iteration == ITERATIONS
    }

    /// What predictions and exercises can read of a finished map.
    pub fn values(&self) -> Vec<(&'static str, Value)> {
        if !self.is_whole() {
            return Vec::new();
        }
        vec![
            ("perplexity", f64::from(self.perplexity).into()),
            ("divergence", f64::from(self.now.divergence).into()),
            ("kept", f64::from(self.now.kept).into()),
            ("kept_first", f64::from(self.first).into()),
        ]
    }

    fn words(&self) -> String {
        let percent = |share: f32| format!("{:.0}", share * 100.0);
        t!(
            "embeddings.tsne_says",
            at = self.now.iteration,
            all = ITERATIONS,
            divergence = format!("{:.2}", self.now.divergence),
            kept = percent(self.now.kept),
            first = percent(self.first)
        )
    }
}

/// What the engine has sent and nobody has seen yet.
enum Reel {
    Picture(Laid),
    End(Result<Laid, JobError>),
}

/// Draws the map and the choice of its kind.
#[component]
pub fn Map(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What is known.
    learned: RwSignal<Arc<Learned>>,
    /// Whether the vectors are moving.
    busy: Signal<bool>,
    /// The chosen word's number.
    chosen: Memo<Option<usize>>,
    /// Its neighbours.
    near: Memo<Vec<Near>>,
    /// The t-SNE map, if there is one.
    shown: RwSignal<Option<Shown>>,
) -> impl IntoView {
    let playing = RwSignal::new(false);
    let failed = RwSignal::new(String::new());
    // Each film has a number: one that is no longer wanted ends by itself.
    let newest = StoredValue::new(0u32);
    let running = StoredValue::new_local(None::<engine::Handle>);
    let stop = move || {
        newest.try_update_value(|newest| *newest += 1);
        if let Some(handle) = running.try_update_value(Option::take).flatten() {
            handle.cancel();
        }
        playing.try_set(false);
    };
    on_cleanup(stop);
    let most = move || learned.with_untracked(|learned| most_perplexity(learned.moved.map.len()));
    let lay_out = move || {
        stop();
        failed.set(String::new());
        shown.set(None);
        let most = most() as f32;
        if most >= 2.0 && knobs.with_untracked(|knobs| knobs.perplexity > most) {
            // Where it can be seen: the field shows it.
            knobs.update(|knobs| knobs.perplexity = most);
        }
        let (perplexity, seed) = knobs.with_untracked(|knobs| (knobs.perplexity, knobs.seed));
        let job = learned.with_untracked(|learned| LayOut {
            vectors: learned.map_rows(),
            dim: learned.knobs.dim,
            start: learned.moved.map.clone(),
            perplexity,
            iterations: ITERATIONS,
            seed,
        });
        if job.start.len() < FEWEST {
            return failed.set(t!("embeddings.tsne_few", fewest = FEWEST, words = job.start.len()));
        }
        playing.set(true);
        let mine = newest.get_value();
        let reel = Rc::new(RefCell::new(VecDeque::new()));
        let filled = reel.clone();
        spawn_local(async move {
            let on_handle = move |handle| {
                running.try_set_value(Some(handle));
            };
            let pictures = filled.clone();
            let end = engine::run_with(&job, on_handle, move |laid| {
                pictures.borrow_mut().push_back(Reel::Picture(laid));
            });
            let end = end.await;
            filled.borrow_mut().push_back(Reel::End(end));
        });
        let show = move |laid| {
            shown.try_update(|shown| {
                let begun = shown.take().unwrap_or(Shown { perplexity, ..Shown::default() });
                *shown = Some(begun.with(laid));
            });
        };
        spawn_local(async move {
            while newest.try_get_value() == Some(mine) {
                let next = reel.borrow_mut().pop_front();
                match next {
                    // Without motion only the place where it begins, which counts what PCA kept, and the last picture.
                    Some(Reel::Picture(laid)) if laid.iteration > 0 && is_calm() => continue,
                    Some(Reel::Picture(laid)) => show(laid),
                    Some(Reel::End(end)) => {
                        playing.try_set(false);
                        match end {
                            Ok(last) => show(last),
                            Err(JobError::Cancelled) => {}
                            Err(error) => drop(failed.try_set(error.to_string())),
                        }
                        return;
                    }
                    None => {}
                }
                sleep(PICTURE).await;
            }
        });
    };
    let kind = Memo::new(move |_| knobs.with(|knobs| knobs.map));
    // Vectors that move take their t-SNE map with them; one of vectors that have come to rest is made at once.
    Effect::new(move |_| {
        learned.track();
        let wanted = kind.get() == MapKind::Tsne && !busy.get();
        stop();
        if shown.with_untracked(Option::is_some) {
            shown.set(None);
        }
        if wanted {
            lay_out();
        }
    });

    let points = Signal::derive(move || {
        learned.with(|learned| {
            let map = shown.with(|shown| shown.as_ref().map(|shown| shown.now.map.clone()));
            let places = map.unwrap_or_else(|| learned.moved.map.clone());
            let lit = near.with(|near| near.iter().map(|near| learned.point(near.word)).collect());
            Arc::new(Points { names: learned.point_names(chosen.get()), places, lit })
        })
    });
    let summary = Signal::derive(move || match shown.with(|shown| shown.as_ref().map(Shown::words)) {
        Some(words) => words,
        None => learned.with(|learned| learned.map_words()),
    });
    let choose = Callback::new(move |point: usize| {
        if let Some(word) = learned.with_untracked(|learned| learned.at(point).cloned()) {
            knobs.update(|knobs| knobs.word = word);
        }
    });
    let at = Signal::derive(move || chosen.get().map(|id| learned.with(|learned| learned.point(id))));
    let choice = move |label: &'static str, of: MapKind| {
        view! {
            <label>
                <input
                    type="radio" name="embeddings-map" value=of.name() prop:checked=move || kind.get() == of
                    on:change=move |_| knobs.update(|knobs| knobs.map = of)
                />
                " " {label}
            </label>
        }
    };
    let set = move |event| {
        if let Some(value) = decimal::parse(&event_target_value(&event)) {
            let most = (most() as f64).max(2.0);
            knobs.update(|knobs| knobs.perplexity = value.clamp(2.0, most) as f32);
        }
    };
    let is_tsne = move || kind.get() == MapKind::Tsne;
    let press = move |_| if playing.get_untracked() { stop() } else { lay_out() };
    let phase = move || match playing.get() {
        true => "running",
        false if shown.with(|shown| shown.as_ref().is_some_and(Shown::is_whole)) => "done",
        false => "idle",
    };
    view! {
        <div class="embeddings-map" data-map=phase>
            <div class="embeddings-methods" role="group" aria-label=t!("embeddings.map_kind")>
                <span aria-hidden="true">{t!("embeddings.map_kind")}</span>
                {choice(t!("embeddings.pca"), MapKind::Pca)}
                {choice(t!("embeddings.tsne"), MapKind::Tsne)}
            </div>
            <div class="embeddings-tsne" hidden=move || !is_tsne()>
                <label class="embeddings-field">
                    <span>{t!("embeddings.perplexity")}</span>
                    <input
                        type="number" data-field="perplexity" min="2" max=move || learned.with(|l| most_perplexity(l.moved.map.len())) step="1"
                        disabled=move || playing.get()
                        prop:value=move || knobs.with(|knobs| knobs.perplexity.to_string()) on:change=set
                    />
                </label>
                <button type="button" data-action="lay-out" disabled=busy on:click=press>
                    {move || if playing.get() { t!("embeddings.tsne_stop") } else { t!("embeddings.tsne_make") }}
                </button>
            </div>
            <p class="lab-note" hidden=move || !(is_tsne() && busy.get())>{t!("embeddings.tsne_waits")}</p>
            <p class="lab-note" role="alert" hidden=move || failed.with(String::is_empty)>{failed}</p>
            <Scatter title=t!("embeddings.map") points summary chosen=at on_choose=choose/>
            <p class="lab-note" hidden=move || !is_tsne()>{t!("embeddings.tsne_reading")}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_tells_its_values_when_it_is_whole() {
        let laid = |iteration, kept| Laid { iteration, kept, divergence: 0.5, map: Vec::new() };
        let begun = Shown { perplexity: 10.0, ..Shown::default() }.with(laid(0, 0.25)).with(laid(8, 0.5));
        assert!(begun.values().is_empty());
        let whole = begun.with(laid(ITERATIONS, 0.75)).values();
        let find = |name: &str| whole.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!((find("kept_first"), find("kept")), (Some(Value::Number(0.25)), Some(Value::Number(0.75))));
    }
}
