//! Turns compiled pages and programs into the site: external start script, strict CSP, build id, service worker.

use crate::files::{self, sha256, short_id};
use crate::html::{replace, tags};
use crate::lint;
use crate::packs;
use crate::precache::{File, Kept, service_worker};
use crate::publish::{self, Place};
use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// The policy of every page. `base-uri` and `wasm-unsafe-eval` are what the site needs beyond its own files. No page
/// has an inline script (`lint` refuses them), so the policy needs no hash and no nonce.
pub const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
    frame-src 'self'; base-uri 'self'; form-action 'none'";

/// An embedded lab may be sandboxed into an origin of its own, where a worker can only start from a blob.
fn policy(path: &str) -> String {
    if path.starts_with("embed/") { CSP.replace("worker-src 'self'", "worker-src 'self' blob:") } else { CSP.into() }
}

/// What is packed, and how.
pub struct Order<'a> {
    /// The folder with the compiled pages and programs.
    pub raw: &'a Path,
    /// The folder that becomes the site; emptied first.
    pub out: &'a Path,
    /// The text of `web/static/sw.js`.
    pub sw: &'a str,
    /// The text of `web/static/sw-kill.js`.
    pub sw_kill: &'a str,
    /// The text of `content/packs.toml`.
    pub packs: &'a str,
    /// Where the site will lie; 404.html and all whole addresses depend on it.
    pub place: &'a Place,
    /// Changes the build id and nothing else; the update test makes a second build with it.
    pub salt: &'a str,
    /// The commit to name in build.json.
    pub commit: &'a str,
}

/// What was packed.
pub struct Packed {
    /// The build id, also in every page's `data-build`.
    pub build: String,
    /// Number of files.
    pub files: usize,
    /// Bytes of the files that the service worker keeps from the first visit on.
    pub eager_bytes: usize,
}

/// Writes the site.
///
/// # Errors
/// All faults of all pages at once, or the first file that cannot be read or written.
pub fn pack(order: &Order) -> Result<Packed> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for path in files::walk(order.raw)? {
        let bytes = files::read(&order.raw.join(&path))?;
        files.insert(path, bytes);
    }
    let home = files.get("index.html").context("the content compiler wrote no index.html")?;
    let start = Start::find(&String::from_utf8_lossy(home))?;
    files.insert(start.name(), start.script().into_bytes());

    let packs = packs::list(order.packs, &files)?;
    files.insert(packs::LIST.into(), packs.into_bytes());
    publish::extend(&mut files, order.place)?;

    let mut faults = Vec::new();
    for (path, bytes) in files.iter_mut().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8(std::mem::take(bytes)).with_context(|| format!("{path} is not UTF-8"))?;
        let html = page(path, &html, &start, &order.place.base)?;
        faults.extend(lint::faults(path, &html));
        *bytes = html.into_bytes();
    }
    if !faults.is_empty() {
        bail!("pages that the Content Security Policy would break:\n{}", faults.join("\n"));
    }

    let parts = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    let extras = [("salt", order.salt.as_bytes()), ("sw", order.sw.as_bytes())];
    let build = short_id(parts.chain(extras));
    for (_, bytes) in files.iter_mut().filter(|(path, _)| path.ends_with(".html")) {
        *bytes = with_build(&String::from_utf8_lossy(bytes), &build).into_bytes();
    }

    let files: Vec<File> = files.into_iter().map(|(path, bytes)| File { path, bytes }).collect();
    let eager_bytes = files
        .iter()
        .filter(|file| matches!(file.kept(), Kept::Always | Kept::Relaxed))
        .map(|file| file.bytes.len())
        .sum();
    files::empty_folder(order.out)?;
    for file in &files {
        files::write(&order.out.join(&file.path), &file.bytes)?;
    }
    files::write(&order.out.join("sw.js"), service_worker(order.sw, &build, &files)?)?;
    files::write(&order.out.join("sw-kill.js"), order.sw_kill)?;
    let about = json!({ "build": build, "commit": order.commit, "files": files.len(), "offline_bytes": eager_bytes });
    files::write(&order.out.join("build.json"), serde_json::to_string_pretty(&about)? + "\n")?;
    Ok(Packed { build, files: files.len(), eager_bytes })
}

/// The page's program as Trunk named it in the tag of `pattern_script`.
struct Start {
    js: String,
    wasm: String,
}

impl Start {
    fn find(html: &str) -> Result<Self> {
        let tag = tags(html).into_iter().find(|tag| tag.value("data-glassbox-js").is_some());
        let tag = tag.context("index.html lacks the tag of `pattern_script` in Trunk.toml")?;
        let value =
            |name: &str| tag.value(name).map(String::from).with_context(|| format!("the start tag lacks {name}"));
        Ok(Self { js: value("data-glassbox-js")?, wasm: value("data-glassbox-wasm")? })
    }

    /// Fetches and starts the page's program unless the reader asked for no labs, once the text has been painted and
    /// boot.js has unpacked what a shared link holds; boot.js shows what goes wrong.
    fn script(&self) -> String {
        let Self { js, wasm } = self;
        format!(
            "await Promise.all([window.glassboxShared, window.glassboxPainted]);\n\
             if (document.documentElement.dataset.labs !== 'off') {{\n\
             \x20 try {{\n\
             \x20   const wasm = fetch(new URL('./{wasm}', import.meta.url));\n\
             \x20   const {{ default: init }} = await import('./{js}');\n\
             \x20   await init({{ module_or_path: wasm }});\n\
             \x20 }} catch (error) {{\n\
             \x20   dispatchEvent(new CustomEvent('glassbox-boot-failed', {{ detail: String(error) }}));\n\
             \x20   console.error(error);\n\
             \x20 }}\n\
             }}\n"
        )
    }

    fn name(&self) -> String {
        format!("start-{}.js", &sha256(self.script().as_bytes())[..12])
    }
}

/// One page with its start script external, its policy first, and its own anchors told from the base.
fn page(path: &str, html: &str, start: &Start, base: &str) -> Result<String> {
    let mut changes = Vec::new();
    let mut has_head = false;
    for tag in tags(html) {
        let element = tag.name.as_str();
        if tag.value("data-glassbox-js").is_some() {
            let end = html[tag.range.end..].find("</script>").context("the start tag is not closed")?;
            let range = tag.range.start..tag.range.end + end + "</script>".len();
            // The names are for boot.js, which fetches them anew when they were spoilt.
            let Start { js, wasm } = start;
            let script = format!(
                "<script type=\"module\" src=\"{}\" data-js=\"{js}\" data-wasm=\"{wasm}\"></script>",
                start.name()
            );
            changes.push((range, script));
            continue;
        }
        // Trunk would have the program compete with the styles for the line; the text comes first.
        if element == "link" && tag.value("rel").is_some_and(|rel| rel.ends_with("preload")) {
            changes.push((tag.range.clone(), String::new()));
            continue;
        }
        if element == "head" {
            has_head = true;
            let policy = format!("\n<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">", policy(path));
            changes.push((tag.range.end..tag.range.end, policy));
        }
        for attribute in tag.attributes {
            if element == "base" && attribute.name == "href" && path == "404.html" {
                changes.push((attribute.range, base.into()));
            } else if element == "a" && attribute.name == "href" && attribute.value.starts_with('#') {
                let at = attribute.range.start;
                changes.push((at..at, path.strip_suffix("index.html").unwrap_or("").into()));
            }
        }
    }
    ensure!(has_head, "{path} has no <head> to hold the Content Security Policy");
    Ok(replace(html, changes))
}

fn with_build(html: &str, build: &str) -> String {
    let Some(tag) = tags(html).into_iter().find(|tag| tag.name == "html") else {
        return html.into();
    };
    let at = tag.range.start + "<html".len();
    replace(html, vec![(at..at, format!(" data-build=\"{build}\""))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const SHELL: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><base href=\"BASE\">\
        <script src=\"boot-1.js\"></script>\
        <script type=\"module\" data-glassbox-js=\"web-1.js\" data-glassbox-wasm=\"web-1_bg.wasm\"></script></head>\
        <body><a href=\"#main\">Skip</a><main id=\"main\"><h1>Hello</h1></main></body></html>";

    const EMBED: &str = "<!doctype html>\n<html><head><base href=\"../../\">\
        <script src=\"embed-frame-1.js\" data-glassbox-embed=\"a\"></script></head><body></body></html>";

    fn place(base: &str) -> Place {
        Place { origin: publish::DEFAULT_ORIGIN.into(), base: base.into(), named: false, models: false }
    }

    fn packed(name: &str, base: &str, salt: &str) -> (std::path::PathBuf, Packed) {
        let folder = files::test_folder(name);
        let raw = folder.join("raw");
        files::write(&raw.join("index.html"), SHELL.replace("BASE", "./")).expect("writable");
        files::write(&raw.join("learn/a/index.html"), SHELL.replace("BASE", "../../")).expect("writable");
        files::write(&raw.join("404.html"), SHELL.replace("BASE", "/")).expect("writable");
        files::write(&raw.join("web-1.js"), "export default async () => {};").expect("writable");
        files::write(&raw.join("embed/a/index.html"), EMBED).expect("writable");
        let order = Order {
            raw: &raw,
            out: &folder.join("out"),
            sw: "'__GLASSBOX_BUILD__'; __GLASSBOX_FILES__",
            sw_kill: "kill",
            packs: "pack = []",
            place: &place(base),
            salt,
            commit: "c0ffee",
        };
        let packed = pack(&order).expect("the pages are sound");
        (folder, packed)
    }

    fn text(folder: &Path, path: &str) -> String {
        files::read_text(&folder.join("out").join(path)).expect("the file was written")
    }

    #[test]
    fn pages_get_policy_build_and_external_start() {
        let (folder, packed) = packed("pages", "/", "");
        let page = text(&folder, "learn/a/index.html");
        assert!(page.contains("<head>\n<meta http-equiv=\"Content-Security-Policy\""), "{page}");
        assert!(page.contains(&format!("<html data-build=\"{}\" lang=\"en\">", packed.build)), "{page}");
        assert!(page.contains("<script type=\"module\" src=\"start-") && !page.contains("data-glassbox"), "{page}");
        assert!(page.contains("href=\"learn/a/#main\"") && page.contains("<base href=\"../../\">"), "{page}");
        assert!(text(&folder, "index.html").contains("<a href=\"#main\">"), "the home page is the base itself");
        assert!(text(&folder, "build.json").contains("c0ffee"));
        fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn the_service_worker_lists_the_final_bytes() {
        let (folder, packed) = packed("sw", "/", "");
        let worker = text(&folder, "sw.js");
        for path in ["index.html", "404.html", "learn/a/index.html", "web-1.js"] {
            let hash = sha256(text(&folder, path).as_bytes());
            assert!(worker.contains(&format!("\"{path}\":[\"{hash}\"")), "{path} in {worker}");
        }
        assert!(!worker.contains("sw.js") && !worker.contains("build.json"), "{worker}");
        assert_eq!(packed.files, 7, "with packs.json and the embed");
        fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn only_an_embed_may_start_workers_from_blobs() {
        let (folder, _) = packed("embed", "/", "");
        let (embed, home) = (text(&folder, "embed/a/index.html"), text(&folder, "index.html"));
        assert!(embed.contains("worker-src 'self' blob:"), "{embed}");
        assert!(home.contains("worker-src 'self';"), "{home}");
        fs::remove_dir_all(folder).expect("removable");
    }

    #[test]
    fn only_the_404_page_depends_on_the_base() {
        let (at_root, _) = packed("base-root", "/", "");
        let (below, _) = packed("base-below", "/x/", "");
        assert!(text(&below, "404.html").contains("<base href=\"/x/\">"));
        // The build id and the whole addresses of the social card aside.
        let strip = |page: String| {
            let lines = page.lines().filter(|line| !line.contains("og:url"));
            lines.collect::<String>().replace(|c: char| c.is_ascii_hexdigit(), "")
        };
        assert_eq!(strip(text(&at_root, "index.html")), strip(text(&below, "index.html")));
        fs::remove_dir_all(at_root).expect("removable");
        fs::remove_dir_all(below).expect("removable");
    }

    #[test]
    fn the_same_input_gives_the_same_build_and_salt_another() {
        let (first, a) = packed("same-1", "/", "");
        let (second, b) = packed("same-2", "/", "");
        let (third, c) = packed("same-3", "/", "next");
        assert_eq!(a.build, b.build);
        assert_ne!(a.build, c.build);
        for folder in [first, second, third] {
            fs::remove_dir_all(folder).expect("removable");
        }
    }

    #[test]
    fn inline_script_stops_the_build() {
        let folder = files::test_folder("inline");
        files::write(&folder.join("raw/index.html"), SHELL.replace("<h1>", "<script>1</script><h1 style=\"x\">"))
            .expect("writable");
        let order = Order {
            raw: &folder.join("raw"),
            out: &folder.join("out"),
            sw: "",
            sw_kill: "",
            packs: "pack = []",
            place: &place("/"),
            salt: "",
            commit: "",
        };
        let error = pack(&order).err().expect("the page is not sound").to_string();
        assert!(error.contains("index.html:4: a script") && error.contains("style attribute"), "{error}");
        assert!(!folder.join("out").exists(), "a refused build must not replace the site");
        fs::remove_dir_all(folder).expect("removable");
    }
}
