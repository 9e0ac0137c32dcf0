//! A tiny random Llama that llama.cpp's own package wrote (`tests/llama/make.py`), and SmolLM2 where it is kept.

use super::super::*;
use crate::{
    reference::llama::forward,
    tokenizer::{
        Gpt2Tokenizer,
        chat::{ChatMl, Message, Role},
    },
};
use proptest::prelude::*;
use serde::Deserialize;
use std::{
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    time::Instant,
};

const TINY: &[u8] = include_bytes!("../../../tests/llama/tiny.gguf");

#[derive(Deserialize)]
struct Golden {
    tokens: Vec<Case>,
    chat: Vec<u32>,
    ids: Vec<u32>,
    logits: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../tests/llama/golden.json")).unwrap()
}

fn stretch(info: &Info) -> Result<Vec<u8>, String> {
    Ok(TINY[info.offset as usize..][..info.length as usize].to_vec())
}

#[test]
fn a_tiny_llama_gives_the_logits_of_the_reference() {
    let header = super::whole(TINY).unwrap();
    let file = LlamaFile::new(&header).unwrap();
    let mut kinds: Vec<Kind> = file.weights.iter().map(|(_, info)| info.kind).collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, Kind::ALL, "every kind is in it");
    let weights = file.read(stretch).unwrap();
    let golden = golden();
    let ours = forward(&file.config, &weights, &golden.ids);
    assert!(ours.len() == golden.logits.len() && ours.len() > 8);
    let pairs = ours.iter().flatten().zip(golden.logits.iter().flatten());
    let off = pairs.fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
    assert!(off < 1e-7, "off by {off}");
    // Each of its parts counts: with another base, epsilon or grouping it would not be the same model.
    for other in [
        crate::llama::LlamaConfig { rope_base: 1e4, ..file.config },
        crate::llama::LlamaConfig { rms_eps: 1e-3, ..file.config },
    ] {
        let other = forward(&other, &weights, &golden.ids);
        assert!(other.last().unwrap().iter().zip(golden.logits.last().unwrap()).any(|(a, b)| (a - b).abs() > 1e-4));
    }
}

#[test]
fn weights_that_changed_or_are_no_numbers_are_refused() {
    let file = LlamaFile::new(&super::whole(TINY).unwrap()).unwrap();
    let short = file.read(|info| stretch(info).map(|bytes| bytes[1..].to_vec())).unwrap_err();
    assert!(short.starts_with("Tensor token_embd.weight has 10200 bytes, but 10199 came"), "{short}");
    let nan = file.read(|info| stretch(info).map(|bytes| vec![0xff; bytes.len()])).unwrap_err();
    assert!(nan.contains("holds NaN at position 0"), "{nan}");
    assert_eq!(file.read(|_| Err("The file is gone.".into())).unwrap_err(), "The file is gone.");
}

#[test]
fn texts_and_chats_are_cut_as_by_the_reference_library() {
    let header = super::whole(TINY).unwrap();
    let tokenizer = Gpt2Tokenizer::from_gguf(&header).unwrap();
    assert_eq!((tokenizer.vocab_size(), tokenizer.special("<|im_end|>")), (300, Some(2)));
    let golden = golden();
    for Case { text, ids } in &golden.tokens {
        assert_eq!(&tokenizer.encode(text), ids, "{text:?}");
        // The byte 7 has no token and is left out.
        assert_eq!(tokenizer.decode(ids), text.replace('\u{7}', "").as_bytes());
    }
    let chat = ChatMl::from_gguf(&header, &tokenizer).unwrap();
    let say = |role, content: &str| Message { role, content: content.to_owned() };
    let turns = [say(Role::User, "What is 12 + 7?"), say(Role::Assistant, "19"), say(Role::User, " And then?")];
    assert_eq!(chat.encode(&tokenizer, &turns), golden.chat);
    assert_eq!(chat.end(), 2);
    // A system message of one's own takes the place of the file's; the frame cannot be typed.
    let own = [say(Role::System, "You are a tiny model"), say(Role::User, "<|im_end|>")];
    let ids = chat.encode(&tokenizer, &own);
    assert_eq!(ids.iter().filter(|id| **id == 2).count(), 2);
    assert!(tokenizer.decode(&ids).ends_with(b"user\n<|im_end|><|im_end|>\n<|im_start|>assistant\n"));
}

proptest! {
    #[test]
    fn a_damaged_model_is_read_or_refused_and_never_panics(
        changes in prop::collection::vec((0usize..35_000, any::<u8>()), 1..6)
    ) {
        let mut bad = TINY.to_vec();
        for (at, byte) in changes {
            let at = at % bad.len();
            bad[at] = byte;
        }
        let result = super::whole(&bad).and_then(|header| {
            let tokenizer = Gpt2Tokenizer::from_gguf(&header)?;
            tokenizer.encode("any text, 42 of them");
            let file = LlamaFile::new(&header)?;
            file.read(|info| Ok(bad[info.offset as usize..][..info.length as usize].to_vec())).map(|_| ())
        });
        if let Err(sentence) = result {
            prop_assert!(sentence.ends_with('.'), "{}", sentence);
        }
    }
}

/// Where `cargo xtask models` keeps it.
fn smollm2() -> PathBuf {
    let cache = std::env::var_os("GLASSBOX_CACHE").map(PathBuf::from);
    let cache =
        cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/glassbox"));
    cache.join("models/SmolLM2-135M-Instruct.Q4_1.gguf")
}

/// `cargo xtask models`, then `cargo test --release -p engine-core smollm2 -- --ignored --nocapture`.
#[test]
#[ignore = "needs the model of 98 MB, and optimized code"]
fn smollm2_gives_its_known_tokens_and_logits() {
    let mut file = std::fs::File::open(smollm2()).expect("cargo xtask models has fetched it");
    let size = file.metadata().unwrap().len();
    let mut wanted = 1 << 16;
    let (mut reads, start) = (0, Instant::now());
    let header = loop {
        let mut prefix = vec![0; wanted as usize];
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_exact(&mut prefix).unwrap();
        reads += 1;
        match Header::read(&prefix, size).unwrap() {
            Reading::Whole(header) => break header,
            Reading::More(bytes) => wanted = bytes,
        }
    };
    println!("header of {} bytes, {reads} reads, {:?}", header.length(), start.elapsed());
    let tokenizer = Gpt2Tokenizer::from_gguf(&header).unwrap();
    println!("tokenizer at {:?}", start.elapsed());
    let ids = tokenizer.encode("The capital of France is");
    assert_eq!(ids, [504, 3575, 282, 4649, 314]);
    let chat = ChatMl::from_gguf(&header, &tokenizer).unwrap();
    let hello = chat.encode(&tokenizer, &[Message { role: Role::User, content: "Hello".into() }]);
    assert!(tokenizer.decode(&hello).starts_with(b"<|im_start|>system\nYou are a helpful AI assistant named SmolLM"));

    let llama = LlamaFile::new(&header).unwrap();
    assert_eq!(llama.config.parameters(), 134_515_008);
    let weights = llama.read(|info| {
        let mut bytes = vec![0; info.length as usize];
        file.seek(SeekFrom::Start(info.offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|why| why.to_string())?;
        Ok(bytes)
    });
    println!("weights at {:?}", start.elapsed());
    let logits = forward(&llama.config, &weights.unwrap(), &ids);
    println!("logits at {:?}", start.elapsed());
    let mut last: Vec<(f64, String)> =
        logits.last().unwrap().iter().zip(0..).map(|(logit, id)| (*logit, tokenizer.show(id))).collect();
    last.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{:?}", &last[..5]);
    let golden = [(17.371, "␣Paris"), (14.889, "␣the"), (13.245, "␣London"), (13.009, "␣Le"), (12.952, "␣New")];
    for ((logit, token), (wanted, word)) in last.iter().zip(golden) {
        assert!((logit - wanted).abs() < 1e-2 && token == word, "{token} {logit}, wanted {word} {wanted}");
    }
}
