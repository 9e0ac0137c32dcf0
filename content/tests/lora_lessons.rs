//! The lessons on fine-tuning a small part of a model: their counts are computed again, their listings agree with the
//! engine, exercises and predictions turn out as they say. (What the lab measures is checked where it runs, in
//! `engine/plain/src/adapt/lessons.rs`.)

mod lesson;
mod listing;

use engine_core::{
    config::GptConfig,
    jobs::adapt::{Method, Setup, Targets},
    model_file::ModelFile,
    quantize::blocks::{Blocks, Levels},
    reference::lessons::lora::{merged, with_adapter},
    rng::{Rng, Stream},
};
use learn::practice::{Outcome, Value};
use lesson::{has, knob};

fn config() -> GptConfig {
    ModelFile::read(include_bytes!("../../public/models/tiny.safetensors")).unwrap().config
}

/// The numbers of the matrices that QLoRA keeps in four bits, one matrix after another.
fn matrices(config: &GptConfig) -> Vec<usize> {
    let tensors = config.tensors().into_iter();
    let matrix = |name: &str| name.starts_with("blocks.") && name.ends_with(".weight");
    tensors.filter(|(name, _)| matrix(name)).map(|(_, [rows, columns])| rows * columns).collect()
}

/// Bytes of what a method freezes.
fn frozen(config: &GptConfig, method: Method, setup: &Setup) -> usize {
    let all = config.parameters();
    match method {
        Method::Lora => 4 * all,
        Method::Qlora => {
            let matrices = matrices(config);
            let four = |count: &usize| Blocks::of(&vec![0.5; *count], setup.levels, setup.double).unwrap().bytes();
            4 * (all - matrices.iter().sum::<usize>()) + matrices.iter().map(four).sum::<usize>()
        }
        _ => 4 * (all - setup.trainable(config, method)),
    }
}

/// What the lab holds besides what the forward pass keeps.
fn state(config: &GptConfig, method: Method, setup: &Setup) -> usize {
    frozen(config, method, setup) + 16 * setup.trainable(config, method)
}

/// What the lab reports of these knobs once every method has been run (`web/labs/src/labs/lora`): what needs no run.
fn outcome(knobs: &str) -> Outcome {
    let first = Setup::default();
    let number = |name: &str, default: f32| knob(knobs, name).map_or(default, |text| text.parse().unwrap());
    let flag = |name: &str| knob(knobs, name).is_none_or(|text| text == "true");
    let targets = Targets { qkv: flag("qkv"), proj: flag("proj"), up: flag("up"), down: flag("down") };
    let (rank, alpha) = (lesson::number(knobs, "rank", first.rank), number("alpha", first.alpha));
    let setup = Setup { rank, alpha, targets, double: flag("double"), ..first };
    setup.validate().unwrap();
    let config = config();
    let mut outcome = Outcome { lab: "lora".into(), is_final: true, ..Outcome::default() };
    let mut put = |name: String, value: f64| drop(outcome.values.insert(name, Value::Number(value)));
    put("rank".into(), rank as f64);
    put("alpha".into(), f64::from(alpha));
    put("targets".into(), targets.all().into_iter().filter(|chosen| *chosen).count() as f64);
    for method in Method::ALL {
        let trainable = setup.trainable(&config, method);
        put(format!("{}_trainable", method.key()), trainable as f64);
        put(format!("{}_share", method.key()), 100.0 * trainable as f64 / config.parameters() as f64);
        put(format!("{}_frozen", method.key()), frozen(&config, method, &setup) as f64);
        put(format!("{}_state", method.key()), state(&config, method, &setup) as f64);
    }
    outcome
}

#[test]
fn exercises_and_predictions_turn_out_as_said() {
    lesson::solved_only_by_its_solution("lora", "one-number-wide", outcome);
    lesson::foretold("lora", "how-much-memory", 1, outcome);
    lesson::solved_only_by_its_solution("qlora", "seven-hundred", outcome);
    lesson::foretold("qlora", "how-small", 1, outcome);
    lesson::solved_only_by_its_solution("peft-vs-full", "fewest-on-disk", outcome);
    lesson::foretold("peft-vs-full", "how-many-biases", 0, outcome);
    // Neither step of the solution is enough by itself.
    let reached = |knobs: &str| {
        let Some(Value::Number(state)) = outcome(knobs).values.remove("qlora_state") else { panic!("a number") };
        state
    };
    assert!(reached("rank=4&double=true") > 690_000.0 && reached("rank=2&double=true") <= 690_000.0);
    assert!((700_000.0..705_000.0).contains(&reached("rank=2&double=false")));
}

#[test]
fn the_counts_are_those_of_the_model() {
    let (config, setup) = (config(), Setup::default());
    let (all, count) = (config.parameters(), |method| setup.trainable(&config, method));
    let grouped = |number: usize| lesson::grouped(number as u64);
    // There a comma would be followed by a space.
    let in_formula = |number: usize| grouped(number).replace(',', "{,}");
    has("lora", &format!("{} numbers, in four blocks with a stream {} wide", grouped(all), config.d_model));
    has(
        "lora",
        &format!(
            "are {} numbers, **{:.1} %**",
            grouped(count(Method::Lora)),
            100.0 * count(Method::Lora) as f64 / all as f64
        ),
    );
    let kinds = [
        ("queries, keys, values", "88 \\times 264"),
        ("projection", "88 \\times 88"),
        ("MLP up", "88 \\times 352"),
        ("MLP down", "352 \\times 88"),
    ];
    for (at, (name, size)) in kinds.into_iter().enumerate() {
        let one = |which: usize| at == which;
        let targets = Targets { qkv: one(0), proj: one(1), up: one(2), down: one(3) };
        let numbers = Setup { targets, ..setup }.trainable(&config, Method::Lora) / config.n_layers;
        has("lora", &format!("| {name} | ${size}$ | {} |", grouped(numbers)));
    }
    let (rows, columns) = (768, 2_304);
    has("lora", &format!("that is {}", grouped(rows * columns)));
    has(
        "lora",
        &format!(
            "= {}$, which is {} times fewer",
            in_formula(8 * (rows + columns)),
            rows * columns / (8 * (rows + columns))
        ),
    );
    lesson::file_has("lora", "exercise.toml", &grouped(Setup { rank: 1, ..setup }.trainable(&config, Method::Lora)));

    for (name, method) in [
        ("full", Method::Full),
        ("output layer", Method::Head),
        ("LoRA, rank 4", Method::Lora),
        ("biases", Method::Biases),
    ] {
        let (numbers, share) = (count(method), 100.0 * count(method) as f64 / all as f64);
        let share = if method == Method::Full { "100".to_owned() } else { format!("{share:.1}") };
        let kilobytes = grouped((state(&config, method, &setup) as f64 / 1e3).round() as usize);
        has("peft-vs-full", &format!("| {name} | {} | {share} % | {kilobytes} kB |", grouped(numbers)));
    }
    has("peft-vs-full", &format!("{} kB of them", grouped((4.0 * all as f64 / 1e3).round() as usize)));
    lesson::file_has("peft-vs-full", "predict.toml", &format!("there are {} of them", grouped(count(Method::Biases))));
    let two = Setup { rank: 1, targets: Targets { up: false, down: false, ..setup.targets }, ..setup };
    lesson::file_has("peft-vs-full", "exercise.toml", &in_formula(two.trainable(&config, Method::Lora)));

    let inside: usize = matrices(&config).iter().sum();
    lesson::file_has(
        "qlora",
        "predict.toml",
        &format!("{} numbers, of which {} are in matrices", grouped(all), grouped(inside)),
    );
    let four = frozen(&config, Method::Qlora, &setup) - 4 * (all - inside);
    let kilobytes = |bytes: usize| format!("{:.0} kB", bytes as f64 / 1e3);
    lesson::file_has("qlora", "predict.toml", &format!("{} other numbers", grouped(all - inside)));
    lesson::file_has("qlora", "predict.toml", &format!("1,487 kB to {}", kilobytes(four)));
    assert_eq!(kilobytes(4 * inside), "1487 kB");
    let share = 100.0 * frozen(&config, Method::Qlora, &setup) as f64 / (4 * all) as f64;
    has("qlora", &format!("shrinks to {share:.0} % of what it was"));
}

#[test]
fn four_bits_are_as_the_lesson_says() {
    let table = Levels::Normal.table();
    for level in table {
        let shown = format!("{level:.3}").replace('-', "−").replace("1.000", "1").replace("0.000", "0");
        has("qlora", &format!(" {shown} |"));
    }
    // By hand, with levels as they are; the block's scale is its first number.
    let rows = [(0.5, "0.500", "0"), (-0.1, "−0.092", "0.008"), (0.03, "0.040", "0.010"), (0.0, "0.000", "0")];
    let kept = Blocks::of(&rows.map(|row| row.0), Levels::Normal, false).unwrap().values();
    for ((x, shown, off), kept) in rows.into_iter().zip(kept) {
        assert_eq!(format!("{kept:.3}").replace('-', "−"), shown);
        let found = format!("{:.3}", (kept - x).abs());
        assert_eq!(if found == "0.000" { "0" } else { &found }, off);
        has("qlora", &format!("| {shown} | {off} |"));
    }
    let mut rng = Rng::new(1, Stream::Init);
    let numbers: Vec<f32> = (0..64 * 4096).map(|_| rng.normal()).collect();
    let squares = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| f64::from(x).powi(2)).sum::<f64>();
    let off = |levels| {
        let kept = Blocks::of(&numbers, levels, false).unwrap().values();
        let noise = squares(&mut numbers.iter().zip(&kept).map(|(a, b)| a - b));
        100.0 * (noise / squares(&mut numbers.iter().copied())).sqrt()
    };
    has(
        "qlora",
        &format!(
            "off by {:.0} % of their size, evenly spaced levels by {:.0} %",
            off(Levels::Normal),
            off(Levels::Even)
        ),
    );
    has("qlora", &format!("= {:.3} \\text{{ bits.}}", 4.0 + 8.0 / 64.0 + 32.0 / (64.0 * 256.0)));
    has("qlora", &format!("it is {:.0} MB", 7e9 / 64.0 * 4.0 / 1e6));
}

#[test]
fn the_listings_agree_with_the_engine() {
    let (x, w) = ([1.0, 1.0], vec![vec![1.0, 0.0, 2.0], vec![-1.0, 3.0, 0.5]]);
    let (a, b) = (vec![vec![1.0, -2.0]], vec![vec![0.5], vec![0.0], vec![4.0]]);
    let mut expected = with_adapter(&x, &w, &a, &b, 2.0);
    assert_eq!(expected, [-1.0, 3.0, -5.5], "as the lesson says");
    has("lora", "Together: $(-1, 3, -5.5)$");
    expected.extend(merged(&w, &a, &b, 2.0).concat());
    let numbers = "x, w, a, b = [1, 1], [[1, 0, 2], [-1, 3, 0.5]], [[1, -2]], [[0.5], [0], [4]]";
    let lines = format!(
        "{numbers}\nfor number in with_adapter(x, w, a, b, 2) + sum(merged(w, a, b, 2), []):\n    show(number)"
    );
    listing::agree("lora/adapter.py", listing::python("lora/adapter.py", &lines), &expected);
    let lines = "double[] x = { 1, 1 };\ndouble[][] w = { new double[] { 1, 0, 2 }, new double[] { -1, 3, 0.5 } };\n\
        double[][] a = { new double[] { 1, -2 } }, b = { new double[] { 0.5 }, new double[] { 0 }, new double[] { 4 } };\n\
        Print(Adapter.With(x, w, a, b, 2)); foreach (var row in Adapter.Merged(w, a, b, 2)) Print(row);";
    listing::agree("lora/adapter.cs", listing::csharp("lora/adapter.cs", lines), &expected);

    let block = [0.5f32, -0.125, 0.03125, 0.0, -0.375];
    let expected: Vec<f64> =
        Blocks::of(&block, Levels::Normal, false).unwrap().values().into_iter().map(f64::from).collect();
    let (block, table) = (block.map(f64::from), Levels::Normal.table().map(f64::from));
    let lines =
        format!("scale, codes = encode({block:?}, {table:?})\nfor x in decode(scale, codes, {table:?}):\n    show(x)");
    listing::agree("qlora/levels.py", listing::python("qlora/levels.py", &lines), &expected);
    let (block, table) = (lesson::braces(&block), lesson::braces(&table));
    let lines = format!(
        "double[] block = {block}; double[] table = {table}; var (scale, codes) = Levels.Encode(block, table); \
         Print(Levels.Decode(scale, codes, table));"
    );
    listing::agree("qlora/levels.cs", listing::csharp("qlora/levels.cs", &lines), &expected);

    let tensors: Vec<(String, usize)> = config().tensors().into_iter().map(|(name, [r, c])| (name, r * c)).collect();
    let methods = [Method::Full, Method::Lora, Method::Biases, Method::Head];
    let learned =
        |method: Method| tensors.iter().filter(|(name, _)| method.trains(name)).map(|(_, size)| *size).sum::<usize>();
    let expected = methods.map(|method| learned(method) as f64);
    let keys = methods.map(Method::key);
    let list: Vec<String> = tensors.iter().map(|(name, size)| format!("{name:?}: {size}")).collect();
    let lines = format!("all = {{{}}}\nfor method in {keys:?}:\n    show(learned(all, method))", list.join(", "));
    listing::agree("peft-vs-full/trains.py", listing::python("peft-vs-full/trains.py", &lines), &expected);
    let list: Vec<String> = tensors.iter().map(|(name, size)| format!("[{name:?}] = {size}")).collect();
    let lines = format!(
        "var all = new System.Collections.Generic.Dictionary<string, int> {{ {} }}; foreach (string method in new[] {}) \
         Print(Methods.Learned(all, method));",
        list.join(", "),
        lesson::braces(&keys)
    );
    listing::agree("peft-vs-full/trains.cs", listing::csharp("peft-vs-full/trains.cs", &lines), &expected);
}
