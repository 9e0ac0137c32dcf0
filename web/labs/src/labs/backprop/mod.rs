//! The back-propagation lab: a whole attention model on one screen, walked forwards and backwards, number by number.

mod card;
mod changes;
mod controls;
mod names;
mod tables;
mod tell;
mod walk;

use super::knobs;
use crate::widgets::{LabFrame, LabState};
use card::Card;
use changes::Change;
use controls::{Descent, Setup, Walk};
use engine_core::tiny_attention::{Name, Settings, WORDS};
use kit::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tables::Tables;
use walk::{Seen, Step};

/// What a lesson, a link or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Decides the weights at the start.
    pub seed: u32,
    /// Four or five words; all but the last are read.
    pub words: String,
    /// Whether a feed-forward layer follows attention.
    pub feed_forward: bool,
    /// The place of the walk; without one, where the loss is first known.
    pub step: Option<usize>,
    /// The chosen number, such as `wq.0.1`.
    pub cell: String,
    /// The learning rate.
    pub rate: f64,
    /// What was changed, in order, such as `wq.0.1:0.5,step:0.1:3`.
    pub changes: String,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            seed: 6,
            words: "the cat sat on".into(),
            feed_forward: false,
            step: None,
            cell: "a.2.0".into(),
            rate: 0.5,
            changes: String::new(),
        }
    }
}

/// The model and where the learner is in it.
#[derive(Clone, Copy)]
pub struct Lesson {
    settings: RwSignal<Settings>,
    changes: RwSignal<Vec<Change>>,
    seen: Memo<Arc<Seen>>,
    at: RwSignal<usize>,
    chosen: RwSignal<(Name, usize, usize)>,
    rate: RwSignal<f64>,
    /// Whether a change was refused, because too many steps would have to be replayed.
    full: RwSignal<bool>,
}

impl Lesson {
    fn new(knobs: &Knobs) -> Self {
        let settings = RwSignal::new(settings(knobs));
        let changes = RwSignal::new(changes::read(&knobs.changes));
        let seen = Memo::new(move |_| Arc::new(settings.with(|it| changes.with(|changes| Seen::new(it, changes)))));
        let (at, chosen) = seen.with_untracked(|seen| {
            let last = seen.steps.len() - 1;
            let asked = changes::place_of(&knobs.cell).and_then(|(key, row, column)| {
                let node = seen.model.find_key(&key)?;
                let (rows, columns) = seen.model.shape(node);
                (row < rows && column < columns).then_some((seen.model.nodes[node].name, row, column))
            });
            (knobs.step.map_or(seen.forward_done(), |at| at.min(last)), asked.unwrap_or((Name::Weights, 0, 0)))
        });
        Self {
            settings,
            changes,
            seen,
            at: RwSignal::new(at),
            chosen: RwSignal::new(chosen),
            rate: RwSignal::new(knobs.rate.clamp(0.0, 100.0)),
            full: RwSignal::new(false),
        }
    }

    /// Goes to a place of the walk; the card follows to the table that is written there.
    fn go(self, to: usize) {
        let (at, name, shape) = self.seen.with_untracked(|seen| {
            let at = to.min(seen.steps.len() - 1);
            let written = seen.touched(seen.step(at)).0;
            let is_end = at + 1 == seen.steps.len() && to != self.at.get_untracked() + 1;
            // A jump to the end keeps the chosen number: every one has its gradient there.
            let node = written.filter(|_| !is_end);
            (at, node.map(|id| seen.model.nodes[id].name), node.map_or((1, 1), |id| seen.model.shape(id)))
        });
        self.at.set(at);
        if let Some(name) = name {
            let (_, row, column) = self.chosen.get_untracked();
            self.chosen.set((name, row.min(shape.0 - 1), column.min(shape.1 - 1)));
        }
    }

    fn change(self, change: Change) {
        let mut changes = self.changes.get_untracked();
        let taken = changes::push(&mut changes, change);
        self.full.set(!taken);
        if taken {
            self.changes.set(changes);
        }
    }

    fn undo(self) {
        self.full.set(false);
        self.changes.update(changes::pop);
    }

    /// Adds or takes away the feed-forward layer; the walk stays at the same table, or at the end of the forward pass.
    fn set_feed_forward(self, feed_forward: bool) {
        let is_end = self.seen.with_untracked(|seen| self.at.get_untracked() + 1 == seen.steps.len());
        self.settings.update(|it| it.feed_forward = feed_forward);
        self.seen.with_untracked(|seen| {
            self.at.set(if is_end { seen.steps.len() - 1 } else { seen.forward_done() });
            if seen.model.find(self.chosen.get_untracked().0).is_none() {
                self.chosen.set((Name::Residual, 0, 0));
            }
        });
    }
}

fn settings(knobs: &Knobs) -> Settings {
    let known = |text: &str| -> Vec<usize> {
        text.split_whitespace().filter_map(|word| WORDS.iter().position(|known| *known == word)).take(5).collect()
    };
    let words = known(&knobs.words);
    let words = if words.len() < 4 { known(&Knobs::default().words) } else { words };
    Settings { seed: u64::from(knobs.seed), words, feed_forward: knobs.feed_forward }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let lesson = Lesson::new(&knobs);
    // A text that was made shorter may have lost the chosen row.
    Effect::new(move |_| {
        lesson.seen.with(|seen| {
            let (name, row, column) = lesson.chosen.get_untracked();
            let shape = seen.model.find(name).map_or((1, 1), |node| seen.model.shape(node));
            if row >= shape.0 || column >= shape.1 {
                lesson.chosen.set((name, row.min(shape.0 - 1), column.min(shape.1 - 1)));
            }
            let last = seen.steps.len() - 1;
            if lesson.at.get_untracked() > last {
                lesson.at.set(last);
            }
        });
    });
    tell::outcomes(lesson);
    let share = Signal::derive(move || {
        let first = Knobs::default();
        let settings = lesson.settings.get();
        let words: Vec<&str> = settings.words.iter().map(|word| WORDS[*word]).collect();
        let (at, forward_done) = lesson.seen.with(|seen| (lesson.at.get(), seen.forward_done()));
        let (name, row, column) = lesson.chosen.get();
        let step = if at == forward_done { String::new() } else { at.to_string() };
        knobs::differing(&[
            ("seed", settings.seed.to_string(), first.seed.to_string()),
            ("words", words.join(" "), first.words),
            ("feed_forward", settings.feed_forward.to_string(), first.feed_forward.to_string()),
            ("step", step, String::new()),
            ("cell", format!("{}.{row}.{column}", name.key()), first.cell),
            ("rate", lesson.rate.get().to_string(), first.rate.to_string()),
            ("changes", lesson.changes.with(|changes| changes::written(changes)), first.changes),
        ])
    });
    view! {
        <LabFrame name="backprop" title=t!("backprop.title") state=Signal::derive(|| LabState::Done) share>
            <Setup lesson/>
            <Walk lesson/>
            <p class="bp-legend">
                <span class="bp-value">"0.250"</span> " " {t!("backprop.legend_value")} " · "
                <span class="bp-gradient">"∂ 0.125"</span> " " {t!("backprop.legend_gradient")} " · "
                <span class="bp-gradient partly">"∂ 0.125"</span> " " {t!("backprop.legend_partly")}
            </p>
            <div class="bp-columns">
                <div class="bp-model"><Tables lesson/></div>
                <div class="bp-side"><Card lesson/></div>
            </div>
            <Descent lesson/>
        </LabFrame>
    }
}

/// The part of the walk that a step belongs to, for tests and lessons.
fn phase(step: Step) -> &'static str {
    match step {
        Step::Start => "start",
        Step::Forward(_) => "forward",
        Step::Seed | Step::Back(_) => "backward",
    }
}
