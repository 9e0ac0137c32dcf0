//! Rows are covered, planned or missing by the rule in `content/src/coverage.rs`, and no lesson claims what it lacks.

mod project;

use content::{
    compile,
    coverage::{Coverage, Status, lacks},
};
use project::{LESSON_FILE, Project};
use std::path::Path;

/// The status of each row of the small project, in order.
fn statuses(project: &Project) -> Vec<Status> {
    let compiled = project.compile();
    assert_eq!(compiled.faults, []);
    Coverage::of(&compiled.site).rows.iter().map(|row| row.status).collect()
}

#[test]
fn a_row_is_covered_when_all_its_lessons_are_whole_and_claim_it() {
    use Status::{Covered, Missing, Planned};
    let project = Project::new("coverage");
    project.replace(LESSON_FILE, "[\"000.M4\"]", "[\"000.M4\", \"000.M4.L1\", \"001.W1\"]");
    project.replace(LESSON_FILE, "{{exercise low}}", "");
    let without = Coverage::of(&project.compile().site).rows.into_iter().map(|row| row.status);
    assert_eq!(without.collect::<Vec<_>>(), [Planned, Planned, Planned, Missing], "there is no exercise");
    project.replace(LESSON_FILE, "{{quiz}}", "{{exercise low}}\n\n{{quiz}}");
    assert_eq!(statuses(&project), [Planned, Covered, Planned, Missing]);
    project.replace(LESSON_FILE, "rows =", "covers = [\"other\"]\nrows =");
    assert_eq!(statuses(&project), [Planned, Covered, Covered, Missing], "two lessons in one");
    project.replace(LESSON_FILE, "[\"other\"]", "[\"other\", \"project-sum\"]");
    assert_eq!(statuses(&project), [Covered, Covered, Covered, Missing], "the whole module");
    project.replace(LESSON_FILE, ", \"000.M4.L1\"", "");
    assert_eq!(statuses(&project), [Covered, Planned, Covered, Missing], "a row that is not claimed");
}

#[test]
fn the_json_is_what_machines_expect() {
    let site = Project::new("coverage-json").compile().site;
    let json: serde_json::Value = serde_json::from_str(&Coverage::of(&site).json()).unwrap();
    let expected =
        serde_json::json!({"id": "000.M4", "status": "planned", "lessons": ["tiny", "other", "project-sum"]});
    assert_eq!(json["rows"][0], expected);
    assert_eq!(json["rows"][3], serde_json::json!({"id": "004.P9", "status": "missing", "lessons": []}));
    assert_eq!(json.as_object().map(|object| object.len()), Some(1));
}

#[test]
fn a_whole_lesson_lacks_nothing() {
    let project = Project::new("coverage-lacks");
    let lacking = || {
        let site = project.compile().site;
        let (page, lesson) = site.lessons().next().unwrap();
        lacks(page, lesson)
    };
    project.replace(LESSON_FILE, "{{exercise low}}", "");
    assert_eq!(lacking(), ["exercise"]);
    project.replace(LESSON_FILE, "{{quiz}}", "{{exercise low}}\n\n{{quiz}}");
    assert!(lacking().is_empty());
    project.replace(LESSON_FILE, "{{lab dot size=3 text=\"a b\"}}", "").replace(LESSON_FILE, "{{quiz}}", "");
    assert_eq!(lacking(), ["lab", "quiz"]);
}

#[test]
fn every_source_row_has_lessons_in_the_tree() {
    let site = compile::compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).site;
    let course = &site.course;
    assert_eq!((course.tracks.len(), course.modules().count(), course.entries().count()), (10, 25, 312));
    assert_eq!(course.rows.len(), 215);
    assert_eq!(Coverage::of(&site).count(Status::Missing), 0);
    let asked: Vec<&str> = course.rows.iter().flat_map(|row| course.expand(&row.lessons)).collect();
    let idle: Vec<&str> = course.entries().map(|e| e.slug.as_str()).filter(|slug| !asked.contains(slug)).collect();
    assert!(idle.is_empty(), "lessons that no row asks for: {idle:?}");
}

#[test]
fn no_lesson_claims_a_row_and_lacks_lab_quiz_or_exercise() {
    let site = compile::compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).site;
    for (page, lesson) in site.lessons() {
        let lacking = lacks(page, lesson);
        assert!(lacking.is_empty(), "{} claims {:?} and lacks {}", lesson.slug, lesson.rows, lacking.join(", "));
    }
    let coverage = Coverage::of(&site);
    let status = |id: &str| coverage.rows.iter().find(|row| row.id == id).map(|row| row.status);
    assert_eq!(status("000.M4.L1"), Some(Status::Covered), "the lesson on attention answers it alone");
    assert_eq!(status("000.P1"), Some(Status::Planned), "a phase is covered when its last lesson is");
}
