//! A tiny random Llama that llama.cpp's own package wrote (`tests/llama/make.py`). `examples/smollm2.rs` checks SmolLM2 itself.

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
