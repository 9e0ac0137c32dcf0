//! One model of the list, and the model that is shipped with the site.

use super::{Shelf, size};
use crate::{
    engine,
    models::{self, ModelRecord},
    store,
    widgets::{axis::grouped, download},
};
use engine_core::jobs::model_card::{ExportModel, ModelCard, ReadModel};
use leptos::{prelude::*, task::spawn_local};

const KIND: &str = "application/octet-stream";

/// Draws one of the learner's models.
#[component]
pub fn ModelRow(model: ModelRecord, shelf: Shelf) -> impl IntoView {
    let id = StoredValue::new(model.id.clone());
    let bytes = RwSignal::new(None::<f64>);
    let file = model.file.clone();
    spawn_local(async move {
        if let Ok(known) = store::file_size(&file).await {
            bytes.try_set(known);
        }
    });
    let name = RwSignal::new(model.name.clone());
    let asking = RwSignal::new(false);
    let rename = move |event| {
        let wanted = event_target_value(&event).trim().to_owned();
        if wanted.is_empty() {
            name.notify();
            return;
        }
        name.set(wanted.clone());
        spawn_local(async move {
            let Some(record) = models::find(&id.get_value()).await else { return };
            match models::save_record(&ModelRecord { name: wanted.clone(), ..record }).await {
                Ok(()) => shelf.done(format!("The model is called “{wanted}” now.")),
                Err(error) => shelf.failed(error.0),
            }
        });
    };
    let export = move |_| {
        shelf.working();
        spawn_local(async move {
            match export(&id.get_value()).await {
                Ok(()) => shelf.done(format!("“{}” was exported to your downloads.", name.get_untracked())),
                Err(why) => shelf.failed(why),
            }
        });
    };
    let delete = move |_| {
        shelf.working();
        spawn_local(async move {
            match models::delete(&id.get_value()).await {
                Ok(()) => shelf.done(format!("“{}” was deleted.", name.get_untracked())),
                Err(error) => shelf.failed(error.0),
            }
        });
    };
    let facts = facts(&model);
    let attention = format!("learn/attention-mechanism/?model={}", model.id);
    let resume = format!("learn/project-mini-gpt/?resume={}", model.id);
    let resumable = model.text_file.is_some();
    view! {
        <li class="model" data-model=model.id>
            <label class="model-name">
                <span class="visually-hidden">"Name of the model"</span>
                <input type="text" maxlength="80" data-field="name" prop:value=name on:change=rename/>
            </label>
            <p class="model-facts">{facts}<span data-output="size">{move || bytes.get().map(|bytes| format!(" · {}", size(bytes)))}</span></p>
            <div class="model-actions" hidden=move || asking.get()>
                <a class="button" data-action="open" href=attention>"Look inside"</a>
                {resumable.then(|| view! { <a class="button" data-action="resume" href=resume>"Continue training"</a> })}
                <button type="button" data-action="export" on:click=export>"Export"</button>
                <button type="button" data-action="delete" on:click=move |_| asking.set(true)>"Delete …"</button>
            </div>
            <div class="model-confirm" role="group" aria-label="Delete the model?" hidden=move || !asking.get()>
                <p>{move || format!("Delete “{}” for good? It cannot be brought back.", name.get())}</p>
                <button type="button" class="danger" data-action="confirm-delete" on:click=delete>"Delete for good"</button>
                <button type="button" data-action="keep" on:click=move |_| asking.set(false)>"Keep it"</button>
            </div>
        </li>
    }
}

async fn export(id: &str) -> Result<(), String> {
    let record = models::find(id).await;
    let checkpoint = models::load(id).await?;
    let file = engine::run(&ExportModel { checkpoint }).await.map_err(|error| error.to_string())?;
    let title = record.map(|record| record.name).unwrap_or_default();
    download::save_bytes(&download::file_name(&title, "safetensors"), KIND, &file);
    Ok(())
}

fn facts(model: &ModelRecord) -> String {
    let ModelRecord { config, tokenizer, step, val_loss, created_ms, text_name, .. } = model;
    let date = js_sys::Date::new(&(*created_ms).into());
    let date = String::from(date.to_locale_date_string("en-GB", &js_sys::Object::new()));
    let loss = val_loss.map(|loss| format!(" · validation loss {loss:.2}")).unwrap_or_default();
    let trained = if *step > 0 { format!(" · {step} steps") } else { String::new() };
    format!("{text_name} · {} parameters · {tokenizer}{trained}{loss} · {date}", grouped(&config.parameters().to_string()))
}

/// Draws the model that is shipped with the site.
#[component]
pub fn BuiltInRow(shelf: Shelf) -> impl IntoView {
    let facts = RwSignal::new("Being read …".to_owned());
    spawn_local(async move {
        let words = describe_built_in().await.unwrap_or_else(|why| why);
        facts.try_set(words);
    });
    let export = move |_| {
        shelf.working();
        spawn_local(async move {
            match models::built_in().await {
                Ok(bytes) => {
                    download::save_bytes("glassbox-tiny.safetensors", KIND, &bytes);
                    shelf.done("The built-in model was exported to your downloads.");
                }
                Err(why) => shelf.failed(why),
            }
        });
    };
    view! {
        <li class="model model-built-in" data-model="built-in">
            <p class="model-name">"The built-in model"</p>
            <p class="model-facts">{facts}</p>
            <div class="model-actions">
                <a class="button" data-action="open" href="learn/attention-mechanism/">"Look inside"</a>
                <button type="button" data-action="export" on:click=export>"Export"</button>
            </div>
        </li>
    }
}

async fn describe_built_in() -> Result<String, String> {
    let file = models::built_in().await?;
    let bytes = size(file.len() as f64);
    let card: ModelCard = engine::run(&ReadModel { file }).await.map_err(|error| error.to_string())?;
    let loss = card.val_loss.map(|loss| format!(" · validation loss {loss:.2}")).unwrap_or_default();
    let steps = card.step.map(|step| format!(" · {step} steps")).unwrap_or_default();
    Ok(format!(
        "Shipped with this site · {} parameters · {}{steps}{loss} · {bytes}",
        grouped(&card.parameters.to_string()),
        card.tokenizer
    ))
}
