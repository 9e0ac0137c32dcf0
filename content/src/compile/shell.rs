//! The shell: the HTML around every page, with marks where a page goes.

use super::{escape, fault::Faults, render, translate};
use crate::{Kind, Page, Site, Translation};

const BASE: &str = "<!--glassbox:base-->";
const TITLE: &str = "<!--glassbox:title-->";
const HEAD: &str = "<!--glassbox:head-->";
const MAIN: &str = "<main id=\"main\"></main>";

/// A shell that has every mark exactly once.
#[derive(Debug, Clone)]
pub struct Shell {
    html: String,
}

impl Shell {
    /// Checks the marks of a shell.
    ///
    /// # Errors
    /// One fault for each mark that is missing or stands there more than once.
    pub fn new(file: &str, html: &str) -> Result<Self, Vec<super::Fault>> {
        let mut faults = Faults::default();
        for mark in [BASE, TITLE, HEAD, MAIN] {
            let hits: Vec<usize> = html.match_indices(mark).map(|(at, _)| at).collect();
            match hits[..] {
                [_] => {}
                [] => faults.add(file, 1, format!("the shell lacks `{mark}`; the page is put in its place")),
                [_, second, ..] => {
                    let line = 1 + html[..second].matches('\n').count();
                    faults.add(file, line, format!("the shell has `{mark}` more than once"));
                }
            }
        }
        let faults = faults.into_sorted();
        if faults.is_empty() { Ok(Self { html: html.to_owned() }) } else { Err(faults) }
    }

    /// The page as a whole HTML file; `base` is for pages whose depth is unknown.
    pub fn fill(&self, site: &Site, page: &Page, base: &str) -> String {
        self.filled(site, page, base, &translate::editions(site, &page.path), "en")
    }

    /// A page in another language as a whole HTML file.
    pub fn translated(&self, site: &Site, translation: &Translation, page: &Page, base: &str) -> String {
        let Translation { lang, direction, .. } = translation;
        let english = page.path.strip_prefix(&format!("{lang}/")).unwrap_or(&page.path);
        let html = self.filled(&translation.site, page, base, &translate::editions(site, english), lang);
        let html = html.replacen("<html lang=\"en\"", &format!("<html lang=\"{lang}\" dir=\"{direction}\""), 1);
        translate::localise(&html, translation)
    }

    fn filled(&self, site: &Site, page: &Page, base: &str, editions: &[(&str, &str, String)], lang: &str) -> String {
        let href = page.base().unwrap_or_else(|| base.to_owned());
        let is_home = matches!(&page.kind, Kind::Named(name) if name == "home");
        let title = if is_home { format!("Glassbox: {}", page.title) } else { format!("{} · Glassbox", page.title) };
        let (title, summary) = (escape::html(&title), escape::html(&page.summary));
        let kind = if page.lesson().is_some() { "article" } else { "website" };
        let mut head = format!(
            "<meta name=\"description\" content=\"{summary}\">\n\
             <meta property=\"og:title\" content=\"{title}\">\n\
             <meta property=\"og:description\" content=\"{summary}\">\n\
             <meta property=\"og:type\" content=\"{kind}\">\n\
             <meta property=\"og:site_name\" content=\"Glassbox\">"
        );
        let mut main = render::main_element(site, page);
        if editions.len() > 1 {
            for (lang, _, path) in editions {
                head += &format!("\n<link rel=\"alternate\" hreflang=\"{lang}\" href=\"{}\">", address(path));
            }
            main = main.replacen("</header>", &format!("{}</header>", switch(editions, lang)), 1);
        }
        self.html
            .replacen(BASE, &format!("<base href=\"{}\">", escape::html(&href)), 1)
            .replacen(TITLE, &title, 1)
            .replacen(HEAD, &head, 1)
            .replacen(MAIN, &main, 1)
    }
}

fn address(path: &str) -> &str {
    if path.is_empty() { "./" } else { path }
}

/// Links to the page in each language that has it; plain links, which load the page anew.
fn switch(editions: &[(&str, &str, String)], now: &str) -> String {
    let link = |(lang, name, path): &(&str, &str, String)| {
        let current = if *lang == now { " aria-current=\"true\"" } else { "" };
        format!("<a href=\"{}\" hreflang=\"{lang}\" lang=\"{lang}\"{current}>{name}</a>", address(path))
    };
    let links: Vec<String> = editions.iter().map(link).collect();
    format!("<nav class=\"page-languages\" aria-label=\"Language of this page\">{}</nav>\n", links.join(" "))
}
