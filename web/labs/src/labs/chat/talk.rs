//! The conversation: what was said, the field for the next message, and what an answer took.

use super::{
    Knobs, Stage,
    turns::{self, Turn},
};
use crate::{
    engine::{self, Handle},
    widgets::outcome,
};
use engine_core::{
    job::JobError,
    jobs::gguf::{OpenedGguf, Speaking, SpeakGguf, Speech, SpeechEnd, Spoken},
};
use kit::t;
use leptos::{ev, html, prelude::*, task::spawn_local};

/// So many of the likeliest tokens are told at each place.
const BEST: usize = 6;

/// Draws the conversation.
#[component]
pub fn Talk(
    /// The settings.
    knobs: RwSignal<Knobs>,
    /// How far the model is.
    stage: RwSignal<Stage>,
    /// What is wrong, in a sentence.
    trouble: RwSignal<Option<String>>,
    /// The model.
    opened: RwSignal<Option<OpenedGguf>>,
    /// Everything that was said.
    turns: RwSignal<Vec<Turn>>,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let handle = StoredValue::new_local(None::<Handle>);
    let reading = RwSignal::new(None::<(usize, usize)>);
    let took = RwSignal::new(None::<Spoken>);
    let can_send = move || {
        let chats = opened.with(|opened| opened.as_ref().is_some_and(|it| it.no_chat.is_none()));
        chats && stage.with(|stage| *stage == Stage::Ready) && knobs.with(|knobs| !knobs.prompt.trim().is_empty())
    };

    let answer = move || {
        let Some(session) = opened.with_untracked(|it| it.as_ref().map(|it| it.session)) else { return };
        let now = knobs.get_untracked();
        let input = Speech::Chat(turns.with_untracked(|turns| turns::messages(&now.system, turns)));
        let job = SpeakGguf { session, input, sampling: now.sampling(), tokens: now.tokens, best: BEST };
        turns.update(|turns| turns.push(Turn::answer()));
        trouble.set(None);
        took.set(None);
        stage.set(Stage::Speaking);
        spawn_local(async move {
            let hear = move |update| match update {
                Speaking::Read { done, of } => drop(reading.try_set(Some((done, of)))),
                Speaking::Said(said) => {
                    reading.try_set(None);
                    turns.try_update(|turns| {
                        if let Some(turn) = turns.last_mut() {
                            turn.text.clone_from(&said.text);
                            turn.said.push(said);
                        }
                    });
                }
            };
            let ended = engine::run_with(&job, move |it| handle.set_value(Some(it)), hear).await;
            // The lab may have left the page meanwhile.
            if stage.is_disposed() {
                return;
            }
            reading.set(None);
            let still_open = opened.with_untracked(|it| it.as_ref().is_some_and(|it| it.session == session));
            match ended {
                Ok(spoken) => {
                    turns.update(|turns| {
                        if let Some(turn) = turns.last_mut() {
                            turn.text.clone_from(&spoken.text);
                        }
                    });
                    tell(&job, &spoken, turns);
                    took.set(Some(spoken));
                }
                Err(JobError::Cancelled) => {}
                Err(error) => {
                    // What the learner wrote is not lost: it stands in the field again.
                    trouble.set(Some(error.to_string()));
                    if matches!(error, JobError::Device(_)) {
                        opened.set(None);
                    }
                }
            }
            turns.update(|turns| {
                if turns.last().is_some_and(|turn| !turn.own && turn.text.is_empty()) {
                    turns.pop();
                    if let Some(own) = turns.pop_if(|turn| turn.own) {
                        knobs.update(|knobs| knobs.prompt = own.text);
                    }
                }
            });
            let model = opened.with_untracked(Option::is_some);
            if still_open {
                stage.set(if model { Stage::Ready } else { Stage::Empty });
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
        took.set(None);
        spawn_local(turns::keep(&[]));
    };
    let list = move || {
        let one = |turn: Turn| {
            let who = if turn.own { t!("chat.you") } else { t!("chat.model") };
            view! {
                <li class="chat-turn" data-own=turn.own.to_string()>
                    <span class="chat-who">{who}</span>
                    <p class="chat-words">{turn.text}</p>
                </li>
            }
        };
        turns.get().into_iter().map(one).collect::<Vec<_>>()
    };
    let speaking = move || stage.with(|stage| *stage == Stage::Speaking);
    let news = move || match (reading.get(), took.get()) {
        (Some((done, of)), _) => t!("chat.reading", done = done, of = of),
        (None, Some(it)) => facts(&it),
        (None, None) if speaking() => t!("chat.answering").into(),
        (None, None) => String::new(),
    };
    view! {
        <div class="chat-talk" hidden=move || stage.with(|stage| *stage == Stage::Empty) && turns.with(Vec::is_empty)>
            <ol class="chat-turns" role="log" tabindex="0" aria-label=t!("chat.conversation") data-output="turns">{list}</ol>
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

/// What the newest answer took.
fn facts(it: &Spoken) -> String {
    let end = match it.end {
        SpeechEnd::Finished => t!("chat.end_finished"),
        SpeechEnd::Length => t!("chat.end_length"),
        SpeechEnd::Full => t!("chat.end_full"),
    };
    t!(
        "chat.facts",
        prompt = it.prompt_tokens,
        reused = it.reused,
        prefill = format!("{:.0}", it.prefill_ms),
        said = it.ids.len(),
        pace = format!("{:.1}", it.tokens_per_s),
        end = end
    )
}

fn tell(job: &SpeakGguf, spoken: &Spoken, turns: RwSignal<Vec<Turn>>) {
    let first = turns.with_untracked(|turns| turns.last().and_then(|turn| turn.said.first().cloned()));
    let values = [
        ("answer", spoken.text.as_str().into()),
        ("answer_tokens", spoken.ids.len().into()),
        ("prompt_tokens", spoken.prompt_tokens.into()),
        ("reused", spoken.reused.into()),
        ("temperature", f64::from(job.sampling.temperature).into()),
        ("first_probability", first.map_or(0.0, |first| f64::from(first.probability)).into()),
    ];
    outcome::report("chat", true, &values);
}
