//! Puts fragmented IP datagrams together, within bounds.
//!
//! Where pieces overlap, the bytes that came first stay: RFC 5722 lets a receiver drop such a
//! datagram, but a passive reader that drops it could be blinded with one forged piece.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::packet::{Addresses, Fragment};

/// Longest payload of an IP datagram.
const MAX_DATAGRAM: u32 = 65_535;
/// Most separate stretches kept of one datagram.
const MAX_STRETCHES: usize = 128;
/// Most datagrams waiting for pieces.
const MAX_WAITING: usize = 4_096;
/// Most bytes waiting in all.
const MAX_BYTES: usize = 8 << 20;
/// How long pieces wait for each other, as RFC 8200 section 4.5 has it.
const MAX_AGE_NS: i64 = 60_000_000_000;

/// A datagram put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Its addresses.
    pub addresses: Addresses,
    /// The protocol of its payload.
    pub protocol: u8,
    /// Its payload, up to the first byte that was not captured.
    pub bytes: Vec<u8>,
    /// How long the payload was on the wire.
    pub on_wire: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    addresses: Addresses,
    identification: u32,
    protocol: u8,
}

/// One stretch of a datagram that has arrived; `held` bytes of it were captured.
#[derive(Clone, Copy)]
struct Stretch {
    start: u32,
    held: u32,
    end: u32,
}

struct Waiting {
    since_ns: i64,
    serial: u64,
    bytes: Vec<u8>,
    stretches: Vec<Stretch>,
    total: Option<u32>,
}

/// The datagrams that wait for pieces.
#[derive(Default)]
pub struct Fragments {
    waiting: HashMap<Key, Waiting, RandomState>,
    order: VecDeque<(Key, u64)>,
    serial: u64,
    bytes: usize,
    dropped: u64,
}

impl Fragments {
    /// How many datagrams were given up: too old, too many, or contradicting themselves.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many bytes are held now.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.bytes
    }

    /// Takes one piece; gives the datagram if it is whole now.
    pub fn push(&mut self, time_ns: i64, piece: &Fragment<'_>) -> Option<Datagram> {
        self.expire(time_ns);
        let end = piece.offset.saturating_add(piece.on_wire);
        if end > MAX_DATAGRAM || piece.on_wire == 0 {
            self.dropped += 1;
            return None;
        }
        let key = Key {
            addresses: piece.addresses,
            identification: piece.identification,
            protocol: piece.protocol,
        };
        if !self.waiting.contains_key(&key) {
            self.open(key, time_ns);
        }
        let waiting = self.waiting.get_mut(&key)?;
        let before = waiting.bytes.len();
        let sound = waiting.add(piece, end);
        self.bytes = self.bytes + waiting.bytes.len() - before;
        if !sound {
            self.drop_one(&key);
            return None;
        }
        if waiting.is_whole() {
            return self.take(&key);
        }
        while self.bytes > MAX_BYTES && self.drop_oldest() {}
        None
    }

    fn open(&mut self, key: Key, since_ns: i64) {
        while self.waiting.len() >= MAX_WAITING && self.drop_oldest() {}
        self.serial += 1;
        self.order.push_back((key, self.serial));
        self.waiting.insert(
            key,
            Waiting {
                since_ns,
                serial: self.serial,
                bytes: Vec::new(),
                stretches: Vec::new(),
                total: None,
            },
        );
    }

    fn take(&mut self, key: &Key) -> Option<Datagram> {
        let mut whole = self.waiting.remove(key)?;
        self.bytes = self.bytes.saturating_sub(whole.bytes.len());
        let first = whole.stretches.first()?;
        whole.bytes.truncate(usize::try_from(first.held).ok()?);
        Some(Datagram {
            addresses: key.addresses,
            protocol: key.protocol,
            bytes: whole.bytes,
            on_wire: first.end,
        })
    }

    fn expire(&mut self, now_ns: i64) {
        while let Some((key, serial)) = self.order.front().copied() {
            match self.waiting.get(&key) {
                Some(waiting)
                    if waiting.serial == serial
                        && now_ns.saturating_sub(waiting.since_ns) <= MAX_AGE_NS =>
                {
                    break;
                }
                Some(waiting) if waiting.serial == serial => self.drop_one(&key),
                _ => {}
            }
            self.order.pop_front();
        }
    }

    fn drop_oldest(&mut self) -> bool {
        while let Some((key, serial)) = self.order.pop_front() {
            if self.waiting.get(&key).is_some_and(|waiting| waiting.serial == serial) {
                self.drop_one(&key);
                return true;
            }
        }
        false
    }

    fn drop_one(&mut self, key: &Key) {
        if let Some(waiting) = self.waiting.remove(key) {
            self.bytes = self.bytes.saturating_sub(waiting.bytes.len());
            self.dropped += 1;
        }
    }
}

impl Waiting {
    /// Puts a piece in its place; false when the datagram contradicts itself.
    fn add(&mut self, piece: &Fragment<'_>, end: u32) -> bool {
        if !piece.more && *self.total.get_or_insert(end) != end {
            return false;
        }
        if self.total.is_some_and(|total| end > total) {
            return false;
        }
        let mut at = piece.offset;
        let mut fresh = Vec::new();
        for stretch in &self.stretches {
            if stretch.start > at && at < end {
                fresh.push((at, end.min(stretch.start)));
            }
            at = at.max(stretch.end);
        }
        if at < end {
            fresh.push((at, end));
        }
        for (start, stop) in fresh {
            self.place(piece, start, stop);
        }
        self.join();
        self.stretches.len() <= MAX_STRETCHES
    }

    fn place(&mut self, piece: &Fragment<'_>, start: u32, stop: u32) {
        let skip = usize::try_from(start - piece.offset).unwrap_or(usize::MAX);
        let length = usize::try_from(stop - start).unwrap_or(usize::MAX);
        let source = piece.bytes.get(skip..).unwrap_or_default();
        let source = source.get(..length).unwrap_or(source);
        let from = usize::try_from(start).unwrap_or(usize::MAX);
        let to = from.saturating_add(source.len());
        if self.bytes.len() < to {
            self.bytes.resize(to, 0);
        }
        if let Some(target) = self.bytes.get_mut(from..to) {
            target.copy_from_slice(source);
        }
        let held = start.saturating_add(u32::try_from(source.len()).unwrap_or(u32::MAX));
        let index = self.stretches.partition_point(|stretch| stretch.start < start);
        self.stretches.insert(index, Stretch { start, held, end: stop });
    }

    /// Joins stretches that touch, unless the capture cut the end of the first.
    fn join(&mut self) {
        self.stretches.dedup_by(|next, before| {
            let touches = before.end == next.start;
            if touches {
                before.held = if before.held == before.end { next.held } else { before.held };
                before.end = next.end;
            }
            touches
        });
    }

    fn is_whole(&self) -> bool {
        matches!(self.stretches.as_slice(), [only] if only.start == 0 && Some(only.end) == self.total)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn piece(bytes: &[u8], offset: u32, more: bool, identification: u32) -> Fragment<'_> {
        Fragment {
            addresses: Addresses::V4 { source: 1, target: 2 },
            protocol: 17,
            identification,
            offset,
            more,
            bytes,
            on_wire: u32::try_from(bytes.len()).unwrap(),
        }
    }

    fn check(pieces: &[Fragment<'_>]) -> Option<Vec<u8>> {
        let mut fragments = Fragments::default();
        let whole = pieces.iter().find_map(|piece| fragments.push(0, piece));
        if whole.is_some() {
            assert_eq!(fragments.held_bytes(), 0, "nothing stays behind");
        }
        whole.map(|datagram| datagram.bytes)
    }

    #[test]
    fn the_first_copy_of_overlapping_bytes_stays() {
        let whole = check(&[
            piece(b"BBBBBBBB", 8, true, 1),
            piece(b"aaaaaaaaaaaaaaaa", 0, true, 1),
            piece(b"cc", 16, false, 1),
        ]);
        assert_eq!(whole.as_deref(), Some(b"aaaaaaaaBBBBBBBBcc".as_slice()));
    }

    #[test]
    fn two_ends_in_one_datagram_are_a_contradiction() {
        assert_eq!(check(&[piece(b"xx", 16, false, 1), piece(b"xxxx", 16, false, 1)]), None);
    }

    #[test]
    fn a_piece_cut_by_the_capture_ends_what_is_known() {
        let mut cut = piece(b"aaaa", 0, true, 1);
        cut.on_wire = 8;
        let mut fragments = Fragments::default();
        assert_eq!(fragments.push(0, &cut), None);
        let whole = fragments.push(0, &piece(b"bb", 8, false, 1)).unwrap();
        assert_eq!((whole.bytes.as_slice(), whole.on_wire), (b"aaaa".as_slice(), 10));
    }

    #[test]
    fn memory_stays_bounded_whatever_comes() {
        let mut fragments = Fragments::default();
        let bytes = vec![7; 40_000];
        for identification in 0..10_000 {
            fragments.push(0, &piece(&bytes, 8, true, identification));
            assert!(fragments.held_bytes() <= MAX_BYTES);
            assert!(fragments.waiting.len() <= MAX_WAITING);
        }
        fragments.push(MAX_AGE_NS + 1, &piece(&bytes, 8, true, 0));
        assert_eq!(fragments.waiting.len(), 1, "the others are too old");
    }

    proptest! {
        #[test]
        fn pieces_in_any_order_give_the_datagram(
            body in proptest::collection::vec(any::<u8>(), 9..2_000),
            order in proptest::collection::vec(any::<u16>(), 0..400),
        ) {
            let total = body.len();
            let mut pieces: Vec<_> = body
                .chunks(8)
                .enumerate()
                .map(|(index, chunk)| {
                    piece(chunk, u32::try_from(index * 8).unwrap(), index * 8 + 8 < total, 1)
                })
                .collect();
            for (index, key) in order.iter().enumerate() {
                let count = pieces.len();
                pieces.swap(index % count, usize::from(*key) % count);
            }
            // More separate stretches than kept is an attack, not a network.
            prop_assume!(pieces.len() <= MAX_STRETCHES);
            prop_assert_eq!(check(&pieces), Some(body));
        }
    }
}
