//! The frame around every lab: its title, its state for readers and tests, and its errors.

use engine_core::job::JobError;
use leptos::prelude::*;

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
    /// The lab.
    children: Children,
) -> impl IntoView {
    let error = move || match state.get() {
        LabState::Failed(sentence) => sentence,
        _ => String::new(),
    };
    let label = title.clone();
    view! {
        <section class=format!("lab lab-{name}") data-lab=name data-state=move || state.get().name() aria-label=label>
            <p class="lab-title">{title}</p>
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
