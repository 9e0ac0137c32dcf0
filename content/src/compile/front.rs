//! Front matter: the TOML between two lines of `+++` at the head of a Markdown file.

use super::{draft::Source, fault::Faults, toml_file::TomlFile};
use toml::{Table, Value};

/// What every Markdown file says about itself.
#[derive(Debug, Default)]
pub struct Front {
    /// The page's heading.
    pub title: String,
    /// One sentence for the course map and for link previews.
    pub summary: String,
    /// Reading and trying, in minutes. Lessons only.
    pub minutes: u32,
    /// The rows of the curriculum. Lessons only.
    pub rows: Vec<String>,
    /// Lessons of the tree that were merged into this one. Lessons only; may be left out.
    pub covers: Vec<String>,
    /// What a learner can do afterwards, each with its line. Lessons only.
    pub objectives: Vec<String>,
    /// The line of the objectives, for faults in them.
    pub objectives_line: usize,
}

const PAGE_KEYS: &[&str] = &["title", "summary"];
const LESSON_KEYS: &[&str] = &["title", "summary", "minutes", "rows", "covers", "objectives"];

/// Cuts a file into front matter and body.
pub fn split<'a>(file: &'a str, text: &'a str, faults: &mut Faults) -> Option<(TomlFile<'a>, Source<'a>)> {
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let Some((front, body)) = parts else {
        faults.add(file, 1, "the file must begin with front matter between two lines of `+++`");
        return None;
    };
    let line = text[..text.len() - body.len()].matches('\n').count() + 1;
    Some((TomlFile { file, first_line: 2, text: front }, Source { file, line, text: body }))
}

/// Reads front matter; `lesson` says which keys it must have.
pub fn read(toml: TomlFile, lesson: bool, faults: &mut Faults) -> Front {
    let Some(table) = toml.read::<Table>(faults) else {
        return Front::default();
    };
    let keys = if lesson { LESSON_KEYS } else { PAGE_KEYS };
    for key in table.keys().filter(|key| !keys.contains(&key.as_str())) {
        let sentence = format!("`{key}` is not a front-matter key; the keys are {}", keys.join(", "));
        faults.add(toml.file, toml.line_of_key(key), sentence);
    }
    let mut reader = Reader { toml, table, faults };
    let mut front = Front { title: reader.text("title"), summary: reader.text("summary"), ..Front::default() };
    if lesson {
        front.minutes = reader.minutes();
        front.rows = reader.list("rows", 0);
        if reader.table.contains_key("covers") {
            front.covers = reader.list("covers", 1);
        }
        front.objectives = reader.list("objectives", 1);
        front.objectives_line = toml.line_of_key("objectives");
    }
    front
}

struct Reader<'a> {
    toml: TomlFile<'a>,
    table: Table,
    faults: &'a mut Faults,
}

impl Reader<'_> {
    fn refuse(&mut self, key: &str, expected: &str) {
        let sentence = if self.table.contains_key(key) {
            format!("`{key}` must be {expected}")
        } else {
            format!("the front matter lacks `{key}`, {expected}")
        };
        self.faults.add(self.toml.file, self.toml.line_of_key(key), sentence);
    }

    fn text(&mut self, key: &str) -> String {
        let text = self.table.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let text = text.map(str::to_owned);
        text.unwrap_or_else(|| {
            self.refuse(key, "a text in quotes");
            String::new()
        })
    }

    fn minutes(&mut self) -> u32 {
        let minutes = self.table.get("minutes").and_then(Value::as_integer);
        minutes.and_then(|minutes| u32::try_from(minutes).ok()).filter(|minutes| *minutes > 0).unwrap_or_else(|| {
            self.refuse("minutes", "a whole number above zero");
            0
        })
    }

    /// A list of at least that many texts.
    fn list(&mut self, key: &str, least: usize) -> Vec<String> {
        let texts = |list: &Vec<Value>| list.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        let list: Option<Vec<String>> = self.table.get(key).and_then(Value::as_array).and_then(texts);
        list.filter(|list| list.len() >= least).unwrap_or_else(|| {
            self.refuse(key, if least == 0 { "a list of texts" } else { "a list of at least one text" });
            Vec::new()
        })
    }
}
