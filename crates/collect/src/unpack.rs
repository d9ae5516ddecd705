//! Streams that are compressed as a whole, unpacked within bounds.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use minehound_wire::capture::{self, Format};

/// How many bytes tell a format.
pub(crate) const PREFIX: usize = 64;
/// Unpacked bytes that are always believed.
const FREE: u64 = 1 << 30;
/// Beyond those, the most bytes one packed byte may become; gzip itself ends at 1,032.
const MAX_RATIO: u64 = 1_100;

type Whole<R> = io::Chain<io::Cursor<Vec<u8>>, R>;

/// A stream, unpacked if it was packed.
pub(crate) enum Unpacked<R: Read> {
    /// As it was.
    Plain(Whole<R>),
    /// RFC 1952, several members too.
    Gzip(Box<Bounded<flate2::read::MultiGzDecoder<Whole<R>>>>),
    /// RFC 8878.
    Zstd(Box<Bounded<zstd::stream::read::Decoder<'static, io::BufReader<Whole<R>>>>>),
}

/// Looks at the first bytes of `reader` and unpacks it if it is packed; says with what. `packed`
/// counts the bytes taken from `reader`.
pub(crate) fn unpack<R: Read>(
    mut reader: R,
    packed: Rc<Cell<u64>>,
) -> io::Result<(Unpacked<R>, Option<&'static str>)> {
    let prefix = prefix_of(&mut reader, PREFIX)?;
    let format = capture::recognise(&prefix);
    let whole = io::Cursor::new(prefix).chain(reader);
    Ok(match format {
        Some(Format::Gzip) => {
            let decoder = flate2::read::MultiGzDecoder::new(whole);
            (Unpacked::Gzip(Box::new(Bounded::new(decoder, packed))), Some("gzip"))
        }
        Some(Format::Zstd) => {
            let mut decoder = zstd::stream::read::Decoder::new(whole)?;
            decoder.window_log_max(27)?;
            (Unpacked::Zstd(Box::new(Bounded::new(decoder, packed))), Some("zstd"))
        }
        _ => (Unpacked::Plain(whole), None),
    })
}

/// At most `bytes` bytes from the front.
pub(crate) fn prefix_of(reader: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut prefix = Vec::with_capacity(bytes);
    reader.take(bytes as u64).read_to_end(&mut prefix)?;
    Ok(prefix)
}

impl<R: Read> Unpacked<R> {
    /// The reader underneath.
    pub(crate) fn into_inner(self) -> R {
        match self {
            Self::Plain(chain) => chain.into_inner().1,
            Self::Gzip(bounded) => bounded.inner.into_inner().into_inner().1,
            Self::Zstd(bounded) => bounded.inner.finish().into_inner().into_inner().1,
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(it) => it.read(buf),
            Self::Gzip(it) => it.read(buf),
            Self::Zstd(it) => it.read(buf),
        }
    }
}

/// Stops where a small file unpacks to more than any honest one does.
pub(crate) struct Bounded<R> {
    inner: R,
    unpacked: u64,
    packed: Rc<Cell<u64>>,
}

impl<R> Bounded<R> {
    fn new(inner: R, packed: Rc<Cell<u64>>) -> Self {
        Self { inner, unpacked: 0, packed }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.unpacked += read as u64;
        if self.unpacked > FREE.saturating_add(self.packed.get().saturating_mul(MAX_RATIO)) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "unpacks absurdly far"));
        }
        Ok(read)
    }
}
