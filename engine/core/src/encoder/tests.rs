//! Files of encoders that are sound, damaged, or made to do damage. Each bad one is refused with its sentence, and none
//! takes long. What a sound one computes is tested in `engine/plain/tests/encoder.rs`.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CONFIG: &str = r#"{"num_attention_heads": 2}"#;
const WORDS: &str = "[UNK]\n[CLS]\n[SEP]\na\n";
/// No bad file may take longer.
const MOST_TIME: Duration = Duration::from_millis(200);

/// A small encoder's file, tensor by tensor, so that one can be wrong.
#[derive(Clone)]
struct Sketch {
    /// Name, type, sizes, bytes.
    tensors: Vec<(String, &'static str, Vec<u64>, Vec<u8>)>,
    config: Option<String>,
}

impl Sketch {
    /// A sound file with numbers of 32 bits.
    fn new() -> Self {
        let config = EncoderConfig {
            vocab_size: 4,
            context: 6,
            sentence_types: 2,
            d_model: 4,
            d_ff: 8,
            n_layers: 1,
            n_heads: 2,
            eps: 1e-12,
        };
        let mut sketch = Self { tensors: Vec::new(), config: None };
        for (at, tensor) in config.tensors().into_iter().enumerate() {
            let count = tensor.numbers() as usize;
            let bytes = (0..count).flat_map(|i| ((at + i) as f32 / 64.0 - 0.4).to_le_bytes()).collect();
            let shape = tensor.shape.iter().map(|size| *size as u64).collect();
            sketch.tensors.push((tensor.name, "F32", shape, bytes));
        }
        sketch
    }

    /// The same with one tensor changed.
    fn with(&self, name: &str, change: impl FnOnce(&mut (String, &'static str, Vec<u64>, Vec<u8>))) -> Self {
        let mut sketch = self.clone();
        change(sketch.tensors.iter_mut().find(|tensor| tensor.0 == name).expect("the sketch has it"));
        sketch
    }

    fn without(&self, name: &str) -> Self {
        let mut sketch = self.clone();
        sketch.tensors.retain(|tensor| tensor.0 != name);
        sketch
    }

    fn and(&self, name: &str, kind: &'static str, shape: &[u64], bytes: usize) -> Self {
        let mut sketch = self.clone();
        sketch.tensors.push((name.into(), kind, shape.to_vec(), vec![0; bytes]));
        sketch
    }

    /// The header's entries and the numbers.
    fn parts(&self) -> (Value, Vec<u8>) {
        let (mut header, mut data) = (json!({}), Vec::new());
        if let Some(config) = &self.config {
            header["__metadata__"] = json!({ "config": config });
        }
        for (name, kind, shape, bytes) in &self.tensors {
            let from = data.len();
            data.extend_from_slice(bytes);
            header[name] = json!({ "dtype": kind, "shape": shape, "data_offsets": [from, data.len()] });
        }
        (header, data)
    }

    fn file(&self) -> Vec<u8> {
        let (header, data) = self.parts();
        written(&header.to_string(), &data)
    }
}

fn written(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

/// Goes as far with a file as it can.
fn open(file: &[u8], config: Option<&str>) -> Result<Weights, String> {
    let (plan, mut loading) = Plan::new(file, file.len() as u64, config)?;
    for (number, piece) in plan.pieces.iter().enumerate() {
        let from = usize::try_from(piece.offset).unwrap();
        loading.feed(number, &file[from..from + piece.length])?;
    }
    loading.finish()
}

#[test]
fn a_sound_file_is_read_and_written_in_whole_numbers() {
    let file = Sketch::new().file();
    let weights = open(&file, Some(CONFIG)).unwrap();
    assert_eq!((weights.config.n_layers, weights.config.n_heads, weights.config.d_ff), (1, 2, 8));
    let (plan, _) = Plan::new(&file, file.len() as u64, Some(CONFIG)).unwrap();
    let numbers: usize = plan.pieces.iter().map(|piece| piece.length).sum::<usize>() / 4;
    assert_eq!((plan.kept, plan.has_vocabulary, plan.parameters), (Arithmetic::Float, false, numbers as u64));
    // What is of no use is passed over.
    let more =
        Sketch::new().and("pooler.dense.bias", "F32", &[4], 16).and("embeddings.position_ids", "I64", &[1, 1], 8);
    assert_eq!(open(&more.file(), Some(CONFIG)).unwrap(), weights);

    let whole = convert::convert(&weights, WORDS).unwrap();
    let back = open(&whole, None).unwrap();
    assert_eq!((back.config, back.vocabulary.as_deref()), (weights.config, Some(WORDS)));
    let (exact, rounded) = (weights.values(), back.values());
    assert_eq!(exact.keys().collect::<Vec<_>>(), rounded.keys().collect::<Vec<_>>());
    for (name, numbers) in &exact {
        let largest = numbers.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let off = numbers.iter().zip(&rounded[name]).fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
        assert!(off <= largest / 100.0, "{name} is off by {off}");
    }
    // The library that everybody else reads such files with takes it too.
    assert_eq!(safetensors::SafeTensors::deserialize(&whole).unwrap().len(), back.vectors.len() + 2 * 8 + 1);
}

#[test]
fn pieces_come_in_their_order_and_length() {
    let file = Sketch::new().file();
    let (_, mut loading) = Plan::new(&file, file.len() as u64, Some(CONFIG)).unwrap();
    assert!(loading.feed(1, &[]).unwrap_err().contains("Piece 1 came when piece 0 was waited for"));
    assert!(loading.feed(0, &[1]).unwrap_err().contains("bytes were wanted and 1 came"));
    assert!(loading.finish().unwrap_err().contains("Only 0 of"));
}

/// A bad file: its name, its bytes, what stands in `config.json`, and what the sentence must say.
type Fixture = (String, Vec<u8>, Option<String>, &'static str);

const WORD_TABLE: &str = "embeddings.word_embeddings.weight";
const UP: &str = "encoder.layer.0.intermediate.dense.weight";

fn bad_files() -> Vec<Fixture> {
    let sound = Sketch::new();
    let mut all: Vec<Fixture> = Vec::new();
    let mut add = |name: &str, file: Vec<u8>, says: &'static str| {
        all.push((name.into(), file, Some(CONFIG.into()), says));
    };
    add("nothing", Vec::new(), "has only 0 bytes");
    add("seven bytes", vec![0; 7], "has only 7 bytes");
    add("a zip archive", b"PK\x03\x04 and so on and so on".to_vec(), "do not give a sensible header length");
    add("an endless header", u64::MAX.to_le_bytes().to_vec(), "do not give a sensible header length");
    add("a header beyond the file", 100u64.to_le_bytes().to_vec(), "header should have 100 bytes, but only 0");
    add("no JSON", written("GGUF", &[]), "header cannot be read");
    add("a list", written("[]", &[]), "header cannot be read");
    add("a deep list", written(&"[".repeat(100_000), &[]), "header cannot be read");
    add("no tensor", written("{}", &[]), "It holds no tensor at all");
    let (header, data) = sound.parts();
    for (name, cut) in [("one byte", 1), ("one number", 4), ("all numbers", data.len())] {
        add(&format!("cut by {name}"), written(&header.to_string(), &data[cut..]), "The file is cut short");
    }
    add("too long", written(&header.to_string(), &[&data[..], &[0]].concat()), "longer than its header says");
    for (name, offsets) in
        [("backwards", json!([4, 0])), ("overlapping", json!([4, 68])), ("huge", json!([0, u64::MAX]))]
    {
        let mut header = header.clone();
        header[WORD_TABLE]["data_offsets"] = offsets;
        add(&format!("{name} offsets"), written(&header.to_string(), &data), "The file is damaged: tensor");
    }
    let mut negative = header.clone();
    negative[WORD_TABLE]["data_offsets"] = json!([-4, 60]);
    add("negative offsets", written(&negative.to_string(), &data), "header cannot be read");
    for (name, shape) in [("more rows than bytes", json!([5, 4])), ("too large to count", json!([1u64 << 62, 4]))] {
        let mut header = header.clone();
        header[WORD_TABLE]["shape"] = shape;
        add(name, written(&header.to_string(), &data), "The file is damaged: tensor");
    }
    let none = |name: &str| sound.with(name, |it| (it.2, it.3) = (vec![0, 4], Vec::new())).file();
    add("an empty vocabulary", none(WORD_TABLE), "0 pieces in its vocabulary");
    add("no positions", none("embeddings.position_embeddings.weight"), "0 positions");
    add("no sentence types", none("embeddings.token_type_embeddings.weight"), "0 kinds of sentences");
    let wide = sound.with(UP, |it| (it.2, it.3) = (vec![5000, 4], vec![0; 80_000]));
    add("a feed-forward layer too wide", wide.file(), "5000 numbers inside a feed-forward layer");
    let many = sound.with(WORD_TABLE, |it| (it.2, it.3) = (vec![300_001, 4], vec![0; 300_001 * 16]));
    add("too large a vocabulary", many.file(), "300001 pieces in its vocabulary");
    for tensor in &sound.tensors {
        let says = "The file lacks the tensor";
        add(&format!("without {}", tensor.0), sound.without(&tensor.0).file(), says);
        if tensor.2.len() == 1 {
            let flat = sound.with(&tensor.0, |it| it.2.push(1));
            add(&format!("{} with a size more", tensor.0), flat.file(), "has the shape");
        }
    }
    let line = sound.with(WORD_TABLE, |it| it.2 = vec![16]);
    add("words in one line", line.file(), "a matrix of two sizes is needed");
    let turned = sound.with(UP, |it| it.2.reverse());
    add("a layer turned over", turned.file(), "has the shape");
    for (kind, width) in [("F16", 2), ("I64", 8), ("BOOL", 1)] {
        let other = sound.with(WORD_TABLE, |it| (it.1, it.3) = (kind, vec![0; 16 * width]));
        add(&format!("words in {kind}"), other.file(), "only F32, and I8 with scales");
        let other = sound.with(UP, |it| (it.1, it.3) = (kind, vec![0; 32 * width]));
        add(&format!("a layer in {kind}"), other.file(), "it must be F32 in this file");
    }
    add("a GPT's tensor", sound.and("h.0.attn.c_attn.weight", "F32", &[1], 4).file(), "which BERT does not have");
    add(
        "a second layer's bias",
        sound.and("encoder.layer.1.output.dense.bias", "F32", &[4], 16).file(),
        "lacks the tensor",
    );
    add("layer seven alone", sound.and("encoder.layer.7.x", "F32", &[1], 4).file(), "lacks the tensor");
    add("an endless name", sound.and(&"n".repeat(300), "F32", &[1], 4).file(), "longer than 256 bytes");
    add("a name over two lines", sound.and("a\nb", "F32", &[1], 4).file(), "control characters");
    for (name, count, says) in [
        ("too many tensors", 4001, "at most 4000 are read here"),
        ("far too many tensors", 20_001, "do not give a sensible header length"),
    ] {
        let mut crowd = sound.clone();
        crowd.tensors.extend((0..count).map(|n| (format!("t{n}"), "U8", vec![1], vec![0])));
        add(name, crowd.file(), says);
    }
    add(
        "a header of more than 1 MB",
        ((1u64 << 20) + 1).to_le_bytes().to_vec(),
        "do not give a sensible header length",
    );
    let layers = (0..60).fold(sound.clone(), |all, n| all.and(&format!("encoder.layer.{n}.x"), "U8", &[1], 1));
    add("too many layers", layers.file(), "60 layers; between 1 and 48");
    for (name, bits) in [("infinite", f32::INFINITY), ("no number", f32::NAN)] {
        let last = sound.with(UP, |it| it.3[124..].copy_from_slice(&bits.to_le_bytes()));
        add(&format!("{name} weights"), last.file(), "at position 31; a model of such");
    }
    whole_files(&mut add);
    let file = sound.file();
    for (name, config, says) in [
        ("no configuration", None, "No file says how many heads"),
        ("an empty configuration", Some(String::new()), "config.json cannot be read"),
        ("a list for a configuration", Some("[]".into()), "num_attention_heads 0"),
        ("no heads", Some("{}".into()), "num_attention_heads 0"),
        ("three heads", Some(r#"{"num_attention_heads": 3}"#.into()), "cannot be shared out among 3 heads"),
        ("a million heads", Some(r#"{"num_attention_heads": 1000000}"#.into()), "between 1 and 256 are possible"),
        ("fewer heads than none", Some(r#"{"num_attention_heads": -1}"#.into()), "config.json cannot be read"),
        ("a GPT's configuration", Some(r#"{"model_type": "gpt2"}"#.into()), "says model_type gpt2; only bert"),
        ("another activation", Some(r#"{"hidden_act": "relu"}"#.into()), "says hidden_act relu; only gelu"),
        ("relative positions", Some(r#"{"position_embedding_type": "relative_key"}"#.into()), "only absolute"),
        ("a negative epsilon", Some(r#"{"num_attention_heads": 2, "layer_norm_eps": -1}"#.into()), "at least 0"),
        ("a huge epsilon", Some(r#"{"num_attention_heads": 2, "layer_norm_eps": 1e300}"#.into()), "less than 1"),
        ("an endless configuration", Some(" ".repeat(2 << 20)), "at most 1048576 are read"),
    ] {
        all.push((name.into(), file.clone(), config, says));
    }
    all
}

/// Bad files in whole numbers.
fn whole_files(add: &mut impl FnMut(&str, Vec<u8>, &'static str)) {
    let weights = open(&Sketch::new().file(), Some(CONFIG)).unwrap();
    let read = |words: &str| {
        let file = convert::convert(&weights, words).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
        let kind = |dtype| match dtype {
            safetensors::Dtype::I8 => "I8",
            safetensors::Dtype::U8 => "U8",
            _ => "F32",
        };
        let tensor = |(name, view): (&str, safetensors::tensor::TensorView)| {
            let shape = view.shape().iter().map(|size| *size as u64).collect();
            (name.to_owned(), kind(view.dtype()), shape, view.data().to_vec())
        };
        Sketch { tensors: tensors.iter().map(tensor).collect(), config: Some(CONFIG.into()) }
    };
    let sound = read(WORDS);
    open(&sound.file(), None).unwrap();
    for tensor in sound.tensors.iter().filter(|tensor| tensor.0.ends_with(".scales") || tensor.0.ends_with(".factors"))
    {
        add(&format!("whole, without {}", tensor.0), sound.without(&tensor.0).file(), "The file lacks the tensor");
        let short = sound.with(&tensor.0, |it| (it.2, it.3) = (vec![1], vec![0; 4]));
        add(&format!("whole, one number for {}", tensor.0), short.file(), "has the shape");
    }
    let floats = sound.with(UP, |it| (it.1, it.3) = ("F32", vec![0; 128]));
    add("whole, with a layer that is not", floats.file(), "it must be I8 in this file");
    let scale = sound.with(&format!("{UP}.scales"), |it| it.3[..4].copy_from_slice(&f32::NAN.to_le_bytes()));
    add("whole, with a scale that is no number", scale.file(), "holds NaN at position 0");
    let words = sound.with(VOCABULARY, |it| it.3[3] = 0xff);
    add("whole, with a vocabulary that is no text", words.file(), "its byte 3 is not UTF-8");
    let words = sound.with(VOCABULARY, |it| it.1 = "I8");
    add("whole, with a vocabulary of numbers", words.file(), "it must be U8");
    let words = sound.with(VOCABULARY, |it| it.2 = vec![2, it.3.len() as u64 / 2]);
    add("whole, with a vocabulary in two rows", words.file(), "has the shape");
    let long =
        sound.with(VOCABULARY, |it| (it.2, it.3) = (vec![MOST_VOCABULARY as u64 + 1], vec![b'a'; MOST_VOCABULARY + 1]));
    add("whole, with an endless vocabulary", long.file(), "at most 16777216 are read");
}

#[test]
fn every_bad_file_is_refused_with_its_sentence_at_once() {
    let files = bad_files();
    assert!(files.len() >= 100, "{} files", files.len());
    for (name, file, config, says) in files {
        let error = open(&file, config.as_deref()).err().unwrap_or_else(|| panic!("{name} was taken"));
        assert!(error.contains(says), "{name}: {error}");
        assert!(error.ends_with(['.', '?']) && error.len() < 600, "{name}: {error}");
        // A machine may be busy with something else for once, not three times.
        let quick = (0..3).any(|_| {
            let start = Instant::now();
            let _ = open(&file, config.as_deref());
            start.elapsed() < MOST_TIME
        });
        assert!(quick, "{name} takes longer than {MOST_TIME:?}");
    }
}

proptest! {
    /// Bytes changed anywhere are read or refused, and never a panic.
    #[test]
    fn changed_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut file = Sketch::new().file();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Err(error) = open(&file, Some(CONFIG)) {
            prop_assert!(error.ends_with(['.', '?']), "{}", error);
        }
    }
}
