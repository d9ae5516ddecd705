//! A mining rhythm under a cover: TLS and Noise messages, and tunnels that others use as well.
//!
//! Sizes: TLS 1.3 record = message + 22. Noise frame of Stratum V2 = message + 32 after openings of
//! 64 and 234 bytes (sv2-spec 04). `WireGuard` pads the IP packet to 16 and adds 32. `OpenVPN` with
//! AES-GCM and a 32-bit packet id adds 24 to the IP packet. OpenSSH: a channel header of 9, padding
//! to 8, tag and length. Shadowsocks AEAD: 34 more each chunk, a salt of 32 at first. Tor: cells of
//! 514 bytes that hold 498.

use std::collections::VecDeque;

use super::body::Body;
use super::chance::{Gap, Size};
use super::rhythm::{Rhythm, Word};
use super::script::{Beat, Beats, Cover, Said, Script, Step};
use crate::dialogue::{Side, nanos};
use crate::rng::Rng;
use crate::scenario_file::Carriage;
use crate::world::answers::MiningAnswer;

/// IP and TCP headers with time stamps, inside a tunnel.
const INNER: u64 = 52;
const INNER_SEGMENT: u64 = 1_320;

/// What of a mining connection can be seen from outside.
pub(crate) struct Covered {
    carriage: Carriage,
    rhythm: Rhythm,
    overhead: u8,
    padding: u64,
    queue: VecDeque<Said>,
    /// Everybody else in the tunnel.
    other: Option<Beats>,
    upcoming: Option<Said>,
    evasion: Vec<String>,
    first: [bool; 2],
}

impl Covered {
    /// A covered rhythm after the opening of its carrier; `background` is packets a second of
    /// others.
    pub(crate) fn new(
        carriage: Carriage,
        rhythm: Rhythm,
        opening: (Vec<Said>, u8),
        evasion: (Vec<String>, u64),
        background: Option<Beats>,
    ) -> Self {
        Self {
            carriage,
            rhythm,
            overhead: opening.1,
            padding: evasion.1,
            queue: opening.0.into(),
            other: background,
            upcoming: None,
            evasion: evasion.0,
            first: [true; 2],
        }
    }

    fn cover(&mut self, word: Word, rng: &mut Rng) {
        let padding = if self.padding > 0 { rng.below(self.padding) } else { 0 };
        let plain = u64::from(word.size) + padding;
        let mut say = |time_ns: u64, from: Side, body: Body| {
            let place = self.queue.partition_point(|said| said.time_ns <= time_ns);
            self.queue.insert(place, Said { time_ns, from, body });
        };
        let (now, from) = (word.time_ns, word.from);
        match self.carriage {
            Carriage::Inside(_) | Carriage::TlsRecords => {
                say(now, from, Body::records(plain, self.overhead));
            }
            Carriage::WssRecords => {
                // a WebSocket frame's header, and the mask of clients
                let frame = if plain < 126 { 2 } else { 4 };
                let frame = frame + if from == Side::Client { 4 } else { 0 };
                say(now, from, Body::records(plain + frame, self.overhead));
            }
            Carriage::NoiseRecords => say(now, from, Body::opaque(plain + 32)),
            Carriage::Ssh => {
                let body = Cover::Ssh(8).seal(u32::try_from(plain + 9).unwrap_or(0));
                say(now, from, body);
            }
            Carriage::Shadowsocks => {
                let first = self.first.get_mut(usize::from(from == Side::Server));
                let salt = first.map_or(0, |it| if std::mem::take(it) { 32 + 7 } else { 0 });
                say(now, from, Body::opaque(plain + 34 + salt));
            }
            Carriage::Tor => {
                say(now, from, Body::records(plain.div_ceil(498).max(1) * 514, self.overhead));
            }
            Carriage::WireGuard | Carriage::OpenVpn => {
                let outer = |inner: u64| match self.carriage {
                    Carriage::WireGuard => inner.div_ceil(16) * 16 + 32,
                    _ => inner + 24,
                };
                let (mut left, mut time) = (plain, now);
                while left > 0 {
                    let piece = left.min(INNER_SEGMENT);
                    say(time, from, Body::opaque(outer(piece + INNER)));
                    left -= piece;
                    time += 20_000;
                }
                // the inner acknowledgement, unless an answer takes it along
                let delay =
                    if from == Side::Server { nanos(rng.between(0.000_1, 0.04)) } else { 0 };
                if from == Side::Server {
                    say(time + delay, Side::Client, Body::opaque(outer(INNER)));
                }
            }
        }
    }

    /// The next thing that the miner's side of it says.
    fn own(&mut self, rng: &mut Rng) -> Option<Said> {
        // what is covered may say something later than the next word begins
        while self.queue.len() < 4 {
            let Some(word) = self.rhythm.next(rng) else { break };
            self.cover(word, rng);
        }
        self.queue.pop_front()
    }
}

impl Script for Covered {
    fn next(&mut self, rng: &mut Rng) -> Option<Said> {
        let own = match self.upcoming.take() {
            Some(said) => Some(said),
            None => self.own(rng),
        };
        let Some(other) = &mut self.other else { return own };
        let Some(own) = own else { return other.next(rng) };
        // the others are asked only up to the miner's next word
        match other.next_before(own.time_ns, rng) {
            Some(said) => {
                self.upcoming = Some(own);
                Some(said)
            }
            None => Some(own),
        }
    }

    fn answer(&self, ended_ns: u64) -> Option<Box<MiningAnswer>> {
        let (mut mining, rates) = self.rhythm.truth(ended_ns);
        self.carriage.name().clone_into(&mut mining.carrier);
        let evasion = self.evasion.clone();
        Some(Box::new(MiningAnswer { mining, evasion, rates, mixed: self.other.is_some() }))
    }
}

/// What a tunnel says by itself, and other people's packets in it: `rate` a second.
pub(crate) fn others(
    carriage: Carriage,
    rate: f64,
    times: (u64, u64, u64),
    rng: &mut Rng,
) -> Option<Beats> {
    let mut beats = match carriage {
        Carriage::WireGuard => vec![
            Beat::new(
                Gap::Every(120.0, 3.0),
                vec![Step::up(Size::Is(148)), Step::down(Size::Is(92))],
            ),
            Beat::new(Gap::Every(25.0, 0.05), vec![Step::up(Size::Is(32))]),
        ],
        Carriage::OpenVpn => vec![
            Beat::new(Gap::Every(10.0, 0.3), vec![Step::up(Size::Is(40))]),
            Beat::new(Gap::Every(10.0, 0.3), vec![Step::down(Size::Is(40))]),
        ],
        Carriage::Ssh => {
            vec![Beat::new(
                Gap::Every(60.0, 0.05),
                vec![Step::up(Size::Is(52)), Step::down(Size::Is(36))],
            )]
        }
        Carriage::Shadowsocks => Vec::new(),
        Carriage::Tor => vec![Beat::new(
            Gap::Uneven(5.0, 0.4),
            vec![Step::up(Size::Is(536)).maybe(0.5), Step::down(Size::Is(536)).maybe(0.5)],
        )],
        _ => return None,
    };
    if rate > 0.0 {
        // three packets an exchange, in bursts as people make them
        let mean = 3.0 / rate;
        let answer = vec![
            Step::up(Size::Between(96, 700)),
            Step::down(Size::About(500.0, 0.9)).wait(0.002, 0.08),
            Step::down(Size::About(300.0, 0.9)).wait(0.002, 0.2),
        ];
        beats.push(Beat::new(Gap::Uneven(mean / 1.65, 1.0), answer));
    }
    (!beats.is_empty()).then(|| Beats::new(Vec::new(), beats, Cover::Bare, times, rng))
}
