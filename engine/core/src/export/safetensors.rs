//! The file that Glassbox keeps models in, taken apart: eight bytes of length, a header in JSON, the numbers.

use super::{Numbers, Part, Written};
use crate::{model_file::ModelFile, tensor_file::Precision};

pub fn write(model: &ModelFile, numbers: Numbers) -> Written {
    let precision = if numbers == Numbers::F32 { Precision::F32 } else { Precision::F16 };
    let bytes = model.clone().without_training().write(precision);
    noted(&bytes)
}

/// Notes the fields of a file that was just written.
fn noted(bytes: &[u8]) -> Written {
    let mut book = Written::default();
    let (length, rest) = bytes.split_first_chunk::<8>().expect("a file begins with its header's length");
    let header = u64::from_le_bytes(*length) as usize;
    book.field(Part::Start, "length of the header", header.to_string(), length);
    let (header, numbers) = rest.split_at(header);
    let text = std::str::from_utf8(header).expect("the header is JSON");
    // Each entry begins at its name; in the model's description, which comes first, quotation marks are escaped.
    let parsed: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).expect("the header is JSON");
    let mut entries: Vec<(usize, &str, &serde_json::Value)> = parsed
        .iter()
        .filter_map(|(name, value)| {
            let next = if name == "__metadata__" { "{" } else { "{\"dtype\"" };
            Some((text.find(&format!("\"{name}\":{next}"))?, name.as_str(), value))
        })
        .collect();
    entries.sort_by_key(|(at, ..)| *at);
    let ends = entries.iter().skip(1).map(|(at, ..)| *at).chain([header.len()]).collect::<Vec<_>>();
    book.field(Part::Start, "{", "", &header[..entries.first().map_or(header.len(), |(at, ..)| *at)]);
    let mut data = Vec::new();
    for ((from, name, value), to) in entries.into_iter().zip(ends) {
        let part = if name == "__metadata__" { Part::Settings } else { Part::Table };
        let says = match value.get("glassbox.model") {
            Some(described) => described.as_str().unwrap_or_default().to_owned(),
            None => value.to_string(),
        };
        book.field(part, name, says, &header[from..to]);
        let place = |which: usize| value["data_offsets"][which].as_u64().map(|at| at as usize);
        if let (Some(from), Some(to)) = (place(0), place(1)) {
            data.push((from, to, name.to_owned(), value["shape"].to_string()));
        }
    }
    data.sort();
    for (from, to, name, shape) in data {
        book.field(Part::Weights, name, shape, &numbers[from..to]);
    }
    book
}
