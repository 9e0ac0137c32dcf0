//! The metadata's values: numbers, texts, and lists of them.

use super::bytes::{Cursor, Stop};
use crate::texts::Texts;
use std::fmt::Arguments;

/// Texts are never longer. Chat templates have some kilobytes.
const LONGEST_TEXT: u64 = 1 << 20;
/// Lists are never longer. The largest vocabularies have about 300 000 tokens.
const LONGEST_LIST: u64 = 1 << 22;
/// Lists may be so deep inside each other.
const DEEPEST: usize = 4;
/// Lists inside lists, in the whole file.
const MOST_INNER: usize = 4096;

/// One value of the metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number without a fraction, whatever its width in the file.
    Integer(i128),
    /// A number with a fraction, of 32 or 64 bits in the file.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list of values of one type.
    List(List),
}

/// A list of values of one type.
#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// Numbers or truth values, as they lie in the file.
    Plain(Plain),
    /// Texts.
    Texts(Texts),
    /// Lists.
    Lists(Vec<List>),
}

/// Numbers or truth values in the file's own bytes: a list takes no more room here than there.
#[derive(Debug, Clone, PartialEq)]
pub struct Plain {
    kind: Kind,
    bytes: Vec<u8>,
}

/// Types of values, numbered as in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Text,
    List,
    U64,
    I64,
    F64,
}

/// How deep the list is that is read, and how many more may lie inside others.
pub struct Budget {
    inner: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { inner: MOST_INNER }
    }
}

impl Value {
    /// A number that is whole and not negative.
    pub fn whole(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Any number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// The text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list of texts.
    pub fn texts(&self) -> Option<&Texts> {
        match self {
            Self::List(List::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    /// What it is, for a sentence.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::Bool(_) => "yes or no",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
        }
    }

    /// Reads a value with its type before it.
    pub(super) fn read(cursor: &mut Cursor<'_>, budget: &mut Budget, what: Arguments<'_>) -> Result<Self, Stop> {
        Ok(match Kind::read(cursor, what)? {
            Kind::Text => Self::Text(cursor.text(LONGEST_TEXT, what)?.to_owned()),
            Kind::List => Self::List(List::read(cursor, budget, 1, what)?),
            kind => kind.plain(cursor.at(), cursor.take(kind.width(), what)?, what)?,
        })
    }
}

impl List {
    /// How many values it holds.
    pub fn len(&self) -> usize {
        match self {
            Self::Plain(plain) => plain.values().len(),
            Self::Texts(texts) => texts.len(),
            Self::Lists(lists) => lists.len(),
        }
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn read(cursor: &mut Cursor<'_>, budget: &mut Budget, depth: usize, what: Arguments<'_>) -> Result<Self, Stop> {
        let kind = Kind::read(cursor, format_args!("the items of {what}"))?;
        let count = cursor.u64(format_args!("the number of items of {what}"))?;
        if count > LONGEST_LIST {
            return Err(Stop::Bad(format!(
                "The file is damaged or no model: {what} is said to have {count} items, and at most {LONGEST_LIST} are \
                 read here. Fetch it anew."
            )));
        }
        // Before anything is allocated: so many bytes are there at least.
        let least = count.saturating_mul(kind.width());
        cursor.need(least, what)?;
        match kind {
            Kind::Text => texts(cursor, count, what).map(Self::Texts),
            Kind::List => {
                if depth >= DEEPEST {
                    return Err(Stop::Bad(format!(
                        "The file cannot be read: in {what}, lists lie more than {DEEPEST} deep inside each other, as \
                         in no model. Fetch it anew."
                    )));
                }
                let left = usize::try_from(count).ok().and_then(|count| budget.inner.checked_sub(count));
                budget.inner = left.ok_or_else(|| {
                    format!(
                        "The file cannot be read: with {what}, it has more than {MOST_INNER} lists inside lists, as no \
                         model has. Fetch it anew."
                    )
                })?;
                let inner = depth.saturating_add(1);
                (0..count).map(|_| Self::read(cursor, budget, inner, what)).collect::<Result<_, _>>().map(Self::Lists)
            }
            kind => {
                let from = cursor.at();
                let bytes = cursor.take(least, what)?.to_vec();
                if kind == Kind::Bool {
                    for byte in &bytes {
                        kind.plain(from, std::slice::from_ref(byte), what)?;
                    }
                }
                Ok(Self::Plain(Plain { kind, bytes }))
            }
        }
    }
}

impl Plain {
    /// The values, one by one.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Value> {
        let width = usize::try_from(self.kind.width()).unwrap_or(1).max(1);
        let value = |bytes| self.kind.plain(0, bytes, format_args!("a list")).unwrap_or(Value::Bool(false));
        self.bytes.chunks_exact(width).map(value)
    }
}

fn texts(cursor: &mut Cursor<'_>, count: u64, what: Arguments<'_>) -> Result<Texts, Stop> {
    // The room was checked against the bytes that are there.
    let mut texts = Texts::with_room_for(usize::try_from(count).unwrap_or(0));
    for number in 0..count {
        texts.push(cursor.text(LONGEST_TEXT, format_args!("item {number} of {what}"))?);
    }
    texts.shrink();
    Ok(texts)
}

impl Kind {
    fn read(cursor: &mut Cursor<'_>, what: Arguments<'_>) -> Result<Self, Stop> {
        use Kind::*;
        let kinds = [U8, I8, U16, I16, U32, I32, F32, Bool, Text, List, U64, I64, F64];
        let number = cursor.u32(format_args!("the type of {what}"))?;
        let kind = usize::try_from(number).ok().and_then(|number| kinds.get(number).copied());
        kind.ok_or_else(|| {
            Stop::Bad(format!(
                "The file is damaged or too new: the type of {what} is {number}, and GGUF numbers its types 0 to 12. \
                 Fetch it anew."
            ))
        })
    }

    /// Bytes that a value takes at least: a text its length, a list its type and length.
    fn width(self) -> u64 {
        match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 | Self::Text => 8,
            Self::List => 12,
        }
    }

    /// A number or a truth value from its bytes.
    fn plain(self, at: u64, bytes: &[u8], what: Arguments<'_>) -> Result<Value, Stop> {
        let wide = |sign: bool| {
            let filler = if sign && bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
            let mut all = [filler; 16];
            all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            i128::from_le_bytes(all)
        };
        Ok(match self {
            Self::U8 | Self::U16 | Self::U32 | Self::U64 | Self::Text | Self::List => Value::Integer(wide(false)),
            Self::I8 | Self::I16 | Self::I32 | Self::I64 => Value::Integer(wide(true)),
            Self::F32 => Value::Float(bytes.first_chunk().map_or(0.0, |it| f64::from(f32::from_le_bytes(*it)))),
            Self::F64 => Value::Float(bytes.first_chunk().map_or(0.0, |it| f64::from_le_bytes(*it))),
            Self::Bool => match bytes {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                _ => {
                    return Err(Stop::Bad(format!(
                        "The file is damaged: at byte {at} or after it, {what} must be yes (1) or no (0), and is {}. \
                         Fetch it anew.",
                        bytes.first().copied().unwrap_or_default()
                    )));
                }
            },
        })
    }
}
