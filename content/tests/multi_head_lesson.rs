//! The lesson on several heads: its example is computed again, its listings agree, its exercise can be solved.

mod built_in;
mod lesson;
mod listing;

use engine_core::reference::{attention::attention, lessons::heads::multi_head};
use learn::practice::Guess;

const SLUG: &str = "multi-head-attention";
const QUERIES: [[f64; 4]; 3] = [[1., 1., 0., 0.], [0., 2., 0., 1.], [2., 0., 2., 0.]];
const KEYS: [[f64; 4]; 3] = [[0., 1., 0., 1.], [2., 0., 1., 1.], [1., 0., 0., 1.]];
const VALUES: [[f64; 4]; 3] = [[1., 0., 0., 2.], [0., 1., 2., 0.], [1., 1., 0., 0.]];
const MIX: [[f64; 4]; 4] = [[1., 0., 2., 0.], [0., -1., 0., 0.5], [0., 1., 1., 0.], [3., 0., 0., 1.]];

fn rows<const N: usize>(matrix: [[f64; 4]; N]) -> Vec<Vec<f64>> {
    matrix.map(Vec::from).into()
}

#[test]
fn the_listings_agree_with_the_engine() {
    let expected = |heads| multi_head(&rows(QUERIES), &rows(KEYS), &rows(VALUES), heads, &rows(MIX)).concat();
    let expected = [expected(1), expected(2), expected(4)].concat();
    let lines = format!(
        "for heads in (1, 2, 4):\n    for row in multi_head({QUERIES:?}, {KEYS:?}, {VALUES:?}, heads, {MIX:?}):\n        for number in row:\n            show(number)"
    );
    listing::agree("heads.py", listing::python("multi-head-attention/heads.py", &lines), &expected);
    let array = |matrix: &[[f64; 4]]| {
        let rows: Vec<String> = matrix.iter().map(|row| format!("new double[] {}", lesson::braces(row))).collect();
        format!("new[] {{ {} }}", rows.join(", "))
    };
    let lines = format!(
        "foreach (int heads in new[] {{ 1, 2, 4 }})\nforeach (var row in Heads.MultiHead({}, {}, {}, heads, {})) Print(row);",
        array(&QUERIES),
        array(&KEYS),
        array(&VALUES),
        array(&MIX)
    );
    listing::agree("heads.cs", listing::csharp("multi-head-attention/heads.cs", &lines), &expected);
}

#[test]
fn the_two_heads_are_what_the_engine_computes() {
    let share = |matrix: [[f64; 4]; 3], head: usize| -> Vec<Vec<f64>> {
        matrix.iter().map(|row| row[head * 2..][..2].to_vec()).collect()
    };
    let seen = [0, 1].map(|head| attention(&share(QUERIES, head), &share(KEYS, head), &share(VALUES, head)));
    let [one, two] = seen.each_ref().map(|seen| &seen.weights);
    lesson::has(
        SLUG,
        &format!("| *cat* | {:.3}, {:.3}, 0 | {:.3}, {:.3}, 0 |", one[1][0], one[1][1], two[1][0], two[1][1]),
    );
    let sat = |w: &[Vec<f64>]| format!("{:.3}, {:.3}, {:.3}", w[2][0], w[2][1], w[2][2]);
    lesson::has(SLUG, &format!("| *sat* | {} | {} |", sat(one), sat(two)));
    let [a, b] = seen.each_ref().map(|seen| &seen.mixed[2]);
    lesson::has(SLUG, &format!("({:.3}, {:.3}, {:.3}, {:.3})$. With one wide", a[0], a[1], b[0], b[1]));
    let wide = attention(&rows(QUERIES), &rows(KEYS), &rows(VALUES)).mixed.swap_remove(2);
    lesson::has(SLUG, &format!("gave $({:.3}, {:.3}, {:.3}, {:.3})$", wide[0], wide[1], wide[2], wide[3]));
}

#[test]
fn the_built_in_model_is_as_the_lesson_says() {
    let model = built_in::model();
    let config = model.config;
    assert_eq!((config.n_layers, config.n_heads, config.d_model, config.d_head()), (4, 4, 88, 22));
    assert_eq!(4 * config.d_model * config.d_model, 30_976);
    let of = |knobs: &str| {
        let text = lesson::knob(knobs, "text").unwrap_or("Alice was beginning to get very tired".into());
        model.attention_outcome(&text, lesson::number(knobs, "layer", 0), lesson::number(knobs, "head", 0))
    };
    lesson::solved_only_by_its_solution(SLUG, "first-token-head", of);
    let near =
        |guess: &str| lesson::judged(SLUG, "neighbours-differ", &Guess::Typed(guess.into()), of).unwrap().right();
    assert!(near("0.17") && !near("0.3") && !near("0.55"));
    let seen = model.read("Alice was beginning to get very tired");
    let first = |layer, head| seen.habits(layer, head).first;
    assert_eq!((format!("{:.2}", first(0, 1)), format!("{:.2}", first(2, 0))), ("0.26".into(), "0.18".into()));
    let all = (0..4).flat_map(|layer| (0..4).map(move |head| (layer, head))).filter(|at| *at != (0, 1));
    assert!(all.map(|(layer, head)| first(layer, head)).fold(0.0, f64::max) == first(2, 0), "the next best");
    // Shared out evenly, row i gives 1/i to each token it may see.
    let even = (2..=16).map(|row| 1.0 / f64::from(row)).sum::<f64>() / 15.0;
    assert_eq!((seen.tokens.len(), format!("{even:.2}")), (16, "0.16".into()));
}
