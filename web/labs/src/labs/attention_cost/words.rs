//! What was measured, as curves, sentences and rows.

use crate::widgets::{
    lines::{LineData, Series, number},
    outcome::Value,
};
use engine_core::jobs::attention_cost::{AttentionReport, AttentionTiming, Method};
use kit::t;

/// A way as the learner reads it.
fn name(method: Method) -> &'static str {
    match method {
        Method::Whole => t!("attention_cost.whole"),
        Method::Fused => t!("attention_cost.fused"),
        Method::Cached => t!("attention_cost.cached"),
    }
}

/// Logarithms to base two on both axes: a step to the right is twice the text, a step up is twice the cost.
fn doubled(report: &AttentionReport, y_name: &str, of: fn(&AttentionTiming) -> f64) -> LineData {
    let line = |method: Method| {
        let points: Vec<_> =
            report.of(method).map(|timing| ((timing.tokens as f64).log2(), of(timing).log2())).collect();
        (!points.is_empty()).then(|| Series { name: name(method).into(), points })
    };
    LineData {
        x_name: t!("attention_cost.log_tokens").into(),
        y_name: y_name.into(),
        series: Method::ALL.into_iter().filter_map(line).collect(),
        references: Vec::new(),
    }
}

/// Time against length.
pub fn times(report: &AttentionReport) -> LineData {
    doubled(report, t!("attention_cost.log_ms"), |timing| timing.ms)
}

/// Memory against length.
pub fn memory(report: &AttentionReport) -> LineData {
    doubled(report, t!("attention_cost.log_kib"), |timing| bytes(timing) as f64 / 1024.0)
}

fn bytes(timing: &AttentionTiming) -> usize {
    timing.data_bytes + timing.room_bytes
}

/// The exponents of time in one sentence.
pub fn summary(report: &AttentionReport) -> String {
    t!("attention_cost.exponents", parts = exponents(report, AttentionReport::time_exponent))
}

/// The exponents of memory in one sentence.
pub fn memory_summary(report: &AttentionReport) -> String {
    t!("attention_cost.memory_exponents", parts = exponents(report, AttentionReport::memory_exponent))
}

fn exponents(report: &AttentionReport, of: fn(&AttentionReport, Method) -> Option<f64>) -> String {
    let part = |method| Some(format!("{} {:.2}", name(method), of(report, method)?));
    Method::ALL.into_iter().filter_map(part).collect::<Vec<_>>().join("; ")
}

/// What the slope of one way means.
pub fn slope(report: &AttentionReport, method: Method) -> Option<String> {
    let exponent = report.time_exponent(method)?;
    let times = 2f64.powf(exponent);
    Some(t!(
        "attention_cost.slope",
        name = name(method),
        exponent = format!("{exponent:.2}"),
        times = format!("{times:.1}")
    ))
}

/// What doubling the text costs, by the slope of the longest texts.
fn doubling(report: &AttentionReport) -> Option<f64> {
    report.time_exponent(Method::Whole).map(|exponent| 2f64.powf(exponent))
}

/// A prediction held against what was measured.
pub fn verdict(guess: f64, report: &AttentionReport) -> String {
    let Some(measured) = doubling(report) else { return t!("attention_cost.too_few").to_owned() };
    let times = format!("{measured:.1}");
    let judged = if (guess / measured).max(measured / guess) <= 1.25 {
        t!("attention_cost.well_judged")
    } else if guess < measured {
        t!("attention_cost.costs_more")
    } else {
        t!("attention_cost.costs_less")
    };
    t!("attention_cost.verdict", guess = guess, times = times, judged = judged)
}

/// What a prediction or an exercise is scored by.
pub fn values(report: &AttentionReport, guess: f64) -> Vec<(&'static str, Value)> {
    let mut values: Vec<(&'static str, Value)> = vec![("guess", guess.into())];
    let names = [
        (Method::Whole, "exponent_whole", "memory_exponent_whole"),
        (Method::Fused, "exponent_fused", "memory_exponent_fused"),
        (Method::Cached, "exponent_cached", "memory_exponent_cached"),
    ];
    for (method, time, memory) in names {
        values.extend(report.time_exponent(method).map(|exponent| (time, exponent.into())));
        values.extend(report.memory_exponent(method).map(|exponent| (memory, exponent.into())));
    }
    if let Some(last) = report.of(Method::Whole).last() {
        values.extend([("longest", last.tokens.into()), ("whole_ms", last.ms.into())]);
        values.push(("matrix_mib", (last.room_bytes as f64 / f64::from(1 << 20)).into()));
    }
    if let Some(measured) = doubling(report) {
        values
            .extend([("doubling", measured.into()), ("guess_factor", (guess / measured).max(measured / guess).into())]);
    }
    values
}

/// Whether anything was measured at that length.
pub fn has(report: &AttentionReport, tokens: usize) -> bool {
    report.timings.iter().any(|timing| timing.tokens == tokens)
}

/// The columns of the table.
pub fn heads() -> [String; 7] {
    let ms = |method| t!("attention_cost.ms_of", name = name(method));
    let kib = |method| t!("attention_cost.kib_of", name = name(method));
    let [a, b, c] = Method::ALL.map(ms);
    let [d, e, f] = Method::ALL.map(kib);
    [t!("attention_cost.tokens").to_owned(), a, b, c, d, e, f]
}

/// One row of the table: times, then memory.
pub fn row(report: &AttentionReport, tokens: usize) -> [String; 6] {
    let at = |method| report.of(method).find(|timing| timing.tokens == tokens);
    let ms = |method| at(method).map_or("–".to_owned(), |timing| number(timing.ms));
    let kib = |method| at(method).map_or("–".to_owned(), |timing| number(bytes(timing) as f64 / 1024.0));
    let [a, b, c] = Method::ALL.map(ms);
    let [d, e, f] = Method::ALL.map(kib);
    [a, b, c, d, e, f]
}

/// What will be measured.
pub fn plan(lengths: &[usize], d_head: usize, rounds: usize) -> String {
    let (Some(first), Some(last)) = (lengths.first(), lengths.last()) else { return String::new() };
    t!("attention_cost.plan", first = first, last = number(*last as f64), d_head = d_head, rounds = rounds)
}

/// Which curves end early, and why.
pub fn left_out(report: &AttentionReport) -> String {
    let sentences = report.left_out.iter().map(|left| {
        let ms = number(left.forecast_ms.round());
        t!("attention_cost.left_out", name = name(left.method), tokens = left.tokens, ms = ms)
    });
    sentences.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> AttentionReport {
        let timing = |method, tokens: usize, ms| {
            let room_bytes = if method == Method::Whole { 4 * tokens * tokens } else { 0 };
            AttentionTiming { method, tokens, ms, range_ms: (ms, ms), rounds: 5, data_bytes: 1024 * tokens, room_bytes }
        };
        let mut timings = Vec::new();
        for tokens in [64, 128, 256] {
            let n = tokens as f64;
            timings.extend([timing(Method::Whole, tokens, n * n / 4096.0), timing(Method::Cached, tokens, n / 640.0)]);
        }
        AttentionReport { variant: "SIMD128".into(), timings, ..AttentionReport::default() }
    }

    #[test]
    fn a_straight_line_rises_by_its_exponent() {
        let data = times(&report());
        assert_eq!(data.series[0].points, [(6.0, 0.0), (7.0, 2.0), (8.0, 4.0)]);
        assert_eq!(
            summary(&report()),
            "Time grows with this power of the length: whole matrix 2.00; cached, one token 1.00."
        );
        assert!(
            slope(&report(), Method::Whole).is_some_and(|words| words.contains("2.00") && words.contains("4.0 times"))
        );
        assert_eq!(slope(&report(), Method::Fused), None);
    }

    #[test]
    fn a_verdict_is_exact_on_both_sides() {
        assert!(verdict(4.0, &report()).contains("well judged"));
        assert!(
            verdict(2.0, &report()).contains("4.0 times") && verdict(2.0, &report()).contains("more than you thought")
        );
        assert!(verdict(8.0, &report()).contains("less than you thought"));
    }

    #[test]
    fn rows_and_outcomes_follow_the_numbers() {
        assert_eq!(row(&report(), 128), ["4", "–", "0.2000", "192", "–", "128"]);
        let values = values(&report(), 4.0);
        let number = |name: &str| {
            values.iter().find_map(
                |(key, value)| if let (true, Value::Number(n)) = (*key == name, value) { Some(*n) } else { None },
            )
        };
        assert!(number("exponent_whole").is_some_and(|n| (n - 2.0).abs() < 1e-9));
        assert_eq!((number("longest"), number("matrix_mib")), (Some(256.0), Some(0.25)));
        assert!(number("guess_factor").is_some_and(|n| (n - 1.0).abs() < 1e-9));
    }
}
