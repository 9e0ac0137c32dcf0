//! The list of all paths, and a page for each, readable without any script.

use super::{
    escape,
    lists::{badge, count, entry},
};
use crate::{Badge, Block, Kind, Leg, Page, Route, Site, Unit};
use std::fmt::Write;

/// `{{paths}}`: every path with what one must know to choose.
pub fn list(site: &Site) -> String {
    let mut html = String::from("<ul class=\"course-list path-list\">\n");
    for route in &site.routes {
        let (written, all) = counts(site, route);
        let _ = writeln!(
            html,
            "<li><a href=\"paths/{}/\">{}</a><p>{}</p><p>{}</p><p class=\"meta\">{} · {written} of {} written</p></li>",
            route.name,
            escape::html(&route.title),
            escape::html(&route.audience),
            escape::html(&route.goal),
            escape::html(&pace(route)),
            count(all, "lesson")
        );
    }
    html.push_str("</ul>\n");
    html
}

/// `paths/<name>/`.
pub fn page(site: &Site, route: &Route) -> Page {
    let about = format!(
        "<dl class=\"path-facts\">\n<dt>For whom</dt><dd>{}</dd>\n<dt>Time</dt><dd>{}</dd>\n\
         <dt>At its end</dt><dd>{}</dd>\n<dt>Good to know</dt><dd>{}</dd>\n</dl>\n",
        escape::html(&route.audience),
        escape::html(&pace(route)),
        escape::html(&route.outcome),
        escape::html(&route.note)
    );
    let (written, all) = counts(site, route);
    let mut stops = format!(
        "<h2 id=\"stops\">The way</h2>\n<p>{}, {} ({written} written so far). Do them in this order or any other: \
         nothing is ever locked.</p>\n",
        count(route.stops.len(), "stop"),
        count(all, "lesson")
    );
    for (number, leg) in (1..).zip(&route.stops) {
        stops.push_str(&stop(site, number, leg, route.unit));
    }
    stops.push_str(
        "<p><a href=\"paths/\">All paths</a> · <a href=\"placement/\">Find out what you know already</a></p>\n",
    );
    let choice = Block::Desk {
        name: "path".to_owned(),
        json: serde_json::json!({ "path": route.name }).to_string(),
        id: "desk-path".to_owned(),
        fallback: "<p class=\"lab-fallback\">Once the page has loaded, you can follow this path here and see each \
                   week’s steps. That needs JavaScript and WebAssembly; the way itself can be read without.</p>"
            .to_owned(),
    };
    Page {
        path: format!("paths/{}/", route.name),
        title: route.title.clone(),
        summary: route.goal.clone(),
        kind: Kind::Named("path".to_owned()),
        blocks: vec![Block::Prose(about), choice, Block::Prose(stops)],
    }
}

fn stop(site: &Site, number: usize, leg: &Leg, unit: Unit) -> String {
    let written = leg.lessons.iter().filter(|slug| site.covering(slug).is_some()).count();
    let of_critical =
        |slug: &&String| site.course.module_of(slug).is_some_and(|module| module.badge == Some(Badge::Critical));
    let critical = leg.lessons.iter().filter(of_critical).count() * 2 >= leg.lessons.len();
    let class = if written > 0 { "map-module begun" } else { "map-module" };
    let mut html = format!(
        "<details class=\"{class}\" id=\"stop-{number}\">\n<summary><span class=\"map-title\"><span class=\"map-when\">{}</span> \
         {}{}{}</span> <span class=\"map-count\">{written} of {} written</span></summary>\n",
        escape::html(&leg.when(unit)),
        escape::html(&leg.title),
        badge(critical.then_some(Badge::Critical)),
        if leg.optional { " <span class=\"badge\">Optional</span>" } else { "" },
        count(leg.lessons.len(), "lesson")
    );
    if let Some(make) = &leg.make {
        let _ = writeln!(html, "<p><strong>You make:</strong> {}.</p>", escape::html(make));
    }
    html.push_str("<ol class=\"map-lessons\">\n");
    for lesson in leg.lessons.iter().filter_map(|slug| site.course.entry(slug)) {
        html.push_str(&entry(site, lesson));
    }
    html.push_str("</ol>\n</details>\n");
    html
}

/// `12 weeks, 6 to 8 hours a week`.
fn pace(route: &Route) -> String {
    let length = &route.length;
    match route.hours {
        Some([least, most]) => {
            let per = if route.unit == Unit::Day { "day" } else { "week" };
            format!("{length}, {least} to {most} hours a {per}")
        }
        None => format!("{length}; the source names no hours, so choose your own"),
    }
}

/// How many different lessons are written, and how many there are.
fn counts(site: &Site, route: &Route) -> (usize, usize) {
    let all: std::collections::BTreeSet<&String> = route.stops.iter().flat_map(|leg| &leg.lessons).collect();
    let written = all.iter().filter(|slug| site.covering(slug).is_some()).count();
    (written, all.len())
}
