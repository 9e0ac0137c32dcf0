//! Pages as HTML: the `<main>` of each, readable without any script.

use super::{escape, highlight, practice};
use crate::{Block, Kind, Lesson, Listing, Page, Site};
use std::fmt::Write;

/// The whole `<main>` of a page.
pub fn main_element(site: &Site, page: &Page) -> String {
    let (attributes, class) = match &page.kind {
        Kind::Lesson(lesson) => (format!("data-page=\"lesson\" data-slug=\"{}\"", lesson.slug), "page lesson"),
        Kind::Named(name) => (format!("data-page=\"{name}\""), "page"),
    };
    let mut html = format!("<main id=\"main\">\n<article class=\"{class}\" {attributes}>\n");
    html.push_str(&header(site, page));
    for block in &page.blocks {
        push_block(&mut html, block);
    }
    if let Some(lesson) = page.lesson() {
        html.push_str(&nav(site, &lesson.slug));
    }
    html.push_str("</article>\n</main>");
    html
}

/// A stretch of project source inside prose.
pub fn code(origin: &str, label: &str, lines: &str) -> String {
    let origin = escape::html(origin.split('#').next().unwrap_or(origin));
    format!(
        "<figure class=\"code-source\"><figcaption>From <code>{origin}</code></figcaption>\
         <pre tabindex=\"0\" role=\"region\" aria-label=\"{label}\">{lines}</pre></figure>\n"
    )
}

/// `About 30 minutes, 12 of them reading`.
pub fn minutes(lesson: &Lesson) -> String {
    format!("About {} minutes, {} of them reading", lesson.minutes, lesson.reading)
}

fn header(site: &Site, page: &Page) -> String {
    let (title, summary) = (escape::html(&page.title), escape::html(&page.summary));
    let Some(lesson) = page.lesson() else {
        return format!(
            "<header class=\"page-header\">\n<h1 tabindex=\"-1\">{title}</h1>\n<p class=\"summary\">{summary}</p>\n</header>\n"
        );
    };
    let module = site.course.module_of(&lesson.slug);
    let module = module.map(|module| escape::html(&module.title)).unwrap_or_default();
    let questions = page.blocks.iter().find_map(|block| match block {
        Block::Quiz(quiz) => Some(quiz.questions.len()),
        _ => None,
    });
    let mut html = format!(
        "<header class=\"lesson-header\">\n<p class=\"lesson-module\"><a href=\"learn/\">{module}</a></p>\n\
         <h1 tabindex=\"-1\">{title}</h1>\n<p class=\"summary\">{summary}</p>\n\
         <p class=\"meta\">{}, {} questions</p>\n\
         <div class=\"objectives\">\n<h2 id=\"objectives\">You will be able to</h2>\n<ul>\n",
        minutes(lesson),
        questions.unwrap_or_default()
    );
    for objective in &lesson.objectives {
        let _ = writeln!(html, "<li>{objective}</li>");
    }
    html.push_str("</ul>\n</div>\n</header>\n");
    html
}

fn push_block(html: &mut String, block: &Block) {
    let _ = match block {
        Block::Prose(prose) => writeln!(html, "<div class=\"prose\">\n{}</div>", prose),
        Block::Lab { name, knobs, id } => writeln!(
            html,
            "<section class=\"lab-slot\" id=\"{id}\" data-lab=\"{name}\" data-knobs=\"{}\">\
             <p class=\"lab-fallback\">The interactive part “{name}” works here once the page has loaded. \
             It needs JavaScript and WebAssembly; the text around it can be read without.</p></section>",
            escape::html(knobs)
        ),
        Block::Desk { name, json, id, fallback } => writeln!(
            html,
            "<section class=\"desk-slot\" id=\"{id}\" data-desk=\"{name}\" data-json=\"{}\">{fallback}</section>",
            escape::html(json)
        ),
        Block::Tabs(listing) => writeln!(html, "{}", tabs(listing)),
        Block::Quiz(quiz) => writeln!(html, "{}", practice::render::quiz(quiz)),
        Block::Exercise(exercise) => writeln!(html, "{}", practice::render::exercise(exercise)),
        Block::Predict(prediction) => writeln!(html, "{}", practice::render::predict(prediction)),
    };
}

fn tabs(listing: &Listing) -> String {
    let Listing { name, caption, level, panels } = listing;
    let mut html = format!(
        "<figure class=\"code-tabs\" id=\"listing-{name}\" data-block=\"tabs\">\n<figcaption>{caption}</figcaption>\n"
    );
    // Where scripts run, the tabs' place is kept from the first paint on, so that nothing moves when they come.
    html.push_str("<div class=\"tab-list\" role=\"tablist\" aria-hidden=\"true\" inert>");
    for (index, panel) in panels.iter().enumerate() {
        let label = panel.language.label();
        let _ = write!(
            html,
            "<button type=\"button\" role=\"tab\" class=\"tab\" aria-selected=\"{}\">{label}</button>",
            index == 0
        );
    }
    html.push_str("</div>\n");
    for panel in panels {
        let (key, label) = (panel.language.key(), panel.language.label());
        let lines = highlight::lines(panel.language, &panel.source, &panel.notes);
        let origin = escape::html(panel.origin.split('#').next().unwrap_or_default());
        let _ = write!(
            html,
            "<section class=\"code-panel\" data-lang=\"{key}\" data-label=\"{label}\">\n<h{level}>{label}</h{level}>\n\
             <pre tabindex=\"0\" role=\"region\" aria-label=\"{name} in {label}\">{lines}</pre>\n\
             <p class=\"code-origin\">From <code>{origin}</code></p>\n<ol class=\"line-notes\">\n"
        );
        for note in &panel.notes {
            let _ = writeln!(html, "<li value=\"{}\">{}</li>", note.line, note.html);
        }
        html.push_str("</ol>\n</section>\n");
    }
    html.push_str("</figure>");
    html
}

fn nav(site: &Site, slug: &str) -> String {
    let lessons: Vec<(&Page, &Lesson)> = site.lessons().collect();
    let at = lessons.iter().position(|(_, other)| other.slug == slug);
    let neighbour = |index: Option<usize>| index.and_then(|index| lessons.get(index));
    let mut html = String::from("<nav class=\"lesson-nav\" aria-label=\"Lessons\">\n");
    if let Some((page, _)) = neighbour(at.and_then(|at| at.checked_sub(1))) {
        html.push_str(&nav_link(page, "prev", "Previous lesson"));
    }
    html.push_str("<a class=\"all\" href=\"learn/\">All lessons</a>\n");
    if let Some((page, _)) = neighbour(at.map(|at| at + 1)) {
        html.push_str(&nav_link(page, "next", "Next lesson"));
    }
    html.push_str("</nav>\n");
    html
}

fn nav_link(page: &Page, rel: &str, label: &str) -> String {
    let title = escape::html(&page.title);
    format!("<a class=\"{rel}\" rel=\"{rel}\" href=\"{}\"><span>{label}</span> {title}</a>\n", page.path)
}
