//! Pages as HTML: the `<main>` of each, readable without any script.

use super::{escape, highlight};
use crate::{Block, Kind, Lesson, Listing, Page, Quiz, Site};
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

/// The course map: every module with its lessons.
pub fn course_list(site: &Site) -> String {
    let mut html = String::new();
    for module in &site.course.modules {
        let (id, title) = (escape::slug(&module.title), escape::html(&module.title));
        let summary = escape::html(&module.summary);
        let _ = write!(html, "<h2 id=\"{id}\">{title}</h2>\n<p>{summary}</p>\n<ol class=\"course-list\">\n");
        for (page, lesson) in module.lessons.iter().filter_map(|slug| find(site, slug)) {
            let _ = writeln!(
                html,
                "<li><a href=\"{}\">{}</a><p>{}</p><p class=\"meta\">About {} minutes</p></li>",
                page.path,
                escape::html(&page.title),
                escape::html(&page.summary),
                lesson.minutes
            );
        }
        html.push_str("</ol>\n");
    }
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

fn find<'a>(site: &'a Site, slug: &str) -> Option<(&'a Page, &'a Lesson)> {
    site.pages.iter().find_map(|page| page.lesson().filter(|lesson| lesson.slug == slug).map(|lesson| (page, lesson)))
}

fn header(site: &Site, page: &Page) -> String {
    let (title, summary) = (escape::html(&page.title), escape::html(&page.summary));
    let Some(lesson) = page.lesson() else {
        return format!(
            "<header class=\"page-header\">\n<h1 tabindex=\"-1\">{title}</h1>\n<p class=\"summary\">{summary}</p>\n</header>\n"
        );
    };
    let module = site.course.modules.iter().find(|module| module.lessons.contains(&lesson.slug));
    let module = module.map(|module| escape::html(&module.title)).unwrap_or_default();
    let questions = page.blocks.iter().find_map(|block| match block {
        Block::Quiz(quiz) => Some(quiz.questions.len()),
        _ => None,
    });
    let mut html = format!(
        "<header class=\"lesson-header\">\n<p class=\"lesson-module\"><a href=\"learn/\">{module}</a></p>\n\
         <h1 tabindex=\"-1\">{title}</h1>\n<p class=\"summary\">{summary}</p>\n\
         <p class=\"meta\">About {} minutes, {} questions</p>\n\
         <div class=\"objectives\">\n<h2 id=\"objectives\">You will be able to</h2>\n<ul>\n",
        lesson.minutes,
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
        Block::Tabs(listing) => writeln!(html, "{}", tabs(listing)),
        Block::Quiz(quiz) => writeln!(html, "{}", self::quiz(quiz)),
    };
}

fn tabs(listing: &Listing) -> String {
    let Listing { name, caption, level, panels } = listing;
    let mut html = format!(
        "<figure class=\"code-tabs\" id=\"listing-{name}\" data-block=\"tabs\">\n<figcaption>{caption}</figcaption>\n"
    );
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

fn quiz(quiz: &Quiz) -> String {
    let json = serde_json::to_string(quiz).expect("a quiz is strings and booleans");
    let mut html = format!(
        "<section class=\"quiz\" id=\"quiz\" data-block=\"quiz\" data-quiz=\"{}\" aria-labelledby=\"quiz-heading\">\n\
         <h2 id=\"quiz-heading\">Check what you understood</h2>\n<ol class=\"quiz-questions\">\n",
        escape::html(&json)
    );
    for (number, question) in (1..).zip(&quiz.questions) {
        let hint = if question.multiple { "<p class=\"quiz-hint\">More than one answer is right.</p>\n" } else { "" };
        let _ = write!(
            html,
            "<li class=\"quiz-question\" id=\"quiz-{}\">\n<p class=\"quiz-prompt\">{}</p>\n{hint}<ul class=\"quiz-options\">\n",
            question.id, question.prompt
        );
        for option in &question.options {
            let _ = writeln!(html, "<li>{}</li>", option.text);
        }
        let _ = write!(
            html,
            "</ul>\n<details>\n<summary>Answer to question {number}</summary>\n<ul class=\"quiz-answers\">\n"
        );
        for option in &question.options {
            let (class, verdict) = if option.correct { ("right", "Right") } else { ("wrong", "Wrong") };
            let _ = writeln!(
                html,
                "<li class=\"{class}\"><strong>{verdict}:</strong> {}<p>{}</p></li>",
                option.text, option.explain
            );
        }
        html.push_str("</ul>\n</details>\n</li>\n");
    }
    html.push_str("</ol>\n</section>");
    html
}

fn nav(site: &Site, slug: &str) -> String {
    let slugs: Vec<&str> = site.course.slugs().collect();
    let at = slugs.iter().position(|other| *other == slug);
    let neighbour = |index: Option<usize>| index.and_then(|index| slugs.get(index)).and_then(|slug| find(site, slug));
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
