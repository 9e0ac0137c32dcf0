//! The shell is checked before it is filled, and every page finds its way to the site's root.

mod project;

use content::compile::{self, Shell};
use project::Project;
use std::{fs, path::Path};

const SHELL: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><!--glassbox:base-->\
<title><!--glassbox:title--></title><!--glassbox:head--></head><body><main id=\"main\"></main></body></html>";

#[test]
fn a_mark_that_is_missing_or_doubled_is_a_fault() {
    let broken = SHELL.replace("<!--glassbox:base-->", "").replace("<main id", "\n<!--glassbox:head--><main id");
    let faults: Vec<String> = Shell::new("shell.html", &broken).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "shell.html:1: the shell lacks `<!--glassbox:base-->`; the page is put in its place",
            "shell.html:2: the shell has `<!--glassbox:head-->` more than once",
        ]
    );
}

#[test]
fn every_page_is_written_with_the_way_to_the_root() {
    let project = Project::new("written");
    let site = project.compile().site;
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("written-out");
    compile::write_site(&site, &Shell::new("shell.html", SHELL).unwrap(), &out, "/glassbox/").unwrap();
    for (file, base, title) in [
        ("index.html", "./", "Glassbox: Home"),
        ("learn/index.html", "../", "Learn · Glassbox"),
        ("learn/tiny/index.html", "../../", "Tiny · Glassbox"),
        ("404.html", "/glassbox/", "Nothing here · Glassbox"),
    ] {
        let html = fs::read_to_string(out.join(file)).unwrap();
        assert!(html.contains(&format!("<base href=\"{base}\">")), "{file}: {html}");
        assert!(html.contains(&format!("<title>{title}</title>")), "{file}: {html}");
        assert!(
            !html.contains(" style=") && !html.contains("<script") && !html.contains("glassbox:"),
            "{file}: {html}"
        );
    }
    let pages: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("pages.json")).unwrap()).unwrap();
    assert_eq!(pages[0]["path"], "learn/tiny/");
    assert_eq!(pages.as_array().map(Vec::len), Some(4));
    fs::remove_dir_all(out).unwrap();
}
