//! Sentences about a run, and what exercises are told of it.

use crate::widgets::{axis::grouped, outcome::Value};
use engine_core::{
    edge::{
        latency::latency,
        plan::picojoules,
        route::{Question, Route},
    },
    jobs::edge::EdgeReport,
};
use kit::t;

/// Milliseconds with three digits that count, more or less.
fn ms(time: f64) -> String {
    match time {
        t if t < 1.0 => format!("{t:.3}"),
        t if t < 100.0 => format!("{t:.1}"),
        t => grouped(&format!("{t:.0}")),
    }
}

fn millions(count: u64) -> String {
    format!("{:.1}", count as f64 / 1e6)
}

/// What came of a run, a sentence each.
pub fn told(report: &EdgeReport) -> Vec<String> {
    let mut told = vec![t!("edge.read", tokens = report.read, ms = ms(report.read_ms))];
    let (count, work) = (report.token_ms.len(), millions(report.work[0]));
    told.push(match (report.spent, count) {
        (true, 0) => t!("edge.nothing").into(),
        (true, count) => t!("edge.spent", count = count, work = work),
        (false, count) => t!("edge.whole", count = count, work = work),
    });
    let Some(times) = latency(&report.token_ms) else { return told };
    let (median, slow) = (ms(times.median), ms(times.slow));
    told.push(t!("edge.latency", median = median, slow = slow, per_second = format!("{:.0}", times.per_second)));
    let seconds: f64 = report.token_ms.iter().sum::<f64>() / 1e3;
    let each = report.work[1] / count as u64;
    told.push(t!("edge.rate", rate = grouped(&format!("{:.0}", report.work[1] as f64 / 1e6 / seconds.max(1e-9)))));
    let (all, fetched) = (picojoules(each, report.plan.weights), picojoules(0, report.plan.weights));
    told.push(t!("edge.energy", micro = format!("{:.1}", all / 1e6), share = format!("{:.0}", 100.0 * fetched / all)));
    told
}

/// Where a question is answered.
pub fn route(question: Question, route: Route, even: Option<f64>) -> String {
    let device = ms(route.device_ms);
    let Some(server) = route.server_ms else { return t!("edge.route_here_alone", device = device) };
    let place = if route.here {
        t!("edge.route_here", device = device, token = ms(question.device_ms))
    } else {
        t!("edge.route_there", server = ms(server), device = device)
    };
    let even = even.map_or_else(|| t!("edge.never").to_owned(), |tokens| t!("edge.break_even", tokens = format!("{tokens:.0}")));
    format!("{place} {even}")
}

/// For exercises.
pub fn values(report: &EdgeReport, server_ms: f64, trip_ms: f64) -> Vec<(&'static str, Value)> {
    let mut values = vec![
        ("context", report.context.into()),
        ("memory", (report.plan.all() as f64).into()),
        ("cache", (report.plan.cache as f64).into()),
        ("weights", (report.plan.weights as f64).into()),
        ("read", report.read.into()),
        ("written", report.token_ms.len().into()),
        ("operations", (report.work[0] as f64).into()),
        ("spent", report.spent.into()),
        ("trip", trip_ms.into()),
    ];
    if let Some(times) = latency(&report.token_ms) {
        values.extend([("median_ms", times.median.into()), ("slow_ms", times.slow.into()), ("per_second", times.per_second.into())]);
        let gained = times.median - server_ms;
        if gained > 0.0 {
            values.push(("break_even", (trip_ms / gained).into()));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::edge::{plan::Plan, route};

    fn report(token_ms: Vec<f64>, spent: bool) -> EdgeReport {
        let plan = Plan { weights: 4000, cache: 200, work: 30 };
        let work = [3_000_000, 1_000_000 * token_ms.len() as u64];
        EdgeReport { plan, context: 8, read: 3, read_ms: 1.5, token_ms, work, text: "a".into(), spent }
    }

    #[test]
    fn every_end_has_its_sentence() {
        let (whole, spent, nothing) = (report(vec![1.0, 3.0], false), report(vec![2.0], true), report(Vec::new(), true));
        assert_eq!((told(&whole).len(), told(&spent).len(), told(&nothing).len()), (5, 5, 2));
        assert!(told(&whole)[2].contains("500"), "two tokens in four milliseconds: {}", told(&whole)[2]);
        assert_ne!(told(&spent)[1], told(&nothing)[1]);
        // 1 million operations at 2.3 pJ, and 4000 bytes at 160.
        assert!(told(&whole)[4].contains("2.9") && told(&whole)[4].contains("22 %"), "{}", told(&whole)[4]);
    }

    #[test]
    fn the_place_is_named_with_its_times() {
        let question =
            Question { tokens: 10.0, device_ms: 20.0, server_ms: 10.0, round_trip_ms: 150.0, online: true, private: false };
        let said = |question| super::route(question, route::route(question), route::break_even(question));
        let all = [
            said(question),
            said(Question { tokens: 100.0, ..question }),
            said(Question { private: true, ..question }),
            said(Question { device_ms: 1.0, ..question }),
        ];
        assert!(all.iter().enumerate().all(|(at, words)| !all[..at].contains(words)), "{all:?}");
        assert!(all[0].contains("15") && all[1].contains("150"), "{all:?}");
        let values = values(&report(vec![1.0, 3.0], false), 0.5, 25.0);
        assert!(values.contains(&("memory", 4230.0.into())) && values.contains(&("written", 2_usize.into())));
        assert!(values.contains(&("break_even", 50.0.into())), "a median of 1 ms: {values:?}");
    }
}
