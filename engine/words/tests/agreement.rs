//! The same ids as the reference libraries on 12,000 strings: tiktoken for GPT's vocabularies, Hugging Face's own
//! program for BERT's, and its models for our BPE, WordPiece and Unigram. `golden/make.py` wrote down what they answer.

#[path = "golden/own.rs"]
mod own;

use engine_core::{
    jobs::tokenize::Which,
    subwords::{Token, bert::BertTokenizer, own::Own},
};
use engine_words::Vocabulary;
use own::{file, own, written};
use std::fs;

const STRINGS: usize = 12_000;

/// SplitMix64, as in `golden/make.py`.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

const RANGES: [(u32, u32); 26] = [
    (0x20, 0x7E),
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x370, 0x3FF),
    (0x400, 0x45F),
    (0x5D0, 0x5EA),
    (0x620, 0x64A),
    (0x905, 0x939),
    (0x93E, 0x94D),
    (0xE01, 0xE3A),
    (0x1100, 0x1112),
    (0x1E00, 0x1EFF),
    (0x2010, 0x203A),
    (0x2190, 0x21FF),
    (0x2460, 0x249B),
    (0x3041, 0x3096),
    (0x30A1, 0x30FA),
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0xFF01, 0xFF5E),
    (0x1F300, 0x1F5FF),
    (0x1F600, 0x1F64F),
    (0x1D400, 0x1D454),
    (0x300, 0x36F),
    (0x9, 0xD),
    (0x2000, 0x200D),
];

/// The strings, as `golden/make.py` makes them.
fn strings() -> Vec<String> {
    let novel: Vec<char> = fs::read_to_string(file("../../public/data/emma.txt")).unwrap().chars().collect();
    let list = fs::read_to_string(file("tests/golden/pieces.json")).unwrap();
    let pieces: Vec<String> = serde_json::from_str(&list).unwrap();
    let mut random = Random(5);
    let mut all = Vec::new();
    for _ in 0..STRINGS {
        let mut text = String::new();
        for _ in 0..1 + random.below(6) {
            match random.below(4) {
                0 => {
                    let start = random.below(novel.len() as u64 - 100) as usize;
                    let length = random.below(60) as usize;
                    text.extend(&novel[start..start + length]);
                }
                1 => text += &pieces[random.below(pieces.len() as u64) as usize],
                2 => {
                    let (low, high) = RANGES[random.below(RANGES.len() as u64) as usize];
                    for _ in 0..1 + random.below(8) {
                        let code = low + random.below(u64::from(high - low + 1)) as u32;
                        text.push(char::from_u32(code).unwrap());
                    }
                }
                _ => {
                    let space = [' ', '\n', '\t'][random.below(3) as usize];
                    for _ in 0..1 + random.below(3) {
                        text.push(space);
                    }
                    let digits = 1 + random.below(9) as u32;
                    text += &random.below(10u64.pow(digits)).to_string();
                }
            }
        }
        all.push(text);
    }
    all
}

fn fnv(ids: impl Iterator<Item = u32>) -> u32 {
    ids.flat_map(u32::to_le_bytes).fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Fails with the first string whose ids are not those that were written down.
fn agree(name: &str, texts: &[String], ids: impl Fn(&str) -> Vec<u32>) {
    let hashes = fs::read(file(&format!("tests/golden/{name}.hashes"))).unwrap();
    assert_eq!(hashes.len(), 4 * STRINGS);
    let wrong: Vec<&String> = texts
        .iter()
        .zip(hashes.chunks(4))
        .filter(|(text, hash)| fnv(ids(text).into_iter()).to_le_bytes() != **hash)
        .map(|(text, _)| text)
        .collect();
    assert!(
        wrong.is_empty(),
        "{name}: {} of {STRINGS} differ, the first is {:?}: {:?}",
        wrong.len(),
        wrong[0],
        ids(wrong[0])
    );
}

fn ids(tokens: Vec<Token>) -> Vec<u32> {
    tokens.into_iter().map(|token| token.id).collect()
}

#[test]
fn both_sides_make_the_same_strings() {
    agree("strings", &strings(), |text| text.chars().map(u32::from).collect());
}

#[test]
fn published_vocabularies_agree_with_tiktoken_and_tokenizers() {
    let texts = strings();
    for which in [Which::Gpt2, Which::Cl100k, Which::O200k, Which::Bert] {
        let name = which.file().unwrap();
        let bytes = fs::read(file(&format!("../../public/data/vocabularies/{name}"))).unwrap();
        let vocabulary = Vocabulary::read(which, &bytes).unwrap();
        agree(which.name(), &texts, |text| ids(vocabulary.encode(text).unwrap()));
    }
}

#[test]
fn our_own_tokenizer_for_berts_vocabulary_agrees_too() {
    let texts = strings();
    let words = fs::read_to_string(file("../../public/data/vocabularies/bert.txt")).unwrap();
    let own = BertTokenizer::read(&words).unwrap();
    agree("bert", &texts, |text| own.pieces(text));
    // Every character there is, between two letters: the crate itself is asked here.
    let theirs = Vocabulary::read(Which::Bert, words.as_bytes()).unwrap();
    let wrong: Vec<char> = ('\0'..=char::MAX)
        .filter(|c| {
            let text = format!("a{c}b {c}");
            own.pieces(&text) != ids(theirs.encode(&text).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "{} characters differ, the first is {:?}", wrong.len(), wrong[0]);
    // Whole texts, line by line.
    for text in ["emma", "lincoln", "moby-dick", "pride-and-prejudice"] {
        let text = fs::read_to_string(file(&format!("../../public/data/{text}.txt"))).unwrap();
        for line in text.lines().take(2000) {
            assert_eq!(own.pieces(line), ids(theirs.encode(line).unwrap()), "{line}");
        }
    }
}

#[test]
fn our_own_encoders_agree_with_the_models_of_tokenizers() {
    // The file holds what was learned then: learning is the same today.
    let kept = fs::read_to_string(file("tests/golden/own.json")).unwrap();
    assert!(kept == written(), "learning has changed: run the example write_own and make.py");
    let texts = strings();
    let (bpe, word_piece, unigram) = own();
    for (name, own) in [
        ("own-bpe", Own::Bpe(bpe)),
        ("own-word-piece", Own::WordPiece(word_piece)),
        ("own-unigram", Own::Unigram(unigram)),
    ] {
        agree(name, &texts, |text| ids(own.encode(text)));
    }
}
