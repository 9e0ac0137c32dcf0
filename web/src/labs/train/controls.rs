//! The buttons of a training, what it is doing, and what went wrong.

use super::session::{Phase, Session};
use crate::models::{self, ModelRecord};
use leptos::{prelude::*, task::spawn_local};

/// Draws the buttons. Those that make no sense now cannot be pressed.
#[component]
pub fn Controls(
    /// What they act on.
    session: Session,
) -> impl IntoView {
    use Phase::{Diverged, Finished, Idle, Opening, Paused, Running};
    let unless = move |phases: &'static [Phase]| Signal::derive(move || !phases.contains(&session.phase.get()));
    let button = |action: &'static str, label: Signal<&'static str>, disabled: Signal<bool>, press: fn(Session)| {
        view! {
            <button type="button" class=format!("control {action}") data-action=action disabled=move || disabled.get() on:click=move |_| press(session)>
                {move || label.get()}
            </button>
        }
    };
    let fixed = |label: &'static str| Signal::derive(move || label);
    let train = Signal::derive(move || if session.phase.get() == Idle { "Train" } else { "Train a new model" });
    view! {
        <div class="controls" role="group" aria-label="Training">
            {button("train", train, unless(&[Idle, Paused, Finished, Diverged]), Session::train)}
            {button("pause", fixed("Pause"), unless(&[Running]), Session::pause)}
            {button("step", fixed("Single step"), unless(&[Idle, Paused, Finished]), Session::single_step)}
            {button("resume", fixed("Resume"), unless(&[Paused]), Session::resume)}
            {button("stop", fixed("Stop"), unless(&[Opening, Running, Paused]), Session::stop)}
            {button("rewind", fixed("Rewind"), unless(&[Running, Paused, Finished, Diverged]), |session| session.rewind(1.0))}
        </div>
        <Messages session/>
    }
}

#[component]
fn Messages(session: Session) -> impl IntoView {
    let state = move || match session.phase.get() {
        Phase::Idle => "Ready to train.",
        Phase::Opening => "The text is cut into tokens and the weights are made …",
        Phase::Running => "Training.",
        Phase::Paused => "Paused between two steps. Rewind goes back to the same initial weights.",
        Phase::Finished => "Finished.",
        Phase::Diverged => "Stopped, because the loss ran away.",
    };
    let diverged = move || {
        session.diverged.get().map(|(since, loss)| {
            let loss = if loss.is_finite() { format!("rose to {loss:.2}") } else { "stopped being a number".to_owned() };
            view! {
                <div class="train-error" data-diverged=since.to_string()>
                    <p role="alert">
                        {format!("At step {since} the loss {loss}. The steps were too long: each one overshot and made the next one longer. A lower learning rate helps.")}
                    </p>
                    <button type="button" data-action="rewind-slower" on:click=move |_| session.rewind(1.0 / 3.0)>
                        "Rewind with a third of the learning rate"
                    </button>
                </div>
            }
        })
    };
    view! {
        <p class="train-state" role="status">{state}</p>
        <p class="train-error" role="alert" hidden=move || session.error.with(Option::is_none)>{move || session.error.get()}</p>
        <p class="train-error" role="alert" data-save-error="" hidden=move || session.save_trouble.with(Option::is_none)>{move || session.save_trouble.get()}</p>
        <p class="train-notice" role="status" data-recovered=move || session.recovered.get().to_string()>{move || session.notice.get()}</p>
        {diverged}
    }
}

/// Offers to go on with a model whose training was cut short.
#[component]
pub fn ResumeOffer(
    /// What would go on.
    session: Session,
    /// The id of the model to offer; none offers the newest unfinished one.
    #[prop(into)]
    asked: Signal<Option<String>>,
) -> impl IntoView {
    let offered = RwSignal::new(None::<ModelRecord>);
    Effect::new(move |_| {
        let asked = asked.get();
        if session.phase.get_untracked() != Phase::Idle {
            return;
        }
        spawn_local(async move {
            let found = match asked {
                Some(id) => models::find(&id).await,
                None => models::list().await.into_iter().find(|record| !record.finished),
            };
            // Without its text a training cannot go on.
            offered.try_set(found.filter(|record| record.text_file.is_some()));
        });
    });
    let offer = move || {
        let record = offered.get().filter(|_| session.phase.get() == Phase::Idle)?;
        let label = format!("Resume “{}” at step {}", record.name, record.step);
        let resume = move |_| {
            offered.set(None);
            spawn_local(session.resume_kept(record.clone()));
        };
        Some(view! {
            <div class="resume-offer">
                <p>"A training was not finished. It can go on where it was last saved, with the same text and weights."</p>
                <button type="button" data-action="resume-kept" on:click=resume>{label}</button>
                <button type="button" class="quiet" on:click=move |_| offered.set(None)>"Not now"</button>
            </div>
        })
    };
    view! { <div aria-live="polite">{offer}</div> }
}

/// Draws what becomes of the model: its name, and where to find it.
#[component]
pub fn Kept(
    /// Whose model.
    session: Session,
) -> impl IntoView {
    let id = Memo::new(move |_| session.record.with(|record| record.as_ref().map(|record| record.id.clone())));
    let name = move || session.record.with(|record| record.as_ref().map_or(String::new(), |record| record.name.clone()));
    let saved = move || match session.saved_step.get() {
        Some(step) => format!("Kept in this browser as it was at step {step}."),
        None => "Not kept yet: the first checkpoint follows soon.".to_owned(),
    };
    view! {
        <Show when=move || id.get().is_some()>
            <fieldset class="train-kept">
                <legend>"5. Your model"</legend>
                <label class="field">
                    <span>"Name"</span>
                    <input type="text" maxlength="80" data-field="model-name" prop:value=name on:change:target=move |e| session.rename(e.target().value())/>
                </label>
                <p>{saved}</p>
                <p class="kept-links" hidden=move || session.saved_step.get().is_none()>
                    <a href="models/">"Export it under “My models”"</a>
                    <a href=move || format!("learn/attention-mechanism/?model={}", id.get().unwrap_or_default())>"Open in the attention lab"</a>
                </p>
            </fieldset>
        </Show>
    }
}
