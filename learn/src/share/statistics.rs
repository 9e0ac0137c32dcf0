//! What a class's results say together: a row per number, a line per run, and a table as a file.

use super::result::{Achieved, Device, Value};
use std::collections::BTreeSet;
use std::fmt::Write;

/// One number over all results that have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The number's name.
    pub name: String,
    /// How many results have it.
    pub count: usize,
    /// The smallest.
    pub least: f64,
    /// Half of the results are below and half above.
    pub median: f64,
    /// The largest.
    pub most: f64,
}

/// The runs of a class over each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    /// One line per run: the position of its result, and its points.
    pub lines: Vec<(usize, Vec<(f64, f64)>)>,
    /// The median over the runs at each place that at least half of them have come to.
    pub median: Vec<(f64, f64)>,
}

impl Overlay {
    /// Every point of every run as comma-separated values; `name` says what the run at a position is called.
    pub fn csv(&self, name: impl Fn(usize) -> String) -> String {
        let mut out = String::from("run,step,value\r\n");
        for (position, points) in &self.lines {
            let name = cell(&name(*position));
            for (x, y) in points {
                let _ = write!(out, "{name},{x},{y}\r\n"); // Writing to a string cannot fail.
            }
        }
        out
    }
}

/// A row for each number in the outcomes, by name.
pub fn summaries(results: &[Achieved]) -> Vec<Summary> {
    let row = |name: String| {
        let mut all: Vec<f64> = results.iter().filter_map(|result| number(result.values.get(&name))).collect();
        let median = median(&mut all)?;
        Some(Summary { name, count: all.len(), least: *all.first()?, median, most: *all.last()? })
    };
    value_names(results).into_iter().filter_map(row).collect()
}

/// The names of all curves, in alphabetical order.
pub fn curve_names(results: &[Achieved]) -> Vec<String> {
    let names: BTreeSet<_> = results.iter().flat_map(|result| &result.curves).map(|curve| &curve.name).collect();
    names.into_iter().cloned().collect()
}

/// The runs' curves of one name, and their median.
pub fn overlay(results: &[Achieved], name: &str) -> Overlay {
    let curve_of =
        |result: &Achieved| result.curves.iter().find(|curve| curve.name == name).map(|it| it.points.clone());
    let lines: Vec<_> = results.iter().enumerate().filter_map(|(i, result)| Some((i, curve_of(result)?))).collect();
    let mut places: Vec<f64> = lines.iter().flat_map(|(_, points)| points).map(|(x, _)| *x).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let at = |x: f64| {
        let mut all: Vec<f64> = lines.iter().filter_map(|(_, points)| value_at(points, x)).collect();
        if all.len() * 2 < lines.len() { None } else { Some((x, median(&mut all)?)) }
    };
    // A thousand places are more than any chart shows.
    let stride = places.len().div_ceil(1000).max(1);
    let median = places.iter().step_by(stride).filter_map(|x| at(*x)).collect();
    Overlay { lines, median }
}

/// The results as comma-separated values. A text that a spreadsheet would compute is told to be a text.
pub fn csv(results: &[Achieved]) -> String {
    let names = value_names(results);
    let mut out = String::from("name,exercise,lesson,lab,time,seed,device,reached");
    for name in &names {
        let _ = write!(out, ",{}", cell(name)); // Writing to a string cannot fail.
    }
    out.push_str("\r\n");
    for result in results {
        let texts = [&result.name, &result.exercise, &result.lesson, &result.lab].map(|text| cell(text));
        let seed = result.seed.map(|seed| seed.to_string()).unwrap_or_default();
        let device = if result.device == Device::Gpu { "gpu" } else { "cpu" };
        let _ = write!(out, "{},{},{seed},{device},{}", texts.join(","), result.at, result.reached);
        for name in &names {
            out.push(',');
            match result.values.get(name) {
                Some(Value::Number(number)) => drop(write!(out, "{number}")),
                Some(Value::Is(yes)) => drop(write!(out, "{yes}")),
                Some(Value::Text(text)) => out.push_str(&cell(text)),
                None => {}
            }
        }
        out.push_str("\r\n");
    }
    out
}

fn cell(text: &str) -> String {
    let computed = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if computed { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn value_names(results: &[Achieved]) -> Vec<String> {
    let names: BTreeSet<_> = results.iter().flat_map(|result| result.values.keys()).collect();
    names.into_iter().cloned().collect()
}

fn number(value: Option<&Value>) -> Option<f64> {
    match value {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// Sorts, and takes the middle.
fn median(all: &mut [f64]) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let upper = *all.get(all.len() / 2)?;
    let lower = *all.get((all.len() - 1) / 2)?;
    Some((lower + upper) / 2.0)
}

/// On the straight line between the two points around `x`; nothing before the first and after the last.
fn value_at(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = points.partition_point(|(place, _)| *place < x);
    let (x1, y1) = *points.get(after)?;
    if x1 == x {
        return Some(y1);
    }
    let (x0, y0) = *points.get(after.checked_sub(1)?)?;
    Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
}

#[cfg(test)]
mod tests {
    use super::super::Curve;
    use super::*;

    fn run(name: &str, loss: f64, points: &[(f64, f64)]) -> Achieved {
        let curves = vec![Curve { name: "loss".into(), points: points.into() }];
        let values = [("loss".to_owned(), Value::Number(loss)), ("text".to_owned(), Value::Text("a,b".into()))].into();
        Achieved { name: name.into(), values, curves, ..Achieved::default() }
    }

    #[test]
    fn numbers_are_summed_up() {
        let results = [run("a", 3.0, &[]), run("b", 1.0, &[]), run("c", 2.5, &[]), run("d", 2.0, &[])];
        let all = summaries(&results);
        assert_eq!(all, [Summary { name: "loss".into(), count: 4, least: 1.0, median: 2.25, most: 3.0 }]);
        assert_eq!(summaries(&[]), []);
    }

    #[test]
    fn the_median_runs_between_the_lines() {
        let results = [
            run("a", 0.0, &[(0.0, 4.0), (10.0, 2.0)]),
            run("b", 0.0, &[(0.0, 2.0), (5.0, 1.0), (20.0, 0.0)]),
            run("c", 0.0, &[(0.0, 9.0), (10.0, 9.0)]),
        ];
        let all = overlay(&results, "loss");
        assert_eq!(all.lines.len(), 3);
        // At 5: 3 (between), 1, 9. At 10: 2, 2/3, 9. At 20 one of three is left.
        assert_eq!(all.median, [(0.0, 4.0), (5.0, 3.0), (10.0, 2.0)]);
        assert_eq!(overlay(&results, "other"), Overlay::default());
        assert_eq!(curve_names(&results), ["loss"]);
    }

    #[test]
    fn a_spreadsheet_computes_nothing() {
        let text = csv(&[run("=HYPERLINK(\"x\")", 1.5, &[]), run("Ada, B.", 2.0, &[])]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "name,exercise,lesson,lab,time,seed,device,reached,loss,text");
        assert_eq!(lines[1], "\"'=HYPERLINK(\"\"x\"\")\",,,,0,,cpu,false,1.5,\"a,b\"");
        assert!(lines[2].starts_with("\"Ada, B.\",,,,"), "{}", lines[2]);
    }
}
