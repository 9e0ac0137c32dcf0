//! LaTeX to MathML, which every current browser draws without any script.

use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};

/// Whether a formula stands in a sentence or on a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a sentence.
    Inline,
    /// On its own line.
    Display,
}

/// One formula as a `<math>` element.
///
/// # Errors
/// A sentence that says what is wrong with the formula.
pub fn to_mathml(latex: &str, place: Place) -> Result<String, String> {
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(latex, &storage).collect();
    if let Some(error) = events.iter().find_map(|event| event.as_ref().err()) {
        let told = error.to_string();
        let what = told.lines().next().unwrap_or("it does not parse").trim();
        return Err(format!("the formula `{}` is not LaTeX we can draw: {what}", latex.trim()));
    }
    let display_mode = if place == Place::Display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    let mut html = String::new();
    push_mathml(&mut html, events.into_iter(), config)
        .map_err(|error| format!("the formula `{latex}` cannot be written: {error}"))?;
    if html.contains(" style=") {
        return Err(format!("the formula `{latex}` needs an inline style, which the site's security policy forbids"));
    }
    Ok(html)
}
