//! The labs that lessons and pages can embed.
//!
//! To add one: make a folder here with `Knobs`, a `Lab` component and a `lab.css`, and add its line
//! to [`labs!`].

mod knobs;

use leptos::prelude::*;
use serde::de::DeserializeOwned;

/// Declares each lab's module and everything that must know the whole list.
macro_rules! labs {
    ($($name:literal => $module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The lab called `name`, its knobs set as the lesson asks.
        ///
        /// # Errors
        /// A sentence for the author of the lesson.
        pub fn view(name: &str, knobs: &str) -> Result<AnyView, String> {
            match name {
                $($name => parse(knobs).map(|knobs| view! { <$module::Lab knobs/> }.into_any()),)*
                _ => Err(format!("No lab is named “{name}”.")),
            }
        }
    };
}

labs! {
    "attention" => attention,
    "complete" => complete,
    "engine" => engine,
    "matmul" => matmul,
    "sampling" => sampling,
    "models" => models,
    "train" => train,
}

fn parse<K: DeserializeOwned>(knobs: &str) -> Result<K, String> {
    knobs::parse(knobs).map_err(|error| format!("The lab's settings “{knobs}” do not fit: {error}."))
}
