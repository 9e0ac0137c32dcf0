#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    let _ = engine_hostile::Loader::Gpt2Vocabulary.open(file);
});
