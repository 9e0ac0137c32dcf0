//! Writes the fixtures of links and results: `cargo run -p learn --example write_share_fixtures`. Run it once per version,
//! and never again: old links must go on opening.

#[path = "../tests/fixtures/share_version_1.rs"]
mod version_1;

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/share");
    version_1::files().into_iter().try_for_each(|(name, text)| std::fs::write(folder.join(name), text))
}
