//! Bad models in GGUF files: sound headers of models that cannot be.

use super::{Case, gguf_lies};
use crate::writer::{Writer, text};

/// A small Llama with its tokenizer, part by part, so that one part can be wrong.
pub struct Sketch {
    entries: Vec<(&'static str, u32, Vec<u8>)>,
    tensors: Vec<(&'static str, Vec<u64>, u32)>,
}

fn texts(items: &[&str]) -> Vec<u8> {
    let head = [&8u32.to_le_bytes()[..], &(items.len() as u64).to_le_bytes()].concat();
    items.iter().fold(head, |all, item| [all, text(item)].concat())
}

fn whole_numbers(items: &[u32]) -> Vec<u8> {
    let head = [&4u32.to_le_bytes()[..], &(items.len() as u64).to_le_bytes()].concat();
    items.iter().fold(head, |all, item| [all, item.to_le_bytes().to_vec()].concat())
}

impl Sketch {
    /// A sound one.
    pub fn new() -> Self {
        let number = |n: u32| n.to_le_bytes().to_vec();
        let template = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ \
                        '<|im_start|>system\nBe kind<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + \
                        message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ \
                        '<|im_start|>assistant\n' }}{% endif %}";
        Self {
            entries: vec![
                ("general.architecture", 8, text("llama")),
                ("llama.block_count", 4, number(1)),
                ("llama.context_length", 4, number(16)),
                ("llama.embedding_length", 4, number(4)),
                ("llama.feed_forward_length", 4, number(8)),
                ("llama.attention.head_count", 4, number(2)),
                ("llama.attention.head_count_kv", 4, number(1)),
                ("llama.attention.layer_norm_rms_epsilon", 6, 1e-5f32.to_le_bytes().to_vec()),
                ("llama.rope.freq_base", 6, 1e5f32.to_le_bytes().to_vec()),
                ("llama.rope.dimension_count", 4, number(2)),
                ("llama.vocab_size", 4, number(5)),
                ("tokenizer.ggml.model", 8, text("gpt2")),
                ("tokenizer.ggml.pre", 8, text("smollm")),
                ("tokenizer.ggml.tokens", 9, texts(&["<|im_start|>", "<|im_end|>", "a", "b", "ab"])),
                ("tokenizer.ggml.token_type", 9, whole_numbers(&[3, 3, 1, 1, 1])),
                ("tokenizer.ggml.merges", 9, texts(&["a b"])),
                ("tokenizer.chat_template", 8, text(template)),
            ],
            tensors: vec![
                ("token_embd.weight", vec![4, 5], 0),
                ("blk.0.attn_norm.weight", vec![4], 0),
                ("blk.0.attn_q.weight", vec![4, 4], 0),
                ("blk.0.attn_k.weight", vec![4, 2], 0),
                ("blk.0.attn_v.weight", vec![4, 2], 0),
                ("blk.0.attn_output.weight", vec![4, 4], 0),
                ("blk.0.ffn_norm.weight", vec![4], 0),
                ("blk.0.ffn_gate.weight", vec![4, 8], 0),
                ("blk.0.ffn_up.weight", vec![4, 8], 0),
                ("blk.0.ffn_down.weight", vec![8, 4], 0),
                ("output_norm.weight", vec![4], 0),
            ],
        }
    }

    /// The same with another value for a key.
    fn say(mut self, key: &'static str, kind: u32, value: Vec<u8>) -> Self {
        self = self.hide(key);
        self.entries.push((key, kind, value));
        self
    }

    /// The same without a key.
    fn hide(mut self, key: &str) -> Self {
        self.entries.retain(|entry| entry.0 != key);
        self
    }

    /// The same with another tensor, or none, under a name.
    fn tensor(mut self, name: &'static str, sizes: Option<&[u64]>) -> Self {
        self.tensors.retain(|tensor| tensor.0 != name);
        self.tensors.extend(sizes.map(|sizes| (name, sizes.to_vec(), 0)));
        self
    }

    /// The file.
    pub fn file(&self) -> Vec<u8> {
        let mut writer = Writer::new(self.tensors.len() as u64, self.entries.len() as u64);
        for (key, kind, value) in &self.entries {
            writer = writer.entry(key, *kind, value);
        }
        let mut offset = 0;
        for (name, sizes, kind) in &self.tensors {
            writer = writer.tensor(name, sizes, *kind, offset);
            offset += (sizes.iter().product::<u64>() * 4).next_multiple_of(32);
        }
        writer.data(offset as usize)
    }
}

/// All of them.
pub fn bad() -> Vec<Case> {
    [gguf_lies::bad(), wrong_models()].concat()
}

/// Sound headers of models that cannot be.
fn wrong_models() -> Vec<Case> {
    let new = Sketch::new;
    let number = |key, number: u32| new().say(key, 4, number.to_le_bytes().to_vec());
    let words = |key, words: &str| new().say(key, 8, text(words));
    let tokens = |items: &[&str]| new().say("tokenizer.ggml.tokens", 9, texts(items));
    let merges = |items: &[&str]| new().say("tokenizer.ggml.merges", 9, texts(items));
    let eps = "llama.attention.layer_norm_rms_epsilon";
    let cases: Vec<(&str, Sketch, &str)> = vec![
        ("no architecture", new().hide("general.architecture"), "does not say general.architecture"),
        ("architecture as a number", number("general.architecture", 1), "as a whole number, and it must be a text"),
        ("another architecture", words("general.architecture", "mamba"), "of the kind “mamba”"),
        ("no blocks said", new().hide("llama.block_count"), "does not say llama.block_count"),
        ("no blocks", number("llama.block_count", 0), "n_layers is 0"),
        ("four billion blocks", number("llama.block_count", u32::MAX), "n_layers is 4294967295; it must be from 1"),
        ("blocks below zero", new().say("llama.block_count", 5, vec![0xff; 4]), "a whole number that is not negative"),
        ("no heads", number("llama.attention.head_count", 0), "width of 4 cannot be cut into 0 heads"),
        ("five heads", number("llama.attention.head_count", 5), "width of 4 cannot be cut into 5 heads"),
        ("heads that share no keys", number("llama.attention.head_count_kv", 3), "multiple of n_kv_heads (3)"),
        ("no key heads", number("llama.attention.head_count_kv", 0), "n_kv_heads is 0"),
        ("keys of another width", number("llama.attention.key_length", 3), "heads are 3 wide"),
        ("half-turned heads", number("llama.rope.dimension_count", 1), "of their keys 1 numbers are turned"),
        ("stretched positions", words("llama.rope.scaling.type", "yarn"), "stretches its positions (yarn)"),
        (
            "positions of base NaN",
            new().say("llama.rope.freq_base", 6, f32::NAN.to_le_bytes().into()),
            "rope_base is NaN",
        ),
        ("no epsilon", new().hide(eps), "does not say llama.attention.layer_norm_rms_epsilon"),
        ("infinite epsilon", new().say(eps, 6, f32::INFINITY.to_le_bytes().into()), "rms_eps is inf"),
        ("vocabulary of none", number("llama.vocab_size", 0), "vocab_size is 0"),
        ("vocabulary of another size", number("llama.vocab_size", 6), "the file's sizes ask for [6, 4]"),
        ("lacking tensor", new().tensor("blk.0.ffn_up.weight", None), "lacks the tensor blk.0.ffn_up.weight"),
        ("tensor of another shape", new().tensor("output_norm.weight", Some(&[5])), "has the shape [5]"),
        ("tensor turned over", new().tensor("blk.0.ffn_up.weight", Some(&[8, 4])), "has the shape [4, 8]"),
        ("bias", new().tensor("blk.0.attn_q.bias", Some(&[4])), "blk.0.attn_q.bias, which a plain Llama does not have"),
        ("another tokenizer", words("tokenizer.ggml.model", "llama"), "tokenizer is of the kind “llama”"),
        ("other cuts", words("tokenizer.ggml.pre", "tekken"), "cuts texts as “tekken” does"),
        ("no tokens", new().hide("tokenizer.ggml.tokens"), "does not say tokenizer.ggml.tokens"),
        ("tokens that are numbers", number("tokenizer.ggml.tokens", 5), "it must be a list of texts"),
        ("tokens without types", tokens(&["a"]), "names 1 tokens and the types of 5"),
        (
            "equal tokens",
            tokens(&["<|im_start|>", "<|im_end|>", "a", "a", "ab"]),
            "tokens 2 and 3 of the file are both “a”",
        ),
        ("merge that is no pair", merges(&["ab"]), "the merge “ab”, which is no pair"),
        ("merge of unknown tokens", merges(&["a c"]), "lacks “c”"),
        ("merge that makes no token", merges(&["b a"]), "lacks “ba”"),
        ("types that are texts", new().say("tokenizer.ggml.token_type", 9, texts(&["1"])), "a list of whole numbers"),
        (
            "another chat template",
            words("tokenizer.chat_template", "{{ bos_token }}"),
            "chat template is none that is known",
        ),
        (
            "no frame in the vocabulary",
            tokens(&["<|im_beg|>", "<|im_end|>", "a", "b", "ab"]),
            "needs the token <|im_start|>",
        ),
    ];
    cases.into_iter().map(|(name, sketch, says)| (name.to_owned(), sketch.file(), says.to_owned())).collect()
}
