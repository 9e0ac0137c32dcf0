//! A question, found in the lesson that asks it: the page carries its quiz as data.

use gloo::net::http::Request;
use learn::practice::{Question, Quiz};
use std::{cell::RefCell, collections::HashMap};
use web_sys::{DomParser, SupportedType};

thread_local! {
    /// The quizzes by the address of their lesson.
    static KNOWN: RefCell<HashMap<String, Vec<Question>>> = RefCell::default();
}

/// The question of that id; `None` where the lesson no longer asks it.
///
/// # Errors
/// The browser's words, where the lesson cannot be fetched or read.
pub async fn question(lesson: &str, id: &str) -> Result<Option<Question>, String> {
    if !KNOWN.with_borrow(|known| known.contains_key(lesson)) {
        let questions = fetch(lesson).await?;
        KNOWN.with_borrow_mut(|known| known.insert(lesson.to_owned(), questions));
    }
    let find = |questions: &Vec<Question>| questions.iter().find(|question| question.id == id).cloned();
    Ok(KNOWN.with_borrow(|known| known.get(lesson).and_then(find)))
}

async fn fetch(lesson: &str) -> Result<Vec<Question>, String> {
    let response = Request::get(lesson).send().await.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(response.status().to_string());
    }
    let text = response.text().await.map_err(|error| error.to_string())?;
    let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(&text, SupportedType::TextHtml));
    let parsed = parsed.map_err(|_| "text/html".to_owned())?;
    let slot = parsed.query_selector("[data-desk=\"quiz\"]").ok().flatten();
    let json = slot.and_then(|slot| slot.get_attribute("data-json")).unwrap_or_default();
    let quiz: Quiz = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    Ok(quiz.questions)
}
