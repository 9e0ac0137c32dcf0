//! What tables, rows and columns are called, and the formula of each step.

use super::walk::{Seen, Step};
use engine_core::tiny_attention::{Axis, D_MODEL, Edge, Name, Op, WORDS};
use kit::t;

/// A table's symbol; what follows `_` is written below the line.
pub fn symbol(name: Name) -> &'static str {
    match name {
        Name::Embedding => "E",
        Name::X => "X",
        Name::Wq => "W_Q",
        Name::Q => "Q",
        Name::Wk => "W_K",
        Name::K => "K",
        Name::Wv => "W_V",
        Name::V => "V",
        Name::Scores => "S",
        Name::Scaled => "Z",
        Name::Masked => "M",
        Name::Weights => "A",
        Name::Mixed => "C",
        Name::Wo => "W_O",
        Name::Out => "O",
        Name::Residual => "R",
        Name::W1 => "W_1",
        Name::B1 => "b_1",
        Name::WideSum => "U",
        Name::Wide => "H",
        Name::Bent => "G",
        Name::W2 => "W_2",
        Name::B2 => "b_2",
        Name::NarrowSum => "N",
        Name::Forward => "F",
        Name::Stream => "Y",
        Name::Wu => "W_U",
        Name::Logits => "L",
        Name::Chances => "P",
        Name::Loss => t!("backprop.loss_symbol"),
    }
}

/// What a table is, in a few words.
pub fn meaning(name: Name) -> &'static str {
    match name {
        Name::Embedding => t!("backprop.is_embedding"),
        Name::X => t!("backprop.is_x"),
        Name::Wq => t!("backprop.is_wq"),
        Name::Q => t!("backprop.is_q"),
        Name::Wk => t!("backprop.is_wk"),
        Name::K => t!("backprop.is_k"),
        Name::Wv => t!("backprop.is_wv"),
        Name::V => t!("backprop.is_v"),
        Name::Scores => t!("backprop.is_scores"),
        Name::Scaled => t!("backprop.is_scaled"),
        Name::Masked => t!("backprop.is_masked"),
        Name::Weights => t!("backprop.is_weights"),
        Name::Mixed => t!("backprop.is_mixed"),
        Name::Wo => t!("backprop.is_wo"),
        Name::Out => t!("backprop.is_out"),
        Name::Residual => t!("backprop.is_residual"),
        Name::W1 => t!("backprop.is_w1"),
        Name::B1 => t!("backprop.is_b1"),
        Name::WideSum => t!("backprop.is_widesum"),
        Name::Wide => t!("backprop.is_wide"),
        Name::Bent => t!("backprop.is_bent"),
        Name::W2 => t!("backprop.is_w2"),
        Name::B2 => t!("backprop.is_b2"),
        Name::NarrowSum => t!("backprop.is_narrowsum"),
        Name::Forward => t!("backprop.is_forward"),
        Name::Stream => t!("backprop.is_stream"),
        Name::Wu => t!("backprop.is_wu"),
        Name::Logits => t!("backprop.is_logits"),
        Name::Chances => t!("backprop.is_chances"),
        Name::Loss => t!("backprop.is_loss"),
    }
}

/// What a row or column is called: its token, its word or its number from one.
pub fn label(seen: &Seen, axis: Axis, at: usize) -> String {
    let word = |word: Option<&usize>| word.and_then(|word| WORDS.get(*word)).copied().unwrap_or_default().to_owned();
    match axis {
        Axis::Tokens => word(seen.model.tokens.get(at)),
        Axis::Words => word(Some(&at)),
        Axis::Dimensions | Axis::Neurons => (at + 1).to_string(),
        Axis::One => String::new(),
    }
}

/// A number of a table, such as “Q[cat, 2]”. Tokens that stand twice in the text carry their place.
pub fn cell(seen: &Seen, node: usize, row: usize, column: usize) -> String {
    let node = &seen.model.nodes[node];
    let part = |axis, at| match axis {
        Axis::Tokens
            if seen.model.tokens.iter().filter(|token| seen.model.tokens.get(at) == Some(*token)).count() > 1 =>
        {
            format!("{}{}", label(seen, axis, at), ["₁", "₂", "₃", "₄"].get(at).copied().unwrap_or_default())
        }
        _ => label(seen, axis, at),
    };
    let parts = [part(node.axes.0, row), part(node.axes.1, column)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { symbol(node.name).to_owned() } else { format!("{}[{}]", symbol(node.name), parts.join(", ")) }
}

/// How a table is computed.
pub fn formula(seen: &Seen, node: usize) -> String {
    let node = &seen.model.nodes[node];
    let input = |slot: usize| node.inputs.get(slot).map_or("", |id| symbol(seen.model.nodes[*id].name));
    let (y, a, b) = (symbol(node.name), input(0), input(1));
    match node.op {
        Op::Parameter => t!("backprop.learned", y = y),
        Op::Lookup => t!("backprop.lookup", y = y, a = a),
        Op::MatMul => format!("{y} = {a} · {b}"),
        Op::MatMulTransposed => format!("{y} = {a} · {b}ᵀ"),
        Op::Scale(_) => format!("{y} = {a} / √{D_MODEL}"),
        Op::Mask => t!("backprop.mask", y = y, a = a),
        Op::Softmax => t!("backprop.softmax", y = y, a = a),
        Op::Add | Op::AddRow => format!("{y} = {a} + {b}"),
        Op::Gelu => format!("{y} = GELU({a})"),
        Op::CrossEntropy => t!("backprop.cross_entropy", y = y, a = a),
    }
}

/// How a gradient goes along one edge.
pub fn back_formula(seen: &Seen, edge: Edge) -> String {
    let node = &seen.model.nodes[edge.from];
    let input = |slot: usize| node.inputs.get(slot).map_or("", |id| symbol(seen.model.nodes[*id].name));
    let (y, a, b, first) = (symbol(node.name), input(0), input(1), edge.slot == 0);
    match node.op {
        Op::Parameter => String::new(),
        Op::Lookup => t!("backprop.lookup_back", y = y, a = a),
        Op::MatMul if first => format!("∂{a} += ∂{y} · {b}ᵀ"),
        Op::MatMul => format!("∂{b} += {a}ᵀ · ∂{y}"),
        Op::MatMulTransposed if first => format!("∂{a} += ∂{y} · {b}"),
        Op::MatMulTransposed => format!("∂{b} += ∂{y}ᵀ · {a}"),
        Op::Scale(_) => format!("∂{a} += ∂{y} / √{D_MODEL}"),
        Op::Mask => t!("backprop.mask_back", y = y, a = a),
        Op::Softmax => t!("backprop.softmax_back", y = y, a = a),
        Op::AddRow if !first => t!("backprop.row_back", y = y, b = b),
        Op::Add | Op::AddRow => format!("∂{} += ∂{y}", if first { a } else { b }),
        Op::Gelu => format!("∂{a} += ∂{y} ⊙ GELU′({a})"),
        Op::CrossEntropy => t!("backprop.cross_entropy_back", a = a),
    }
}

/// What happens at a step: its formula, and a sentence.
pub fn told(seen: &Seen, step: Step) -> (String, String) {
    match step {
        Step::Start => (t!("backprop.start").to_owned(), t!("backprop.start_says").to_owned()),
        Step::Forward(node) => (formula(seen, node), meaning(seen.model.nodes[node].name).to_owned()),
        Step::Seed => (t!("backprop.seed_formula").to_owned(), t!("backprop.seed_says").to_owned()),
        Step::Back(at) => {
            let edge = seen.edges[at];
            let (from, to) = (symbol(seen.model.nodes[edge.from].name), symbol(seen.model.nodes[edge.to].name));
            let (done, all) = seen.uses(at);
            let says = if all == 1 {
                t!("backprop.back_says", from = from, to = to)
            } else {
                t!("backprop.back_says_more", from = from, to = to, done = done, all = all)
            };
            (back_formula(seen, edge), says)
        }
    }
}

/// A number with three places.
pub fn short(number: f64) -> String {
    if number == f64::NEG_INFINITY {
        return "−∞".to_owned();
    }
    let text = format!("{number:.3}").replace('-', "−");
    if text == "−0.000" { "0.000".to_owned() } else { text }
}

/// A number with six significant places or so.
pub fn long(number: f64) -> String {
    let size = number.abs();
    if number == f64::NEG_INFINITY {
        "−∞".to_owned()
    } else if size != 0.0 && !(1e-4..1e6).contains(&size) {
        format!("{number:.3e}").replace('-', "−")
    } else {
        format!("{number:.6}").replace('-', "−")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([short(-0.0001), short(-1.5), short(f64::NEG_INFINITY)], ["0.000", "−1.500", "−∞"]);
        assert_eq!([long(0.25), long(-3.2e-9)], ["0.250000", "−3.200e−9"]);
    }
}
