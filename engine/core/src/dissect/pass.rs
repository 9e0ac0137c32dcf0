//! One text through the model, with everything that any part wrote kept, and hooks that change it on the way.

use super::model::Model;
use crate::reference::attention::attention;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Something that writes into the residual stream, or a place in the text. All numbers count from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// One attention head.
    Head {
        /// Its block.
        layer: usize,
        /// Its number there.
        head: usize,
    },
    /// The MLP of a block, with its bias.
    Mlp {
        /// Its block.
        layer: usize,
    },
    /// A whole block: all that its attention and its MLP write.
    Layer {
        /// Which.
        layer: usize,
    },
    /// What enters the first block at one place of the text: token and position embedding.
    Position {
        /// Which.
        position: usize,
    },
}

/// What is done to what a part writes.
#[derive(Debug, Clone)]
pub enum Act {
    /// Multiplied; by zero, it is gone.
    Scale(f64),
    /// Put in place of it: what the same part wrote at the same place while the model read another text. Places that
    /// the other text does not have stay as they were.
    Put(Rc<Trace>),
    /// Two places of the text change what enters the first block (only for [`Part::Position`]).
    Exchange(usize),
}

/// One change on the way.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Where.
    pub part: Part,
    /// At one place of the text, or at all of them.
    pub at: Option<usize>,
    /// What.
    pub act: Act,
}

/// What one block did. Outermost index first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockTrace {
    /// What each head took from each token: `[heads][tokens][tokens]`, rows sum to one.
    pub looks: Vec<Vec<Vec<f64>>>,
    /// What each head wrote: `[heads][tokens][d_model]`.
    pub heads: Vec<Vec<Vec<f64>>>,
    /// What attention wrote whatever its heads did: `[tokens][d_model]`.
    pub attn_bias: Vec<Vec<f64>>,
    /// The stream between attention and MLP: `[tokens][d_model]`.
    pub between: Vec<Vec<f64>>,
    /// The neurons: `[tokens][d_ff]`.
    pub active: Vec<Vec<f64>>,
    /// What the MLP wrote: `[tokens][d_model]`.
    pub mlp: Vec<Vec<f64>>,
}

/// Everything that happened while one text was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    /// The rows of the token embedding, `[tokens][d_model]`.
    pub token: Vec<Vec<f64>>,
    /// The rows of the position embedding.
    pub place: Vec<Vec<f64>>,
    /// In order.
    pub blocks: Vec<BlockTrace>,
    /// The stream before the first block and after each: `[n_layers + 1][tokens][d_model]`.
    pub streams: Vec<Vec<Vec<f64>>>,
}

impl Trace {
    /// The stream after the last block, `[tokens][d_model]`.
    pub fn last(&self) -> &[Vec<f64>] {
        self.streams.last().map_or(&[], Vec::as_slice)
    }

    /// The logits after each token, `[tokens][vocab_size]`.
    pub fn logits(&self, model: &Model<'_>) -> Vec<Vec<f64>> {
        self.last().iter().map(|x| model.read(x)).collect()
    }
}

/// A reading under way: block after block, so that whoever waits can look up in between.
pub struct Pass<'m> {
    model: &'m Model<'m>,
    hooks: &'m [Hook],
    trace: Trace,
}

impl<'m> Pass<'m> {
    /// Looks up the embeddings of `ids`.
    pub fn begin(model: &'m Model<'m>, ids: &[u32], hooks: &'m [Hook]) -> Self {
        let mut trace = Trace::default();
        for (position, &id) in ids.iter().enumerate() {
            trace.token.push(model.token(id));
            trace.place.push(model.place(position));
        }
        for hook in hooks {
            let Part::Position { position } = hook.part else { continue };
            enter(&mut trace, position, &hook.act);
        }
        let stream = trace.token.iter().zip(&trace.place).map(|(token, place)| sum(token, place)).collect();
        trace.streams.push(stream);
        Self { model, hooks, trace }
    }

    /// Goes through the next block; false where none is left.
    pub fn step(&mut self) -> bool {
        let layer = self.trace.blocks.len();
        let Some(block) = self.model.blocks.get(layer) else { return false };
        let (d_model, d_head) = (self.model.config.d_model, self.model.config.d_head());
        let stream = self.trace.last().to_vec();
        let mut seen = BlockTrace::default();

        let normed: Vec<Vec<f64>> = stream.iter().map(|x| block.ln1.apply(x)).collect();
        for head in &block.heads {
            let (mut queries, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
            for x in &normed {
                let [query, key, value] = head.ask(x, d_head);
                queries.push(query);
                keys.push(key);
                values.push(value);
            }
            let out = attention(&queries, &keys, &values);
            seen.heads.push(out.mixed.iter().map(|mixed| head.write(mixed, d_model)).collect());
            seen.looks.push(out.weights);
        }
        let bias: Vec<f64> = block.attn_bias.iter().map(|b| f64::from(*b)).collect();
        seen.attn_bias = vec![bias; stream.len()];
        self.change_attention(layer, &mut seen);

        seen.between = stream;
        for (position, x) in seen.between.iter_mut().enumerate() {
            let wrote = seen.heads.iter().chain([&seen.attn_bias]).filter_map(|all| all.get(position));
            wrote.for_each(|y| add(x, y));
        }
        for x in &seen.between {
            let active = block.mlp.active(&block.ln2.apply(x));
            seen.mlp.push(block.mlp.write(&active));
            seen.active.push(active);
        }
        self.change_mlp(layer, &mut seen);

        let after = seen.between.iter().zip(&seen.mlp).map(|(x, y)| sum(x, y)).collect();
        self.trace.streams.push(after);
        self.trace.blocks.push(seen);
        true
    }

    /// Everything that happened.
    pub fn finish(mut self) -> Trace {
        while self.step() {}
        self.trace
    }

    fn change_attention(&self, layer: usize, seen: &mut BlockTrace) {
        for hook in self.hooks {
            match hook.part {
                Part::Head { layer: of, head } if of == layer => {
                    let other = hook.other(layer).and_then(|other| other.heads.get(head));
                    if let Some(rows) = seen.heads.get_mut(head) {
                        hook.change(rows, other);
                    }
                }
                Part::Layer { layer: of } if of == layer => {
                    let other = hook.other(layer);
                    for (head, rows) in seen.heads.iter_mut().enumerate() {
                        hook.change(rows, other.and_then(|other| other.heads.get(head)));
                    }
                    hook.change(&mut seen.attn_bias, other.map(|other| &other.attn_bias));
                }
                _ => {}
            }
        }
    }

    fn change_mlp(&self, layer: usize, seen: &mut BlockTrace) {
        for hook in self.hooks {
            if matches!(hook.part, Part::Mlp { layer: of } | Part::Layer { layer: of } if of == layer) {
                hook.change(&mut seen.mlp, hook.other(layer).map(|other| &other.mlp));
            }
        }
    }
}

impl Hook {
    /// What the same block did with the other text.
    fn other(&self, layer: usize) -> Option<&BlockTrace> {
        match &self.act {
            Act::Put(trace) => trace.blocks.get(layer),
            _ => None,
        }
    }

    fn change(&self, rows: &mut [Vec<f64>], other: Option<&Vec<Vec<f64>>>) {
        for (position, row) in
            rows.iter_mut().enumerate().filter(|(position, _)| self.at.is_none_or(|at| at == *position))
        {
            match (&self.act, other.and_then(|other| other.get(position))) {
                (Act::Scale(factor), _) => row.iter_mut().for_each(|x| *x *= factor),
                (Act::Put(_), Some(other)) => row.clone_from(other),
                _ => {}
            }
        }
    }
}

/// Changes what enters the first block at one place.
fn enter(trace: &mut Trace, position: usize, act: &Act) {
    if position >= trace.token.len() {
        return;
    }
    match act {
        Act::Scale(factor) => {
            let both = trace.token.get_mut(position).into_iter().chain(trace.place.get_mut(position));
            both.flatten().for_each(|x| *x *= factor);
        }
        Act::Put(other) => {
            for (rows, others) in [(&mut trace.token, &other.token), (&mut trace.place, &other.place)] {
                if let (Some(row), Some(other)) = (rows.get_mut(position), others.get(position)) {
                    row.clone_from(other);
                }
            }
        }
        Act::Exchange(with) if *with < trace.token.len() => {
            trace.token.swap(position, *with);
            trace.place.swap(position, *with);
        }
        Act::Exchange(_) => {}
    }
}

fn add(x: &mut [f64], y: &[f64]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}

fn sum(x: &[f64], y: &[f64]) -> Vec<f64> {
    x.iter().zip(y).map(|(x, y)| x + y).collect()
}
