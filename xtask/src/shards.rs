//! Pretrained models as packs of the site: each cut into files that any host takes, and that a broken connection does
//! not make a learner fetch twice.

use crate::files;
use anyhow::{Context, Result};
use std::path::Path;

/// Bytes of a file of a pack; the last one is shorter.
const SHARD: usize = 8 << 20;

/// The packs and the files they are cut from, as `cargo xtask models` keeps them.
const MODELS: [(&str, &str); 2] = [("smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"), ("minilm", "minilm-l6.safetensors")];

/// Where they lie within the site.
pub const FOLDER: &str = "packs";

/// Puts the models of `kept` into the site at `raw`, or takes them out where `kept` is none.
///
/// # Errors
/// If a model is missing: `cargo xtask models` fetches it.
pub fn write(raw: &Path, kept: Option<&Path>) -> Result<()> {
    let folder = raw.join(FOLDER);
    files::empty_folder(&folder)?;
    for (pack, file) in MODELS {
        let Some(kept) = kept else { continue };
        let path = kept.join(file);
        let bytes = std::fs::read(&path)
            .with_context(|| format!("{} is missing: run `cargo xtask models` first", path.display()))?;
        for (at, shard) in bytes.chunks(SHARD).enumerate() {
            // Two digits, so that the order of the names is the order of the bytes.
            files::write(&folder.join(pack).join(format!("{at:02}.bin")), shard)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_in_the_order_of_their_names_are_the_file_and_go_away_again() {
        let [raw, kept] = ["shards-raw", "shards-kept"].map(files::test_folder);
        let bytes: Vec<u8> = (0..SHARD + 5).map(|i| (i % 251) as u8).collect();
        for (_, file) in MODELS {
            files::write(&kept.join(file), &bytes).expect("a file can be written");
        }
        write(&raw, Some(&kept)).expect("the models are there");
        let folder = raw.join(FOLDER).join(MODELS[0].0);
        let names = files::walk(&folder).expect("the folder is there");
        assert_eq!(names, ["00.bin", "01.bin"]);
        let joined: Vec<u8> =
            names.iter().flat_map(|name| files::read(&folder.join(name)).expect("readable")).collect();
        assert_eq!(joined, bytes);
        write(&raw, None).expect("the folder can be emptied");
        assert!(!folder.join("00.bin").exists());
        assert!(write(&raw, Some(&raw)).unwrap_err().to_string().contains("cargo xtask models"));
    }
}
