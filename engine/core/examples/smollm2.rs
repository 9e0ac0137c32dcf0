//! SmolLM2 gives its known tokens and logits; it has 98 MB and asks for optimized code, so this is no test:
//! `cargo xtask models`, then `cargo run --release -p engine-core --example smollm2`.

use engine_core::{
    gguf::{Header, LlamaFile, Reading},
    reference::llama::forward,
    tokenizer::{
        Gpt2Tokenizer,
        chat::{ChatMl, Message, Role},
    },
};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    time::Instant,
};

/// Where `cargo xtask models` keeps it.
fn smollm2() -> PathBuf {
    let cache = std::env::var_os("GLASSBOX_CACHE").map(PathBuf::from);
    let cache =
        cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/glassbox"));
    cache.join("models/SmolLM2-135M-Instruct.Q4_1.gguf")
}

fn main() {
    let mut file = File::open(smollm2()).expect("cargo xtask models has fetched it");
    let size = file.metadata().expect("the file is sound").len();
    let mut wanted = 1 << 16;
    let (mut reads, start) = (0, Instant::now());
    let header = loop {
        let mut prefix = vec![0; wanted as usize];
        file.seek(SeekFrom::Start(0)).expect("the file is sound");
        file.read_exact(&mut prefix).expect("the file is sound");
        reads += 1;
        match Header::read(&prefix, size).expect("the file is sound") {
            Reading::Whole(header) => break header,
            Reading::More(bytes) => wanted = bytes,
        }
    };
    println!("header of {} bytes, {reads} reads, {:?}", header.length(), start.elapsed());
    let tokenizer = Gpt2Tokenizer::from_gguf(&header).expect("the file is sound");
    println!("tokenizer at {:?}", start.elapsed());
    let ids = tokenizer.encode("The capital of France is");
    assert_eq!(ids, [504, 3575, 282, 4649, 314]);
    let chat = ChatMl::from_gguf(&header, &tokenizer).expect("the file is sound");
    let hello = chat.encode(&tokenizer, &[Message { role: Role::User, content: "Hello".into() }]);
    assert!(tokenizer.decode(&hello).starts_with(b"<|im_start|>system\nYou are a helpful AI assistant named SmolLM"));

    let llama = LlamaFile::new(&header).expect("the file is sound");
    assert_eq!(llama.config.parameters(), 134_515_008);
    let weights = llama.read(|info| {
        let mut bytes = vec![0; info.length as usize];
        file.seek(SeekFrom::Start(info.offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|why| why.to_string())?;
        Ok(bytes)
    });
    println!("weights at {:?}", start.elapsed());
    let logits = forward(&llama.config, &weights.expect("the file is sound"), &ids);
    println!("logits at {:?}", start.elapsed());
    let mut last: Vec<(f64, String)> = logits
        .last()
        .expect("the file is sound")
        .iter()
        .zip(0..)
        .map(|(logit, id)| (*logit, tokenizer.show(id)))
        .collect();
    last.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{:?}", &last[..5]);
    let golden = [(17.371, "␣Paris"), (14.889, "␣the"), (13.245, "␣London"), (13.009, "␣Le"), (12.952, "␣New")];
    for ((logit, token), (wanted, word)) in last.iter().zip(golden) {
        assert!((logit - wanted).abs() < 1e-2 && token == word, "{token} {logit}, wanted {word} {wanted}");
    }
}
