//! Time as a slider over the kept looks: everything on the board moves with it, and a run can begin again there.

use super::{keep::Keep, run::Board};
use kit::t;
use leptos::prelude::*;

/// Draws the slider, the marker of the induction head, and the ways back.
#[component]
pub fn Scrub(
    /// What it moves.
    board: Board,
) -> impl IntoView {
    let steps = Memo::new(move |_| {
        board.current(|run| run.looks.iter().map(|kept| kept.look.step).collect::<Vec<_>>()).unwrap_or_default()
    });
    let shown = Memo::new(move |_| board.look().map_or(0, |look| look.step));
    let place = move || steps.with(|steps| steps.iter().position(|step| *step == shown.get()).unwrap_or_default());
    let last = move || steps.with(|steps| steps.len().saturating_sub(1));
    let move_to = move |event| {
        let Ok(at) = event_target_value(&event).parse::<usize>() else { return };
        let newest = at >= last();
        let step = steps.with_untracked(|steps| steps.get(at).map(|step| f64::from(*step)));
        board.cursor.set(step.filter(|_| !newest || !board.is_running()));
    };
    let formed = Memo::new(move |_| board.current(|run| Some((run.formed()?, run.opened.n_heads))).flatten());
    let marker = move || {
        let ((step, block, head), heads) = formed.get()?;
        let at = steps.with(|steps| steps.iter().position(|it| *it == step))?;
        let left = 100.0 * at as f64 / last().max(1) as f64;
        let go = move |_| {
            board.cursor.set(Some(f64::from(step)));
            board.head.set(Some(block * heads + head));
        };
        Some(view! {
            <span class="board-marker" aria-hidden="true" style:left=format!("{left:.2}%")></span>
            <button type="button" class="board-marker-button" data-action="to-induction" data-induction-step=step.to_string() on:click=go>
                {t!("board.formed_here", step = step, block = block + 1, head = head + 1)}
            </button>
        })
    };
    // The state that is really kept: with a full memory it may lie a little before the look.
    let state = Memo::new(move |_| {
        board.cursor.track();
        board.current(|run| run.state_at(shown.get()).map(|state| state.0)).flatten()
    });
    let busy = move || board.is_running();
    let from = move || state.get().unwrap_or_default();
    let newest = move || board.current(|run| run.step()).unwrap_or_default();
    let differs = Memo::new(move |_| {
        let changes = board.forked().zip(board.current(|run| run.settings.clone()));
        changes.is_some_and(|(forked, now)| !forked.changes(&now).is_empty())
    });
    let is_newest = move || busy() || from() >= newest();
    let cannot_fork = move || busy() || !differs.get() || from() >= board.settings.with(|s| s.training.steps);
    view! {
        <fieldset class="board-time">
            <legend>{t!("board.time")}</legend>
            <label class="board-field">
                <span data-output="shown">{move || t!("board.shown_step", step = shown.get())}</span>
                <span class="board-track">
                    <input
                        type="range" min="0" max=move || last().to_string() step="1" data-field="time"
                        prop:value=move || place().to_string()
                        aria-valuetext=move || t!("board.shown_step", step = shown.get())
                        on:input=move_to
                    />
                </span>
            </label>
            <div class="board-markers">{marker}</div>
            <div class="board-actions">
                <button type="button" data-action="newest" disabled=move || board.cursor.get().is_none() on:click=move |_| board.cursor.set(None)>
                    {t!("board.newest")}
                </button>
                <button type="button" data-action="rewind" disabled=is_newest on:click=move |_| board.rewind(from())>
                    {move || t!("board.rewind", step = from())}
                </button>
                <button
                    type="button" data-action="fork" disabled=cannot_fork
                    on:click=move |_| board.fork(from())
                >
                    {move || t!("board.fork", step = from())}
                </button>
                <Keep board from=Signal::derive(from)/>
            </div>
            <p class="lab-note" hidden=move || differs.get()>{t!("board.fork_how")}</p>
        </fieldset>
    }
}
