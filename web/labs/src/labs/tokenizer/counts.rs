//! How often each token of a text occurs, by rank: a few very often, most hardly ever.

use super::{
    Knobs,
    ask::{self, Answer, Busy},
    names, source,
};
use crate::widgets::{
    line_chart::LineChart,
    lines::{LineData, Series},
    outcome,
};
use engine_core::jobs::tokenize::{Lesson, TokenCounts, Which};
use kit::{axis::grouped, t};
use leptos::prelude::*;
use std::sync::Arc;

/// Points that a curve is drawn with: evenly on its logarithmic axis.
const POINTS: usize = 160;

/// Counts by rank as logarithms to base ten, for a chart.
pub fn curve(counts: &[usize]) -> Vec<(f64, f64)> {
    let last = counts.len();
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut before = 0;
    for step in 0..POINTS {
        let share = step as f64 / (POINTS - 1) as f64;
        let rank = ((last as f64).powf(share).round() as usize).clamp(1, last.max(1));
        if rank > before
            && let Some(count) = counts.get(rank - 1)
        {
            points.push(((rank as f64).log10(), (*count as f64).log10()));
            before = rank;
        }
    }
    points
}

/// Tokens in all, the share of the hundred most frequent, and how many occur once.
pub fn shares(counts: &[usize]) -> (usize, f64, usize) {
    let all: usize = counts.iter().sum();
    let top: usize = counts.iter().take(100).sum();
    (all, top as f64 / all.max(1) as f64, counts.iter().filter(|count| **count == 1).count())
}

/// Draws the view.
#[component]
pub fn Counts(
    /// The lab's settings.
    knobs: RwSignal<Knobs>,
    /// What own tokenizers are learned from, once it is there.
    lesson: RwSignal<Answer<Lesson>>,
    /// What the lab is doing.
    busy: Busy,
) -> impl IntoView {
    let (a, b) = (Memo::new(move |_| knobs.with(|knobs| knobs.a)), Memo::new(move |_| knobs.with(|knobs| knobs.b)));
    let source = Memo::new(move |_| knobs.with(|knobs| (knobs.text.clone(), knobs.own.clone())));
    let counted = move |which: Memo<Which>| -> RwSignal<Answer<TokenCounts>> {
        ask::follow(
            busy,
            move || {
                let lesson = lesson.with(|lesson| lesson.as_ref().and_then(|lesson| lesson.clone().ok()))?;
                Some((which.get(), lesson, source.get()))
            },
            |(which, lesson, (text, own))| async move {
                let text = source::text(text, own, source::COUNTED).await?;
                ask::count(which, Lesson::clone(&lesson), text).await
            },
        )
    };
    let (left, right) = (counted(a), counted(b));
    let known = move |answer: RwSignal<Answer<TokenCounts>>| {
        answer.with(|answer| answer.as_ref().and_then(|it| it.as_ref().ok().cloned()))
    };
    Effect::new(move |_| {
        let (Some(one), Some(two)) = (known(left), known(right)) else { return };
        if busy.open.get() > 0 || busy.failed.with(Option::is_some) {
            return;
        }
        let text = knobs.with_untracked(|knobs| knobs.text.clone());
        let ((tokens_a, top_a, once_a), (tokens_b, top_b, once_b)) = (shares(&one.counts), shares(&two.counts));
        let values = [
            ("view", "counts".into()),
            ("text", text.as_str().into()),
            ("a", a.get().name().into()),
            ("b", b.get().name().into()),
            ("tokens_a", tokens_a.into()),
            ("tokens_b", tokens_b.into()),
            ("distinct_a", one.counts.len().into()),
            ("distinct_b", two.counts.len().into()),
            ("top_a", top_a.into()),
            ("top_b", top_b.into()),
            ("once_a", once_a.into()),
            ("once_b", once_b.into()),
            ("slope_a", one.slope.unwrap_or(f64::NAN).into()),
            ("slope_b", two.slope.unwrap_or(f64::NAN).into()),
        ];
        outcome::report("tokenizer", true, &values);
    });
    let data = Signal::derive(move || {
        let series = [(a, left), (b, right)].into_iter().filter_map(|(which, answer)| {
            Some(Series { name: names::name(which.get()).into(), points: curve(&known(answer)?.counts) })
        });
        let mut series: Vec<Series> = series.collect();
        if let Some(first) = known(left).and_then(|it| it.counts.first().copied()) {
            // Zipf: the count of rank r is the first count over r.
            let top = (first as f64).log10();
            series.push(Series { name: t!("tokenizer.zipf").into(), points: vec![(0.0, top), (top, 0.0)] });
        }
        Arc::new(LineData {
            x_name: t!("tokenizer.log_rank").into(),
            y_name: t!("tokenizer.log_count").into(),
            series,
            references: Vec::new(),
        })
    });
    let told = move |which: Memo<Which>, answer: RwSignal<Answer<TokenCounts>>| {
        let Some(counts) = known(answer) else { return String::new() };
        let (tokens, top, once) = shares(&counts.counts);
        let whole = |n: usize| grouped(&n.to_string());
        let mut said = vec![t!(
            "tokenizer.counted",
            name = names::name(which.get()),
            tokens = whole(tokens),
            distinct = whole(counts.counts.len()),
            top = format!("{:.1}", top * 100.0),
            once = whole(once)
        )];
        if let Some(size) = counts.size.filter(|_| !which.get().is_learned()) {
            said.push(t!("tokenizer.of_vocabulary", size = whole(size)));
        }
        if let Some(slope) = counts.slope {
            said.push(t!("tokenizer.slope", slope = format!("{slope:.2}").replace('-', "−")));
        }
        said.join(" ")
    };
    let top = move |answer: RwSignal<Answer<TokenCounts>>| {
        let rows = known(answer).map(|counts| {
            let row = |(at, one): (usize, &engine_core::subwords::statistics::Frequency)| {
                view! { <tr><th scope="row">{at + 1}</th><td><code><bdi>{one.shown.clone()}</bdi></code></td><td>{grouped(&one.count.to_string())}</td></tr> }
            };
            counts.top.iter().take(15).enumerate().map(row).collect::<Vec<_>>()
        });
        let heads = [t!("tokenizer.rank"), t!("tokenizer.col_token"), t!("tokenizer.count")]
            .map(|name| view! { <th scope="col">{name}</th> });
        view! { <thead><tr>{heads}</tr></thead><tbody>{rows}</tbody> }
    };
    let set = move |put: fn(&mut Knobs, Which)| Callback::new(move |which| knobs.update(|knobs| put(knobs, which)));
    view! {
        <source::Source knobs/>
        <p class="lab-note">{t!("tokenizer.counted_how", bytes = grouped(&source::COUNTED.to_string()))}</p>
        <div class="tokenizer-sides">
            <names::Choice field="a" label=t!("tokenizer.first") value=a on_choose=set(|k, which| k.a = which)/>
            <names::Choice field="b" label=t!("tokenizer.second") value=b on_choose=set(|k, which| k.b = which)/>
        </div>
        <p class="tokenizer-says" role="status" data-output="counted-a">{move || told(a, left)}</p>
        <p class="tokenizer-says" role="status" data-output="counted-b">{move || told(b, right)}</p>
        <LineChart title=t!("tokenizer.rank_chart") data/>
        <div class="tokenizer-sides">
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("tokenizer.most_frequent")>
                <table data-output="top-a"><caption>{move || names::name(a.get())}</caption>{move || top(left)}</table>
            </div>
            <div class="table-scroll" tabindex="0" role="group" aria-label=t!("tokenizer.most_frequent")>
                <table data-output="top-b"><caption>{move || names::name(b.get())}</caption>{move || top(right)}</table>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_has_its_ends_and_rises_in_rank() {
        let counts: Vec<usize> = (1..=5_000).map(|rank| 100_000 / rank).collect();
        let points = curve(&counts);
        assert_eq!(points.first(), Some(&(0.0, 5.0)));
        assert!((points.last().expect("points").0 - 5_000f64.log10()).abs() < 1e-9);
        assert!(points.is_sorted_by(|a, b| a.0 < b.0));
        assert!(curve(&[]).is_empty());
        assert_eq!(shares(&[5, 3, 1, 1]), (10, 1.0, 2));
    }
}
