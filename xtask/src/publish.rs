//! What the site needs to be found: whole addresses in social cards, sitemap.xml, robots.txt and oEmbed.

use crate::embeds::{self, Embed};
use crate::html::{replace, tags};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// Stands for the site's address where nobody has named one: the address of `cargo xtask serve`.
pub const DEFAULT_ORIGIN: &str = "http://127.0.0.1:8080";
/// The card of every page that has none of its own.
const CARD: &str = "cards/glassbox.png";

#[derive(Deserialize)]
struct Listed {
    path: String,
}

/// Where the site will be.
#[derive(Debug, Clone)]
pub struct Place {
    /// Scheme and host, such as `https://user.github.io`.
    pub origin: String,
    /// Such as `/` or `/glassbox/`.
    pub base: String,
    /// Whether somebody has named the origin. A canonical address that is only assumed would mislead search engines.
    pub named: bool,
    /// Whether it offers the pretrained models as packs.
    pub models: bool,
}

impl Place {
    /// The root of an origin that nobody has named.
    pub fn at_root() -> Self {
        Self { origin: DEFAULT_ORIGIN.into(), base: "/".into(), named: false, models: false }
    }

    /// The whole address of the site's root.
    pub fn site(&self) -> String {
        format!("{}{}", self.origin, self.base)
    }
}

/// An origin without its last slash.
///
/// # Errors
/// If it is no plain origin such as `https://user.github.io`.
pub fn checked_origin(origin: &str) -> Result<String> {
    let plain = origin.trim_end_matches('/');
    let host = plain.strip_prefix("https://").or_else(|| plain.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c)) => {
            Ok(plain.to_owned())
        }
        _ => bail!("`{origin}` cannot be an origin; write scheme and host only, such as https://user.github.io"),
    }
}

/// Adds what only a whole address can say: card and canonical address of every page, oEmbed, sitemap.xml, robots.txt.
///
/// # Errors
/// If `pages.json` or `embeds.json` is not as the compiler writes it.
pub fn extend(files: &mut BTreeMap<String, Vec<u8>>, place: &Place) -> Result<()> {
    let site = place.site();
    let embeds: Vec<Embed> = list(files, embeds::LIST)?;
    for embed in &embeds {
        files.insert(format!("embed/{}/oembed.json", embed.lab), embeds::oembed(embed, &site)?.into_bytes());
    }
    let pages: Vec<Listed> = list(files, "pages.json")?;
    let names: Vec<String> = files.keys().filter(|path| path.ends_with(".html")).cloned().collect();
    for name in names.iter().filter(|name| *name != "404.html") {
        let path = name.strip_suffix("index.html").unwrap_or(name);
        let mut head = String::new();
        if let Some(embed) = embeds.iter().find(|embed| format!("embed/{}/", embed.lab) == path) {
            head += &format!("{}\n", embeds::discovery(embed, &site));
        }
        let bytes = files.get(name).context("the name is one of them")?;
        let html = String::from_utf8_lossy(bytes).into_owned();
        head += &meta(path, &html, files, place);
        let at = html.find("</head>").with_context(|| format!("{name} has no </head>"))?;
        let mut changes = languages(&html, &site);
        changes.push((at..at, head));
        files.insert(name.clone(), replace(&html, changes).into_bytes());
    }
    if files.contains_key("pages.json") {
        let urls = pages
            .iter()
            .filter(|page| page.path != "404.html")
            .map(|page| format!("<url><loc>{site}{}</loc></url>\n", page.path));
        let sitemap = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{}</urlset>\n",
            urls.collect::<String>()
        );
        files.insert("sitemap.xml".into(), sitemap.into_bytes());
        files
            .insert("robots.txt".into(), format!("User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n").into_bytes());
    }
    Ok(())
}

fn list<T: serde::de::DeserializeOwned>(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<Vec<T>> {
    let Some(bytes) = files.get(name) else { return Ok(Vec::new()) };
    serde_json::from_slice(bytes).with_context(|| format!("{name} is not the list it should be"))
}

/// Search engines take a page in another language only by its whole address.
fn languages(html: &str, site: &str) -> Vec<(Range<usize>, String)> {
    let links = tags(html).into_iter().filter(|tag| tag.name == "link" && tag.value("hreflang").is_some());
    let hrefs = links.flat_map(|tag| tag.attributes).filter(|attribute| attribute.name == "href");
    hrefs.map(|href| (href.range.clone(), format!("{site}{}", href.value.trim_start_matches("./")))).collect()
}

/// The tags of a page's social card.
fn meta(path: &str, html: &str, files: &BTreeMap<String, Vec<u8>>, place: &Place) -> String {
    let site = place.site();
    let own = format!("cards/{}.png", path.trim_matches('/').rsplit('/').next().unwrap_or_default());
    let card = if files.contains_key(&own) { own.as_str() } else { CARD };
    let mut head = String::new();
    if place.named {
        head += &format!("<link rel=\"canonical\" href=\"{site}{path}\">\n");
    }
    head += &format!("<meta property=\"og:url\" content=\"{site}{path}\">\n");
    if files.contains_key(card) {
        let about = |name: &str| {
            let tag = tags(html).into_iter().find(|tag| tag.name == "meta" && tag.value("name") == Some(name));
            tag.and_then(|tag| tag.value("content").map(str::to_owned)).unwrap_or_default()
        };
        head += &format!(
            "<meta property=\"og:image\" content=\"{site}{card}\">\n<meta property=\"og:image:width\" content=\"1200\">\n\
             <meta property=\"og:image:height\" content=\"630\">\n<meta property=\"og:image:alt\" content=\"{}\">\n\
             <meta name=\"twitter:card\" content=\"summary_large_image\">\n",
            // The attribute's text is taken over as it stands, escaped already; only a quote could end it.
            about("description").replace('"', "&quot;")
        );
    }
    if path.starts_with("learn/") && path.len() > "learn/".len() {
        head += &structured(path, html, &site);
    }
    head
}

/// The lesson as a learning resource, for machines. A data block: no browser runs it, so the policy needs no hash.
fn structured(path: &str, html: &str, site: &str) -> String {
    let text = |name: &str, key: &str| {
        let tag = tags(html).into_iter().find(|tag| tag.name == "meta" && tag.value(key) == Some(name));
        let text = tag.and_then(|tag| tag.value("content").map(str::to_owned)).unwrap_or_default();
        text.replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    };
    let about = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": text("og:title", "property"),
        "description": text("description", "name"),
        "url": format!("{site}{path}"),
        "inLanguage": "en",
        "isAccessibleForFree": true,
        "learningResourceType": "interactive lesson",
    });
    // `<` could end the element; JSON has another way to write it.
    let json = about.to_string().replace('<', "\\u003c");
    format!("<script type=\"application/ld+json\">{json}</script>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(pages: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for page in pages {
            let html = "<html><head><meta name=\"description\" content=\"Say &quot;hi&quot; </script>\"></head><body></body></html>";
            files.insert(format!("{page}index.html"), html.into());
        }
        files.insert("cards/glassbox.png".into(), vec![1]);
        files.insert("cards/a.png".into(), vec![1]);
        let list: Vec<_> = pages.iter().map(|path| serde_json::json!({ "path": path })).collect();
        files.insert("pages.json".into(), serde_json::to_vec(&list).expect("plain data"));
        files
    }

    fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
        String::from_utf8(files[name].clone()).expect("text")
    }

    #[test]
    fn origins_are_scheme_and_host() {
        assert_eq!(checked_origin("https://user.github.io/").expect("an origin"), "https://user.github.io");
        assert_eq!(checked_origin(DEFAULT_ORIGIN).expect("an origin"), DEFAULT_ORIGIN);
        for wrong in ["user.github.io", "https://", "https://a/b", "ftp://a", "https://a\"b"] {
            assert!(checked_origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_in_other_languages_are_named_by_their_whole_address() {
        let html = "<head><link rel=\"alternate\" hreflang=\"en\" href=\"./\"><link rel=\"alternate\" hreflang=\"de\" \
            href=\"de/learn/\"><link rel=\"icon\" href=\"a.svg\"></head><a hreflang=\"de\" href=\"de/\">de</a>";
        let whole = replace(html, languages(html, "https://a.example/b/"));
        for href in [
            "\"en\" href=\"https://a.example/b/\"",
            "href=\"https://a.example/b/de/learn/\"",
            "href=\"a.svg\"",
            "href=\"de/\"",
        ] {
            assert!(whole.contains(href), "{href} in {whole}");
        }
    }

    #[test]
    fn pages_get_cards_and_the_site_its_map() {
        let mut files = site(&["", "learn/a/", "models/"]);
        let place = Place { origin: "https://u.example".into(), base: "/x/".into(), named: true, models: false };
        extend(&mut files, &place).expect("sound");
        let lesson = text(&files, "learn/a/index.html");
        assert!(lesson.contains("<link rel=\"canonical\" href=\"https://u.example/x/learn/a/\">"), "{lesson}");
        assert!(lesson.contains("content=\"https://u.example/x/cards/a.png\""), "{lesson}");
        assert!(lesson.contains("application/ld+json") && lesson.contains("\\u003c/script>"), "{lesson}");
        assert!(text(&files, "models/index.html").contains("cards/glassbox.png"));
        let map = text(&files, "sitemap.xml");
        assert_eq!(map.matches("<loc>https://u.example/x/").count(), 3, "{map}");
        assert!(text(&files, "robots.txt").contains("Sitemap: https://u.example/x/sitemap.xml"));
    }

    #[test]
    fn an_origin_that_is_only_assumed_is_not_canonical() {
        let mut files = site(&["learn/a/"]);
        extend(&mut files, &Place::at_root()).expect("sound");
        assert!(!text(&files, "learn/a/index.html").contains("canonical"));
        assert!(text(&files, "sitemap.xml").contains("http://127.0.0.1:8080/learn/a/"));
    }
}
