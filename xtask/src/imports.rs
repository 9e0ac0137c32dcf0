//! Short names between the page's wasm and its JavaScript.
//!
//! wasm-bindgen calls its functions `__wbg_addEventListener_1b2f5e1c3a0d9f74`. The names stand in both files, and
//! their hashes do not compress; with short ones the first view is eight kilobytes smaller.

use anyhow::{Context, Result, bail, ensure};

const IMPORTS: u8 = 2;
const MODULE: &str = "w";

/// A wasm module and the script that wasm-bindgen wrote for it, every imported function renamed in both.
///
/// # Errors
/// If the two do not look as wasm-bindgen writes them; then neither may be changed.
pub fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    ensure!(wasm.get(..4) == Some(b"\0asm"), "the page's program is not WebAssembly");
    let mut reader = Reader { bytes: wasm, at: 8 };
    let (mut short, mut script) = (wasm[..8].to_vec(), script.to_string());
    while reader.at < wasm.len() {
        let start = reader.at;
        let id = reader.byte()?;
        let body = reader.sized()?;
        if id == IMPORTS {
            let body = section(body, &mut script)?;
            short.push(id);
            push_sized(&mut short, &body);
        } else {
            short.extend_from_slice(&wasm[start..reader.at]);
        }
    }
    Ok((short, script))
}

/// The import section with its names shortened; `script` gets the same names.
fn section(body: &[u8], script: &mut String) -> Result<Vec<u8>> {
    let mut reader = Reader { bytes: body, at: 0 };
    let count = reader.number()?;
    let mut short = Vec::new();
    push_number(&mut short, count);
    let mut renamed = None;
    for index in 0..count {
        let (module, name) = (reader.text()?, reader.text()?);
        let start = reader.at;
        // Zero is a function, followed by the number of its type; wasm-bindgen imports nothing else.
        ensure!(reader.byte()? == 0, "the page's program imports `{name}`, which is not a function");
        reader.number()?;
        if module.ends_with("_bg.js") {
            if renamed.is_none() {
                replace_key(script, &format!("\"{module}\": "), &format!("\"{MODULE}\": "))?;
            }
            ensure!(*renamed.get_or_insert(module) == module, "the page's program has two scripts");
            let new = name_of(index);
            replace_key(script, &format!("\n        {name}: "), &format!("\n        {new}: "))?;
            push_sized(&mut short, MODULE.as_bytes());
            push_sized(&mut short, new.as_bytes());
        } else {
            push_sized(&mut short, module.as_bytes());
            push_sized(&mut short, name.as_bytes());
        }
        short.extend_from_slice(&body[start..reader.at]);
    }
    Ok(short)
}

fn replace_key(script: &mut String, key: &str, new: &str) -> Result<()> {
    let found = script.matches(key).count();
    ensure!(found == 1, "the page's script holds {:?} {found} times instead of once", key.trim());
    *script = script.replacen(key, new, 1);
    Ok(())
}

/// `a`, `b`, … `z`, `aa`, `ab`, …
fn name_of(index: u32) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    if index < 26 { letter.into() } else { name_of(index / 26 - 1) + &letter.to_string() }
}

fn push_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn push_sized(bytes: &mut Vec<u8>, text: &[u8]) {
    push_number(bytes, text.len() as u32);
    bytes.extend_from_slice(text);
}

/// Reads the encoding of wasm: bytes, numbers of seven bits each, and lengths before texts.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the page's program ends in the middle")?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        bail!("the page's program holds a number that is too long")
    }

    fn sized(&mut self) -> Result<&'a [u8]> {
        let length = self.number()? as usize;
        let rest = &self.bytes[self.at..];
        let found = rest.get(..length).context("the page's program ends in the middle")?;
        self.at += length;
        Ok(found)
    }

    fn text(&mut self) -> Result<&'a str> {
        Ok(std::str::from_utf8(self.sized()?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "const import0 = {\n        __wbg_log_0123: function(arg0) {\n            log(arg0);\n\
        \x20       },\n        __wbg_now_4567: function() {},\n    };\n    return { \"./web_bg.js\": import0 };";

    fn wasm(names: &[(&str, &str)]) -> Vec<u8> {
        let mut body = Vec::new();
        push_number(&mut body, names.len() as u32);
        for (module, name) in names {
            push_sized(&mut body, module.as_bytes());
            push_sized(&mut body, name.as_bytes());
            body.extend([0, 3]);
        }
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        for (id, body) in [(1, &b"types"[..]), (2, &body), (10, b"code")] {
            bytes.push(id);
            push_sized(&mut bytes, body);
        }
        bytes
    }

    #[test]
    fn both_files_get_the_same_names_and_nothing_else_changes() {
        let long = wasm(&[("./web_bg.js", "__wbg_log_0123"), ("env", "memory"), ("./web_bg.js", "__wbg_now_4567")]);
        let (short, script) = shorten(&long, SCRIPT).expect("both are sound");
        assert_eq!(short, wasm(&[("w", "a"), ("env", "memory"), ("w", "c")]));
        assert!(script.contains("\n        a: function(arg0) {\n            log(arg0);"), "{script}");
        assert!(script.contains("\n        c: function() {}") && script.contains("\"w\": import0"), "{script}");
    }

    #[test]
    fn files_that_do_not_belong_together_are_refused() {
        let error = shorten(&wasm(&[("./web_bg.js", "__wbg_other")]), SCRIPT).expect_err("no such function");
        assert!(error.to_string().contains("__wbg_other"), "{error}");
        assert!(shorten(b"<html>", SCRIPT).is_err());
        let whole = wasm(&[("./web_bg.js", "__wbg_log_0123")]);
        assert!(shorten(&whole[..whole.len() - 1], SCRIPT).is_err(), "the last section is cut");
    }

    #[test]
    fn names_are_short_and_different() {
        let names: std::collections::BTreeSet<String> = (0..2000).map(name_of).collect();
        assert_eq!(
            (name_of(0), name_of(25), name_of(26), name_of(702)),
            ("a".into(), "z".into(), "aa".into(), "aaa".into())
        );
        assert_eq!(names.len(), 2000);
    }

    #[test]
    fn long_numbers_survive() {
        for number in [0, 127, 128, 16_384, u32::MAX] {
            let mut bytes = Vec::new();
            push_number(&mut bytes, number);
            assert_eq!(Reader { bytes: &bytes, at: 0 }.number().expect("whole"), number);
        }
    }
}
