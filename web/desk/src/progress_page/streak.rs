//! The streak, for those who like one.

use crate::progress::{self, record};
use kit::{t, text::fill};
use learn::progress::Kind;
use leptos::prelude::*;

/// Draws the streak and its switch.
#[component]
pub fn StreakCard() -> impl IntoView {
    let standing = progress::standing();
    let streak = Memo::new(move |_| standing.with(|standing| standing.streak(progress::now())));
    let words = move || {
        let Some(streak) = streak.get() else { return t!("streak.off").to_owned() };
        let (days, longest) = (streak.days.to_string(), streak.longest.to_string());
        let words = match streak.days {
            0 => t!("streak.none"),
            _ if streak.on_grace => t!("streak.grace"),
            1 => t!("streak.one"),
            _ => t!("streak.days"),
        };
        fill(words, &[("days", &days), ("longest", &longest)])
    };
    let switch = move |event: leptos::ev::Event| {
        let value = if event_target_checked(&event) { "on" } else { "off" };
        record(Kind::Chose { what: "streak".into(), value: value.into() });
    };
    view! {
        <section aria-labelledby="streak">
            <h2 id="streak">{t!("streak.heading")}</h2>
            <p data-streak=move || streak.get().map(|streak| streak.days.to_string())>{words}</p>
            <label class="check">
                <input type="checkbox" prop:checked=move || streak.get().is_some() on:change=switch/>
                <span>{t!("streak.switch")}</span>
            </label>
        </section>
    }
}
