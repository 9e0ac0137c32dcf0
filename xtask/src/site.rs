//! From sources to `dist/`: styles, wasm programs, Trunk, pages, package.

use crate::embeds;
use crate::files;
use crate::first_view;
use crate::models;
use crate::pack::{Order, Packed, pack};
use crate::publish::Place;
use crate::shards;
use crate::steps::{Steps, answer, clock, run};
use crate::tools;
use crate::words;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const RAW: &str = "target/site/raw";
const TRUNK: &str = "target/site/trunk";
const LAB_STYLES: &str = "web/styles/generated-labs.css";
const DESK_STYLES: &str = "web/desk/styles";
const WORDS: &str = "web/text";
const CPU_SHELL: &str = "web/generated-index.html";

/// The nine programs: manifest, binary and profile, as web/index.html names them.
const PROGRAMS: [(&str, &str, &str); 9] = [
    ("web/Cargo.toml", "web", "page"),
    ("web/labs/Cargo.toml", "labs", "page"),
    ("web/desk/Cargo.toml", "desk", "page"),
    ("web/worker/Cargo.toml", "worker", "release"),
    ("web/worker-relaxed/Cargo.toml", "worker-relaxed", "release"),
    ("web/worker-plain/Cargo.toml", "worker-plain", "release"),
    ("web/worker-plain-relaxed/Cargo.toml", "worker-plain-relaxed", "release"),
    ("web/worker-words/Cargo.toml", "worker-words", "release"),
    ("web/worker-gpu/Cargo.toml", "worker-gpu", "gpu"),
];

/// How many steps a build has.
pub const STEPS: usize = 7;

fn programs(cpu_only: bool) -> &'static [(&'static str, &'static str, &'static str)] {
    if cpu_only { &PROGRAMS[..8] } else { &PROGRAMS }
}

/// Builds the whole site into `dist/`.
///
/// # Errors
/// The first step that fails, by name.
pub fn build(root: &Path, steps: &mut Steps, place: &Place, cpu_only: bool) -> Result<()> {
    let id = source_id(root)?;
    steps.step("styles of the labs, joined", || lab_styles(root))?;
    let note = if cpu_only { "" } else { " (the longest step: many minutes the first time)" };
    steps.step(&format!("compile the {} programs to wasm{note}", programs(cpu_only).len()), || {
        programs_to_wasm(root, &id, cpu_only)
    })?;
    steps.step("Trunk: bindings, wasm-opt, file hashes", || trunk(root, &id, cpu_only))?;
    steps.step("the first view, made small", || first_view::shrink(root, &root.join(TRUNK)))?;
    steps.step("pages from Markdown", || pages(root, &place.base))?;
    let packed =
        steps.step("package: policy, service worker, build id", || package(root, &root.join("dist"), place, ""))?;
    report("dist", &packed);
    if !place.named {
        println!(
            "Whole addresses (sitemap, social cards, oEmbed) say {}; name the real one with --origin https://…",
            place.origin
        );
    }
    steps.step("budget of the first view", || first_view::check(&root.join("dist")))
}

/// Packages the last build once more: for another base path, or as another build.
///
/// # Errors
/// If nothing was built yet, or as [`pack`].
pub fn pack_again(root: &Path, out: &Path, place: &Place, salt: &str) -> Result<()> {
    // Browser tests run two at a time, and each may package: all of them write beside the last build.
    let lock = root.join("target/site/packing.lock");
    let lock = File::create(&lock).with_context(|| format!("{} cannot be written", lock.display()))?;
    lock.lock().context("packaging could not wait for another that goes on")?;
    let packed = package(root, out, place, salt)?;
    report(&out.display().to_string(), &packed);
    Ok(())
}

fn report(out: &str, packed: &Packed) {
    let megabytes = packed.eager_bytes as f64 / 1e6;
    println!("{out}: build {}, {} files, {megabytes:.2} MB kept for offline use", packed.build, packed.files);
}

fn package(root: &Path, out: &Path, place: &Place, salt: &str) -> Result<Packed> {
    let raw = root.join(RAW);
    if !raw.join("index.html").exists() {
        bail!("there is no build to package; run `cargo xtask dist` first");
    }
    embeds::write(root, &raw)?;
    let models = if place.models { Some(models::folder()?) } else { None };
    shards::write(&raw, models.as_deref())?;
    let commit = answer("git", &["-C", &root.to_string_lossy(), "rev-parse", "--short=12", "HEAD"]);
    pack(&Order {
        raw: &raw,
        out,
        sw: &files::read_text(&root.join("web/static/sw.js"))?,
        sw_kill: &files::read_text(&root.join("web/static/sw-kill.js"))?,
        packs: &files::read_text(&root.join("content/packs.toml"))?,
        place,
        salt,
        commit: commit.as_deref().unwrap_or("unknown"),
    })
}

/// The page's programs beside the workers: each of the former ends in a long step that only one core can do. Cargo
/// keeps what it compiles by profile, so the two do not wait for each other.
fn programs_to_wasm(root: &Path, id: &str, cpu_only: bool) -> Result<()> {
    let (pages, workers): (Vec<_>, Vec<_>) = programs(cpu_only).iter().partition(|(_, _, profile)| *profile == "page");
    let compile = |programs: Vec<&(&str, &str, &str)>| -> Result<()> {
        for (manifest, binary, profile) in programs {
            let start = Instant::now();
            let mut cargo = Command::new("cargo");
            cargo.args(["build", "--target=wasm32-unknown-unknown", "--manifest-path", manifest]);
            cargo.args(["--profile", profile, "--locked", "--bin", binary]);
            run(cargo.current_dir(root).env("GLASSBOX_BUILD", id).env("CARGO_TERM_PROGRESS_WHEN", "never"))?;
            println!("        {binary}, profile {profile}: {}", clock(start.elapsed()));
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| compile(pages));
        let workers = compile(workers);
        let pages = beside.join().unwrap_or_else(|_| bail!("the compiling of the page's programs broke off"));
        pages.and(workers)
    })
}

fn trunk(root: &Path, id: &str, cpu_only: bool) -> Result<()> {
    // Snippets of an earlier build would be copied into the site.
    files::empty_folder(&root.join("target/wasm-bindgen"))?;
    let shell = if cpu_only { CPU_SHELL } else { "web/index.html" };
    if cpu_only {
        files::write(&root.join(CPU_SHELL), without_gpu(&files::read_text(&root.join("web/index.html"))?))?;
    }
    let mut trunk = Command::new("trunk");
    trunk.args(["build", shell]).current_dir(root);
    trunk.env("GLASSBOX_BUILD", id).env("TRUNK_SKIP_VERSION_CHECK", "true").env_remove("NO_COLOR");
    tools::on_path(root, &mut trunk)?;
    trunk.env("TRUNK_TOOLS_WASM_BINDGEN", tools::bindgen_version(root)?);
    trunk.env("TRUNK_TOOLS_WASM_OPT", format!("version_{}", tools::binaryen_major(root)?));
    run(&mut trunk)
}

/// The shell without the line of the WebGPU worker.
fn without_gpu(shell: &str) -> String {
    shell.lines().filter(|line| !line.contains("worker-gpu/Cargo.toml")).map(|line| format!("{line}\n")).collect()
}

fn pages(root: &Path, base: &str) -> Result<()> {
    files::empty_folder(&root.join(RAW))?;
    files::copy_all(&root.join(TRUNK), &root.join(RAW))?;
    pages_again(root, base)
}

/// Writes the pages, styles and words beside the programs of the last build once more.
///
/// # Errors
/// If the content has a fault.
pub fn pages_again(root: &Path, base: &str) -> Result<()> {
    let (trunk, raw) = (root.join(TRUNK), root.join(RAW));
    let mut content = Command::new("cargo");
    content.args(["run", "--quiet", "--profile", "native", "--locked", "-p", "content", "--", "build", "--base", base]);
    files::write(&raw.join("desk.css"), joined_styles(root, DESK_STYLES, ".css")?)?;
    words::write(&root.join(WORDS), &raw.join("text"))?;
    content.arg("--shell").arg(trunk.join("index.html")).arg("--out").arg(&raw);
    run(content.current_dir(root))
}

/// Joins every `lab.css`, so that a new lab needs no line in web/index.html.
fn lab_styles(root: &Path) -> Result<()> {
    files::write(&root.join(LAB_STYLES), joined_styles(root, "web/labs/src/labs", "/lab.css")?)
}

/// All style sheets below `folder` whose path ends with `ending`, in the order of their names.
fn joined_styles(root: &Path, folder: &str, ending: &str) -> Result<String> {
    let mut joined = format!("/* Written by `cargo xtask dist` from {folder}. */\n");
    if root.join(folder).is_dir() {
        for path in files::walk(&root.join(folder))?.iter().filter(|path| path.ends_with(ending)) {
            joined += &format!("\n/* {folder}/{path} */\n{}", files::read_text(&root.join(folder).join(path))?);
        }
    }
    Ok(joined)
}

/// The id compiled into page and workers: the hash of every source that goes into them. Prose is not part of
/// it, so a change of words does not compile the engine again, and a build is the same from every clone.
fn source_id(root: &Path) -> Result<String> {
    let mut sources = Vec::new();
    for path in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        sources.push((path.to_string(), files::read(&root.join(path))?));
    }
    for folder in ["engine", "web"] {
        for path in files::walk(&root.join(folder))? {
            let is_source = path.ends_with(".rs") || path.ends_with("Cargo.toml") || path.ends_with(".wgsl");
            if is_source && !path.contains("tests/") && !path.contains("examples/") && !path.contains("target/") {
                let bytes = files::read(&root.join(folder).join(&path))?;
                sources.push((format!("{folder}/{path}"), bytes));
            }
        }
    }
    Ok(files::short_id(sources.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))))
}

/// A base path with a slash at both ends.
///
/// # Errors
/// If it is no plain path such as `/glassbox/`.
pub fn checked_base(base: &str) -> Result<String> {
    let inner = base.trim_matches('/');
    let plain = |part: &str| {
        !part.is_empty() && part != ".." && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c))
    };
    if inner.is_empty() {
        return Ok("/".into());
    }
    inner.split('/').all(plain).then(|| format!("/{inner}/")).with_context(|| {
        format!("`{base}` cannot be a base path; write letters, digits and - _ . ~ between slashes, such as /glassbox/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_get_their_slashes() {
        for (given, wanted) in [("/", "/"), ("", "/"), ("x", "/x/"), ("/x", "/x/"), ("/a/b/", "/a/b/")] {
            assert_eq!(checked_base(given).expect("a plain path"), wanted);
        }
        for wrong in ["/../", "/a b/", "https://x/", "/a//b/", "/\"/"] {
            assert!(checked_base(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lab_styles_are_joined_in_order() {
        let root = files::test_folder("styles");
        for lab in ["train", "attention"] {
            files::write(&root.join(format!("web/labs/src/labs/{lab}/lab.css")), format!(".{lab} {{}}\n"))
                .expect("writable");
        }
        lab_styles(&root).expect("joined");
        let joined = files::read_text(&root.join(LAB_STYLES)).expect("written");
        assert!(joined.find(".attention") < joined.find(".train") && joined.contains(".train {}"), "{joined}");
        std::fs::remove_dir_all(root).expect("removable");
    }

    #[test]
    fn the_source_id_ignores_prose() {
        let root = files::test_folder("source-id");
        for path in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "engine/src/lib.rs", "web/src/main.rs"] {
            files::write(&root.join(path), path).expect("writable");
        }
        let before = source_id(&root).expect("readable");
        files::write(&root.join("content/lessons/a/lesson.md"), "words").expect("writable");
        files::write(&root.join("web/styles/base.css"), "a {}").expect("writable");
        assert_eq!(before, source_id(&root).expect("readable"));
        files::write(&root.join("engine/src/lib.rs"), "changed").expect("writable");
        assert_ne!(before, source_id(&root).expect("readable"));
        std::fs::remove_dir_all(root).expect("removable");
    }

    #[test]
    fn the_shell_names_the_programs_that_are_compiled() {
        let shell = include_str!("../../web/index.html");
        for (manifest, binary, profile) in PROGRAMS {
            let href = manifest.trim_start_matches("web/");
            let line = shell.lines().find(|line| line.contains(&format!("rel=\"rust\" href=\"{href}\"")));
            let line = line.expect("web/index.html has a link for every program");
            assert!(line.contains(&format!("data-bin=\"{binary}\"")), "{line}");
            assert_eq!(profile != "release", line.contains(&format!("data-cargo-profile=\"{profile}\"")), "{line}");
        }
        assert_eq!(without_gpu(shell).lines().count() + 1, shell.lines().count());
    }
}
