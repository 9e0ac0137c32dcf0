//! Writes the English words of the labs as `words.rs`, which the program includes.

#[path = "../text/table.rs"]
mod table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    table::build("../text", "labs", "kit::text")
}
