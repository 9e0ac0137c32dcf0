//! The five steps from queries, keys and values to what a token takes along.

use kit::{t, text::fill};
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
            Self::DotProduct => t!("attention.dot_product"),
            Self::Scale => t!("attention.scale"),
            Self::Mask => t!("attention.mask"),
            Self::Softmax => t!("attention.softmax"),
            Self::WeightedSum => t!("attention.weighted_sum"),
        }
    }

    /// What happens in it, with the head's own numbers.
    pub fn explain(self, seen: &Inspection) -> String {
        let (d_head, root) = (seen.d_head, (seen.d_head as f64).sqrt());
        match self {
            Self::DotProduct => t!("attention.each_token_asks", d_head = d_head),
            Self::Scale => t!("attention.every_score_divided", d_head = d_head, root = format!("{:.3}", root)),
            Self::Mask => t!("attention.token_may_look")
                .to_owned(),
            Self::Softmax => t!("attention.each_row_turned")
                .to_owned(),
            Self::WeightedSum => t!("attention.each_token_takes", d_head = d_head),
        }
    }

    /// The step's numbers as a map.
    pub fn cells(self, seen: &Inspection) -> Cells {
        if self == Self::WeightedSum {
            return strip(seen, &seen.mixed, t!("attention.axis_query"));
        }
        let root = (seen.d_head as f32).sqrt();
        let values = match self {
            Self::DotProduct => seen.scores.clone(),
            Self::Softmax => seen.weights.clone(),
            _ => seen.scores.iter().map(|score| score / root).collect(),
        };
        Cells {
            row_axis: t!("attention.axis_query").into(),
            column_axis: t!("attention.axis_key").into(),
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
        column_axis: t!("attention.dimension").into(),
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
    Cells { rows: seen.tokens[..=from].to_vec(), values, ..strip(seen, &[], t!("attention.axis_key")) }
}

/// What the learner should hear about the text: what was left out, and what was cut off.
pub fn remarks(seen: &Inspection) -> Vec<String> {
    let mut all = Vec::new();
    if !seen.unknown.is_empty() {
        let shown: Vec<String> = seen.unknown.chars().map(|c| format!("“{c}”")).collect();
        let words =
            if shown.len() == 1 { t!("attention.left_out_one") } else { t!("attention.left_out") };
        all.push(fill(words, &[("characters", &shown.join(", "))]));
    }
    if seen.left_off > 0 {
        let words = if seen.left_off == 1 { t!("attention.left_off_one") } else { t!("attention.left_off") };
        all.push(fill(words, &[("sees", &seen.tokens.len().to_string()), ("count", &seen.left_off.to_string())]));
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
