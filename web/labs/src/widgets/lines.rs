//! What a line chart shows, as data: thinning for the screen, values at a place, words and tables.

use super::{axis, table::Table};
use kit::{t, text::fill};

/// One named line. A `y` that is not a number leaves a gap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// As in the legend.
    pub name: String,
    /// Places and values, places rising.
    pub points: Vec<(f64, f64)>,
}

/// A horizontal line to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// What it means.
    pub label: String,
    /// Where it runs.
    pub y: f64,
}

/// Everything one line chart shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineData {
    /// What runs along the bottom, such as "step".
    pub x_name: String,
    /// What runs upwards, such as "loss (nats per token)".
    pub y_name: String,
    /// The lines.
    pub series: Vec<Series>,
    /// Lines to compare with.
    pub references: Vec<Reference>,
}

/// The most rows a data table shows; the CSV file has all.
pub const TABLE_ROWS: usize = 200;

impl LineData {
    fn finite(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.series.iter().flat_map(|s| s.points.iter().copied()).filter(|(x, y)| x.is_finite() && y.is_finite())
    }

    /// The lowest and highest place and value: `(x_low, x_high, y_low, y_high)`; none without points.
    pub fn extent(&self) -> Option<(f64, f64, f64, f64)> {
        let mut all = self.finite();
        let (x, y) = all.next()?;
        let bounds = all.fold((x, x, y, y), |(a, b, c, d), (x, y)| (a.min(x), b.max(x), c.min(y), d.max(y)));
        Some(
            self.references
                .iter()
                .filter(|r| r.y.is_finite())
                .fold(bounds, |(a, b, c, d), r| (a, b, c.min(r.y), d.max(r.y))),
        )
    }

    /// Every place at which some line has a point, rising.
    pub fn places(&self) -> Vec<f64> {
        // Every line's points rise already: the lowest of what is left of each comes next.
        let mut left: Vec<_> = self.series.iter().map(|s| s.points.iter().map(|p| p.0).peekable()).collect();
        let mut all = Vec::new();
        while let Some(next) = left.iter_mut().filter_map(|line| line.peek().copied()).min_by(f64::total_cmp) {
            all.push(next);
            for line in &mut left {
                while line.next_if(|x| x.total_cmp(&next).is_le()).is_some() {}
            }
        }
        all
    }

    /// The place nearest to `x` that has a point.
    pub fn nearest_place(&self, x: f64) -> Option<f64> {
        let near = self.series.iter().filter_map(|s| nearest(&s.points, x)).map(|p| p.0);
        near.min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs()))
    }

    /// What stands at `x`, as one line of text. A line without a point just there gives its nearest.
    pub fn readout(&self, x: f64) -> String {
        let values = self.series.iter().filter_map(|s| {
            let (at, y) = nearest(&s.points, x)?;
            let place = if at == x { String::new() } else { format!(" {}", t!("chart.at", at = number(at))) };
            Some(format!("{} {}{place}", s.name, number(y)))
        });
        format!("{} {}: {}", self.x_name, number(x), values.collect::<Vec<_>>().join("; "))
    }

    /// One sentence that says what the lines do.
    pub fn summary(&self) -> String {
        let parts: Vec<String> = self.series.iter().filter_map(describe).collect();
        if parts.is_empty() {
            return t!("chart.no_values_yet").to_owned();
        }
        format!("{}.", parts.join("; "))
    }

    /// At most [`TABLE_ROWS`] places with the value of each line.
    pub fn table(&self) -> Table {
        let places = self.places();
        let every = places.len().div_ceil(TABLE_ROWS).max(1);
        let last = places.len().saturating_sub(1);
        let shown: Vec<f64> =
            places.iter().enumerate().filter(|(i, _)| i % every == 0 || *i == last).map(|(_, x)| *x).collect();
        let note = (every > 1)
            .then(|| t!("chart.every_th_rows", every = every, rows = axis::grouped(&places.len().to_string())));
        Table {
            columns: self.columns(),
            rows: shown.iter().map(|x| self.row(*x, number)).collect(),
            note,
            row_sums: None,
        }
    }

    /// Every place with the value of each line, as comma-separated values.
    pub fn csv(&self) -> String {
        let mut cursors = vec![0; self.series.len()];
        let rows = self.places().into_iter().map(|x| {
            let values = self.series.iter().zip(&mut cursors).map(|(s, next)| {
                while s.points.get(*next).is_some_and(|p| p.0 < x) {
                    *next += 1;
                }
                s.points.get(*next).filter(|p| p.0 == x).map_or(String::new(), |p| p.1.to_string())
            });
            std::iter::once(x.to_string()).chain(values).collect()
        });
        super::table::csv(&self.columns(), rows)
    }

    fn columns(&self) -> Vec<String> {
        std::iter::once(self.x_name.clone()).chain(self.series.iter().map(|s| s.name.clone())).collect()
    }

    fn row(&self, x: f64, write: impl Fn(f64) -> String) -> Vec<String> {
        let at = |s: &Series| {
            let i = s.points.partition_point(|p| p.0 < x);
            s.points.get(i).filter(|p| p.0 == x).map_or(String::new(), |p| write(p.1))
        };
        std::iter::once(write(x)).chain(self.series.iter().map(at)).collect()
    }
}

fn describe(series: &Series) -> Option<String> {
    let points: Vec<(f64, f64)> = series.points.iter().copied().filter(|p| p.1.is_finite()).collect();
    let (first, last) = (points.first()?, points.last()?);
    if points.len() == 1 {
        return Some(t!("chart.is", name = series.name, last = number(last.1)));
    }
    let lowest = points.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let low = if lowest == last {
        String::new()
    } else {
        format!(" {}", t!("chart.lowest_at", lowest = number(lowest.1), x = number(lowest.0)))
    };
    let words = match last.1.total_cmp(&first.1) {
        std::cmp::Ordering::Less => t!("chart.fell"),
        std::cmp::Ordering::Equal => t!("chart.went"),
        std::cmp::Ordering::Greater => t!("chart.rose"),
    };
    let (first, last) = (number(first.1), number(last.1));
    Some(fill(words, &[("name", &series.name), ("first", &first), ("last", &last), ("low", &low)]))
}

/// The point nearest to `x` whose value is a number.
pub fn nearest(points: &[(f64, f64)], x: f64) -> Option<(f64, f64)> {
    let at = points.partition_point(|p| p.0 < x);
    let before = points[..at].iter().rev().find(|p| p.1.is_finite());
    let after = points[at..].iter().find(|p| p.1.is_finite());
    match (before, after) {
        (Some(a), Some(b)) => Some(if x - a.0 < b.0 - x { *a } else { *b }),
        (a, b) => a.or(b).copied(),
    }
}

/// A number as it reads best: whole numbers whole, others with four significant places.
pub fn number(x: f64) -> String {
    if !x.is_finite() {
        return t!("chart.not_number").to_owned();
    }
    if x.fract() == 0.0 && x.abs() < 1e12 {
        return axis::grouped(&format!("{x}"));
    }
    let size = x.abs();
    if size < 1e-3 {
        return format!("{x:.2e}");
    }
    let places = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    axis::grouped(&format!("{x:.places$}"))
}

/// Thins a line for a drawing `columns` wide: of the points that share a column, the first, lowest,
/// highest and last stay, so no peak is lost. Splits at gaps.
pub fn decimate(points: &[(f64, f64)], low: f64, high: f64, columns: usize) -> Vec<Vec<(f64, f64)>> {
    let per_unit = columns.max(1) as f64 / (high - low).max(f64::MIN_POSITIVE);
    let column = |x: f64| ((x - low) * per_unit).floor() as i64;
    let mut parts = Vec::new();
    for part in points.split(|p| !(p.0.is_finite() && p.1.is_finite())).filter(|part| !part.is_empty()) {
        if part.len() <= 2 * columns {
            parts.push(part.to_vec());
            continue;
        }
        let mut thin: Vec<(f64, f64)> = Vec::with_capacity(4 * columns);
        for group in part.chunk_by(|a, b| column(a.0) == column(b.0)) {
            let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
            let mut kept: Vec<(f64, f64)> =
                [group.first(), group.iter().min_by(by_value), group.iter().max_by(by_value), group.last()]
                    .into_iter()
                    .flatten()
                    .copied()
                    .collect();
            // First and last stand at the ends already.
            if kept[1].0 > kept[2].0 {
                kept.swap(1, 2);
            }
            kept.dedup();
            thin.extend(kept);
        }
        parts.push(thin);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> LineData {
        let train = Series {
            name: "training loss".into(),
            points: (1..=4).map(|x| (f64::from(x), 4.5 - f64::from(x))).collect(),
        };
        let val = Series { name: "validation loss".into(), points: vec![(0.0, 4.0), (2.0, f64::NAN), (4.0, 2.0)] };
        LineData {
            x_name: "step".into(),
            y_name: "loss".into(),
            series: vec![train, val],
            references: vec![Reference { label: "ln".into(), y: 4.2 }],
        }
    }

    #[test]
    fn words_follow_the_numbers() {
        assert_eq!(data().summary(), "training loss fell from 3.500 to 0.5000; validation loss fell from 4 to 2.");
        assert_eq!(data().readout(2.0), "step 2: training loss 2.500; validation loss 2 (at 4)");
        assert_eq!(LineData::default().summary(), "No values yet.");
    }

    #[test]
    fn extent_counts_reference_lines_and_skips_gaps() {
        assert_eq!(data().extent(), Some((0.0, 4.0, 0.5, 4.2)));
        assert_eq!(LineData::default().extent(), None);
    }

    #[test]
    fn a_long_line_is_thinned_without_losing_its_peaks() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|x| (f64::from(x), (f64::from(x) * 0.01).sin())).collect();
        points[5_003].1 = 9.0;
        points[7_000].1 = f64::NAN;
        let parts = decimate(&points, 0.0, 9_999.0, 300);
        assert_eq!(parts.len(), 2);
        let kept: usize = parts.iter().map(Vec::len).sum();
        assert!(kept <= 4 * 302, "{kept}");
        assert!(parts[0].contains(&(5_003.0, 9.0)));
        assert!(parts.iter().all(|part| part.is_sorted_by(|a, b| a.0 <= b.0)));
    }

    #[test]
    fn the_table_is_sampled_and_the_csv_is_not() {
        let points = (0..1_000).map(|x| (f64::from(x), 1.0)).collect();
        let long =
            LineData { x_name: "x".into(), series: vec![Series { name: "a,b".into(), points }], ..LineData::default() };
        let table = long.table();
        assert!(table.rows.len() <= TABLE_ROWS + 1 && table.note.is_some());
        assert_eq!(table.rows.last().map(|row| row[0].clone()), Some("999".to_owned()));
        let csv = long.csv();
        assert_eq!(csv.lines().count(), 1_001);
        assert!(csv.starts_with("x,\"a,b\"\r\n0,1\r\n"));
        assert_eq!(data().table().rows[0], ["0", "", "4"]);
    }
}
