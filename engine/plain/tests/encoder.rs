//! The encoder's jobs with a tiny model, and MiniLM against numpy where `cargo xtask models` has put it. What the tiny model
//! computes stands in `golden.rs`.

mod tiny;

use engine_core::{
    encoder::{Arithmetic, Weights, convert::convert},
    job::JobError,
    jobs::encode::{Encode, FeedEncoder, LONGEST_TEXT, OpenEncoder, Progress, Vectors},
    subwords::bert::BertTokenizer,
    wire,
};
use engine_plain::{
    encoder::model::Encoder,
    registry,
    run::{Host, Sessions},
};
use std::{
    cell::{Cell, RefCell},
    env, fs,
    path::{Path, PathBuf},
    rc::Rc,
};
use tiny::{CONFIG, FILE, WORDS, cosine, encode, load, tiny};

/// What the goal asks of whole numbers.
const LEAST_COSINE: f64 = 0.999;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoder").join(name)
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
    let bytes = convert(&tiny(), WORDS).unwrap();
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
    let floats = FILE.to_vec();
    let (size, head) = (floats.len() as u64, floats);
    let open = OpenEncoder { size, head, config: None, vocabulary: None, arithmetic: Arithmetic::Float };
    let refused = |job: &OpenEncoder| desk.ask(job).expect_err("this cannot be opened").to_string();
    assert!(refused(&open).contains("Open config.json together"));
    let open = OpenEncoder { config: Some(CONFIG.into()), ..open };
    assert!(refused(&open).contains("Open vocab.txt together"));
    assert!(refused(&OpenEncoder { arithmetic: Arithmetic::Whole, ..open.clone() }).contains("open the file in whole"));
    let open = OpenEncoder { vocabulary: Some(WORDS.into()), ..open };
    let plan = desk.ask(&open).unwrap();
    assert!(desk.refusal(&["a"]).contains("not loaded yet"));
    let early = desk.ask(&FeedEncoder { piece: 1, bytes: Vec::new() }).unwrap_err().to_string();
    assert!(early.contains("Piece 1 came when piece 0"), "{early}");
    let short = desk.ask(&FeedEncoder { piece: 0, bytes: vec![0] }).unwrap_err().to_string();
    assert!(short.contains("bytes were wanted and 1 came"), "{short}");
    // More pieces than the model knows.
    let many = (0..40).map(|n| format!("{n}\n")).collect::<String>() + WORDS;
    let bytes = open.head.clone();
    desk.ask(&OpenEncoder { vocabulary: Some(many), ..open }).unwrap();
    let feeds = plan.pieces.iter().enumerate().map(|(piece, place)| {
        let from = place.offset as usize;
        desk.ask(&FeedEncoder { piece, bytes: bytes[from..from + place.length].to_vec() })
    });
    let error = feeds.filter_map(Result::err).next().unwrap().to_string();
    assert!(error.contains("the model knows only 31"), "{error}");
    desk.open(&convert(&tiny(), WORDS).unwrap(), Arithmetic::Float).unwrap();
    assert!(desk.refusal(&[]).contains("Write a sentence"));
    assert!(desk.refusal(&[&"a".repeat(LONGEST_TEXT + 1)]).contains("Cut it into parts"));
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
