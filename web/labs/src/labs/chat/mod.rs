//! A chat with a real pretrained model, which computes in this page: loaded from its pack or from a file, its answers
//! streamed, and every token of them open to look at.

mod look;
mod model;
mod talk;
mod turns;

use super::knobs;
use crate::{
    engine,
    large_file::LargeFile,
    models,
    widgets::{
        lab_frame::{LabFrame, LabState},
        pretrained::{About, Pretrained},
        settings::Fields,
    },
};
use engine_core::{jobs::gguf::CloseGguf, sampling::Sampling};
use kit::{axis::grouped, packs::megabytes, t};
use leptos::{prelude::*, task::spawn_local};
use model::Speaker;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use turns::Turn;

/// What a lesson or the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// What stands in the field for the next message.
    prompt: String,
    /// How the model should behave; empty for the sentence that it was trained with.
    system: String,
    /// How daring the draw is; zero always takes the likeliest token.
    temperature: f32,
    /// Keeps the likeliest tokens until they hold this share.
    top_p: f32,
    /// Lowers the scores of tokens that stand there already.
    penalty: f32,
    /// The most tokens of an answer.
    tokens: u32,
    /// Fixes the draws.
    seed: u64,
    /// How many tokens the model remembers.
    context: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            prompt: t!("chat.first_prompt").into(),
            system: String::new(),
            temperature: 0.2,
            top_p: 0.9,
            penalty: 1.0,
            tokens: 160,
            seed: 1,
            context: 1024,
        }
    }
}

impl Knobs {
    fn sampling(&self) -> Sampling {
        let Self { temperature, top_p, penalty, seed, .. } = *self;
        Sampling { temperature, top_p, repetition_penalty: penalty, seed, ..Sampling::PLAIN }
    }
}

/// How far the model is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// No model is in memory.
    Empty,
    /// So many of so many bytes are.
    Loading(u64, u64),
    /// It can be asked.
    Ready,
    /// It reads or speaks.
    Speaking,
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Loading(..) => "loading",
            Self::Ready => "ready",
            Self::Speaking => "speaking",
        }
    }
}

/// Draws the lab.
#[component]
pub fn Lab(
    /// Where it starts.
    knobs: Knobs,
) -> impl IntoView {
    let knobs = RwSignal::new(knobs);
    let stage = RwSignal::new(Stage::Empty);
    let trouble = RwSignal::new(None::<String>);
    let speaker = RwSignal::new_local(None::<Speaker>);
    let turns = RwSignal::new(Vec::<Turn>::new());
    // What comes late, of a model that was let go meanwhile, counts for nothing.
    let newest = StoredValue::new(0_u32);

    spawn_local(async move {
        let kept = turns::read().await;
        turns.try_update(|turns| {
            if turns.is_empty() {
                *turns = kept;
            }
        });
    });

    let close = move || {
        newest.update_value(|it| *it += 1);
        stage.set(Stage::Empty);
        let before = speaker.try_update(Option::take).flatten();
        if let Some(Speaker::Pretrained(model)) = before {
            // A worker that is gone has forgotten it already.
            spawn_local(async move { drop(engine::run(&CloseGguf { session: model.session }).await) });
        }
    };
    let open = move |file: LargeFile| {
        close();
        let ticket = newest.get_value();
        let wanted = move || newest.try_get_value() == Some(ticket);
        trouble.set(None);
        stage.set(Stage::Loading(0, 0));
        spawn_local(async move {
            let at = move |done, all| {
                if wanted() {
                    stage.set(Stage::Loading(done, all));
                }
            };
            let loaded = model::load(&file, knobs.with_untracked(|knobs| knobs.context), at, wanted).await;
            if !wanted() {
                return;
            }
            match loaded {
                Ok(model) => {
                    trouble.set(model.no_chat.clone());
                    speaker.set(Some(Speaker::Pretrained(model)));
                    stage.set(Stage::Ready);
                }
                Err(why) => {
                    trouble.set(Some(why));
                    stage.set(Stage::Empty);
                }
            }
        });
    };
    let open_small = move || {
        close();
        let ticket = newest.get_value();
        trouble.set(None);
        spawn_local(async move {
            // Without a connection the smallest one is there, which is kept with the site.
            let model = match models::small().await {
                Ok(file) => Ok(file),
                Err(_) => models::built_in().await,
            };
            if newest.try_get_value() != Some(ticket) {
                return;
            }
            match model {
                Ok(file) => {
                    speaker.set(Some(Speaker::Small(Rc::new(file))));
                    stage.set(Stage::Ready);
                }
                Err(why) => trouble.set(Some(why)),
            }
        });
    };
    on_cleanup(close);

    let state = Signal::derive(move || match (trouble.get(), stage.get()) {
        (Some(why), _) => LabState::Failed(why),
        (None, Stage::Loading(..) | Stage::Speaking) => LabState::Running,
        (None, Stage::Ready) => LabState::Done,
        (None, Stage::Empty) => LabState::Idle,
    });
    let share = Signal::derive(move || {
        let (now, first) = (knobs.get(), Knobs::default());
        knobs::differing(&[
            ("prompt", now.prompt, first.prompt),
            ("system", now.system, first.system),
            ("temperature", now.temperature.to_string(), first.temperature.to_string()),
            ("top_p", now.top_p.to_string(), first.top_p.to_string()),
            ("penalty", now.penalty.to_string(), first.penalty.to_string()),
            ("tokens", now.tokens.to_string(), first.tokens.to_string()),
            ("seed", now.seed.to_string(), first.seed.to_string()),
            ("context", now.context.to_string(), first.context.to_string()),
        ])
    });
    let card = move || {
        let words = match speaker.get()? {
            Speaker::Small(_) => t!("chat.small_card").to_owned(),
            Speaker::Pretrained(it) => t!(
            "chat.card",
            name = it.name.clone().unwrap_or_else(|| t!("chat.unnamed").into()),
            parameters = grouped(&it.parameters.to_string()),
            layers = it.config.n_layers,
            heads = it.config.n_heads,
            kv = it.config.n_kv_heads,
            kinds = it.kinds.join(", "),
            weights = megabytes(it.weight_bytes as f64),
            cache = megabytes(it.cache_bytes as f64),
            context = it.context
            ),
        };
        Some(view! {
            <div class="chat-row">
                <p data-output="card">{words}</p>
                <button type="button" data-action="close-model" on:click=move |_| close()>{t!("chat.let_go")}</button>
            </div>
        })
    };
    let idle = move || stage.with(|stage| *stage == Stage::Empty);
    let loading = move || match stage.get() {
        Stage::Loading(done, all) => Some((done, all)),
        _ => None,
    };
    let about = About { pack: "smollm2", name: "SmolLM2-135M-Instruct", file: t!("chat.file"), accept: ".gguf" };
    let fields = Fields {
        knobs,
        busy: Signal::derive(move || stage.with(|stage| *stage == Stage::Speaking)),
        class: "chat-field",
    };
    let set_system = move |event| knobs.update(|knobs| knobs.system = event_target_value(&event));
    view! {
        <LabFrame name="chat" title=t!("chat.title") state share>
            <div class="chat" data-stage=move || stage.with(Stage::name)>
                <Pretrained
                    about idle=idle loading=loading
                    open=UnsyncCallback::new(open) close=UnsyncCallback::new(move |()| close())
                />
                <p hidden=move || !idle()>
                    <button type="button" data-action="open-small" on:click=move |_| open_small()>{t!("chat.small")}</button>
                </p>
                {card}
                <talk::Talk knobs stage trouble speaker turns/>
                <look::Look turns/>
                <details class="chat-settings">
                    <summary>{t!("chat.settings")}</summary>
                    <label class="chat-field chat-system">
                        <span>{t!("chat.system")}</span>
                        <textarea rows="2" maxlength="1000" data-field="system" prop:value=move || knobs.with(|knobs| knobs.system.clone()) on:change=set_system></textarea>
                    </label>
                    <div class="chat-fields">
                        {fields.number("temperature", t!("chat.temperature"), (0.0, 2.0, 0.1), |it| it.temperature.into(), |it, x| it.temperature = x as f32)}
                        {fields.number("top_p", "top_p", (0.05, 1.0, 0.05), |it| it.top_p.into(), |it, x| it.top_p = x as f32)}
                        {fields.number("penalty", t!("chat.penalty"), (1.0, 2.0, 0.05), |it| it.penalty.into(), |it, x| it.penalty = x as f32)}
                        {fields.number("tokens", t!("chat.most_tokens"), (1.0, 512.0, 1.0), |it| f64::from(it.tokens), |it, x| it.tokens = x as u32)}
                        {fields.number("seed", t!("chat.seed"), (0.0, 999_999.0, 1.0), |it| it.seed as f64, |it, x| it.seed = x as u64)}
                        {fields.number("context", t!("chat.context"), (128.0, 4096.0, 128.0), |it| it.context as f64, |it, x| it.context = x as usize)}
                    </div>
                    <p class="lab-note">{t!("chat.context_note")}</p>
                </details>
            </div>
        </LabFrame>
    }
}
