//! The lessons on positions: their listings agree with the engine, their numbers are those of the lab, and exercises and
//! predictions come out as they say.

mod lesson;
mod listing;

use engine_core::{
    jobs::positions::TrainPositions,
    positions::{
        Scheme,
        encodings::{rotary_score, rotated, sinusoidal, slopes, turn, wavelength},
        task::Task,
        training::{Point, Run, Setup},
    },
};
use learn::practice::{Outcome, Value};
use lesson::{has, knob};

const WAVES: &str = "positional-encoding";
const TURNS: &str = "rotary-embeddings";

#[test]
fn the_listings_agree_with_the_engine() {
    let expected: Vec<f64> = [0, 1, 7, 300].into_iter().flat_map(|at| sinusoidal(at, 6, 10_000.0)).collect();
    let file = "positional-encoding/waves.py";
    let lines = "for at in [0, 1, 7, 300]:\n    for number in sinusoidal(at, 6):\n        show(number)";
    listing::agree(file, listing::python(file, lines), &expected);
    let file = "positional-encoding/waves.cs";
    let lines = "foreach (int at in new[] { 0, 1, 7, 300 }) Print(Waves.Sinusoidal(at, 6));";
    listing::agree(file, listing::csharp(file, lines), &expected);

    let (query, key) = ([0.5, -1.0, 2.0, 0.25], [1.0, 0.5, -0.75, 1.5]);
    let mut expected = rotated(&query, 9, 10_000.0);
    expected.extend([0, 3, 40].map(|distance| rotary_score(&query, &key, distance, 10_000.0)));
    let file = "rotary-embeddings/turn.py";
    let lines = "q, k = [0.5, -1.0, 2.0, 0.25], [1.0, 0.5, -0.75, 1.5]\nfor number in rotated(q, 9) + [score(q, k, d) for d in [0, 3, 40]]:\n    show(number)";
    listing::agree(file, listing::python(file, lines), &expected);
    let file = "rotary-embeddings/turn.cs";
    let lines = "var q = new[] { 0.5, -1.0, 2.0, 0.25 };\nvar k = new[] { 1.0, 0.5, -0.75, 1.5 };\nPrint(Rope.Rotated(q, 9));\n\
        foreach (int d in new[] { 0, 3, 40 }) Print(Rope.Score(q, k, d));";
    listing::agree(file, listing::csharp(file, lines), &expected);
}

fn minus(number: f64) -> String {
    format!("{number:.3}").replace('-', "−")
}

#[test]
fn the_numbers_by_hand_are_right() {
    for at in [1, 2] {
        let row: Vec<String> = sinusoidal(at, 4, 10_000.0).into_iter().map(minus).collect();
        has(WAVES, &format!("| {at} | {} |", row.join(" | ")));
    }
    let dot = |a, b| -> f64 {
        let (a, b) = (sinusoidal(a, 4, 10_000.0), sinusoidal(b, 4, 10_000.0));
        a.iter().zip(&b).map(|(a, b)| a * b).sum()
    };
    has(WAVES, &format!("$0.540 + 1.000 = {:.3}$", dot(0, 1)));
    has(WAVES, &format!("positions 1 and 2: again ${:.3}$", dot(1, 2)));
    has(WAVES, "786,432 parameters");
    assert_eq!(1024 * 768, 786_432);

    let (query, key) = (rotated(&[1.0, 0.0], 5, 1.0), rotated(&[1.0, 0.0], 2, 1.0));
    has(TURNS, &format!("= ({:.3}, {:.3})$", query[0], query[1]));
    has(TURNS, &format!("= ({:.3}, {:.3})$", key[0], key[1]));
    has(TURNS, &format!("= {:.3}$", query[0] * key[0] + query[1] * key[1]));
    has(TURNS, &format!("$\\cos 3 = {:.3}$", 3f64.cos()));
    has(TURNS, &format!("look {:.2} tokens back", 3.0 + std::f64::consts::TAU));
    assert_eq!(slopes(4), [0.25, 1.0 / 16.0, 1.0 / 64.0, 1.0 / 256.0]);
    let powers: Vec<f64> = (0..4).map(|d| (-0.25 * f64::from(d)).exp()).collect();
    has(TURNS, &format!("$1 : {:.3} : {:.3} : {:.3}$", powers[1], powers[2], powers[3]));
    let share = |at: usize| powers[at] / powers.iter().sum::<f64>() * 100.0;
    has(TURNS, &format!("{:.0} %, {:.0} %, {:.0} % and {:.0} %", share(0), share(1), share(2), share(3)));
    let long = |base| [0, 1, 2, 3].map(|pair| wavelength(pair, 8, base));
    let [a, b, c, d] = long(10_000.0);
    has(TURNS, &format!("are {a:.2}, {b:.1}, {c:.0} and {:.0},{:03.0} positions", (d / 1000.0).floor(), d % 1000.0));
    let half = |base| wavelength(1, 8, base) / 2.0;
    has(TURNS, &format!("**half a turn**, {:.1} positions", half(10_000.0)));
    has(TURNS, &format!("half a turn of the second pair is {:.1} positions", half(1_000.0)));
    let round = |times: f64| 3.0 + times * std::f64::consts::TAU;
    has(TURNS, &format!("{:.2}, {:.1}, {:.1} and {:.1} back", round(1.0), round(2.0), round(3.0), round(4.0)));
    lesson::file_has(TURNS, "exercise.toml", &format!("With 100,000 half a turn takes {:.1}", half(100_000.0)));
    assert!(half(38_416.0) < 44.0 && half(38_500.0) > 43.9 && 14u32.pow(4) == 38_416);
    assert!((turn(0, 8, 100.0) - 1.0).abs() < 1e-12);
}

fn setup(task: Task) -> Setup {
    Setup { task, ..TrainPositions::default().setup }
}

/// The end of a whole training, and the step at which 95 in 100 tokens were right.
fn trained(setup: Setup, scheme: Scheme) -> (Point, Option<u32>) {
    let mut run = Run::new(setup, scheme, None);
    run.go_on(setup.steps);
    let points = &run.kept().points;
    let passed = points.iter().find(|point| point.near.tokens >= 0.95).map(|point| point.step);
    (points.last().copied().unwrap(), passed)
}

#[test]
fn the_table_is_what_the_lab_measures() {
    let names = ["none", "sinusoidal", "learned", "RoPE", "ALiBi"];
    for (scheme, name) in Scheme::ALL.into_iter().zip(names) {
        let (last, passed) = trained(setup(Task::LookBack), scheme);
        let [near, far] = [last.near, last.far].map(|share| 100.0 * share.tokens);
        let passed = passed.map_or("–".to_owned(), |step| step.to_string());
        has(TURNS, &format!("| {name} | {near:.0} % | {far:.0} % | {passed} |"));
    }
    has(TURNS, &format!("at {:.0} %. **RoPE**", 100.0 * setup(Task::LookBack).blind()));
    let (alibi, _) = trained(setup(Task::Latest), Scheme::Alibi);
    let [near, far] = [alibi.near, alibi.far].map(|share| 100.0 * share.tokens);
    has(TURNS, &format!("ALiBi reaches {near:.0} %, with {far:.0} % on texts twice as long"));
    let (rope, _) = trained(setup(Task::Latest), Scheme::Rope);
    assert!(rope.near.tokens > 0.995 && rope.far.tokens > 0.995, "RoPE is at 100 % on both: {rope:?}");
    let (short, _) = trained(Setup { base: 1_000.0, ..setup(Task::LookBack) }, Scheme::Rope);
    assert!(short.near.exact == 1.0 && short.far.exact == 0.0, "{short:?}");
    has(TURNS, &format!("On 32 tokens, {:.0} % of the tokens are right", 100.0 * short.far.tokens));
}

/// What the lab reports for these knobs (`web/labs/src/labs/positions`): of the scheme in view, or of all.
fn outcome(knobs: &str, all: bool) -> Outcome {
    let task = knob(knobs, "task").unwrap();
    let task = Task::ALL.into_iter().find(|it| it.key() == task).unwrap();
    let base = lesson::number(knobs, "base", 10_000) as f64;
    let [layers, tokens] = [("layers", 1), ("tokens", 16)].map(|(name, default)| lesson::number(knobs, name, default));
    let setup = Setup { layers, tokens, base, ..setup(task) };
    let shown = knob(knobs, "scheme");
    let mut values = vec![
        ("task".to_owned(), Value::Text(task.key().into())),
        ("tokens".to_owned(), Value::Number(setup.tokens as f64)),
        ("layers".to_owned(), Value::Number(setup.layers as f64)),
        ("trained".to_owned(), Value::Number(if all { 5.0 } else { 1.0 })),
    ];
    let mut passed = Vec::new();
    for scheme in Scheme::ALL.into_iter().filter(|scheme| all || shown.as_deref() == Some(scheme.key())) {
        let (last, at) = trained(setup, scheme);
        passed.extend(at.map(|at| (at, scheme.key())));
        values.push((format!("{}_right", scheme.key()), Value::Number(last.near.tokens)));
        values.push((format!("{}_far_right", scheme.key()), Value::Number(last.far.tokens)));
        values.push(("far_exact".to_owned(), Value::Number(last.far.exact)));
    }
    if let Some(first) = passed.iter().map(|(at, _)| *at).min() {
        let first: Vec<&str> = passed.iter().filter(|(at, _)| *at == first).map(|(_, key)| *key).collect();
        values.push(("first".to_owned(), Value::Text(first.join("+"))));
    }
    println!("{knobs}: {values:?}");
    Outcome { lab: "positions".into(), is_final: true, values: values.into_iter().collect() }
}

#[test]
fn learned_positions_reverse_first() {
    lesson::foretold(WAVES, "first-to-reverse", 1, |knobs| outcome(knobs, true));
    let (learned, first) = trained(setup(Task::Reverse), Scheme::Learned);
    let (waves, second) = trained(setup(Task::Reverse), Scheme::Sinusoidal);
    let [far, wide] = [learned, waves].map(|point| 100.0 * point.far.tokens);
    has(WAVES, &format!("fall to {far:.0} % right and waves to {wide:.0} %"));
    has(WAVES, &format!("at step {} and the waves at step {}", first.unwrap(), second.unwrap()));
}

#[test]
fn learned_positions_are_right_on_the_first_half() {
    lesson::foretold(TURNS, "learned-at-twice", 1, |knobs| outcome(knobs, false));
}

#[test]
fn the_exercises_are_solved_by_their_solutions_only() {
    lesson::solved_only_by_its_solution(WAVES, "order-from-the-mask", |knobs| outcome(knobs, false));
    lesson::solved_only_by_its_solution(TURNS, "base-for-twice", |knobs| outcome(knobs, false));
}
