//! Where the marks of an axis stand and how they are written.

/// Round values between `low` and `high`, at most `most` of them.
pub fn ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let step = step(low, high, most);
    if !step.is_finite() || step <= 0.0 {
        return Vec::new();
    }
    let first = (low / step).ceil() as i64;
    let last = ((high / step) + 1e-9).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// The distance between [`ticks`]: 1, 2 or 5 times a power of ten.
pub fn step(low: f64, high: f64, most: usize) -> f64 {
    let rough = (high - low) / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= rough * 0.999_999).unwrap_or(10.0 * power)
}

/// `value` with as many places as marks `step` apart need.
pub fn label(value: f64, step: f64) -> String {
    let places = if step >= 1.0 { 0 } else { (-step.log10().floor()) as usize };
    let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
    grouped(&format!("{value:.places$}"))
}

/// A number with a thin space between thousands.
pub fn grouped(digits: &str) -> String {
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(w, r)| (w, Some(r)));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |w| ("−", w));
    let mut out = sign.to_owned();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) && whole.len() > 4 {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// `low..high` with a little room at both ends, and some room even where they are equal.
pub fn padded(low: f64, high: f64) -> (f64, f64) {
    let span = high - low;
    if span > 0.0 {
        (low - 0.05 * span, high + 0.05 * span)
    } else {
        let room = low.abs().max(1.0) * 0.1;
        (low - room, high + room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(ticks(0.0, 10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(0.13, 0.41, 4), [0.2, 0.30000000000000004, 0.4]);
        assert_eq!(ticks(1.0, 1.0, 4), Vec::<f64>::new());
        assert_eq!(ticks(f64::NAN, 1.0, 4), Vec::<f64>::new());
    }

    #[test]
    fn labels_have_the_places_their_step_needs() {
        assert_eq!(label(0.30000000000000004, 0.1), "0.3");
        assert_eq!(label(-0.0, 0.5), "0.0");
        assert_eq!(label(12500.0, 500.0), "12\u{202f}500");
        assert_eq!(label(-2.0, 1.0), "−2");
    }

    #[test]
    fn equal_ends_get_room() {
        assert_eq!(padded(2.0, 2.0), (1.8, 2.2));
        assert_eq!(padded(0.0, 10.0), (-0.5, 10.5));
    }
}
