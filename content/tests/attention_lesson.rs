//! The attention lesson: its three listings agree, and its worked example is what the engine computes.

mod listing;

use engine_core::reference::attention::{Attended, attention};
use std::fs;

/// The vectors of *the*, *cat* and *sat* in the lesson.
const QUERIES: [[f64; 4]; 3] = [[1., 1., 0., 0.], [0., 2., 0., 1.], [2., 0., 2., 0.]];
const KEYS: [[f64; 4]; 3] = [[0., 1., 0., 1.], [2., 0., 1., 1.], [1., 0., 0., 1.]];
const VALUES: [[f64; 4]; 3] = [[1., 0., 0., 2.], [0., 1., 2., 0.], [1., 1., 0., 0.]];

fn worked_example() -> Attended {
    let rows = |matrix: [[f64; 4]; 3]| matrix.map(Vec::from);
    attention(&rows(QUERIES), &rows(KEYS), &rows(VALUES))
}

#[test]
fn the_listings_agree_with_the_engine() {
    let Attended { weights, mixed } = worked_example();
    let expected: Vec<f64> = weights.into_iter().chain(mixed).flatten().collect();
    let lines = format!(
        "for matrix in attention({QUERIES:?}, {KEYS:?}, {VALUES:?}):\n    for row in matrix:\n        for number in row:\n            show(number)"
    );
    let python = listing::python("attention-mechanism/attention.py", &lines);
    listing::agree("attention.py", python, &expected);

    let rows = |matrix: [[f64; 4]; 3]| {
        let rows: Vec<String> = matrix.iter().map(|row| format!("new double[] {{ {} }}", listed(row))).collect();
        format!("new[] {{ {} }}", rows.join(", "))
    };
    let lines = format!(
        "var result = SingleHead.Attention({}, {}, {});\nforeach (var row in result.Weights) Print(row);\nforeach (var row in result.Mixed) Print(row);",
        rows(QUERIES),
        rows(KEYS),
        rows(VALUES)
    );
    let csharp = listing::csharp("attention-mechanism/attention.cs", &lines);
    listing::agree("attention.cs", csharp, &expected);
}

fn listed(numbers: &[f64]) -> String {
    numbers.iter().map(|number| format!("{number:?}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_worked_example_is_what_the_engine_computes() {
    let text = fs::read_to_string(listing::file("attention-mechanism/lesson.md")).unwrap();
    let has = |piece: &str| assert!(text.contains(piece), "the lesson lacks {piece:?}");
    let whole = |row: &[f64]| row.iter().map(|n| format!("{n:.0}")).collect::<Vec<_>>().join(", ");
    for (token, name) in ["the", "cat", "sat"].into_iter().enumerate() {
        has(&format!(
            "| *{name}* | {} | {} | {} |",
            whole(&QUERIES[token]),
            whole(&KEYS[token]),
            whole(&VALUES[token])
        ));
    }
    let Attended { weights, mixed } = worked_example();
    let w = &weights;
    has(&format!("| *the* | {:.3} | 0 | 0 |", w[0][0]));
    has(&format!("| *cat* | {:.3} | {:.3} | 0 |", w[1][0], w[1][1]));
    has(&format!("| *sat* | {:.3} | {:.3} | {:.3} |", w[2][0], w[2][1], w[2][2]));
    let sat = &mixed[2];
    has(&format!("({:.3}, {:.3}, {:.3}, {:.3})", sat[0], sat[1], sat[2], sat[3]));
    let total = 1.0 + 3f64.exp() + 1f64.exp();
    has(&format!("$e^3 = {:.2}$, $e^1 = {:.2}$; their sum is {total:.2}", 3f64.exp(), 1f64.exp()));
}

#[test]
fn the_numbers_in_the_prose_are_right() {
    let text = fs::read_to_string(listing::file("attention-mechanism/lesson.md")).unwrap();
    let has = |piece: &str| assert!(text.contains(piece), "the lesson lacks {piece:?}");
    let first_of = |gap: f64| 1.0 / (1.0 + (-gap).exp());
    has(&format!("gives {:.4} and {:.4}", first_of(8.0), 1.0 - first_of(8.0)));
    has(&format!("to {:.2} and {:.2}", first_of(1.0), 1.0 - first_of(1.0)));
    let pairs = |tokens: u32| tokens * (tokens + 1) / 2;
    assert_eq!((pairs(128), pairs(1024)), (8_256, 524_800));
    has("128 tokens need 8,256, and 1,024 tokens need 524,800");
}
