//! Numbers of every size, and sentences about what is held.

use crate::decimal;
use engine_core::number_formats::{Field, Format, Held, Kind};
use kit::t;

/// A number with all its digits, such as the field of the lab reads: `65504`, `1e-45`, `NaN`, `inf`.
pub fn plain(x: f64) -> String {
    let digits = format!("{x:?}");
    digits.strip_suffix(".0").map_or(digits.clone(), str::to_owned)
}

/// A number with all its digits, for people.
pub fn shown(x: f64) -> String {
    signs(&plain(x))
}

/// A number with three digits that count.
pub fn short(x: f64) -> String {
    let rounded = decimal::parse(&format!("{x:.2e}")).filter(|rounded| rounded.is_finite());
    shown(rounded.unwrap_or(x))
}

fn signs(digits: &str) -> String {
    digits.replace("inf", "∞").replace('-', "−")
}

/// What a bit is part of.
pub fn field(field: Field) -> &'static str {
    match field {
        Field::Sign => t!("formats.sign"),
        Field::Exponent => t!("formats.exponent"),
        Field::Fraction => t!("formats.fraction"),
        Field::Whole => t!("formats.whole"),
    }
}

/// How the bits become the number.
pub fn formula(held: &Held) -> String {
    let Some(layout) = held.format.layout() else {
        let whole = shown(held.format.decode(held.bits));
        return t!("formats.is_whole", whole = whole, scale = short(held.scale));
    };
    let (fraction, parts) = (layout.fraction_of(held.bits), 1 << layout.fraction);
    let sign = if held.value().is_sign_negative() { "−" } else { "" };
    let exponent = signs(&layout.exponent_of(held.bits).to_string());
    match held.kind() {
        Kind::Zero => t!("formats.is_zero").into(),
        Kind::Infinite => t!("formats.is_infinite").into(),
        Kind::NotANumber => t!("formats.is_nan").into(),
        Kind::Subnormal => {
            t!("formats.is_subnormal", sign = sign, fraction = fraction, parts = parts, exponent = exponent)
        }
        Kind::Normal => t!("formats.is_normal", sign = sign, fraction = fraction, parts = parts, exponent = exponent),
    }
}

/// What was lost.
pub fn error(held: &Held, meant: f64) -> String {
    let off = held.error(meant);
    if meant.is_nan() {
        return match held.kind() {
            Kind::NotANumber => t!("formats.exact").into(),
            _ => t!("formats.no_nan").into(),
        };
    }
    if off == 0.0 {
        return t!("formats.exact").into();
    }
    if off.is_infinite() {
        return match held.kind() {
            Kind::Infinite => t!("formats.too_large").into(),
            _ => t!("formats.saturated").into(),
        };
    }
    match held.relative_error(meant) {
        Some(share) => t!("formats.off_by_share", off = short(off), share = short(share * 100.0)),
        None => t!("formats.off_by", off = short(off)),
    }
}

/// How far apart numbers are here, and from where to where the format goes.
pub fn range(held: &Held) -> String {
    let Held { format, scale, .. } = *held;
    let (low, high) = (short(format.lowest() * scale), short(format.largest() * scale));
    match format {
        Format::Int8 | Format::Int4 => t!("formats.range_whole", low = low, high = high, step = short(scale)),
        Format::Float32 | Format::Float16 | Format::BFloat16 => t!(
            "formats.range_float",
            low = low,
            high = high,
            least = short(format.smallest()),
            normal = short(format.smallest_normal()),
            step = held.step().map_or("–".to_owned(), short)
        ),
    }
}

/// What the learner has just made, for the status line.
pub fn changed(held: &Held) -> String {
    t!("formats.now", format = held.format.name(), value = shown(held.value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_at_every_size() {
        let cases =
            [(0.1, "0.1"), (65504.0, "65504"), (-2.0, "-2"), (1e-45, "1e-45"), (f64::INFINITY, "inf"), (-0.0, "-0")];
        for (x, text) in cases {
            assert_eq!(plain(x), text);
        }
        assert_eq!((shown(f64::NEG_INFINITY).as_str(), shown(f64::NAN).as_str()), ("−∞", "NaN"));
        assert_eq!(
            (short(0.012345).as_str(), short(-65519.0).as_str(), short(1.4e-45).as_str()),
            ("0.0123", "−65500", "1.4e−45")
        );
        assert_eq!(short(f64::MAX).as_str(), "1.7976931348623157e308", "rounding it would make it infinite");
    }

    #[test]
    fn what_was_lost_is_said_in_every_case() {
        let of = |format, x: f64| error(&Held::nearest(format, 1.0, x), x);
        let all = [
            of(Format::Float16, 0.5),
            of(Format::Float16, 0.1),
            of(Format::Float16, 1e6),
            of(Format::Int8, f64::INFINITY),
            of(Format::Int8, f64::NAN),
        ];
        for (at, words) in all.iter().enumerate() {
            assert!(!words.is_empty() && !all[..at].contains(words), "{words}");
        }
        assert_eq!(of(Format::Float16, f64::NAN), all[0]);
        assert!(all[1].contains("−0.0000244") || all[1].contains("−2.44e−5"), "{}", all[1]);
    }

    #[test]
    fn the_formula_names_the_fields() {
        let of = |format, x| formula(&Held::nearest(format, 1.0, x));
        assert!(of(Format::Float16, -6.5).contains("640/1024") && of(Format::Float16, -6.5).contains('2'));
        assert!(of(Format::Float16, 6e-8).contains("−14"), "{}", of(Format::Float16, 6e-8));
        assert!(of(Format::Int8, -3.0).contains("−3"));
        assert_ne!(of(Format::BFloat16, f64::NAN), of(Format::BFloat16, f64::INFINITY));
    }
}
