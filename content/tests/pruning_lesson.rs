//! The lesson on pruning: its tables are computed again, its listings agree with the engine, and its prediction and its
//! exercise turn out as it says on the built-in model.

mod lesson;
mod listing;
mod smaller;

use engine_core::{
    config::GptConfig,
    jobs::prune::{Plan, PruneModel},
    model_file::ModelFile,
    prune::{
        mask::{largest, n_of_m},
        matrices,
        storage::Bytes,
        structure::{self, Part},
    },
};
use learn::practice::Outcome;

const SLUG: &str = "pruning";
const ROW: [f32; 8] = [0.9, -0.5, 0.4, 0.02, -0.1, 0.3, -0.2, 0.08];

fn has(piece: &str) {
    lesson::has(SLUG, piece);
}

/// What the lab tells after a run with these settings.
fn outcome(knobs: &str) -> Outcome {
    let number = |name: &str, default: f64| lesson::knob(knobs, name).map_or(default, |text| text.parse().unwrap());
    let first = Plan::default();
    let plan = Plan {
        share: number("share", first.share),
        steps: number("steps", f64::from(first.steps)) as u32,
        learning_rate: number("rate", f64::from(first.learning_rate)) as f32,
        ..first
    };
    let job = PruneModel { file: smaller::model(), text: smaller::text(), plan, tokens: 0, speed_ms: 0.0 };
    let report = smaller::run(&job);
    let (whole, last) = (report.whole().unwrap(), report.last().unwrap());
    println!("{plan:?}: {whole:.4} to {last:.4}, lost {:+.4}, control {:?}", last - whole, report.control);
    let numbers = [
        ("share", plan.share),
        ("steps", f64::from(plan.steps)),
        ("gone", report.rounds_cut.last().unwrap().share),
        ("lost", last - whole),
    ];
    smaller::outcome("prune", &[("what", plan.what.key())], &numbers)
}

#[test]
fn the_prediction_and_the_exercise_turn_out_as_said() {
    lesson::foretold(SLUG, "a-third-gone", 2, outcome);
    lesson::solved_only_by_its_solution(SLUG, "half-gone", outcome);
}

#[test]
fn the_curve_is_as_the_prediction_explains() {
    let plan = Plan { share: 0.5, steps: 0, ..Plan::default() };
    let job = PruneModel { file: smaller::model(), text: smaller::text(), plan, tokens: 0, speed_ms: 0.0 };
    let report = smaller::run(&job);
    let whole = report.whole().unwrap();
    let at = |share: f64| report.cut.iter().find(|p| (p.share - share).abs() < 0.001).unwrap().loss - whole;
    println!("whole {whole:.3}; lost at 30, 50, 60, 90 %: {:.3} {:.3} {:.3} {:.3}", at(0.3), at(0.5), at(0.6), at(0.9));
    lesson::file_has(SLUG, "predict.toml", &format!("about {whole:.1} nats"));
    assert!(at(0.3) < 0.05 && (0.05..0.3).contains(&at(0.5)) && (0.3..1.0).contains(&at(0.6)) && at(0.9) > 3.0);
    assert!(at(0.5) > 0.1, "without training that costs more than 0.1");

    let model = ModelFile::read(&smaller::model()).unwrap();
    let weights: Vec<f32> = matrices(&model.config).iter().flat_map(|(name, _)| model.weights[name].clone()).collect();
    let kept = largest(&weights, 0.3);
    let squares = |kept_too: bool| -> f64 {
        weights.iter().zip(&kept).filter(|(_, kept)| kept_too || !**kept).map(|(w, _)| f64::from(*w).powi(2)).sum()
    };
    let share = squares(false) / squares(true);
    assert!((share - 0.002).abs() < 0.0005, "two thousandths of the sum of all squares: {share}");
}

#[test]
fn the_tables_are_right() {
    let shown = |kept: &[bool]| -> String {
        let number =
            |(x, kept): (&f32, &bool)| if *kept { format!("{x:.2}").replace('-', "−") } else { "0".to_owned() };
        ROW.iter().zip(kept).map(number).collect::<Vec<_>>().join(" | ")
    };
    has(&format!("| as it was | {} |", shown(&[true; 8])));
    has(&format!("| the smallest half cut | {} |", shown(&largest(&ROW, 0.5))));
    has(&format!("| two of every four | {} |", shown(&n_of_m(&ROW, 1, 2, 4))));

    for rounds in [1, 2, 4] {
        let plan = Plan { share: 0.8, rounds, ..Plan::default() };
        let shares: String = (1..=rounds).map(|round| format!("| {:.1} % ", 100.0 * plan.share_after(round))).collect();
        has(&format!("| {rounds} {shares}|"));
    }

    let (inputs, outputs) = (768, 3072);
    let mut bitmap_at = Vec::new();
    for hundredths in [0, 50, 90] {
        let gone = inputs * outputs * hundredths / 100;
        let mut weight = vec![1.0; inputs * outputs];
        weight[..gone].fill(0.0);
        let bytes = Bytes::of(&weight, outputs);
        let cell = |bytes: usize| lesson::grouped(bytes as u64);
        let row = [bytes.dense, bytes.bitmap, bytes.indexed].map(cell).join(" | ");
        has(&format!("| {hundredths} % | {row} |"));
        bitmap_at.push(bytes.dense as f64 / bytes.bitmap as f64);
    }
    has(&format!("a bitmap makes it {:.2} times smaller", bitmap_at[1]));
}

#[test]
fn heads_and_neurons_have_as_many_numbers_as_it_says() {
    let config = GptConfig { vocab_size: 2, n_layers: 1, n_heads: 12, d_model: 768, context: 2, tied_head: true };
    let ones = || config.tensors().into_iter().map(|(name, [r, c])| (name, vec![1.0; r * c])).collect();
    let numbers = |part: Part| {
        let mut weights: engine_core::reference::gpt::Weights = ones();
        structure::cut(&config, &mut weights, part);
        weights.values().flatten().filter(|x| **x == 0.0).count() as u64
    };
    has(&format!("$768 + 1 + 768 = {}$", lesson::grouped(numbers(Part::Neuron(0, 0))).replace(',', "{,}")));
    has(&format!("a head has {}.", lesson::grouped(numbers(Part::Head(0, 0)))));
}

#[test]
fn the_listings_agree_with_the_engine() {
    let rows: [&[f64]; 3] = [&[0.9, -0.5, 0.4, 0.02, -0.1, 0.3, -0.2, 0.08], &[0.0, 1.0, -1.0, 0.0, 0.5], &[2.0]];
    let shares = [0.0, 0.3, 0.6, 1.0];
    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for row in rows {
        for share in shares {
            let single: Vec<f32> = row.iter().map(|x| *x as f32).collect();
            expected.extend(largest(&single, share).into_iter().map(|kept| f64::from(u8::from(kept))));
            python += &format!("for kept in largest({row:?}, {share:?}):\n    show(kept)\n");
            let list = lesson::braces(row);
            csharp += &format!(
                "foreach (bool kept in Pruning.Largest(new double[] {list}, {share:?})) Print(kept ? 1 : 0);\n"
            );
        }
    }
    let file = "pruning/largest.py";
    listing::agree(file, listing::python(file, &python), &expected);
    let file = "pruning/largest.cs";
    listing::agree(file, listing::csharp(file, &csharp), &expected);
}
