//! What page, labs and desk share: they are programs of their own in one document.

pub mod address;
pub mod axis;
pub mod crash;
pub mod decimal;
pub mod download;
pub mod notices;
pub mod packs;
pub mod places;
pub mod store;
pub mod text;
pub mod wire;

mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
