//! sFlow version 5 (sflow.org): one packet of 64 is sampled with its first 128 bytes.

use std::io;

use super::datagrams::Carries;
use crate::rng::Rng;
use crate::world::answers::HostAnswer;
use crate::world::sink::{Ended, Seen, Sink};

/// One packet of so many is sampled.
const RATE: u64 = 64;
/// Samples in a datagram.
const MOST: u32 = 6;

/// A switch that samples.
pub(super) struct Sflow<C: Carries> {
    out: C,
    rng: Rng,
    boot_ns: u64,
    sampling: u64,
    pool: u64,
    datagrams: u64,
    samples: u64,
    waiting: Vec<u8>,
    count: u32,
}

impl<C: Carries> Sflow<C> {
    pub(super) fn new(out: C, boot_ns: u64, sampling: u64, seed: u64) -> Self {
        Self {
            out,
            rng: Rng::new(seed).fork("sflow"),
            boot_ns,
            sampling,
            pool: 0,
            datagrams: 0,
            samples: 0,
            waiting: Vec::new(),
            count: 0,
        }
    }

    fn word(&mut self, value: u64) {
        let value = u32::try_from(value & 0xffff_ffff).unwrap_or(0);
        self.waiting.extend(value.to_be_bytes());
    }

    fn sample(&mut self, seen: &Seen<'_>) {
        let header: Vec<u8> = seen.bytes.iter().copied().take(128).collect();
        let padded = header.len().next_multiple_of(4) as u64;
        self.samples += 1;
        // flow_sample: 32 bytes, then one record of type 1 (raw header, Ethernet)
        for value in [1, 32 + 8 + 16 + padded, self.samples, 1, RATE * self.sampling, self.pool] {
            self.word(value);
        }
        for value in
            [0, 1, 2, 1, 1, 16 + padded, 1, seen.wire_len as u64 + 4, 4, header.len() as u64]
        {
            self.word(value);
        }
        self.waiting.extend(&header);
        let padding = header.len().wrapping_neg() & 3;
        self.waiting.extend(std::iter::repeat_n(0, padding));
        self.count += 1;
    }

    fn flush(&mut self, now_ns: u64) -> io::Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let samples = std::mem::take(&mut self.waiting);
        self.datagrams += 1;
        for value in [5, 1] {
            self.word(value);
        }
        self.waiting.extend([192, 0, 2, 1]);
        let uptime = now_ns.saturating_sub(self.boot_ns) / 1_000_000;
        for value in [0, self.datagrams, uptime, u64::from(self.count)] {
            self.word(value);
        }
        self.waiting.extend(samples);
        self.count = 0;
        let datagram = std::mem::take(&mut self.waiting);
        self.out.send(now_ns, datagram)
    }
}

impl<C: Carries> Sink for Sflow<C> {
    fn packet(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        self.pool += 1;
        if self.rng.below(RATE) == 0 {
            self.sample(seen);
            if self.count >= MOST {
                return self.flush(seen.time_ns);
            }
        }
        Ok(())
    }

    fn ended(&mut self, _: &Ended<'_>) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, now_ns: u64, _: &[HostAnswer]) -> io::Result<()> {
        self.flush(now_ns)?;
        self.out.finish()
    }
}
