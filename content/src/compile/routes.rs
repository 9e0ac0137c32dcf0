//! `content/paths/*.toml`: ways through the course.

use super::{curriculum, escape, fault::Faults, toml_file::TomlFile};
use crate::{Course, Leg, Route, Unit};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

const FOLDER: &str = "content/paths";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteToml {
    order: u32,
    title: String,
    audience: String,
    goal: String,
    outcome: String,
    note: String,
    length: String,
    unit: Unit,
    hours: Option<[u32; 2]>,
    stop: Vec<StopToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StopToml {
    title: Spanned<String>,
    name: Option<String>,
    span: [u32; 2],
    make: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    rows: Vec<Spanned<String>>,
    #[serde(default)]
    lessons: Vec<Spanned<String>>,
}

/// Reads every way, in the order that they give themselves. A project need not have any.
pub fn read(root: &Path, course: &Course, faults: &mut Faults) -> Vec<Route> {
    let entries = std::fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut routes: Vec<(u32, Route)> = names.iter().filter_map(|name| route(root, name, course, faults)).collect();
    routes.sort_by_key(|(order, _)| *order);
    routes.into_iter().map(|(_, route)| route).collect()
}

fn route(root: &Path, name: &str, course: &Course, faults: &mut Faults) -> Option<(u32, Route)> {
    let file = format!("{FOLDER}/{name}");
    let slug = name.strip_suffix(".toml").filter(|slug| escape::is_kebab(slug));
    let (Some(slug), Ok(text)) = (slug, std::fs::read_to_string(root.join(&file))) else {
        faults.add(&file, 0, "a path is a text file with a name like twelve-weeks.toml");
        return None;
    };
    let toml = TomlFile { file: &file, first_line: 1, text: &text };
    let read: RouteToml = toml.read(faults)?;
    let stops = read.stop.into_iter().map(|stop| leg(stop, toml, course, faults)).collect();
    let route = Route {
        name: slug.to_owned(),
        title: read.title,
        audience: read.audience,
        goal: read.goal,
        outcome: read.outcome,
        note: read.note,
        length: read.length,
        unit: read.unit,
        hours: read.hours,
        stops,
    };
    Some((read.order, route))
}

fn leg(stop: StopToml, toml: TomlFile, course: &Course, faults: &mut Faults) -> Leg {
    let line = toml.line_of(&stop.title.span());
    if stop.span[0] == 0 || stop.span[0] > stop.span[1] {
        faults.add(toml.file, line, "`span` is [first, last], counted from one");
    }
    for name in curriculum::unknown(course, &stop.lessons) {
        faults.add(toml.file, toml.line_of(&name.span()), curriculum::unknown_sentence(name.get_ref()));
    }
    let mut names: Vec<String> = Vec::new();
    for id in &stop.rows {
        match course.row(id.get_ref()) {
            Some(row) => names.extend(row.lessons.iter().cloned()),
            None => {
                let sentence = format!("`{}` is no row of content/curriculum/rows.toml", id.get_ref());
                faults.add(toml.file, toml.line_of(&id.span()), sentence);
            }
        }
    }
    names.extend(stop.lessons.into_iter().map(Spanned::into_inner));
    let lessons: Vec<String> = course.expand(&names).into_iter().map(str::to_owned).collect();
    if lessons.is_empty() {
        faults.add(toml.file, line, "a stop has at least one lesson: give it `rows` or `lessons`");
    }
    let span = [stop.span[0].max(1), stop.span[1].max(1)];
    Leg { title: stop.title.into_inner(), name: stop.name, span, make: stop.make, optional: stop.optional, lessons }
}
