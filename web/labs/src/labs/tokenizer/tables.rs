//! One step of learning as words, tables and a curve.

use super::learn::{counts, steps};
use crate::widgets::lines::{LineData, Series};
use engine_core::jobs::tokenize::{Learned, Missed, Which};
use engine_core::tokenizer::visible;
use kit::{axis::grouped, t};
use leptos::prelude::*;

/// So many of the newest pieces are listed.
const NEWEST: usize = 40;

fn whole(n: usize) -> String {
    grouped(&n.to_string())
}

/// Where the learning stands after `step` steps.
pub fn told(which: Which, learned: &Learned, step: usize) -> String {
    let (tokens, pieces) = counts(learned, step);
    let (tokens, pieces) = (whole(tokens), whole(pieces));
    if which == Which::Unigram {
        let Some(round) = learned.rounds.get(step) else { return String::new() };
        let bits: Vec<String> = round.bits.iter().map(|bits| format!("{bits:.3}")).collect();
        let end = if round.drops == 0 {
            t!("tokenizer.nothing_dropped").to_owned()
        } else {
            t!("tokenizer.next_dropped", drops = whole(round.drops))
        };
        return t!("tokenizer.told_round", pieces = pieces, tokens = tokens, bits = bits.join(" → ")) + " " + &end;
    }
    let now = t!(
        "tokenizer.told_merge",
        words = whole(learned.words),
        distinct = whole(learned.distinct),
        pieces = pieces,
        tokens = tokens
    );
    match learned.merges.get(step) {
        Some(merge) => match merge.candidates.first() {
            Some(next) => {
                now + " "
                    + &t!(
                        "tokenizer.next_merge",
                        pairs = whole(merge.pairs),
                        left = next.left,
                        right = next.right,
                        together = whole(next.together)
                    )
            }
            None => now,
        },
        None => now + " " + t!("tokenizer.no_next"),
    }
}

/// The best pairs before the next merge.
pub fn pairs(which: Which, learned: &Learned, step: usize) -> impl IntoView + use<> {
    let score = which == Which::WordPiece;
    let merge = learned.merges.get(step.min(steps(learned).saturating_sub(1)));
    let candidates = merge.map(|merge| merge.candidates.clone()).unwrap_or_default();
    let done = step >= learned.merges.len();
    let row = move |(at, pair): (usize, engine_core::jobs::tokenize::Candidate)| {
        let mark = match (at, done) {
            (0, false) => t!("tokenizer.is_next"),
            (0, true) => t!("tokenizer.was_last"),
            _ => "",
        };
        view! {
            <tr class:tokenizer-next=at == 0>
                <th scope="row"><code>{pair.left.clone()}</code>" + "<code>{pair.right.clone()}</code></th>
                <td>{whole(pair.together)}</td>
                {score.then(|| view! { <td>{format!("{:.5}", pair.score)}</td> })}
                <td>{mark}</td>
            </tr>
        }
    };
    let rows: Vec<_> = candidates.into_iter().enumerate().map(row).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("tokenizer.pairs_now")>
            <table data-output="pairs">
                <caption>{t!("tokenizer.pairs_now")}</caption>
                <thead><tr>
                    <th scope="col">{t!("tokenizer.pair")}</th>
                    <th scope="col">{t!("tokenizer.together")}</th>
                    {score.then(|| view! { <th scope="col">{t!("tokenizer.score")}</th> })}
                    <th scope="col"><span class="visually-hidden">{t!("tokenizer.what_follows")}</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The pieces that a round would miss most, and those it drops.
pub fn round(learned: &Learned, step: usize) -> impl IntoView + use<> {
    let round = learned.rounds.get(step).cloned();
    let row = |drops: bool| {
        move |missed: &Missed| {
            let instead: Vec<String> = missed.instead.iter().map(|piece| visible(piece.as_bytes())).collect();
            let what = if drops { t!("tokenizer.goes") } else { t!("tokenizer.stays") };
            view! {
                <tr class:tokenizer-goes=drops>
                    <th scope="row"><code>{visible(missed.piece.as_bytes())}</code></th>
                    <td>{whole(missed.used)}</td>
                    <td><code>{instead.join(" ")}</code></td>
                    <td>{format!("{:.1}", missed.bits)}</td>
                    <td>{what}</td>
                </tr>
            }
        }
    };
    let rows = round.map(|round| {
        let stay = round.dearest.iter().take(5).map(row(false));
        stay.chain(round.dropped.iter().take(5).map(row(true))).collect::<Vec<_>>()
    });
    let heads = [
        t!("tokenizer.piece"),
        t!("tokenizer.used"),
        t!("tokenizer.instead"),
        t!("tokenizer.missed_bits"),
        t!("tokenizer.what_follows"),
    ]
    .map(|name| view! { <th scope="col">{name}</th> });
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("tokenizer.misses_now")>
            <table data-output="pieces">
                <caption>{t!("tokenizer.misses_now")}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The newest pieces, the last one first; for Unigram those of the end.
pub fn made(learned: &Learned, step: usize) -> impl IntoView + use<> {
    let newest: Vec<(usize, String)> = learned
        .merges
        .iter()
        .take(step)
        .enumerate()
        .rev()
        .take(NEWEST)
        .map(|(at, merge)| (at + 1, merge.made.clone()))
        .collect();
    let empty = newest.is_empty();
    let items: Vec<_> = newest
        .into_iter()
        .map(|(at, piece)| view! { <li><span class="tokenizer-rank">{at}</span><code><bdi>{piece}</bdi></code></li> })
        .collect();
    view! {
        <div hidden=empty>
            <p class="tokenizer-caption">{t!("tokenizer.made_so_far")}</p>
            <ol class="tokenizer-made" data-output="made">{items}</ol>
        </div>
    }
}

/// Tokens of the text against what was learned.
pub fn curve(learned: &Learned) -> LineData {
    let name: String = t!("tokenizer.tokens_of_text").into();
    let (x_name, points) = if learned.rounds.is_empty() {
        let all = 0..=learned.merges.len();
        (t!("tokenizer.merges_made"), all.map(|step| (step as f64, counts(learned, step).0 as f64)).collect())
    } else {
        // Rounds go from many pieces to few.
        let mut points: Vec<(f64, f64)> =
            learned.rounds.iter().map(|round| (round.pieces as f64, round.tokens as f64)).collect();
        points.reverse();
        (t!("tokenizer.pieces_in_all"), points)
    };
    LineData {
        x_name: x_name.into(),
        y_name: name.clone(),
        series: vec![Series { name, points }],
        references: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::jobs::tokenize::{Candidate, MergeStep, PruneStep};

    #[test]
    fn a_step_is_told_with_its_next_pair() {
        let pair = Candidate { left: "t".into(), right: "h".into(), together: 7, score: 7.0 };
        let merge = MergeStep { candidates: vec![pair], pairs: 12, made: "th".into(), tokens: 90 };
        let learned = Learned {
            words: 20,
            distinct: 9,
            first_size: 256,
            first_tokens: 97,
            merges: vec![merge],
            ..Learned::default()
        };
        assert_eq!((counts(&learned, 0), counts(&learned, 1), steps(&learned)), ((97, 256), (90, 257), 1));
        let words = told(Which::Bpe, &learned, 0);
        assert!(words.contains("97") && words.contains("12") && words.contains('7'), "{words}");
        assert_eq!(curve(&learned).series[0].points, [(0.0, 97.0), (1.0, 90.0)]);
    }

    #[test]
    fn rounds_run_from_many_pieces_to_few() {
        let round = |pieces, tokens, drops| PruneStep {
            pieces,
            bits: vec![3.0, 2.5],
            tokens,
            dearest: vec![],
            dropped: vec![],
            drops,
        };
        let learned = Learned { rounds: vec![round(50, 30, 10), round(40, 35, 0)], ..Learned::default() };
        assert_eq!((steps(&learned), counts(&learned, 1)), (1, (35, 40)));
        assert_eq!(curve(&learned).series[0].points, [(40.0, 35.0), (50.0, 30.0)]);
        assert!(told(Which::Unigram, &learned, 0).contains("3.000 → 2.500"));
    }
}
