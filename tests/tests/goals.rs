//! `docs/goals.md` names, for every goal, files that print its figure.

use std::{collections::BTreeSet, fs, path::Path};

const GOALS: &[&str] = &[
    "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A13", "A14", "A15", "A16", "B3", "B4",
    "B5", "B9", "B10", "B11", "B12", "B13", "B14", "B15",
];

#[test]
fn every_goal_is_printed_by_the_files_that_its_row_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = fs::read_to_string(root.join("docs/goals.md")).unwrap();
    let mut named = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| A") || line.starts_with("| B")) {
        let goal = row.split('|').nth(1).unwrap().trim();
        let files: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        assert!(!files.is_empty(), "goal {goal} names no file");
        for file in files {
            let text = fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("goal {goal}: no file {file}"));
            // By the helper in a script, or as words in a Rust test.
            let prints = [format!("goal('{goal}'"), format!("\"goal {goal}: ")].iter().any(|call| text.contains(call));
            assert!(prints, "{file} does not print a figure for goal {goal}");
        }
        assert!(named.insert(goal), "goal {goal} has two rows");
    }
    assert_eq!(named, GOALS.iter().copied().collect());
}
