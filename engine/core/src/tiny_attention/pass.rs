//! One forward and one backward pass, every number kept.

use super::{
    matrix::Matrix,
    model::{Model, Op},
};
use crate::reference::{
    feed_forward::{gelu, gelu_slope},
    softmax::softmax,
};
use std::borrow::Cow;

/// A use of one table by another: `from` is computed from `to`, its input number `slot`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The table that was computed.
    pub from: usize,
    /// Which of its inputs.
    pub slot: usize,
    /// The table that was read.
    pub to: usize,
}

/// A small change of one number, made while the model computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nudge {
    /// What is changed.
    pub place: Place,
    /// The row of the number.
    pub row: usize,
    /// Its column.
    pub column: usize,
    /// What is added.
    pub by: f64,
}

/// Where a [`Nudge`] strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A table: all that use it see the change.
    Table(usize),
    /// One use of a table: the others see what it was.
    Use(Edge),
}

/// All numbers of a forward and a backward pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// The table of each node.
    pub values: Vec<Matrix>,
    /// How the loss grows with each number of it.
    pub gradients: Vec<Matrix>,
    /// What each use of a table adds to its gradient, in the order of [`edges`].
    pub parts: Vec<Matrix>,
}

/// All uses of tables, in the order in which the gradient takes them: the loss first.
pub fn edges(model: &Model) -> Vec<Edge> {
    let nodes = model.nodes.iter().enumerate().rev();
    nodes
        .flat_map(|(from, node)| node.inputs.iter().enumerate().map(move |(slot, to)| Edge { from, slot, to: *to }))
        .collect()
}

/// Computes every table, with a number changed on the way if `nudge` says so.
pub fn forward(model: &Model, nudge: Option<Nudge>) -> Vec<Matrix> {
    let mut values: Vec<Matrix> = Vec::with_capacity(model.nodes.len());
    for (id, node) in model.nodes.iter().enumerate() {
        let inputs: Vec<Cow<Matrix>> = node
            .inputs
            .iter()
            .enumerate()
            .map(|(slot, to)| match nudge {
                Some(nudge) if nudge.place == Place::Use(Edge { from: id, slot, to: *to }) => {
                    let mut changed = values[*to].clone();
                    changed.add(nudge.row, nudge.column, nudge.by);
                    Cow::Owned(changed)
                }
                _ => Cow::Borrowed(&values[*to]),
            })
            .collect();
        let mut value = match &model.parameters[id] {
            Some(learned) => learned.clone(),
            None => compute(model, id, &inputs),
        };
        if let Some(nudge) = nudge.filter(|nudge| nudge.place == Place::Table(id)) {
            value.add(nudge.row, nudge.column, nudge.by);
        }
        values.push(value);
    }
    values
}

fn compute(model: &Model, id: usize, inputs: &[Cow<Matrix>]) -> Matrix {
    let (rows, columns) = model.shape(id);
    let a = &inputs[0];
    let other = || &inputs[1];
    match model.nodes[id].op {
        Op::Parameter => Matrix::zeros(rows, columns),
        Op::Lookup => Matrix::of(rows, columns, |i, j| a.at(model.tokens[i], j)),
        Op::MatMul => Matrix::of(rows, columns, |i, j| (0..a.columns).map(|k| a.at(i, k) * other().at(k, j)).sum()),
        Op::MatMulTransposed => {
            Matrix::of(rows, columns, |i, j| (0..a.columns).map(|k| a.at(i, k) * other().at(j, k)).sum())
        }
        Op::Scale(by) => Matrix::of(rows, columns, |i, j| a.at(i, j) * by),
        Op::Mask => Matrix::of(rows, columns, |i, j| if j > i { f64::NEG_INFINITY } else { a.at(i, j) }),
        Op::Softmax => {
            let shares: Vec<Vec<f64>> = (0..rows).map(|i| softmax(a.row(i))).collect();
            Matrix::of(rows, columns, |i, j| shares[i][j])
        }
        Op::Add => Matrix::of(rows, columns, |i, j| a.at(i, j) + other().at(i, j)),
        Op::AddRow => Matrix::of(rows, columns, |i, j| a.at(i, j) + other().at(0, j)),
        Op::Gelu => Matrix::of(rows, columns, |i, j| gelu(a.at(i, j))),
        Op::CrossEntropy => {
            let surprise = |(row, target): (usize, &usize)| -libm::log(a.at(row, *target));
            let total: f64 = model.targets.iter().enumerate().map(surprise).sum();
            Matrix::of(1, 1, |_, _| total / model.targets.len() as f64)
        }
    }
}

/// Computes everything: forwards, then backwards along every edge.
pub fn run(model: &Model) -> Pass {
    let values = forward(model, None);
    let mut gradients: Vec<Matrix> = values.iter().map(|value| Matrix::zeros(value.rows, value.columns)).collect();
    gradients[model.loss()].set(0, 0, 1.0);
    let mut parts = Vec::new();
    for edge in edges(model) {
        // All uses of `edge.from` come before it, so its gradient is whole by now.
        let part = back(model, edge, &values, &gradients[edge.from]);
        gradients[edge.to].add_scaled(&part, 1.0);
        parts.push(part);
    }
    Pass { values, gradients, parts }
}

/// What one use adds to the gradient of the table it reads: `gradient` is that of the table it computes.
fn back(model: &Model, edge: Edge, values: &[Matrix], gradient: &Matrix) -> Matrix {
    let g = gradient;
    let node = &model.nodes[edge.from];
    let input = |slot: usize| &values[node.inputs[slot]];
    let (rows, columns) = model.shape(edge.to);
    let first = edge.slot == 0;
    match node.op {
        Op::Parameter => Matrix::zeros(rows, columns),
        Op::Lookup => {
            let mut part = Matrix::zeros(rows, columns);
            for (row, column) in g.places() {
                part.add(model.tokens[row], column, g.at(row, column));
            }
            part
        }
        Op::MatMul if first => {
            Matrix::of(rows, columns, |i, k| (0..g.columns).map(|j| g.at(i, j) * input(1).at(k, j)).sum())
        }
        Op::MatMul => Matrix::of(rows, columns, |k, j| (0..g.rows).map(|i| g.at(i, j) * input(0).at(i, k)).sum()),
        Op::MatMulTransposed if first => {
            Matrix::of(rows, columns, |i, k| (0..g.columns).map(|j| g.at(i, j) * input(1).at(j, k)).sum())
        }
        Op::MatMulTransposed => {
            Matrix::of(rows, columns, |j, k| (0..g.rows).map(|i| g.at(i, j) * input(0).at(i, k)).sum())
        }
        Op::Scale(by) => Matrix::of(rows, columns, |i, j| g.at(i, j) * by),
        Op::Mask => Matrix::of(rows, columns, |i, j| if j > i { 0.0 } else { g.at(i, j) }),
        Op::Softmax => {
            let shares = &values[edge.from];
            let mean = |i: usize| -> f64 { (0..columns).map(|k| g.at(i, k) * shares.at(i, k)).sum() };
            Matrix::of(rows, columns, |i, j| shares.at(i, j) * (g.at(i, j) - mean(i)))
        }
        Op::AddRow if !first => Matrix::of(rows, columns, |_, j| (0..g.rows).map(|i| g.at(i, j)).sum()),
        Op::Add | Op::AddRow => g.clone(),
        Op::Gelu => Matrix::of(rows, columns, |i, j| g.at(i, j) * gelu_slope(input(0).at(i, j))),
        Op::CrossEntropy => {
            let share = g.at(0, 0) / model.targets.len() as f64;
            Matrix::of(rows, columns, |i, j| if model.targets[i] == j { -share / input(0).at(i, j) } else { 0.0 })
        }
    }
}
