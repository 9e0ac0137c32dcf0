//! The lesson on the block: its sums are computed again, its listings agree, its exercises have exactly their answers.

mod lesson;
mod listing;

use engine_core::{
    dissect::{
        change::{Change, exchange, hooks},
        code,
        lens::settled,
        model::Model,
        pass::{Act, Hook, Part, Pass, Trace},
        report::Reading,
        side::{losses, mean},
    },
    jobs::dissect::Dissection,
    model_file::ModelFile,
    reference::{
        lessons::block::{block, normalise},
        softmax::softmax,
    },
};
use learn::practice::{Outcome, Value};
use std::{fs, path::Path};

const SLUG: &str = "transformer-block";
const SENTENCE: &str = "She could not help laughing at his question";

fn file(name: &str) -> ModelFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models").join(name);
    ModelFile::read(&fs::read(path).unwrap()).unwrap()
}

fn outcome(lab: &str, numbers: &[(&str, f64)], texts: &[(&str, &str)], flags: &[(&str, bool)]) -> Outcome {
    let numbers = numbers.iter().map(|(name, number)| ((*name).to_owned(), Value::Number(*number)));
    let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), Value::Text((*text).to_owned())));
    let flags = flags.iter().map(|(name, flag)| ((*name).to_owned(), Value::Flag(*flag)));
    Outcome { lab: lab.into(), is_final: true, values: numbers.chain(texts).chain(flags).collect() }
}

fn dissect(text: &str, position: usize) -> Dissection {
    let file = file("tiny.safetensors");
    let model = Model::new(file.config, &file.weights).unwrap();
    let ids = file.tokenizer.encode(text).ids;
    let trace = Pass::begin(&model, &ids, &[]).finish();
    let reading = Reading { model: &model, tokenizer: &file.tokenizer, ids: &ids, trace: &trace };
    let lens = (0..=file.config.n_layers).map(|depth| reading.lens_row(depth)).collect();
    reading.at(position, lens)
}

/// What the lab `block` reports.
fn of_block(knobs: &str) -> Outcome {
    let text = lesson::knob(knobs, "text").unwrap_or(SENTENCE.into());
    let seen = dissect(&text, lesson::number(knobs, "position", usize::MAX));
    let last = &seen.lens[4][seen.position];
    let echoes = seen.lens[0].iter().zip(&seen.tokens).filter(|(cell, token)| cell.token == **token).count();
    let right = seen.lens[0].iter().filter(|cell| cell.truth_rank == Some(0)).count();
    let mut numbers = vec![
        ("tokens", seen.tokens.len() as f64),
        ("settled", seen.settled(seen.position) as f64),
        ("probability", f64::from(last.probability)),
        ("echo_share", echoes as f64 / seen.tokens.len() as f64),
        ("right_embedding", right as f64),
    ];
    numbers.extend(last.truth_rank.map(|rank| ("truth_rank", f64::from(rank + 1))));
    outcome("block", &numbers, &[("text", &text), ("model", "built-in")], &[])
}

#[test]
fn the_worked_sums_are_right() {
    let x = vec![2.0, 4.0, 4.0, 6.0];
    let normed: Vec<String> =
        normalise(&x).iter().map(|x| format!("{x:.3}").replace("-0.000", "0").replace("0.000", "0")).collect();
    assert_eq!(normed, ["-1.414", "0", "0", "1.414"]);
    lesson::has(SLUG, "(-1.414,\\ 0,\\ 0,\\ 1.414)");
    let hundred: Vec<f64> = x.iter().map(|x| x * 100.0).collect();
    assert!(normalise(&hundred).iter().zip(normalise(&x)).all(|(a, b)| (a - b).abs() < 1e-5));
    let mut stream = vec![x];
    block(
        &mut stream,
        |_| vec![vec![1.0, 0.0, -1.0, 0.0]],
        |seen| {
            let between = normalise(&[3.0, 4.0, 3.0, 6.0]);
            assert!(seen.iter().zip(between).all(|(a, b)| (a - b).abs() < 1e-12));
            vec![0.0, -3.0, 0.0, 1.0]
        },
    );
    assert_eq!(stream, [[3.0, 1.0, 3.0, 7.0]]);
    lesson::has(SLUG, "(2, 4, 4, 6) \\to (3, 4, 3, 6) \\to (3, 1, 3, 7)");
}

#[test]
fn the_listings_agree_with_the_engine() {
    let stream = [[2.0, 4.0, 4.0, 6.0], [0.5, -1.0, 3.0, 0.0]];
    let mut expected: Vec<Vec<f64>> = stream.map(Vec::from).into();
    block(&mut expected, |rows| rows.iter().rev().cloned().collect(), |x| x.iter().map(|x| x * x).collect());
    let expected = expected.concat();
    let lines = format!(
        "for row in block({stream:?}, lambda rows: rows[::-1], lambda x: [n * n for n in x]):\n    for number in row:\n        show(number)"
    );
    listing::agree("block.py", listing::python("transformer-block/block.py", &lines), &expected);
    let rows: Vec<String> = stream.iter().map(|row| format!("new double[] {}", lesson::braces(row))).collect();
    let lines = format!(
        "foreach (var row in Transformer.Block(new[] {{ {} }}, rows => rows.Reverse().ToArray(), x => x.Select(n => n * n).ToArray())) Print(row);",
        rows.join(", ")
    );
    let lines = lines
        .replace("rows.Reverse()", "System.Linq.Enumerable.Reverse(rows)")
        .replace("x.Select(n => n * n).ToArray()", "System.Array.ConvertAll(x, n => n * n)")
        .replace(".ToArray(), x =>", ", x =>")
        .replace(
            "System.Linq.Enumerable.Reverse(rows)",
            "System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Reverse(rows))",
        );
    listing::agree("block.cs", listing::csharp("transformer-block/block.cs", &lines), &expected);
}

#[test]
fn the_lens_is_as_the_lesson_says() {
    lesson::foretold(SLUG, "before-the-first-block", 1, of_block);
    lesson::solved_only_by_its_solution(SLUG, "last-minute", of_block);
    lesson::solved_only_by_its_solution(SLUG, "early-answer", of_block);
    let seen = dissect(SENTENCE, 3);
    let tops = |at: usize| -> Vec<&str> { seen.lens.iter().map(|row| row[at].token.as_str()).collect() };
    assert_eq!((seen.tokens[3].as_str(), &tops(3)[1..]), ("␣he", &["re", "ar", "ar", "l"][..]));
    assert_eq!((seen.tokens[6].as_str(), tops(6)[3], tops(6)[4]), ("␣l", "ed", "au"));
    assert_eq!((seen.tokens[13].as_str(), &tops(13)[2..]), ("est", &["ion", "ion", "ions"][..]));
    assert_eq!(format!("{:.0}", seen.lens[4][3].probability * 100.0), "65");
    let echoes = seen.lens[0].iter().zip(&seen.tokens).filter(|(cell, token)| cell.token == **token).count();
    assert_eq!((echoes, seen.tokens.len()), (13, 15));
    // Which places solve the first exercise: those two that its solution names.
    let late = |at: &usize| settled(&seen.lens.iter().map(|row| row[*at].top).collect::<Vec<_>>()) == 4;
    let solved: Vec<usize> = (0..15).filter(|at| seen.lens[4][*at].truth_rank == Some(0) && late(at)).collect();
    assert_eq!(solved, [3, 6]);
    let queen = dissect("the Queen said quietly", 2);
    assert_eq!(queen.tokens[2], "Q");
    let percent = |depth: usize| format!("{:.0}", queen.lens[depth][2].probability * 100.0);
    assert_eq!((percent(1), percent(4)), ("87".into(), "96".into()));
    // Block 1's MLP writes by far the longest vector of its block, at every place.
    for at in 0..15 {
        let seen = dissect(SENTENCE, at);
        let own: Vec<f32> = seen.written[2..8].iter().map(|wrote| wrote.length).collect();
        assert!(own[..5].iter().all(|length| length * 3.0 < own[5]), "{own:?}");
    }
}

/// The words that are written into the lab `intervene`.
fn words_of_the_lab(model: &str) -> (String, Vec<String>) {
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/labs/src/labs/intervene/mod.rs"))
            .unwrap();
    let part = |name: &str| {
        let body = source.split(name).nth(1).unwrap();
        let text = body.split('"').nth(if model == "copying" { 1 } else { 3 }).unwrap();
        text.replace("\\n", "\n")
            .lines()
            .map(|line| line.trim_matches([' ', '\\']).to_owned())
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
    };
    (part("fn text_for(").concat(), part("fn texts_for("))
}

struct Lab {
    file: ModelFile,
    text: Vec<u32>,
    set: Vec<Vec<u32>>,
}

impl Lab {
    fn new(model: &str) -> Self {
        let file = file(if model == "copying" { "copy.safetensors" } else { "tiny.safetensors" });
        let (text, set) = words_of_the_lab(model);
        assert_eq!(set.len(), 5);
        let ids = |text: &str| file.tokenizer.encode(text).ids;
        Self { text: ids(&text), set: set.iter().map(|text| ids(text)).collect(), file }
    }

    fn read(&self, ids: &[u32], changes: &[Change]) -> Vec<Vec<f64>> {
        let mut model = Model::new(self.file.config, &self.file.weights).unwrap();
        exchange(&mut model, changes);
        let none = |_: &str| -> Result<std::rc::Rc<Trace>, String> { Err("no patch here".into()) };
        let hooks: Vec<Hook> = hooks(changes, none).unwrap();
        Pass::begin(&model, ids, &hooks).finish().logits(&model)
    }

    fn loss(&self, changes: &[Change]) -> f64 {
        let all: Vec<f32> = self.set.iter().flat_map(|ids| losses(&self.read(ids, changes), ids)).collect();
        f64::from(mean(&all).unwrap())
    }

    fn top(&self, at: usize, changes: &[Change]) -> (usize, f64) {
        let row = softmax(&self.read(&self.text, changes)[at]);
        row.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    }
}

fn zero(part: Part) -> Change {
    Change::Scale { part, at: None, factor: 0.0 }
}

/// What the lab `intervene` reports, as far as exercises ask.
fn of_intervene(knobs: &str) -> Outcome {
    let model = lesson::knob(knobs, "model").unwrap_or_default();
    let lab = Lab::new(&model);
    let changes = code::read(&lesson::knob(knobs, "changes").unwrap_or_default()).unwrap();
    let at = lesson::number(knobs, "position", lab.text.len() - 1);
    let only = match changes.as_slice() {
        [Change::Scale { part: Part::Head { .. }, at: None, factor }] if *factor == 0.0 => "head-zero",
        [] => "none",
        _ => "other",
    };
    let (before, after) = (lab.top(at, &[]), lab.top(at, &changes));
    let (set_before, set_after) = (lab.loss(&[]), lab.loss(&changes));
    let numbers = [
        ("position", at as f64),
        ("chance_before", before.1),
        ("set_before", set_before),
        ("set_rise", set_after - set_before),
    ];
    let name = if model.is_empty() { "built-in" } else { &model };
    outcome("intervene", &numbers, &[("model", name), ("only", only)], &[("top_changed", before.0 != after.0)])
}

#[test]
fn copying_hangs_on_one_head_below_and_four_above() {
    lesson::solved_only_by_its_solution(SLUG, "which-head-copies", of_intervene);
    let lab = Lab::new("copying");
    let base = lab.loss(&[]);
    let rise = |changes: &[Change]| lab.loss(changes) - base;
    assert_eq!((format!("{base:.2}"), format!("{:.2}", 16f64.ln())), ("0.81".into(), "2.77".into()));
    let head = |layer, head| zero(Part::Head { layer, head });
    let above: Vec<f64> = (0..4).map(|h| rise(&[head(1, h)])).collect();
    let (least, most) = (above.iter().copied().fold(f64::MAX, f64::min), above.iter().copied().fold(0.0, f64::max));
    let all = rise(&(0..4).map(|h| head(1, h)).collect::<Vec<_>>());
    let found = [rise(&[head(0, 0)]), least, most, all].map(|rise| format!("{rise:.2}"));
    assert_eq!(found, ["2.96", "0.11", "0.45", "1.32"]);
    assert!(all > above.iter().sum(), "together more than alone");
    assert!((1..4).all(|h| rise(&[head(0, h)]) < 0.5) && base + rise(&[head(0, 0)]) > 16f64.ln());
}

#[test]
fn one_prediction_hangs_on_one_head() {
    lesson::solved_only_by_its_solution(SLUG, "break-it", of_intervene);
    let lab = Lab::new("");
    let (top, chance) = lab.top(4, &[]);
    let show = |id: usize| lab.file.tokenizer.show(id as u32);
    assert_eq!((show(top).as_str(), format!("{chance:.2}").as_str()), ("p", "0.93"));
    for layer in 0..4 {
        for head in 0..4 {
            let changed = lab.top(4, &[zero(Part::Head { layer, head })]).0 != top;
            assert_eq!(changed, (layer, head) == (0, 3), "{layer} {head}");
        }
    }
    let without = zero(Part::Head { layer: 0, head: 3 });
    let row = softmax(&lab.read(&lab.text, std::slice::from_ref(&without))[4]);
    assert_eq!(
        (show(lab.top(4, std::slice::from_ref(&without)).0).as_str(), format!("{:.2}", row[top]).as_str()),
        ("er", "0.15")
    );
    let rise = |head| lab.loss(&[zero(Part::Head { layer: 0, head })]) - lab.loss(&[]);
    assert_eq!(format!("{:.2}", rise(3)), "0.19");
    assert!(rise(2) > rise(3));
    // A hook that is not asked for changes nothing.
    let hook = Hook { part: Part::Mlp { layer: 0 }, at: None, act: Act::Scale(1.0) };
    let model = Model::new(lab.file.config, &lab.file.weights).unwrap();
    assert_eq!(Pass::begin(&model, &lab.text, &[hook]).finish(), Pass::begin(&model, &lab.text, &[]).finish());
}
