//! Links: how they are written in Markdown, and whether they lead somewhere.

use super::{
    draft::{Draft, Link},
    escape,
    fault::Faults,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The opening tag of a link.
///
/// Links into the site are written from its root, `learn/attention-mechanism/`; `#id` means this page.
pub fn opening(draft: &mut Draft, file: &str, line: usize, target: &str) -> String {
    if target.starts_with("https://") {
        return format!("<a href=\"{}\" rel=\"noopener\">", escape::html(target));
    }
    let wrong = if target.contains(':') {
        Some("must begin with https://, or lead into the site")
    } else if target.starts_with('/') || target.starts_with("../") {
        Some("must be written from the site's root, like learn/attention-mechanism/")
    } else {
        None
    };
    if let Some(wrong) = wrong {
        draft.faults.add(file, line, format!("the link `{target}` {wrong}"));
        return String::from("<a>");
    }
    let target = match target.strip_prefix('#') {
        Some(id) => format!("{}#{id}", draft.path),
        None => target.strip_prefix("./").unwrap_or(target).to_owned(),
    };
    let href = if target.is_empty() || target.starts_with('#') { format!("./{target}") } else { target.clone() };
    draft.links.push(Link { file: file.to_owned(), line, target, image: false });
    format!("<a href=\"{}\">", escape::html(&href))
}

/// Notes an image, which must be a file of the site.
pub fn image(draft: &mut Draft, file: &str, line: usize, src: &str) {
    draft.links.push(Link { file: file.to_owned(), line, target: src.to_owned(), image: true });
}

/// Whether a link's text says nothing out of its context.
pub fn is_vague(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(text.as_str(), "" | "here" | "click here" | "this" | "link" | "this link" | "more" | "read more")
}

/// Notes every link that leads to no page, no id and no file under `public`.
pub fn check(root: &Path, pages: &BTreeMap<String, BTreeSet<String>>, links: &[Link], faults: &mut Faults) {
    for Link { file, line, target, image } in links {
        let (path, id) = target.split_once('#').map_or((target.as_str(), None), |(path, id)| (path, Some(id)));
        match pages.get(path) {
            Some(ids) => {
                if let Some(id) = id.filter(|id| !ids.contains(*id)) {
                    faults.add(file, *line, format!("the link leads to `{target}`, but that page has no id `{id}`"));
                }
            }
            None if !path.is_empty() && root.join("public").join(path).is_file() => {}
            None if pages.contains_key(&format!("{path}/")) => {
                faults.add(file, *line, format!("the link `{target}` must end its path with a slash: `{path}/`"));
            }
            None if *image => {
                let sentence = format!("the image `{target}` is no file under public/");
                faults.add(file, *line, sentence);
            }
            None => faults.add(file, *line, format!("the link leads to `{target}`, which is no page of the site")),
        }
    }
}
