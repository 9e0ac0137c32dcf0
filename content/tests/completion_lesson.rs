//! The lesson on completion: its table is computed again, its listings agree, its exercise can be solved.

mod built_in;
mod lesson;
mod listing;

use engine_core::reference::lessons::complete::complete;

const SLUG: &str = "project-text-completion";

#[test]
fn the_listings_agree_with_the_engine() {
    // Scores that depend on all that is seen and on its order.
    let scores = |seen: &[usize]| -> Vec<f64> {
        let sum: usize = seen.iter().enumerate().map(|(i, token)| (i + 1) * (token + 2)).sum();
        (0..5).map(|token| (sum * (token + 3) % 7) as f64 / 2.0).collect()
    };
    let written = complete(scores, &[1, 4, 2], 12, 4);
    let expected: Vec<f64> = written.iter().flat_map(|(token, chance)| [*token as f64, *chance]).collect();
    let lines = "def scores(seen):\n    total = sum((i + 1) * (token + 2) for i, token in enumerate(seen))\n    return [total * (token + 3) % 7 / 2 for token in range(5)]\n\nfor pair in complete(scores, [1, 4, 2], 12, 4):\n    for number in pair:\n        show(number)";
    listing::agree("complete.py", listing::python("project-text-completion/complete.py", lines), &expected);
    let lines = "Func<int[], double[]> scores = seen => { int total = 0; for (int i = 0; i < seen.Length; i++) total += (i + 1) * (seen[i] + 2); var row = new double[5]; for (int t = 0; t < 5; t++) row[t] = total * (t + 3) % 7 / 2.0; return row; };\nforeach (var pair in Completion.Complete(scores, new[] { 1, 4, 2 }, 12, 4)) Print(pair.Key, pair.Value);";
    listing::agree("complete.cs", listing::csharp("project-text-completion/complete.cs", lines), &expected);
}

#[test]
fn the_built_in_model_is_as_the_lesson_says() {
    let model = built_in::model();
    for prompt in ["I do not", "I do not know what to", "He said that he would", "said Mr.", "to see Mr."] {
        let (token, p) = model.after(prompt).swap_remove(0);
        lesson::has(SLUG, &format!("| `{prompt}` | `{token}` | {p:.2} |"));
    }
    let of = |knobs: &str| model.complete_outcome(&lesson::knob(knobs, "prompt").unwrap());
    lesson::solved_only_by_its_solution(SLUG, "bring-in-darcy", of);
    lesson::foretold(SLUG, "bars-and-temperature", 1, of);
    let (token, p) = model.after("I am").swap_remove(0);
    assert_eq!((token.as_str(), format!("{p:.2}").as_str()), ("␣sure", "0.31"));
    assert_eq!(model.config.context, 64);
}

#[test]
fn the_products_are_right() {
    for (said, factors) in [
        ("0.5 \\cdot 0.4 = 0.20", [0.5, 0.4, 1.0]),
        ("0.4 \\cdot 0.9 = 0.36", [0.4, 0.9, 1.0]),
        ("0.4 \\cdot 0.5 \\cdot 0.9 = 0.18", [0.4, 0.5, 0.9]),
    ] {
        let product: f64 = factors.iter().product();
        assert!(said.ends_with(&format!("{product:.2}")), "{said}");
        lesson::has(SLUG, said);
    }
}
