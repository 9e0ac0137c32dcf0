//! Writes the English words of the page as `words.rs`, which the program includes.

#[path = "text/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    table::build("text", "page", "kit::text")
}
