//! The parts of the desk. To add one: a module with `pub fn part(slot: Slot) -> AnyView`, and its line here.

use crate::slots::Slot;
use leptos::prelude::AnyView;

/// Declares what must know the whole list.
macro_rules! parts {
    ($($name:literal => $module:ident),* $(,)?) => {
        /// The part called `name`.
        pub fn find(name: &str) -> Option<fn(Slot) -> AnyView> {
            match name {
                $($name => Some(crate::$module::part),)*
                _ => None,
            }
        }
    };
}

parts! {
    "certificate" => certificate,
    "class" => class,
    "continue" => go_on,
    "embed-builder" => embed_builder,
    "exercise" => exercise,
    "notes" => notes,
    "packs" => packs,
    "path" => paths,
    "paths" => paths,
    "placement" => placement,
    "predict" => predict,
    "progress" => progress_page,
    "quiz" => quiz,
    "review" => review,
    "search" => search,
    "settings" => settings,
    "teach" => teach,
}
