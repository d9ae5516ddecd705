//! Sources: bytes that are sealed while they are read.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

/// The seal of an artefact: what was read is what was digested, in the same pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// The SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// The length in bytes.
    pub bytes: u64,
    /// How long digesting took.
    pub took: Duration,
}

/// Digests everything that is read through it.
pub struct Sealing<R> {
    inner: R,
    digest: Sha256,
    bytes: Rc<Cell<u64>>,
    took: Duration,
}

impl<R: Read> Sealing<R> {
    /// Seals what `inner` gives.
    pub fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new(), bytes: Rc::default(), took: Duration::ZERO }
    }

    /// Reads what is left, so that the whole is sealed.
    ///
    /// # Errors
    ///
    /// Returns what the system says where reading breaks off.
    pub fn finish(mut self) -> io::Result<Seal> {
        let mut rest = vec![0; 256 * 1024];
        while self.read(&mut rest)? > 0 {}
        Ok(Seal { sha256: hex(&self.digest.finalize()), bytes: self.bytes.get(), took: self.took })
    }

    /// A counter of the bytes read so far.
    pub fn position(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.bytes)
    }
}

impl<R: Read> Read for Sealing<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        let began = Instant::now();
        self.digest.update(buf.get(..read).unwrap_or_default());
        self.took += began.elapsed();
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |it: u8| DIGITS.get(usize::from(it)).copied().unwrap_or('0');
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect()
}

/// The SHA-256 of bytes in memory, in lower-case hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Opens a regular file without waiting on it: a pipe or device is refused, not read.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::Unsupported, "not a regular file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_covers_what_nobody_read() {
        let mut sealing = Sealing::new(&b"abc"[..]);
        let mut first = [0; 1];
        sealing.read_exact(&mut first).unwrap();
        let seal = sealing.finish().unwrap();
        // FIPS 180-4 example: the digest of "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((seal.sha256.as_str(), seal.bytes), (expected, 3));
        assert_eq!(sha256(b"abc"), expected);
    }
}
