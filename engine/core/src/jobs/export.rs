//! Saving a model for other programs, opening such a file again, and a desktop project around it.

use crate::{
    config::GptConfig,
    export::{Format, Numbers, Written, project::Case},
    job::{Home, Job},
};
use serde::{Deserialize, Serialize};

/// Texts are never longer here: a model sees a few tokens at once.
const LONGEST: usize = 2000;

/// Whether a text can be compared on.
///
/// # Errors
/// A sentence that says what to change.
fn validate(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("There is no text to compare on. Write one.".into());
    }
    if text.len() > LONGEST {
        return Err(format!("The text has {} bytes; write one of {LONGEST} at most.", text.len()));
    }
    Ok(())
}

/// Writes a model in one of the formats that other programs open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveAs {
    /// A model's file, as Glassbox keeps it.
    pub file: Vec<u8>,
    /// Which format.
    pub format: Format,
    /// How the weights are kept.
    pub numbers: Numbers,
}

impl Job for SaveAs {
    const NAME: &'static str = "save-as";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = Written;
}

/// Opens a file that was saved so, and compares it with the model that it was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenSaved {
    /// The file to open, of any of the formats.
    pub saved: Vec<u8>,
    /// The model's file, as Glassbox keeps it.
    pub original: Vec<u8>,
    /// Both models read this.
    pub text: String,
}

impl OpenSaved {
    /// Whether this can be compared.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        validate(&self.text)
    }
}

/// What is in a file that was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Which format it has.
    pub format: Format,
    /// How many bytes.
    pub size: usize,
    /// Sizes of the model.
    pub config: GptConfig,
    /// Such as "65 characters".
    pub tokenizer: String,
    /// How long opening took, in milliseconds.
    pub open_ms: f64,
    /// How far it is from the original; none if it is a model of other sizes or another tokenizer.
    pub compared: Option<Compared>,
}

/// Logits of two models after each token of one text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// How many tokens the text has.
    pub tokens: usize,
    /// The largest difference of all logits.
    pub largest: f32,
    /// The largest logit, whatever its sign: what to compare the difference with.
    pub reach: f32,
    /// After how many of the tokens the likeliest next one is the same.
    pub same: usize,
}

impl Job for OpenSaved {
    const NAME: &'static str = "open-saved";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = Opened;
}

/// Writes a desktop project around a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakeProject {
    /// A model's file, as Glassbox keeps it.
    pub file: Vec<u8>,
    /// The learner's own prompt among those that are checked.
    pub text: String,
}

impl MakeProject {
    /// Whether this can be made.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn validate(&self) -> Result<(), String> {
        validate(&self.text)
    }
}

/// A project as one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// The zip file.
    pub zip: Vec<u8>,
    /// What programs elsewhere have to find again.
    pub cases: Vec<Case>,
}

impl Job for MakeProject {
    const NAME: &'static str = "make-project";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = Project;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_checked() {
        let job = |text: &str| OpenSaved { saved: Vec::new(), original: Vec::new(), text: text.into() };
        assert_eq!(job("a").validate(), Ok(()));
        assert!(job("").validate().unwrap_err().contains("no text"));
        assert!(job(&"a".repeat(2001)).validate().unwrap_err().contains("2000 at most"));
    }
}
