//! A sentence encoder, opened from a whole file and fed with token ids.

use crate::js;
use engine_core::{encoder::Plan, subwords::bert::BertTokenizer};
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
    /// Opens a file in whole numbers; or a published one, with the texts of `config.json` and `vocab.txt`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &[u8], config: Option<String>, vocabulary: Option<String>) -> Result<SentenceEncoder, JsError> {
        let (plan, mut loading) = Plan::new(file, file.len() as u64, config.as_deref()).map_err(js)?;
        for (number, piece) in plan.pieces.iter().enumerate() {
            let from = usize::try_from(piece.offset)?;
            loading.feed(number, &file[from..from + piece.length]).map_err(js)?;
        }
        let mut weights = loading.finish().map_err(js)?;
        let vocabulary = weights.vocabulary.take().or(vocabulary).unwrap_or_default();
        let tokenizer = BertTokenizer::read(&vocabulary).map_err(js)?;
        let model = Encoder::new(weights, plan.kept).map_err(js)?;
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
