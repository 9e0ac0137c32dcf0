//! Running the model that is open: on a text or on numbers of tokens, to the likeliest next ones.

use super::{Stage, Told};
use crate::{
    engine,
    widgets::{outcome::Value, token_bars::TokenBars},
};
use engine_core::{
    job::JobError,
    jobs::{
        TokenChance,
        gpt2::{Candidate, Input, NextToken, RunGpt2},
    },
};
use kit::t;
use leptos::{prelude::*, task::spawn_local};

/// So many candidates are shown.
const BEST: usize = 10;
/// So many tokens are read from the field of numbers at most.
const MOST_IDS: usize = 4096;

/// Reads numbers of tokens: `15496, 995` or with spaces.
fn ids(text: &str) -> Result<Vec<u32>, String> {
    let words = text.split([',', ' ', '\n', '\t', ';']).filter(|word| !word.is_empty());
    words.take(MOST_IDS).map(|word| word.parse().map_err(|_| t!("architecture.file_no_id", word = word))).collect()
}

/// Draws the fields, the buttons and the answer.
#[component]
pub fn Run(
    /// Whether the text field makes sense.
    has_tokenizer: bool,
    /// Of the files.
    stage: RwSignal<Stage>,
    /// What is wrong, in a sentence.
    trouble: RwSignal<Option<String>>,
    /// For the lab's outcome.
    told: Told,
) -> impl IntoView {
    let text = RwSignal::new(t!("architecture.file_first_text").to_owned());
    let numbers = RwSignal::new(String::from("0, 1, 2"));
    let answer = RwSignal::new(None::<NextToken>);
    let ask = move |input: Result<Input, String>| {
        let input = match input {
            Ok(input) => input,
            Err(why) => return trouble.set(Some(why)),
        };
        trouble.set(None);
        stage.set(Stage::Running);
        spawn_local(async move {
            match engine::run(&RunGpt2 { input, best: BEST }).await {
                Ok(next) => {
                    let written: Vec<String> = next.ids.iter().map(u32::to_string).collect();
                    numbers.try_set(written.join(", "));
                    let best = next.chances.first();
                    told.try_update(|told| {
                        told.retain(|(name, _)| !name.starts_with("next_"));
                        told.push(("next_id", best.map_or(0, |best| best.id as usize).into()));
                        told.push(("next_probability", f64::from(best.map_or(0.0, |best| best.probability)).into()));
                        let logits = next.chances.iter().map(|it| f64::from(it.logit)).collect();
                        told.push(("next_logits", Value::List(logits)));
                    });
                    answer.try_set(Some(next));
                    stage.try_set(Stage::Ready);
                }
                Err(JobError::Cancelled) => drop(stage.try_set(Stage::Ready)),
                Err(error) => {
                    trouble.try_set(Some(error.to_string()));
                    stage.try_set(Stage::Ready);
                }
            }
        });
    };
    let on_text = move |_| ask(Ok(Input::Text(text.get_untracked())));
    let on_ids = move |_| ask(ids(&numbers.get_untracked()).map(Input::Ids));
    let append = move |_| {
        let Some((next, best)) = answer.get_untracked().and_then(|next| {
            let best = next.chances.first().cloned()?;
            Some((next, best))
        }) else {
            return;
        };
        if let Some(piece) = &best.text {
            text.update(|text| text.push_str(piece));
        }
        ask(Ok(Input::Ids(next.ids.into_iter().chain([best.id]).collect())));
    };
    let busy = move || stage.with(|stage| *stage == Stage::Running);
    let chances = Signal::derive(move || {
        let name = |it: Candidate| TokenChance {
            token: it.token.map_or_else(|| format!("#{}", it.id), |token| format!("{token} · {}", it.id)),
            probability: it.probability,
        };
        answer.get().map(|next| next.chances.into_iter().map(name).collect()).unwrap_or_default()
    });
    let read = move || {
        let next = answer.get()?;
        let (count, ms) = (next.ids.len(), format!("{:.0}", next.ms));
        let tokens = if next.tokens.is_empty() { String::new() } else { format!(" {}", next.tokens.join(" · ")) };
        let off = if next.left_off == 0 { String::new() } else { t!("architecture.file_left_off", count = next.left_off) };
        Some(format!("{}{tokens} {off}", t!("architecture.file_read", count = count, ms = ms)))
    };
    let rows = move || {
        let row = |it: Candidate| {
            view! {
                <tr data-candidate=it.id.to_string()>
                    <td>{it.id}</td>
                    <td><code>{it.token.unwrap_or_default()}</code></td>
                    <td data-logit>{format!("{:.4}", it.logit)}</td>
                    <td>{format!("{:.4}", it.probability)}</td>
                </tr>
            }
        };
        answer.get().map(|next| next.chances.into_iter().map(row).collect::<Vec<_>>())
    };
    let heads = ["id", t!("architecture.file_token"), "logit", t!("architecture.file_probability")];
    let text_field = has_tokenizer.then(|| {
        view! {
            <label class="arch-size">
                <span>{t!("architecture.file_text")}</span>
                <textarea rows="2" maxlength="4000" data-field="model-text" prop:value=text on:input:target=move |e| text.set(e.target().value())></textarea>
            </label>
            <button type="button" class="primary" data-action="run-text" disabled=busy on:click=on_text>{t!("architecture.file_run_text")}</button>
        }
    });
    view! {
        <div class="arch-run">
            {text_field}
            <label class="arch-size">
                <span>{t!("architecture.file_ids")}</span>
                <input type="text" inputmode="numeric" autocomplete="off" data-field="model-ids" prop:value=numbers on:input:target=move |e| numbers.set(e.target().value())/>
            </label>
            <button type="button" data-action="run-ids" disabled=busy on:click=on_ids>{t!("architecture.file_run_ids")}</button>
            <p role="status" data-output="model-read">{read}</p>
            <div hidden=move || answer.with(Option::is_none)>
                <TokenBars title=t!("architecture.file_next") chances/>
                <button type="button" data-action="append" disabled=busy on:click=append>{t!("architecture.file_append")}</button>
                <details class="arch-tensors">
                    <summary>{t!("architecture.file_numbers")}</summary>
                    <div class="table-scroll" tabindex="0" role="group" aria-label=t!("architecture.file_numbers")>
                        <table data-output="model-next">
                            <thead><tr>{heads.map(|name| view! { <th scope="col">{name}</th> })}</tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </details>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn numbers_are_read_with_commas_or_spaces() {
        assert_eq!(ids(" 15496, 995\n7 "), Ok(vec![15496, 995, 7]));
        assert_eq!(ids(""), Ok(Vec::new()));
        assert!(ids("1, -2").unwrap_err().contains("“-2”"));
        assert!(ids("99999999999").is_err());
    }
}
