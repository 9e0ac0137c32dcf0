//! A text grows by its own last token.

use crate::reference::softmax::softmax;

// ANCHOR: complete
/// Goes on with `prompt` by so many tokens; answers each new token with its probability.
///
/// `scores` is the model: from the tokens it sees to one score per token. It sees the last `context` of them.
/// The likeliest token is taken each time.
///
/// ```
/// use engine_core::reference::lessons::complete::complete;
/// // A model of three tokens that always counts up.
/// let up = |seen: &[usize]| (0..3).map(|t| if t == (seen[seen.len() - 1] + 1) % 3 { 50.0 } else { 0.0 }).collect();
/// let written: Vec<usize> = complete(up, &[0], 4, 8).iter().map(|(token, _)| *token).collect();
/// assert_eq!(written, [1, 2, 0, 1]);
/// ```
pub fn complete(
    scores: impl Fn(&[usize]) -> Vec<f64>,
    prompt: &[usize],
    tokens: usize,
    context: usize,
) -> Vec<(usize, f64)> {
    let mut text = prompt.to_vec();
    let mut written = Vec::new();
    for _ in 0..tokens {
        let seen = &text[text.len().saturating_sub(context)..];
        let chances = softmax(&scores(seen));
        let mut best = 0;
        for (token, chance) in chances.iter().enumerate() {
            if *chance > chances[best] {
                best = token;
            }
        }
        text.push(best);
        written.push((best, chances[best]));
    }
    written
}
// ANCHOR_END: complete

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn only_the_last_tokens_are_seen() {
        let longest = std::cell::Cell::new(0);
        let written = complete(
            |seen| {
                longest.set(longest.get().max(seen.len()));
                vec![seen.len() as f64, 1.5]
            },
            &[0, 1, 0],
            5,
            4,
        );
        assert_eq!((written.len(), longest.get()), (5, 4));
        assert!(written.iter().all(|(token, chance)| *token == 0 && *chance > 0.5));
    }
}
