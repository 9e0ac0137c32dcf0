//! Keeping the model in training: one save at a time, the newest state first.

use kit::t;
use super::session::Session;
use crate::{
    models::{self, ModelRecord},
    store,
};
use engine_core::jobs::train::TokenizerChoice;
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// A state to keep.
#[derive(Debug, Clone)]
pub struct Save {
    /// Whose state: another model may be in training by the time it is written.
    id: String,
    step: u32,
    file: Arc<Vec<u8>>,
    finished: bool,
}

impl Session {
    /// Describes the model that was just opened; it is written with its first checkpoint.
    pub(super) fn name_model(self) {
        let (Some(opened), Some(text)) = (self.opened.get_untracked(), self.trained_text.get_value()) else { return };
        let tokenizer = match self.settings.get_untracked().tokenizer {
            TokenizerChoice::Chars => format!("{} characters", opened.config.vocab_size),
            TokenizerChoice::Bpe { .. } => format!("{} byte pairs", opened.config.vocab_size),
        };
        let shape = opened.config;
        self.record.set(Some(ModelRecord {
            id: models::new_id(),
            name: format!("{}, {} × {}", text.name, shape.n_layers, shape.d_model),
            created_ms: js_sys::Date::now(),
            step: 0,
            val_loss: None,
            config: opened.config,
            tokenizer,
            file: String::new(),
            text_file: None,
            text_name: text.name.clone(),
            finished: false,
        }));
    }

    /// Gives the model another name.
    pub fn rename(self, name: String) {
        let name = name.trim().to_owned();
        if name.is_empty() {
            return;
        }
        self.record.update(|record| {
            if let Some(record) = record {
                record.name = name;
            }
        });
        // Before the first checkpoint there is no record to change.
        if let Some(record) = self.record.get_untracked().filter(|record| !record.file.is_empty()) {
            spawn_local(async move {
                if let Err(why) = models::save_record(&record).await {
                    self.save_trouble.set(Some(why.to_string()));
                }
            });
        }
    }

    /// Keeps a checkpoint, in memory at once and in the store soon.
    pub(super) fn keep(self, step: u32, file: Vec<u8>, finished: bool) {
        let file = Arc::new(file);
        self.checkpoint.set_value(Some((step, file.clone())));
        let Some(id) = self.record.with_untracked(|record| record.as_ref().map(|record| record.id.clone())) else { return };
        self.to_save.set_value(Some(Save { id, step, file, finished }));
        if !self.saving.get_value() {
            self.saving.set_value(true);
            spawn_local(self.save_all());
        }
    }

    async fn save_all(self) {
        while let Some(save) = self.to_save.try_update_value(Option::take).flatten() {
            match self.save(save).await {
                Ok(()) => self.save_trouble.set(None),
                // Training goes on: the state is in memory, and the next checkpoint tries again.
                Err(why) => self.save_trouble.set(Some(t!("train.training_goes_on", why = why))),
            }
        }
        self.saving.set_value(false);
    }

    async fn save(self, Save { id, step, file, finished }: Save) -> Result<(), store::StoreError> {
        let Some(mut record) = self.record.get_untracked().filter(|record| record.id == id) else { return Ok(()) };
        if record.text_file.is_none() && let Some(text) = self.trained_text.get_value() {
            store::ask_to_persist().await;
            record.text_file = Some(models::save_text(&record.id, &text.text).await?);
        }
        record.step = step;
        record.val_loss = self.progress.with_value(|progress| progress.val_loss());
        record.finished = finished;
        let kept = models::save_checkpoint(record, &file).await?;
        // The learner may have begun another model, or renamed this one, while it was written.
        let mut renamed = None;
        self.record.update(|now| {
            if let Some(now) = now.as_mut().filter(|now| now.id == kept.id) {
                let name = std::mem::take(&mut now.name);
                renamed = (name != kept.name).then(|| name.clone());
                *now = ModelRecord { name, ..kept.clone() };
            }
        });
        self.saved_step.set(Some(step));
        match (renamed, self.record.get_untracked()) {
            (Some(_), Some(record)) => models::save_record(&record).await,
            _ => Ok(()),
        }
    }
}
