//! Keeping the model of the shown step, so that every other lab can look into it.

use super::{run::Board, words};
use crate::models;
use kit::t;
use leptos::{prelude::*, task::spawn_local};

/// Draws the button, and says what came of it.
#[component]
pub fn Keep(
    /// Whose model.
    board: Board,
    /// The step whose state is really there.
    #[prop(into)]
    from: Signal<u32>,
) -> impl IntoView {
    let (says, busy) = (RwSignal::new(None::<Result<String, String>>), RwSignal::new(false));
    let keep = move |_| {
        let state = board.current(|run| {
            let state = run.state_at(from.get_untracked())?;
            Some((words::title(&run.settings.source), run.number, state))
        });
        let Some((source, number, (step, file))) = state.flatten().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        spawn_local(async move {
            let name = t!("board.kept_run", source = source, number = number);
            let kept = models::keep_file(&name, source.to_owned(), &file).await;
            busy.try_set(false);
            says.try_set(Some(kept.map(|record| t!("board.kept", name = record.name, step = step))));
        });
    };
    let said = move || says.get().map(|said| said.unwrap_or_else(|why| t!("board.not_kept", why = why)));
    view! {
        <button type="button" data-action="keep" aria-disabled=move || busy.get().to_string() on:click=keep>
            {move || t!("board.keep", step = from.get())}
        </button>
        <p class="lab-note board-kept" role="status" data-output="kept">{said}</p>
    }
}
