//! Addresses: files of the site, and what the address bar asks for.

pub use kit::address::absolute;

use kit::wire;
use leptos::prelude::*;

/// What the address bar sets `name` to, as in `?name=value`; follows navigation.
pub fn parameter(name: &'static str) -> Memo<Option<String>> {
    let search = RwSignal::new(now());
    // The page turns without loading anew, and says so.
    let heard = wire::hear(wire::ADDRESS, move |_| {
        search.try_set(now());
    });
    let _heard = StoredValue::new_local(heard);
    Memo::new(move |_| {
        search.with(|search| {
            let query = search.trim_start_matches('?').as_bytes();
            form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        })
    })
}

/// A link to the page at `path` that sets its lab up: `#v1=` and what `learn::share` unpacks, not squeezed.
pub fn shared(path: &str, lab: &str, knobs: &str) -> String {
    let between = if knobs.is_empty() { "" } else { "&" };
    let state = format!("lab={lab}{between}{knobs}");
    format!("{path}#v1={}", base64url(&stored(state.as_bytes())))
}

/// A deflate stream that holds `bytes` as they are (RFC 1951, section 3.2.4); settings are short.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let last = bytes.chunks(usize::from(u16::MAX)).count().max(1) - 1;
    let mut stream = Vec::with_capacity(bytes.len() + 5);
    for (at, block) in bytes.chunks(usize::from(u16::MAX)).enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(at == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream
}

/// Base64 for addresses, without padding (RFC 4648, section 5).
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let joined = three.iter().fold(0u32, |joined, byte| joined << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(char::from(LETTERS[(joined >> (18 - 6 * place)) as usize % 64]));
        }
    }
    text
}

fn now() -> String {
    window().location().search().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_what_other_programs_unpack() {
        // Written by Python: base64.urlsafe_b64encode(b).rstrip(b"="); zlib.decompress(stored, -15) gives the state.
        assert_eq!(
            ["", "f", "fo", "foo", "foob", "\u{3ff}~"].map(|text| base64url(text.as_bytes())),
            ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "z79-"]
        );
        assert_eq!(stored(b"lab=a"), [1, 5, 0, 250, 255, b'l', b'a', b'b', b'=', b'a']);
        assert_eq!(shared("learn/x/", "train", "heads=2"), "learn/x/#v1=AREA7v9sYWI9dHJhaW4maGVhZHM9Mg");
    }
}
