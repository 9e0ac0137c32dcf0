//! The slow, obvious versions every fast version is tested against.
//!
//! Everything here works on slices, in double precision inside, and is meant to be read.

pub mod attention;
pub mod attention_backward;
pub mod bert;
pub mod distil;
pub mod feed_forward;
pub mod gpt;
pub mod layers;
pub mod lessons;
pub mod llama;
pub mod quantized;
pub mod sight;
pub mod softmax;
