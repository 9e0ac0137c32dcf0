//! The five steps from queries, keys and values to what a token takes along.

use super::cell;
use crate::widgets::cells::Cells;
use engine_core::jobs::inspect::Inspection;

/// One step of attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Every query times every key.
    DotProduct,
    /// Divided by the square root of the head's width.
    Scale,
    /// The future hidden.
    Mask,
    /// Each row as shares of one.
    Softmax,
    /// The values mixed by their shares.
    WeightedSum,
}

impl Stage {
    /// In order.
    pub const ALL: [Self; 5] = [Self::DotProduct, Self::Scale, Self::Mask, Self::Softmax, Self::WeightedSum];

    /// For tests and style sheets.
    pub fn key(self) -> &'static str {
        match self {
            Self::DotProduct => "dot-product",
            Self::Scale => "scale",
            Self::Mask => "mask",
            Self::Softmax => "softmax",
            Self::WeightedSum => "weighted-sum",
        }
    }

    /// As on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::DotProduct => "Dot product",
            Self::Scale => "Scale",
            Self::Mask => "Mask",
            Self::Softmax => "Softmax",
            Self::WeightedSum => "Weighted sum",
        }
    }

    /// What happens in it, with the head's own numbers.
    pub fn explain(self, seen: &Inspection) -> String {
        let (d_head, root) = (seen.d_head, (seen.d_head as f64).sqrt());
        match self {
            Self::DotProduct => format!(
                "Each token asks with its query, and each token answers with its key. Their {d_head} pairs of numbers are \
                 multiplied and added up: the larger the score, the better the answer fits the question."
            ),
            Self::Scale => format!(
                "Every score is divided by √{d_head} = {root:.3}. Without this, wide heads would have such large scores \
                 that softmax would give everything to one token."
            ),
            Self::Mask => "A token may look at itself and at what came before it, never at what comes after: otherwise \
                           guessing the next token would be copying it. The hatched cells are hidden."
                .to_owned(),
            Self::Softmax => "Each row is turned into shares: e to the power of each score, divided by the row's sum. The \
                              shares of a row add up to 1."
                .to_owned(),
            Self::WeightedSum => format!(
                "Each token takes along the values of the tokens it looks at, each times its share, added up: \
                 {d_head} new numbers per token."
            ),
        }
    }

    /// The step's numbers as a map.
    pub fn cells(self, seen: &Inspection) -> Cells {
        if self == Self::WeightedSum {
            return strip(seen, &seen.mixed, "from (query)");
        }
        let root = (seen.d_head as f32).sqrt();
        let values = match self {
            Self::DotProduct => seen.scores.clone(),
            Self::Softmax => seen.weights.clone(),
            _ => seen.scores.iter().map(|score| score / root).collect(),
        };
        Cells {
            row_axis: "from (query)".into(),
            column_axis: "to (key)".into(),
            rows: seen.tokens.clone(),
            columns: seen.tokens.clone(),
            values,
            causal: matches!(self, Self::Mask | Self::Softmax),
            shares: self == Self::Softmax,
        }
    }
}

/// A matrix of one row per token and one column per dimension of the head.
pub fn strip(seen: &Inspection, matrix: &[f32], row_axis: &str) -> Cells {
    Cells {
        row_axis: row_axis.into(),
        column_axis: "dimension".into(),
        rows: seen.tokens.clone(),
        columns: (1..=seen.d_head).map(|d| d.to_string()).collect(),
        values: matrix.to_vec(),
        causal: false,
        shares: false,
    }
}

/// What one token takes along from each other one: `weight · value`, row by row.
pub fn weighted_values(seen: &Inspection, from: usize) -> Cells {
    let weighted = |to: usize, d: usize| cell::weight(seen, from, to) * seen.values[to * seen.d_head + d];
    let values = (0..=from).flat_map(|to| (0..seen.d_head).map(move |d| weighted(to, d))).collect();
    Cells { rows: seen.tokens[..=from].to_vec(), values, ..strip(seen, &[], "to (key)") }
}

/// What the learner should hear about the text: what was left out, and what was cut off.
pub fn remarks(seen: &Inspection) -> Vec<String> {
    let mut all = Vec::new();
    if !seen.unknown.is_empty() {
        let shown: Vec<String> = seen.unknown.chars().map(|c| format!("“{c}”")).collect();
        all.push(format!(
            "This model was never trained on {}, so {} left out.",
            shown.join(", "),
            if shown.len() == 1 { "it was" } else { "they were" }
        ));
    }
    if seen.left_off > 0 {
        all.push(format!(
            "This model sees {} tokens at once; the last {} of your text {} left off.",
            seen.tokens.len(),
            seen.left_off,
            if seen.left_off == 1 { "was" } else { "were" }
        ));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labs::attention::cell::tests::example;

    #[test]
    fn each_step_shows_the_true_numbers() {
        let seen = example();
        assert_eq!(Stage::DotProduct.cells(&seen).values, seen.scores);
        assert_eq!(Stage::Scale.cells(&seen).at(0, 0), Some(1.0));
        assert_eq!(Stage::Scale.cells(&seen).at(0, 1), Some(0.5));
        assert_eq!(Stage::Mask.cells(&seen).at(0, 1), None);
        assert_eq!(Stage::WeightedSum.cells(&seen).columns.len(), 4);
        assert!(Stage::Scale.explain(&seen).contains("√4 = 2.000"));
    }

    #[test]
    fn weighted_values_add_up_to_what_is_mixed() {
        let seen = example();
        let rows = weighted_values(&seen, 1);
        let total: f32 = (0..2).map(|to| rows.at(to, 2).unwrap()).sum();
        assert!((total - seen.mixed[4 + 2]).abs() < 1e-6);
    }

    #[test]
    fn what_was_left_out_is_said() {
        let seen = Inspection { unknown: "é".into(), left_off: 3, ..example() };
        let remarks = remarks(&seen);
        assert_eq!(remarks[0], "This model was never trained on “é”, so it was left out.");
        assert!(remarks[1].contains("the last 3 of your text were left off"));
    }
}
