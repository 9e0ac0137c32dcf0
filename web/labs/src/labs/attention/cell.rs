//! The arithmetic behind one cell, done again from its operands and compared with the engine's number.

use engine_core::jobs::inspect::Inspection;

/// How far a number recomputed here may be from the engine's: both round to 32 bits, in another order.
pub const TOLERANCE: f64 = 1e-4;

/// A number computed twice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Twice {
    /// By the page, from the operands.
    pub here: f64,
    /// By the engine.
    pub engine: f64,
}

impl Twice {
    /// Whether both agree, as far as rounding allows.
    pub fn agrees(self) -> bool {
        (self.here - self.engine).abs() <= TOLERANCE * self.engine.abs().max(1.0)
    }
}

/// One product of a sum: `left · right`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Where it comes from: a dimension of the head, or a token.
    pub index: usize,
    /// First factor.
    pub left: f32,
    /// Second factor.
    pub right: f32,
}

impl Term {
    /// Both multiplied.
    pub fn product(self) -> f64 {
        f64::from(self.left) * f64::from(self.right)
    }
}

/// Sums of products, with the engine's result.
#[derive(Debug, Clone, PartialEq)]
pub struct Sum {
    /// What is added up.
    pub terms: Vec<Term>,
    /// The sum.
    pub total: Twice,
}

/// `q[from] · k[to]`, dimension by dimension.
pub fn score(seen: &Inspection, from: usize, to: usize) -> Sum {
    let (query, key) = (row(&seen.queries, from, seen.d_head), row(&seen.keys, to, seen.d_head));
    let terms = query.iter().zip(key).enumerate().map(|(index, (&left, &right))| Term { index, left, right });
    sum(terms.collect(), raw(seen, from, to))
}

/// The engine's score before scaling and masking.
pub fn raw(seen: &Inspection, from: usize, to: usize) -> f32 {
    seen.scores[from * seen.tokens.len() + to]
}

/// The score divided by the square root of the head's width.
pub fn scaled(seen: &Inspection, from: usize, to: usize) -> f64 {
    f64::from(raw(seen, from, to)) / (seen.d_head as f64).sqrt()
}

/// One token of a softmax row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The token's position.
    pub to: usize,
    /// Its scaled score.
    pub scaled: f64,
    /// `e` to the power of the scaled score less the row's largest.
    pub exp: f64,
}

/// How a score becomes a weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Softmax {
    /// The tokens that `from` may look at.
    pub row: Vec<Share>,
    /// The row's largest scaled score; taken off first, so that no power grows too large.
    pub largest: f64,
    /// All powers added up.
    pub exp_sum: f64,
    /// The weight of the cell.
    pub weight: Twice,
}

/// The softmax of the row of `from`, for the weight of `to`; none where the mask hides `to`.
pub fn softmax(seen: &Inspection, from: usize, to: usize) -> Option<Softmax> {
    if to > from {
        return None;
    }
    let largest = (0..=from).map(|to| scaled(seen, from, to)).fold(f64::NEG_INFINITY, f64::max);
    let row: Vec<Share> = (0..=from)
        .map(|to| {
            let scaled = scaled(seen, from, to);
            Share { to, scaled, exp: (scaled - largest).exp() }
        })
        .collect();
    let exp_sum = row.iter().map(|share| share.exp).sum();
    let weight = Twice { here: row[to].exp / exp_sum, engine: f64::from(weight(seen, from, to)) };
    Some(Softmax { row, largest, exp_sum, weight })
}

/// The engine's weight in the chosen head.
pub fn weight(seen: &Inspection, from: usize, to: usize) -> f32 {
    weights(seen)[from * seen.tokens.len() + to]
}

/// The chosen head's weights, `[tokens, tokens]`.
pub fn weights(seen: &Inspection) -> &[f32] {
    head_weights(seen, seen.layer, seen.head)
}

/// A head's values, `[tokens, d_head]`. `head` is one of the block that was looked into.
pub fn values(seen: &Inspection, head: usize) -> &[f32] {
    let size = seen.tokens.len() * seen.d_head;
    &seen.values[head * size..(head + 1) * size]
}

/// Width of the residual stream, which the heads of a block share out among them.
pub fn d_model(seen: &Inspection) -> usize {
    seen.n_heads * seen.d_head
}

/// Dimension `d` of what `from` takes along in one head: the values of the tokens it looks at, each by its weight.
pub fn mixed(seen: &Inspection, head: usize, from: usize, d: usize) -> Sum {
    let (weights, values) = (head_weights(seen, seen.layer, head), values(seen, head));
    let weights = row(weights, from, seen.tokens.len());
    let terms = (0..=from).map(|to| Term { index: to, left: weights[to], right: values[to * seen.d_head + d] });
    sum(terms.collect(), seen.mixed[from * d_model(seen) + head * seen.d_head + d])
}

/// Dimension `column` of what the block adds to the stream at `from`: all that its heads took along, each number by its
/// weight in the projection, and the bias as the last term.
pub fn projected(seen: &Inspection, from: usize, column: usize) -> Sum {
    let width = d_model(seen);
    let taken = row(&seen.mixed, from, width).iter().enumerate();
    let mut terms: Vec<Term> =
        taken.map(|(index, &left)| Term { index, left, right: seen.projection[index * width + column] }).collect();
    terms.push(Term { index: width, left: 1.0, right: seen.projection_bias[column] });
    sum(terms, seen.projected[from * width + column])
}

/// The sum of the engine's weights of one row; one, as far as rounding allows.
pub fn row_sum(seen: &Inspection, from: usize) -> f64 {
    row(weights(seen), from, seen.tokens.len()).iter().map(|w| f64::from(*w)).sum()
}

/// The token that `from` looks at most; none where there is no such row.
pub fn favourite(seen: &Inspection, from: usize) -> Option<usize> {
    let known = from < seen.tokens.len();
    (0..=from).filter(|_| known).max_by(|a, b| weight(seen, from, *a).total_cmp(&weight(seen, from, *b)))
}

/// The weights of any layer and head, `[tokens, tokens]`.
pub fn head_weights(seen: &Inspection, layer: usize, head: usize) -> &[f32] {
    let map = seen.tokens.len() * seen.tokens.len();
    let start = (layer * seen.n_heads + head) * map;
    seen.all_weights.get(start..start + map).unwrap_or_default()
}

fn row(matrix: &[f32], row: usize, columns: usize) -> &[f32] {
    &matrix[row * columns..(row + 1) * columns]
}

fn sum(terms: Vec<Term>, engine: f32) -> Sum {
    let here = terms.iter().map(|term| term.product()).sum();
    Sum { terms, total: Twice { here, engine: f64::from(engine) } }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Two tokens, one head of width 4, worked out by hand.
    pub(crate) fn example() -> Inspection {
        let softmax_one = 1.0 / (1.0 + 1f32.exp());
        let weights = vec![1.0, 0.0, softmax_one, 1.0 - softmax_one];
        let mixed =
            vec![1.0, 2.0, 3.0, 4.0, 3.0 - 2.0 * softmax_one, 2.0, 1.0 + 2.0 * softmax_one, 4.0 * softmax_one];
        Inspection {
            tokens: vec!["a".into(), "b".into()],
            n_layers: 1,
            n_heads: 1,
            d_head: 4,
            group: 1,
            all_weights: weights,
            queries: vec![1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0],
            keys: vec![2.0, -2.0, 0.0, 0.0, 1.0, 1.0, 5.0, 0.0],
            values: vec![1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0, 0.0],
            scores: vec![2.0, 1.0, 0.0, 2.0],
            projected: mixed.iter().map(|x| 2.0 * x + 0.5).collect(),
            mixed,
            projection: (0..16).map(|at| if at % 5 == 0 { 2.0 } else { 0.0 }).collect(),
            projection_bias: vec![0.5; 4],
            next: vec![Vec::new(), Vec::new()],
            ..Inspection::default()
        }
    }

    #[test]
    fn a_score_is_the_sum_of_its_products() {
        let sum = score(&example(), 1, 0);
        let products: Vec<f64> = sum.terms.iter().map(|t| t.product()).collect();
        assert_eq!(products, [2.0, -2.0, 0.0, 0.0]);
        assert_eq!(sum.total, Twice { here: 0.0, engine: 0.0 });
        assert_eq!(scaled(&example(), 1, 1), 1.0);
    }

    #[test]
    fn a_weight_is_recomputed_from_its_row() {
        let found = softmax(&example(), 1, 0).unwrap();
        assert_eq!((found.largest, found.row.len()), (1.0, 2));
        assert!((found.exp_sum - (1.0 + (-1f64).exp())).abs() < 1e-12);
        assert!(found.weight.agrees());
        assert!(softmax(&example(), 0, 1).is_none());
        assert!((row_sum(&example(), 1) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn mixed_values_are_recomputed_from_weights_and_values() {
        for (from, d) in [(0, 0), (1, 0), (1, 3)] {
            assert!(mixed(&example(), 0, from, d).total.agrees(), "{from} {d}");
        }
        assert_eq!(mixed(&example(), 0, 0, 3).terms.len(), 1);
    }

    #[test]
    fn what_is_added_to_the_stream_is_recomputed_from_all_heads() {
        let sum = projected(&example(), 0, 2);
        assert!(sum.total.agrees() && (sum.total.here - 6.5).abs() < 1e-6);
        assert_eq!(sum.terms.len(), 5, "four numbers and the bias");
        let wrong = Inspection { projection_bias: vec![0.6; 4], ..example() };
        assert!(!projected(&wrong, 0, 2).total.agrees());
    }

    #[test]
    fn a_wrong_number_is_noticed() {
        let wrong = Twice { here: 0.2134, engine: 0.2137 };
        assert!(!wrong.agrees() && Twice { here: 100.0, engine: 100.005 }.agrees());
    }
}
