//! The seeds: small inputs that lead a fuzzer into every decoder.
//!
//! Most are played by the range; what it has no speech for is written by hand. Beside them, in
//! `fuzz/seeds`, stand the inputs that once broke something, named `regression-…`.

use super::{captures, certificates, dialogues, records, written};

/// The largest seed, in bytes.
pub(super) const MAX_SEED: usize = 8 << 10;

/// One seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seed {
    /// The target it is for.
    pub(super) target: &'static str,
    /// Its file's name.
    pub(super) name: String,
    /// What it is.
    pub(super) bytes: Vec<u8>,
}

impl Seed {
    pub(super) fn new(target: &'static str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { target, name: name.to_owned(), bytes: bytes.into() }
    }
}

/// All seeds that can be made again.
pub(super) fn all() -> Vec<Seed> {
    let mut seeds = captures::seeds();
    seeds.extend(dialogues::seeds());
    seeds.extend(written::seeds());
    seeds.extend(certificates::seeds());
    seeds.extend(records::seeds());
    seeds
}
