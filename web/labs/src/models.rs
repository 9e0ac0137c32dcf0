//! The learner's models: a record in the store for each, and its checkpoint as a file.

use crate::{
    engine,
    store::{self, StoreError},
};
use engine_core::{config::GptConfig, jobs::model_card::ReadModel};
use gloo::net::http::Request;
use kit::t;
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, collections::BTreeMap};

const AREA: &str = "models";

/// The address of the model that is shipped with the site.
const BUILT_IN: &str = "models/tiny.safetensors";

/// The address of the other one, which has only learned to go on with what it has seen before.
const COPYING: &str = "models/copy.safetensors";
/// The largest model that is shipped with the site.
const SMALL: &str = "models/small.safetensors";

/// What is known of a model without opening its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Never changes; part of the file's name.
    pub id: String,
    /// As the learner calls it.
    pub name: String,
    /// When it was first kept, in milliseconds since 1970.
    pub created_ms: f64,
    /// Steps trained.
    pub step: u32,
    /// The newest validation loss, nats per token.
    pub val_loss: Option<f32>,
    /// Sizes.
    pub config: GptConfig,
    /// Such as "65 characters".
    pub tokenizer: String,
    /// Where its newest whole checkpoint is. Set by [`save_checkpoint`].
    pub file: String,
    /// Where the training text is, if it is kept.
    pub text_file: Option<String>,
    /// What the training text is called.
    pub text_name: String,
    /// Whether its schedule has been trained to the end.
    pub finished: bool,
}

/// An id that no other model of this learner has.
pub fn new_id() -> String {
    // Milliseconds since 1970, in letters: two models are never begun in the same one.
    let mut rest = js_sys::Date::now() as u64;
    let mut id = String::new();
    while rest > 0 {
        id.insert(0, char::from_digit((rest % 36) as u32, 36).unwrap_or('0'));
        rest /= 36;
    }
    id
}

/// Every kept model, newest first. A record that cannot be read is left out, and left alone.
pub async fn list() -> Vec<ModelRecord> {
    let mut models = Vec::new();
    for id in store::keys(AREA).await.unwrap_or_default() {
        if let Some(model) = find(&id).await {
            // They are few, and a sort of its own would weigh more than all of this module.
            let at = models.partition_point(|other: &ModelRecord| other.created_ms >= model.created_ms);
            models.insert(at, model);
        }
    }
    models
}

/// The record of one model.
pub async fn find(id: &str) -> Option<ModelRecord> {
    let text = store::get(AREA, id).await.ok()??;
    serde_json::from_str(&text).ok()
}

/// Keeps a model's newest checkpoint.
///
/// The new file is written whole, then the record is switched to it, then the old file goes: a crash
/// at any point leaves a whole model, the older one at worst.
///
/// # Errors
/// One sentence; the older checkpoint is kept.
pub async fn save_checkpoint(mut record: ModelRecord, bytes: &[u8]) -> Result<ModelRecord, StoreError> {
    let older = find(&record.id).await.map(|known| known.file);
    // Two names take turns, so a new file never overwrites the one the record points at.
    let names = [format!("models/{}.a.safetensors", record.id), format!("models/{}.b.safetensors", record.id)];
    let [a, b] = names;
    record.file = if older.as_deref() == Some(a.as_str()) { b } else { a };
    store::write_file(&record.file, bytes).await?;
    save_record(&record).await?;
    if let Some(older) = older.filter(|older| *older != record.file) {
        // Not deleted only means that it takes up room until the next checkpoint.
        let _ = store::delete_file(&older).await;
    }
    Ok(record)
}

/// Keeps a model that comes as a file, under a new id. The file is only ever read in the worker.
///
/// # Errors
/// One sentence; nothing is kept.
pub async fn keep_file(name: &str, text_name: String, bytes: &[u8]) -> Result<ModelRecord, String> {
    let card = engine::run(&ReadModel { file: bytes.to_vec() }).await.map_err(|error| error.to_string())?;
    let record = ModelRecord {
        id: new_id(),
        name: name.chars().take(80).collect(),
        created_ms: js_sys::Date::now(),
        step: card.step.unwrap_or(0),
        val_loss: card.val_loss,
        config: card.config,
        tokenizer: card.tokenizer,
        file: String::new(),
        text_file: None,
        text_name,
        finished: true,
    };
    let record = save_checkpoint(record, bytes).await.map_err(|error| error.0)?;
    store::ask_to_persist().await;
    Ok(record)
}

/// Keeps a model that a lab has made of another one, with the text that the other one learned from.
///
/// # Errors
/// One sentence; nothing is kept, or the model without its text.
pub async fn keep_made(name: &str, text: &str, bytes: &[u8]) -> Result<ModelRecord, String> {
    let mut record = keep_file(name, String::new(), bytes).await?;
    record.text_file = Some(save_text(&record.id, text).await.map_err(|error| error.0)?);
    save_record(&record).await.map_err(|error| error.0)?;
    Ok(record)
}

/// Keeps a model's record without touching its file, as after renaming.
///
/// # Errors
/// One sentence; the older record is kept.
pub async fn save_record(record: &ModelRecord) -> Result<(), StoreError> {
    let text = serde_json::to_string(record).expect("a record is plain data");
    store::put(AREA, &record.id, &text).await
}

/// Keeps the training text of a model; answers where.
///
/// # Errors
/// One sentence.
pub async fn save_text(id: &str, text: &str) -> Result<String, StoreError> {
    let path = format!("models/{id}.txt");
    store::write_file(&path, text.as_bytes()).await?;
    Ok(path)
}

/// The training text of a model, if it was kept.
pub async fn load_text(record: &ModelRecord) -> Option<String> {
    let bytes = store::read_file(record.text_file.as_deref()?).await.ok()??;
    String::from_utf8(bytes).ok()
}

/// The bytes of a model's newest checkpoint.
///
/// # Errors
/// One sentence that says what to do.
pub async fn load(id: &str) -> Result<Vec<u8>, String> {
    let gone = || t!("model.model_not_kept").to_owned();
    let record = find(id).await.ok_or_else(gone)?;
    let bytes = store::read_file(&record.file).await.map_err(|error| error.0)?;
    bytes.ok_or_else(|| t!("model.file_missing_from", name = record.name))
}

/// Forgets a model: first its record, then its files.
///
/// # Errors
/// One sentence.
pub async fn delete(id: &str) -> Result<(), StoreError> {
    let record = find(id).await;
    store::delete(AREA, id).await?;
    for file in record.into_iter().flat_map(|record| [Some(record.file), record.text_file]).flatten() {
        store::delete_file(&file).await?;
    }
    Ok(())
}

thread_local! {
    /// What was fetched, by address.
    static FETCHED: RefCell<BTreeMap<&'static str, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The tiny model that labs begin with; fetched once.
///
/// # Errors
/// One sentence that says what to do.
pub async fn built_in() -> Result<Vec<u8>, String> {
    shipped(BUILT_IN).await
}

/// The model that copies; fetched once.
///
/// # Errors
/// One sentence that says what to do.
pub async fn copying() -> Result<Vec<u8>, String> {
    shipped(COPYING).await
}

/// The largest model that is shipped, for whoever asks for it; fetched once.
///
/// # Errors
/// One sentence that says what to do.
pub async fn small() -> Result<Vec<u8>, String> {
    shipped(SMALL).await
}

async fn shipped(address: &'static str) -> Result<Vec<u8>, String> {
    if let Some(bytes) = FETCHED.with_borrow(|all| all.get(address).cloned()) {
        return Ok(bytes);
    }
    let failed = |why: String| t!("model.built_model_could", why = why);
    let response = Request::get(&crate::address::absolute(address)).send().await;
    let response = response.map_err(|_| failed(t!("model.there_no_connection").into()))?;
    if !response.ok() {
        return Err(failed(t!("model.server_answered", status = response.status())));
    }
    let bytes = response.binary().await.map_err(|_| failed(t!("model.download_broke_off").into()))?;
    FETCHED.with_borrow_mut(|all| all.insert(address, bytes.clone()));
    Ok(bytes)
}
