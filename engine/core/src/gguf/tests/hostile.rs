//! Files that are damaged, or made to do damage: each is refused with its sentence, and all together at once.

use super::{super::*, sound, sound_file, writer::*};
use crate::tokenizer::{Gpt2Tokenizer, chat::ChatMl};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// A bad file: its name, its bytes, and what the sentence must say.
type Fixture = (String, Vec<u8>, String);

/// A small Llama with its tokenizer, part by part, so that one part can be wrong.
struct Sketch {
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
    fn new() -> Self {
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

    fn file(&self) -> Vec<u8> {
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

/// Goes as far with a file as it can.
fn open(file: &[u8]) -> Result<(), String> {
    let header = super::whole(file)?;
    LlamaFile::new(&header)?;
    let tokenizer = Gpt2Tokenizer::from_gguf(&header)?;
    ChatMl::from_gguf(&header, &tokenizer).map(|_| ())
}

/// Files that end before a field or within it.
fn cut_files() -> Vec<Fixture> {
    let (file, fields) = (sound_file(), sound().fields);
    let ends = fields.iter().map(|(_, from)| *from).skip(1).chain([sound().bytes.len()]);
    let mut all = Vec::new();
    for ((field, from), to) in fields.iter().zip(ends) {
        for (place, at) in [("before", *from), ("within", (from + to) / 2)] {
            let says = format!("but the file has only {at}. Fetch it anew.");
            all.push((format!("cut {place} {field}"), file[..at].to_vec(), says));
        }
    }
    let short = file.len() - 1;
    all.push(("cut by one byte".into(), file[..short].to_vec(), "tensor two begins 64 bytes after byte".into()));
    all.push(("cut after the header".into(), sound().bytes, "tensor one begins 0 bytes after byte".into()));
    all
}

fn one_entry(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    Writer::new(0, 1).entry(key, kind, value).bytes
}

fn one_tensor(sizes: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    Writer::new(1, 0).tensor("t", sizes, kind, offset).data(128)
}

fn two_tensors(first: u64, second: u64) -> Vec<u8> {
    Writer::new(2, 0).tensor("t", &[16], 0, first).tensor("u", &[16], 0, second).data(256)
}

/// Lists inside each other.
fn deep(levels: usize) -> Vec<u8> {
    let level = [&9u32.to_le_bytes()[..], &1u64.to_le_bytes()].concat();
    one_entry("k", 9, &[level.repeat(levels), 0u32.to_le_bytes().to_vec(), 0u64.to_le_bytes().to_vec()].concat())
}

/// Headers that lie.
fn lying_headers() -> Vec<Fixture> {
    let version = |bytes: [u8; 4]| [&b"GGUF"[..], &bytes, &[0; 16]].concat();
    let key = |key: &[u8]| Writer::new(0, 1).text("k", key).u32("", 0).raw("", &[0]).bytes;
    let long_key = |length: u64| Writer::new(0, 1).u64("", length).raw("", &[b'k'; 300]).bytes;
    let long_text = |length: u64| one_entry("k", 8, &[&length.to_le_bytes()[..], b"short"].concat());
    let list = |kind: u32, items: u64, bytes: &[u8]| Writer::new(0, 1).list("k", kind, items).raw("", bytes).bytes;
    let name = |name: &[u8]| Writer::new(1, 0).text("", name).u32("", 1).u64("", 1).u32("", 0).u64("", 0).data(32);
    let sized = |sizes: u32| Writer::new(1, 0).text("", b"t").u32("", sizes).raw("", &[0; 64]).bytes;
    let aligned = |kind: u32, value: &[u8]| one_entry("general.alignment", kind, value);
    let many = [&0u32.to_le_bytes()[..], &0u64.to_le_bytes()].concat().repeat(4097);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("zip archive", b"PK\x03\x04 and more".to_vec(), "unpack it first"),
        ("old format", b"tjgg\x03\0\0\0".to_vec(), "an older format of llama.cpp"),
        ("web page", b"<!DOCTYPE html>".to_vec(), "the download went wrong"),
        ("pointer of Git LFS", b"version https://git-lfs".to_vec(), "fetch the model itself"),
        ("safetensors", b"\x40\0\0\0\0\0\0\0{\"a\":1}".to_vec(), "Choose a file that ends in .gguf"),
        ("version 0", version([0; 4]), "says version 0 of GGUF"),
        ("version 1", version([1, 0, 0, 0]), "has version 1 of GGUF"),
        ("version 4", version([4, 0, 0, 0]), "says version 4 of GGUF"),
        ("version of all ones", version([0xff; 4]), "says version 4294967295"),
        ("big-endian", version([0, 0, 0, 3]), "big-endian"),
        ("all tensors there can be", Writer::new(u64::MAX, 0).bytes, "18446744073709551615 tensors, and at most 20000"),
        ("one tensor too many", Writer::new(20_001, 0).bytes, "20001 tensors"),
        (
            "tensors without a byte",
            Writer::new(20_000, 0).bytes,
            "the length of the name of tensor 0 begins at byte 24",
        ),
        ("all entries there can be", Writer::new(0, u64::MAX).bytes, "18446744073709551615 metadata entries"),
        ("one entry too many", Writer::new(0, 4097).bytes, "4097 metadata entries, and at most 4096"),
        ("entries without a byte", Writer::new(0, 4096).bytes, "the key of metadata entry 0 begins at byte 24"),
        ("key without end", long_key(u64::MAX), "said to be 18446744073709551615 bytes long"),
        ("key too long", long_key(257), "said to be 257 bytes long, and at most 256"),
        ("empty key", key(b""), "the key of metadata entry 0 is empty"),
        ("key with a space", key(b"a b"), "holds other characters than ASCII's"),
        ("key with a line end", key(b"a\nb"), "holds other characters than ASCII's"),
        ("key beyond ASCII", key("größe".as_bytes()), "holds other characters than ASCII's"),
        ("key that is no text", key(b"ab\xff"), "its byte 34 is not UTF-8"),
        ("key said twice", Writer::new(0, 2).entry("k", 0, &[1]).entry("k", 0, &[2]).bytes, "it says k twice"),
        ("type 13", one_entry("k", 13, &[0; 8]), "the type of k is 13"),
        ("type of all ones", one_entry("k", u32::MAX, &[0; 8]), "the type of k is 4294967295"),
        ("neither yes nor no", one_entry("k", 7, &[2]), "must be yes (1) or no (0), and is 2"),
        ("list of neither", list(7, 3, &[0, 1, 9]), "must be yes (1) or no (0), and is 9"),
        ("text without end", long_text(u64::MAX), "k is said to be 18446744073709551615 bytes long"),
        ("text too long", long_text((1 << 20) + 1), "1048577 bytes long, and at most 1048576"),
        ("text longer than the file", long_text(6), "k begins at byte 45 and needs 6 bytes"),
        ("text that is none", one_entry("k", 8, &[&2u64.to_le_bytes()[..], b"a\x80"].concat()), "its byte 46 is not"),
        ("half a surrogate", one_entry("k", 8, &[&3u64.to_le_bytes()[..], b"\xed\xa0\x80"].concat()), "not UTF-8"),
        ("list of type 13", list(13, 0, &[]), "the type of the items of k is 13"),
        ("list without end", list(0, u64::MAX, &[]), "18446744073709551615 items"),
        ("list too long", list(0, (1 << 22) + 1, &[]), "4194305 items, and at most 4194304"),
        ("list of numbers that are not there", list(12, 1 << 22, &[0; 64]), "needs 33554432 bytes"),
        ("list of texts that are not there", list(8, 1 << 22, &[0; 64]), "needs 33554432 bytes"),
        ("list of lists that are not there", list(9, 1 << 22, &[0; 64]), "needs 50331648 bytes"),
        ("list whose second text has no end", list(8, 2, &[[0; 8], [0xff; 8]].concat()), "item 1 of k is said to be"),
        ("list whose text is none", list(8, 1, &[&1u64.to_le_bytes()[..], b"\xff"].concat()), "item 0 of k is no text"),
        ("lists five deep", deep(4), "more than 4 deep"),
        ("lists a thousand deep", deep(1000), "more than 4 deep"),
        ("list of 4097 lists", list(9, 4097, &many), "more than 4096 lists inside lists"),
        ("name without end", Writer::new(1, 0).u64("", u64::MAX).bytes, "the name of tensor 0 is said to be"),
        ("name too long", name(&[b'n'; 257]), "said to be 257 bytes long"),
        ("empty name", name(b""), "the name of tensor 0 is empty"),
        ("name with a null byte", name(b"a\0b"), "holds control characters"),
        ("name that is no text", name(b"\xc3\x28"), "the name of tensor 0 is no text"),
        ("tensor named twice", Writer::new(2, 0).tensor("t", &[1], 0, 0).tensor("t", &[1], 0, 32).data(64), "t twice"),
        ("tensor without sizes", sized(0), "said to have 0 sizes"),
        ("tensor of five sizes", sized(5), "said to have 5 sizes"),
        ("tensor of all sizes", sized(u32::MAX), "said to have 4294967295 sizes"),
        ("empty tensor", one_tensor(&[4, 0], 0, 0), "make no number of numbers"),
        ("size that overflows", one_tensor(&[1 << 40, 1 << 40], 0, 0), "make no number of numbers"),
        ("sizes whose product comes out as 0", one_tensor(&[1 << 32, 1 << 32], 0, 0), "make no number of numbers"),
        ("two trillion numbers", one_tensor(&[1 << 41], 0, 0), "make no number of numbers"),
        ("a trillion numbers in a small file", one_tensor(&[1 << 40], 0, 0), "has 4398046511104 bytes, but"),
        ("rows that do not fill their blocks", one_tensor(&[33, 32], 3, 0), "Q4_1 keeps them in blocks of 32"),
        ("kind that is not read here", one_tensor(&[256], 12, 0), "kept as Q4_K, which cannot be read here"),
        ("whole numbers", one_tensor(&[4], 26, 0), "kept as I32"),
        ("kind that was given up", one_tensor(&[32], 4, 0), "kept as type 4,"),
        ("kind of all ones", one_tensor(&[32], u32::MAX, 0), "kept as type 4294967295"),
        ("offset between", one_tensor(&[4], 0, 4), "has the offset 4, which is no multiple"),
        ("offset behind the end", one_tensor(&[4], 0, 128), "begins 128 bytes after byte"),
        ("offset that overflows", one_tensor(&[4], 0, u64::MAX - 31), "begins 18446744073709551584 bytes after"),
        ("tensors at one place", two_tensors(0, 0), "the tensors t and u lie one over the other"),
        ("tensors half over each other", two_tensors(64, 32), "the tensors u and t lie one over the other"),
        ("alignment 0", aligned(4, &[0; 4]), "general.alignment is 0"),
        ("alignment 3", aligned(4, &[3, 0, 0, 0]), "general.alignment is 3"),
        ("alignment 4", aligned(4, &[4, 0, 0, 0]), "general.alignment is 4"),
        ("alignment too large", aligned(10, &(1u64 << 63).to_le_bytes()), "general.alignment is 9223372036854775808"),
        ("negative alignment", aligned(5, &(-32i32).to_le_bytes()), "general.alignment is -32"),
        ("alignment as a text", aligned(8, &text("32")), "general.alignment is a text"),
        ("alignment with a fraction", aligned(6, &32.0f32.to_le_bytes()), "general.alignment is 32"),
    ];
    cases.into_iter().map(|(name, file, says)| (name.to_owned(), file, says.to_owned())).collect()
}

/// Sound headers of models that cannot be.
fn wrong_models() -> Vec<Fixture> {
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

#[test]
fn every_bad_file_is_refused_with_its_sentence_and_at_once() {
    assert_eq!(open(&Sketch::new().file()), Ok(()), "what the wrong models are made from is sound");
    let all = [cut_files(), lying_headers(), wrong_models()].concat();
    let mut names: Vec<&str> = all.iter().map(|(name, ..)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() == all.len() && all.len() >= 120, "{} names for {} files", names.len(), all.len());
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|(name, file, says)| {
            let sentence = open(file).err().unwrap_or_else(|| "it was taken for a sound file".to_owned());
            let fits = sentence.contains(says.as_str()) && sentence.ends_with('.');
            (!fits).then(|| format!("{name}: {sentence}\n    should say: {says}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The shortest of three tries: other programs may have kept the machine busy during one.
    let time = || {
        let start = Instant::now();
        all.iter().for_each(|(_, file, _)| drop(open(file)));
        start.elapsed()
    };
    let shortest = (0..3).map(|_| time()).min().unwrap_or(Duration::MAX);
    println!("{} bad files in {shortest:?}", all.len());
    assert!(shortest < Duration::from_millis(200), "{} bad files took {shortest:?}", all.len());
}

#[test]
fn a_header_that_never_ends_is_given_up() {
    // A file of a terabyte whose metadata would fill it: texts of a megabyte each.
    let mut file = Writer::new(0, 1).list("k", 8, 1 << 22).bytes;
    let Ok(Reading::More(wanted)) = Header::read(&file, 1 << 40) else {
        panic!("more is needed for the lengths alone")
    };
    assert!(wanted >= 8 << 22);
    file = Writer::new(0, 1).list("k", 12, 1 << 22).bytes;
    assert_eq!(Header::read(&file, 1 << 40), Ok(Reading::More((file.len() + (8 << 22)) as u64)));
    let sentence = Header::read(&[Writer::new(0, 2).list("k", 12, 1 << 22).bytes, vec![0; 8 << 22]].concat(), 1 << 40);
    assert!(matches!(sentence, Ok(Reading::More(_))));
    let entry = Writer::default().list("k", 12, 1 << 22).bytes;
    let huge =
        [Writer::new(0, 3).bytes, entry, vec![0; 8 << 22], Writer::default().list("l", 12, 1 << 22).bytes].concat();
    let sentence = Header::read(&huge, 1 << 40).unwrap_err();
    assert!(sentence.starts_with("The file's header is too long: l would end at byte 671"), "{sentence}");
    assert!(Header::read(&[0; 10], 9).unwrap_err().contains("said to have 9 bytes, but 10 came"));
}

proptest! {
    #[test]
    fn a_damaged_file_is_read_or_refused_and_never_panics(
        changes in prop::collection::vec((0usize..6000, any::<u8>()), 1..8),
        large in prop::option::of((0usize..700, prop::num::u64::ANY)),
    ) {
        for sound in [sound_file(), Sketch::new().file()] {
            let mut bad = sound.clone();
            for (at, byte) in &changes {
                let at = at % bad.len();
                bad[at] = *byte;
            }
            if let Some((at, number)) = large {
                let at = at % (bad.len() - 8);
                bad[at..at + 8].copy_from_slice(&number.to_le_bytes());
            }
            if let Err(sentence) = open(&bad) {
                prop_assert!(sentence.ends_with('.'), "{}", sentence);
            }
        }
    }

    #[test]
    fn any_bytes_are_no_model(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(open(&bytes).is_err());
        prop_assert!(open(&[b"GGUF\x03\0\0\0".as_slice(), &bytes].concat()).is_err());
    }
}
