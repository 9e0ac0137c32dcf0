//! What a heatmap shows, as data: its scale, its words and its table.

use super::table::Table;
use kit::t;

/// Rows and columns of numbers with their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cells {
    /// What the rows are, such as "from (query)".
    pub row_axis: String,
    /// What the columns are, such as "to (key)".
    pub column_axis: String,
    /// The name of each row.
    pub rows: Vec<String>,
    /// The name of each column.
    pub columns: Vec<String>,
    /// `[rows, columns]`, row-major.
    pub values: Vec<f32>,
    /// Whether the cells right of the diagonal are hidden, as a causal mask hides the future.
    pub causal: bool,
    /// Whether each row holds shares of one, shown as per cent.
    pub shares: bool,
    /// Whether zero is the middle of the colours: for differences.
    pub two_sided: bool,
}

impl Cells {
    /// The value in a cell; none where it is masked or outside.
    pub fn at(&self, row: usize, column: usize) -> Option<f32> {
        if row >= self.rows.len() || column >= self.columns.len() || self.is_masked(row, column) {
            return None;
        }
        self.values.get(row * self.columns.len() + column).copied()
    }

    /// Whether a cell is hidden by the mask.
    pub fn is_masked(&self, row: usize, column: usize) -> bool {
        self.causal && column > row
    }

    /// Every visible cell: row, column, value.
    pub fn visible(&self) -> impl Iterator<Item = (usize, usize, f32)> + '_ {
        let columns = self.columns.len().max(1);
        self.values
            .iter()
            .enumerate()
            .map(move |(i, v)| (i / columns, i % columns, *v))
            .filter(|(row, column, v)| !self.is_masked(*row, *column) && v.is_finite())
    }

    /// The ends of the colour scale: 0 and 1 for shares, as far either way for differences, otherwise the smallest and
    /// largest value.
    pub fn scale(&self) -> (f32, f32) {
        if self.shares {
            return (0.0, 1.0);
        }
        if self.two_sided {
            let most = self.visible().map(|c| c.2.abs()).fold(1e-6, f32::max);
            return (-most, most);
        }
        let low = self.visible().map(|c| c.2).fold(f32::INFINITY, f32::min);
        let high = self.visible().map(|c| c.2).fold(f32::NEG_INFINITY, f32::max);
        if low < high { (low, high) } else { (low.min(0.0), low.max(0.0) + 1.0) }
    }

    /// A value as text.
    pub fn show(&self, value: f32) -> String {
        if self.shares { percent(value) } else { signed(value) }
    }

    /// A cell and what is in it, in words.
    pub fn readout(&self, row: usize, column: usize) -> String {
        let (Some(from), Some(to)) = (self.rows.get(row), self.columns.get(column)) else { return String::new() };
        let place = format!("{} “{from}”, {} “{to}”", self.row_axis, self.column_axis);
        match self.at(row, column) {
            None => t!("chart.hidden_by_mask", place = place),
            Some(value) if self.shares => format!("{place}: {} ({value:.4})", percent(value)),
            Some(value) => format!("{place}: {}", signed(value)),
        }
    }

    /// The visible cell with the largest value, or of one row.
    pub fn largest(&self, row: Option<usize>) -> Option<(usize, usize, f32)> {
        self.visible().filter(|c| row.is_none_or(|row| c.0 == row)).max_by(|a, b| a.2.total_cmp(&b.2))
    }

    /// One sentence that says what stands out.
    pub fn summary(&self) -> String {
        let Some((row, column, value)) = self.largest(None) else { return t!("chart.no_values_yet").to_owned() };
        if self.shares {
            // The first token can only look at itself, which says nothing about the head.
            let last = self.rows.len() - 1;
            let Some((_, column, share)) = self.largest(Some(last)) else {
                return t!("chart.no_values_yet").to_owned();
            };
            return t!(
                "chart.looks_most_at",
                last = self.rows[last],
                column = self.columns[column],
                share = percent(share)
            );
        }
        let lowest = self.visible().min_by(|a, b| a.2.total_cmp(&b.2));
        let low = lowest.map_or(String::new(), |(row, column, value)| {
            t!("chart.smallest_at", value = signed(value), row = self.rows[row], column = self.columns[column])
        });
        t!(
            "chart.largest_value_stands",
            value = signed(value),
            row = self.rows[row],
            column = self.columns[column],
            low = low
        )
    }

    /// All cells as a table. Past `most` cells each row becomes one text, so that the page stays quick.
    pub fn table(&self, most: usize) -> Table {
        let write = |row: usize, column: usize| {
            self.at(row, column).map_or(t!("chart.masked").to_owned(), |v| format!("{v:.4}"))
        };
        let sums = self.shares.then(|| (0..self.rows.len()).map(|row| self.row_sum(row)).collect());
        let corner = format!("{} \\ {}", self.row_axis, self.column_axis);
        let cells = self.rows.len() * self.columns.len();
        if cells <= most {
            let columns = std::iter::once(corner).chain(self.columns.iter().cloned()).collect();
            let rows = (0..self.rows.len())
                .map(|row| {
                    std::iter::once(self.rows[row].clone())
                        .chain((0..self.columns.len()).map(|c| write(row, c)))
                        .collect()
                })
                .collect();
            return Table { columns, rows, note: None, row_sums: sums };
        }
        let rows = (0..self.rows.len())
            .map(|row| {
                let shown = (0..self.columns.len()).filter(|c| !self.is_masked(row, *c)).map(|c| write(row, c));
                vec![self.rows[row].clone(), shown.collect::<Vec<_>>().join(" ")]
            })
            .collect();
        let note = Some(t!("chart.table_large_so").to_owned());
        Table {
            columns: vec![self.row_axis.clone(), t!("chart.from_first_last", column_axis = self.column_axis)],
            rows,
            note,
            row_sums: sums,
        }
    }

    /// The visible values of a row added up.
    pub fn row_sum(&self, row: usize) -> f64 {
        (0..self.columns.len()).filter_map(|column| self.at(row, column)).map(f64::from).sum()
    }
}

/// A share as per cent.
pub fn percent(share: f32) -> String {
    let hundredth = share * 100.0;
    if hundredth > 0.0 && hundredth < 1.0 { format!("{hundredth:.1}%") } else { format!("{hundredth:.0}%") }
}

/// A number with three places and a real minus sign.
pub fn signed(value: f32) -> String {
    format!("{value:.3}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> Cells {
        let words: Vec<String> = ["the", "cat", "sat"].map(String::from).to_vec();
        Cells {
            row_axis: "from (query)".into(),
            column_axis: "to (key)".into(),
            rows: words.clone(),
            columns: words,
            values: vec![1.0, 0.0, 0.0, 0.3, 0.7, 0.0, 0.18, 0.62, 0.2],
            causal: true,
            shares: true,
            two_sided: false,
        }
    }

    #[test]
    fn words_name_what_stands_out() {
        assert_eq!(map().summary(), "“sat” looks most at “cat”: 62%.");
        assert_eq!(map().readout(2, 1), "from (query) “sat”, to (key) “cat”: 62% (0.6200)");
        assert_eq!(map().readout(0, 2), "from (query) “the”, to (key) “sat”: hidden by the mask");
        let raw = Cells { shares: false, causal: false, ..map() };
        assert_eq!(
            raw.summary(),
            "The largest value, 1.000, stands at “the” and “the”; the smallest, 0.000, at “the” and “cat”."
        );
    }

    #[test]
    fn masked_cells_have_no_value() {
        assert_eq!(map().at(0, 1), None);
        assert_eq!(map().at(3, 0), None);
        assert_eq!(map().visible().count(), 6);
        assert!((map().row_sum(2) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn large_tables_are_folded() {
        assert_eq!(map().table(9).rows[1], ["cat", "0.3000", "0.7000", "masked"]);
        assert_eq!(map().table(8).rows[1], ["cat", "0.3000 0.7000"]);
        assert!(map().table(8).note.is_some());
    }

    #[test]
    fn a_flat_map_still_has_a_scale() {
        let flat = Cells { values: vec![0.5; 9], shares: false, ..map() };
        assert_eq!(flat.scale(), (0.0, 1.5));
        let difference = Cells { two_sided: true, shares: false, ..map() };
        assert_eq!(difference.scale(), (-1.0, 1.0));
    }
}
