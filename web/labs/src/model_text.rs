//! The text a model has learned from, as far as it is known: what measures a model after something was done to it.

use crate::{
    models,
    picked::{COPYING, SMALL},
    texts::{self, SHIPPED},
};
use engine_core::repeats;
use kit::t;

/// In a lab's settings: the text that the model itself has learned from.
pub const OWN: &str = "own";
/// What the tiny model has learned from, one after the other. The small one has read more books before these, so the last
/// tenth of them is new to it as well.
const BOOKS: [&str; 2] = ["pride-and-prejudice", "emma"];
/// Lines of what the model that copies has learned from, and the seed that made them.
const REPEATS: (usize, u64) = (12_000, 2026);

/// The text called `which` for the model called `id`: [`OWN`], or one that is shipped.
///
/// # Errors
/// A sentence that says what is missing and what to do.
pub async fn of(id: &str, which: &str) -> Result<String, String> {
    if which != OWN {
        return match SHIPPED.iter().find(|(known, _)| *known == which) {
            Some((file, _)) => download(file).await,
            None => Err(t!("model_text.no_such", id = which)),
        };
    }
    match id {
        "" | SMALL => {
            let mut text = String::new();
            for book in BOOKS {
                text.push_str(&download(book).await?);
            }
            Ok(text)
        }
        COPYING => Ok(repeats::text(REPEATS.0, REPEATS.1)),
        id => {
            let record = models::find(id).await.ok_or_else(|| t!("model.model_not_kept").to_owned())?;
            let kept = models::load_text(&record).await;
            kept.ok_or_else(|| t!("model_text.not_kept", name = record.name))
        }
    }
}

async fn download(file: &str) -> Result<String, String> {
    texts::download(file).await.ok_or_else(|| t!("model_text.not_loaded", file = file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_are_shipped() {
        assert!(BOOKS.iter().all(|book| SHIPPED.iter().any(|(id, _)| id == book)));
    }
}
