//! What this browser's WebAssembly can do, found out by asking it, never by its name.

use js_sys::{Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::JsValue;

/// The smallest program that uses relaxed SIMD, byte by byte as it would lie in a file.
///
/// A browser that knows the instruction calls it valid; any other refuses it without running anything.
/// (Plain SIMD128 is asked for in `static/boot.js`: this very page is compiled with it.)
#[rustfmt::skip]
const RELAXED: [u8; 40] = [
    0x00, b'a', b's', b'm', 1, 0, 0, 0, // A WebAssembly file, version 1.
    1, 5, 1, 0x60, 0, 1, 0x7b,          // One type: a function without parameters that results in a v128.
    3, 2, 1, 0,                         // One function, of that type.
    10, 19, 1, 17, 0,                   // Its code: 17 bytes without local variables.
    0x41, 0, 0xfd, 15,                  // i32.const 0, i8x16.splat: a vector of zeros,
    0x41, 0, 0xfd, 15,                  // a second
    0x41, 0, 0xfd, 15,                  // and a third;
    0xfd, 0x85, 2,                      // f32x4.relaxed_madd: first times second plus third,
    11,                                 // end.
];

/// Whether programs with fused multiply-add by relaxed SIMD run here.
pub fn relaxed_simd() -> bool {
    WebAssembly::validate(&Uint8Array::from(&RELAXED[..])).unwrap_or(false)
}

/// Whether the page is cross-origin isolated, which threads would need.
pub fn cross_origin_isolated() -> bool {
    let flag = Reflect::get(&js_sys::global(), &JsValue::from_str("crossOriginIsolated"));
    flag.ok().and_then(|flag| flag.as_bool()).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sections_of_the_probe_are_as_long_as_they_say() {
        let mut at = 8;
        let mut sections = Vec::new();
        while at < RELAXED.len() {
            sections.push(RELAXED[at]);
            at += 2 + usize::from(RELAXED[at + 1]);
        }
        assert_eq!((at, sections), (RELAXED.len(), vec![1, 3, 10]));
    }
}
