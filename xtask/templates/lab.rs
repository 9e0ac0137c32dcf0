//! {title}: say here in one sentence what the learner sees and changes.

use engine_core::reference::softmax;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a lesson, a link or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// How many scores are drawn.
    count: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self { count: 4 }
    }
}

/// Shows the softmax of the scores 0, 1, 2, …
#[component]
pub fn Lab(knobs: Knobs) -> impl IntoView {
    let count = RwSignal::new(knobs.count);
    view! {
        <section class="lab {name}">
            <output>{move || count.get()}</output>
        </section>
    }
}
