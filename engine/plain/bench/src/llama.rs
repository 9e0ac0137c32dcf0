//! A Llama from its GGUF file, as the page loads and runs it.

use crate::js;
use engine_core::{
    gguf::{Header, LlamaFile, Reading},
    sampling,
    tokenizer::Gpt2Tokenizer,
};
use engine_plain::llama::{Decoder, Loading};
use wasm_bindgen::prelude::*;

/// A model while its pieces come in, and then one that reads.
#[wasm_bindgen]
pub struct Llama {
    loading: Option<Loading>,
    decoder: Option<Decoder>,
    tokenizer: Gpt2Tokenizer,
}

#[wasm_bindgen]
impl Llama {
    /// Reads the header from the first bytes of a file of `size` bytes.
    ///
    /// # Errors
    /// A sentence, if the header is longer than that or no Llama can be run from it.
    #[wasm_bindgen(constructor)]
    pub fn new(head: &[u8], size: f64) -> Result<Llama, JsError> {
        let Reading::Whole(header) = Header::read(head, size as u64).map_err(js)? else {
            return Err(JsError::new("the header is longer than what was given"));
        };
        let tokenizer = Gpt2Tokenizer::from_gguf(&header).map_err(js)?;
        let loading = Loading::new(&LlamaFile::new(&header).map_err(js)?);
        Ok(Self { loading: Some(loading), decoder: None, tokenizer })
    }

    /// The stretches of the file that are needed: offset and length of each, one after the other.
    pub fn parts(&self) -> Vec<f64> {
        let parts = self.loading.iter().flat_map(Loading::parts);
        parts.flat_map(|part| [part.offset as f64, part.length as f64]).collect()
    }

    /// Takes one stretch. The last one makes the model ready, with room for `context` tokens.
    ///
    /// # Errors
    /// A sentence, if the bytes are not those that were wanted.
    pub fn feed(&mut self, part: usize, bytes: &[u8], context: usize) -> Result<bool, JsError> {
        let loading = self.loading.as_mut().ok_or_else(|| JsError::new("the model is loaded already"))?;
        if !loading.feed(part, bytes).map_err(js)? {
            return Ok(false);
        }
        if let Some(loading) = self.loading.take() {
            self.decoder = Some(Decoder::new(loading.finish().map_err(js)?, context));
        }
        Ok(true)
    }

    /// The tokens of a text.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text)
    }

    /// The text of tokens.
    pub fn decode(&self, ids: &[u32]) -> String {
        String::from_utf8_lossy(&self.tokenizer.decode(ids)).into_owned()
    }

    /// Forgets what was read.
    pub fn clear(&mut self) {
        if let Some(decoder) = &mut self.decoder {
            decoder.keep(0);
        }
    }

    /// Reads tokens, so many of them together, and answers the five largest logits after the last: token and logit of
    /// each, one after the other.
    ///
    /// # Errors
    /// A sentence, if the model is not loaded.
    pub fn read(&mut self, ids: &[u32], together: usize) -> Result<Vec<f64>, JsError> {
        let decoder = self.decoder.as_mut().ok_or_else(|| JsError::new("the model is not loaded yet"))?;
        let mut logits = Vec::new();
        let pieces = ids.chunks(together);
        let last = pieces.len();
        for (at, piece) in pieces.enumerate() {
            let mut reading = decoder.begin(piece);
            while decoder.next_block(&mut reading) {}
            logits = decoder.finish(reading, at + 1 == last);
        }
        Ok(sampling::top(&logits, 5).into_iter().flat_map(|(id, logit)| [id as f64, f64::from(logit)]).collect())
    }
}
