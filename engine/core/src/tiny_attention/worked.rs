//! What one number was made of: which numbers were multiplied, added, or put through a function.

use super::{
    model::{Model, Op},
    pass::{Edge, Pass},
};
use crate::reference::feed_forward::{gelu, gelu_slope};

/// A number of the forward or of the backward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of a table.
    Value,
    /// Of a table's gradient.
    Gradient,
}

/// A number that took part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operand {
    /// Of which pass.
    pub kind: Kind,
    /// Of which table.
    pub node: usize,
    /// Its row.
    pub row: usize,
    /// Its column.
    pub column: usize,
    /// Itself.
    pub number: f64,
}

/// One line of a sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What is multiplied; for a function its one argument.
    pub operands: Vec<Operand>,
    /// What is added.
    pub amount: f64,
}

/// How terms become a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// Nothing is computed: the number is learned.
    Learned,
    /// The terms, each the product of its operands and of this factor, are added up.
    Sum(f64),
    /// The mask hides the place: the value is minus infinity, and no gradient passes.
    Hidden,
    /// `power / total`, both relative to the row's largest number; the terms are the row's powers.
    Softmax {
        /// The row's largest number.
        largest: f64,
        /// `e` to the power of this number less the largest.
        power: f64,
        /// All powers of the row, added up.
        total: f64,
    },
    /// `share · (gradient − mean)`; the terms add up to the mean.
    SoftmaxBack {
        /// What softmax gave this place.
        share: f64,
        /// The gradient of that share.
        gradient: f64,
        /// The row's gradients averaged by their shares.
        mean: f64,
    },
    /// The bend of the one operand.
    Gelu,
    /// `gradient · slope of the bend`.
    GeluBack {
        /// The gradient of what came out.
        gradient: f64,
        /// The slope where the number stands.
        slope: f64,
    },
    /// Minus the logarithm of each operand, averaged.
    Surprise,
    /// `−gradient / (rows · chance)`.
    SurpriseBack {
        /// The chance of the right word.
        chance: f64,
        /// How many rows are averaged.
        rows: usize,
    },
    /// The loss does not read this number: the word was not the right one.
    NotRead,
}

/// A number and what it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    /// How.
    pub rule: Rule,
    /// From what.
    pub terms: Vec<Term>,
    /// The number.
    pub total: f64,
}

impl Worked {
    fn bare(rule: Rule, total: f64) -> Self {
        Self { rule, terms: Vec::new(), total }
    }
}

/// Numbers of a pass as operands.
struct Numbers<'a>(&'a Pass);

impl Numbers<'_> {
    fn value(&self, node: usize, row: usize, column: usize) -> Operand {
        Operand { kind: Kind::Value, node, row, column, number: self.0.values[node].at(row, column) }
    }

    fn gradient(&self, node: usize, row: usize, column: usize) -> Operand {
        Operand { kind: Kind::Gradient, node, row, column, number: self.0.gradients[node].at(row, column) }
    }
}

fn sum(factor: f64, products: impl Iterator<Item = Vec<Operand>>) -> Worked {
    let terms: Vec<Term> = products
        .map(|operands| {
            let amount = factor * operands.iter().map(|it| it.number).product::<f64>();
            Term { operands, amount }
        })
        .collect();
    let total = terms.iter().map(|term| term.amount).sum();
    Worked { rule: Rule::Sum(factor), terms, total }
}

/// What the number at `(i, j)` of a table was made of.
pub fn value(model: &Model, pass: &Pass, node: usize, (i, j): (usize, usize)) -> Worked {
    let it = Numbers(pass);
    let inputs = &model.nodes[node].inputs;
    let (a, b) = (inputs.first().copied().unwrap_or(node), inputs.get(1).copied().unwrap_or(node));
    let width = pass.values[a].columns;
    match model.nodes[node].op {
        Op::Parameter => Worked::bare(Rule::Learned, pass.values[node].at(i, j)),
        Op::Lookup => sum(1.0, [vec![it.value(a, model.tokens[i], j)]].into_iter()),
        Op::MatMul => sum(1.0, (0..width).map(|k| vec![it.value(a, i, k), it.value(b, k, j)])),
        Op::MatMulTransposed => sum(1.0, (0..width).map(|k| vec![it.value(a, i, k), it.value(b, j, k)])),
        Op::Scale(by) => sum(by, [vec![it.value(a, i, j)]].into_iter()),
        Op::Mask if j > i => Worked::bare(Rule::Hidden, f64::NEG_INFINITY),
        Op::Mask => sum(1.0, [vec![it.value(a, i, j)]].into_iter()),
        Op::Add => sum(1.0, [vec![it.value(a, i, j)], vec![it.value(b, i, j)]].into_iter()),
        Op::AddRow => sum(1.0, [vec![it.value(a, i, j)], vec![it.value(b, 0, j)]].into_iter()),
        Op::Softmax => {
            let largest = pass.values[a].row(i).iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let term = |k: usize| {
                let operand = it.value(a, i, k);
                Term { amount: libm::exp(operand.number - largest), operands: vec![operand] }
            };
            let terms: Vec<Term> = (0..width).map(term).collect();
            let (power, total) = (terms[j].amount, terms.iter().map(|term| term.amount).sum::<f64>());
            Worked { rule: Rule::Softmax { largest, power, total }, terms, total: power / total }
        }
        Op::Gelu => {
            let operand = it.value(a, i, j);
            let amount = gelu(operand.number);
            Worked { rule: Rule::Gelu, terms: vec![Term { operands: vec![operand], amount }], total: amount }
        }
        Op::CrossEntropy => {
            let rows = model.targets.len() as f64;
            let term = |(row, target): (usize, &usize)| {
                let operand = it.value(a, row, *target);
                Term { amount: -libm::log(operand.number), operands: vec![operand] }
            };
            let terms: Vec<Term> = model.targets.iter().enumerate().map(term).collect();
            let total = terms.iter().map(|term| term.amount).sum::<f64>() / rows;
            Worked { rule: Rule::Surprise, terms, total }
        }
    }
}

/// What one use of a table adds to the gradient at `(i, j)` of it, and what that was made of.
pub fn gradient_part(model: &Model, pass: &Pass, edge: Edge, (i, j): (usize, usize)) -> Worked {
    let it = Numbers(pass);
    let (from, node) = (edge.from, &model.nodes[edge.from]);
    let (rows, columns) = (pass.values[from].rows, pass.values[from].columns);
    let input = |slot: usize| node.inputs[slot];
    let first = edge.slot == 0;
    match node.op {
        Op::Parameter => Worked::bare(Rule::Learned, 0.0),
        Op::Lookup => {
            let same = model.tokens.iter().enumerate().filter(|(_, token)| **token == i);
            sum(1.0, same.map(|(row, _)| vec![it.gradient(from, row, j)]))
        }
        Op::MatMul if first => sum(1.0, (0..columns).map(|k| vec![it.gradient(from, i, k), it.value(input(1), j, k)])),
        Op::MatMul => sum(1.0, (0..rows).map(|k| vec![it.value(input(0), k, i), it.gradient(from, k, j)])),
        Op::MatMulTransposed if first => {
            sum(1.0, (0..columns).map(|k| vec![it.gradient(from, i, k), it.value(input(1), k, j)]))
        }
        Op::MatMulTransposed => sum(1.0, (0..rows).map(|k| vec![it.gradient(from, k, i), it.value(input(0), k, j)])),
        Op::Scale(by) => sum(by, [vec![it.gradient(from, i, j)]].into_iter()),
        Op::Mask if j > i => Worked::bare(Rule::Hidden, 0.0),
        Op::AddRow if !first => sum(1.0, (0..rows).map(|k| vec![it.gradient(from, k, j)])),
        Op::Mask | Op::Add | Op::AddRow => sum(1.0, [vec![it.gradient(from, i, j)]].into_iter()),
        Op::Softmax => {
            let Worked { terms, total: mean, .. } =
                sum(1.0, (0..columns).map(|k| vec![it.gradient(from, i, k), it.value(from, i, k)]));
            let (share, gradient) = (it.value(from, i, j).number, it.gradient(from, i, j).number);
            Worked { rule: Rule::SoftmaxBack { share, gradient, mean }, terms, total: share * (gradient - mean) }
        }
        Op::Gelu => {
            let (operand, gradient) = (it.value(input(0), i, j), it.gradient(from, i, j).number);
            let slope = gelu_slope(operand.number);
            let terms = vec![Term { operands: vec![operand], amount: slope }];
            Worked { rule: Rule::GeluBack { gradient, slope }, terms, total: gradient * slope }
        }
        Op::CrossEntropy if model.targets[i] == j => {
            let (operand, gradient) = (it.value(input(0), i, j), it.gradient(from, 0, 0).number);
            let (chance, rows) = (operand.number, model.targets.len());
            let total = -gradient / (rows as f64 * chance);
            Worked {
                rule: Rule::SurpriseBack { chance, rows },
                terms: vec![Term { operands: vec![operand], amount: total }],
                total,
            }
        }
        Op::CrossEntropy => Worked::bare(Rule::NotRead, 0.0),
    }
}
