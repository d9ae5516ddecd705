//! A conversation told piece by piece: what is said next is made only when it is due.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::body::Body;
use super::chance::{Gap, Size};
use super::notes::Notes;
use crate::dialogue::{Side, Transport, nanos};
use crate::rng::Rng;
use crate::world::answers::MiningAnswer;

/// One write to the connection, at the time a sensor beside the client sees it.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) time_ns: u64,
    pub(crate) from: Side,
    pub(crate) body: Body,
}

/// Everything that is said on one connection, in order of time.
pub(crate) trait Script: Send {
    /// The next thing said; `None` when the connection is over.
    fn next(&mut self, rng: &mut Rng) -> Option<Said>;

    /// The connection is not closed before.
    fn ends_ns(&self) -> u64 {
        0
    }

    /// The truth about mining in it, when it ended or was last seen at this time.
    fn answer(&self, _ended_ns: u64) -> Option<Box<MiningAnswer>> {
        None
    }
}

/// One connection before it is cut into packets.
pub(crate) struct Call {
    pub(crate) transport: Transport,
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    pub(crate) start_ns: u64,
    pub(crate) rtt_ns: u64,
    pub(crate) kind: &'static str,
    /// Nanoseconds between two full segments of one write.
    pub(crate) pace_ns: u64,
    pub(crate) script: Box<dyn Script>,
    pub(crate) notes: Notes,
}

impl Call {
    /// When the first application byte may be sent.
    pub(crate) fn ready_ns(transport: Transport, start_ns: u64, rtt_ns: u64) -> u64 {
        match transport {
            Transport::Tcp => start_ns + rtt_ns + 200_000,
            Transport::Udp => start_ns,
        }
    }
}

/// How messages look from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Bytes that look like chance, as they are.
    Bare,
    /// TLS records with so much overhead each.
    Tls(u8),
    /// SSH binary packets (RFC 4253 §6) with AES-GCM or `ChaCha20` and blocks of so many bytes.
    Ssh(u8),
}

impl Cover {
    pub(crate) fn seal(self, plain: u32) -> Body {
        match self {
            Self::Bare => Body::opaque(u64::from(plain.max(1))),
            Self::Tls(overhead) => Body::records(u64::from(plain), overhead),
            Self::Ssh(block) => {
                // padding length, payload and at least four of padding fill whole blocks; length
                // field before and tag after
                let block = u64::from(block.max(8));
                Body::opaque((u64::from(plain) + 5).div_ceil(block) * block + 20)
            }
        }
    }
}

/// Makes bytes in the clear.
pub(crate) type Make = Box<dyn FnMut(&mut Rng) -> Vec<u8> + Send>;

/// What one step of an exchange says.
pub(crate) enum Fill {
    /// So much under the flow's cover.
    Sealed(Size),
    /// Bytes in the clear.
    Clear(Make),
}

/// One message of an exchange.
pub(crate) struct Step {
    pub(crate) from: Side,
    /// Seconds after the message before: low and high.
    pub(crate) wait: (f64, f64),
    pub(crate) fill: Fill,
    /// How often it is said at all.
    pub(crate) chance: f64,
}

impl Step {
    /// The client says so much at once.
    pub(crate) fn up(size: Size) -> Self {
        Self { from: Side::Client, wait: (0.0, 0.0), fill: Fill::Sealed(size), chance: 1.0 }
    }

    /// The server says so much; after a message of the client a round trip is added.
    pub(crate) fn down(size: Size) -> Self {
        Self { from: Side::Server, ..Self::up(size) }
    }

    pub(crate) fn clear(
        from: Side,
        make: impl FnMut(&mut Rng) -> Vec<u8> + Send + 'static,
    ) -> Self {
        Self { from, wait: (0.0, 0.0), fill: Fill::Clear(Box::new(make)), chance: 1.0 }
    }

    pub(crate) fn wait(self, low: f64, high: f64) -> Self {
        Self { wait: (low, high), ..self }
    }

    pub(crate) fn maybe(self, chance: f64) -> Self {
        Self { chance, ..self }
    }
}

/// An exchange that comes again and again.
pub(crate) struct Beat {
    pub(crate) gap: Gap,
    pub(crate) steps: Vec<Step>,
    next_ns: u64,
}

impl Beat {
    pub(crate) fn new(gap: Gap, steps: Vec<Step>) -> Self {
        Self { gap, steps, next_ns: 0 }
    }
}

/// An opening, and beats until the end.
pub(crate) struct Beats {
    queue: VecDeque<Said>,
    all: Vec<Beat>,
    cover: Cover,
    rtt_ns: u64,
    end_ns: u64,
}

impl Beats {
    /// Beats from `ready_ns` on, after an opening if there is one.
    pub(crate) fn new(
        opening: Vec<Said>,
        mut all: Vec<Beat>,
        cover: Cover,
        times: (u64, u64, u64),
        rng: &mut Rng,
    ) -> Self {
        let (ready_ns, rtt_ns, end_ns) = times;
        let from = opening.last().map_or(ready_ns, |said| said.time_ns + 2_000_000);
        for beat in &mut all {
            beat.next_ns = beat.gap.first(from, rng);
        }
        Self { queue: opening.into(), all, cover, rtt_ns, end_ns }
    }

    /// Says the exchange of the beat that is due.
    fn strike(&mut self, place: usize, rng: &mut Rng) {
        let Some(beat) = self.all.get_mut(place) else { return };
        let mut now = beat.next_ns;
        let mut before = None;
        for step in &mut beat.steps {
            if step.chance < 1.0 && !rng.chance(step.chance) {
                continue;
            }
            now += nanos(rng.between(step.wait.0, step.wait.1));
            if before == Some(Side::Client) && step.from == Side::Server {
                now += self.rtt_ns + nanos(rng.between(0.000_2, 0.003));
            }
            before = Some(step.from);
            let body = match &mut step.fill {
                Fill::Sealed(size) => self.cover.seal(size.draw(rng)),
                Fill::Clear(make) => Body::bytes(make(rng)),
            };
            let place = self.queue.partition_point(|said| said.time_ns <= now);
            self.queue.insert(place, Said { time_ns: now, from: step.from, body });
        }
        beat.next_ns = beat.gap.after(beat.next_ns, rng);
    }
}

impl Beats {
    /// The next thing said before a time; what comes later is not made yet.
    pub(crate) fn next_before(&mut self, limit_ns: u64, rng: &mut Rng) -> Option<Said> {
        loop {
            let due = self.all.iter().enumerate().min_by_key(|(_, beat)| beat.next_ns);
            let (place, time) = due.map_or((0, u64::MAX), |(place, beat)| (place, beat.next_ns));
            if let Some(said) = self.queue.front()
                && said.time_ns <= time
            {
                return if said.time_ns < limit_ns { self.queue.pop_front() } else { None };
            }
            if time >= self.end_ns || time >= limit_ns {
                return None;
            }
            self.strike(place, rng);
        }
    }
}

impl Script for Beats {
    fn next(&mut self, rng: &mut Rng) -> Option<Said> {
        self.next_before(u64::MAX, rng)
    }
}

/// Things said that were all made beforehand.
pub(crate) struct Told(pub(crate) VecDeque<Said>);

impl Script for Told {
    fn next(&mut self, _: &mut Rng) -> Option<Said> {
        self.0.pop_front()
    }
}
