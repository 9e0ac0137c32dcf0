//! Bad files of GPT-2's tokenizer: `vocab.json` with `merges.txt`, and `tokenizer.json`.

use super::Case;
use std::fmt::Write;

const VOCAB: &str = include_str!("../../../../public/models/random-gpt2/vocab.json");
const MERGES: &str = include_str!("../../../../public/models/random-gpt2/merges.txt");
/// The same tokenizer as one file.
pub const WHOLE: &str = include_str!("../../../core/tests/gpt2/tokenizer.json");

fn together(vocab: &str, merges: &str) -> Vec<u8> {
    [vocab.as_bytes(), &[0], merges.as_bytes()].concat()
}

/// The vocabulary and merges of a tiny GPT-2.
pub fn sound_vocabulary() -> Vec<u8> {
    together(VOCAB, MERGES)
}

/// A vocabulary with more tokens, written as JSON.
fn with(tokens: &str) -> String {
    let open = VOCAB.trim_end().strip_suffix('}').expect("it is an object");
    format!("{open},{tokens}}}")
}

/// So many tokens beside the others.
fn many(count: usize, token: impl Fn(usize) -> String) -> String {
    let mut all = String::new();
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        write!(all, "{comma}\"{}\":{}", token(n), 320 + n).expect("a text takes what is written");
    }
    with(&all)
}

/// All of the two files.
pub fn bad_vocabularies() -> Vec<Case> {
    let merge = |line: &str| format!("#version: 0.2\n{line}");
    let cases: Vec<(&str, String, String, &str)> = vec![
        ("vocabulary that is a list", "[]".into(), MERGES.into(), "vocab.json cannot be read: invalid type: sequence"),
        ("vocabulary that is empty", String::new(), MERGES.into(), "vocab.json cannot be read: EOF"),
        ("vocabulary without a token", "{}".into(), MERGES.into(), "lacks the token “Ā” for the byte 0"),
        (
            "vocabulary without its end",
            VOCAB.trim_end_matches(['}', '\n']).into(),
            MERGES.into(),
            "vocab.json cannot be read: EOF",
        ),
        ("vocabulary of brackets", "[".repeat(100_000), MERGES.into(), "vocab.json cannot be read"),
        (
            "vocabulary that is a web page",
            "<!DOCTYPE html>".into(),
            MERGES.into(),
            "vocab.json cannot be read: expected value",
        ),
        ("vocabulary of 16 MB", " ".repeat((16 << 20) + 1), MERGES.into(), "vocab.json has 16777217 bytes"),
        ("vocabulary of GPT-2's merges", MERGES.into(), VOCAB.into(), "vocab.json cannot be read"),
        ("id below zero", with("\"zz\":-1"), MERGES.into(), "invalid value: integer `-1`"),
        ("id with a fraction", with("\"zz\":1.5"), MERGES.into(), "invalid type: floating point"),
        ("id that is a text", with("\"zz\":\"400\""), MERGES.into(), "invalid type: string"),
        ("id of four billion", with("\"zz\":4000000000"), MERGES.into(), "has the id 4000000000; ids below 131072"),
        ("id beyond 32 bits", with("\"zz\":4294967296"), MERGES.into(), "invalid value: integer"),
        ("id given twice", with("\"zz\":319"), MERGES.into(), "gives the id 319 to two tokens"),
        ("token said twice", with("\"a\":400"), MERGES.into(), "are both “a”"),
        ("half a surrogate", with("\"\\ud800\":400"), MERGES.into(), "vocab.json cannot be read"),
        ("one token too many", many(131_072, |n| n.to_string()), MERGES.into(), "more than 131072 tokens"),
        (
            "tokens that are no bytes",
            many(5000, |n| format!("<|{n}|>")),
            MERGES.into(),
            "tokens that are no bytes; at most 4096",
        ),
        ("merge of one token", VOCAB.into(), merge("he"), "Line 2 of merges.txt is “he”"),
        ("merge of unknown tokens", VOCAB.into(), merge("q zzz"), "lacks “zzz”"),
        ("merge that makes no token", VOCAB.into(), merge("q z"), "lacks “qz”"),
        ("merges that are JSON", VOCAB.into(), "{\"a\":1}".into(), "Line 1 of merges.txt"),
        ("merge of 100 kB", VOCAB.into(), merge(&"x".repeat(100_000)), "Line 2 of merges.txt is “xxxx"),
        ("merges of 16 MB", VOCAB.into(), "\n".repeat((16 << 20) + 1), "merges.txt has 16777217 bytes"),
        ("one merge too many", VOCAB.into(), "a b\n".repeat(131_073), "Line 131073 of merges.txt"),
    ];
    cases.into_iter().map(|(name, vocab, merges, says)| (name.into(), together(&vocab, &merges), says.into())).collect()
}

/// All of the one file.
pub fn bad_json() -> Vec<Case> {
    let say = |words: &str, others: &str| {
        assert!(WHOLE.contains(words), "{words} does not stand in tokenizer.json");
        WHOLE.replacen(words, others, 1)
    };
    let merges = |lines: &str| {
        let (before, rest) = WHOLE.split_once("\"merges\":").expect("it has merges");
        let open = rest.find('[').expect("a list");
        // Merges hold no brackets but their own.
        let mut depth = 0;
        let end = rest[open..].find(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            depth == 0
        });
        let after = &rest[open + end.expect("the list ends") + 1..];
        format!("{before}\"merges\":[{lines}]{after}")
    };
    let added = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!("{{\"id\":{n},\"content\":\"<|{n}|>\"}}")).collect();
        say("\"added_tokens\":", &format!("\"added_tokens\":[{}],\"unused\":", all.join(",")))
    };
    let cases: Vec<(&str, String, &str)> = vec![
        ("empty file", String::new(), "cannot be read as a GPT-2 tokenizer: EOF"),
        ("file without its end", WHOLE[..WHOLE.len() / 2].to_owned(), "cannot be read as a GPT-2 tokenizer"),
        ("list", "[]".into(), "cannot be read as a GPT-2 tokenizer"),
        ("web page", "<!DOCTYPE html>".into(), "cannot be read as a GPT-2 tokenizer: expected value"),
        ("brackets", "[".repeat(100_000), "cannot be read as a GPT-2 tokenizer"),
        ("brackets within", format!("{{\"decoder\":{}", "[".repeat(100_000)), "EOF while parsing a list"),
        ("16 MB", " ".repeat((16 << 20) + 1), "tokenizer.json has 16777217 bytes"),
        ("no model", "{\"added_tokens\":[]}".into(), "missing field `model`"),
        ("model without a vocabulary", say("\"vocab\":", "\"words\":"), "missing field `vocab`"),
        ("model without merges", say("\"merges\":", "\"pairs\":"), "missing field `merges`"),
        ("vocabulary that is a list", say("\"vocab\":", "\"vocab\":[],\"words\":"), "expected tokens with their ids"),
        ("empty vocabulary", say("\"vocab\":", "\"vocab\":{},\"words\":"), "lacks the token “Ā” for the byte 0"),
        ("vocabulary said twice", say("\"vocab\":", "\"vocab\":{},\"vocab\":"), "duplicate field `vocab`"),
        (
            "another kind of model",
            say("\"BPE\"", "\"Unigram\""),
            "of the kind Unigram with the pre-tokenizer ByteLevel",
        ),
        ("another pre-tokenizer", WHOLE.replace("\"ByteLevel\"", "\"Metaspace\""), "with the pre-tokenizer Metaspace"),
        (
            "no pre-tokenizer",
            say("\"pre_tokenizer\":", "\"pre_tokenizer\":null,\"unused\":"),
            "with the pre-tokenizer none",
        ),
        ("kind of 100 kB", say("\"BPE\"", &format!("\"{}\"", "x".repeat(100_000))), "of the kind xxxx"),
        ("merge that is no pair", merges("\"he\""), "the merge “he” is no pair"),
        ("merge of one", merges("[\"h\"]"), "a merge is not of two tokens"),
        ("merge of three", merges("[\"h\",\"e\",\"l\"]"), "a merge is not of two tokens"),
        ("merge of none", merges("[]"), "a merge is not of two tokens"),
        ("merge that is a number", merges("7"), "expected a merge of two tokens"),
        ("merge of numbers", merges("[1,2]"), "invalid type: integer"),
        ("merge of unknown tokens", merges("[\"q\",\"zzz\"]"), "lacks “zzz”"),
        ("merge that makes no token", merges("\"q z\""), "lacks “qz”"),
        ("one merge too many", merges(&vec!["\"a b\""; 131_073].join(",")), "more than 131072"),
        ("one pair too many", merges(&vec!["[\"a\",\"b\"]"; 131_073].join(",")), "more than 131072 merges"),
        ("one added token too many", added(4097), "a list has more than 4096 items"),
        (
            "added token without an id",
            say("\"added_tokens\":", "\"added_tokens\":[{\"content\":\"x\"}],\"unused\":"),
            "missing field `id`",
        ),
        (
            "added id of four billion",
            say("\"added_tokens\":", "\"added_tokens\":[{\"id\":4000000000,\"content\":\"x\"}],\"unused\":"),
            "has the id 4000000000",
        ),
    ];
    cases.into_iter().map(|(name, file, says)| (name.into(), file.into_bytes(), says.into())).collect()
}
