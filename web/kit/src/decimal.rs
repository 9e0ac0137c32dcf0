//! Decimal numbers as learners, lessons and style sheets write them.

/// Reads a number such as `-0.5` or `1e-3`; `None` for anything else, an empty text among it.
///
/// The browser reads it in the page: Rust's own reading of floats brings ten kilobytes of tables along.
pub fn parse(text: &str) -> Option<f64> {
    let decimal = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if text.is_empty() || !text.bytes().all(decimal) {
        return None;
    }
    #[cfg(target_arch = "wasm32")]
    let number = wasm_bindgen::JsValue::from_str(text).unchecked_into_f64();
    #[cfg(not(target_arch = "wasm32"))]
    let number = text.parse().unwrap_or(f64::NAN);
    (!number.is_nan()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn numbers_are_read_and_everything_else_refused() {
        for (text, number) in [("0", 0.0), ("-0.5", -0.5), ("+2", 2.0), (".25", 0.25), ("7.", 7.0), ("1e-3", 1e-3)] {
            assert_eq!(parse(text), Some(number), "{text}");
        }
        for text in ["", " ", " 1", "1 ", "0x10", "inf", "NaN", "1,5", "e", "-", "1-2", "."] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
