//! The model: which tables there are, and which is computed from which.

use super::matrix::Matrix;
use crate::rng::{Rng, Stream};

/// The width of every token's vector.
pub const D_MODEL: usize = 4;
/// The width inside the feed-forward layer.
pub const D_FF: usize = 8;
/// The words that the model knows.
pub const WORDS: [&str; 5] = ["the", "cat", "sat", "on", "mat"];

/// The name of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// The vector of each word of the vocabulary.
    Embedding,
    /// The vectors of the tokens.
    X,
    /// Makes queries.
    Wq,
    /// The queries.
    Q,
    /// Makes keys.
    Wk,
    /// The keys.
    K,
    /// Makes values.
    Wv,
    /// The values.
    V,
    /// Each query times each key.
    Scores,
    /// Divided by the root of the width.
    Scaled,
    /// The future hidden.
    Masked,
    /// Each row as shares of one.
    Weights,
    /// The values mixed by their shares.
    Mixed,
    /// Turns what was mixed back into the stream's language.
    Wo,
    /// What attention adds to the stream.
    Out,
    /// The stream after attention.
    Residual,
    /// Widens.
    W1,
    /// Added to each row when widening.
    B1,
    /// The wide layer before its bend.
    WideSum,
    /// The wide layer with its biases.
    Wide,
    /// The wide layer after its bend.
    Bent,
    /// Narrows.
    W2,
    /// Added to each row when narrowing.
    B2,
    /// What comes out of narrowing.
    NarrowSum,
    /// What the feed-forward layer adds to the stream.
    Forward,
    /// The stream after the feed-forward layer.
    Stream,
    /// Turns a vector into a score for each word.
    Wu,
    /// The score of each word.
    Logits,
    /// The chance of each word.
    Chances,
    /// How surprised the model is, on average.
    Loss,
}

impl Name {
    /// Short and lower case, for links and tests.
    pub fn key(self) -> &'static str {
        match self {
            Self::Embedding => "e",
            Self::X => "x",
            Self::Wq => "wq",
            Self::Q => "q",
            Self::Wk => "wk",
            Self::K => "k",
            Self::Wv => "wv",
            Self::V => "v",
            Self::Scores => "s",
            Self::Scaled => "z",
            Self::Masked => "m",
            Self::Weights => "a",
            Self::Mixed => "c",
            Self::Wo => "wo",
            Self::Out => "o",
            Self::Residual => "r",
            Self::W1 => "w1",
            Self::B1 => "b1",
            Self::WideSum => "u",
            Self::Wide => "h",
            Self::Bent => "g",
            Self::W2 => "w2",
            Self::B2 => "b2",
            Self::NarrowSum => "n",
            Self::Forward => "f",
            Self::Stream => "y",
            Self::Wu => "wu",
            Self::Logits => "l",
            Self::Chances => "p",
            Self::Loss => "loss",
        }
    }
}

/// How a table is computed from its inputs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// It is not: it is learned.
    Parameter,
    /// The rows of a table, one for each token.
    Lookup,
    /// Rows times columns.
    MatMul,
    /// Rows times rows: the second table lies on its side.
    MatMulTransposed,
    /// Every number times the same one.
    Scale(f64),
    /// Minus infinity above the diagonal.
    Mask,
    /// Each row as shares of one.
    Softmax,
    /// Number by number.
    Add,
    /// One row added to each.
    AddRow,
    /// Bends every number.
    Gelu,
    /// The mean over the rows of minus the logarithm of the right word's chance.
    CrossEntropy,
}

/// What the rows or columns of a table stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Tokens of the text.
    Tokens,
    /// The numbers of a vector.
    Dimensions,
    /// Words of the vocabulary.
    Words,
    /// Neurons of the feed-forward layer.
    Neurons,
    /// There is only one.
    One,
}

/// A table and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name.
    pub name: Name,
    /// How it is computed.
    pub op: Op,
    /// From which tables, by their place among the nodes.
    pub inputs: Vec<usize>,
    /// What rows and columns stand for.
    pub axes: (Axis, Axis),
}

/// What the learner sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Decides the weights at the start.
    pub seed: u64,
    /// Words by their place in [`WORDS`]. All but the last are read; all but the first are to be predicted.
    pub words: Vec<usize>,
    /// Whether a feed-forward layer follows attention.
    pub feed_forward: bool,
}

/// The whole model: nodes in an order in which each can be computed from those before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The tables.
    pub nodes: Vec<Node>,
    /// What the model reads.
    pub tokens: Vec<usize>,
    /// What it should foresee after each.
    pub targets: Vec<usize>,
    /// For each node its numbers if they are learned.
    pub parameters: Vec<Option<Matrix>>,
}

impl Model {
    /// The model with its first weights: normal with standard deviation 0.6, rounded to two places so that they can
    /// be followed with a pencil.
    ///
    /// # Panics
    /// If there are fewer than two words, or one is unknown.
    pub fn new(settings: &Settings) -> Self {
        let Settings { seed, words, feed_forward } = settings;
        assert!(
            words.len() >= 2 && words.iter().all(|word| *word < WORDS.len()),
            "two known words at least: {words:?}"
        );
        let mut nodes = Nodes::default();
        let x = nodes.stream_of_tokens();
        let mut stream = nodes.attention(x);
        if *feed_forward {
            stream = nodes.feed_forward(stream);
        }
        nodes.prediction(stream);
        let mut model = Self {
            nodes: nodes.0,
            tokens: words[..words.len() - 1].to_vec(),
            targets: words[1..].to_vec(),
            parameters: Vec::new(),
        };
        let mut rng = Rng::new(*seed, Stream::Init);
        // Drawn in one order for all models, so that the feed-forward layer changes no other table.
        let mut drawn: Vec<Option<Matrix>> = vec![None; model.nodes.len()];
        for late in [false, true] {
            for (id, node) in model.nodes.iter().enumerate() {
                let is_late = matches!(node.name, Name::W1 | Name::B1 | Name::W2 | Name::B2);
                if node.op == Op::Parameter && is_late == late {
                    let (rows, columns) = model.shape(id);
                    let mut table = Matrix::zeros(rows, columns);
                    for (row, column) in table.places() {
                        table.set(row, column, libm::round(f64::from(rng.normal()) * 60.0) / 100.0);
                    }
                    drawn[id] = Some(table);
                }
            }
        }
        model.parameters = drawn;
        model
    }

    /// Rows and columns of a node's table.
    pub fn shape(&self, id: usize) -> (usize, usize) {
        let (rows, columns) = self.nodes[id].axes;
        (self.length(rows), self.length(columns))
    }

    /// How many there are of something.
    pub fn length(&self, axis: Axis) -> usize {
        match axis {
            Axis::Tokens => self.tokens.len(),
            Axis::Dimensions => D_MODEL,
            Axis::Words => WORDS.len(),
            Axis::Neurons => D_FF,
            Axis::One => 1,
        }
    }

    /// Where a table is; none where this model has no such table.
    pub fn find(&self, name: Name) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// Where the table with this key is.
    pub fn find_key(&self, key: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name.key() == key)
    }

    /// The loss, which comes last.
    pub fn loss(&self) -> usize {
        self.nodes.len() - 1
    }
}

#[derive(Default)]
struct Nodes(Vec<Node>);

impl Nodes {
    fn put(&mut self, name: Name, op: Op, inputs: &[usize], axes: (Axis, Axis)) -> usize {
        self.0.push(Node { name, op, inputs: inputs.to_vec(), axes });
        self.0.len() - 1
    }

    fn learned(&mut self, name: Name, axes: (Axis, Axis)) -> usize {
        self.put(name, Op::Parameter, &[], axes)
    }

    fn stream_of_tokens(&mut self) -> usize {
        let table = self.learned(Name::Embedding, (Axis::Words, Axis::Dimensions));
        self.put(Name::X, Op::Lookup, &[table], (Axis::Tokens, Axis::Dimensions))
    }

    fn attention(&mut self, x: usize) -> usize {
        use Axis::{Dimensions, Tokens};
        let (square, strip, map) = ((Dimensions, Dimensions), (Tokens, Dimensions), (Tokens, Tokens));
        let wq = self.learned(Name::Wq, square);
        let q = self.put(Name::Q, Op::MatMul, &[x, wq], strip);
        let wk = self.learned(Name::Wk, square);
        let k = self.put(Name::K, Op::MatMul, &[x, wk], strip);
        let wv = self.learned(Name::Wv, square);
        let v = self.put(Name::V, Op::MatMul, &[x, wv], strip);
        let scores = self.put(Name::Scores, Op::MatMulTransposed, &[q, k], map);
        let scaled = self.put(Name::Scaled, Op::Scale(1.0 / (D_MODEL as f64).sqrt()), &[scores], map);
        let masked = self.put(Name::Masked, Op::Mask, &[scaled], map);
        let weights = self.put(Name::Weights, Op::Softmax, &[masked], map);
        let mixed = self.put(Name::Mixed, Op::MatMul, &[weights, v], strip);
        let wo = self.learned(Name::Wo, square);
        let out = self.put(Name::Out, Op::MatMul, &[mixed, wo], strip);
        self.put(Name::Residual, Op::Add, &[x, out], strip)
    }

    fn feed_forward(&mut self, stream: usize) -> usize {
        use Axis::{Dimensions, Neurons, One, Tokens};
        let w1 = self.learned(Name::W1, (Dimensions, Neurons));
        let sum = self.put(Name::WideSum, Op::MatMul, &[stream, w1], (Tokens, Neurons));
        let b1 = self.learned(Name::B1, (One, Neurons));
        let wide = self.put(Name::Wide, Op::AddRow, &[sum, b1], (Tokens, Neurons));
        let bent = self.put(Name::Bent, Op::Gelu, &[wide], (Tokens, Neurons));
        let w2 = self.learned(Name::W2, (Neurons, Dimensions));
        let narrow = self.put(Name::NarrowSum, Op::MatMul, &[bent, w2], (Tokens, Dimensions));
        let b2 = self.learned(Name::B2, (One, Dimensions));
        let forward = self.put(Name::Forward, Op::AddRow, &[narrow, b2], (Tokens, Dimensions));
        self.put(Name::Stream, Op::Add, &[stream, forward], (Tokens, Dimensions))
    }

    fn prediction(&mut self, stream: usize) {
        use Axis::{Dimensions, One, Tokens, Words};
        let wu = self.learned(Name::Wu, (Dimensions, Words));
        let logits = self.put(Name::Logits, Op::MatMul, &[stream, wu], (Tokens, Words));
        let chances = self.put(Name::Chances, Op::Softmax, &[logits], (Tokens, Words));
        self.put(Name::Loss, Op::CrossEntropy, &[chances], (One, One));
    }
}
