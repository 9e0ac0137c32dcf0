//! A level of mastery as a mark and a word: never by colour alone.

use kit::t;
use learn::progress::Level;
use leptos::prelude::*;

/// A level's name; nothing done yet has one, too.
pub fn words(level: Option<Level>) -> &'static str {
    match level {
        None => t!("level.none"),
        Some(Level::Attempted) => t!("level.attempted"),
        Some(Level::Familiar) => t!("level.familiar"),
        Some(Level::Proficient) => t!("level.proficient"),
        Some(Level::Mastered) => t!("level.mastered"),
    }
}

/// Draws a level.
#[component]
pub fn LevelMark(level: Option<Level>) -> impl IntoView {
    let (name, dots) = match level {
        None => ("none", "○○○○"),
        Some(Level::Attempted) => ("attempted", "●○○○"),
        Some(Level::Familiar) => ("familiar", "●●○○"),
        Some(Level::Proficient) => ("proficient", "●●●○"),
        Some(Level::Mastered) => ("mastered", "●●●●"),
    };
    view! {
        <span class="level" data-level=name>
            <span class="level-dots" aria-hidden="true">{dots}</span>
            " "
            {words(level)}
        </span>
    }
}
