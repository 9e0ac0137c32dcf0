//! The lesson on the objective: its numbers are computed again, its listings agree, its exercise can be solved.

mod built_in;
mod lesson;
mod listing;

use engine_core::reference::lessons::objective::next_token_loss;

const SLUG: &str = "causal-lm-objective";
const LOGITS: [[f64; 3]; 4] = [[1.0, -2.0, 0.5], [0.0, 0.0, 3.0], [8.0, 9.0, 2.0], [4.0, 4.0, 4.0]];
const IDS: [u32; 4] = [2, 0, 1, 1];

#[test]
fn the_listings_agree_with_the_engine() {
    let logits: Vec<Vec<f64>> = LOGITS.map(Vec::from).into();
    let expected = [next_token_loss(&logits, &IDS)];
    let lines = format!("show(next_token_loss({LOGITS:?}, {IDS:?}))");
    listing::agree("objective.py", listing::python("causal-lm-objective/objective.py", &lines), &expected);
    let rows: Vec<String> = LOGITS.iter().map(|row| format!("new double[] {}", lesson::braces(row))).collect();
    let lines =
        format!("Print(Objective.NextTokenLoss(new[] {{ {} }}, new[] {}));", rows.join(", "), lesson::braces(&IDS));
    listing::agree("objective.cs", listing::csharp("causal-lm-objective/objective.cs", &lines), &expected);
}

#[test]
fn the_numbers_by_hand_are_right() {
    let given: [f64; 3] = [0.5, 0.25, 0.125];
    let losses = given.map(|p| -p.ln());
    let (sum, mean) = (losses.iter().sum::<f64>(), losses.iter().sum::<f64>() / 3.0);
    assert_eq!(given.iter().product::<f64>(), 1.0 / 64.0);
    lesson::has(SLUG, &format!("The losses are ${:.3}$, ${:.3}$ and ${:.3}$", losses[0], losses[1], losses[2]));
    lesson::has(SLUG, &format!("$\\ln 64 = {sum:.3}$, their mean ${mean:.3}$"));
    assert!((mean.exp() - 4.0).abs() < 1e-9 && (mean / 2f64.ln() - 2.0).abs() < 1e-9);
}

#[test]
fn the_built_in_model_guesses_as_the_lesson_says() {
    let model = built_in::model();
    assert_eq!(model.config.vocab_size, 768);
    lesson::has(SLUG, &format!("$\\ln 768 = {:.2}$", 768f64.ln()));
    let given = model.read("Alice was beginning to get very tired of sitting by her sister").given();
    let word = &given[3..8];
    for (token, p) in word {
        lesson::has(SLUG, &format!("| `{token}` | {p:.4} | {:.2} |", -p.ln()));
    }
    let mean = given.iter().map(|(_, p)| -p.ln()).sum::<f64>() / given.len() as f64;
    lesson::has(SLUG, &format!("the mean is {mean:.2}, a perplexity of {:.0}", mean.exp()));
    let nats: f64 = word.iter().map(|(_, p)| -p.ln()).sum();
    assert_eq!(" beginning".len(), 10);
    lesson::has(SLUG, &format!("sum to {nats:.2} nats"));
    lesson::has(SLUG, &format!("= {:.2} \\text{{ bits per byte}}", nats / 10.0 / 2f64.ln()));
}

#[test]
fn the_exercise_and_the_prediction_answer_themselves() {
    let model = built_in::model();
    let of = |knobs: &str| model.complete_outcome(&lesson::knob(knobs, "prompt").unwrap());
    lesson::solved_only_by_its_solution(SLUG, "one-answer", of);
    lesson::foretold(SLUG, "universally-acknow", 2, of);
    for (prompt, token, said) in [
        ("it was imposs", "ible", "0.983"),
        ("imposs", "ible", "0.842"),
        ("husb", "and", "0.462"),
        ("her husb", "and", "0.957"),
        ("Mrs. Benn", "y", "0.998"),
        ("It is a truth universally acknow", "led", "0.994"),
    ] {
        let (best, p) = model.after(prompt).swap_remove(0);
        assert_eq!((best.as_str(), format!("{p:.3}").as_str()), (token, said), "{prompt}");
    }
    assert_eq!(model.read("Mrs. Bennet").tokens.last().unwrap(), "␣Bennet");
    let (best, p) = model.after("Pember").swap_remove(0);
    assert_eq!((best.as_str(), format!("{p:.2}").as_str()), ("ley", "0.54"));
}
