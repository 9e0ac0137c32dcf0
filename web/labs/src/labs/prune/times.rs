//! One layer with more and more of it gone: when zeros buy time on this device.

use super::Knobs;
use crate::{
    engine,
    widgets::{
        LabState,
        line_chart::LineChart,
        lines::{LineData, Reference, Series},
        outcome,
        settings::Fields,
    },
};
use engine_core::jobs::prune::{SparseTimes, Timed};
use kit::t;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Milliseconds for each share.
const MS: f64 = 120.0;

/// The first measured share from which on the sparse kernel is quicker at every share.
fn pays_from(all: &[Timed]) -> Option<f64> {
    let slower = all.iter().rposition(|timed| timed.sparse_us >= timed.dense_us);
    all.get(slower.map_or(0, |at| at + 1)).map(|timed| timed.share)
}

fn curves(all: &[Timed]) -> LineData {
    let line = |name: &str, of: fn(&Timed) -> f64| Series {
        name: name.into(),
        points: all.iter().map(|timed| (100.0 * timed.share, timed.dense_us / of(timed))).collect(),
    };
    LineData {
        x_name: t!("prune.share_gone").into(),
        y_name: t!("prune.times_faster").into(),
        series: vec![line(t!("prune.sparse_rows"), |t| t.sparse_us), line(t!("prune.fewer_outputs"), |t| t.smaller_us)],
        references: vec![Reference { label: t!("prune.as_fast").into(), y: 1.0 }],
    }
}

/// Draws the measurement.
#[component]
pub fn Times(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
) -> impl IntoView {
    let (state, all) = (RwSignal::new(LabState::Idle), RwSignal::new(Arc::new(Vec::<Timed>::new())));
    let busy = Signal::derive(move || state.with(|state| *state == LabState::Running));
    let measure = move |_| {
        if busy.get_untracked() {
            return;
        }
        state.set(LabState::Running);
        let (inputs, tokens, seed) = knobs.with_untracked(|knobs| (knobs.inputs, knobs.tokens, knobs.seed));
        let job = SparseTimes { inputs, tokens, ms: MS, seed };
        spawn_local(async move {
            let take = move |timed| {
                all.try_set(Arc::new(timed));
            };
            match engine::run_with(&job, |_| {}, take).await {
                Ok(timed) => {
                    let list = |of: fn(&Timed) -> f64| outcome::Value::List(timed.iter().map(of).collect());
                    let values = [
                        ("timed_inputs", inputs.into()),
                        ("timed_tokens", tokens.into()),
                        ("timed_shares", list(|t| t.share)),
                        ("timed_sparse", list(|t| t.dense_us / t.sparse_us)),
                        ("timed_smaller", list(|t| t.dense_us / t.smaller_us)),
                        ("pays_from", pays_from(&timed).unwrap_or(1.0).into()),
                    ];
                    outcome::report("prune", true, &values);
                    take(timed);
                    state.try_set(LabState::Done);
                }
                Err(error) => drop(state.try_set(LabState::Failed(error.to_string()))),
            }
        });
    };
    let fields = Fields { knobs, busy, class: "lab-field" };
    let data = Signal::derive(move || all.with(|all| Arc::new(curves(all))));
    let there = Memo::new(move |_| all.with(|all| !all.is_empty()));
    let says = move || match state.get() {
        LabState::Failed(why) => why,
        LabState::Done => all.with(|all| match pays_from(all) {
            Some(share) => t!("prune.pays_from", share = (100.0 * share).round()),
            None => t!("prune.pays_never").to_owned(),
        }),
        _ => String::new(),
    };
    view! {
        <p class="lab-note">{t!("prune.times_about")}</p>
        <div class="lab-settings">
            {fields.number("inputs", t!("prune.inputs"), (8.0, 1024.0, 8.0), |k| k.inputs as f64, |k, v| k.inputs = v as usize)}
            {fields.number("tokens", t!("prune.tokens"), (1.0, 256.0, 1.0), |k| k.tokens as f64, |k, v| k.tokens = v as usize)}
        </div>
        <div class="lab-actions">
            <button type="button" data-action="measure" data-measure=move || state.get().name() on:click=measure>
                {move || if busy.get() { t!("prune.measuring") } else { t!("prune.measure") }}
            </button>
        </div>
        <p class="lab-note" role="status" data-output="pays">{says}</p>
        <Show when=move || there.get()>
            <LineChart title=t!("prune.times_curves") data/>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_pays_only_where_it_stays_quicker() {
        let timed = |share, sparse_us| Timed { share, dense_us: 10.0, sparse_us, smaller_us: 5.0 };
        assert_eq!(pays_from(&[timed(0.0, 30.0), timed(0.5, 9.0), timed(0.7, 11.0), timed(0.9, 4.0)]), Some(0.9));
        assert_eq!(pays_from(&[timed(0.0, 30.0), timed(0.9, 14.0)]), None);
        assert_eq!(curves(&[timed(0.5, 20.0)]).series[0].points, [(50.0, 0.5)]);
    }
}
