//! `encoder FOLDER OUT`: writes the encoder in FOLDER (`model.safetensors`, `config.json`, `vocab.txt`) in whole
//! numbers of eight bits. `cargo xtask models` calls it.

use engine_core::{
    encoder::{Plan, convert::convert},
    subwords::bert::BertTokenizer,
};
use std::{env, fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let result = match words.as_slice() {
        [folder, out] => write(Path::new(folder), Path::new(out)),
        _ => Err("give the encoder's folder, and the file to write".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, out: &Path) -> Result<(), String> {
    let read = |name: &str| fs::read(folder.join(name)).map_err(|why| format!("{name} cannot be read: {why}"));
    let text = |name: &str| String::from_utf8(read(name)?).map_err(|_| format!("{name} is no text"));
    let (file, config, vocabulary) = (read("model.safetensors")?, text("config.json")?, text("vocab.txt")?);
    BertTokenizer::read(&vocabulary)?;
    let (plan, mut loading) = Plan::new(&file, file.len() as u64, Some(&config))?;
    for (number, piece) in plan.pieces.iter().enumerate() {
        let from = usize::try_from(piece.offset).map_err(|_| "the file is too large for this machine")?;
        let bytes = file.get(from..from + piece.length).ok_or("the file is cut short")?;
        loading.feed(number, bytes)?;
    }
    let bytes = convert(&loading.finish()?, &vocabulary)?;
    fs::write(out, bytes).map_err(|why| format!("{} cannot be written: {why}", out.display()))
}
