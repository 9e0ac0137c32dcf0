//! What was said, by whom, and keeping it.

use engine_core::{
    jobs::{TokenChance, generate::Generated, gguf::SaidToken},
    tokenizer::chat::{Message, Role},
};
use kit::store;
use serde::{Deserialize, Serialize};

const AREA: &str = "chat";
const KEY: &str = "turns";

/// One turn on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Whether the learner says it; the model otherwise.
    pub own: bool,
    /// What.
    pub text: String,
    /// The model's tokens with what else could have come; none for turns of an earlier visit.
    pub said: Vec<Said>,
}

/// One token of the model's.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// As a learner sees it.
    pub token: String,
    /// The probability that the draw gave it, after temperature and all the rest.
    pub probability: f32,
    /// Where the draw landed, in `[0, 1)`.
    pub uniform: f64,
    /// The likeliest tokens at this place, best first, before anything was removed.
    pub chances: Vec<TokenChance>,
}

impl From<SaidToken> for Said {
    fn from(it: SaidToken) -> Self {
        Self { token: it.token, probability: it.probability, uniform: it.uniform, chances: it.chances }
    }
}

impl From<Generated> for Said {
    fn from(it: Generated) -> Self {
        Self { token: it.token, probability: it.probability, uniform: it.uniform, chances: it.chances }
    }
}

impl Turn {
    /// A turn of the learner's.
    pub fn own(text: String) -> Self {
        Self { own: true, text, said: Vec::new() }
    }

    /// A turn of the model's that is about to begin.
    pub fn answer() -> Self {
        Self { own: false, text: String::new(), said: Vec::new() }
    }
}

/// As the model reads it. An empty `system` leaves the sentence that the model was trained with.
pub fn messages(system: &str, turns: &[Turn]) -> Vec<Message> {
    let system = system.trim();
    let first = (!system.is_empty()).then(|| Message { role: Role::System, content: system.into() });
    let turn = |turn: &Turn| {
        let role = if turn.own { Role::User } else { Role::Assistant };
        Message { role, content: turn.text.clone() }
    };
    first.into_iter().chain(turns.iter().map(turn)).collect()
}

/// A turn as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    own: bool,
    text: String,
}

/// What was said in an earlier visit.
pub async fn read() -> Vec<Turn> {
    let text = store::get(AREA, KEY).await.ok().flatten().unwrap_or_default();
    let kept: Vec<Kept> = serde_json::from_str(&text).unwrap_or_default();
    kept.into_iter().map(|it| Turn { own: it.own, text: it.text, said: Vec::new() }).collect()
}

/// Keeps what was said. A store that refuses loses no more than a reload would.
pub async fn keep(turns: &[Turn]) {
    let kept: Vec<Kept> = turns.iter().map(|it| Kept { own: it.own, text: it.text.clone() }).collect();
    if let Ok(text) = serde_json::to_string(&kept) {
        let _ = store::put(AREA, KEY, &text).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_speaks_first_if_it_says_anything() {
        let turns = [Turn::own("Hello".into()), Turn { text: "Hi".into(), ..Turn::answer() }];
        let roles = |system| messages(system, &turns).iter().map(|it| it.role).collect::<Vec<_>>();
        assert_eq!(roles(" "), [Role::User, Role::Assistant]);
        assert_eq!(roles("Be brief."), [Role::System, Role::User, Role::Assistant]);
    }
}
