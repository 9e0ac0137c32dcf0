//! The model that chats: where its file is, and how it gets into memory.

use crate::{
    engine,
    large_file::{LargeFile, Shards},
};
use engine_core::jobs::gguf::{FeedGguf, GgufHead, OpenGguf, OpenedGguf};
use kit::{
    packs::{self, Pack},
    t,
};

/// The pack that this lab is made for.
pub const PACK: &str = "smollm2";
/// So much of a file is read first; SmolLM2's header has 1.8 MB.
const FIRST_BYTES: u64 = 2 << 20;

/// Where the pack is.
#[derive(Clone)]
pub enum Place {
    /// Nobody has looked yet.
    Unknown,
    /// The list of packs cannot be had.
    Unlisted,
    /// This site was built without it.
    NotInBuild,
    /// It can be downloaded.
    Absent(Pack),
    /// It is kept in this browser.
    Kept(Shards),
}

impl Place {
    /// Looks for the pack.
    pub async fn look() -> Self {
        match packs::find(PACK).await {
            None => Self::Unlisted,
            Some(None) => Self::NotInBuild,
            Some(Some(pack)) => match Shards::open(pack.clone()).await {
                Some(shards) => Self::Kept(shards),
                None => Self::Absent(pack),
            },
        }
    }

    /// For tests and styles.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unlisted => "unlisted",
            Self::NotInBuild => "not-in-build",
            Self::Absent(_) => "absent",
            Self::Kept(_) => "kept",
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
