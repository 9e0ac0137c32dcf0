//! The buttons of a training, what it is doing, and what went wrong.

use kit::t;
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
    let train = Signal::derive(move || if session.phase.get() == Idle { t!("train.train") } else { t!("train.train_new_model") });
    view! {
        <div class="controls" role="group" aria-label=t!("train.training_group")>
            {button("train", train, unless(&[Idle, Paused, Finished, Diverged]), Session::train)}
            {button("pause", fixed(t!("train.pause")), unless(&[Running]), Session::pause)}
            {button("step", fixed(t!("train.single_step")), unless(&[Idle, Paused, Finished]), Session::single_step)}
            {button("resume", fixed(t!("train.resume")), unless(&[Paused]), Session::resume)}
            {button("stop", fixed(t!("train.stop")), unless(&[Opening, Running, Paused]), Session::stop)}
            {button("rewind", fixed(t!("train.rewind")), unless(&[Running, Paused, Finished, Diverged]), |session| session.rewind(1.0))}
        </div>
        <Messages session/>
    }
}

#[component]
fn Messages(session: Session) -> impl IntoView {
    let state = move || match session.phase.get() {
        Phase::Idle => t!("train.ready_train"),
        Phase::Opening => t!("train.text_cut_into"),
        Phase::Running => t!("train.training"),
        Phase::Paused => t!("train.paused_between_two"),
        Phase::Finished => t!("train.finished"),
        Phase::Diverged => t!("train.stopped_because_loss"),
    };
    let diverged = move || {
        session.diverged.get().map(|(since, loss)| {
            let loss = if loss.is_finite() { t!("train.loss_rose", loss = format!("{:.2}", loss)) } else { t!("train.stopped_being_number").to_owned() };
            view! {
                <div class="train-error" data-diverged=since.to_string()>
                    <p role="alert">
                        {t!("train.at_step_loss", since = since, loss = loss)}
                    </p>
                    <button type="button" data-action="rewind-slower" on:click=move |_| session.rewind(1.0 / 3.0)>
                        {t!("train.rewind_with_third")}
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
        let label = t!("train.resume_at_step", name = record.name, step = record.step);
        let resume = move |_| {
            offered.set(None);
            spawn_local(session.resume_kept(record.clone()));
        };
        Some(view! {
            <div class="resume-offer">
                <p>{t!("train.training_not_finished")}</p>
                <button type="button" data-action="resume-kept" on:click=resume>{label}</button>
                <button type="button" class="quiet" on:click=move |_| offered.set(None)>{t!("train.not_now")}</button>
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
        Some(step) => t!("train.kept_browser_as", step = step),
        None => t!("train.not_kept_yet").to_owned(),
    };
    view! {
        <Show when=move || id.get().is_some()>
            <fieldset class="train-kept">
                <legend>{t!("train.5_model")}</legend>
                <label class="field">
                    <span>{t!("train.name")}</span>
                    <input type="text" maxlength="80" data-field="model-name" prop:value=name on:change:target=move |e| session.rename(e.target().value())/>
                </label>
                <p>{saved}</p>
                <p class="kept-links" hidden=move || session.saved_step.get().is_none()>
                    <a href="models/">{t!("train.export_under_my")}</a>
                    <a href=move || format!("learn/attention-mechanism/?model={}", id.get().unwrap_or_default())>{t!("train.open_attention_lab")}</a>
                </p>
            </fieldset>
        </Show>
    }
}
