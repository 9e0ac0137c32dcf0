//! Writes GGUF files field by field, sound ones and others, and remembers where each field begins.

/// A file that is being written.
#[derive(Default, Clone)]
pub struct Writer {
    /// What has been written.
    pub bytes: Vec<u8>,
    /// The name of each field and where it begins.
    pub fields: Vec<(String, usize)>,
}

impl Writer {
    /// A file's first fields.
    pub fn new(tensors: u64, entries: u64) -> Self {
        let start = Self::default().raw("the magic", b"GGUF").raw("the version", &3u32.to_le_bytes());
        start.u64("the number of tensors", tensors).u64("the number of entries", entries)
    }

    /// Adds bytes as a field.
    pub fn raw(mut self, field: &str, bytes: &[u8]) -> Self {
        self.fields.push((field.to_owned(), self.bytes.len()));
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Adds a number of 32 bits.
    pub fn u32(self, field: &str, number: u32) -> Self {
        self.raw(field, &number.to_le_bytes())
    }

    /// Adds a number of 64 bits.
    pub fn u64(self, field: &str, number: u64) -> Self {
        self.raw(field, &number.to_le_bytes())
    }

    /// Adds a text with its length before it.
    pub fn text(self, field: &str, text: &[u8]) -> Self {
        self.u64(&format!("the length of {field}"), text.len() as u64).raw(field, text)
    }

    /// A key with the type of its value and the value's bytes.
    pub fn entry(self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.text(&format!("the key {key}"), key.as_bytes())
            .u32(&format!("the type of {key}"), kind)
            .raw(&format!("the value of {key}"), value)
    }

    /// The start of a list.
    pub fn list(self, key: &str, kind: u32, items: u64) -> Self {
        self.text(&format!("the key {key}"), key.as_bytes())
            .u32(&format!("the type of {key}"), 9)
            .u32(&format!("the item type of {key}"), kind)
            .u64(&format!("the number of items of {key}"), items)
    }

    /// A tensor's entry; `sizes` innermost first, as in the file.
    pub fn tensor(mut self, name: &str, sizes: &[u64], kind: u32, offset: u64) -> Self {
        self = self.text(&format!("the name {name}"), name.as_bytes());
        self = self.u32(&format!("the number of sizes of {name}"), sizes.len() as u32);
        for (number, size) in sizes.iter().enumerate() {
            self = self.u64(&format!("size {number} of {name}"), *size);
        }
        self.u32(&format!("the type of tensor {name}"), kind).u64(&format!("the offset of {name}"), offset)
    }

    /// Padding to 32 bytes, then the tensors' bytes.
    pub fn data(mut self, count: usize) -> Vec<u8> {
        self.bytes.resize(self.bytes.len().next_multiple_of(32) + count, 0);
        self.bytes
    }
}

/// A text with its length before it.
pub fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

/// A file with a value of every type and two tensors.
pub fn sound() -> Writer {
    Writer::new(2, 14)
        .entry("a.u8", 0, &[200])
        .entry("a.i8", 1, &[0xfe])
        .entry("a.u16", 2, &[0x34, 0x12])
        .entry("a.i16", 3, &(-300i16).to_le_bytes())
        .entry("a.u32", 4, &70_000u32.to_le_bytes())
        .entry("a.i32", 5, &(-70_000i32).to_le_bytes())
        .entry("a.f32", 6, &1.5f32.to_le_bytes())
        .entry("a.bool", 7, &[1])
        .entry("a.text", 8, &text("größer"))
        .entry("a.u64", 10, &u64::MAX.to_le_bytes())
        .entry("a.i64", 11, &i64::MIN.to_le_bytes())
        .entry("a.f64", 12, &(-0.1f64).to_le_bytes())
        .list("a.texts", 8, 3)
        .raw("the items", &[text("one"), text(""), text("three")].concat())
        .list("a.lists", 9, 2)
        .raw("the first list", &[&3u32.to_le_bytes()[..], &1u64.to_le_bytes(), &[0xff, 0xff]].concat())
        .raw("the second list", &[&7u32.to_le_bytes()[..], &2u64.to_le_bytes(), &[0, 1]].concat())
        .tensor("one", &[32, 2], 3, 0)
        .tensor("two", &[3], 0, 64)
}
