//! A file that is too large to be read at once, from the learner's disk or from a pack that is kept in this browser: read
//! a stretch at a time. Nothing of it leaves the device.

use js_sys::Uint8Array;
use kit::{
    packs::{Pack, Shelf},
    t,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Where the bytes are.
#[derive(Clone)]
pub enum LargeFile {
    /// A file of the learner's: its name and itself.
    Disk(String, Blob),
    /// A pack, whose files are the shards of one.
    Kept(Shards),
}

impl LargeFile {
    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Disk(name, _) => name,
            Self::Kept(shards) => &shards.pack.title,
        }
    }

    /// How many bytes it has.
    pub fn size(&self) -> u64 {
        match self {
            Self::Disk(_, blob) => blob.size() as u64,
            Self::Kept(shards) => shards.pack.bytes(),
        }
    }

    /// The bytes from `from` on, up to `to`.
    ///
    /// # Errors
    /// A sentence, where the browser cannot read them.
    pub async fn read(&self, from: u64, to: u64) -> Result<Vec<u8>, String> {
        match self {
            Self::Disk(name, blob) => stretch(name, blob, from, to).await,
            Self::Kept(shards) => shards.read(from, to).await,
        }
    }
}

/// A stretch of a file of the learner's.
///
/// # Errors
/// A sentence, where the browser cannot read it.
pub async fn stretch(name: &str, blob: &Blob, from: u64, to: u64) -> Result<Vec<u8>, String> {
    let unread = |_| t!("shell.file_unreadable", name = name);
    let stretch = blob.slice_with_f64_and_f64(from as f64, to as f64).map_err(unread)?;
    let buffer = JsFuture::from(stretch.array_buffer()).await.map_err(unread)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A file in shards, each a file of one pack.
#[derive(Clone)]
pub struct Shards {
    pack: Pack,
    shelf: Shelf,
    /// The shard that was read last: the next stretch mostly begins in it.
    last: Rc<RefCell<Option<(usize, Uint8Array)>>>,
}

impl Shards {
    /// The pack's file, if every shard is kept in this browser.
    pub async fn open(pack: Pack) -> Option<Self> {
        let shelf = Shelf::open().await?;
        let whole = shelf.has_all(&pack).await;
        whole.then(|| Self { pack, shelf, last: Rc::default() })
    }

    async fn read(&self, from: u64, to: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut start = 0;
        for (at, file) in self.pack.files.iter().enumerate() {
            let end = start + file.bytes;
            if from < end && to > start {
                let shard = self.shard(at).await?;
                // A shard has a few megabytes, so places in it fit into 32 bits.
                let (first, last) = (from.max(start) - start, to.min(end) - start);
                bytes.extend(shard.subarray(first as u32, last as u32).to_vec());
            }
            start = end;
        }
        if bytes.len() as u64 == to.saturating_sub(from) {
            Ok(bytes)
        } else {
            Err(t!("shell.pack_damaged", name = self.pack.title))
        }
    }

    async fn shard(&self, at: usize) -> Result<Uint8Array, String> {
        if let Some((last, bytes)) = &*self.last.borrow()
            && *last == at
        {
            return Ok(bytes.clone());
        }
        // The old one is let go before the new one comes.
        self.last.take();
        let read = self.shelf.read(&self.pack.files[at]).await;
        let bytes = Uint8Array::new(&read.ok_or_else(|| t!("shell.pack_damaged", name = self.pack.title))?);
        *self.last.borrow_mut() = Some((at, bytes.clone()));
        Ok(bytes)
    }
}
