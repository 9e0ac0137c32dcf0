//! The logit lens as a table: a row for each depth, a column for each token.

use super::Seen;
use crate::widgets::{cells::percent, table};
use engine_core::jobs::dissect::{Dissection, LensCell};
use kit::{download, t};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a cell of the table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// The likeliest token and its probability.
    Top,
    /// The probability of the token that really follows.
    Truth,
    /// The rank of the token that really follows.
    Rank,
}

impl Shown {
    const ALL: [Self; 3] = [Self::Top, Self::Truth, Self::Rank];

    /// As links write it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Truth => "truth",
            Self::Rank => "rank",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Top => t!("block.lens_top"),
            Self::Truth => t!("block.lens_truth"),
            Self::Rank => t!("block.lens_rank"),
        }
    }

    /// How strongly the cell is coloured, from 0 to 1.
    fn strength(self, cell: &LensCell, vocab: usize) -> f64 {
        match self {
            Self::Top => f64::from(cell.probability),
            Self::Truth => cell.truth.map_or(0.0, f64::from),
            // Ranks spread over powers of ten.
            Self::Rank => {
                cell.truth_rank.map_or(0.0, |rank| 1.0 - f64::from(rank + 1).ln() / (vocab.max(2) as f64).ln())
            }
        }
    }

    fn words(self, cell: &LensCell) -> String {
        match self {
            Self::Top => percent(cell.probability),
            Self::Truth => cell.truth.map_or(String::new(), percent),
            Self::Rank => cell.truth_rank.map_or(String::new(), |rank| format!("#{}", rank + 1)),
        }
    }
}

/// What the stream at this depth is called.
pub fn depth_name(depth: usize) -> String {
    if depth == 0 { t!("block.depth_0").into() } else { t!("block.depth", depth = depth) }
}

/// Draws the table. A column's head chooses its place, and so does a tap on any cell.
#[component]
pub fn Lens(
    /// What was found.
    seen: Seen,
    /// What cells show.
    shown: RwSignal<Shown>,
    /// The chosen place.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Called with a newly chosen place.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let options = Shown::ALL.map(|kind| {
        view! {
            <button type="button" data-lens=kind.key() aria-pressed=move || (shown.get() == kind).to_string() on:click=move |_| shown.set(kind)>
                {kind.label()}
            </button>
        }
    });
    let head = move || {
        let tokens = seen.with(|seen| seen.as_ref().map_or(Vec::new(), |seen| seen.tokens.clone()));
        let cell = |(at, token): (usize, String)| {
            let name = t!("chart.token_n", n = at + 1, token = token);
            view! {
                <th scope="col" class:lens-chosen=move || chosen.get() == at>
                    <button type="button" class="lens-token" aria-label=name aria-pressed=move || (chosen.get() == at).to_string() on:click=move |_| on_choose.run(at)>
                        {token}
                    </button>
                </th>
            }
        };
        tokens.into_iter().enumerate().map(cell).collect::<Vec<_>>()
    };
    let body = move || {
        let kind = shown.get();
        let row = |seen: &Dissection, depth: usize| {
            let vocab = seen.vocab_size;
            let finals = seen.lens.last().cloned().unwrap_or_default();
            let cells =
                seen.lens.get(depth).cloned().unwrap_or_default().into_iter().enumerate().map(move |(at, cell)| {
                    let share = kind.strength(&cell, vocab).clamp(0.0, 1.0) * 45.0;
                    let same = finals.get(at).is_some_and(|last| last.top == cell.top);
                    let token =
                        (kind == Shown::Top).then(|| view! { <span class="lens-top">{cell.token.clone()}</span> });
                    view! {
                        <td
                            class:lens-chosen=move || chosen.get() == at class:lens-final={same && kind == Shown::Top}
                            data-top=cell.token.clone()
                            style:background-color=format!("color-mix(in srgb, var(--attn) {share:.0}%, transparent)")
                            on:click=move |_| on_choose.run(at)
                        >
                            {token}<span class="lens-number">{kind.words(&cell)}</span>
                        </td>
                    }
                });
            view! { <tr data-depth=depth.to_string()><th scope="row">{depth_name(depth)}</th>{cells.collect::<Vec<_>>()}</tr> }
        };
        // The model's own prediction at the bottom, as the spine has it at its end.
        let rows =
            |seen: &std::sync::Arc<Dissection>| (0..seen.lens.len()).map(|depth| row(seen, depth)).collect::<Vec<_>>();
        seen.with(|seen| seen.as_ref().map(rows))
    };
    let truth = move || {
        let following = |seen: &std::sync::Arc<Dissection>| {
            let next = seen.tokens.iter().skip(1).cloned().map(|token| view! { <td class="lens-truth">{token}</td> });
            next.collect::<Vec<_>>()
        };
        seen.with(|seen| seen.as_ref().map(following))
    };
    let words = move || seen.with(|seen| seen.as_ref().map(|seen| summary(seen, chosen.get())));
    let save = move |_| {
        if let Some(csv) = seen.with_untracked(|seen| seen.as_ref().map(|seen| written(seen))) {
            download::save_text("logit-lens.csv", "text/csv", &csv);
        }
    };
    view! {
        <p class="lab-note">{t!("block.lens_how")}</p>
        <div class="block-choices" role="group" aria-label=t!("block.lens_shows")>{options.into_iter().collect::<Vec<_>>()}</div>
        <p class="lens-words" role="status" data-output="lens">{words}</p>
        <div class="lens-scroll" tabindex="0" role="group" aria-label=t!("block.lens")>
            <table class="lens" data-shown=move || shown.get().key()>
                <thead><tr><th scope="col">{t!("block.after")}</th>{head}</tr></thead>
                <tbody>{body}<tr class="lens-truths"><th scope="row">{t!("block.really_follows")}</th>{truth}</tr></tbody>
            </table>
        </div>
        <p><button type="button" data-action="save-lens" on:click=save>{t!("block.save_csv")}</button></p>
    }
}

/// How the prediction at one place came about, in a sentence.
fn summary(seen: &Dissection, at: usize) -> String {
    let column: Vec<&LensCell> = seen.lens.iter().filter_map(|row| row.get(at)).collect();
    let (Some(first), Some(last), Some(token)) = (column.first(), column.last(), seen.tokens.get(at)) else {
        return String::new();
    };
    let settled = depth_name(seen.settled(at));
    let begins = t!("block.lens_begins", token = token, first = first.token, share = percent(first.probability));
    let ends = t!("block.lens_ends", last = last.token, share = percent(last.probability), settled = settled);
    let truth = last
        .truth_rank
        .zip(seen.tokens.get(at + 1))
        .map(|(rank, next)| t!("block.lens_truth_is", next = next, rank = rank + 1));
    [begins, ends, truth.unwrap_or_default()].join(" ")
}

/// Every cell as a row of a file.
fn written(seen: &Dissection) -> String {
    let columns = ["depth", "position", "token", "top", "probability", "truth", "truth_probability", "truth_rank"]
        .map(String::from);
    let cells = seen
        .lens
        .iter()
        .enumerate()
        .flat_map(|(depth, row)| row.iter().enumerate().map(move |(at, cell)| (depth, at, cell)));
    let rows = cells.map(|(depth, at, cell)| {
        let token = |at: usize| seen.tokens.get(at).cloned().unwrap_or_default();
        vec![
            depth.to_string(),
            (at + 1).to_string(),
            token(at),
            cell.token.clone(),
            cell.probability.to_string(),
            token(at + 1),
            cell.truth.map_or(String::new(), |p| p.to_string()),
            cell.truth_rank.map_or(String::new(), |rank| (rank + 1).to_string()),
        ]
    });
    table::csv(&columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_coloured_from_the_first_to_the_last() {
        let cell = |rank| LensCell { top: 0, token: "a".into(), probability: 0.5, truth_rank: rank, truth: None };
        assert!((Shown::Rank.strength(&cell(Some(0)), 100) - 1.0).abs() < 1e-12);
        assert!(Shown::Rank.strength(&cell(Some(99)), 100).abs() < 1e-12);
        assert_eq!((Shown::Rank.words(&cell(Some(2))), Shown::Rank.words(&cell(None))), ("#3".into(), String::new()));
    }
}
