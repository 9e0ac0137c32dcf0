//! How a chat becomes one text: the frame that SmolLM2 was trained with, known as ChatML.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use super::Gpt2Tokenizer;
use crate::gguf::Header;
use serde::{Deserialize, Serialize};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Whoever built the page: how the model should behave.
    System,
    /// The learner.
    User,
    /// The model.
    Assistant,
}

/// One turn of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What.
    pub content: String,
}

/// The frame around each turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMl {
    system: String,
    start: u32,
    end: u32,
}

const START: &str = "<|im_start|>";
const END: &str = "<|im_end|>";
/// The only template that is known, around the sentence for the system. Templates are small programs in a language of
/// their own, Jinja; this one is written out in [`ChatMl::encode`], and any other is refused.
const TEMPLATE: [&str; 2] = [
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n",
    "<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}\
     {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
];

impl Role {
    /// Its name in the frame.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

impl ChatMl {
    /// Finds the frame in what a GGUF file says about itself.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn from_gguf(header: &Header, tokenizer: &Gpt2Tokenizer) -> Result<Self, String> {
        // Some files write a line end as two characters.
        let template = header.text("tokenizer.chat_template")?.replace("\\n", "\n");
        let [before, after] = TEMPLATE;
        let system = template.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let system = system.filter(|text| !text.contains(['\'', '{', '}']) && !text.contains(END)).ok_or_else(|| {
            "The file's chat template is none that is known here. The model can go on with a text, but not chat: choose \
             SmolLM2-Instruct for that."
                .to_owned()
        })?;
        let id = |text: &str| {
            tokenizer.special(text).ok_or_else(|| {
                format!("The file's chat template needs the token {text}, which its vocabulary lacks. Fetch it anew.")
            })
        };
        Ok(Self { system: system.to_owned(), start: id(START)?, end: id(END)? })
    }

    /// The token after which the model has said all it wants to say.
    pub fn end(&self) -> u32 {
        self.end
    }

    /// The tokens of a chat, up to where the model's answer begins.
    ///
    /// What a message says is never read as a part of the frame, even if it holds the words `<|im_end|>`.
    pub fn encode(&self, tokenizer: &Gpt2Tokenizer, messages: &[Message]) -> Vec<u32> {
        let mut ids = Vec::new();
        let mut turn = |role: Role, content: &str| {
            ids.push(self.start);
            ids.extend(tokenizer.encode_plain(&[role.name(), "\n", content].concat()));
            ids.push(self.end);
            ids.extend(tokenizer.encode_plain("\n"));
        };
        if messages.first().is_some_and(|first| first.role != Role::System) {
            turn(Role::System, &self.system);
        }
        for message in messages {
            turn(message.role, &message.content);
        }
        ids.push(self.start);
        ids.extend(tokenizer.encode_plain("assistant\n"));
        ids
    }
}
