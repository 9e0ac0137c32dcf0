//! The texts of a run: shipped ones, or the learner's own.

use crate::texts::{self, SHIPPED};
use kit::t;

/// The learner's own text.
pub const OWN: &str = "own";

/// So much of a text is used: enough for hundreds of steps, and quick to cut into tokens.
const MOST: usize = 160_000;

/// The first part of the text called `id`, cut at a character.
///
/// # Errors
/// A sentence that says what is missing and what to do.
pub async fn text(id: &str, own: &str) -> Result<String, String> {
    let mut text = match id {
        OWN if own.trim().is_empty() => return Err(t!("lora.paste_first").into()),
        OWN => own.to_owned(),
        id if SHIPPED.iter().any(|(known, _)| *known == id) => {
            texts::download(id).await.ok_or_else(|| t!("lora.text_not_loaded").to_owned())?
        }
        id => return Err(t!("lora.no_such_text", id = id)),
    };
    text.truncate(text.floor_char_boundary(MOST));
    Ok(text)
}
