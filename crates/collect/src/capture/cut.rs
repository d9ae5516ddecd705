//! Reads a capture through one buffer and hands on its records.

use std::io::Read;

use minehound_wire::capture::{Cutter, MAX_NEED, Record, Skipped, Step};

use crate::{Reason, Skips};

/// The buffer: large enough for any one record and small enough for the cache.
const BUFFER: usize = 2 * MAX_NEED;

/// How reading a file ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ending {
    /// At its end.
    #[default]
    Whole,
    /// Within its last record.
    CutOff,
    /// Where the rest cannot be told apart.
    Malformed(String),
    /// Where the system or the unpacking gave up.
    Failed(String),
}

/// What the beginning of a capture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The link type of the first packet.
    pub(crate) link_type: u32,
    /// Its time.
    pub(crate) first_ns: i64,
}

/// Looks at the first packet; a capture without one is of no link type.
pub(crate) fn head(reader: impl Read) -> Head {
    let mut head = Head { link_type: u32::MAX, first_ns: i64::MAX };
    let mut cutting = Cutting::new(reader);
    let mut skips = Skips::default();
    // A file may hold many blocks before its first packet, but not for ever.
    for _ in 0..4096 {
        let found = cutting.step(&mut skips, &mut |record, _| {
            if head.link_type == u32::MAX {
                let first_ns = record.time_ns.unwrap_or(0);
                head = Head { link_type: record.link_type, first_ns };
            }
        });
        if found.is_some() || head.link_type != u32::MAX {
            break;
        }
    }
    head
}

/// Hands every record to `each`; returns how many there were, and how it ended.
pub(crate) fn for_each(
    reader: impl Read,
    skips: &mut Skips,
    mut each: impl FnMut(&Record<'_>, &mut Skips),
) -> (u64, Ending) {
    let mut cutting = Cutting::new(reader);
    loop {
        if let Some(ending) = cutting.step(skips, &mut each) {
            return (cutting.cutter.records(), ending);
        }
    }
}

struct Cutting<R> {
    reader: R,
    cutter: Cutter,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    at_end: bool,
}

impl<R: Read> Cutting<R> {
    fn new(reader: R) -> Self {
        Self {
            reader,
            cutter: Cutter::new(),
            buffer: vec![0; BUFFER],
            from: 0,
            to: 0,
            at_end: false,
        }
    }

    /// Cuts what the buffer holds, then refills it; `Some` is the end.
    fn step(
        &mut self,
        skips: &mut Skips,
        each: &mut impl FnMut(&Record<'_>, &mut Skips),
    ) -> Option<Ending> {
        loop {
            let offered = self.buffer.get(self.from..self.to).unwrap_or_default();
            match self.cutter.next(offered, self.at_end) {
                Ok(Step::Record { consumed, record }) => {
                    self.from += consumed;
                    each(&record, skips);
                }
                Ok(Step::Skip { consumed, what }) => {
                    self.from += consumed;
                    if let Some(reason) = what.and_then(reason) {
                        skips.add(self.cutter.records(), reason);
                    }
                }
                Ok(Step::Need(_)) => return self.refill(),
                Ok(Step::Cut { .. }) => {
                    skips.add(self.cutter.records() + 1, Reason("cut-off"));
                    return Some(Ending::CutOff);
                }
                Ok(Step::End) => return Some(Ending::Whole),
                Err(malformed) => return Some(Ending::Malformed(malformed.to_string())),
            }
        }
    }

    fn refill(&mut self) -> Option<Ending> {
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        while self.to < self.buffer.len() && !self.at_end {
            match self.reader.read(self.buffer.get_mut(self.to..).unwrap_or_default()) {
                Ok(0) => self.at_end = true,
                Ok(read) => {
                    self.to += read;
                    // Enough for now: what else comes is fetched when it is asked for.
                    if self.to >= MAX_NEED {
                        break;
                    }
                }
                Err(it) if it.kind() == std::io::ErrorKind::Interrupted => {}
                // What a broken archive gave before it broke is still looked at.
                Err(it) if self.to > 0 && it.kind() == std::io::ErrorKind::UnexpectedEof => {
                    self.at_end = true;
                }
                Err(it) => return Some(Ending::Failed(it.to_string())),
            }
        }
        None
    }
}

/// What to call a skipped thing; blocks that carry no packet are no loss.
fn reason(skipped: Skipped) -> Option<Reason> {
    match skipped {
        Skipped::NotRecord => None,
        Skipped::NotPacket => Some(Reason("not-packet")),
        Skipped::Oversized => Some(Reason("oversized")),
        Skipped::UnknownInterface => Some(Reason("unknown-interface")),
        Skipped::Unfit => Some(Reason("unfit-block")),
    }
}
