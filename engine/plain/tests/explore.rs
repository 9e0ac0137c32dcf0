mod shipped;
use engine_core::{
    compress::Format,
    distil::Mix,
    jobs::{compress::*, distil::*, prune::*},
    prune::cut::What,
};
fn env<T: std::str::FromStr>(name: &str, or: T) -> T {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or)
}
fn score(made: Option<Vec<u8>>, cut: f64, format: Format, what: &str) {
    let (s, _) =
        shipped::run(&ScoreCompression { original: shipped::model(), made, cut, format, text: shipped::text() });
    let s = s.unwrap();
    println!(
        "{what} cut {cut} {format:?}: ratio {:.3} lost {:.4} ± {:.4} ({:.4} -> {:.4}) pass {}",
        s.ratio(),
        s.lost(),
        s.error,
        s.original,
        s.compressed,
        s.passes()
    );
}
#[test]
fn formats() {
    for cut in [0.0, 0.1, 0.2, 0.3, 0.4, 0.5] {
        for format in
            [Format::Float32, Format::Float16, Format::Int8, Format::Int4(16), Format::Int4(32), Format::Int4(64)]
        {
            score(None, cut, format, "one shot");
        }
    }
}
#[test]
fn prune() {
    let what = What::ALL[env("WHAT", 0)];
    let plan = engine_core::jobs::prune::Plan {
        what,
        share: env("SHARE", 0.5),
        rounds: env("ROUNDS", 1),
        steps: env("STEPS", 40),
        batch: env("BATCH", 8),
        learning_rate: env("RATE", 1e-3),
        seed: 1,
    };
    let began = std::time::Instant::now();
    let (r, u) =
        shipped::run(&PruneModel { file: shipped::model(), text: shipped::text(), plan, tokens: 40, speed_ms: 400.0 });
    let r = r.unwrap();
    println!("{} updates in {:?}", u.len(), began.elapsed());
    println!(
        "cut {:?}\nrounds cut {:?}\ntrained {:?}\ncontrol {:?}\nsteps {:?}\ntaken {:?} widths {:?}\nwritten {:#?}\nspeed {:#?}",
        r.cut, r.rounds_cut, r.rounds_trained, r.control, r.steps, r.taken, r.widths, r.written, r.speed
    );
    for f in [Format::Float32, Format::Int8, Format::Int4(32)] {
        score(r.file.clone(), 0.0, f, "pruned");
    }
}
#[test]
fn distil() {
    let plan = engine_core::jobs::distil::Plan {
        student: Student::ALL[env("STUDENT", 0)],
        begin: Begin::ALL[env("BEGIN", 0)],
        mix: Mix { temperature: env("T", 2.0), soft: env("SOFT", 0.5) },
        steps: env("STEPS", 60),
        batch: env("BATCH", 8),
        learning_rate: env("RATE", 2e-3),
        seed: env("SEED", 1),
        pairs: env("PAIRS", 1),
    };
    let began = std::time::Instant::now();
    let (r, u) = shipped::run(&DistilModel { file: shipped::model(), text: shipped::text(), plan, tokens: 40 });
    let r = r.unwrap();
    println!(
        "{} updates in {:?}; teacher {:?} {} student {}",
        u.len(),
        began.elapsed(),
        r.teacher,
        r.teacher_parameters,
        r.student_parameters
    );
    for p in &r.pairs {
        println!("{}\ntaught {:?}\nalone {:?}", p.seed, p.taught, p.alone);
    }
    println!("{:#?}", r.written);
    for f in [Format::Float32, Format::Int8] {
        score(r.file.clone(), 0.0, f, "student");
    }
}
#[test]
fn times() {
    for (inputs, tokens) in [(88, 64), (88, 1), (512, 64), (512, 1)] {
        let (r, _) = shipped::run(&SparseTimes { inputs, tokens, ms: 60.0, seed: 1 });
        for t in r.unwrap() {
            println!("{inputs} {tokens}: {t:?}");
        }
    }
}
