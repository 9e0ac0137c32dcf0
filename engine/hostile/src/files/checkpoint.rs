//! Bad checkpoints: sound safetensors files that describe no model.

use super::Case;
use engine_core::{
    config::GptConfig,
    tensor_file::{Array, Precision, TensorFile},
};

const DESCRIPTION: &str = "glassbox.model";
const SETTINGS: &str = r#"{"batch":8,"steps":400,"learning_rate":0.003,"warmup":20,"weight_decay":0.1,"grad_clip":1.0,"seed":1,"eval_every":20,"sample_every":20,"first_weights":"gpt2"}"#;

/// A checkpoint that is being changed.
pub struct Checkpoint(TensorFile);

/// The smallest model there can be; with what training needs, if so many parts of the optimizer are wanted.
fn model(tokenizer: &str, vocab_size: usize, optimizer: &[&str]) -> TensorFile {
    let config = GptConfig { vocab_size, n_layers: 1, n_heads: 1, d_model: 2, context: 2, tied_head: true };
    let sizes = serde_json::to_string(&config).expect("plain data");
    let mut file = TensorFile::default();
    for prefix in [""].iter().chain(optimizer) {
        for (name, [rows, columns]) in config.tensors() {
            let data = vec![0.5; rows * columns];
            file.tensors.insert(format!("{prefix}{name}"), Array { shape: vec![rows, columns], data });
        }
    }
    let mut training = String::new();
    if !optimizer.is_empty() {
        file.tensors.insert("history.train".into(), Array { shape: vec![2], data: vec![1.0, 0.9] });
        file.tensors.insert("history.val".into(), Array { shape: vec![1], data: vec![0.95] });
        training = format!(r#","training":{{"config":{SETTINGS},"step":2,"text_crc":7,"val_steps":[2]}}"#);
    }
    let description = format!(r#"{{"version":1,"config":{sizes},"tokenizer":{tokenizer}{training}}}"#);
    file.metadata.insert(DESCRIPTION.into(), description);
    file
}

/// A checkpoint with three characters, two steps after the start.
pub fn sound() -> Checkpoint {
    Checkpoint(model(r#"{"kind":"chars","chars":"abc"}"#, 3, &["adam.mean.", "adam.square."]))
}

/// A model that cuts texts by byte pairs, and is no checkpoint.
pub fn with_byte_pairs() -> Vec<u8> {
    model(r#"{"kind":"bpe","merges":[[116,104],[256,101]]}"#, 258, &[]).write(Precision::F16)
}

impl Checkpoint {
    /// The file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.write(Precision::F32)
    }

    /// The same with other words in its description.
    fn say(mut self, words: &str, others: &str) -> Self {
        let description = self.0.metadata.get_mut(DESCRIPTION).expect("it has one");
        assert!(description.contains(words), "{words} does not stand in {description}");
        *description = description.replace(words, others);
        self
    }

    fn tokenizer(self, tokenizer: &str) -> Self {
        self.say(r#"{"kind":"chars","chars":"abc"}"#, tokenizer)
    }

    fn describe(mut self, description: &str) -> Self {
        self.0.metadata.insert(DESCRIPTION.into(), description.into());
        self
    }

    fn drop(mut self, name: &str) -> Self {
        self.0.tensors.remove(name).expect("it is there");
        self
    }

    fn tensor(mut self, name: &str, shape: &[usize], data: &[f32]) -> Self {
        self.0.tensors.insert(name.into(), Array { shape: shape.to_vec(), data: data.to_vec() });
        self
    }
}

/// All of them.
pub fn bad() -> Vec<Case> {
    let new = sound;
    let doubling: Vec<String> =
        (0..12).map(|n| if n == 0 { "[97,97]".into() } else { format!("[{0},{0}]", 255 + n) }).collect();
    let merges = |pairs: &str| new().tokenizer(&format!(r#"{{"kind":"bpe","merges":[{pairs}]}}"#));
    let deep = format!("{{\"version\":{}", "[".repeat(100_000));
    let mut undescribed = new();
    undescribed.0.metadata.clear();
    let cases: Vec<(&str, Checkpoint, &str)> = vec![
        ("nothing described", undescribed, "not made by Glassbox"),
        ("empty description", new().describe(""), "description cannot be read: EOF"),
        ("description that is a list", new().describe("[]"), "description cannot be read"),
        (
            "description without its end",
            new().describe(r#"{"version":1,"config":{"#),
            "description cannot be read: EOF",
        ),
        ("description of brackets", new().describe(&deep), "description cannot be read"),
        ("word that nobody knows", new().say("\"version\"", "\"mood\":1,\"version\""), "unknown field `mood`"),
        ("word of 100 kB", new().say("\"version\"", &format!("\"{}\":1,\"version\"", "x".repeat(100_000))), "xxxx"),
        ("no sizes", new().say("\"config\":{\"vocab_size\"", "\"config\":{\"size\""), "unknown field `size`"),
        ("version 0", new().say("\"version\":1", "\"version\":0"), "of version 0; this Glassbox reads version 1"),
        ("version 2", new().say("\"version\":1", "\"version\":2"), "of version 2"),
        ("version beyond 32 bits", new().say("\"version\":1", "\"version\":4294967297"), "invalid value: integer"),
        ("no vocabulary", new().say("\"vocab_size\":3", "\"vocab_size\":0"), "vocab_size is 0"),
        ("vocabulary too large", new().say("\"vocab_size\":3", "\"vocab_size\":65537"), "vocab_size is 65537"),
        ("vocabulary of another size", new().say("\"vocab_size\":3", "\"vocab_size\":4"), "3 tokens, but the model 4"),
        ("no blocks", new().say("\"n_layers\":1", "\"n_layers\":0"), "n_layers is 0"),
        ("blocks without end", new().say("\"n_layers\":1", "\"n_layers\":18446744073709551615"), "cannot be"),
        ("four billion blocks", new().say("\"n_layers\":1", "\"n_layers\":4294967295"), "n_layers is 4294967295"),
        ("blocks that were not kept", new().say("\"n_layers\":1", "\"n_layers\":2"), "lacks the tensor blocks.1."),
        ("no heads", new().say("\"n_heads\":1", "\"n_heads\":0"), "n_heads is 0"),
        ("heads that do not fit", new().say("\"n_heads\":1", "\"n_heads\":3"), "multiple of n_heads (3)"),
        ("width of a billion", new().say("\"d_model\":2", "\"d_model\":999999999"), "d_model is 999999999"),
        ("width below zero", new().say("\"d_model\":2", "\"d_model\":-2"), "invalid value: integer `-2`"),
        ("no context", new().say("\"context\":2", "\"context\":0"), "context is 0"),
        (
            "longer context than kept",
            new().say("\"context\":2", "\"context\":3"),
            "Tensor pos_emb has the shape [2, 2]",
        ),
        (
            "own head that is not there",
            new().say("\"tied_head\":true", "\"tied_head\":false"),
            "lacks the tensor head.",
        ),
        ("neither tied nor not", new().say("\"tied_head\":true", "\"tied_head\":1"), "invalid type: integer"),
        ("another tokenizer", new().tokenizer(r#"{"kind":"words","words":[]}"#), "unknown variant `words`"),
        ("tokenizer without a kind", new().tokenizer(r#"{"chars":"abc"}"#), "missing field `kind`"),
        ("tokenizer without characters", new().tokenizer(r#"{"kind":"chars"}"#), "missing field `chars`"),
        ("no characters", new().tokenizer(r#"{"kind":"chars","chars":""}"#), "has no characters"),
        ("characters out of order", new().tokenizer(r#"{"kind":"chars","chars":"acb"}"#), "in code point order"),
        ("character said twice", new().tokenizer(r#"{"kind":"chars","chars":"aab"}"#), "each occur once"),
        ("half a character", new().tokenizer(r#"{"kind":"chars","chars":"a\ud800"}"#), "description cannot be read"),
        ("tokenizer without merges", new().tokenizer(r#"{"kind":"bpe","chars":"abc"}"#), "missing field `merges`"),
        ("merge of a later token", merges("[300,1]"), "Merge 0 of the tokenizer uses a token that does not exist"),
        ("merge of itself", merges("[97,98],[257,97]"), "Merge 1 of the tokenizer uses"),
        ("merges that double", merges(&doubling.join(",")), "makes a token of 2048 bytes"),
        ("merge of three", merges("[97,98,99]"), "description cannot be read"),
        ("merge below zero", merges("[-1,98]"), "invalid value: integer `-1`"),
        ("one merge too many", merges(&vec!["[97,98]"; 65_281].join(",")), "has 65281 merges"),
        ("merges for another vocabulary", merges("[97,98]"), "has 257 tokens, but the model 3"),
        ("lacking tensor", new().drop("tok_emb"), "lacks the tensor tok_emb"),
        (
            "tensor turned over",
            new().tensor("tok_emb", &[2, 3], &[0.5; 6]),
            "has the shape [2, 3]; the model needs [3, 2]",
        ),
        ("tensor of one size", new().tensor("tok_emb", &[6], &[0.5; 6]), "has the shape [6]"),
        ("tensor of no size", new().tensor("tok_emb", &[], &[0.5]), "has the shape []"),
        ("empty tensor", new().tensor("tok_emb", &[0, 2], &[]), "has the shape [0, 2]"),
        (
            "number that is none",
            new().tensor("pos_emb", &[2, 2], &[0.0, f32::NAN, 0.0, 0.0]),
            "holds NaN at position 1",
        ),
        ("infinite number", new().tensor("ln_f.gain", &[1, 2], &[1.0, f32::INFINITY]), "holds inf at position 1"),
        ("infinity below", new().tensor("ln_f.bias", &[1, 2], &[-f32::INFINITY, 0.0]), "holds -inf at position 0"),
        ("lacking mean", new().drop("adam.mean.tok_emb"), "lacks the tensor adam.mean.tok_emb"),
        ("square that is none", new().tensor("adam.square.ln_f.gain", &[1, 2], &[f32::NAN; 2]), "holds NaN"),
        (
            "mean of another shape",
            new().tensor("adam.mean.pos_emb", &[4], &[0.0; 4]),
            "adam.mean.pos_emb has the shape",
        ),
        ("lacking losses", new().drop("history.train"), "lacks the tensor history.train"),
        ("lacking measurements", new().drop("history.val"), "lacks the tensor history.val"),
        ("losses of another length", new().tensor("history.train", &[1], &[1.0]), "does not fit its number of steps"),
        (
            "steps that were not taken",
            new().say("\"step\":2", "\"step\":4294967295"),
            "does not fit its number of steps",
        ),
        ("step beyond 32 bits", new().say("\"step\":2", "\"step\":4294967298"), "invalid value: integer"),
        ("measurement too many", new().say("\"val_steps\":[2]", "\"val_steps\":[1,2]"), "does not fit its number"),
        ("no batch", new().say("\"batch\":8", "\"batch\":0"), "The training cannot go on: batch is 0"),
        ("batch of millions", new().say("\"batch\":8", "\"batch\":99999999"), "batch is 99999999"),
        ("rate below zero", new().say("\"learning_rate\":0.003", "\"learning_rate\":-1"), "learning_rate is -1"),
        ("rate without end", new().say("\"learning_rate\":0.003", "\"learning_rate\":1e999"), "number out of range"),
        (
            "rate that is infinite",
            new().say("\"learning_rate\":0.003", "\"learning_rate\":1e300"),
            "learning_rate is inf",
        ),
        ("first weights nobody knows", new().say("\"gpt2\"", "\"gpt5\""), "unknown variant `gpt5`"),
    ];
    let mut cases: Vec<Case> =
        cases.into_iter().map(|(name, file, says)| (name.to_owned(), file.into_bytes(), says.to_owned())).collect();
    let whole = sound().into_bytes();
    let half = whole[..whole.len() / 2].to_vec();
    cases.push(("half of the file".into(), half, "cut short".into()));
    cases
}
