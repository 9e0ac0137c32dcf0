//! What a lesson says it answers, held against the curriculum and the other lessons.

use super::{fault::Faults, front::Front, toml_file::TomlFile};
use crate::Site;

/// The lessons of the tree that a lesson covers: its own, then those it names; each unknown one is a fault.
pub fn covers(site: &Site, slug: &str, front: &Front, toml: TomlFile, faults: &mut Faults) -> Vec<String> {
    let line = toml.line_of_key("covers");
    let mut covers = vec![slug.to_owned()];
    if let Some((_, other)) = site.covering(slug) {
        let sentence =
            format!("the lesson `{}` has `{slug}` in its `covers`, so this folder cannot cover it too", other.slug);
        faults.add(toml.file, 0, sentence);
    }
    for name in &front.covers {
        if covers.contains(name) {
            continue;
        }
        if site.course.entry(name).is_none() {
            faults.add(toml.file, line, format!("`{name}` in `covers` is no lesson of content/curriculum/tree.toml"));
        } else if let Some((_, other)) = site.covering(name) {
            let sentence = format!("`{name}` is covered by the lesson `{}` already; one lesson covers it", other.slug);
            faults.add(toml.file, line, sentence);
        } else {
            covers.push(name.clone());
        }
    }
    covers
}

/// Notes rows that do not exist, and rows that ask for none of the lessons covered.
pub fn check_rows(site: &Site, covers: &[String], front: &Front, toml: TomlFile, faults: &mut Faults) {
    let line = toml.line_of_key("rows");
    for id in &front.rows {
        match site.course.row(id) {
            None => {
                let sentence = format!(
                    "`{id}` is no row of content/curriculum/rows.toml; rows look like 000.M4.L1, and \
                     `cargo run -p content -- coverage` lists them"
                );
                faults.add(toml.file, line, sentence);
            }
            Some(row) => {
                let lessons = site.course.expand(&row.lessons);
                if !covers.iter().any(|slug| lessons.contains(&slug.as_str())) {
                    let sentence =
                        format!("the row `{id}` asks for none of the lessons covered here: {}", covers.join(", "));
                    faults.add(toml.file, line, sentence);
                }
            }
        }
    }
}
