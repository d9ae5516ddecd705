//! Chance for rustls that comes from a seed, and only while a handshake of the range runs.
//!
//! rustls takes its random numbers from a static object, so the seeded stream of the session
//! that is being made is laid into the thread for the length of its handshake. Without one there
//! is no chance and rustls refuses: this provider cannot be used for anything real by mistake.

use std::cell::RefCell;

use rustls::crypto::{GetRandomFailed, SecureRandom};

use super::Padding;
use crate::rng::Rng;

thread_local! {
    static STREAM: RefCell<Option<(Rng, Padding)>> = const { RefCell::new(None) };
}

/// Runs something with this stream as the source of chance, and this padding for its records.
pub(super) fn with<T>(rng: Rng, padding: Padding, run: impl FnOnce() -> T) -> T {
    STREAM.with(|stream| *stream.borrow_mut() = Some((rng, padding)));
    let out = run();
    STREAM.with(|stream| *stream.borrow_mut() = None);
    out
}

/// 32 bytes for a secret.
pub(super) fn secret() -> Result<[u8; 32], GetRandomFailed> {
    let mut out = [0; 32];
    Seeded.fill(&mut out)?;
    Ok(out)
}

/// The seeded source.
#[derive(Debug)]
pub(super) struct Seeded;

impl SecureRandom for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        STREAM.with(|stream| {
            let mut stream = stream.borrow_mut();
            let (rng, _) = stream.as_mut().ok_or(GetRandomFailed)?;
            let bytes = rng.bytes(buffer.len());
            buffer.copy_from_slice(&bytes);
            Ok(())
        })
    }
}

/// How much padding the next records of one direction get.
pub(super) struct Pad {
    padding: Padding,
    rng: Rng,
}

/// The padding of one direction of the session that is being made.
pub(super) fn pad() -> Pad {
    STREAM.with(|stream| match stream.borrow_mut().as_mut() {
        Some((rng, padding)) => Pad { padding: *padding, rng: rng.fork("padding") },
        None => Pad { padding: Padding::None, rng: Rng::new(0) },
    })
}

impl Pad {
    /// The padding for a record with so much text.
    pub(super) fn take(&mut self, length: usize) -> usize {
        // a record holds at most 2^14 bytes of text and padding
        self.padding.of(length, &mut self.rng).min(16_384_usize.saturating_sub(length))
    }
}
