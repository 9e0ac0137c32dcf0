//! A GPT-2 from a file on the learner's device: looked at, compared with the builder, loaded, run.

mod fit;
mod read;
mod run;

use super::{Knobs, words};
use crate::{engine, widgets::outcome::Value};
use engine_core::{
    architecture::Architecture,
    gpt2_file::HeadsFrom,
    job::JobError,
    jobs::gpt2::{FeedGpt2, Opened},
};
use kit::{axis::grouped, t};
use leptos::{ev, html, prelude::*, task::spawn_local};
use read::Files;
use std::sync::Arc;

/// What the file adds to the lab's outcome.
pub type Told = RwSignal<Vec<(&'static str, Value)>>;

/// How far the files are. Tests wait for it in `data-file`.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nothing is open, or what was chosen cannot be used.
    Empty,
    /// The header is being read.
    Opening,
    /// It is known what is in the file; its numbers are still there.
    Opened,
    /// So many of so many bytes are in memory.
    Loading(f64, f64),
    /// The model can be run.
    Ready,
    /// It is being run.
    Running,
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Opening => "opening",
            Self::Opened => "opened",
            Self::Loading(..) => "loading",
            Self::Ready => "ready",
            Self::Running => "running",
        }
    }
}

/// Where files come from.
enum Source {
    /// The learner's device.
    Chosen(Vec<read::Named>),
    /// The practice model of the site.
    Practice,
    /// They are here already.
    Again,
}

/// Draws the place for files and everything that follows from them.
#[component]
pub fn FromFile(
    /// The builder's settings, which the file can set.
    knobs: RwSignal<Knobs>,
    /// The builder's model.
    model: Memo<Architecture>,
    /// For the lab's outcome.
    told: Told,
) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let stage = RwSignal::new(Stage::Empty);
    let trouble = RwSignal::new(None::<String>);
    let opened = RwSignal::new(None::<Arc<Opened>>);
    let heads = RwSignal::new(None::<usize>);
    let files = StoredValue::new_local(Files::default());
    // What comes late, of files that were replaced meanwhile, counts for nothing.
    let newest = StoredValue::new(0_u32);
    let begin = move || {
        let ticket = newest.get_value() + 1;
        newest.set_value(ticket);
        move || newest.try_get_value() == Some(ticket)
    };

    let open = move |source: Source| {
        let current = begin();
        trouble.set(None);
        stage.set(Stage::Opening);
        spawn_local(async move {
            let found = async {
                let before = files.get_value();
                let chosen = match source {
                    Source::Chosen(list) => before.add(list).await?,
                    Source::Practice => Files::default().add(read::practice().await?).await?,
                    Source::Again => before,
                };
                let job = chosen.ask(heads.get_untracked()).await?;
                Ok::<_, String>((engine::run(&job).await.map_err(|error| error.to_string()), chosen))
            };
            let found = found.await;
            if !current() {
                return;
            }
            opened.set(None);
            told.set(Vec::new());
            let (answer, chosen) = match found {
                Ok(found) => found,
                Err(why) => {
                    trouble.set(Some(why));
                    return stage.set(Stage::Empty);
                }
            };
            // Kept although it may be refused: a missing file or the number of heads can still be added.
            files.set_value(chosen);
            match answer {
                Ok(answer) => {
                    told.set(vec![("file_parameters", Value::Number(answer.plan.parameters as f64))]);
                    opened.set(Some(Arc::new(answer)));
                    stage.set(Stage::Opened);
                }
                Err(why) => {
                    trouble.set(Some(why));
                    stage.set(Stage::Empty);
                }
            }
        });
    };
    let pick = move |_| {
        let Some(list) = picker.get().and_then(|input| input.files()) else { return };
        open(Source::Chosen(read::chosen(&list)));
    };
    let drop_files = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(list) = event.data_transfer().and_then(|data| data.files()) {
            open(Source::Chosen(read::chosen(&list)));
        }
    };
    let hover = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let set_heads = move |event| {
        heads.set(event_target_value(&event).trim().parse().ok());
        if files.with_value(|files| !files.model().0.is_empty()) {
            open(Source::Again);
        }
    };
    let load = move |_| {
        let Some(plan) = opened.get_untracked() else { return };
        let current = begin();
        trouble.set(None);
        spawn_local(async move {
            let chosen = files.get_value();
            let all: f64 = plan.plan.pieces.iter().map(|piece| piece.length as f64).sum();
            let mut done = 0.0;
            for (number, piece) in plan.plan.pieces.iter().enumerate() {
                stage.set(Stage::Loading(done, all));
                let fed = match chosen.piece(*piece).await {
                    Ok(bytes) => engine::run(&FeedGpt2 { piece: number, bytes }).await,
                    Err(why) => Err(JobError::Invalid(why)),
                };
                if !current() {
                    return;
                }
                if let Err(error) = fed {
                    trouble.set(Some(error.to_string()));
                    return stage.set(Stage::Empty);
                }
                done += piece.length as f64;
            }
            told.update(|told| told.push(("file_loaded", true.into())));
            stage.set(Stage::Ready);
        });
    };
    // Opening anew starts from the first piece.
    let stop = move |_| open(Source::Again);

    let fits = Memo::new(move |_| {
        opened.with(|opened| opened.as_ref().map(|opened| fit::same(&opened.plan, &model.get())))
    });
    Effect::new(move |_| {
        let Some(fits) = fits.get() else { return };
        // After the file's other values, which begin anew with each file.
        opened.track();
        told.update(|told| {
            told.retain(|(name, _)| *name != "file_fits");
            told.push(("file_fits", fits.into()));
        });
    });

    let card = move || {
        let opened = opened.get()?;
        let plan = Arc::new(opened.plan.clone());
        let (name, size) = files.with_value(Files::model);
        let config = plan.config;
        let headline = t!(
            "architecture.file_headline",
            name = name,
            layers = config.n_layers,
            heads = config.n_heads,
            width = config.d_model,
            context = config.context,
            vocab = grouped(&config.vocab_size.to_string()),
            count = grouped(&plan.parameters.to_string())
        );
        let from = match plan.heads_from {
            HeadsFrom::Config => t!("architecture.file_heads_config"),
            HeadsFrom::Asked => t!("architecture.file_heads_asked"),
            HeadsFrom::Derived => t!("architecture.file_heads_derived"),
        };
        let head = if config.tied_head { t!("architecture.file_tied") } else { t!("architecture.file_untied") };
        let tokenizer = match opened.tokenizer {
            Some(known) => t!("architecture.file_tokenizer", count = grouped(&known.to_string())),
            None => t!("architecture.file_no_tokenizer").into(),
        };
        let memory = t!(
            "architecture.file_memory",
            size = words::bytes(size as u64),
            types = plan.types.join(", "),
            memory = words::bytes(plan.memory_bytes)
        );
        let waiting = move || stage.with(|stage| *stage == Stage::Opened);
        let loading = move || stage.with(|stage| matches!(stage, Stage::Loading(..)));
        let share = move || match stage.get() {
            Stage::Loading(done, all) => format!("{:.3}", done / all.max(1.0)),
            _ => "1".into(),
        };
        let has_tokenizer = opened.tokenizer.is_some();
        let usable = Memo::new(move |_| stage.with(|stage| matches!(stage, Stage::Ready | Stage::Running)));
        Some(view! {
            <div class="arch-file-card">
                <p data-output="file-headline"><strong>{headline}</strong></p>
                <p class="lab-note" data-output="file-facts">{from} " " {head} " " {tokenizer}</p>
                <fit::Fit knobs model plan/>
                <p data-output="file-memory">{memory}</p>
                <div class="arch-load-row">
                    <button type="button" class="primary" data-action="load-model" disabled=move || !waiting() on:click=load>
                        {t!("architecture.file_load")}
                    </button>
                    <progress hidden=move || !loading() max="1" value=share aria-label=t!("architecture.file_loading")></progress>
                    <button type="button" data-action="stop-loading" hidden=move || !loading() on:click=stop>{t!("architecture.file_stop")}</button>
                </div>
                {move || usable.get().then(|| view! { <run::Run has_tokenizer stage trouble told/> })}
            </div>
        })
    };
    let status = move || match stage.get() {
        Stage::Opening => t!("architecture.file_opening").to_owned(),
        Stage::Ready => t!("architecture.file_ready").to_owned(),
        Stage::Running => t!("architecture.file_running").to_owned(),
        _ => String::new(),
    };
    view! {
        <div class="arch-file" data-file=move || stage.with(Stage::name)>
            <p class="arch-caption">{t!("architecture.file_title")}</p>
            <p class="lab-note">{t!("architecture.file_note")}</p>
            <div class="arch-drop" class:over=over on:drop=drop_files on:dragover=hover on:dragleave=move |_| over.set(false)>
                <label class="arch-size">
                    <span>{t!("architecture.file_choose")}</span>
                    <input type="file" multiple accept=".safetensors,.json,.txt" data-action="open-files" node_ref=picker on:change=pick/>
                </label>
                <label class="arch-size">
                    <span>{t!("architecture.file_heads")}</span>
                    <input type="number" min="1" step="1" inputmode="numeric" data-field="file-heads" on:change=set_heads/>
                </label>
            </div>
            <button type="button" data-action="open-practice" on:click=move |_| open(Source::Practice)>{t!("architecture.file_practice")}</button>
            <p class="arch-trouble" role="alert" data-output="file-error" hidden=move || trouble.with(Option::is_none)>{move || trouble.get()}</p>
            {card}
            <p class="lab-note" role="status" data-output="file-status">{status}</p>
        </div>
    }
}
