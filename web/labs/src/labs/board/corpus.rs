//! The texts beside the tasks: shipped ones, or the learner's own.

use super::settings::Settings;
use crate::address;
use engine_core::{
    config::TrainConfig,
    jobs::{board::Source, train::ModelShape},
    tasks,
};
use gloo::net::http::Request;
use kit::t;

/// The learner's own text.
pub const OWN: &str = "own";

/// The texts of `public/data`, by id; a test compares it with the list there.
pub const SHIPPED: [(&str, &str); 4] = [
    ("pride-and-prejudice", "Pride and Prejudice"),
    ("emma", "Emma"),
    ("moby-dick", "Moby-Dick, chapters 1 to 40"),
    ("lincoln", "Annual messages to Congress"),
];

/// What a text is trained with: tuned so that the default run gets below a trigram model.
pub fn defaults() -> (ModelShape, TrainConfig) {
    let shape = ModelShape { n_layers: 2, n_heads: 4, d_model: 64, context: 32, tied_head: true };
    let steps = 1500;
    let every = tasks::looks_every(steps);
    let training = TrainConfig {
        batch: 8,
        steps,
        learning_rate: 4e-3,
        warmup: steps / 20,
        eval_every: every,
        sample_every: every,
        ..TrainConfig::default()
    };
    (shape, training)
}

/// What the engine is to learn from.
///
/// # Errors
/// A sentence that says what is missing and what to do.
pub async fn source(settings: &Settings) -> Result<Source, String> {
    let id = &*settings.source;
    if tasks::by_key(id).is_some() {
        return Ok(Source::Task(id.into()));
    }
    if id == OWN {
        let own = &settings.own;
        return if own.trim().is_empty() { Err(t!("board.no_own_text").into()) } else { Ok(Source::Text(own.clone())) };
    }
    let Some((file, _)) = SHIPPED.iter().find(|(known, _)| *known == id) else {
        return Err(t!("board.no_such_source", id = id));
    };
    let failed = || t!("board.not_loaded", file = file);
    let response = Request::get(&address::absolute(&format!("data/{file}.txt"))).send().await.map_err(|_| failed())?;
    if !response.ok() {
        return Err(failed());
    }
    response.text().await.map(Source::Text).map_err(|_| failed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_texts_are_those_of_the_list() {
        let list: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../public/data/index.json")).expect("it is JSON");
        for (id, title) in SHIPPED {
            let entry = list.as_array().and_then(|all| all.iter().find(|entry| entry["id"] == id));
            let entry = entry.unwrap_or_else(|| panic!("{id} is not shipped"));
            assert_eq!((&entry["title"], &entry["file"]), (&title.into(), &format!("{id}.txt").into()));
        }
    }
}
