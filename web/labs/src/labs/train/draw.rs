//! The draw of one token: what was likely, what the filters left, and where the draw landed.

use kit::t;
use engine_core::{jobs::generate::Generated, sampling::Sampling};

/// One token before and after filtering.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Visible form.
    pub token: String,
    /// The model's own probability.
    pub before: f32,
    /// After temperature, top-k and top-p; none where the filters removed it, and where it is not known.
    pub after: Option<f32>,
    /// Whether it was drawn.
    pub chosen: bool,
}

/// The newest draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// The likeliest tokens, best first.
    pub candidates: Vec<Candidate>,
    /// What happened, in a sentence.
    pub sentence: String,
}

/// Works out a draw from what the engine sent.
///
/// The engine sends the likeliest tokens only, but also the drawn token's probability after
/// filtering. Temperature turns `p` into `p^(1/T)`, and the filters keep the likeliest ones, so the
/// sum of what was kept is `p^(1/T)` of the drawn token over its probability. From that sum follows
/// which tokens were kept, and with what probability.
pub fn explain(step: &Generated, sampling: &Sampling) -> Draw {
    let drawn = step.chances.iter().position(|chance| chance.token == step.token);
    let power = |p: f32| {
        if sampling.temperature <= 0.0 { f64::from(p) } else { f64::from(p).powf(1.0 / f64::from(sampling.temperature)) }
    };
    let kept_sum = drawn.map(|at| power(step.chances[at].probability) / f64::from(step.probability.max(f32::MIN_POSITIVE)));
    let mut sum = 0.0;
    let candidates = step
        .chances
        .iter()
        .enumerate()
        .map(|(rank, chance)| {
            sum += power(chance.probability);
            let in_top_k = sampling.top_k == 0 || rank < sampling.top_k;
            let after = kept_sum.filter(|kept| in_top_k && sum <= kept * (1.0 + 1e-4)).map(|kept| (power(chance.probability) / kept) as f32);
            Candidate { token: chance.token.clone(), before: chance.probability, after, chosen: drawn == Some(rank) }
        })
        .collect();
    let share = format!("{:.1}%", step.probability * 100.0);
    let sentence = if sampling.temperature == 0.0 {
        t!("train.at_temperature_0", token = step.token)
    } else if drawn.is_some() {
        t!("train.draw_with_kept", uniform = format!("{:.4}", step.uniform), token = step.token, share = share)
    } else {
        t!("train.draw_landed_which", uniform = format!("{:.4}", step.uniform), token = step.token, share = share, chances = step.chances.len())
    };
    Draw { candidates, sentence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::{jobs::TokenChance, sampling::distribution};

    /// A step made as the engine makes it, from logits in falling order.
    fn step(logits: &[f32], sampling: &Sampling, drawn: usize, listed: usize) -> (Generated, Vec<f32>) {
        let plain = distribution(logits, &Sampling::PLAIN);
        let after = distribution(logits, sampling);
        let name = |id: usize| format!("t{id}");
        let chances = plain.iter().take(listed).enumerate().map(|(id, p)| TokenChance { token: name(id), probability: *p });
        let made = Generated { text: name(drawn), token: name(drawn), chances: chances.collect(), probability: after[drawn], uniform: 0.3712 };
        (made, after)
    }

    #[test]
    fn filtered_probabilities_are_those_of_the_engine() {
        let logits = [2.0, 1.5, 1.0, 0.0, -1.0, -2.0];
        let settings = [(0.8, 0, 0.95), (1.3, 3, 1.0), (0.5, 4, 0.7), (1.0, 0, 1.0), (0.0, 0, 1.0), (1.0, 1, 0.5)];
        for (temperature, top_k, top_p) in settings {
            let sampling = Sampling { temperature, top_k, top_p, ..Sampling::PLAIN };
            let (made, after) = step(&logits, &sampling, 0, 4);
            for (candidate, truth) in explain(&made, &sampling).candidates.iter().zip(&after) {
                let found = candidate.after.unwrap_or(0.0);
                assert!((found - truth).abs() < 1e-3, "{sampling:?}: {candidate:?}, engine {truth}");
            }
        }
    }

    #[test]
    fn a_token_outside_the_list_is_said_to_be_so() {
        let sampling = Sampling::PLAIN;
        let (made, _) = step(&[2.0, 1.0, 0.0], &sampling, 2, 2);
        let draw = explain(&made, &sampling);
        assert!(draw.sentence.contains("not one of the 2 likeliest"));
        assert!(draw.candidates.iter().all(|c| !c.chosen && c.after.is_none()));
    }
}
