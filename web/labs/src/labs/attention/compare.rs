//! Two views side by side: another head, another text, or another model, such as an earlier state of the same one.

use super::{
    cell,
    heads::Head,
    patterns::{self, Habits},
    side::Side,
    steps,
};
use crate::{
    picked::PickModel,
    widgets::{
        cells::{Cells, signed},
        heat_paint::TWO_SIDED,
        heatmap::{Cell, Heatmap},
        table::percent,
    },
};
use engine_core::jobs::inspect::Inspection;
use kit::t;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws the switch, the settings of the pinned view, and both views.
#[component]
pub fn Compare(
    /// What the lab shows above.
    now: Side,
    /// What it is compared with.
    pinned: Side,
    /// Whether the comparison is shown.
    open: RwSignal<bool>,
    /// Makes the pinned view the same as the one above.
    pin: Callback<()>,
) -> impl IntoView {
    let toggle = move |_| {
        // At first there is nothing to compare with but what is shown now.
        if !open.get_untracked() && pinned.seen.with_untracked(Option::is_none) {
            pin.run(());
        }
        open.update(|open| *open = !*open);
    };
    view! {
        <div class="attention-compare">
            <label class="attention-switch">
                <input type="checkbox" data-field="compare" prop:checked=move || open.get() on:change=toggle/>
                <span>{t!("attention.compare")}</span>
            </label>
            <Show when=move || open.get()>
                <p class="lab-note">{t!("attention.compare_how")}</p>
                <p class="stage-moves">
                    <button type="button" data-action="pin" on:click=move |_| pin.run(())>{t!("attention.pin")}</button>
                </p>
                <Settings pinned/>
                <p class="lab-error" role="alert" hidden=move || trouble(pinned).is_none()>{move || trouble(pinned)}</p>
                <Both now pinned/>
            </Show>
        </div>
    }
}

fn trouble(side: Side) -> Option<String> {
    side.picked.trouble.get().or_else(|| {
        side.run.outcome.with(|outcome| match outcome {
            Some(Err(why)) => Some(why.to_string()),
            _ => None,
        })
    })
}

#[component]
fn Settings(
    /// The view they set.
    pinned: Side,
) -> impl IntoView {
    let size = Memo::new(move |_| pinned.seen.with(|seen| seen.as_ref().map_or((0, 0), |seen| (seen.n_layers, seen.n_heads))));
    let options = move || {
        let (layers, heads) = size.get();
        let every = (0..layers).flat_map(move |layer| (0..heads).map(move |head| (layer, head)));
        let option = |at: Head| {
            let value = format!("{}-{}", at.0, at.1);
            let name = t!("attention.layer_head", layer = at.0 + 1, head = at.1 + 1);
            view! { <option value=value prop:selected=move || pinned.chosen.get() == at>{name}</option> }
        };
        every.map(option).collect::<Vec<_>>()
    };
    let choose = move |event| {
        let value = event_target_value(&event);
        let head = value.split_once('-').and_then(|(layer, head)| Some((layer.parse().ok()?, head.parse().ok()?)));
        if let Some(head) = head {
            pinned.chosen.set(head);
        }
    };
    view! {
        <div class="attention-controls" data-side="pinned">
            <div class="attention-pinned">
                <PickModel picked=pinned.picked/>
                <label>
                    <span>{t!("attention.pinned_head")}</span>
                    <select data-field="pinned-head" on:change=choose>{options}</select>
                </label>
            </div>
            <label class="attention-text">
                <span>{t!("attention.pinned_text")}</span>
                <textarea rows="2" maxlength="2000" spellcheck="false" data-field="pinned-text"
                    prop:value=pinned.text on:input:target=move |e| pinned.text.set(e.target().value())></textarea>
            </label>
        </div>
    }
}

#[component]
fn Both(
    /// What the lab shows above.
    now: Side,
    /// What it is compared with.
    pinned: Side,
) -> impl IntoView {
    let cursor = RwSignal::new(None::<Cell>);
    let both = Memo::new(move |_| Some((pinned.seen.get()?, now.seen.get()?)));
    let same_tokens = Memo::new(move |_| both.with(|both| both.as_ref().is_some_and(|(a, b)| a.tokens == b.tokens)));
    let map = |side: Side, which: &'static str| {
        let cells = Memo::new(move |_| Arc::new(side.seen.with(|seen| seen.as_ref().map(|seen| shares(seen)).unwrap_or_default())));
        let title = Signal::derive(move || {
            let at = side.seen.with(|seen| seen.as_ref().map_or((1, 1), |seen| (seen.layer + 1, seen.head + 1)));
            t!("attention.side_title", which = which, layer = at.0, head = at.1, model = side.picked.name())
        });
        view! { <Heatmap title cells cursor/> }
    };
    let difference = Memo::new(move |_| {
        let between = |both: &Option<(Arc<Inspection>, Arc<Inspection>)>| {
            both.as_ref().filter(|(a, b)| a.tokens == b.tokens).map(|(a, b)| subtracted(a, b)).unwrap_or_default()
        };
        Arc::new(both.with(between))
    });
    let words = move || {
        both.with(|both| {
            let (a, b) = both.as_ref()?;
            if a.tokens != b.tokens {
                return Some(t!("attention.other_tokens").to_owned());
            }
            let overlap = patterns::overlap(cell::weights(a), cell::weights(b), a.tokens.len());
            let (from, to, moved) = difference.with(|cells| cells.visible().max_by(|x, y| x.2.abs().total_cmp(&y.2.abs())))?;
            let (from, to) = (a.tokens[from].clone(), a.tokens[to].clone());
            Some(t!("attention.both_spend", overlap = percent(overlap), from = from, to = to, moved = signed(moved)))
        })
    };
    view! {
        <p aria-live="polite" data-output="compared">{words}</p>
        <div class="attention-sides">{map(pinned, t!("attention.pinned"))} {map(now, t!("attention.now"))}</div>
        <Show when=move || same_tokens.get()>
            <Heatmap title=t!("attention.difference") cells=difference cursor hue=TWO_SIDED/>
        </Show>
        <Measures now pinned/>
    }
}

/// The shares of the chosen head.
fn shares(seen: &Inspection) -> Cells {
    Cells { values: cell::weights(seen).to_vec(), causal: true, shares: true, ..steps::tokens_by_tokens(seen) }
}

/// The shares now less those that are pinned.
fn subtracted(pinned: &Inspection, now: &Inspection) -> Cells {
    let values = cell::weights(now).iter().zip(cell::weights(pinned)).map(|(now, pinned)| now - pinned).collect();
    Cells { values, causal: true, two_sided: true, ..steps::tokens_by_tokens(now) }
}

#[component]
fn Measures(
    /// What the lab shows above.
    now: Side,
    /// What it is compared with.
    pinned: Side,
) -> impl IntoView {
    let of = |side: Side| {
        Memo::new(move |_| {
            side.seen.with(|seen| seen.as_ref().map(|seen| patterns::habits(cell::weights(seen), seen.tokens.len())))
        })
    };
    let (now, pinned) = (of(now), of(pinned));
    type Row = (&'static str, &'static str, fn(&Habits) -> String);
    let rows: [Row; 5] = [
        ("previous", t!("attention.kind_previous"), |habits| percent(habits.previous)),
        ("first", t!("attention.kind_first"), |habits| percent(habits.first)),
        ("own", t!("attention.kind_own"), |habits| percent(habits.own)),
        ("effective", t!("attention.effective"), |habits| format!("{:.2}", habits.effective)),
        ("sparsity", t!("attention.sparsity"), |habits| percent(habits.sparsity)),
    ];
    let rows = rows.map(|(key, name, show)| {
        let cell = move |side: Memo<Option<Habits>>| view! { <td>{move || side.get().map(|habits| show(&habits))}</td> };
        view! { <tr data-measure=key><th scope="row">{name}</th>{cell(pinned)}{cell(now)}</tr> }
    });
    let heads = [t!("attention.measure"), t!("attention.pinned"), t!("attention.now")].map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("attention.measures")>
            <table data-output="measures"><thead><tr>{heads.into_iter().collect::<Vec<_>>()}</tr></thead><tbody>{rows.into_iter().collect::<Vec<_>>()}</tbody></table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::attention::cell::{Twice, tests::example};

    #[test]
    fn a_view_compared_with_itself_differs_nowhere() {
        let seen = example();
        let cells = subtracted(&seen, &seen);
        assert!(cells.visible().all(|cell| cell.2 == 0.0));
        assert_eq!(cells.at(0, 1), None, "the future stays hidden");
    }

    #[test]
    fn what_grew_is_above_zero() {
        let pinned = example();
        let now = Inspection { all_weights: vec![1.0, 0.0, 0.9, 0.1], ..example() };
        let moved = subtracted(&pinned, &now).at(1, 0).unwrap();
        let wanted = Twice { here: f64::from(moved), engine: 0.9 - f64::from(pinned.all_weights[2]) };
        assert!(wanted.agrees() && moved > 0.0);
    }
}
