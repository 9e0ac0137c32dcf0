//! What was found, in words, and as exercises are told it.

use super::{
    Knobs,
    settings::{Shared, method_name, share_name},
};
use crate::widgets::{
    outcome::Value,
    signed_bars::{plain, signed},
};
use engine_core::jobs::quantize::{Losses, Report};
use kit::{axis::grouped, t};

/// A matrix by its name in the file, as people call it.
pub fn layer_name(name: &str) -> String {
    let block = name.split('.').nth(1).and_then(|number| number.parse::<usize>().ok()).map_or(0, |number| number + 1);
    let part = name.split('.').skip(2).collect::<Vec<_>>().join(".");
    match (name, part.as_str()) {
        ("tok_emb", _) => t!("quantize.layer_tokens").into(),
        ("head.weight", _) => t!("quantize.layer_head").into(),
        (_, "attn.qkv.weight") => t!("quantize.layer_qkv", block = block),
        (_, "attn.proj.weight") => t!("quantize.layer_proj", block = block),
        (_, "mlp.up.weight") => t!("quantize.layer_up", block = block),
        (_, "mlp.down.weight") => t!("quantize.layer_down", block = block),
        _ => name.to_owned(),
    }
}

/// Nats lost: above zero it is worse than before.
pub fn cost(losses: &Losses) -> f64 {
    losses.after - losses.before
}

/// The cost with what chance makes of it.
pub fn cost_words(losses: &Losses) -> String {
    if losses.error.is_finite() {
        t!("quantize.cost_error", cost = signed(cost(losses), 4), error = plain(losses.error, 4))
    } else {
        t!("quantize.cost", cost = signed(cost(losses), 4))
    }
}

/// Bytes, for people.
pub fn bytes(count: usize) -> String {
    t!("quantize.count_bytes", count = grouped(&count.to_string()))
}

/// A share of one as per cent with three digits that count.
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    let places = if percent >= 10.0 {
        1
    } else if percent >= 1.0 {
        2
    } else {
        3
    };
    format!("{percent:.places$} %")
}

/// A rate, for people.
pub fn rate(tokens_per_s: f64) -> String {
    let whole =
        if tokens_per_s < 100.0 { format!("{tokens_per_s:.1}") } else { grouped(&format!("{tokens_per_s:.0}")) };
    t!("quantize.tokens_per_s", rate = whole)
}

/// One sentence on how far the work is.
pub fn progress(report: &Report) -> String {
    if report.bytes.is_none() {
        t!("quantize.rounding", done = report.layers.len(), all = report.matrices)
    } else if report.losses.is_none() {
        t!("quantize.reading_text").into()
    } else if report.written.is_none() {
        t!("quantize.writing").into()
    } else {
        t!("quantize.timing").into()
    }
}

/// One sentence on what was found.
pub fn summary(report: &Report, knobs: &Knobs) -> String {
    let (Some(losses), Some(bytes)) = (&report.losses, &report.bytes) else { return String::new() };
    let share = match knobs.share {
        Shared::Group => t!("quantize.groups_of", size = knobs.group),
        share => share_name(share).to_owned(),
    };
    t!(
        "quantize.summary",
        bits = knobs.bits.key(),
        share = share,
        method = method_name(knobs.method),
        cost = cost_words(losses),
        ratio = format!("{:.2}", bytes.ratio())
    )
}

/// For exercises: what was found, and how.
pub fn told(report: &Report, knobs: &Knobs, model: &str) -> Vec<(&'static str, Value)> {
    let mut told = vec![
        ("model", model.into()),
        ("text", knobs.text.as_str().into()),
        ("bits", knobs.bits.key().into()),
        ("share", knobs.share.key().into()),
        ("group", knobs.group.into()),
        ("grid", knobs.grid.key().into()),
        ("reach", knobs.reach.key().into()),
        ("percentile", knobs.percentile.into()),
        ("method", knobs.method.key().into()),
        ("windows", knobs.windows.into()),
        ("activations", knobs.activations.key().into()),
        ("tokens", knobs.tokens.key().into()),
    ];
    if let Some(bytes) = &report.bytes {
        told.extend([
            ("bytes_before", bytes.before.into()),
            ("bytes_after", bytes.after().into()),
            ("bytes_codes", bytes.quantized.codes.into()),
            ("bytes_scales", bytes.quantized.scales.into()),
            ("bytes_zeros", bytes.quantized.zeros.into()),
            ("bytes_kept", bytes.kept.into()),
            ("ratio", bytes.ratio().into()),
        ]);
    }
    if let Some(losses) = &report.losses {
        told.extend([
            ("loss_before", losses.before.into()),
            ("loss_after", losses.after.into()),
            ("cost", cost(losses).into()),
            ("cost_error", losses.error.into()),
        ]);
    }
    if let Some([before, after]) = &report.written {
        told.extend([("written_before", before.as_str().into()), ("written_after", after.as_str().into())]);
    }
    let worst = report.layers.iter().filter_map(|layer| Some((layer, layer.outputs?)));
    if let Some((layer, outputs)) = worst.max_by(|a, b| a.1.total_cmp(&b.1)) {
        told.extend([("worst_layer", layer.name.as_str().into()), ("worst_outputs", outputs.into())]);
    }
    if let Some(speed) = &report.speed {
        let ([reading, reading_now], [writing, writing_now]) = (speed.reading, speed.writing);
        told.extend([
            ("speed_rounds", speed.rounds.into()),
            ("speed_reading_before", reading.into()),
            ("speed_reading", reading_now.into()),
            ("speed_writing_before", writing.into()),
            ("speed_writing", writing_now.into()),
        ]);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine_core::quantize::scheme::{Bytes, ModelBytes};

    #[test]
    fn every_matrix_has_a_name() {
        let names = [
            "tok_emb",
            "head.weight",
            "blocks.0.attn.qkv.weight",
            "blocks.0.attn.proj.weight",
            "blocks.0.mlp.up.weight",
            "blocks.2.mlp.down.weight",
        ];
        let words = names.map(layer_name);
        for (at, word) in words.iter().enumerate() {
            assert!(*word != names[at] && !words[..at].contains(word), "{word}");
        }
        assert!(words[5].contains('3'), "blocks are counted from one: {}", words[5]);
    }

    #[test]
    fn what_was_found_is_said_and_told() {
        let quantized = Bytes { codes: 100, scales: 20, zeros: 0 };
        let mut report = Report {
            bytes: Some(ModelBytes { quantized, kept: 30, before: 600 }),
            losses: Some(Losses { before: 3.0, after: 3.0125, error: 0.002, tokens: 64 }),
            ..Report::default()
        };
        let knobs = Knobs { share: Shared::Group, ..Knobs::default() };
        let sentence = summary(&report, &knobs);
        assert!(["int8", "32", "+0.0125", "0.0020", "4.00"].iter().all(|part| sentence.contains(part)), "{sentence}");
        let told = told(&report, &knobs, "built-in");
        assert!(told.contains(&("ratio", 4.0.into())) && told.contains(&("share", "group".into())));
        assert!(!told.iter().any(|(name, _)| name.starts_with("speed")));
        assert_eq!(progress(&report), t!("quantize.writing"));
        report.losses = Some(Losses { before: 3.0, after: 2.99, error: f64::NAN, tokens: 64 });
        assert!(summary(&report, &knobs).contains("−0.0100"));
        assert_eq!(
            (share(0.1234).as_str(), share(0.01234).as_str(), share(0.001234).as_str()),
            ("12.3 %", "1.23 %", "0.123 %")
        );
    }
}
