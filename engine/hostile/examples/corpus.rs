//! Writes the sound files, and the bad ones that are small, into the corpora of `fuzz/`, where fuzzing starts:
//! `cargo run -p engine-hostile --example corpus`. What fuzzing has found itself stays.

use engine_hostile::{Loader, all};
use std::{fs, io, path::PathBuf};

/// Larger ones would only slow fuzzing down.
const SMALL: usize = 400;
/// Of each loader; the list has the others.
const SOME: usize = 8;

fn main() -> io::Result<()> {
    for loader in Loader::ALL {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(loader.name());
        fs::create_dir_all(&folder)?;
        for (name, file) in loader.sound() {
            fs::write(folder.join(name), file)?;
        }
        let small: Vec<_> = all().into_iter().filter(|it| it.loader == loader && it.file.len() <= SMALL).collect();
        // Evenly from the whole list, so that different faults are among them.
        for fixture in small.iter().step_by(small.len().div_ceil(SOME).max(1)) {
            fs::write(folder.join(fixture.name.replace(' ', "-")), &fixture.file)?;
        }
    }
    Ok(())
}
