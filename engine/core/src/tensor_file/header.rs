//! The header of a safetensors file: 8 bytes of length, then JSON that says of each tensor what it is and where.
//!
//! The crate `safetensors` reads the same, but a header of 4 MB makes it allocate many times as much, and it takes
//! the last of two tensors of one name. Here every count is bounded while it is read.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice))]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unreachable, clippy::todo, clippy::arithmetic_side_effects))]
#![cfg_attr(not(test), deny(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap))]

use crate::{
    at_most::AtMost,
    clip::{clip, why},
};
use safetensors::Dtype;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IntoDeserializer, MapAccess, Visitor},
};
use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

/// A header may be so long. That of GPT-2 XL has 50 kB.
pub const MOST_HEADER: usize = 4 << 20;
/// Tensors that a file may name. GPT-2 XL has 580.
const MOST_TENSORS: usize = 20_000;
/// Texts that a file may hold.
const MOST_TEXTS: usize = 1000;
/// Names are never longer.
const LONGEST_NAME: usize = 256;
/// Sizes that a tensor may have.
const MOST_SIZES: usize = 8;

/// One tensor of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// The type of its numbers.
    pub dtype: Dtype,
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Where its bytes begin, from the start of the file.
    pub offset: u64,
    /// How many bytes.
    pub length: usize,
}

impl Info {
    /// The rows and columns of the tensor of this name. `choose` is a sentence that says what to do otherwise.
    ///
    /// # Errors
    /// A sentence, if it is no matrix.
    pub fn two_sizes(&self, name: &str, choose: &str) -> Result<[usize; 2], String> {
        self.shape.as_slice().try_into().map_err(|_| {
            format!("Tensor {name} has the shape {:?}; a matrix of two sizes is needed there. {choose}", self.shape)
        })
    }
}

/// What a file says about itself, checked against its size.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Header {
    /// Free text by name.
    pub texts: BTreeMap<String, String>,
    /// The tensors by name.
    pub tensors: BTreeMap<String, Info>,
}

impl Header {
    /// Reads the header from `head`, the beginning of a file of `size` bytes. `choose` is a sentence that says which
    /// file is wanted instead.
    ///
    /// # Errors
    /// A sentence that says what is wrong, where, and what to do.
    pub fn read(head: &[u8], size: u64, choose: &str) -> Result<Self, String> {
        Self::read_short(head, size, MOST_HEADER, choose)
    }

    /// The same of a file whose header has at most `most` bytes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_short(head: &[u8], size: u64, most: usize, choose: &str) -> Result<Self, String> {
        let Some((length, rest)) = head.split_first_chunk::<8>() else {
            return Err(format!(
                "The file has only {} bytes; a safetensors file starts with 8 bytes of header length. {choose}",
                head.len()
            ));
        };
        let length = u64::from_le_bytes(*length);
        if length > most.min(MOST_HEADER) as u64 {
            return Err(format!(
                "This is not a safetensors file: its first 8 bytes do not give a sensible header length. {choose}"
            ));
        }
        let Some(json) = usize::try_from(length).ok().and_then(|length| rest.get(..length)) else {
            return Err(format!(
                "The file is cut short: its header should have {length} bytes, but only {} are there. Fetch it anew.",
                rest.len()
            ));
        };
        let found: Found = serde_json::from_slice(json).map_err(|reason| {
            format!(
                "The file's header cannot be read: {}. It is damaged, or no safetensors file. {choose}",
                why(&reason)
            )
        })?;
        Self::placed(found, length.saturating_add(8), size)
    }

    /// Says that the tensor `name` is missing, which every model of `kind` has, and what kind of file it may be.
    pub fn lacks(&self, name: &str, kind: &str, choose: &str) -> String {
        let some: Vec<&str> = self.tensors.keys().map(String::as_str).take(2).collect();
        let has = if some.is_empty() {
            "no tensor at all".to_owned()
        } else {
            format!("tensors such as {}", some.join(" and "))
        };
        format!("The file lacks the tensor {name}, which every {kind} has. It holds {has}. {choose}")
    }

    /// Checks that the tensors lie one behind the other, from `start` to the file's end.
    fn placed(found: Found, start: u64, size: u64) -> Result<Self, String> {
        let mut order: Vec<(&String, &Entry)> = found.tensors.iter().collect();
        order.sort_by_key(|(_, entry)| entry.data_offsets);
        let mut due = 0;
        for (name, Entry { data_offsets: (from, to), .. }) in order {
            if *from != due || to < from {
                return Err(format!(
                    "The file is damaged: tensor {name} is said to lie from byte {from} to {to} of the numbers, and the \
                     next has to begin at {due}. Fetch it anew."
                ));
            }
            due = *to;
        }
        let mut tensors = BTreeMap::new();
        for (name, entry) in found.tensors {
            let info = entry.checked(&name, start)?;
            tensors.insert(name, info);
        }
        let wanted = start.saturating_add(due);
        if wanted != size {
            let what = if size < wanted { "cut short" } else { "longer than its header says" };
            return Err(format!(
                "The file is {what}: {wanted} bytes are named in it, and it has {size}. Fetch it anew."
            ));
        }
        Ok(Self { texts: found.texts, tensors })
    }
}

/// Bytes of one number, of the types that models are kept in.
pub fn width(dtype: Dtype) -> Option<usize> {
    match dtype {
        Dtype::F32 => Some(4),
        Dtype::F16 | Dtype::BF16 => Some(2),
        _ => None,
    }
}

/// The header's own words, not yet compared with each other.
#[derive(Default)]
struct Found {
    texts: BTreeMap<String, String>,
    tensors: BTreeMap<String, Entry>,
}

/// What the header says of one tensor.
#[derive(Deserialize)]
struct Entry {
    dtype: Kind,
    shape: AtMost<u64, MOST_SIZES>,
    data_offsets: (u64, u64),
}

impl Entry {
    fn checked(self, name: &str, start: u64) -> Result<Info, String> {
        let Self { dtype: Kind(dtype), shape: AtMost(sizes), data_offsets: (from, to) } = self;
        let numbers = sizes.iter().try_fold(1u64, |product, size| product.checked_mul(*size));
        let bytes =
            numbers.and_then(|numbers| numbers.checked_mul(dtype.bitsize() as u64)).map(|bits| bits.div_ceil(8));
        // A size is bounded by itself as well: beside a size of zero it would pass whatever it is.
        let small = |size: u64| u32::try_from(size).ok().and_then(|size| usize::try_from(size).ok());
        let shape: Option<Vec<usize>> = sizes.iter().map(|size| small(*size)).collect();
        let (Some(bytes), Some(shape), Some(length)) = (bytes, shape, bytes.and_then(small)) else {
            return Err(format!(
                "The file is damaged: tensor {name} has the shape {sizes:?}, which makes more numbers than a model can \
                 have. Fetch it anew."
            ));
        };
        if to.checked_sub(from) != Some(bytes) {
            return Err(format!(
                "The file is damaged: tensor {name} has the shape {sizes:?} of {dtype:?}, which takes {bytes} bytes, and it \
                 is said to lie from byte {from} to {to}. Fetch it anew."
            ));
        }
        Ok(Info { dtype, shape, offset: start.saturating_add(from), length })
    }
}

/// A type of numbers.
struct Kind(Dtype);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let known = Dtype::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(&*name));
        known
            .map(Self)
            .map_err(|_| D::Error::custom(format_args!("there is no type of numbers called “{}”", clip(&name))))
    }
}

/// A name that is short enough to be kept.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Short;
        impl Visitor<'_> for Short {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
                if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
                    return Err(E::custom(format_args!(
                        "the name “{}” is longer than {LONGEST_NAME} bytes or holds control characters",
                        clip(name)
                    )));
                }
                Ok(Name(name.to_owned()))
            }
        }
        deserializer.deserialize_str(Short)
    }
}

/// A map in which no name stands twice.
struct Named<T>(BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries(PhantomData)).map(Self)
    }
}

struct Entries<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names with what they stand for")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = BTreeMap::new();
        while let Some(Name(name)) = map.next_key()? {
            put(&mut all, name, MOST_TEXTS, &mut map)?;
        }
        Ok(all)
    }
}

/// Takes the value of a name, unless there are too many or it is there already.
fn put<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    all: &mut BTreeMap<String, T>,
    name: String,
    most: usize,
    map: &mut A,
) -> Result<(), A::Error> {
    if all.contains_key(&name) {
        return Err(A::Error::custom(format_args!("{} stands twice", clip(&name))));
    }
    if all.len() == most {
        return Err(A::Error::custom(format_args!("it names more than {most} things")));
    }
    all.insert(name, map.next_value()?);
    Ok(())
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl<'de> Visitor<'de> for Whole {
            type Value = Found;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tensors by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
                let mut found = Found::default();
                while let Some(Name(name)) = map.next_key()? {
                    if name == "__metadata__" {
                        found.texts = map.next_value::<Named<String>>()?.0;
                    } else {
                        put(&mut found.tensors, name, MOST_TENSORS, &mut map)?;
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(Whole)
    }
}
