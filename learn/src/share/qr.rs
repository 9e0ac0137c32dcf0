//! A text as a QR code, as the shape that a picture draws.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// The white edge that scanners ask for, in modules.
const EDGE: i32 = 4;

/// A QR code in a square of `size` units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// The side of the square, white edge included.
    pub size: i32,
    /// The dark modules as the `d` of an SVG path.
    pub path: String,
}

/// The code of `text`; `None` where it is longer than the largest code holds (about 2,900 characters).
pub fn qr(text: &str) -> Option<Qr> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let side = code.size();
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let from = x;
            while x < side && code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", from + EDGE, y + EDGE, x - from, x - from);
            }
            x += 1;
        }
    }
    Some(Qr { size: side + 2 * EDGE, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_links_have_no_code_and_short_ones_a_small_one() {
        let short = qr("https://example.org/#v1=y0lMsi0pSszMAwA").expect("fits");
        assert_eq!(short.size, 29 + 8, "version 3");
        assert!(short.path.starts_with("M4 4h7v1h-7z"), "the finder's upper edge: {}", short.path);
        assert!(qr(&"a".repeat(2900)).is_some());
        assert_eq!(qr(&"a".repeat(3000)), None);
    }
}
