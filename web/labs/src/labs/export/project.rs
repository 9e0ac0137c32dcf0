//! The desktop project: one zip file with a model, programs around it and what they have to find again.

use super::words;
use crate::{
    engine,
    picked::Picked,
    widgets::{download, outcome},
};
use engine_core::jobs::export::MakeProject;
use kit::t;
use leptos::{prelude::*, task::spawn_local};

/// Draws the button and what came of it.
#[component]
pub fn Desktop(
    /// The model.
    picked: Picked,
    /// The learner's own text.
    text: Memo<String>,
) -> impl IntoView {
    let says = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let make = move |_| {
        let Some(file) = picked.bytes().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        says.set(t!("export.making").into());
        let name = download::file_name(&picked.name(), "zip");
        let job = MakeProject { file: file.to_vec(), text: text.get_untracked() };
        spawn_local(async move {
            let told = match engine::run(&job).await {
                Ok(project) => {
                    download::save_bytes(&name, "application/zip", &project.zip);
                    outcome::report("export", true, &words::project_values(&project));
                    words::project(&name, &project)
                }
                Err(error) => error.to_string(),
            };
            says.try_set(told);
            busy.try_set(false);
        });
    };
    view! {
        <p class="lab-note">{t!("export.project_holds")}</p>
        <div class="export-actions">
            <button type="button" data-action="project" aria-disabled=move || busy.get().to_string() on:click=make>
                {t!("export.make_project")}
            </button>
        </div>
        <p class="export-told" role="status" data-output="project">{says}</p>
    }
}
