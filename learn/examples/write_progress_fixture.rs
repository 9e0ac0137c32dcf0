//! Prints a progress file of the present version, to become a fixture when a version is made:
//! `cargo run -p learn --example write_progress_fixture`.

#[path = "../tests/fixtures/version_2.rs"]
mod version_2;

fn main() {
    print!("{}", version_2::log().write());
}
