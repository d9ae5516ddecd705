//! libFuzzer's door to the target of this name.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    minehound_fuzz::run("sheet", bytes);
});
