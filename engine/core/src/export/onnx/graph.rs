//! A GPT as steps of ONNX, in the order in which they are carried out.

use super::whole;
use crate::{config::GptConfig, export::Numbers, quantize::Scheme, reference::layers::LAYER_NORM_EPS};
use std::collections::BTreeMap;

/// One step: an operator, what it takes and what it gives.
pub struct Step {
    pub operator: &'static str,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub attributes: Vec<(&'static str, Attribute)>,
}

/// A setting of an operator.
pub enum Attribute {
    Float(f32),
    Whole(i64),
    Wholes(Vec<i64>),
}

/// A number that steps need and that was not trained.
pub enum Constant {
    /// A list of whole numbers, such as a shape.
    Whole(Vec<i64>),
    /// A single whole number.
    One(i64),
    /// A single number.
    Float(f32),
}

/// Steps and constants; the weights keep the names of [`GptConfig::tensors`].
pub struct Graph {
    pub steps: Vec<Step>,
    pub constants: BTreeMap<&'static str, Constant>,
}

/// Whether a tensor is a gain or a bias: one row here, a list in ONNX.
pub fn is_vector(name: &str) -> bool {
    name.ends_with(".bias") || name.ends_with(".gain")
}

/// The steps from `input_ids: [batch, seq]` to `logits: [batch, seq, vocab]`. Weights of 16 bits are widened
/// first and whole numbers read back, so that everything is computed in 32.
pub fn of(config: &GptConfig, numbers: Numbers) -> Graph {
    let (d, heads, d_head) = (config.d_model as i64, config.n_heads as i64, config.d_head() as i64);
    let constants = BTreeMap::from([
        ("zero", Constant::One(0)),
        ("one", Constant::One(1)),
        ("first_axis", Constant::Whole(vec![0])),
        ("second_axis", Constant::Whole(vec![1])),
        // 0 keeps the size that is there: batch and tokens stay what they are.
        ("heads_apart", Constant::Whole(vec![0, 0, heads, d_head])),
        ("heads_together", Constant::Whole(vec![0, 0, d])),
        ("thirds", Constant::Whole(vec![d, d, d])),
        ("hidden_score", Constant::Float(f32::NEG_INFINITY)),
        ("scale", Constant::Float(1.0 / (d_head as f32).sqrt())),
        ("half", Constant::Float(0.5)),
        ("unit", Constant::Float(1.0)),
        ("root_half", Constant::Float(std::f32::consts::FRAC_1_SQRT_2)),
    ]);
    let mut steps = Steps { all: Vec::new(), numbers };
    for (name, _) in config.tensors() {
        steps.widen(&name);
    }
    steps.tokens();
    for layer in 0..config.n_layers {
        steps.block(layer);
    }
    let stream = steps.stream(config.n_layers);
    steps.norm(&stream, "ln_f", "final");
    let head = if config.tied_head {
        let table = steps.weight("tok_emb");
        steps.add("Transpose", &[&table], "head", vec![("perm", Attribute::Wholes(vec![1, 0]))]);
        "head".to_owned()
    } else {
        steps.weight("head.weight")
    };
    steps.add("MatMul", &["final", &head], "logits", Vec::new());
    Graph { steps: steps.all, constants }
}

struct Steps {
    all: Vec<Step>,
    numbers: Numbers,
}

impl Steps {
    fn add(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        output: &str,
        attributes: Vec<(&'static str, Attribute)>,
    ) {
        let inputs = inputs.iter().map(|input| (*input).to_owned()).collect();
        self.all.push(Step { operator, inputs, outputs: vec![output.to_owned()], attributes });
    }

    /// What a step calls a weight.
    fn weight(&self, name: &str) -> String {
        if self.widens(name) { format!("{name}.f32") } else { name.to_owned() }
    }

    fn widens(&self, name: &str) -> bool {
        self.numbers == Numbers::F16 || whole::scheme(self.numbers, name).is_some()
    }

    /// Makes floats of a weight that is kept otherwise.
    fn widen(&mut self, name: &str) {
        if !self.widens(name) {
            return;
        }
        let wide = self.weight(name);
        let Some(scheme) = whole::scheme(self.numbers, name) else {
            return self.add("Cast", &[name], &wide, vec![("to", Attribute::Whole(super::FLOAT))]);
        };
        let [codes, scales] = whole::parts(name);
        let attributes = match scheme {
            Scheme::INT4 => vec![("axis", Attribute::Whole(1)), ("block_size", Attribute::Whole(super::GROUP))],
            _ => vec![("axis", Attribute::Whole(0))],
        };
        let rows = if whole::is_turned(name) { format!("{name}.rows") } else { wide.clone() };
        self.add("DequantizeLinear", &[&codes, &scales], &rows, attributes);
        if rows != wide {
            self.add("Transpose", &[&rows], &wide, vec![("perm", Attribute::Wholes(vec![1, 0]))]);
        }
    }

    /// The residual stream before a block, or after the last.
    fn stream(&self, layer: usize) -> String {
        format!("stream.{layer}")
    }

    /// Tokens and positions, and which scores are hidden: those of a key that stands after its query.
    fn tokens(&mut self) {
        self.add("Shape", &["input_ids"], "sizes", Vec::new());
        self.add("Gather", &["sizes", "one"], "seq", vec![("axis", Attribute::Whole(0))]);
        self.add("Range", &["zero", "seq", "one"], "positions", Vec::new());
        let (tokens, places) = (self.weight("tok_emb"), self.weight("pos_emb"));
        self.add("Gather", &[&tokens, "input_ids"], "tokens", vec![("axis", Attribute::Whole(0))]);
        self.add("Gather", &[&places, "positions"], "places", vec![("axis", Attribute::Whole(0))]);
        let stream = self.stream(0);
        self.add("Add", &["tokens", "places"], &stream, Vec::new());
        self.add("Unsqueeze", &["positions", "first_axis"], "keys_at", Vec::new());
        self.add("Unsqueeze", &["positions", "second_axis"], "queries_at", Vec::new());
        self.add("Greater", &["keys_at", "queries_at"], "hidden", Vec::new());
    }

    fn norm(&mut self, input: &str, name: &str, output: &str) {
        let (gain, bias) = (self.weight(&format!("{name}.gain")), self.weight(&format!("{name}.bias")));
        let settings = vec![("axis", Attribute::Whole(-1)), ("epsilon", Attribute::Float(LAYER_NORM_EPS as f32))];
        self.add("LayerNormalization", &[input, &gain, &bias], output, settings);
    }

    fn linear(&mut self, input: &str, name: &str, output: &str) {
        let (weight, bias) = (self.weight(&format!("{name}.weight")), self.weight(&format!("{name}.bias")));
        let product = format!("{output}.product");
        self.add("MatMul", &[input, &weight], &product, Vec::new());
        self.add("Add", &[&product, &bias], output, Vec::new());
    }

    fn block(&mut self, layer: usize) {
        let own = |name: &str| format!("blocks.{layer}.{name}");
        let before = self.stream(layer);
        self.norm(&before, &own("ln1"), &own("ln1"));
        self.linear(&own("ln1"), &own("attn.qkv"), &own("qkv"));
        self.all.push(Step {
            operator: "Split",
            inputs: vec![own("qkv"), "thirds".into()],
            outputs: vec![own("q"), own("k"), own("v")],
            attributes: vec![("axis", Attribute::Whole(-1))],
        });
        // Queries and values become [batch, heads, seq, d_head]; keys [batch, heads, d_head, seq].
        for (part, order) in [("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])] {
            let (apart, turned) = (own(&format!("{part}.apart")), own(&format!("{part}.heads")));
            self.add("Reshape", &[&own(part), "heads_apart"], &apart, Vec::new());
            self.add("Transpose", &[&apart], &turned, vec![("perm", Attribute::Wholes(order.to_vec()))]);
        }
        self.add("MatMul", &[&own("q.heads"), &own("k.heads")], &own("products"), Vec::new());
        self.add("Mul", &[&own("products"), "scale"], &own("scores"), Vec::new());
        self.add("Where", &["hidden", "hidden_score", &own("scores")], &own("seen"), Vec::new());
        self.add("Softmax", &[&own("seen")], &own("shares"), vec![("axis", Attribute::Whole(-1))]);
        self.add("MatMul", &[&own("shares"), &own("v.heads")], &own("mixed"), Vec::new());
        self.add(
            "Transpose",
            &[&own("mixed")],
            &own("mixed.apart"),
            vec![("perm", Attribute::Wholes(vec![0, 2, 1, 3]))],
        );
        self.add("Reshape", &[&own("mixed.apart"), "heads_together"], &own("heads"), Vec::new());
        self.linear(&own("heads"), &own("attn.proj"), &own("attn"));
        self.add("Add", &[&before, &own("attn")], &own("middle"), Vec::new());

        self.norm(&own("middle"), &own("ln2"), &own("ln2"));
        self.linear(&own("ln2"), &own("mlp.up"), &own("up"));
        // GELU, exactly: x · (1 + erf(x / √2)) / 2.
        self.add("Mul", &[&own("up"), "root_half"], &own("up.scaled"), Vec::new());
        self.add("Erf", &[&own("up.scaled")], &own("up.erf"), Vec::new());
        self.add("Add", &[&own("up.erf"), "unit"], &own("up.raised"), Vec::new());
        self.add("Mul", &[&own("up.raised"), &own("up")], &own("up.twice"), Vec::new());
        self.add("Mul", &[&own("up.twice"), "half"], &own("bent"), Vec::new());
        self.linear(&own("bent"), &own("mlp.down"), &own("mlp"));
        let after = self.stream(layer + 1);
        self.add("Add", &[&own("middle"), &own("mlp")], &after, Vec::new());
    }
}
