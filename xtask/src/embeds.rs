//! The labs that other sites can show: a page for each, which loads nothing but a poster before the click, and the
//! oEmbed description that finds it.

use crate::files::{self, sha256};
use crate::html::tags;
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::Path;

/// The list of embeds within the site; the builder reads it.
pub const LIST: &str = "embeds.json";
/// The width in pixels that an oEmbed consumer is told.
const WIDTH: u32 = 800;
/// A poster, as `playwright/posters.mjs` takes it.
const POSTER: (u32, u32) = (800, 450);
/// Bytes a poster may have.
const POSTER_LIMIT: usize = 40_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    embed: Vec<Embed>,
}

/// A lab that can be embedded, as `content/embeds.toml` says.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Embed {
    /// The lab's name in the registry.
    pub lab: String,
    /// What a reader sees above it.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Where Glassbox explains it, below the site's root.
    pub lesson: String,
    /// The height in pixels that suits it, until it says its own.
    pub height: u32,
}

/// Writes `embed/<lab>/index.html` for every lab of `content/embeds.toml` into `raw`, with the scripts they need.
///
/// # Errors
/// If the list, the shell or a poster is not as it should be; each error names the file.
pub fn write(root: &Path, raw: &Path) -> Result<()> {
    let list = read(root)?;
    let shell = files::read_text(&root.join("target/site/trunk/index.html"))?;
    let template = files::read_text(&root.join("web/embed.html"))?;
    let mut named = Vec::new();
    for (name, ending) in [("embed-frame", "js"), ("embed", "css")] {
        let bytes = files::read(&root.join(format!("web/static/{name}.{ending}")))?;
        let hashed = format!("{name}-{}.{ending}", &sha256(&bytes)[..16]);
        files::write(&raw.join(&hashed), bytes)?;
        named.push(hashed);
    }
    files::write(&raw.join("embed.js"), files::read(&root.join("web/static/embed.js"))?)?;
    let styles = styles(&shell);
    let tokens = styles
        .iter()
        .find(|style| style.starts_with("tokens"))
        .context("the shell names no style sheet tokens….css")?;
    let all = styles.join(" ");
    let tokens = format!("<link rel=\"stylesheet\" href=\"{tokens}\">");
    let (width, height) = (POSTER.0.to_string(), POSTER.1.to_string());
    for embed in &list {
        let lesson =
            if embed.lesson.is_empty() { "./".to_owned() } else { format!("{}#lab-{}", embed.lesson, embed.lab) };
        let marks = [
            ("{title}", escaped(&embed.title)),
            ("{summary}", escaped(&embed.summary)),
            ("{lab}", embed.lab.clone()),
            ("{lesson}", lesson),
            ("{script}", named[0].clone()),
            ("{style}", named[1].clone()),
            ("{styles}", all.clone()),
            ("{tokens}", tokens.clone()),
            ("{width}", width.clone()),
            ("{height}", height.clone()),
        ];
        let page = marks.iter().fold(template.clone(), |page, (mark, value)| page.replace(mark, value));
        files::write(&raw.join(format!("embed/{}/index.html", embed.lab)), page)?;
        for theme in ["light", "dark"] {
            let poster = format!("posters/{}-{theme}.webp", embed.lab);
            let bytes = files::read(&raw.join(&poster)).with_context(|| {
                format!(
                    "the lab {} has no poster; `node playwright/posters.mjs` takes it and writes public/{poster}",
                    embed.lab
                )
            })?;
            ensure!(bytes.len() <= POSTER_LIMIT, "{poster} has {} bytes; at most {POSTER_LIMIT} may be", bytes.len());
        }
    }
    files::write(&raw.join(LIST), serde_json::to_string_pretty(&list)? + "\n")
}

/// The list, checked against the labs there are.
fn read(root: &Path) -> Result<Vec<Embed>> {
    let text = files::read_text(&root.join("content/embeds.toml"))?;
    let Listed { embed: list } = toml::from_str(&text).context("content/embeds.toml cannot be read")?;
    for embed in &list {
        // A Rust module cannot have a hyphen in its name.
        if !root.join("web/labs/src/labs").join(embed.lab.replace('-', "_")).is_dir() {
            bail!("content/embeds.toml names the lab `{}`, and web/labs/src/labs has no such folder", embed.lab);
        }
    }
    Ok(list)
}

/// The style sheets of the shell, in order.
fn styles(shell: &str) -> Vec<String> {
    let sheets = tags(shell).into_iter().filter(|tag| tag.name == "link" && tag.value("rel") == Some("stylesheet"));
    sheets.filter_map(|tag| tag.value("href").map(|href| href.trim_start_matches("./").to_owned())).collect()
}

/// Text as it stands in HTML, also within quotes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The oEmbed description of one embed; `site` is the whole address of the site's root.
pub fn oembed(embed: &Embed, site: &str) -> Result<String> {
    let Embed { lab, title, height, .. } = embed;
    let about = json!({
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Glassbox",
        "provider_url": site,
        "cache_age": 86_400,
        "width": WIDTH,
        "height": height,
        "html": format!(
            "<iframe src=\"{site}embed/{lab}/\" title=\"{}\" width=\"{WIDTH}\" height=\"{height}\" loading=\"lazy\" \
             sandbox=\"allow-scripts allow-same-origin allow-downloads allow-popups \
             allow-popups-to-escape-sandbox\"></iframe>",
            escaped(title)
        ),
        "thumbnail_url": format!("{site}posters/{lab}-light.webp"),
        "thumbnail_width": POSTER.0,
        "thumbnail_height": POSTER.1,
    });
    Ok(serde_json::to_string_pretty(&about)? + "\n")
}

/// What the head of an embed's page needs, so that the description is found.
pub fn discovery(embed: &Embed, site: &str) -> String {
    let (lab, title) = (&embed.lab, escaped(&embed.title));
    format!(
        "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{site}embed/{lab}/oembed.json\" title=\"{title}\">"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embed() -> Embed {
        let text =
            "lab = \"train\"\ntitle = \"A \\\"GPT\\\" & you\"\nsummary = \"s\"\nlesson = \"learn/a/\"\nheight = 900";
        toml::from_str(text).expect("every field is there")
    }

    #[test]
    fn the_committed_list_names_labs_that_exist() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder");
        let list = read(root).expect("the list is sound");
        assert!(list.len() >= 5 && list.iter().any(|embed| embed.lab == "train"));
        for embed in list {
            let lesson = embed.lesson.trim_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
            assert!(embed.lesson.is_empty() || root.join("content/lessons").join(&lesson).is_dir(), "{lesson}");
        }
    }

    #[test]
    fn the_description_is_what_oembed_asks_for() {
        let text = oembed(&embed(), "https://a.example/x/").expect("plain data");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((value["version"].as_str(), value["type"].as_str()), (Some("1.0"), Some("rich")));
        let html = value["html"].as_str().expect("a text");
        assert!(
            html.starts_with("<iframe src=\"https://a.example/x/embed/train/\" title=\"A &quot;GPT&quot; &amp; you\"")
        );
        assert!(
            discovery(&embed(), "https://a.example/x/")
                .contains("href=\"https://a.example/x/embed/train/oembed.json\"")
        );
    }

    #[test]
    fn pages_are_written_with_the_styles_of_the_shell() {
        let root = files::test_folder("embeds");
        let raw = root.join("raw");
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder");
        for path in ["web/embed.html", "web/static/embed-frame.js", "web/static/embed.css", "web/static/embed.js"] {
            files::write(&root.join(path), files::read(&project.join(path)).expect("committed")).expect("writable");
        }
        let list = "[[embed]]\nlab = \"a\"\ntitle = \"T\"\nsummary = \"S & s\"\nlesson = \"learn/a/\"\nheight = 300\n";
        files::write(&root.join("content/embeds.toml"), list).expect("writable");
        files::write(&root.join("web/labs/src/labs/a/mod.rs"), "").expect("writable");
        let shell =
            "<link rel=\"stylesheet\" href=\"./tokens-1.css\"/><link rel=\"stylesheet\" href=\"./base-2.css\"/>";
        files::write(&root.join("target/site/trunk/index.html"), shell).expect("writable");
        let error = write(&root, &raw).expect_err("there is no poster").to_string();
        assert!(error.contains("posters.mjs") && error.contains("public/posters/a-light.webp"), "{error}");
        for theme in ["light", "dark"] {
            files::write(&raw.join(format!("posters/a-{theme}.webp")), "poster").expect("writable");
        }
        write(&root, &raw).expect("all is there");
        let page = files::read_text(&raw.join("embed/a/index.html")).expect("written");
        assert!(page.contains("data-styles=\"tokens-1.css base-2.css\"") && page.contains("S &amp; s"), "{page}");
        assert!(!page.contains('{') && page.contains("href=\"learn/a/#lab-a\""), "{page}");
        std::fs::remove_dir_all(root).expect("removable");
    }
}
