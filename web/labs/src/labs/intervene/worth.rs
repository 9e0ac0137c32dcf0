//! What every part is worth: each zeroed in turn, on the set of texts.

use super::form::part_name;
use crate::{
    engine,
    picked::Picked,
    widgets::signed_bars::{SignedBar, SignedBars},
};
use engine_core::{
    dissect::change::Change,
    job::JobError,
    jobs::{ModelSource, intervene::EachPart},
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};

/// Draws the button and the sorted result.
#[component]
pub fn EachPartOf(
    /// The model.
    picked: Picked,
    /// The set of texts.
    set: Signal<Vec<String>>,
    /// Called with the zeroing of the most important part.
    add: Callback<Change>,
) -> impl IntoView {
    let found = RwSignal::new(None::<Vec<engine_core::jobs::intervene::Worth>>);
    let (says, running) = (RwSignal::new(String::new()), RwSignal::new(false));
    // Another model or another set: what was measured belongs to neither.
    Effect::new(move |_| {
        picked.id.track();
        set.track();
        found.set(None);
        says.set(String::new());
    });
    let measure = move |_| {
        let Some(bytes) = picked.bytes().filter(|_| !running.get_untracked()) else { return };
        let asked = (picked.id.get_untracked(), set.get_untracked());
        let job = EachPart { model: ModelSource::File(bytes.to_vec()), texts: asked.1.clone() };
        running.set(true);
        spawn_local(async move {
            let update = move |(done, all): (usize, usize)| {
                drop(says.try_set(t!("intervene.worth_running", done = done, all = all)))
            };
            let outcome = engine::run_with(&job, |_| {}, update).await;
            running.try_set(false);
            let still = picked.id.try_get_untracked().zip(set.try_get_untracked());
            if still != Some(asked) {
                return;
            }
            match outcome {
                Ok(worth) => {
                    says.try_set(t!("intervene.worth_done").into());
                    found.try_set(Some(worth));
                }
                Err(JobError::Cancelled) => drop(says.try_set(String::new())),
                Err(error) => drop(says.try_set(error.to_string())),
            }
        });
    };
    let bars = Signal::derive(move || {
        let bar = |worth: &engine_core::jobs::intervene::Worth| SignedBar {
            key: worth.part.to_string(),
            label: part_name(worth.part),
            value: f64::from(worth.rise),
            says: None,
        };
        found.with(|found| found.as_ref().map_or(Vec::new(), |found| found.iter().map(bar).collect()))
    });
    let label = Signal::derive(|| t!("intervene.worth_label").to_owned());
    let zero_first = move |_| {
        if let Some(first) = found.with_untracked(|found| found.as_ref().and_then(|found| found.first().copied())) {
            add.run(Change::Scale { part: first.part, at: None, factor: 0.0 });
        }
    };
    view! {
        <p class="lab-note">{t!("intervene.worth_how")}</p>
        // Not `disabled` while it measures: that would drop the keyboard's focus.
        <p class="intervene-back">
            <button type="button" data-action="each-part" aria-disabled=move || running.get().to_string() on:click=measure>{t!("intervene.worth_measure")}</button>
            <button type="button" data-action="zero-first" hidden=move || found.with(Option::is_none) on:click=zero_first>{t!("intervene.worth_zero_first")}</button>
        </p>
        <p class="lab-note" role="status" data-output="worth">{says}</p>
        <SignedBars label bars/>
    }
}
