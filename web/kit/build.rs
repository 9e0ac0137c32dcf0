//! Writes the English words of the kit as `words.rs`, which the crate includes.

#[path = "../text/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    table::build("../text", "kit", "crate::text")
}
