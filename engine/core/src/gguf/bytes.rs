//! Walks through the beginning of a file, and never past what is there.

use super::MOST_HEADER;
use std::fmt::Arguments;

/// Why reading stopped.
pub enum Stop {
    /// The beginning has to be so long at least, and the file is long enough.
    More(u64),
    /// What is wrong, where, and what to do.
    Bad(String),
}

impl From<String> for Stop {
    fn from(sentence: String) -> Self {
        Self::Bad(sentence)
    }
}

/// A place in the beginning of a file. Each `what` names the thing that is read, for a sentence.
pub struct Cursor<'a> {
    rest: &'a [u8],
    at: u64,
    size: u64,
}

impl<'a> Cursor<'a> {
    /// At the start of a file of `size` bytes, of which `prefix` is known.
    pub fn new(prefix: &'a [u8], size: u64) -> Self {
        Self { rest: prefix, at: 0, size }
    }

    /// How many bytes of the file come before this place.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Sees that `count` more bytes are known, without taking them.
    pub fn need(&self, count: u64, what: Arguments<'_>) -> Result<(), Stop> {
        let known = self.rest.len() as u64;
        if count <= known {
            return Ok(());
        }
        let end = self.at.checked_add(count).filter(|end| *end <= self.size).ok_or_else(|| {
            format!(
                "The file is cut short or damaged: {what} begins at byte {} and needs {count} bytes, but the file has \
                 only {}. Fetch it anew.",
                self.at, self.size
            )
        })?;
        if end > MOST_HEADER {
            return Err(Stop::Bad(format!(
                "The file's header is too long: {what} would end at byte {end}, and at most {MOST_HEADER} bytes of \
                 header are read here. Choose a model with a smaller vocabulary."
            )));
        }
        Err(Stop::More(end))
    }

    /// Takes `count` bytes.
    pub fn take(&mut self, count: u64, what: Arguments<'_>) -> Result<&'a [u8], Stop> {
        self.need(count, what)?;
        // `need` found them, so both conversions succeed; a slip would be a sentence and no panic.
        let parts = usize::try_from(count).ok().and_then(|count| self.rest.split_at_checked(count));
        let (taken, rest) = parts.ok_or_else(|| format!("Reading {what} went wrong. Fetch the file anew."))?;
        self.rest = rest;
        self.at = self.at.saturating_add(count);
        Ok(taken)
    }

    /// Takes `N` bytes.
    pub fn array<const N: usize>(&mut self, what: Arguments<'_>) -> Result<[u8; N], Stop> {
        let taken = self.take(N as u64, what)?;
        taken
            .first_chunk()
            .copied()
            .ok_or_else(|| Stop::Bad(format!("Reading {what} went wrong. Fetch the file anew.")))
    }

    /// Takes an unsigned number of 32 bits.
    pub fn u32(&mut self, what: Arguments<'_>) -> Result<u32, Stop> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    /// Takes an unsigned number of 64 bits.
    pub fn u64(&mut self, what: Arguments<'_>) -> Result<u64, Stop> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// Takes a text of at most `most` bytes: its length, then UTF-8.
    pub fn text(&mut self, most: u64, what: Arguments<'_>) -> Result<&'a str, Stop> {
        let length = self.u64(format_args!("the length of {what}"))?;
        if length > most {
            return Err(Stop::Bad(format!(
                "The file is damaged or no model: at byte {}, {what} is said to be {length} bytes long, and at most \
                 {most} are read here. Fetch it anew.",
                self.at
            )));
        }
        let from = self.at;
        let bytes = self.take(length, what)?;
        str::from_utf8(bytes).map_err(|why| {
            let wrong = from.saturating_add(why.valid_up_to() as u64);
            Stop::Bad(format!("The file is damaged: {what} is no text, its byte {wrong} is not UTF-8. Fetch it anew."))
        })
    }
}
