//! The tiny encoder of random numbers that `encoder/golden.py` made, and running it.

use engine_core::encoder::{Loading, MOST_PIECE, Plan, Weights};
use engine_plain::encoder::{forward::Forward, model::Encoder};

/// Its file.
pub const FILE: &[u8] = include_bytes!("../encoder/tiny.safetensors");
/// Its heads, as `golden.py` has them.
pub const CONFIG: &str = r#"{"num_attention_heads": 3}"#;
/// A vocabulary for it: its pieces are letters.
pub const WORDS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\nc\nd\n##a\n##b\n";

/// Any encoder's weights, fed piece by piece.
pub fn load(bytes: &[u8], config: Option<&str>) -> Weights {
    let (plan, loading) = Plan::new(bytes, bytes.len() as u64, config).unwrap();
    feed(&plan, loading, bytes)
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

/// The tiny one's weights.
pub fn tiny() -> Weights {
    load(FILE, Some(CONFIG))
}

/// The vectors of several texts together.
pub fn encode(model: &Encoder, texts: &[Vec<u32>]) -> Vec<f32> {
    let mut forward = Forward::default();
    forward.begin(model, &texts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    while forward.next_layer(model) {}
    forward.sentences()
}

/// The cosine of two vectors.
pub fn cosine(a: &[f32], b: &[f64]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum();
    let length = |sum: f64| sum.sqrt();
    dot / length(a.iter().map(|x| f64::from(*x).powi(2)).sum()) / length(b.iter().map(|x| x * x).sum())
}
