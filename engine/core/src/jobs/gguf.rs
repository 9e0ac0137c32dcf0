//! Opening a Llama such as SmolLM2 from a GGUF file: first its header, then its weights stretch by stretch, so that no
//! large file is ever in memory twice; then letting it speak.

use super::TokenChance;
use crate::{
    gpt2_file::Piece,
    job::{Home, Job},
    llama::LlamaConfig,
    sampling::Sampling,
    tokenizer::chat::Message,
};
use serde::{Deserialize, Serialize};

/// Reads a file's header and says what is in it. A model that was open before is forgotten, unless the header is not
/// whole yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenGguf {
    /// The whole file's size in bytes.
    pub size: u64,
    /// Its beginning. What is missing is asked for.
    pub head: Vec<u8>,
    /// How many tokens the model shall remember; it may be fewer.
    pub context: usize,
}

/// What came of reading the header.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum GgufHead {
    /// It is longer: ask again with so many bytes of the file's beginning.
    More(u64),
    /// It is whole.
    Opened(Box<OpenedGguf>),
}

/// What was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenedGguf {
    /// The number of this opening, for the jobs that follow.
    pub session: u64,
    /// What the file calls itself, if it does.
    pub name: Option<String>,
    /// Sizes of the model.
    pub config: LlamaConfig,
    /// Numbers that training adjusted.
    pub parameters: u64,
    /// How the file keeps its numbers, such as `Q4_1`.
    pub kinds: Vec<String>,
    /// Stretches of the file, in the order in which [`FeedGguf`] takes them.
    pub pieces: Vec<Piece>,
    /// How many tokens it will remember.
    pub context: usize,
    /// What the weights take in memory, in bytes.
    pub weight_bytes: u64,
    /// What keys and values of so many tokens take.
    pub cache_bytes: u64,
    /// How many tokens the tokenizer knows.
    pub tokenizer: usize,
    /// Why it cannot chat, if it cannot: a sentence.
    pub no_chat: Option<String>,
}

impl Job for OpenGguf {
    const NAME: &'static str = "open-gguf";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = GgufHead;
}

/// Hands over one stretch of the file that was opened, in the order of [`OpenedGguf::pieces`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedGguf {
    /// [`OpenedGguf::session`].
    pub session: u64,
    /// Which stretch.
    pub piece: usize,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Job for FeedGguf {
    const NAME: &'static str = "feed-gguf";
    const HOME: Home = Home::Plain;
    type Update = ();
    /// Whether this was the last stretch, and the model can speak.
    type Output = bool;
}

/// Forgets the model, whose memory other work can then have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CloseGguf {
    /// [`OpenedGguf::session`].
    pub session: u64,
}

impl Job for CloseGguf {
    const NAME: &'static str = "close-gguf";
    const HOME: Home = Home::Plain;
    type Update = ();
    type Output = ();
}

/// Lets the model go on with a text, or answer in a chat. What it remembers of an earlier run is used again as far as the
/// beginnings are the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeakGguf {
    /// [`OpenedGguf::session`].
    pub session: u64,
    /// What to go on with.
    pub input: Speech,
    /// How to choose each token.
    pub sampling: Sampling,
    /// How many tokens to say at most.
    pub tokens: u32,
    /// How many of the likeliest tokens to tell at each place.
    pub best: usize,
}

/// What a model goes on with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Speech {
    /// A text; the names of special tokens in it count as these.
    Text(String),
    /// The turns of a chat, the last of them the learner's.
    Chat(Vec<Message>),
}

/// How far the model is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Speaking {
    /// It reads.
    Read {
        /// Tokens that it has read or remembered.
        done: usize,
        /// Tokens of the input.
        of: usize,
    },
    /// It said one more token.
    Said(SaidToken),
}

/// One token that the model said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaidToken {
    /// Everything said so far, without a character at its end of which bytes are missing.
    pub text: String,
    /// The token's id.
    pub id: u32,
    /// The token as a learner sees it.
    pub token: String,
    /// The probability that the draw gave it, after temperature, top-k and the other settings.
    pub probability: f32,
    /// Where the draw landed, in `[0, 1)`.
    pub uniform: f64,
    /// The likeliest tokens at this place, best first, at temperature 1 and before anything was removed.
    pub chances: Vec<TokenChance>,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpeechEnd {
    /// It said the token that ends a turn.
    Finished,
    /// It said as many tokens as were asked for.
    Length,
    /// It can remember no more tokens.
    Full,
}

/// All that the model said, and what it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// The text.
    pub text: String,
    /// The same as tokens, without one that ended the turn.
    pub ids: Vec<u32>,
    /// Why it stopped.
    pub end: SpeechEnd,
    /// Tokens of the input.
    pub prompt_tokens: usize,
    /// How many of these it remembered from an earlier run.
    pub reused: usize,
    /// Milliseconds that reading the others took.
    pub prefill_ms: f64,
    /// Tokens per second after the first.
    pub tokens_per_s: f64,
}

impl Job for SpeakGguf {
    const NAME: &'static str = "speak-gguf";
    const HOME: Home = Home::Plain;
    type Update = Speaking;
    type Output = Spoken;
}
