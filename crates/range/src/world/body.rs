//! What is written to a connection: its length always, its bytes only as far as somebody looks.

use crate::rng::Rng;

/// The most plaintext in one TLS record (RFC 8446 §5.1).
const RECORD: u64 = 16_384;

/// One write.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    len: u64,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    /// These bytes, which may be only the head of the write.
    Plain(Vec<u8>),
    /// These bytes, and after them what looks like chance.
    Opaque(Vec<u8>),
    /// TLS records of application data, each with so many bytes more than its plaintext.
    Records(u8),
}

impl Body {
    /// These bytes.
    pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self { len: bytes.len() as u64, content: Content::Plain(bytes) }
    }

    /// The first `keep` of these bytes are remembered; the rest is never looked at.
    pub(crate) fn head(mut bytes: Vec<u8>, keep: usize) -> Self {
        let len = bytes.len() as u64;
        if bytes.len() > keep {
            bytes.truncate(keep);
            bytes.shrink_to_fit();
        }
        Self { len, content: Content::Plain(bytes) }
    }

    /// So many bytes that look like chance.
    pub(crate) fn opaque(len: u64) -> Self {
        Self { len, content: Content::Opaque(Vec::new()) }
    }

    /// These bytes, then chance up to `len` in all.
    pub(crate) fn headed(head: Vec<u8>, len: u64) -> Self {
        Self { len: len.max(head.len() as u64), content: Content::Opaque(head) }
    }

    /// So much plaintext in TLS records; `overhead` counts header, nonce, padding and tag: 22 in
    /// TLS 1.3 (RFC 8446 §5.2), 29 with AES-GCM in TLS 1.2 (RFC 5288), 21 with `ChaCha20` there.
    pub(crate) fn records(plain: u64, overhead: u8) -> Self {
        let count = plain.div_ceil(RECORD).max(1);
        Self { len: plain + count * u64::from(overhead), content: Content::Records(overhead) }
    }

    /// How many bytes are written.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Writes the bytes from `offset` on into `out`; only `out` as a whole is ever looked at.
    pub(crate) fn fill(&self, offset: u64, out: &mut [u8], rng: &mut Rng) {
        match &self.content {
            Content::Plain(bytes) => copy(bytes, offset, out),
            Content::Opaque(head) => {
                chance(out, rng);
                copy(head, offset, out);
            }
            Content::Records(overhead) => {
                chance(out, rng);
                self.headers(*overhead, offset, out);
            }
        }
    }

    /// Puts the headers of the records where they stand.
    fn headers(&self, overhead: u8, offset: u64, out: &mut [u8]) {
        let whole = RECORD + u64::from(overhead);
        let end = offset + out.len() as u64;
        let mut at = offset / whole * whole;
        while at < end {
            let length = u16::try_from((self.len - at).min(whole) - 5).unwrap_or(u16::MAX);
            let [high, low] = length.to_be_bytes();
            for (place, byte) in (at..).zip([23, 3, 3, high, low]) {
                let Some(place) = place.checked_sub(offset) else { continue };
                if let Some(slot) = usize::try_from(place).ok().and_then(|it| out.get_mut(it)) {
                    *slot = byte;
                }
            }
            at += whole;
        }
    }
}

fn copy(bytes: &[u8], offset: u64, out: &mut [u8]) {
    let from = usize::try_from(offset).unwrap_or(usize::MAX);
    for (slot, byte) in out.iter_mut().zip(bytes.iter().skip(from)) {
        *slot = *byte;
    }
}

fn chance(out: &mut [u8], rng: &mut Rng) {
    for chunk in out.chunks_mut(8) {
        let word = rng.next_u64().to_le_bytes();
        for (slot, byte) in chunk.iter_mut().zip(word) {
            *slot = byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_their_headers_wherever_the_window_is_cut() {
        let body = Body::records(20_000, 22);
        assert_eq!(body.len(), 20_044);
        let mut whole = vec![0; 20_044];
        body.fill(0, &mut whole, &mut Rng::new(1));
        assert_eq!(whole[..5], [23, 3, 3, 0x40, 0x11]);
        assert_eq!(whole[16_406..16_411], [23, 3, 3, 0x0e, 0x31]);
        let mut part = vec![0; 10];
        body.fill(16_404, &mut part, &mut Rng::new(1));
        assert_eq!(part[2..7], [23, 3, 3, 0x0e, 0x31]);
    }
}
