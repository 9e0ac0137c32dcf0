//! Lists that a page asks for by tag: `{{course}}`, `{{map}}`, `{{paths}}`.

use super::{escape, render, route_page};
use crate::{Badge, Entry, Lesson, Module, Page, Site, coverage};
use std::fmt::Write;

/// The tags of this file, for the fault that names all tags.
pub const TAGS: [&str; 3] = ["course", "map", "paths"];

/// What a tag becomes, if it is one of these.
pub fn html(tag: &str, site: &Site) -> Option<String> {
    match tag {
        "course" => Some(written(site)),
        "map" => Some(map(site)),
        "paths" => Some(route_page::list(site)),
        _ => None,
    }
}

/// The ids in a piece of our own HTML, so that links to them can be checked.
pub fn ids(html: &str) -> impl Iterator<Item = &str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// A badge, or nothing.
pub fn badge(badge: Option<Badge>) -> String {
    badge.map_or_else(String::new, |badge| {
        let label = badge.label();
        format!(" <span class=\"badge badge-{}\">{label}</span>", label.to_lowercase())
    })
}

/// One lesson of the tree: a link with its minutes, or the words that it is not written yet.
pub fn entry(site: &Site, entry: &Entry) -> String {
    match site.covering(&entry.slug) {
        Some((page, lesson)) => {
            let title = if lesson.slug == entry.slug { &page.title } else { &entry.title };
            let (href, title) = (&page.path, escape::html(title));
            format!(
                "<li class=\"written\"><a href=\"{href}\">{title}</a> <span class=\"meta\">{} min</span></li>\n",
                lesson.minutes
            )
        }
        None => {
            let title = escape::html(&entry.title);
            format!("<li class=\"planned\">{title} <span class=\"meta\">not written yet</span></li>\n")
        }
    }
}

/// `1 lesson`, `12 lessons`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// The written lessons, module by module.
fn written(site: &Site) -> String {
    let mut html = String::new();
    for module in site.course.modules() {
        let lessons: Vec<(&Page, &Lesson)> =
            site.lessons().filter(|(_, lesson)| module.lessons.iter().any(|entry| entry.slug == lesson.slug)).collect();
        if lessons.is_empty() {
            continue;
        }
        let (id, title) = (&module.slug, escape::html(&module.title));
        let _ = write!(
            html,
            "<h3 id=\"{id}\">{title}{}</h3>\n<p>{}</p>\n<ol class=\"course-list\">\n",
            badge(module.badge),
            escape::html(&module.goal)
        );
        for (page, lesson) in lessons {
            let _ = writeln!(
                html,
                "<li><a href=\"{}\">{}</a><p>{}</p><p class=\"meta\">{}</p></li>",
                page.path,
                escape::html(&page.title),
                escape::html(&page.summary),
                render::minutes(lesson)
            );
        }
        html.push_str("</ol>\n");
    }
    html
}

/// Every track and module, folded, with every lesson.
fn map(site: &Site) -> String {
    let all = site.course.entries().count();
    let done = site.course.entries().filter(|entry| site.covering(&entry.slug).is_some()).count();
    let mut html = format!(
        "<p>{done} of {} are written. The others stand here by name, so that you can see where the course is going.</p>\n",
        count(all, "lesson")
    );
    for track in &site.course.tracks {
        let _ = write!(
            html,
            "<section class=\"map-track\">\n<h3 id=\"track-{}\">{}</h3>\n",
            track.slug,
            escape::html(&track.title)
        );
        for module in &track.modules {
            html.push_str(&map_module(site, module));
        }
        html.push_str("</section>\n");
    }
    html
}

fn map_module(site: &Site, module: &Module) -> String {
    let (_, written, all) = coverage::module_counts(site, module);
    let mut facts = Vec::new();
    if let Some([least, most]) = module.weeks {
        facts.push(format!("The sources give it {least} to {most} weeks."));
    }
    let on: Vec<String> = module
        .builds_on
        .iter()
        .filter_map(|slug| site.course.module(slug))
        .map(|module| format!("<a href=\"learn/#module-{}\">{}</a>", module.slug, escape::html(&module.title)))
        .collect();
    if !on.is_empty() {
        facts.push(format!("It builds on {}.", on.join(" and ")));
    }
    let facts = if facts.is_empty() { String::new() } else { format!("<p class=\"meta\">{}</p>\n", facts.join(" ")) };
    let class = if written > 0 { "map-module begun" } else { "map-module" };
    let mut html = format!(
        "<details class=\"{class}\" id=\"module-{}\">\n<summary><span class=\"map-title\">{}{}</span> \
         <span class=\"map-count\">{written} of {} written</span></summary>\n\
         <p>{}</p>\n<p class=\"map-why\">{}</p>\n{facts}<ol class=\"map-lessons\">\n",
        module.slug,
        escape::html(&module.title),
        badge(module.badge),
        count(all, "lesson"),
        escape::html(&module.goal),
        escape::html(&module.why),
    );
    for lesson in &module.lessons {
        html.push_str(&entry(site, lesson));
    }
    html.push_str("</ol>\n</details>\n");
    html
}
