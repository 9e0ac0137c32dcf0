//! Writes GGUF files field by field, sound ones and others, and remembers where each field begins.

/// A file that is being written.
#[derive(Default, Clone)]
pub struct Writer {
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

    pub fn raw(mut self, field: &str, bytes: &[u8]) -> Self {
        self.fields.push((field.to_owned(), self.bytes.len()));
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub fn u32(self, field: &str, number: u32) -> Self {
        self.raw(field, &number.to_le_bytes())
    }

    pub fn u64(self, field: &str, number: u64) -> Self {
        self.raw(field, &number.to_le_bytes())
    }

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
