//! The shell: the HTML around every page, with marks where a page goes.

use super::{escape, fault::Faults, render};
use crate::{Page, Site};

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
        let href = page.base().unwrap_or_else(|| base.to_owned());
        let title = if page.path.is_empty() {
            format!("Glassbox: {}", page.title)
        } else {
            format!("{} · Glassbox", page.title)
        };
        let (title, summary) = (escape::html(&title), escape::html(&page.summary));
        let kind = if page.lesson().is_some() { "article" } else { "website" };
        let head = format!(
            "<meta name=\"description\" content=\"{summary}\">\n\
             <meta property=\"og:title\" content=\"{title}\">\n\
             <meta property=\"og:description\" content=\"{summary}\">\n\
             <meta property=\"og:type\" content=\"{kind}\">\n\
             <meta property=\"og:site_name\" content=\"Glassbox\">"
        );
        self.html
            .replacen(BASE, &format!("<base href=\"{}\">", escape::html(&href)), 1)
            .replacen(TITLE, &title, 1)
            .replacen(HEAD, &head, 1)
            .replacen(MAIN, &render::main_element(site, page), 1)
    }
}
