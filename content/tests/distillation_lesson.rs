//! The lesson on distillation: its tables are computed again, its listings agree with the engine, and its prediction and
//! its exercise turn out as it says on the built-in model.

mod lesson;
mod listing;
mod smaller;

use engine_core::{
    distil::Mix,
    jobs::distil::{DistilModel, Plan},
    reference::distil::{cost, softened},
};
use learn::practice::{Outcome, Value};

const SLUG: &str = "knowledge-distillation";
const TEACHER: [f64; 3] = [4.0, 2.0, 0.0];
const STUDENT: [f64; 3] = [2.0, 2.0, 1.0];

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

fn places(numbers: &[f64]) -> String {
    numbers.iter().map(|x| format!("{x:.3}").replace('-', "−")).collect::<Vec<_>>().join(", ")
}

/// What the lab tells after a run with these settings.
fn outcome(knobs: &str) -> Outcome {
    let number = |name: &str, default: f64| lesson::knob(knobs, name).map_or(default, |text| text.parse().unwrap());
    let first = Plan::default();
    let mix = Mix {
        temperature: number("temperature", f64::from(first.mix.temperature)) as f32,
        soft: number("soft", f64::from(first.mix.soft)) as f32,
    };
    let plan = Plan { mix, steps: number("steps", f64::from(first.steps)) as u32, ..first };
    let job = DistilModel { file: smaller::model(), text: smaller::text(), plan, tokens: 0 };
    let report = smaller::run(&job);
    let pair = &report.pairs[0];
    let numbers = [
        ("temperature", f64::from(mix.temperature)),
        ("soft", f64::from(mix.soft)),
        ("steps", f64::from(plan.steps)),
        ("taught_loss", pair.taught.last().unwrap()),
        ("gain", pair.alone.last().unwrap() - pair.taught.last().unwrap()),
        ("taught_apart", pair.taught.apart.unwrap()),
    ];
    println!("teacher {:?}: {numbers:?}", report.teacher);
    smaller::outcome("distil", &[("student", plan.student.key()), ("begin", plan.begin.key())], &numbers)
}

#[test]
fn the_prediction_turns_out_as_said() {
    lesson::foretold(SLUG, "who-is-lower", 0, outcome);
}

#[test]
fn the_exercise_turns_out_as_said() {
    let losses = std::cell::RefCell::new(Vec::new());
    let told = |knobs: &str| {
        let outcome = outcome(knobs);
        let Some(Value::Number(loss)) = outcome.values.get("taught_loss") else { panic!("it is told") };
        let Some(Value::Number(apart)) = outcome.values.get("taught_apart") else { panic!("it is told") };
        losses.borrow_mut().push((*loss, *apart));
        outcome
    };
    lesson::solved_only_by_its_solution(SLUG, "like-the-teacher", told);
    let losses = losses.into_inner();
    let [(before, apart), (after, _)] = losses[..] else { panic!("two runs") };
    assert!((before - after).abs() < 0.05, "its loss hardly changes: {before} and {after}");
    lesson::file_has(SLUG, "exercise.toml", &format!("about {apart:.1} nats apart"));
}

#[test]
fn the_tables_are_right() {
    for temperature in [1.0, 2.0, 4.0] {
        let (p, q) = (softened(&TEACHER, temperature), softened(&STUDENT, temperature));
        let soft = cost(&STUDENT, &TEACHER, 0, temperature, 1.0);
        let divergence = soft.soft / (temperature * temperature);
        has(&format!("| {temperature} | {} | {} | {divergence:.4} | {:.4} |", places(&p), places(&q), soft.soft));
        has(&format!("| {temperature} | {} |", places(&soft.gradient)));
    }
    let mixed = cost(&STUDENT, &TEACHER, 0, 2.0, 0.5);
    has(&format!("it is {:.3}; with", mixed.hard));
    has(&format!("$0.5 \\cdot {:.3} + 0.5 \\cdot {:.3} = {:.3}$", mixed.soft, mixed.hard, mixed.mixed));
    let kl: f64 = 0.8 * (0.8f64 / 0.5).ln() + 0.2 * (0.2f64 / 0.5).ln();
    lesson::file_has(SLUG, "quiz.toml", &format!("answer = {kl:.3}"));
    lesson::file_has(SLUG, "quiz.toml", &format!("answer = {:.3}", kl / std::f64::consts::LN_2));
    let other: f64 = 0.5 * (0.5f64 / 0.8).ln() + 0.5 * (0.5f64 / 0.2).ln();
    lesson::file_has(SLUG, "quiz.toml", &format!("answer = {other:.3}"));
}

#[test]
fn the_listings_agree_with_the_engine() {
    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for (target, temperature, soft) in [(0, 1.0, 0.0), (1, 2.0, 0.5), (2, 4.0, 1.0), (0, 0.5, 0.25)] {
        let engine = cost(&STUDENT, &TEACHER, target, temperature, soft);
        expected.push(engine.mixed);
        expected.extend(engine.gradient);
        python += &format!(
            "mixed, slope = cost({STUDENT:?}, {TEACHER:?}, {target}, {temperature:?}, {soft:?})\n\
             for number in [mixed] + slope:\n    show(number)\n"
        );
        let (student, teacher) = (lesson::braces(&STUDENT), lesson::braces(&TEACHER));
        csharp += &format!(
            "{{ var (mixed, slope) = Distillation.Cost(new double[] {student}, new double[] {teacher}, {target}, \
             {temperature:?}, {soft:?}); Print(mixed); Print(slope); }}\n"
        );
    }
    let file = "knowledge-distillation/cost.py";
    listing::agree(file, listing::python(file, &python), &expected);
    let file = "knowledge-distillation/cost.cs";
    listing::agree(file, listing::csharp(file, &csharp), &expected);
}
