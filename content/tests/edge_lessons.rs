//! The lessons on small devices: every number of their texts is counted again, their listings agree with the engine, their
//! exercises and predictions turn out as they say.

mod lesson;
mod listing;

use engine_core::{
    edge::{
        latency::latency,
        plan::{Plan, flops, picojoules, plan},
        route::{Question, break_even, route},
        schedule::Schedule,
    },
    model_file::ModelFile,
};
use learn::practice::{Outcome, Value};
use std::{fs, path::Path};

const MOBILE: &str = "project-mobile-deploy";
const EDGE: &str = "project-edge-inference";
const HYBRID: &str = "edge-ai-hybrid-inference";

fn built_in() -> ModelFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models/tiny.safetensors");
    ModelFile::read(&fs::read(path).unwrap()).unwrap()
}

/// Tokens of the lab's first prompt.
fn prompt(model: &ModelFile) -> usize {
    model.tokenizer.encode("It is a truth universally known").ids.len()
}

/// How many tokens are written, with how many operations, and whether those were spent: as `engine/plain/src/edge.rs`.
fn writes(model: &ModelFile, context: usize, budget: u64, tokens: usize) -> (usize, u64, bool) {
    let (mut schedule, first) = Schedule::begin(context, prompt(model));
    let mut work = first.work(&model.config);
    for written in 0..tokens {
        let price = schedule.next_step().work(&model.config);
        if work + price > budget {
            return (written, work, true);
        }
        work += price;
    }
    (tokens, work, false)
}

/// What the lab tells of a run; nothing, if the model does not fit. A token is said to take half a millisecond.
fn outcome(knobs: &str) -> Outcome {
    let model = built_in();
    let number = |name: &str, first: usize| lesson::number(knobs, name, first);
    let (context, memory) = (number("context", 64), number("memory", 2000) as u64 * 1000);
    let needs = plan(&model.config, 32, context);
    let mut outcome = Outcome { lab: "edge".into(), is_final: true, ..Outcome::default() };
    if needs.all() > memory {
        return outcome;
    }
    let (written, work, spent) = writes(&model, context, number("work", 200) as u64 * 1_000_000, number("tokens", 100));
    let real = |name: &str, first: f64| lesson::knob(knobs, name).map_or(first, |text| text.parse().unwrap());
    let (server, trip) = (real("server", 10.0), real("trip", 150.0));
    let mut values = vec![
        ("context", context as f64),
        ("memory", needs.all() as f64),
        ("read", prompt(&model).min(context - 1) as f64),
        ("written", written as f64),
        ("operations", work as f64),
        ("trip", trip),
        ("median_ms", 0.5),
    ];
    if server < 0.5 {
        values.push(("break_even", trip / (0.5 - server)));
    }
    outcome.values.extend(values.into_iter().map(|(name, x)| (name.to_owned(), Value::Number(x))));
    outcome.values.insert("spent".into(), Value::Flag(spent));
    outcome
}

#[test]
fn the_exercises_and_the_predictions_turn_out_as_said() {
    lesson::solved_only_by_its_solution(MOBILE, "long-run", outcome);
    lesson::foretold(MOBILE, "two-hundred", 1, outcome);
    lesson::solved_only_by_its_solution(EDGE, "two-budgets", outcome);
    lesson::foretold(EDGE, "half-the-context", 2, outcome);
    lesson::solved_only_by_its_solution(HYBRID, "a-hundred", outcome);
    lesson::foretold(HYBRID, "who-is-quicker", 3, outcome);
}

#[test]
fn the_numbers_of_the_mobile_lesson_are_counted() {
    let model = built_in();
    assert_eq!((prompt(&model), model.config.context), (15, 64));
    let (written, ..) = writes(&model, 64, 200_000_000, 200);
    lesson::file_has(MOBILE, "predict.toml", &format!("It stops after {written}."));
    let mut schedule = Schedule::begin(64, 15).0;
    let anew: Vec<usize> = (0..150).filter(|_| schedule.next_step().anew).collect();
    assert_eq!((anew[1] - anew[0], 64 / 2), (33, 32));
    lesson::file_has(MOBILE, "predict.toml", "32 tokens at once. That happens every 33 tokens");
    let (_, work, spent) = writes(&model, 64, 350_000_000, 200);
    assert!(!spent);
    lesson::file_has(MOBILE, "exercise.toml", &format!("the run takes {:.1} million", work as f64 / 1e6));
    let mut times = vec![2.0; 18];
    times.extend([10.0, 30.0]);
    let all = latency(&times).unwrap();
    assert_eq!((all.slow, times.iter().sum::<f64>() / 20.0), (10.0, 3.8));
}

#[test]
fn the_numbers_of_the_edge_lesson_are_counted() {
    let model = built_in();
    let has = |piece: &str| lesson::has(EDGE, piece);
    let needs = plan(&model.config, 32, 64);
    let Plan { weights, cache, work } = needs;
    let grouped = lesson::grouped;
    has(&format!("{} × 4 = {}", grouped(model.config.parameters() as u64), grouped(weights)));
    has(&format!("2 × 4 × 64 × 88 × 4 = {}", grouped(cache)));
    has(&format!("| Room to compute one token | a few rows and the logits | {} |", grouped(work)));
    has(&format!("| In all | | {} |", grouped(needs.all())));
    has(&format!("{} operations for the first token", grouped(flops(&model.config, 1))));
    has(&format!("{} for the 64th", grouped(flops(&model.config, 64))));
    let half = plan(&model.config, 32, 32);
    let saved = 100.0 * (needs.all() - half.all()) as f64 / needs.all() as f64;
    lesson::file_has(EDGE, "predict.toml", &format!("It needs {} bytes, {saved:.1} % less", grouped(half.all())));
    lesson::file_has(
        EDGE,
        "predict.toml",
        &format!(
            "{} bytes, and half the rows of the position table, {}",
            grouped(cache / 2),
            grouped(weights - half.weights)
        ),
    );
    // From the operations of the first token on.
    let arithmetic = picojoules(flops(&model.config, 1), 0) / 1e6;
    has(&format!(
        "about {arithmetic:.1} microjoules for its arithmetic and {:.0} for fetching",
        picojoules(0, weights) / 1e6
    ));

    let bytes = |context| plan(&model.config, 32, context).all();
    lesson::file_has(EDGE, "exercise.toml", &format!("takes {} bytes: a key", grouped(bytes(46) - bytes(45))));
    lesson::file_has(
        EDGE,
        "exercise.toml",
        &format!(
            "A context of 45 needs {} bytes and takes {} operations",
            grouped(bytes(45)),
            grouped(writes(&model, 45, u64::MAX, 30).1)
        ),
    );
    lesson::file_has(
        EDGE,
        "exercise.toml",
        &format!("With 47 the memory is {} bytes short", grouped(bytes(47) - 1_930_000)),
    );
    let fits = |context: &usize| bytes(*context) <= 1_930_000 && writes(&model, *context, 42_000_000, 30).0 == 30;
    // The shortest contexts would do as well, but they hold no more than a few tokens of the prompt.
    assert_eq!((2..=64).filter(fits).collect::<Vec<_>>(), [2, 3, 4, 45, 46]);
    assert!(prompt(&model) > 4);
    assert_eq!((writes(&model, 44, 42_000_000, 30).0, 44usize.div_ceil(2)), (29, 22));
    assert!(writes(&model, 32, u64::MAX, 30).1 > writes(&model, 64, u64::MAX, 30).1, "as the quiz says");
}

#[test]
fn the_numbers_of_the_hybrid_lesson_are_right() {
    let question =
        Question { tokens: 8.0, device_ms: 30.0, server_ms: 5.0, round_trip_ms: 200.0, online: true, private: false };
    assert_eq!(break_even(question), Some(8.0));
    let lamp = Question { tokens: 10.0, device_ms: 20.0, server_ms: 10.0, round_trip_ms: 150.0, ..question };
    assert_eq!(break_even(lamp), Some(15.0));
    lesson::has(HYBRID, "$150 / (20 - 10) = 15$");
    assert!(route(lamp).here && !route(Question { tokens: 20.0, ..lamp }).here);
    lesson::file_has(HYBRID, "predict.toml", &lesson::grouped(built_in().config.parameters() as u64));
}

#[test]
fn the_listings_agree_with_the_engine() {
    let times = [[2.0, 1.0, 7.5, 2.5], [3.0, 3.0, 3.0, 40.0]];
    let sums: Vec<f64> = times
        .iter()
        .filter_map(|times| latency(times))
        .flat_map(|all| [all.median, all.slow, all.per_second])
        .collect();
    let (file, python) = (
        "project-mobile-deploy/latency.py",
        format!("for times in {times:?}:\n    for x in latency(times):\n        show(x)"),
    );
    listing::agree(file, listing::python(file, &python), &sums);
    let csharp: String = times
        .iter()
        .map(|times| {
            format!(
                "{{ var all = Times.Latency(new double[] {}); Print(all.Median, all.Slow, all.PerSecond); }}\n",
                lesson::braces(times)
            )
        })
        .collect();
    let file = "project-mobile-deploy/latency.cs";
    listing::agree(file, listing::csharp(file, &csharp), &sums);

    let config = built_in().config;
    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for (context, bits) in [(64, 32), (45, 8), (9, 16)] {
        let Plan { weights, cache, work } = plan(&config, bits, context);
        expected.extend([weights, cache, work, flops(&config, context)].map(|x| x as f64));
        let sizes = format!("{}, 4, 88, 768, 64, {context}, {bits}", config.parameters());
        python += &format!("for x in plan({sizes}) + (flops(4, 88, 768, {context}),):\n    show(x)\n");
        csharp += &format!(
            "{{ var p = Budget.Plan({sizes}); Print(p.Weights, p.Cache, p.Work, Budget.Flops(4, 88, 768, {context})); }}\n"
        );
    }
    listing::agree("plan.py", listing::python("project-edge-inference/plan.py", &python), &expected);
    listing::agree("plan.cs", listing::csharp("project-edge-inference/plan.cs", &csharp), &expected);

    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for (tokens, online, private) in
        [(10.0, true, false), (100.0, true, false), (100.0, false, false), (100.0, true, true), (15.0, true, false)]
    {
        let found = route(Question { tokens, device_ms: 20.0, server_ms: 10.0, round_trip_ms: 150.0, online, private });
        expected.extend([f64::from(u8::from(found.here)), found.device_ms, found.server_ms.unwrap_or(-1.0)]);
        let word = |flag: bool| if flag { "True" } else { "False" };
        python += &format!(
            "for x in route({tokens}, 20, 10, 150, {}, {}):\n    show(-1 if x is None else x)\n",
            word(online),
            word(private)
        );
        csharp += &format!(
            "{{ var r = Router.Route({tokens:?}, 20, 10, 150, {online}, {private}); Print(r.Here ? 1 : 0, r.DeviceMs, r.ServerMs ?? -1); }}\n"
        );
    }
    listing::agree("route.py", listing::python("edge-ai-hybrid-inference/route.py", &python), &expected);
    listing::agree("route.cs", listing::csharp("edge-ai-hybrid-inference/route.cs", &csharp), &expected);
}
