//! One head unfolded into its seven steps, with the arithmetic of any cell.

use kit::t;
use super::{cell, cell_card::CellCard, steps};
use crate::widgets::{
    cells::Cells,
    heatmap::{Cell, Heatmap},
};
use engine_core::jobs::inspect::Inspection;
use leptos::prelude::*;
use std::sync::Arc;
use steps::Stage;

/// Draws the steps, one at a time.
#[component]
pub fn Unfold(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
    /// Row and column: which token asks, and which one answers.
    cursor: RwSignal<Option<Cell>>,
) -> impl IntoView {
    let stage = RwSignal::new(Stage::Softmax);
    // In the last steps the columns are dimensions, so they have a cursor of their own; the row is shared.
    let mixed_cursor = RwSignal::new(None::<Cell>);
    let choose = move |next: Stage| {
        let dimensions = seen.with_untracked(|seen| seen.as_ref().and_then(|seen| next.dimensions(seen)));
        if let Some(dimensions) = dimensions {
            let row = cursor.get_untracked().map(|cell| cell.0);
            let column = mixed_cursor.get_untracked().map_or(0, |cell| cell.1.min(dimensions - 1));
            mixed_cursor.set(row.map(|row| (row, column)));
        }
        stage.set(next);
    };
    let step = move |by: isize| {
        let now = Stage::ALL.iter().position(|s| *s == stage.get_untracked()).unwrap_or_default();
        choose(Stage::ALL[now.saturating_add_signed(by).min(Stage::ALL.len() - 1)]);
    };
    let explanation = move || seen.with(|seen| seen.as_ref().map(|seen| stage.get().explain(seen)));
    let cells = Memo::new(move |_| {
        Arc::new(seen.with(|seen| seen.as_ref().map(|seen| stage.get().cells(seen))).unwrap_or_default())
    });
    let card_cursor = Signal::derive(move || if stage.get() >= Stage::WeightedSum { mixed_cursor.get() } else { cursor.get() });
    let stages = Stage::ALL.map(|s| {
        view! {
            <li>
                <button
                    type="button"
                    data-stage=s.key()
                    aria-current=move || (stage.get() == s).then_some("step")
                    on:click=move |_| choose(s)
                >
                    {s.label()}
                </button>
            </li>
        }
    });
    let map = move || match stage.get() {
        Stage::WeightedSum => view! {
            <WeightedValues seen cursor=mixed_cursor/>
            <Heatmap title=t!("attention.weighted_sum_what") cells=cells cursor=mixed_cursor/>
        }
        .into_any(),
        s @ (Stage::Concatenate | Stage::Project) => {
            view! { <Heatmap title=s.label() cells=cells cursor=mixed_cursor/> }.into_any()
        }
        s => view! { <Heatmap title=s.label() cells=cells cursor eager_table={s == Stage::Softmax}/> }.into_any(),
    };
    view! {
        <ol class="stages" aria-label=t!("attention.seven_steps")>{stages.into_iter().collect::<Vec<_>>()}</ol>
        <div class="stage" data-stage-shown=move || stage.get().key()>
            <p class="stage-text" aria-live="polite">{explanation}</p>
            <div class="stage-columns">
                <div class="stage-map">{map}</div>
                <CellCard seen stage cursor=card_cursor/>
            </div>
            <RowSums seen shown=Signal::derive(move || stage.get() == Stage::Softmax)/>
            <p class="stage-moves">
                <button type="button" disabled=move || stage.get() == Stage::DotProduct on:click=move |_| step(-1)>{t!("attention.back")}</button>
                <button type="button" disabled=move || stage.get() == Stage::Project on:click=move |_| step(1)>{t!("attention.next_step")}</button>
            </p>
        </div>
    }
}

/// Draws what the row under the cursor takes from each token before it is added up.
#[component]
fn WeightedValues(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
    /// Which token asks, and a dimension.
    cursor: RwSignal<Option<Cell>>,
) -> impl IntoView {
    let from = Memo::new(move |_| {
        let last = seen.with(|seen| seen.as_ref().map_or(0, |seen| seen.tokens.len().saturating_sub(1)));
        cursor.get().map_or(last, |cell| cell.0.min(last))
    });
    let cells = Memo::new(move |_| {
        let cells = |seen: &Arc<Inspection>| steps::weighted_values(seen, from.get());
        Arc::new(seen.with(|seen| seen.as_ref().map(cells)).unwrap_or_else(Cells::default))
    });
    let title = Signal::derive(move || {
        let token = seen.with(|seen| seen.as_ref().and_then(|seen| seen.tokens.get(from.get()).cloned()));
        t!("attention.values_times_shares", token = token.unwrap_or_default())
    });
    view! { <Heatmap title cells=cells hue="--v"/> }
}

/// Lists what each row of shares adds up to.
#[component]
fn RowSums(
    /// What the engine computed.
    #[prop(into)]
    seen: Signal<Option<Arc<Inspection>>>,
    /// Whether the shares are shown.
    shown: Signal<bool>,
) -> impl IntoView {
    let rows = move || {
        let sums = |seen: &Arc<Inspection>| -> Vec<(String, String)> {
            let sum = |row| format!("{:.6}", cell::row_sum(seen, row));
            seen.tokens.iter().enumerate().map(|(row, token)| (token.clone(), sum(row))).collect()
        };
        let sums = seen.with(|seen| seen.as_ref().map(sums)).unwrap_or_default();
        sums.into_iter()
            .map(|(token, sum)| view! { <li data-row-sum=sum.clone()><span class="token-text">{token}</span> " " {sum.clone()}</li> })
            .collect::<Vec<_>>()
    };
    view! {
        <div class="row-sums" hidden=move || !shown.get()>
            <p>{t!("attention.each_rows_shares")}</p>
            <ul aria-label=t!("attention.row_sums")>{rows}</ul>
        </div>
    }
}
