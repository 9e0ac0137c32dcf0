//! The visualiser's lesson: its numbers are computed again, its listings agree, its exercise can be solved.

mod built_in;
mod lesson;
mod listing;

use engine_core::reference::{
    attention::attention,
    lessons::habits::{habits, indifferent, shade},
};

const SLUG: &str = "project-attention-visualizer";

/// The map of *the cat sat* in the lesson on attention.
fn the_cat_sat() -> Vec<Vec<f64>> {
    let rows = |matrix: [[f64; 4]; 3]| matrix.map(Vec::from);
    let (q, k) = (
        [[1., 1., 0., 0.], [0., 2., 0., 1.], [2., 0., 2., 0.]],
        [[0., 1., 0., 1.], [2., 0., 1., 1.], [1., 0., 0., 1.]],
    );
    attention(&rows(q), &rows(k), &rows(k)).weights
}

#[test]
fn the_listings_agree_with_the_engine() {
    let map = the_cat_sat();
    let shades: Vec<f64> = map.concat().iter().map(|weight| shade(*weight, 10) as f64).collect();
    let expected = [&habits(&map)[..], &shades, &[indifferent(3), indifferent(16)]].concat();
    let lines = format!(
        "weights = {map:?}\nnumbers = habits(weights) + [shade(w, 10) for row in weights for w in row]\nfor number in numbers + [indifferent(3), indifferent(16)]:\n    show(number)"
    );
    let file = "project-attention-visualizer/habits.py";
    listing::agree("habits.py", listing::python(file, &lines), &expected);
    let rows: Vec<String> = map.iter().map(|row| format!("new double[] {}", lesson::braces(row))).collect();
    let lines = format!(
        "var weights = new[] {{ {} }};\nPrint(HeadHabits.Of(weights));\nforeach (var row in weights) foreach (double weight in row) Print(HeadHabits.Shade(weight, 10));\nPrint(HeadHabits.Indifferent(3), HeadHabits.Indifferent(16));",
        rows.join(", ")
    );
    let file = "project-attention-visualizer/habits.cs";
    listing::agree("habits.cs", listing::csharp(file, &lines), &expected);
}

#[test]
fn the_numbers_by_hand_are_right() {
    let map = the_cat_sat();
    let has = |piece: String| lesson::has(SLUG, &piece);
    has(format!("$({:.3}, {:.3})$ and $({:.3}, {:.3}, {:.3})$", map[1][0], map[1][1], map[2][0], map[2][1], map[2][2]));
    let [previous, first, own] = habits(&map);
    has(format!("/ 2 = {previous:.3}$. First:"));
    // As the lesson computes it, from rounded weights.
    assert!((first - 0.387).abs() < 1e-3 && (own - 0.191).abs() < 1e-3, "{first} {own}");
    has(format!("{:.3} on average", indifferent(3)));
    has(format!("for 16 tokens it is {:.3}", indifferent(16)));
    assert_eq!((shade(0.844, 10), shade(0.89, 10), 4 * 4 * 16 * 16), (8, 8, 4_096));
}

#[test]
fn the_built_in_model_is_as_the_lesson_says() {
    let model = built_in::model();
    let of = |knobs: &str| {
        let text = lesson::knob(knobs, "text").unwrap_or("Alice was beginning to get very tired".into());
        model.attention_outcome(&text, lesson::number(knobs, "layer", 0), lesson::number(knobs, "head", 0))
    };
    lesson::solved_only_by_its_solution(SLUG, "stay-at-home", of);
    lesson::foretold(SLUG, "same-head-again", 1, of);
    let two = |x: f64| format!("{x:.2}");
    let cats = model.read("the cat the cat the cat the cat the cat");
    assert_eq!([0, 1, 2, 3].map(|head| two(cats.habits(0, head).previous)), ["0.20", "0.15", "0.59", "0.51"]);
    let alice = model.read("Alice was beginning to get very tired");
    assert_eq!((two(alice.habits(0, 2).previous), two(alice.habits(0, 3).previous)), ("0.37".into(), "0.55".into()));
    let best = (0..16).map(|at| alice.habits(at / 4, at % 4).own).fold(0.0, f64::max);
    assert_eq!((two(best), two(alice.habits(2, 1).own)), ("0.32".into(), "0.30".into()));
    let numbers = model.read("one two three one two three one two three");
    assert_eq!((numbers.tokens.len(), two(numbers.habits(2, 1).own)), (12, "0.43".into()));
    let mat = model.read("The cat sat on the mat and the dog lay in the sun.");
    assert_eq!(two(mat.habits(0, 3).previous), "0.48");
}
