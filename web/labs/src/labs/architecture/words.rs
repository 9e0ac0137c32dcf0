//! Sizes and refusals as people read them.

use engine_core::architecture::{Fault, Flow, Part};
use kit::{axis::grouped, t};

/// A refusal in one sentence that says what to do.
pub fn fault(fault: Fault) -> String {
    match fault {
        Fault::Size { name, value, most } => size_fault(name, value, most),
        Fault::Heads { d_model, n_heads, fits } => {
            t!("architecture.heads_do_not_divide", d_model = d_model, n_heads = n_heads, fits = fits)
        }
    }
}

/// A size that cannot be counted with.
pub fn size_fault(name: &str, value: usize, most: usize) -> String {
    t!("architecture.size_out_of_range", name = name, value = value, most = grouped(&most.to_string()))
}

/// `474.7 MiB`.
pub fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{} {}", three(value), units[unit]) }
}

/// `266 MFLOP`.
pub fn flop(count: f64) -> String {
    let units = ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP"];
    let mut value = count;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{} {}", three(value), units[unit])
}

/// Three places that count, or the whole number where it has more.
fn three(value: f64) -> String {
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    grouped(&format!("{value:.places$}"))
}

/// `[1024, 768]`.
pub fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(|size| grouped(&size.to_string())).collect();
    format!("[{}]", sizes.join(", "))
}

/// A part as the learner reads it.
pub fn part(part: Part) -> &'static str {
    match part {
        Part::TokenEmbedding => t!("architecture.token_embedding"),
        Part::PositionEmbedding => t!("architecture.position_embedding"),
        Part::FirstNorm => t!("architecture.first_norm"),
        Part::Attention => t!("architecture.attention"),
        Part::SecondNorm => t!("architecture.second_norm"),
        Part::Mlp => t!("architecture.mlp"),
        Part::FinalNorm => t!("architecture.final_norm"),
        Part::Head => t!("architecture.head"),
    }
}

/// What a part is for, in a sentence or two.
pub fn purpose(part: Part) -> &'static str {
    match part {
        Part::TokenEmbedding => t!("architecture.for_token_embedding"),
        Part::PositionEmbedding => t!("architecture.for_position_embedding"),
        Part::FirstNorm => t!("architecture.for_first_norm"),
        Part::Attention => t!("architecture.for_attention"),
        Part::SecondNorm => t!("architecture.for_second_norm"),
        Part::Mlp => t!("architecture.for_mlp"),
        Part::FinalNorm => t!("architecture.for_final_norm"),
        Part::Head => t!("architecture.for_head"),
    }
}

/// What flows, as the learner reads it.
pub fn flow(flow: Flow) -> &'static str {
    match flow {
        Flow::Ids => t!("architecture.flow_ids"),
        Flow::Input => t!("architecture.flow_input"),
        Flow::QueriesKeysValues => t!("architecture.flow_qkv"),
        Flow::Scores => t!("architecture.flow_scores"),
        Flow::Mixed => t!("architecture.flow_mixed"),
        Flow::Hidden => t!("architecture.flow_hidden"),
        Flow::Output => t!("architecture.flow_output"),
        Flow::Logits => t!("architecture.flow_logits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(
            [0, 1023, 1536, 36 << 20, 497_759_232].map(bytes),
            ["0 B", "1023 B", "1.50 KiB", "36.0 MiB", "475 MiB"]
        );
        assert_eq!([12.0, 266e6, 1.5e12].map(flop), ["12.0 FLOP", "266 MFLOP", "1.50 TFLOP"]);
        assert_eq!(shape(&[12, 1024, 1024]), "[12, 1024, 1024]");
    }
}
