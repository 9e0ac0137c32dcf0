//! The frame around every lab: its title, its state for readers and tests, and its errors.

use engine_core::job::JobError;
use kit::t;
use kit::wire;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// What a lab is doing. Tests wait for it in `data-state`, never for time to pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum LabState {
    /// Waiting for the learner.
    #[default]
    Idle,
    /// The engine is at work.
    Running,
    /// The picture is complete.
    Done,
    /// It did not work; the sentence says what to do.
    Failed(String),
}

impl LabState {
    /// As written in `data-state`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }

    /// The state that follows from a run: its newest result, and whether one is under way.
    pub fn of<T>(running: bool, outcome: Option<&Result<T, JobError>>) -> Self {
        match outcome {
            _ if running => Self::Running,
            Some(Err(error)) => Self::Failed(error.to_string()),
            Some(Ok(_)) => Self::Done,
            None => Self::Idle,
        }
    }
}

/// Draws a lab's frame around its content.
#[component]
pub fn LabFrame(
    /// The lab's name in the registry.
    name: &'static str,
    /// What the learner reads above it; the accessible name of the whole lab.
    #[prop(into)]
    title: String,
    /// What it is doing.
    #[prop(into)]
    state: Signal<LabState>,
    /// How a link sets the lab up as it is now: its settings that differ from their defaults. None where there is
    /// nothing to share.
    #[prop(optional, into)]
    share: Option<Signal<String>>,
    /// The lab.
    children: Children,
) -> impl IntoView {
    let error = move || match state.get() {
        LabState::Failed(sentence) => sentence,
        _ => String::new(),
    };
    let label = title.clone();
    let shared_title = title.clone();
    let tell_share = move |event: leptos::ev::MouseEvent| {
        let from = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let article = from.and_then(|from| from.closest("article[data-slug]").ok().flatten());
        let lesson = article.and_then(|article| article.get_attribute("data-slug")).unwrap_or_default();
        let knobs = share.map(|share| share.get_untracked()).unwrap_or_default();
        let text = |text: &str| serde_json::to_string(text).expect("a text can be written");
        let (title, knobs, lesson) = (text(&shared_title), text(&knobs), text(&lesson));
        let json = format!("{{\"lab\":\"{name}\",\"title\":{title},\"knobs\":{knobs},\"lesson\":{lesson}}}");
        wire::tell(wire::SHARE, &json);
    };
    view! {
        <section class=format!("lab lab-{name}") data-lab=name data-state=move || state.get().name() aria-label=label>
            <div class="lab-head">
                <p class="lab-title">{title}</p>
                {share.map(|_| view! {
                    <button type="button" class="lab-share" data-action="share" aria-haspopup="dialog" on:click=tell_share>
                        {t!("lab.share")}
                    </button>
                })}
            </div>
            <p class="lab-error" role="alert" hidden=move || error().is_empty()>{error}</p>
            <div class="lab-body">{children()}</div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_lab_is_not_failed() {
        let old: Result<(), _> = Err(JobError::Invalid("no".into()));
        assert_eq!(LabState::of(true, Some(&old)), LabState::Running);
        assert_eq!(LabState::of(false, Some(&old)), LabState::Failed("no".into()));
    }
}
