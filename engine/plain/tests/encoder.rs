//! The encoder against numpy: a tiny model of random numbers always, and MiniLM itself where `cargo xtask models` has
//! put it. `encoder/golden.py` wrote down what numpy computes.

use engine_core::{
    encoder::{Arithmetic, Loading, MOST_PIECE, Plan, Weights, convert::convert},
    job::JobError,
    jobs::encode::{Encode, FeedEncoder, OpenEncoder, Progress, Vectors},
    reference::bert,
    subwords::bert::BertTokenizer,
    wire,
};
use engine_plain::{
    encoder::{forward::Forward, model::Encoder},
    registry,
    run::{Host, Sessions},
};
use std::{
    cell::{Cell, RefCell},
    env, fs,
    path::{Path, PathBuf},
    rc::Rc,
};

/// The heads of the tiny model, as `golden.py` has them.
const TINY_CONFIG: &str = r#"{"num_attention_heads": 3}"#;
/// A vocabulary for it: its pieces are letters.
const TINY_WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\nc\nd\n##a\n##b\n";
/// What the goal asks of whole numbers.
const LEAST_COSINE: f64 = 0.999;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoder").join(name)
}

#[derive(serde::Deserialize)]
struct Golden {
    ids: Vec<Vec<u32>>,
    vectors: Vec<Vec<f64>>,
}

fn golden() -> Golden {
    serde_json::from_str(&fs::read_to_string(file("tiny.json")).unwrap()).unwrap()
}

fn feed(plan: &Plan, mut loading: Loading, bytes: &[u8]) -> Weights {
    for (number, piece) in plan.pieces.iter().enumerate() {
        assert!(piece.length <= MOST_PIECE);
        let from = piece.offset as usize;
        let last = loading.feed(number, &bytes[from..from + piece.length]).unwrap();
        assert_eq!(last, number + 1 == plan.pieces.len());
    }
    loading.finish().unwrap()
}

fn load(bytes: &[u8], config: Option<&str>) -> Weights {
    let (plan, loading) = Plan::new(bytes, bytes.len() as u64, config).unwrap();
    feed(&plan, loading, bytes)
}

fn tiny() -> Weights {
    load(&fs::read(file("tiny.safetensors")).unwrap(), Some(TINY_CONFIG))
}

/// The vectors of several texts together.
fn encode(model: &Encoder, texts: &[Vec<u32>]) -> Vec<f32> {
    let mut forward = Forward::default();
    forward.begin(model, &texts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    while forward.next_layer(model) {}
    forward.sentences()
}

fn cosine(a: &[f32], b: &[f64]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum();
    let length = |sum: f64| sum.sqrt();
    dot / length(a.iter().map(|x| f64::from(*x).powi(2)).sum()) / length(b.iter().map(|x| x * x).sum())
}

#[test]
fn a_tiny_model_gives_the_vectors_that_numpy_computes() {
    let golden = golden();
    let weights = tiny();
    let values = weights.values();
    for (ids, wanted) in golden.ids.iter().zip(&golden.vectors) {
        let slow = bert::sentence(&bert::forward(&weights.config, &values, ids));
        let off = slow.iter().zip(wanted).fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
        assert!(off < 1e-8, "the reference is off by {off}");
    }
    let model = Encoder::new(weights, Arithmetic::Float).unwrap();
    // All together: sentences of different lengths must not touch each other.
    let all = encode(&model, &golden.ids);
    for (ours, wanted) in all.chunks(model.config().d_model).zip(&golden.vectors) {
        let off = ours.iter().zip(wanted).fold(0.0f64, |most, (a, b)| most.max((f64::from(*a) - b).abs()));
        assert!(off < 2e-6, "off by {off}");
    }
}

#[test]
fn whole_numbers_stay_near_and_both_ways_of_computing_read_the_file() {
    let golden = golden();
    let bytes = convert(&tiny(), TINY_WORDS).unwrap();
    assert_eq!(bytes, convert(&tiny(), TINY_WORDS).unwrap(), "the same weights give the same bytes");
    let floats = fs::metadata(file("tiny.safetensors")).unwrap().len() as usize;
    assert!(bytes.len() < floats / 2, "{} bytes in the place of {floats}", bytes.len());
    let weights = load(&bytes, None);
    assert_eq!(weights.vocabulary.as_deref(), Some(TINY_WORDS));
    assert!(convert(&weights, "").unwrap_err().contains("whole numbers already"));
    for arithmetic in [Arithmetic::Float, Arithmetic::Whole] {
        let model = Encoder::new(weights.clone(), arithmetic).unwrap();
        for (ours, wanted) in encode(&model, &golden.ids).chunks(24).zip(&golden.vectors) {
            let cosine = cosine(ours, wanted);
            assert!(cosine > 0.9995 && cosine < 1.0 - 1e-9, "{arithmetic:?}: {cosine}");
        }
    }
    assert!(Encoder::new(tiny(), Arithmetic::Whole).err().unwrap().contains("not in whole numbers"));
}

/// A host that counts updates.
fn host(sessions: &Sessions, updates: Rc<RefCell<Vec<Vec<u8>>>>) -> Host {
    Host {
        device: (),
        sessions: sessions.clone(),
        send_update: Rc::new(move |update| updates.borrow_mut().push(update)),
        yield_now: Rc::new(|| Box::pin(std::future::ready(()))),
        now: Rc::new(|| 0.0),
        cancelled: Rc::new(Cell::new(false)),
    }
}

/// One session of an embedder.
#[derive(Default)]
struct Desk {
    sessions: Sessions,
    updates: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Desk {
    fn ask<J: engine_core::job::Job>(&self, job: &J) -> Result<J::Output, JobError> {
        let host = host(&self.sessions, self.updates.clone());
        let answer = pollster::block_on(registry().run(J::NAME, &wire::encode(job), host))?;
        Ok(wire::decode(&answer).unwrap())
    }

    fn open(&self, bytes: &[u8], arithmetic: Arithmetic) -> Result<(), JobError> {
        let (size, head) = (bytes.len() as u64, bytes.to_vec());
        let plan = self.ask(&OpenEncoder { size, head, config: None, vocabulary: None, arithmetic })?;
        for (piece, place) in plan.pieces.iter().enumerate() {
            let from = place.offset as usize;
            self.ask(&FeedEncoder { piece, bytes: bytes[from..from + place.length].to_vec() })?;
        }
        Ok(())
    }

    fn encode(&self, texts: &[&str]) -> Result<Vectors, JobError> {
        self.ask(&Encode { texts: texts.iter().map(ToString::to_string).collect() })
    }

    fn refusal(&self, texts: &[&str]) -> String {
        self.encode(texts).expect_err("this cannot be done").to_string()
    }
}

#[test]
fn the_job_opens_a_file_in_pieces_and_answers_for_every_text() {
    let desk = Desk::default();
    assert!(desk.refusal(&["a"]).contains("No encoder is open"));
    let bytes = convert(&tiny(), TINY_WORDS).unwrap();
    desk.open(&bytes, Arithmetic::Whole).unwrap();
    let texts = ["ab a c", "", "zzz", "a b c d a b c d a b c d a b"];
    let all = desk.encode(&texts).unwrap();
    assert_eq!((all.width, all.numbers.len()), (24, 4 * 24));
    // [CLS] and [SEP] around each; the tiny model has twelve places.
    assert_eq!((all.tokens.as_slice(), all.left_off.as_slice()), ([6, 2, 3, 12].as_slice(), [0, 0, 0, 4].as_slice()));
    for (text, vector) in texts.iter().zip(all.numbers.chunks(24)) {
        let length: f32 = vector.iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
        let alone = desk.encode(&[text]).unwrap().numbers;
        assert!(alone.iter().zip(vector).all(|(a, b)| (a - b).abs() < 1e-6), "the others must not matter");
    }
    let last: Progress = wire::decode(&desk.updates.borrow()[0]).unwrap();
    assert_eq!(last, Progress { done: 4, of: 4 });
}

#[test]
fn what_cannot_be_done_is_told_in_a_sentence() {
    let desk = Desk::default();
    let floats = fs::read(file("tiny.safetensors")).unwrap();
    let (size, head) = (floats.len() as u64, floats);
    let open = OpenEncoder { size, head, config: None, vocabulary: None, arithmetic: Arithmetic::Float };
    let refused = |job: &OpenEncoder| desk.ask(job).expect_err("this cannot be opened").to_string();
    assert!(refused(&open).contains("Open config.json together"));
    let open = OpenEncoder { config: Some(TINY_CONFIG.into()), ..open };
    assert!(refused(&open).contains("Open vocab.txt together"));
    assert!(refused(&OpenEncoder { arithmetic: Arithmetic::Whole, ..open.clone() }).contains("open the file in whole"));
    let open = OpenEncoder { vocabulary: Some(TINY_WORDS.into()), ..open };
    let plan = desk.ask(&open).unwrap();
    assert!(desk.refusal(&["a"]).contains("not loaded yet"));
    let early = desk.ask(&FeedEncoder { piece: 1, bytes: Vec::new() }).unwrap_err().to_string();
    assert!(early.contains("Piece 1 came when piece 0"), "{early}");
    let short = desk.ask(&FeedEncoder { piece: 0, bytes: vec![0] }).unwrap_err().to_string();
    assert!(short.contains("bytes were wanted and 1 came"), "{short}");
    // More pieces than the model knows.
    let many = (0..40).map(|n| format!("{n}\n")).collect::<String>() + TINY_WORDS;
    let bytes = open.head.clone();
    desk.ask(&OpenEncoder { vocabulary: Some(many), ..open }).unwrap();
    let feeds = plan.pieces.iter().enumerate().map(|(piece, place)| {
        let from = place.offset as usize;
        desk.ask(&FeedEncoder { piece, bytes: bytes[from..from + place.length].to_vec() })
    });
    let error = feeds.filter_map(Result::err).next().unwrap().to_string();
    assert!(error.contains("the model knows only 31"), "{error}");
    desk.open(&convert(&tiny(), TINY_WORDS).unwrap(), Arithmetic::Float).unwrap();
    assert!(desk.refusal(&[]).contains("Write a sentence"));
    assert!(desk.refusal(&[&"a".repeat((1 << 20) + 1)]).contains("Cut it into parts"));
}

/// The folder of `cargo xtask models`.
fn kept(name: &str) -> Option<Vec<u8>> {
    let cache = env::var_os("GLASSBOX_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".cache/glassbox")))?;
    fs::read(cache.join("models").join(name)).ok()
}

/// What numpy computed of `sentences.txt`, and their tokens.
fn minilm(weights: &Weights) -> (Vec<Vec<u32>>, Vec<f64>) {
    let halves = fs::read(file("minilm.f16")).unwrap();
    let exact: Vec<f64> = halves.as_chunks::<2>().0.iter().map(|b| half(u16::from_le_bytes(*b))).collect();
    let words = fs::read_to_string(file("../../../../public/data/vocabularies/bert.txt")).unwrap();
    let tokenizer = BertTokenizer::read(&words).unwrap();
    let sentences = fs::read_to_string(file("sentences.txt")).unwrap();
    let texts: Vec<Vec<u32>> = sentences.lines().map(|text| tokenizer.encode(text, 256).ids).collect();
    assert!(texts.len() > 200 && exact.len() == texts.len() * weights.config.d_model);
    (texts, exact)
}

/// The least cosine of every `step`-th sentence's vector to numpy's.
fn least_cosine(weights: Weights, arithmetic: Arithmetic, step: usize) -> f64 {
    let (texts, exact) = minilm(&weights);
    let width = weights.config.d_model;
    let texts: Vec<Vec<u32>> = texts.into_iter().step_by(step).collect();
    let model = Encoder::new(weights, arithmetic).unwrap();
    let vectors = texts.chunks(8).flat_map(|texts| encode(&model, texts)).collect::<Vec<f32>>();
    let pairs = vectors.chunks(width).zip(exact.chunks(width).step_by(step));
    let cosines: Vec<f64> = pairs.map(|(a, b)| cosine(a, b)).collect();
    let least = cosines.iter().copied().fold(1.0, f64::min);
    let mean = cosines.iter().sum::<f64>() / cosines.len() as f64;
    println!("{arithmetic:?}: cosine {least:.6} at least, {mean:.6} in the mean, of {} sentences", cosines.len());
    least
}

#[test]
fn minilm_keeps_its_vectors_over_two_hundred_sentences() {
    let Some(bytes) = kept("minilm-l6.safetensors") else {
        eprintln!("SKIPPED: MiniLM-L6 is not here; `cargo xtask models` fetches it.");
        return;
    };
    let weights = load(&bytes, None);
    let words = fs::read_to_string(file("../../../../public/data/vocabularies/bert.txt")).unwrap();
    assert!(weights.vocabulary.as_ref() == Some(&words), "the file's vocabulary is the one of the tokenizer lab");
    let least = least_cosine(weights, Arithmetic::Whole, 1);
    assert!(least >= LEAST_COSINE, "{least}");
}

#[test]
fn minilm_in_numbers_of_32_bits_is_what_numpy_computes() {
    let parts = ["model.safetensors", "config.json", "vocab.txt"].map(|name| kept(&format!("all-minilm-l6-v2/{name}")));
    let [Some(bytes), Some(config), Some(words)] = parts else {
        eprintln!("SKIPPED: all-MiniLM-L6-v2 is not here; `cargo xtask models` fetches it.");
        return;
    };
    let weights = load(&bytes, Some(str::from_utf8(&config).unwrap()));
    let converted = convert(&weights, str::from_utf8(&words).unwrap()).unwrap();
    assert!(kept("minilm-l6.safetensors") == Some(converted), "the file that is shipped is made of this one");
    let least = least_cosine(weights, Arithmetic::Float, 10);
    // The golden vectors are kept in half precision.
    assert!(least > 0.999_999, "{least}");
}

/// A finite number of half precision.
fn half(bits: u16) -> f64 {
    let (sign, exponent) = (if bits >> 15 == 1 { -1.0 } else { 1.0 }, i32::from(bits >> 10 & 31));
    let rest = f64::from(bits & 1023) / 1024.0;
    if exponent == 0 { sign * rest * 2f64.powi(-14) } else { sign * (1.0 + rest) * 2f64.powi(exponent - 15) }
}
