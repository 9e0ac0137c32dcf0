//! The lesson on the causal mask: its numbers are computed again, its listings agree, its exercise can be solved.

mod built_in;
mod lesson;
mod listing;

use engine_core::reference::{lessons::mask::masked_weights, softmax::softmax};

const SLUG: &str = "causal-masking";
const SCORES: [[f64; 4]; 4] = [[0.5, 9., 9., 9.], [1., -2., 70., 0.], [3., 1., 2., 5.], [0., 0.25, -1., 4.]];

#[test]
fn the_listings_agree_with_the_engine() {
    let expected = masked_weights(&SCORES.map(Vec::from)).concat();
    let lines = format!("for row in masked_weights({SCORES:?}):\n    for number in row:\n        show(number)");
    listing::agree("mask.py", listing::python("causal-masking/mask.py", &lines), &expected);
    let rows: Vec<String> = SCORES.iter().map(|row| format!("new double[] {}", lesson::braces(row))).collect();
    let lines = format!("foreach (var row in Mask.Weights(new[] {{ {} }})) Print(row);", rows.join(", "));
    listing::agree("mask.cs", listing::csharp("causal-masking/mask.cs", &lines), &expected);
}

#[test]
fn the_numbers_by_hand_are_right() {
    let w = masked_weights(&[vec![1., 2., 3.], vec![1., 2., 3.], vec![1., 2., 3.]]);
    lesson::has(SLUG, &format!("| 2 | 1, 2 | {:.3}, {:.3}, 0 |", w[1][0], w[1][1]));
    lesson::has(SLUG, &format!("| 3 | 1, 2, 3 | {:.3}, {:.3}, {:.3} |", w[2][0], w[2][1], w[2][2]));
    let all = softmax(&[1., 2., 3.]);
    lesson::has(
        SLUG,
        &format!(
            "is {:.3}, {:.3} and {:.3}; remove the last, and {:.3} remains",
            all[0],
            all[1],
            all[2],
            all[0] + all[1]
        ),
    );
    let even = |tokens: u32| (2..=tokens).map(|row| 1.0 / f64::from(row)).sum::<f64>() / f64::from(tokens - 1);
    lesson::has(SLUG, &format!("= {:.3}", even(16)));
    lesson::file_has(SLUG, "exercise.toml", &format!("for $n = 40$ it is {:.3}", even(40)));
    lesson::file_has(SLUG, "predict.toml", &format!("their mean is {:.2}", even(3)));
}

#[test]
fn the_built_in_model_is_as_the_lesson_says() {
    let model = built_in::model();
    let of = |knobs: &str| {
        let text = lesson::knob(knobs, "text").unwrap_or("Alice was beginning to get very tired".into());
        model.attention_outcome(&text, lesson::number(knobs, "layer", 0), lesson::number(knobs, "head", 0))
    };
    lesson::solved_only_by_its_solution(SLUG, "dilute", of);
    lesson::foretold(SLUG, "three-tokens", 2, of);
    let seen = model.read("Alice was beginning to get very tired");
    lesson::has(
        SLUG,
        &format!("{:.3} on the default sentence, which has {} tokens", seen.habits(0, 0).previous, seen.tokens.len()),
    );
    let cat = model.read("the cat");
    assert_eq!(cat.tokens, ["the", "␣c", "at"]);
    lesson::file_has(SLUG, "predict.toml", &format!("It is {:.2}.", cat.habits(0, 0).previous));
    // More words change nothing of what was expected before.
    let longer = model.read("Alice was beginning to get very tired of sitting");
    assert!(seen.next.iter().zip(&longer.next).all(|(a, b)| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)));
    assert_eq!(seen.tokens[3], "␣was");
    assert_eq!(model.config.context, 64);
}
