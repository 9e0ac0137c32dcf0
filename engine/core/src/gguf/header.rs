//! The header of a GGUF file: how many tensors, the metadata, and what each tensor is.

use super::{
    bytes::{Cursor, Stop},
    tensors::{Info, place},
    values::{Budget, Value},
};
use std::collections::BTreeMap;

/// Entries that the metadata may have. SmolLM2 has 33.
const MOST_ENTRIES: u64 = 4096;
/// Tensors that a file may name. SmolLM2 has 272.
const MOST_TENSORS: u64 = 20_000;
/// Keys are never longer here; none of llama.cpp's has more than 60 bytes.
const LONGEST_KEY: u64 = 256;
/// Where a file does not say its alignment.
const USUAL_ALIGNMENT: u64 = 32;
/// Alignments that make sense.
const ALIGNMENTS: std::ops::RangeInclusive<u64> = 8..=65_536;

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The version of the format: 2 or 3.
    pub version: u32,
    metadata: BTreeMap<String, Value>,
    tensors: BTreeMap<String, Info>,
    length: u64,
}

/// What came of reading the beginning of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// The whole header.
    Whole(Header),
    /// The header is longer: at least so many bytes of the file's beginning are needed.
    More(u64),
}

impl Header {
    /// Reads the header from `prefix`, the beginning of a file of `size` bytes.
    ///
    /// Whoever reads a file starts with a piece of it and comes again with as many bytes as [`Reading::More`] says; the
    /// number at least doubles, so the work stays within twice that of reading once.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn read(prefix: &[u8], size: u64) -> Result<Reading, String> {
        let known = prefix.len() as u64;
        if known > size {
            return Err(format!("The file is said to have {size} bytes, but {known} came. Choose the file again."));
        }
        match Self::parse(&mut Cursor::new(prefix, size), size) {
            Ok(header) => Ok(Reading::Whole(header)),
            Err(Stop::Bad(sentence)) => Err(sentence),
            Err(Stop::More(least)) => Ok(Reading::More(least.max(known.saturating_mul(2)).min(size))),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    /// All keys and values, sorted by key.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.metadata.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// A tensor by name.
    pub fn tensor(&self, name: &str) -> Option<&Info> {
        self.tensors.get(name)
    }

    /// All tensors, sorted by name.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &Info)> {
        self.tensors.iter().map(|(name, info)| (name.as_str(), info))
    }

    /// How many bytes of the file the header takes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The text of a key that has to be there.
    ///
    /// # Errors
    /// A sentence that names the key.
    pub fn text(&self, key: &str) -> Result<&str, String> {
        self.wanted(key, "a text", Value::text)
    }

    /// The number of a key that has to be there, whole and not negative.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn whole(&self, key: &str) -> Result<u64, String> {
        self.wanted(key, "a whole number that is not negative", Value::whole)
    }

    /// The number of a key that has to be there.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn number(&self, key: &str) -> Result<f64, String> {
        self.wanted(key, "a number", Value::number)
    }

    /// What `of` finds in the value of a key that has to be there.
    pub(crate) fn wanted<'a, T>(&'a self, key: &str, what: &str, of: fn(&'a Value) -> Option<T>) -> Result<T, String> {
        let value = self.metadata.get(key).ok_or_else(|| {
            format!("The file does not say {key}, without which the model cannot be run. Choose another file of it.")
        })?;
        of(value).ok_or_else(|| {
            format!("The file says {key} as {}, and it must be {what}. Choose another file of the model.", value.what())
        })
    }

    fn parse(cursor: &mut Cursor<'_>, size: u64) -> Result<Self, Stop> {
        let version = version(cursor)?;
        let tensor_count = counted(cursor, "tensors", MOST_TENSORS)?;
        let entry_count = counted(cursor, "metadata entries", MOST_ENTRIES)?;
        let mut metadata = BTreeMap::new();
        let mut budget = Budget::default();
        for number in 0..entry_count {
            let at = cursor.at();
            let key = cursor.text(LONGEST_KEY, format_args!("the key of metadata entry {number}"))?;
            if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
                return Err(Stop::Bad(format!(
                    "The file is damaged: at byte {at}, the key of metadata entry {number} is empty or holds other \
                     characters than ASCII's. Fetch it anew."
                )));
            }
            let value = Value::read(cursor, &mut budget, format_args!("{key}"))?;
            if metadata.insert(key.to_owned(), value).is_some() {
                return Err(Stop::Bad(format!("The file is damaged: it says {key} twice. Fetch it anew.")));
            }
        }
        let mut tensors = BTreeMap::new();
        for number in 0..tensor_count {
            let (name, info) = Info::read(cursor, number)?;
            if tensors.contains_key(&name) {
                return Err(Stop::Bad(format!("The file is damaged: it names tensor {name} twice. Fetch it anew.")));
            }
            tensors.insert(name, info);
        }
        let alignment = alignment(metadata.get("general.alignment"))?;
        let start = cursor.at().checked_next_multiple_of(alignment).unwrap_or(u64::MAX);
        place(&mut tensors, start, size, alignment)?;
        Ok(Self { version, metadata, tensors, length: cursor.at() })
    }
}

/// Reads the first bytes, which say what kind of file it is.
fn version(cursor: &mut Cursor<'_>) -> Result<u32, Stop> {
    let magic: [u8; 4] = cursor.array(format_args!("the word GGUF"))?;
    if &magic != b"GGUF" {
        let what = match &magic {
            b"PK\x03\x04" => "It looks like a zip archive; unpack it first.",
            b"lmgg" | b"fmgg" | b"tjgg" | b"GGML" => {
                "It looks like an older format of llama.cpp; look for a file of the same model that ends in .gguf."
            }
            b"<!DO" | b"<!do" | b"<htm" | b"<HTM" => "It is a web page; the download went wrong, so fetch it anew.",
            b"vers" => "It may be a pointer of Git LFS, which only names the model; fetch the model itself.",
            _ => "Choose a file that ends in .gguf.",
        };
        return Err(Stop::Bad(format!("This is not a GGUF file: it does not begin with the word GGUF. {what}")));
    }
    let version = cursor.u32(format_args!("the format's version"))?;
    match version {
        2 | 3 => Ok(version),
        1 => Err(Stop::Bad(
            "The file has version 1 of GGUF, which was in use for some weeks of 2023; versions 2 and 3 are read here. \
             Look for a newer file of the model."
                .into(),
        )),
        other if matches!(other.swap_bytes(), 1..=3) => Err(Stop::Bad(
            "The file is written for computers that keep the highest byte first (big-endian). Look for the usual file of \
             the model."
                .into(),
        )),
        other => Err(Stop::Bad(format!(
            "The file says version {other} of GGUF; versions 2 and 3 are read here. It is damaged or too new: fetch it \
             anew, or look for a file in version 3."
        ))),
    }
}

/// Reads how many things there are.
fn counted(cursor: &mut Cursor<'_>, things: &str, most: u64) -> Result<u64, Stop> {
    let count = cursor.u64(format_args!("the number of {things}"))?;
    if count > most {
        return Err(Stop::Bad(format!(
            "The file is damaged or no model: it is said to have {count} {things}, and at most {most} are read here. \
             Fetch it anew."
        )));
    }
    Ok(count)
}

fn alignment(said: Option<&Value>) -> Result<u64, String> {
    let Some(said) = said else { return Ok(USUAL_ALIGNMENT) };
    let sound = said.whole().filter(|it| it.is_power_of_two() && ALIGNMENTS.contains(it));
    sound.ok_or_else(|| {
        let said = match said {
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            other => other.what().to_owned(),
        };
        let (least, most) = ALIGNMENTS.into_inner();
        format!(
            "The file is damaged: general.alignment is {said}, and it must be a power of two from {least} to {most}. \
             Fetch it anew."
        )
    })
}
