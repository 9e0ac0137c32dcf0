//! The numbers behind a picture, as rows that a table or a file can hold.

/// A table of text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Heads of the columns; the first column heads the rows.
    pub columns: Vec<String>,
    /// One text per column.
    pub rows: Vec<Vec<String>>,
    /// What is left out, if anything is.
    pub note: Option<String>,
    /// The sum of each row, where that means something.
    pub row_sums: Option<Vec<f64>>,
}

impl Table {
    /// As comma-separated values.
    pub fn csv(&self) -> String {
        csv(&self.columns, self.rows.iter().cloned())
    }
}

/// A share of one as per cent, rounded down: nearly all is not "100 %".
pub fn percent(share: f64) -> String {
    let shown = if share < 1.0 { (1000.0 * share).floor() / 10.0 } else { 100.0 };
    format!("{shown} %")
}

/// Rows as comma-separated values (RFC 4180).
pub fn csv(columns: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = String::new();
    for row in std::iter::once(columns.to_vec()).chain(rows) {
        let fields: Vec<String> = row.iter().map(|field| quoted(field)).collect();
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!([percent(0.99999), percent(1.0), percent(0.5)], ["99.9 %", "100 %", "50 %"]);
    }

    #[test]
    fn fields_with_separators_are_quoted() {
        let table = Table {
            columns: vec!["a".into(), "b".into()],
            rows: vec![vec!["x,\"y\"".into(), "2".into()]],
            ..Table::default()
        };
        assert_eq!(table.csv(), "a,b\r\n\"x,\"\"y\"\"\",2\r\n");
    }
}
