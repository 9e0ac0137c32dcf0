//! The seven paths, the placement quiz and `course.json`.

mod project;

use content::{
    Block, Site,
    compile::{self, Shell},
};
use learn::itinerary::{Course, Placement};
use project::Project;
use std::{collections::BTreeSet, fs, path::Path};

const PATH: &str = "content/paths/short-way.toml";
const SHORT_WAY: &str = "order = 1
title = \"Short way\"
audience = \"You.\"
goal = \"Add.\"
outcome = \"A sum.\"
note = \"None.\"
length = \"2 weeks\"
unit = \"week\"
hours = [1, 2]

[[stop]]
title = \"First\"
span = [1, 1]
rows = [\"000.M4.L1\"]

[[stop]]
title = \"Second\"
span = [2, 2]
lessons = [\"@part\"]
optional = true
";

fn site() -> Site {
    compile::compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).site
}

fn html(site: &Site, path: &str) -> String {
    compile::main_element(site, site.pages.iter().find(|page| page.path == path).expect("the page is there"))
}

/// `course.json` as it is written for a site.
fn course_json(site: &Site, name: &str) -> Course {
    let shell = "<!--glassbox:base--><!--glassbox:title--><!--glassbox:head--><main id=\"main\"></main>";
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    compile::write_site(site, &Shell::new("shell.html", shell).unwrap(), &out, "/").unwrap();
    let course = serde_json::from_str(&fs::read_to_string(out.join("course.json")).unwrap()).unwrap();
    fs::remove_dir_all(out).unwrap();
    course
}

#[test]
fn seven_paths_with_a_page_each() {
    let site = site();
    let stops: Vec<_> = site.routes.iter().map(|route| (route.name.as_str(), route.stops.len())).collect();
    let expected = [
        ("practical-engineer", 6),
        ("full-stack-engineer", 8),
        ("deep-specialist", 5),
        ("twelve-weeks", 12),
        ("ten-days", 17),
        ("ten-projects", 12),
        ("seven-phases", 7),
    ];
    assert_eq!(stops, expected);
    let list = html(&site, "paths/");
    for route in &site.routes {
        let address = format!("paths/{}/", route.name);
        assert!(list.contains(&format!("href=\"{address}\"")), "{address}");
        let page = html(&site, &address);
        assert_eq!(page.matches("<details").count(), route.stops.len(), "{address}");
        assert_eq!(
            page.matches("<li class=\"planned\">").count() + page.matches("<li class=\"written\">").count(),
            route.stops.iter().map(|leg| leg.lessons.len()).sum::<usize>(),
            "{address}"
        );
        assert!(page.contains("data-desk=\"path\""), "{address}");
    }
}

#[test]
fn the_way_to_an_engineer_leaves_out_what_the_source_leaves_out() {
    let site = site();
    let route = site.routes.iter().find(|route| route.name == "practical-engineer").unwrap();
    let on_the_way: BTreeSet<&str> =
        route.stops.iter().filter(|leg| !leg.optional).flat_map(|leg| &leg.lessons).map(String::as_str).collect();
    assert!(on_the_way.contains("project-mini-gpt") && !on_the_way.contains("pruning"));
}

#[test]
fn course_json_holds_every_lesson_and_path() {
    let site = site();
    let course = course_json(&site, "course-json");
    assert_eq!((course.version, course.lessons().count(), course.paths.len()), (1, 312, 7));
    let written = course.lesson("attention-mechanism").unwrap();
    assert_eq!(written.path.as_deref(), Some("learn/attention-mechanism/"));
    assert!(written.minutes > 0 && written.questions.iter().all(|id| id.starts_with("q:")), "{written:?}");
    assert!(!written.questions.is_empty() && !written.objectives.is_empty());
    let planned = course.lesson("dpo").unwrap();
    assert_eq!((planned.path.as_deref(), planned.minutes), (None, 0));
    assert_eq!(course.modules().filter(|module| module.critical).count(), 3);
    for path in &course.paths {
        for stop in &path.stops {
            assert!(stop.days[0] < stop.days[1], "{}: {stop:?}", path.name);
            assert!(stop.lessons.iter().all(|slug| course.lesson(slug).is_some()), "{}: {stop:?}", path.name);
        }
    }
    assert_eq!(course.path("ten-days").unwrap().days(), 10);
    assert_eq!(course.path("deep-specialist").unwrap().days(), 365);
}

#[test]
fn a_merged_lesson_leads_to_the_one_that_covers_it() {
    let project = Project::new("course-json-merged");
    project.replace(project::LESSON_FILE, "rows =", "covers = [\"other\"]\nrows =").write(PATH, SHORT_WAY);
    let compiled = project.compile();
    assert_eq!(compiled.faults, []);
    let course = course_json(&compiled.site, "course-json-merged-out");
    let other = course.lesson("other").unwrap();
    assert_eq!((other.within.as_deref(), other.path.as_deref()), (Some("tiny"), Some("learn/tiny/")));
    assert_eq!(course.to_read("other").unwrap().slug, "tiny");
    assert_eq!(course.paths[0].stops[1].lessons, ["tiny", "other", "project-sum"]);
    let page = html(&compiled.site, "paths/short-way/");
    assert!(page.contains("<a href=\"learn/tiny/\">Other</a>") && page.contains("Project: sum <"), "{page}");
    assert!(page.contains("2 weeks, 1 to 2 hours a week"), "{page}");
}

#[test]
fn faults_of_paths() {
    let cases = [
        ("path-row", "000.M4.L1", "000.M9", "14: `000.M9` is no row of content/curriculum/rows.toml"),
        ("path-module", "@part", "@port", "19: `@port` means all lessons of a module"),
        ("path-span", "span = [1, 1]", "span = [2, 1]", "12: `span` is [first, last], counted from one"),
        ("path-empty", "rows = [\"000.M4.L1\"]\n", "", "12: a stop has at least one lesson"),
        ("path-key", "note =", "motto = \"x\"\nnote =", "6: unknown field `motto`"),
    ];
    for (name, old, new, sentence) in cases {
        let project = Project::new(name);
        project.write(PATH, SHORT_WAY).replace(PATH, old, new);
        let faults = project.faults();
        assert!(faults.iter().any(|fault| fault.starts_with(&format!("{PATH}:{sentence}"))), "{sentence}: {faults:#?}");
    }
}

#[test]
fn twelve_questions_place_a_learner() {
    let site = site();
    let page = site.pages.iter().find(|page| page.path == "placement/").unwrap();
    let json = page.blocks.iter().find_map(|block| match block {
        Block::Desk { name, json, .. } if name == "placement" => Some(json),
        _ => None,
    });
    let placement: Placement = serde_json::from_str(json.unwrap()).unwrap();
    let modules: BTreeSet<&str> = placement.tasks.iter().map(|task| task.module.as_str()).collect();
    assert_eq!((placement.tasks.len(), modules.len()), (12, 12));
    let places = placement.tasks.iter().map(|task| task.options().iter().position(|option| option.correct));
    let places: Vec<Option<usize>> = places.collect();
    for place in 0..3 {
        let count = places.iter().filter(|it| **it == Some(place)).count();
        assert!((2..=6).contains(&count), "option {place} is right {count} times of 12");
    }
    let html = html(&site, "placement/");
    assert_eq!(html.matches("<details>").count(), 12, "every answer can be read without a script");
}
