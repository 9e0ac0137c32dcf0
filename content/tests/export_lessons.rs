//! The lessons on model files: what they say of the built-in model's files is measured again, their listings agree with the
//! engine, their exercises and predictions turn out as they say.

mod lesson;
mod listing;

use engine_core::{
    decoder::Decoder,
    export::{
        Format, Numbers, Part,
        project::{agree, cases, prompts, write_zip},
        protobuf::{tag, varint},
        read, write,
    },
    model_file::ModelFile,
};
use learn::practice::{Outcome, Value};
use std::{fs, path::Path};

const RUNTIMES: &str = "edge-runtimes";
const DESKTOP: &str = "project-desktop-chatbot-csharp";
const TEXT: &str = "It is a truth universally known";

fn built_in() -> ModelFile {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/models/tiny.safetensors");
    ModelFile::read(&fs::read(path).unwrap()).unwrap()
}

/// What is found when a file is opened again: bytes, the share of all but weights, the largest difference of a logit, the
/// share of tokens after which the likeliest one is the same.
fn opened(model: &ModelFile, format: Format, numbers: Numbers, text: &str) -> [f64; 4] {
    let written = write(model, format, numbers).unwrap();
    let weights: u64 =
        written.fields.iter().filter(|field| field.part == Part::Weights).map(|field| field.length).sum();
    let again = read(&written.bytes).unwrap();
    let mut ids = model.tokenizer.encode(text).ids;
    ids.truncate(model.config.context);
    let mut readers = [model, &again].map(|model| Decoder::new(model.config, &model.weights));
    let (mut largest, mut same) = (0.0f32, 0);
    for id in &ids {
        let [mine, theirs] = readers.each_mut().map(|reader| reader.read(&[*id]));
        let (apart, equal) = agree(&mine, &theirs);
        largest = largest.max(apart);
        same += usize::from(equal);
    }
    let bytes = written.bytes.len() as f64;
    [bytes, (bytes - weights as f64) / bytes, f64::from(largest), same as f64 / ids.len() as f64]
}

/// What the lab tells of a file, and of the project that is saved with the same text.
fn outcome(knobs: &str) -> Outcome {
    let model = built_in();
    let key = |name: &str, first: &str| lesson::knob(knobs, name).unwrap_or_else(|| first.into());
    let (format, numbers, text) = (key("format", "onnx"), key("numbers", "f32"), key("text", TEXT));
    let of = Format::ALL.into_iter().find(|it| it.key() == format).unwrap();
    let kept = Numbers::ALL.into_iter().find(|it| it.key() == numbers).unwrap();
    let [bytes, other_share, largest, same_share] = opened(&model, of, kept, &text);
    let cases = cases(&model, &prompts(&model, &text));
    assert!(write_zip(&model, &cases).unwrap().len() > 1_798_720);
    let mut outcome = Outcome { lab: "export".into(), is_final: true, ..Outcome::default() };
    let values = [
        ("bytes", bytes),
        ("other_share", other_share),
        ("largest", largest),
        ("same_share", same_share),
        ("cases", cases.len() as f64),
        ("prompt_tokens", cases[0].ids.len() as f64),
        ("beyond_ascii", text.chars().filter(|c| !c.is_ascii()).count() as f64),
    ];
    outcome.values.extend(values.map(|(name, x)| (name.to_owned(), Value::Number(x))));
    outcome.values.insert("format".into(), Value::Text(format));
    outcome.values.insert("numbers".into(), Value::Text(numbers));
    outcome
}

#[test]
fn the_exercises_and_the_predictions_turn_out_as_said() {
    lesson::solved_only_by_its_solution(RUNTIMES, "smallest-honest", outcome);
    lesson::foretold(RUNTIMES, "sixteen-bits", 2, outcome);
    lesson::solved_only_by_its_solution(DESKTOP, "hard-parity", outcome);
    lesson::foretold(DESKTOP, "first-token", 0, outcome);
}

#[test]
fn the_files_are_as_the_lesson_on_runtimes_says() {
    let model = built_in();
    let has = |piece: &str| lesson::has(RUNTIMES, piece);
    let onnx = write(&model, Format::Onnx, Numbers::F32).unwrap();
    let nodes: Vec<&str> =
        onnx.fields.iter().filter(|field| field.name.starts_with("node ")).map(|field| field.says.as_str()).collect();
    has(&format!("a list of {} such lines", nodes.len()));
    assert!(nodes.contains(&"Softmax(blocks.0.seen) → blocks.0.shares"));
    for operator in ["Gather", "LayerNormalization", "MatMul", "Add", "Where", "Softmax", "Erf", "Shape", "Range"] {
        assert!(nodes.iter().any(|node| node.starts_with(&format!("{operator}("))), "{operator}");
        has(&format!("`{operator}`"));
    }
    // The first byte of an ONNX file, and the tag before its graph.
    assert_eq!((onnx.bytes[0], varint(300), tag(7, 2)), (8, vec![0xac, 0x02], vec![0x3a]));
    assert!(onnx.fields.iter().any(|field| field.name == "graph" && onnx.bytes[field.at as usize] == 0x3a));
    // Every format spends nearly everything on weights.
    for format in Format::ALL {
        let [_, other, ..] = opened(&model, format, Numbers::F32, TEXT);
        assert!(other < 0.02, "{format:?}: {other}");
    }
    // In blocks are those tensors alone whose rows are a multiple of 32.
    let eight = write(&model, Format::Gguf, Numbers::Q8).unwrap();
    let blocks: Vec<&str> = eight
        .fields
        .iter()
        .filter(|field| field.part == Part::Table && field.says.contains("Q8_0"))
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(blocks, [0, 1, 2, 3].map(|layer| format!("blk.{layer}.ffn_down.weight")));
    assert_eq!((model.config.d_model, 4 * model.config.d_model), (88, 352));
    // What the project on compressing says that remains.
    let [bytes, ..] = opened(&model, Format::Onnx, Numbers::Q4, TEXT);
    lesson::file_has("project-compress-gpt-4x", "lesson.md", &format!("1.8 MB, {:.0} kB remain", bytes / 1e3));
    // One format alone has all three.
    let met = Format::ALL.into_iter().flat_map(|format| [Numbers::F32, Numbers::F16].map(|numbers| (format, numbers)));
    let met: Vec<_> = met
        .filter(|(format, numbers)| {
            let [bytes, other, largest, _] = opened(&model, *format, *numbers, TEXT);
            println!("{format:?} {numbers:?}: {bytes} bytes, {other}, {largest}");
            bytes < 920_000.0 && largest == 0.0 && other <= 0.012
        })
        .collect();
    assert_eq!(met, [(Format::Safetensors, Numbers::F16)]);
    let [bytes, other, ..] = opened(&model, Format::Safetensors, Numbers::F16, TEXT);
    let solution = format!("{} bytes, of which {:.1} % are not weights", lesson::grouped(bytes as u64), 100.0 * other);
    lesson::file_has(RUNTIMES, "exercise.toml", &solution);
}

#[test]
fn the_desktop_lesson_counts_right() {
    let model = built_in();
    let [.., largest, _] = opened(&model, Format::Gguf, Numbers::Q8, TEXT);
    lesson::file_has(RUNTIMES, "predict.toml", &format!("in GGUF: {largest:.3} for this text"));
    lesson::file_has(DESKTOP, "quiz.toml", &lesson::grouped(9 * model.config.vocab_size as u64).replace(',', "{,}"));
    let found = cases(&model, &prompts(&model, TEXT));
    assert!(found.len() == 3 && found.iter().all(|case| case.greedy.len() == 12));
    assert!(found.iter().any(|case| case.ids.len() > model.config.context), "one is longer than the context");
    let lines = include_str!("../../engine/core/src/export/project/Program.cs").lines().count();
    assert!((76..=86).contains(&lines), "“about 80 lines”: {lines}");
}

#[test]
fn the_listings_agree_with_the_engine() {
    let numbers = [0u64, 5, 127, 128, 300, 16_383, 16_384, 1 << 40];
    let tags = [(7, 2), (1, 0), (15, 2), (16, 5)];
    let all = numbers
        .iter()
        .flat_map(|number| varint(*number))
        .chain(tags.iter().flat_map(|(field, wire)| tag(*field, *wire)));
    let expected: Vec<f64> = all.map(f64::from).collect();
    let (file, tuples) = ("edge-runtimes/varint.py", format!("{tags:?}"));
    let python = format!(
        "for number in {numbers:?}:\n    for x in varint(number):\n        show(x)\nfor pair in {tuples}:\n    for x in tag(*pair):\n        show(x)"
    );
    listing::agree(file, listing::python(file, &python), &expected);
    let file = "edge-runtimes/varint.cs";
    let csharp: String = numbers
        .iter()
        .map(|number| format!("foreach (byte x in Protobuf.Varint({number}UL)) Print(x);\n"))
        .chain(
            tags.iter().map(|(field, wire)| format!("foreach (byte x in Protobuf.Tag({field}, {wire})) Print(x);\n")),
        )
        .collect();
    listing::agree(file, listing::csharp(file, &csharp), &expected);

    let rows = [
        ([1.0f32, 2.0, 0.5], [1.0f32, 1.5, 0.5]),
        ([1.0, 2.0, -3.0], [2.0, 1.0, 4.5]),
        ([2.0, 2.0, 1.0], [2.0, 2.5, 1.0]),
    ];
    let (mut expected, mut python, mut csharp) = (Vec::new(), String::new(), String::new());
    for (mine, theirs) in rows {
        let (apart, same) = agree(&mine, &theirs);
        expected.extend([f64::from(apart), f64::from(u8::from(same))]);
        python += &format!("for x in agree({mine:?}, {theirs:?}):\n    show(x)\n");
        csharp += &format!(
            "{{ var r = Parity.Agree(new double[] {}, new double[] {}); Print(r.Apart, r.Same ? 1 : 0); }}\n",
            lesson::braces(&mine),
            lesson::braces(&theirs)
        );
    }
    listing::agree("agree.py", listing::python("project-desktop-chatbot-csharp/agree.py", &python), &expected);
    listing::agree("agree.cs", listing::csharp("project-desktop-chatbot-csharp/agree.cs", &csharp), &expected);
}
