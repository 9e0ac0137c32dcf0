//! One model of the list, and the model that is shipped with the site.

use kit::t;
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
                Ok(()) => shelf.done(t!("models.model_called_now", wanted = wanted)),
                Err(error) => shelf.failed(error.0),
            }
        });
    };
    let export = move |_| {
        shelf.working();
        spawn_local(async move {
            match export(&id.get_value()).await {
                Ok(()) => shelf.done(t!("models.exported_downloads", name = name.get_untracked())),
                Err(why) => shelf.failed(why),
            }
        });
    };
    let delete = move |_| {
        shelf.working();
        spawn_local(async move {
            match models::delete(&id.get_value()).await {
                Ok(()) => shelf.done(t!("models.deleted", name = name.get_untracked())),
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
                <span class="visually-hidden">{t!("models.name_model")}</span>
                <input type="text" maxlength="80" data-field="name" prop:value=name on:change=rename/>
            </label>
            <p class="model-facts">{facts}<span data-output="size">{move || bytes.get().map(|bytes| format!(" · {}", size(bytes)))}</span></p>
            <div class="model-actions" hidden=move || asking.get()>
                <a class="button" data-action="open" href=attention>{t!("models.look_inside")}</a>
                {resumable.then(|| view! { <a class="button" data-action="resume" href=resume>{t!("models.continue_training")}</a> })}
                <button type="button" data-action="export" on:click=export>{t!("models.export")}</button>
                <button type="button" data-action="delete" on:click=move |_| asking.set(true)>{t!("models.delete")}</button>
            </div>
            <div class="model-confirm" role="group" aria-label=t!("models.delete_model") hidden=move || !asking.get()>
                <p>{move || t!("models.delete_for_good_cannot", name = name.get())}</p>
                <button type="button" class="danger" data-action="confirm-delete" on:click=delete>{t!("models.delete_for_good")}</button>
                <button type="button" data-action="keep" on:click=move |_| asking.set(false)>{t!("models.keep_it")}</button>
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
    let loss = val_loss.map(|loss| format!(" {}", t!("models.validation_loss", loss = format!("{:.2}", loss)))).unwrap_or_default();
    let trained = if *step > 0 { format!(" {}", t!("models.steps", step = step)) } else { String::new() };
    t!("models.parameters", text_name = text_name, count = grouped(&config.parameters().to_string()), tokenizer = tokenizer, trained = trained, loss = loss, date = date)
}

/// Draws the model that is shipped with the site.
#[component]
pub fn BuiltInRow(shelf: Shelf) -> impl IntoView {
    let facts = RwSignal::new(t!("models.being_read").to_owned());
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
                    shelf.done(t!("models.built_model_exported"));
                }
                Err(why) => shelf.failed(why),
            }
        });
    };
    view! {
        <li class="model model-built-in" data-model="built-in">
            <p class="model-name">{t!("models.built_model")}</p>
            <p class="model-facts">{facts}</p>
            <div class="model-actions">
                <a class="button" data-action="open" href="learn/attention-mechanism/">{t!("models.look_inside")}</a>
                <button type="button" data-action="export" on:click=export>{t!("models.export")}</button>
            </div>
        </li>
    }
}

async fn describe_built_in() -> Result<String, String> {
    let file = models::built_in().await?;
    let bytes = size(file.len() as f64);
    let card: ModelCard = engine::run(&ReadModel { file }).await.map_err(|error| error.to_string())?;
    let loss = card.val_loss.map(|loss| format!(" {}", t!("models.validation_loss", loss = format!("{:.2}", loss)))).unwrap_or_default();
    let steps = card.step.map(|step| format!(" {}", t!("models.steps", step = step))).unwrap_or_default();
    Ok(t!("models.shipped_with_site", count = grouped(&card.parameters.to_string()), tokenizer = card.tokenizer, steps = steps, loss = loss, bytes = bytes))
}
