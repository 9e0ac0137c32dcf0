//! A conversation as a text that a language model can go on with.

// ANCHOR: chat
/// The text to continue: as many of the last turns as fit, and the beginning of the answer.
///
/// `turns` are who said what; `longest` counts characters. The newest turn always stays.
///
/// ```
/// use engine_core::reference::lessons::chat::prompt;
/// let turns = [("You", "Hello!"), ("Bot", "Good day."), ("You", "Who are you?")];
/// assert_eq!(prompt(&turns, "Bot", 1000), "You: Hello!\nBot: Good day.\nYou: Who are you?\nBot:");
/// assert_eq!(prompt(&turns, "Bot", 20), "You: Who are you?\nBot:");
/// ```
pub fn prompt(turns: &[(&str, &str)], speaker: &str, longest: usize) -> String {
    let mut text = format!("{speaker}:");
    for (at, (who, said)) in turns.iter().rev().enumerate() {
        let longer = format!("{who}: {said}\n{text}");
        if at > 0 && longer.chars().count() > longest {
            break;
        }
        text = longer;
    }
    text
}

/// The answer within what the model wrote: up to the end of its line, where the next turn would begin.
///
/// ```
/// use engine_core::reference::lessons::chat::answer;
/// assert_eq!(answer(" I am a small model.\nYou: Oh."), "I am a small model.");
/// ```
pub fn answer(written: &str) -> &str {
    written.split('\n').next().unwrap_or("").trim()
}
// ANCHOR_END: chat

#[cfg(test)]
mod tests {
    use super::{answer, prompt};

    #[test]
    fn old_turns_go_first_and_the_newest_stays_whatever_its_length() {
        let long = "x".repeat(300);
        let turns = [("You", "one"), ("Bot", "two"), ("You", long.as_str())];
        assert_eq!(prompt(&turns, "Bot", 50), format!("You: {long}\nBot:"));
        let two = prompt(&turns[..2], "You", 18);
        assert_eq!(two, "Bot: two\nYou:", "adding the first would make 22 characters");
    }

    #[test]
    fn an_answer_may_be_empty() {
        assert_eq!((answer(""), answer("\nYou:"), answer("  yes  ")), ("", "", "yes"));
    }
}
