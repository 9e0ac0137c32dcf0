//! A text as coloured tokens: spaces and bytes made visible, each token with its id, one at a time told in full.

use super::ask::Answer;
use engine_core::{
    jobs::tokenize::Cut,
    subwords::{Shared, Token, shared_characters},
    tokenizer::visible,
};
use kit::t;
use leptos::{ev, prelude::*};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// More tokens are not drawn; the counts are of all.
const MOST: usize = 400;
/// Colours, repeated in turn, so that neighbours differ.
const COLOURS: usize = 5;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A text with its tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Tokens {
    text: String,
    tokens: Vec<Token>,
    shared: Vec<Shared>,
}

impl Tokens {
    /// The first text of an answer.
    pub fn of(text: &str, cut: &Cut) -> Self {
        let tokens = cut.texts.first().cloned().unwrap_or_default();
        Self { text: text.to_owned(), shared: shared_characters(text, &tokens), tokens }
    }

    fn bytes(&self, token: &Token) -> &[u8] {
        self.text.as_bytes().get(token.start..token.end).unwrap_or_default()
    }

    /// What stands in the span of a token: the text that it stands for, or what was put there where it stands for none.
    fn shown(&self, token: &Token) -> String {
        if token.start == token.end { token.piece.clone() } else { visible(self.bytes(token)) }
    }

    fn is_part(&self, at: usize) -> bool {
        self.shared.iter().any(|shared| (shared.first..=shared.last).contains(&at))
    }

    /// Everything about one token.
    fn told(&self, at: usize) -> String {
        let Some(token) = self.tokens.get(at) else { return String::new() };
        let hex: Vec<String> = self.bytes(token).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut words = vec![t!(
            "tokenizer.one_token",
            at = at + 1,
            of = self.tokens.len(),
            shown = self.shown(token),
            id = token.id
        )];
        if !token.piece.is_empty() {
            words.push(t!("tokenizer.written", piece = visible(token.piece.as_bytes())));
        }
        if !hex.is_empty() {
            words.push(t!("tokenizer.its_bytes", bytes = hex.join(" ")));
        }
        if token.unknown {
            words.push(t!("tokenizer.is_unknown").into());
        }
        for shared in self.shared.iter().filter(|shared| (shared.first..=shared.last).contains(&at)) {
            words.push(shared_words(shared));
        }
        words.join(" ")
    }

    /// The characters that are in several tokens, in words.
    fn shared_told(&self) -> String {
        let mut few: Vec<String> = self.shared.iter().take(6).map(shared_words).collect();
        let rest = self.shared.len().saturating_sub(few.len());
        if rest > 0 {
            few.push(t!("tokenizer.shared_more", rest = rest));
        }
        few.join(" ")
    }
}

fn shared_words(shared: &Shared) -> String {
    let tokens = shared.last - shared.first + 1;
    let character = visible(shared.character.to_string().as_bytes());
    t!("tokenizer.shared", character = character, first = shared.first + 1, last = shared.last + 1, tokens = tokens)
}

/// Draws the tokens of one text.
#[component]
pub fn Spans(
    /// What they are called.
    #[prop(into)]
    label: Signal<String>,
    /// For tests.
    field: &'static str,
    /// The tokens, once they are known.
    tokens: Signal<Option<Arc<Tokens>>>,
    /// Whether the ids stand below the tokens.
    #[prop(into)]
    ids: Signal<bool>,
) -> impl IntoView {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let active = RwSignal::new(None::<usize>);
    Effect::new(move |_| {
        tokens.track();
        active.set(None);
    });
    let id_of = move |at: usize| format!("tokenizer-{number}-{at}");
    let press = move |event: ev::KeyboardEvent| {
        let count = tokens.with(|tokens| tokens.as_ref().map_or(0, |tokens| tokens.tokens.len().min(MOST)));
        let Some(last) = count.checked_sub(1) else { return };
        let now = active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => now.map_or(0, |at| (at + 1).min(last)),
            "ArrowLeft" | "ArrowUp" => now.map_or(last, |at| at.saturating_sub(1)),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        active.set(Some(next));
    };
    let spans = move || {
        let Some(tokens) = tokens.get() else { return Vec::new() };
        let span = |(at, token): (usize, &Token)| {
            let class = format!(
                "tok tok-{}{}{}",
                at % COLOURS,
                if tokens.is_part(at) { " tok-part" } else { "" },
                if token.unknown { " tok-unknown" } else { "" }
            );
            let shown = tokens.shown(token);
            let ends_line = shown.ends_with('⏎');
            view! {
                <span
                    class=class id=id_of(at) role="option" data-id=token.id
                    aria-selected=move || (active.get() == Some(at)).to_string()
                    on:click=move |_| active.set(Some(at)) on:pointerenter=move |_| active.set(Some(at))
                >
                    <bdi class="tok-text">{shown}</bdi>
                    <small class="tok-id" aria-hidden="true" hidden=move || !ids.get()>{token.id}</small>
                </span>
                {ends_line.then(|| view! { <br/> })}
            }
        };
        tokens.tokens.iter().take(MOST).enumerate().map(span).collect::<Vec<_>>()
    };
    let told = move || match (tokens.get(), active.get()) {
        (Some(tokens), Some(at)) => tokens.told(at),
        (Some(tokens), None) if tokens.tokens.is_empty() => t!("tokenizer.no_tokens").to_owned(),
        (Some(_), None) => t!("tokenizer.point_at_one").to_owned(),
        (None, _) => String::new(),
    };
    let cut_off = move || {
        let all = tokens.with(|tokens| tokens.as_ref().map_or(0, |tokens| tokens.tokens.len()));
        if all > MOST { t!("tokenizer.first_drawn", most = MOST, all = all) } else { String::new() }
    };
    let shared = move || tokens.with(|tokens| tokens.as_ref().map(|tokens| tokens.shared_told()).unwrap_or_default());
    let heads =
        [t!("tokenizer.col_number"), t!("tokenizer.col_token"), t!("tokenizer.col_id"), t!("tokenizer.col_bytes")]
            .map(|name| view! { <th scope="col">{name}</th> });
    let rows = move || {
        let Some(tokens) = tokens.get() else { return Vec::new() };
        let row = |(at, token): (usize, &Token)| {
            let hex: Vec<String> = tokens.bytes(token).iter().map(|byte| format!("{byte:02x}")).collect();
            let written = if token.piece.is_empty() { tokens.shown(token) } else { visible(token.piece.as_bytes()) };
            view! { <tr><th scope="row">{at + 1}</th><td><bdi>{written}</bdi></td><td>{token.id}</td><td><code>{hex.join(" ")}</code></td></tr> }
        };
        tokens.tokens.iter().take(MOST).enumerate().map(row).collect::<Vec<_>>()
    };
    let open = RwSignal::new(false);
    // A list of nothing is no list.
    let role = move || if tokens.with(|t| t.as_ref().is_some_and(|t| !t.tokens.is_empty())) { "listbox" } else { "group" };
    view! {
        <div
            class="tokenizer-spans" role=role tabindex="0" data-output=field aria-label=move || label.get()
            aria-activedescendant=move || active.get().map(id_of) on:keydown=press
        >{spans}</div>
        <p class="tokenizer-told" role="status">{told}</p>
        <p class="lab-note">{shared}</p>
        <p class="lab-note">{cut_off}</p>
        <details on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>{t!("tokenizer.as_table")}</summary>
            <div class="table-scroll" tabindex="0" role="group" aria-label=move || label.get()>
                <table><thead><tr>{heads}</tr></thead><tbody>{move || if open.get() { rows() } else { Vec::new() }}</tbody></table>
            </div>
        </details>
    }
}

/// The tokens of an answer about `text`.
pub fn tokens_of(text: Signal<String>, answer: RwSignal<Answer<(String, Cut)>>) -> Signal<Option<Arc<Tokens>>> {
    Memo::new(move |_| {
        text.track();
        answer.with(|answer| match answer {
            Some(Ok(done)) => Some(Arc::new(Tokens::of(&done.0, &done.1))),
            _ => None,
        })
    })
    .into()
}
