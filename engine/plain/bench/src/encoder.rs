//! A sentence encoder, opened from a whole file and fed with token ids.

use crate::js;
use engine_core::{
    encoder::{Arithmetic, Plan},
    subwords::bert::BertTokenizer,
};
use engine_plain::encoder::{forward::Forward, model::Encoder};
use wasm_bindgen::prelude::*;

/// An encoder with its tokenizer.
#[wasm_bindgen]
pub struct SentenceEncoder {
    model: Encoder,
    tokenizer: BertTokenizer,
    forward: Forward,
}

#[wasm_bindgen]
impl SentenceEncoder {
    /// Opens a file in whole numbers, to compute with `whole` numbers or with those of 32 bits.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &[u8], whole: bool) -> Result<SentenceEncoder, JsError> {
        let (plan, mut loading) = Plan::new(file, file.len() as u64, None).map_err(js)?;
        for (number, piece) in plan.pieces.iter().enumerate() {
            let from = usize::try_from(piece.offset)?;
            loading.feed(number, &file[from..from + piece.length]).map_err(js)?;
        }
        let mut weights = loading.finish().map_err(js)?;
        let tokenizer = BertTokenizer::read(&weights.vocabulary.take().unwrap_or_default()).map_err(js)?;
        let arithmetic = if whole { Arithmetic::Whole } else { Arithmetic::Float };
        let model = Encoder::new(weights, arithmetic).map_err(js)?;
        Ok(Self { model, tokenizer, forward: Forward::default() })
    }

    /// The ids of a text, with the two around it, of at most `most` tokens.
    pub fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        self.tokenizer.encode(text, most).ids
    }

    /// The vectors of sentences of `length` tokens each: `[sentences, d_model]`.
    pub fn encode(&mut self, ids: &[u32], length: usize) -> Vec<f32> {
        let sentences: Vec<&[u32]> = ids.chunks_exact(length).collect();
        self.forward.begin(&self.model, &sentences);
        while self.forward.next_layer(&self.model) {}
        self.forward.sentences()
    }

    /// Bytes of the layers' weights in memory.
    pub fn layer_bytes(&self) -> usize {
        self.model.layer_bytes()
    }
}
