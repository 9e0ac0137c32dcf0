//! The walk through the model: forwards table by table, backwards edge by edge.

use super::changes::Change;
use engine_core::tiny_attention::{Edge, Matrix, Model, Op, Pass, Settings, descent, edges, run};

/// One step of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Only what is learned is there.
    Start,
    /// This table is computed.
    Forward(usize),
    /// The gradient of the loss by itself is one.
    Seed,
    /// The gradient goes along this edge.
    Back(usize),
}

/// The model as it is now, with all its numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The tables and what is learned.
    pub model: Model,
    /// All values and gradients.
    pub pass: Pass,
    /// All uses of tables, in the order of the walk.
    pub edges: Vec<Edge>,
    /// The walk.
    pub steps: Vec<Step>,
    /// The loss before the first change and after each step downhill.
    pub losses: Vec<f64>,
    /// What the last step downhill should have taken off the loss, if the loss were a straight line.
    pub expected_fall: Option<f64>,
}

impl Seen {
    /// Makes the model, and changes it as the learner did.
    pub fn new(settings: &Settings, changes: &[Change]) -> Self {
        let mut model = Model::new(settings);
        let mut pass = run(&model);
        let loss = |model: &Model, pass: &Pass| pass.values[model.loss()].at(0, 0);
        let mut losses = vec![loss(&model, &pass)];
        let mut expected_fall = None;
        for change in changes {
            match change {
                Change::Set { key, row, column, number } => {
                    let table =
                        model.find_key(key).and_then(|id| model.parameters.get_mut(id)).and_then(Option::as_mut);
                    // A link may name a table that this model does not have.
                    if let Some(table) = table.filter(|table| *row < table.rows && *column < table.columns) {
                        table.set(*row, *column, *number);
                        pass = run(&model);
                    }
                }
                Change::Steps { rate, count } => {
                    for _ in 0..*count {
                        expected_fall = Some(rate * descent::slope(&model, &pass));
                        descent::step(&mut model, &pass, *rate);
                        pass = run(&model);
                        losses.push(loss(&model, &pass));
                        // Too long a step threw the weights so far that no gradient is left to follow.
                        if !loss(&model, &pass).is_finite() {
                            break;
                        }
                    }
                }
            }
        }
        let edges = edges(&model);
        let computed = (0..model.nodes.len()).filter(|id| model.nodes[*id].op != Op::Parameter).map(Step::Forward);
        let back = (0..edges.len()).map(Step::Back);
        let steps = std::iter::once(Step::Start).chain(computed).chain([Step::Seed]).chain(back).collect();
        Self { model, pass, edges, steps, losses, expected_fall }
    }

    /// The loss now.
    pub fn loss(&self) -> f64 {
        self.pass.values[self.model.loss()].at(0, 0)
    }

    /// The step at a place of the walk; the last one beyond it.
    pub fn step(&self, at: usize) -> Step {
        self.steps.get(at).or(self.steps.last()).copied().unwrap_or(Step::Start)
    }

    /// The place of the walk at which the loss is known.
    pub fn forward_done(&self) -> usize {
        self.steps.iter().position(|step| *step == Step::Seed).map_or(0, |seed| seed - 1)
    }

    /// Whether a table has been computed at a place of the walk.
    pub fn has_value(&self, node: usize, at: usize) -> bool {
        self.model.parameters[node].is_some() || self.steps.iter().take(at + 1).any(|step| *step == Step::Forward(node))
    }

    /// The uses of a table along which the gradient has come by then, as places among the edges.
    pub fn arrived(&self, node: usize, at: usize) -> Vec<usize> {
        let back = |step: &Step| if let Step::Back(edge) = step { Some(*edge) } else { None };
        self.steps.iter().take(at + 1).filter_map(back).filter(|edge| self.edges[*edge].to == node).collect()
    }

    /// A table's gradient as far as it has come by then, and whether it is whole; none if nothing has arrived.
    pub fn gradient(&self, node: usize, at: usize) -> Option<(Matrix, bool)> {
        if node == self.model.loss() {
            let seeded = self.steps.iter().take(at + 1).any(|step| *step == Step::Seed);
            return seeded.then(|| (self.pass.gradients[node].clone(), true));
        }
        let arrived = self.arrived(node, at);
        let (rows, columns) = self.model.shape(node);
        let mut sum = Matrix::zeros(rows, columns);
        for edge in &arrived {
            sum.add_scaled(&self.pass.parts[*edge], 1.0);
        }
        let all = self.edges.iter().filter(|edge| edge.to == node).count();
        (!arrived.is_empty()).then_some((sum, arrived.len() == all))
    }

    /// Of how many uses of its table an edge is which, counted in the order of the walk.
    pub fn uses(&self, edge: usize) -> (usize, usize) {
        let same = |other: &&Edge| other.to == self.edges[edge].to;
        (self.edges.iter().take(edge + 1).filter(same).count(), self.edges.iter().filter(same).count())
    }

    /// The table a step writes to, and those it reads.
    pub fn touched(&self, step: Step) -> (Option<usize>, Vec<usize>) {
        match step {
            Step::Start => (None, Vec::new()),
            Step::Forward(node) => (Some(node), self.model.nodes[node].inputs.clone()),
            Step::Seed => (Some(self.model.loss()), Vec::new()),
            Step::Back(at) => {
                let edge = self.edges[at];
                let node = &self.model.nodes[edge.from];
                let mut read = vec![edge.from];
                if matches!(node.op, Op::MatMul | Op::MatMulTransposed) {
                    read.extend(node.inputs.iter().filter(|id| **id != edge.to));
                }
                (Some(edge.to), read)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(changes: &[Change]) -> Seen {
        Seen::new(&Settings { seed: 1, words: vec![0, 1, 2, 3], feed_forward: false }, changes)
    }

    #[test]
    fn the_walk_fills_everything() {
        let seen = seen(&[]);
        let last = seen.steps.len() - 1;
        for node in 0..seen.model.nodes.len() {
            assert!(seen.has_value(node, last));
            let (gradient, whole) = seen.gradient(node, last).expect("every table has a gradient at the end");
            assert!(whole && gradient == seen.pass.gradients[node], "{:?}", seen.model.nodes[node].name);
            assert!(seen.gradient(node, seen.forward_done()).is_none());
        }
        let x = seen.model.find_key("x").expect("there is X");
        assert_eq!(seen.arrived(x, last).len(), 4, "by the residual, the value, the key and the query");
    }

    #[test]
    fn steps_downhill_lower_the_loss_and_unknown_tables_change_nothing() {
        let down = seen(&[Change::Steps { rate: 0.1, count: 5 }]);
        assert!(down.losses.len() == 6 && down.losses.windows(2).all(|pair| pair[1] < pair[0]), "{:?}", down.losses);
        let odd = Change::Set { key: "nowhere".into(), row: 0, column: 0, number: 1.0 };
        assert_eq!(seen(&[odd]).pass, seen(&[]).pass);
    }
}
