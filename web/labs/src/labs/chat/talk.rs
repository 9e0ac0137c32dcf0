//! The conversation: what was said, the field for the next message, and what an answer took.

use super::{
    Knobs, Stage,
    model::Speaker,
    turns::{self, Said, Turn},
};
use crate::{
    engine::{self, Handle},
    widgets::outcome,
};
use engine_core::{
    job::JobError,
    jobs::{
        ModelSource,
        generate::{Continuation, Generate, Generated},
        gguf::{SpeakGguf, Speaking, Speech, SpeechEnd, Spoken},
    },
};
use kit::t;
use leptos::{ev, html, prelude::*, task::spawn_local};

/// So many of the likeliest tokens are told at each place.
const BEST: usize = 6;
/// The small model never ends a turn, so it is stopped.
const SMALL_TOKENS: u32 = 48;

/// Draws the conversation.
#[component]
pub fn Talk(
    /// The settings.
    knobs: RwSignal<Knobs>,
    /// How far the model is.
    stage: RwSignal<Stage>,
    /// What is wrong, in a sentence.
    trouble: RwSignal<Option<String>>,
    /// Who speaks.
    speaker: RwSignal<Option<Speaker>, LocalStorage>,
    /// Everything that was said.
    turns: RwSignal<Vec<Turn>>,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let handle = StoredValue::new_local(None::<Handle>);
    let reading = RwSignal::new(None::<(usize, usize)>);
    let took = RwSignal::new(String::new());
    let can_send = move || {
        let chats = speaker.with(|it| it.as_ref().is_some_and(Speaker::chats));
        chats && stage.with(|stage| *stage == Stage::Ready) && knobs.with(|knobs| !knobs.prompt.trim().is_empty())
    };
    let hear = move |text: &str, said: Said| {
        reading.try_set(None);
        turns.try_update(|turns| {
            if let Some(turn) = turns.last_mut() {
                text.clone_into(&mut turn.text);
                turn.said.push(said);
            }
        });
    };
    let on_handle = move |it| handle.set_value(Some(it));

    let answer = move || {
        let Some(who) = speaker.get_untracked() else { return };
        let now = knobs.get_untracked();
        let messages = turns.with_untracked(|turns| turns::messages(&now.system, turns));
        turns.update(|turns| turns.push(Turn::answer()));
        trouble.set(None);
        took.set(String::new());
        stage.set(Stage::Speaking);
        spawn_local(async move {
            let sampling = now.sampling();
            let ended = match &who {
                Speaker::Pretrained(model) => {
                    let input = Speech::Chat(messages);
                    let job = SpeakGguf { session: model.session, input, sampling, tokens: now.tokens, best: BEST };
                    let on_update = move |update| match update {
                        Speaking::Read { done, of } => drop(reading.try_set(Some((done, of)))),
                        Speaking::Said(said) => hear(&said.text.clone(), said.into()),
                    };
                    engine::run_with(&job, on_handle, on_update).await.map(Ended::from)
                }
                Speaker::Small(file) => {
                    // It knows no turns: it goes on with the newest words.
                    let prompt = messages.last().map(|last| last.content.clone()).unwrap_or_default();
                    let model = ModelSource::File(file.to_vec());
                    let job = Generate { model, prompt, sampling, tokens: now.tokens.min(SMALL_TOKENS) };
                    let on_update = move |update: Generated| hear(&update.text.clone(), update.into());
                    engine::run_with(&job, on_handle, on_update).await.map(Ended::from)
                }
            };
            // The lab may have left the page meanwhile.
            if stage.is_disposed() {
                return;
            }
            reading.set(None);
            match ended {
                Ok(ended) => {
                    turns.update(|turns| {
                        if let Some(turn) = turns.last_mut() {
                            turn.text.clone_from(&ended.text);
                        }
                    });
                    tell(&now, &ended, turns);
                    took.set(ended.facts);
                }
                Err(JobError::Cancelled) => {}
                Err(error) => {
                    trouble.set(Some(error.to_string()));
                    if matches!((&error, who), (JobError::Device(_), Speaker::Pretrained(_))) {
                        // It was in the memory of a worker that is gone.
                        speaker.set(None);
                    }
                }
            }
            // What the learner wrote is not lost: without an answer it stands in the field again.
            turns.update(|turns| {
                if turns.last().is_some_and(|turn| !turn.own && turn.text.is_empty()) {
                    turns.pop();
                    if let Some(own) = turns.pop_if(|turn| turn.own) {
                        knobs.update(|knobs| knobs.prompt = own.text);
                    }
                }
            });
            if stage.with_untracked(|stage| *stage == Stage::Speaking) {
                stage.set(if speaker.with_untracked(Option::is_some) { Stage::Ready } else { Stage::Empty });
            }
            turns::keep(&turns.get_untracked()).await;
        });
    };
    let send = move || {
        if !can_send() {
            return;
        }
        let text = knobs.with_untracked(|knobs| knobs.prompt.trim().to_owned());
        knobs.update(|knobs| knobs.prompt.clear());
        turns.update(|turns| turns.push(Turn::own(text)));
        answer();
        if let Some(field) = field.get_untracked() {
            // A field that is on the page takes the focus.
            let _ = field.focus();
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let stop = move |_| {
        if let Some(handle) = handle.get_value() {
            handle.cancel();
        }
    };
    let clear = move |_| {
        turns.set(Vec::new());
        took.set(String::new());
        spawn_local(turns::keep(&[]));
    };
    let list = move || {
        let one = |turn: Turn| {
            let who = if turn.own { t!("chat.you") } else { t!("chat.model") };
            view! {
                <div class="chat-turn" data-own=turn.own.to_string()>
                    <span class="chat-who">{who}</span>
                    <p class="chat-words">{turn.text}</p>
                </div>
            }
        };
        turns.get().into_iter().map(one).collect::<Vec<_>>()
    };
    let speaking = move || stage.with(|stage| *stage == Stage::Speaking);
    let news = move || match reading.get() {
        Some((done, of)) => t!("chat.reading", done = done, of = of),
        None if speaking() => t!("chat.answering").into(),
        None => took.get(),
    };
    view! {
        <div class="chat-talk" hidden=move || stage.with(|stage| *stage == Stage::Empty) && turns.with(Vec::is_empty)>
            <div class="chat-turns" role="log" tabindex="0" aria-label=t!("chat.conversation") data-output="turns">{list}</div>
            <label class="chat-field">
                <span>{t!("chat.message")}</span>
                <textarea
                    node_ref=field rows="2" maxlength="4000" data-field="prompt" on:keydown=press
                    prop:value=move || knobs.with(|knobs| knobs.prompt.clone())
                    on:input=move |event| knobs.update(|knobs| knobs.prompt = event_target_value(&event))
                ></textarea>
            </label>
            <div class="chat-row">
                <button type="button" class="primary" data-action="send" disabled=move || !can_send() on:click=move |_| send()>{t!("chat.send")}</button>
                <button type="button" data-action="stop" hidden=move || !speaking() on:click=stop>{t!("chat.stop")}</button>
                <button type="button" data-action="clear" disabled=move || speaking() || turns.with(Vec::is_empty) on:click=clear>{t!("chat.clear")}</button>
            </div>
            <p class="lab-note" role="status" data-output="facts">{news}</p>
        </div>
    }
}

/// An answer, and what it took.
struct Ended {
    text: String,
    tokens: usize,
    prompt_tokens: usize,
    reused: usize,
    facts: String,
}

impl From<Spoken> for Ended {
    fn from(it: Spoken) -> Self {
        let end = match it.end {
            SpeechEnd::Finished => t!("chat.end_finished"),
            SpeechEnd::Length => t!("chat.end_length"),
            SpeechEnd::Full => t!("chat.end_full"),
        };
        let facts = t!(
            "chat.facts",
            prompt = it.prompt_tokens,
            reused = it.reused,
            prefill = format!("{:.0}", it.prefill_ms),
            said = it.ids.len(),
            pace = format!("{:.1}", it.tokens_per_s),
            end = end
        );
        Self { text: it.text, tokens: it.ids.len(), prompt_tokens: it.prompt_tokens, reused: it.reused, facts }
    }
}

impl From<Continuation> for Ended {
    fn from(it: Continuation) -> Self {
        let facts = t!("chat.small_facts", pace = format!("{:.0}", it.tokens_per_s));
        Self { text: it.text, tokens: 0, prompt_tokens: 0, reused: 0, facts }
    }
}

fn tell(knobs: &Knobs, ended: &Ended, turns: RwSignal<Vec<Turn>>) {
    let said = |turns: &Vec<Turn>| {
        let said = turns.last().map(|turn| &turn.said);
        (said.and_then(|said| said.first()).map_or(0.0, |first| first.probability), said.map_or(0, Vec::len))
    };
    let (first, heard) = turns.with_untracked(said);
    let values = [
        ("answer", ended.text.as_str().into()),
        ("answer_tokens", ended.tokens.max(heard).into()),
        ("prompt_tokens", ended.prompt_tokens.into()),
        ("reused", ended.reused.into()),
        ("temperature", f64::from(knobs.temperature).into()),
        ("first_probability", f64::from(first).into()),
    ];
    outcome::report("chat", true, &values);
}
