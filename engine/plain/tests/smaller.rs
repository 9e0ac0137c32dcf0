//! Pruning, distilling and scoring on the model and the text that are shipped, as the page asks for it.

use engine_core::{
    compress::Format,
    distil::Mix,
    job::JobError,
    jobs::{
        compress::{Score, ScoreCompression},
        distil::{self, Begin, DistilModel, Student},
        prune::{self, PruneModel, SparseTimes},
    },
    model_file::ModelFile,
    prune::cut::What,
};
use engine_plain::alone::run;
use std::{fs, path::Path};

fn public(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public").join(path);
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn model() -> Vec<u8> {
    public("models/tiny.safetensors")
}

/// The end of what the model learned from; the last tenth of it is none of that.
fn text() -> String {
    String::from_utf8(public("data/emma.txt")).unwrap()
}

fn prune(plan: prune::Plan) -> PruneModel {
    PruneModel { file: model(), text: text(), plan, tokens: 0, speed_ms: 0.0 }
}

fn score(made: Option<Vec<u8>>, cut: f64, format: Format) -> Score {
    run(&ScoreCompression { original: model(), made, cut, format, text: text() }).unwrap().0
}

#[test]
fn a_little_costs_nothing_and_much_costs_a_lot() {
    let plan = prune::Plan { share: 0.5, steps: 0, ..prune::Plan::default() };
    let job = PruneModel { tokens: 5, speed_ms: 1.0, ..prune(plan) };
    let (report, updates) = run(&job).unwrap();
    assert!(updates[0].cut.len() == 1 && updates.len() > 10, "the whole model's loss comes first: {}", updates.len());
    let whole = report.whole().unwrap();
    let at = |share: f64| report.cut.iter().find(|p| (p.share - share).abs() < 0.001).unwrap().loss - whole;
    assert!(at(0.1).abs() < 0.01 && at(0.2).abs() < 0.01, "{} {}", at(0.1), at(0.2));
    assert!(at(0.5) < 0.3 && at(0.9) > 2.0, "{} {}", at(0.5), at(0.9));
    assert_eq!(report.rounds_cut[0].loss, whole + at(0.5), "one round is one cut");
    assert!(report.rounds_trained.is_empty() && report.control.is_none() && report.written.len() == 2);

    let file = ModelFile::read(&report.file.unwrap()).unwrap();
    let zeros = file.weights.values().flatten().filter(|x| **x == 0.0).count();
    assert!(zeros >= report.prunable / 2, "{zeros} of {}", report.prunable);
    let taken = report.taken.unwrap();
    assert_eq!((taken.before, taken.after.dense), (4 * report.parameters, 4 * report.parameters));
    // Half of the blocks' numbers, a bit for each, and the rest of the model.
    assert_eq!(taken.before - taken.after.bitmap, report.prunable / 2 * 4 - report.prunable / 8);
    let speed = report.speed.unwrap();
    for rates in [speed.reading, speed.one] {
        assert!([rates.whole, rates.zeros, rates.sparse, rates.smaller].iter().all(|rate| *rate > 0.0), "{rates:?}");
    }
}

#[test]
fn training_gives_back_a_part_and_what_is_cut_stays_cut() {
    let plan = prune::Plan { share: 0.7, rounds: 2, steps: 6, ..prune::Plan::default() };
    let (report, _) = run(&prune(plan)).unwrap();
    let (cut, trained) = (&report.rounds_cut, &report.rounds_trained);
    assert_eq!((cut.len(), trained.len(), report.steps.len()), (2, 2, 6));
    assert!((0..2).all(|round| trained[round].loss < cut[round].loss), "{cut:?} {trained:?}");
    assert!(cut[1].share > cut[0].share && (cut[1].share - 0.7).abs() < 0.001);
    assert!(report.control.is_some());
    let gone: f64 = report.layers.iter().map(|(_, share)| share).sum::<f64>() / report.layers.len() as f64;
    assert!(gone > 0.5, "{:?}", report.layers);
    let again = run(&prune(plan)).unwrap().0;
    assert_eq!((again.steps, again.file), (report.steps, report.file), "the same question, the same answer");
}

#[test]
fn whole_heads_and_neurons_make_the_matrices_smaller() {
    for what in [What::Heads, What::Neurons] {
        let plan = prune::Plan { what, share: 0.25, steps: 2, ..prune::Plan::default() };
        let (report, _) = run(&prune(plan)).unwrap();
        let (heads, neurons) = report.widths.iter().fold((0, 0), |(a, b), (heads, neurons)| (a + heads, b + neurons));
        let wanted = if what == What::Heads { (12, 4 * 352) } else { (16, 3 * 352) };
        assert_eq!((heads, neurons), wanted, "{:?}", report.widths);
        let taken = report.taken.unwrap();
        assert!(taken.smaller < taken.before && taken.smaller <= taken.after.indexed, "{taken:?}");
    }
    let plan = prune::Plan { what: What::TwoOfFour, steps: 0, ..prune::Plan::default() };
    let (report, _) = run(&prune(plan)).unwrap();
    assert_eq!(report.cut.iter().map(|point| point.share).collect::<Vec<_>>(), [0.0, 0.5]);
}

#[test]
fn layers_are_timed_at_every_share() {
    let (times, updates) = run(&SparseTimes { inputs: 16, tokens: 5, ms: 1.0, seed: 1 }).unwrap();
    assert_eq!((times.len(), updates.len(), times[0].share), (9, 9, 0.0));
    assert!(times.iter().all(|t| t.dense_us > 0.0 && t.sparse_us > 0.0 && t.smaller_us > 0.0), "{times:?}");
}

#[test]
fn a_student_is_taught_beside_one_that_is_not() {
    let plan = distil::Plan { steps: 20, batch: 2, ..distil::Plan::default() };
    let job = DistilModel { file: model(), text: text(), plan, tokens: 5 };
    let (report, updates) = run(&job).unwrap();
    assert!(updates.len() > 20);
    let pair = &report.pairs[0];
    assert_eq!((pair.taught.points.len(), pair.alone.points.len()), (21, 21));
    assert_eq!(pair.taught.points[0], pair.alone.points[0], "both begin with the same numbers");
    let (taught, alone) = (pair.taught.last().unwrap(), pair.alone.last().unwrap());
    assert!(taught < pair.taught.points[0].1 && alone < pair.alone.points[0].1);
    assert!(taught > report.teacher.unwrap() && taught != alone);
    // It was told what the teacher thinks, so it thinks more like it. Whether that lowers its loss is left to measuring.
    assert!(pair.taught.apart < pair.alone.apart);
    assert_eq!(report.written.len(), 3);
    let student = ModelFile::read(&report.file.unwrap()).unwrap();
    assert_eq!(student.config.n_layers, 2);
    assert_eq!(student.config.parameters(), report.student_parameters);

    // Without any weight on the teacher both are the same training, to the last bit.
    let mix = Mix { temperature: 2.0, soft: 0.0 };
    let plan = distil::Plan { mix, steps: 20, batch: 1, begin: Begin::Fresh, student: Student::Width, ..plan };
    let (report, _) = run(&DistilModel { plan, tokens: 0, ..job }).unwrap();
    let pair = &report.pairs[0];
    for ((_, taught), (_, alone)) in pair.taught.points.iter().zip(&pair.alone.points) {
        assert!((taught - alone).abs() < 1e-3, "{taught} {alone}");
    }
}

#[test]
fn several_routes_make_the_model_four_times_smaller() {
    let (int8, int4) = (score(None, 0.0, Format::Int8), score(None, 0.0, Format::Int4(32)));
    println!(
        "int8: {:.2} times, {:+.4}; int4: {:.2} times, {:+.4}",
        int8.ratio(),
        int8.lost(),
        int4.ratio(),
        int4.lost()
    );
    assert!(int8.ratio() > 3.5 && int8.ratio() < 4.0 && int8.lost() < 0.01, "just not four times: {int8:?}");
    assert!(int4.passes() && int4.ratio() > 5.0, "four bits: {int4:?}");
    let cut = score(None, 0.3, Format::Int8);
    println!("a third cut, int8: {:.2} times, {:+.4}", cut.ratio(), cut.lost());
    assert!(cut.passes(), "30 % cut and eight bits: {cut:?}");
    // A model that was pruned and trained again in the lab, kept, and written in eight bits.
    let plan = prune::Plan { share: 0.4, steps: 10, ..prune::Plan::default() };
    let pruned = score(run(&prune(plan)).unwrap().0.file, 0.0, Format::Int8);
    println!("40 % pruned and trained, int8: {:.2} times, {:+.4}", pruned.ratio(), pruned.lost());
    assert!(pruned.passes(), "pruned, trained and eight bits: {pruned:?}");
    // Half of everything in half precision is no route.
    let half = score(None, 0.5, Format::Float16);
    assert!(!half.passes() && half.lost() > 0.05, "{half:?}");
}

#[test]
fn what_cannot_be_compared_is_said_in_a_sentence() {
    let why = |job: &ScoreCompression| match run(job) {
        Err(JobError::Invalid(why)) => why,
        other => panic!("{other:?}"),
    };
    let job = ScoreCompression { original: model(), made: None, cut: 0.0, format: Format::Int8, text: text() };
    let copying = public("models/copy.safetensors");
    assert!(why(&ScoreCompression { made: Some(copying), ..job.clone() }).contains("different tokens"));
    assert!(why(&ScoreCompression { text: "too short".into(), ..job.clone() }).contains("needs at least"));
    assert!(why(&ScoreCompression { original: vec![1, 2, 3], ..job }).ends_with('.'));
}
