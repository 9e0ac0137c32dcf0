//! The seven steps from queries, keys and values to what attention adds to the residual stream.

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
    /// What all heads of the block took along, side by side.
    Concatenate,
    /// That times the projection's matrix: what is added to the stream.
    Project,
}

impl Stage {
    /// In order.
    pub const ALL: [Self; 7] = [
        Self::DotProduct,
        Self::Scale,
        Self::Mask,
        Self::Softmax,
        Self::WeightedSum,
        Self::Concatenate,
        Self::Project,
    ];

    /// Whether its columns are dimensions, not tokens; of how many there are.
    pub fn dimensions(self, seen: &Inspection) -> Option<usize> {
        match self {
            Self::WeightedSum => Some(seen.d_head),
            Self::Concatenate | Self::Project => Some(cell::d_model(seen)),
            _ => None,
        }
    }

    /// For tests and style sheets.
    pub fn key(self) -> &'static str {
        match self {
            Self::DotProduct => "dot-product",
            Self::Scale => "scale",
            Self::Mask => "mask",
            Self::Softmax => "softmax",
            Self::WeightedSum => "weighted-sum",
            Self::Concatenate => "concatenate",
            Self::Project => "project",
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
            Self::Concatenate => t!("attention.concatenate"),
            Self::Project => t!("attention.project"),
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
            Self::Concatenate => {
                t!("attention.side_by_side", heads = seen.n_heads, d_head = d_head, d_model = cell::d_model(seen))
            }
            Self::Project => t!("attention.projected_back", d_model = cell::d_model(seen)),
        }
    }

    /// The step's numbers as a map.
    pub fn cells(self, seen: &Inspection) -> Cells {
        let root = (seen.d_head as f32).sqrt();
        let values = match self {
            Self::WeightedSum => {
                let own = |row: &[f32]| row[seen.head * seen.d_head..][..seen.d_head].to_vec();
                let mixed: Vec<f32> = seen.mixed.chunks_exact(cell::d_model(seen)).flat_map(own).collect();
                return strip(seen, &mixed, t!("attention.axis_query"));
            }
            Self::Concatenate => {
                // Such as 2.7: the seventh number of head 2.
                let name = |d: usize| format!("{}.{}", d / seen.d_head + 1, d % seen.d_head + 1);
                let columns = (0..cell::d_model(seen)).map(name).collect();
                return Cells {
                    columns,
                    column_axis: t!("attention.head_and_number").into(),
                    ..strip(seen, &seen.mixed, t!("attention.axis_query"))
                };
            }
            Self::Project => {
                let columns = (1..=cell::d_model(seen)).map(|d| d.to_string()).collect();
                return Cells { columns, ..strip(seen, &seen.projected, t!("attention.axis_query")) };
            }
            Self::DotProduct => seen.scores.clone(),
            Self::Softmax => cell::weights(seen).to_vec(),
            _ => seen.scores.iter().map(|score| score / root).collect(),
        };
        Cells {
            values,
            causal: matches!(self, Self::Mask | Self::Softmax),
            shares: self == Self::Softmax,
            ..tokens_by_tokens(seen)
        }
    }
}

/// A map of all tokens by all tokens, its numbers still missing.
pub fn tokens_by_tokens(seen: &Inspection) -> Cells {
    Cells {
        row_axis: t!("attention.axis_query").into(),
        column_axis: t!("attention.axis_key").into(),
        rows: seen.tokens.clone(),
        columns: seen.tokens.clone(),
        ..Cells::default()
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
        ..Cells::default()
    }
}

/// What one token takes along from each other one: `weight · value`, row by row.
pub fn weighted_values(seen: &Inspection, from: usize) -> Cells {
    let values = cell::values(seen, seen.head);
    let weighted = |to: usize, d: usize| cell::weight(seen, from, to) * values[to * seen.d_head + d];
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
    if seen.group > 1 {
        all.push(t!("attention.grouped", group = seen.group, rows = seen.tokens.len()));
    }
    if seen.left_off > 0 {
        let words = if seen.left_off == 1 { t!("attention.left_off_one") } else { t!("attention.left_off") };
        let sees = (seen.tokens.len() * seen.group).to_string();
        all.push(fill(words, &[("sees", &sees), ("count", &seen.left_off.to_string())]));
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
        assert_eq!(Stage::WeightedSum.cells(&seen).values, seen.mixed);
        assert_eq!(Stage::Concatenate.cells(&seen).columns, ["1.1", "1.2", "1.3", "1.4"]);
        assert_eq!(Stage::Project.cells(&seen).at(0, 2), Some(6.5));
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
