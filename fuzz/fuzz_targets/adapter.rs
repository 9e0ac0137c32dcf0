#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    let _ = engine_hostile::Loader::Adapter.open(file);
});
