//! What the lab tells those who score exercises and predictions.

use super::written::key;
use crate::widgets::outcome::{self, Value};
use engine_core::jobs::dissect::Dissection;

/// Reports what was found at the chosen place.
pub fn report(seen: &Dissection, text: &str, model: &str) {
    outcome::report("block", true, &values(seen, text, model));
}

fn values(seen: &Dissection, text: &str, model: &str) -> Vec<(&'static str, Value)> {
    let (at, count) = (seen.position, seen.tokens.len());
    let last = seen.lens.last().and_then(|row| row.get(at));
    // At how many places the stream before the first block says nothing but the token itself.
    let echoes = seen
        .lens
        .first()
        .map_or(0, |row| row.iter().zip(&seen.tokens).filter(|(cell, token)| cell.token == **token).count());
    let right = |depth: usize| {
        seen.lens.get(depth).map_or(0, |row| row.iter().filter(|cell| cell.truth_rank == Some(0)).count())
    };
    let most = seen.written.iter().max_by(|a, b| a.to_top.total_cmp(&b.to_top));
    let mut values: Vec<(&'static str, Value)> = vec![
        ("text", text.into()),
        ("model", model.into()),
        ("tokens", count.into()),
        ("position", at.into()),
        ("n_layers", seen.n_layers.into()),
        ("token", seen.tokens.get(at).map_or("", String::as_str).into()),
        ("top", seen.top.token.as_str().into()),
        ("logit", f64::from(seen.top.logit).into()),
        ("settled", seen.settled(at).into()),
        ("echoes", echoes.into()),
        ("echo_share", (echoes as f64 / count.max(1) as f64).into()),
        ("right_embedding", right(0).into()),
        ("right", right(seen.n_layers).into()),
        ("sum_off", seen.off.into()),
    ];
    values.extend(last.map(|cell| ("probability", f64::from(cell.probability).into())));
    values.extend(last.and_then(|cell| cell.truth_rank).map(|rank| ("truth_rank", (rank as usize + 1).into())));
    if let Some(most) = most {
        values.extend([("most", key(most.writer).as_str().into()), ("most_share", f64::from(most.to_top).into())]);
    }
    values
}
