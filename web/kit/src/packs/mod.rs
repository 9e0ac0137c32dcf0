//! What can be fetched on purpose and is then kept: the list of packs, and the caches that they lie in. The desk fetches,
//! checks and removes them; labs read them.

mod list;
mod shelf;

pub use list::{Pack, PackFile, fetch, megabytes};
pub use shelf::{Shelf, Unkept};

/// The pack called `name`, if this build has one. The outer `None`: the list cannot be had.
pub async fn find(name: &str) -> Option<Option<Pack>> {
    let packs = fetch().await?;
    Some(packs.into_iter().find(|pack| pack.name == name))
}

impl Shelf {
    /// Whether every file of a pack is kept.
    pub async fn has_all(&self, pack: &Pack) -> bool {
        for file in &pack.files {
            if !self.has(file).await {
                return false;
            }
        }
        true
    }
}
