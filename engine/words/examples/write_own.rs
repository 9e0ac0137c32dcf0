//! Writes `tests/golden/own.json`, for `make.py` to read: `cargo run --release -p engine-words --example write_own`.

#[path = "../tests/golden/own.rs"]
mod own;

fn main() -> std::io::Result<()> {
    std::fs::write(own::file("tests/golden/own.json"), own::written())
}
