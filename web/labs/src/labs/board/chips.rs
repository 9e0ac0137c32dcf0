//! Validation examples token by token: right, or wrong with what the model said; the chances of a chosen one, now and
//! over time.

use super::{controls::percent, run::Board};
use crate::widgets::{
    line_chart::LineChart,
    lines::{LineData, Series},
    token_bars::TokenBars,
};
use engine_core::jobs::{TokenChance, board::Shown};
use kit::t;
use leptos::{ev, html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// How one token of an answer fares.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mark {
    /// The token the model finds likeliest.
    said: usize,
    /// The chance of the right one.
    chance: f32,
    right: bool,
}

/// Every counted token of the shown examples against the chances of a look, example by example.
fn marks(shown: &[Shown], chances: &[f32], vocab: usize) -> Vec<Vec<Mark>> {
    let mut rows = chances.chunks_exact(vocab.max(1));
    let mut mark = |id: u32| {
        let row = rows.next()?;
        let (said, _) = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(Mark { said, chance: *row.get(id as usize)?, right: said == id as usize })
    };
    shown.iter().map(|it| it.ids[it.answer_from..].iter().filter_map(|id| mark(*id)).collect()).collect()
}

/// Which row of chances belongs to a token of an answer.
fn row_of(shown: &[Shown], (example, at): (usize, usize)) -> usize {
    shown.iter().take(example).map(|it| it.tokens.len() - it.answer_from).sum::<usize>() + at
}

/// Draws the examples.
#[component]
pub fn Chips(
    /// Whose.
    board: Board,
) -> impl IntoView {
    // The rows stay while their colours change: a chip that is focused must not vanish.
    let opened = Memo::new(move |_| board.current(|run| run.opened.clone()).unwrap_or_default());
    let shown = Memo::new(move |_| opened.with(|opened| opened.shown.clone()));
    let marks = Memo::new(move |_| {
        let look = board.look().unwrap_or_default();
        opened.with(|opened| Arc::new(marks(&opened.shown, &look.chances, opened.vocabulary.len())))
    });
    let mark = move |row: usize, at: usize| marks.with(|marks| marks.get(row).and_then(|row| row.get(at).copied()));
    let said = move |mark: Mark| opened.with(|opened| opened.vocabulary.get(mark.said).cloned().unwrap_or_default());
    let chip = move |row: usize, at: usize, wanted: String| {
        let class = move || match mark(row, at) {
            Some(Mark { right: true, .. }) => "board-chip right",
            Some(_) => "board-chip wrong",
            None => "board-chip",
        };
        let text = {
            let wanted = wanted.clone();
            move || match mark(row, at).filter(|mark| !mark.right) {
                Some(mark) => view! { <s>{said(mark)}</s> <b>{wanted.clone()}</b> }.into_any(),
                None => view! { <b>{wanted.clone()}</b> }.into_any(),
            }
        };
        let label = move || match mark(row, at) {
            Some(mark) if mark.right => t!("board.chip_right", token = wanted, chance = percent(mark.chance)),
            Some(mark) => t!("board.chip_wrong", token = wanted, said = said(mark), chance = percent(mark.chance)),
            None => wanted.clone(),
        };
        let chosen = move || board.chip.get() == (row, at);
        view! {
            <button
                type="button" class=class data-chip=format!("{row}-{at}") aria-label=label
                aria-pressed=move || chosen().to_string() tabindex=move || if chosen() { "0" } else { "-1" }
                on:click=move |_| board.chip.set((row, at))
            >
                {text}
            </button>
        }
    };
    let rows = move || {
        let row = |(row, it): (usize, Shown)| {
            let prompt = it.tokens[..it.answer_from].concat();
            let chips: Vec<_> = it.tokens[it.answer_from..]
                .iter()
                .cloned()
                .enumerate()
                .map(|(at, wanted)| chip(row, at, wanted))
                .collect();
            let whole =
                move || marks.with(|marks| marks.get(row).is_some_and(|marks| marks.iter().all(|mark| mark.right)));
            view! {
                <li class="board-example" data-right=move || whole().to_string()>
                    <span class="board-prompt">{prompt}</span>
                    <span class="board-answer">{chips}</span>
                </li>
            }
        };
        shown.get().into_iter().enumerate().map(row).collect::<Vec<_>>()
    };

    let list = NodeRef::<html::Ol>::new();
    let press = move |event: ev::KeyboardEvent| {
        let (row, at) = board.chip.get_untracked();
        let answer =
            |row: usize| shown.with_untracked(|shown| shown.get(row).map(|it| it.tokens.len() - it.answer_from));
        let to = match event.key().as_str() {
            "ArrowRight" => (row, at + 1),
            "ArrowLeft" if at > 0 => (row, at - 1),
            "ArrowDown" => (row + 1, at),
            "ArrowUp" if row > 0 => (row - 1, at),
            "Home" => (row, 0),
            "End" => (row, usize::MAX),
            _ => return,
        };
        event.prevent_default();
        let Some(tokens) = answer(to.0) else { return };
        let to = (to.0, to.1.min(tokens.saturating_sub(1)));
        board.chip.set(to);
        let chip = list
            .get_untracked()
            .and_then(|list| list.query_selector(&format!("[data-chip=\"{}-{}\"]", to.0, to.1)).ok().flatten());
        if let Some(chip) = chip.and_then(|chip| chip.dyn_into::<web_sys::HtmlElement>().ok()) {
            // It is there and can be focused.
            let _ = chip.focus();
        }
    };
    let is_task = Memo::new(move |_| board.current(|run| run.settings.is_task()).unwrap_or_default());
    let how = move || {
        let measured = opened.with(|opened| opened.measured);
        if is_task.get() {
            t!("board.chips_task", measured = measured)
        } else {
            t!("board.chips_text", measured = measured)
        }
    };
    view! {
        <fieldset class="board-completions">
            <legend>{t!("board.completions")}</legend>
            <p class="lab-note">{how}</p>
            <div class="board-columns">
                <ol class="board-examples" node_ref=list on:keydown=press aria-label=t!("board.examples")>{rows}</ol>
                <Token board/>
            </div>
        </fieldset>
    }
}

/// So many tokens are followed over time beside the right one.
const FOLLOWED: usize = 3;

/// The chances of the chosen token, at the shown step and over all of them.
#[component]
fn Token(board: Board) -> impl IntoView {
    let chances = Signal::derive(move || {
        let Some(look) = board.look() else { return Vec::new() };
        let of = board.current(|run| {
            let opened = &run.opened;
            let at = row_of(&opened.shown, board.chip.get()) * opened.vocabulary.len();
            let row = look.chances.get(at..at + opened.vocabulary.len()).unwrap_or_default();
            let mut all: Vec<TokenChance> = opened
                .vocabulary
                .iter()
                .zip(row)
                .map(|(token, p)| TokenChance { token: token.clone(), probability: *p })
                .collect();
            all.sort_by(|a, b| b.probability.total_cmp(&a.probability));
            all
        });
        of.unwrap_or_default()
    });
    let wanted = move || {
        board
            .current(|run| {
                let (row, at) = board.chip.get();
                let it = run.opened.shown.get(row)?;
                it.tokens.get(it.answer_from + at).cloned()
            })
            .flatten()
            .unwrap_or_default()
    };
    let history = Memo::new(move |_| Arc::new(history(board, board.chip.get())));
    view! {
        <div class="board-token">
            <p class="lab-note" data-output="token">{move || t!("board.chosen", token = wanted(), number = board.chip.get().0 + 1)}</p>
            <TokenBars title=t!("board.expects") chances most=6/>
            <LineChart title=t!("board.history") data=history cursor=board.cursor/>
        </div>
    }
}

/// The chance of the right token and of its strongest rivals at every look.
fn history(board: Board, chip: (usize, usize)) -> LineData {
    let series = board.current(|run| {
        let opened = &run.opened;
        let (vocab, shown) = (opened.vocabulary.len(), opened.shown.get(chip.0)?);
        let wanted = *shown.ids.get(shown.answer_from + chip.1)? as usize;
        let at = row_of(&opened.shown, chip) * vocab;
        let rows: Vec<(f64, &[f32])> = run
            .looks
            .iter()
            .filter_map(|kept| Some((f64::from(kept.look.step), kept.look.chances.get(at..at + vocab)?)))
            .collect();
        let mut rivals: Vec<(usize, f32)> =
            (0..vocab).filter(|id| *id != wanted).map(|id| (id, rows.iter().map(|(_, row)| row[id]).sum())).collect();
        rivals.sort_by(|a, b| b.1.total_cmp(&a.1));
        let line = |id: usize, name: String| Series {
            name,
            points: rows.iter().map(|(step, row)| (*step, f64::from(row[id]))).collect(),
        };
        let first = line(wanted, t!("board.right_token", token = opened.vocabulary[wanted]));
        let others = rivals.into_iter().take(FOLLOWED).map(|(id, _)| line(id, opened.vocabulary[id].clone()));
        Some(std::iter::once(first).chain(others).collect())
    });
    LineData {
        x_name: t!("board.step_axis").into(),
        y_name: t!("board.chance").into(),
        series: series.flatten().unwrap_or_default(),
        references: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> Vec<Shown> {
        let tokens = |text: &str| text.chars().map(|c| c.to_string()).collect();
        vec![
            Shown { tokens: tokens("ab=ba"), ids: vec![1, 2, 0, 2, 1], answer_from: 3 },
            Shown { tokens: tokens("a=a"), ids: vec![1, 0, 1], answer_from: 2 },
        ]
    }

    #[test]
    fn marks_compare_the_likeliest_token_with_the_right_one() {
        let chances = [0.1, 0.2, 0.7, 0.5, 0.3, 0.2, 0.0, 0.9, 0.1];
        let all = marks(&shown(), &chances, 3);
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(all[0][0], Mark { said: 2, chance: 0.7, right: true });
        assert_eq!(all[0][1], Mark { said: 0, chance: 0.3, right: false });
        assert!(all[1][0].right);
        assert_eq!((row_of(&shown(), (0, 1)), row_of(&shown(), (1, 0))), (1, 2));
        assert!(marks(&shown(), &[], 3).iter().all(Vec::is_empty));
    }
}
