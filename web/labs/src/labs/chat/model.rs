//! The model that chats, and how it gets into memory.

use crate::{
    engine,
    large_file::LargeFile,
};
use engine_core::jobs::gguf::{FeedGguf, GgufHead, OpenGguf, OpenedGguf};
use kit::t;
use std::rc::Rc;

/// So much of a file is read first; SmolLM2's header has 1.8 MB.
const FIRST_BYTES: u64 = 2 << 20;

/// Who speaks.
#[derive(Clone)]
pub enum Speaker {
    /// A model from a GGUF file, which lies in the engine.
    Pretrained(OpenedGguf),
    /// The small model that comes with the page: its file.
    Small(Rc<Vec<u8>>),
}

impl Speaker {
    /// Whether it can be asked.
    pub fn chats(&self) -> bool {
        match self {
            Self::Pretrained(model) => model.no_chat.is_none(),
            Self::Small(_) => true,
        }
    }
}

/// Reads a file into the engine: first its header, then each stretch of weights. `at` hears how many bytes of how many
/// are there; `wanted` says whether anybody still waits.
///
/// # Errors
/// A sentence that says what is wrong with the file, or that it was given up.
pub async fn load(
    file: &LargeFile,
    context: usize,
    at: impl Fn(u64, u64),
    wanted: impl Fn() -> bool,
) -> Result<OpenedGguf, String> {
    let size = file.size();
    let mut head_bytes = FIRST_BYTES.min(size);
    let opened = loop {
        let head = file.read(0, head_bytes).await?;
        let answer = engine::run(&OpenGguf { size, head, context }).await.map_err(|error| error.to_string())?;
        match answer {
            GgufHead::Opened(opened) => break *opened,
            GgufHead::More(bytes) if bytes > head_bytes && bytes <= size => head_bytes = bytes,
            GgufHead::More(_) => return Err(t!("chat.file_ends", name = file.name())),
        }
        if !wanted() {
            return Err(t!("chat.given_up").into());
        }
    };
    let all = opened.pieces.iter().map(|piece| piece.length as u64).sum();
    let mut done = 0;
    for (number, piece) in opened.pieces.iter().enumerate() {
        at(done, all);
        let length = piece.length as u64;
        let bytes = file.read(piece.offset, piece.offset + length).await?;
        let fed = engine::run(&FeedGguf { session: opened.session, piece: number, bytes }).await;
        fed.map_err(|error| error.to_string())?;
        done += length;
        if !wanted() {
            return Err(t!("chat.given_up").into());
        }
    }
    at(all, all);
    Ok(opened)
}
