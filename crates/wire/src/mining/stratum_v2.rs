//! Stratum version 2 in plain framing, as spoken behind proxies that end the encryption.
//!
//! Checked against stratum-mining/sv2-spec (03, 05) and `mining_sv2` 11.0.0: two bytes of extension, the
//! upper bit of which marks a message of a channel, one byte of type, three of length, all least
//! significant byte first.

use crate::jsonrpc::Id;
use crate::session::{Dialect, DifficultyUnit};

use super::difficulty::from_bytes;
use super::ledger::Outcome;
use super::pending::Ask;
use super::{Said, Surety, Talk};

/// Most bytes kept of a message; jobs with a long coinbase are longer, and need not be read.
const MAX_KEPT: usize = 2048;
/// Most channels whose hashrate is remembered.
const MAX_CHANNELS: usize = 64;
/// Most shares that one answer may accept.
const MAX_BATCH: u32 = 4096;
/// Messages after which chance is no explanation.
const ENOUGH: u32 = 2;

/// What is known of the channels of a connection.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    /// The hashrate that each channel announced, by the number of its request, then of itself.
    rates: Vec<(Number, f64)>,
    messages: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Request(u32),
    Channel(u32),
}

impl Channels {
    /// Sets the hashrate of a channel; that of all together.
    fn rate(&mut self, number: Number, rate: f32) -> f64 {
        let rate = f64::from(rate);
        let room = self.rates.len() < MAX_CHANNELS;
        match self.rates.iter_mut().find(|(known, _)| *known == number) {
            Some((_, known)) => *known = rate,
            None if room => self.rates.push((number, rate)),
            None => {}
        }
        self.rates.iter().map(|(_, rate)| rate).sum()
    }

    fn opened(&mut self, request: u32, channel: u32) {
        if let Some((known, _)) =
            self.rates.iter_mut().find(|(known, _)| *known == Number::Request(request))
        {
            *known = Number::Channel(channel);
        }
    }
}

/// The messages of the protocol that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    kind: u8,
    length: usize,
}

impl Header {
    /// Reads six bytes, if they can be a header of the mining protocol.
    fn read(bytes: [u8; 6]) -> Option<Self> {
        let [low, high, kind, length @ ..] = bytes;
        let [first, second, third] = length.map(usize::from);
        let length = first | second << 8 | third << 16;
        let channel = high == 0x80;
        let possible = lengths(kind, channel).is_some_and(|lengths| lengths.contains(&length));
        let known = low == 0 && (channel || high == 0) && possible;
        known.then_some(Self { kind, length })
    }

    /// The same, with the messages of extensions, once the protocol is certain.
    fn certain(bytes: [u8; 6], certain: bool) -> Option<Self> {
        let [.., first, second, third] = bytes.map(usize::from);
        let length = first | second << 8 | third << 16;
        Self::read(bytes).or_else(|| certain.then_some(Self { kind: EXTENSION, length }))
    }
}

/// What stands for the type of a message of an extension.
const EXTENSION: u8 = 0xff;

/// The lengths that a message can have; none for an unknown one.
fn lengths(kind: u8, channel: bool) -> Option<std::ops::RangeInclusive<usize>> {
    Some(match (kind, channel) {
        (0x00, false) => 16..=1291,
        (0x01, false) => 6..=6,
        (0x02 | 0x12, false) => 5..=264,
        (0x03, true) => 4..=4,
        (0x04, false) => 3..=258,
        (0x10, false) => 41..=296,
        (0x11, false) => 45..=77,
        (0x13, false) => 43..=298,
        (0x14, false) => 43..=79,
        // The bit was added to the messages of jobs in a later revision of the specification.
        (0x15, _) => 41..=50,
        (0x16, true) => 40..=40,
        (0x17 | 0x18, true) => 5..=260,
        (0x19, true) => 5..=37,
        (0x1a, true) => 24..=24,
        (0x1b, true) => 25..=57,
        (0x1c, true) => 20..=20,
        (0x1d, true) => 9..=264,
        (0x1f, _) => 16..=400_000,
        (0x20, _) => 48..=48,
        (0x21, _) => 36..=36,
        (0x22..=0x26, false) => 4..=400_000,
        _ => return None,
    })
}

/// Whether bytes can begin a message; eight bytes say enough.
pub(crate) fn could_begin(prefix: &[u8]) -> bool {
    let at = |index: usize| prefix.get(index).copied();
    let plain = match (at(1), at(2)) {
        (Some(0), Some(0)) => {
            // SetupConnection: protocol, then the lowest version, which is 2.
            at(4).is_none_or(|byte| byte <= 5)
                && at(5).is_none_or(|byte| byte == 0)
                && at(6).is_none_or(|byte| byte <= 2)
                && at(7).is_none_or(|byte| byte == 2)
        }
        (Some(0), Some(1)) => at(6).is_none_or(|byte| byte == 2),
        (Some(0 | 0x80) | None, _) => true,
        _ => false,
    };
    let header = prefix.first_chunk::<6>();
    at(0) == Some(0) && plain && header.is_none_or(|bytes| Header::read(*bytes).is_some())
}

/// Cuts one direction into messages.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    held: Vec<u8>,
    /// Bytes of a long message that are passed over.
    skip: usize,
    lost: bool,
}

impl Cutter {
    /// Takes bytes; whether they still are messages of this protocol.
    pub(crate) fn push(&mut self, talk: &mut Talk, said: Said, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        if self.lost {
            // After lost bytes only the beginning of a segment can begin a message.
            if !could_begin(rest) {
                return true;
            }
            self.lost = false;
        }
        while !rest.is_empty() {
            if self.skip > 0 {
                let count = self.skip.min(rest.len());
                self.skip -= count;
                rest = rest.get(count..).unwrap_or_default();
                continue;
            }
            let want = match self.held.first_chunk::<6>() {
                None => 6,
                Some(header) => match Header::certain(*header, talk.ledger.proven()) {
                    Some(header) => (6 + header.length).min(MAX_KEPT),
                    None => return false,
                },
            };
            let count = want.saturating_sub(self.held.len()).min(rest.len());
            self.held.extend_from_slice(rest.get(..count).unwrap_or_default());
            rest = rest.get(count..).unwrap_or_default();
            if !self.complete(talk, said) {
                return false;
            }
        }
        true
    }

    /// Bytes are missing here.
    pub(crate) fn gap(&mut self) {
        *self = Self { lost: true, ..Self::default() };
    }

    /// Hands on a message once enough of it is held; whether its header can be one.
    fn complete(&mut self, talk: &mut Talk, said: Said) -> bool {
        let Some((header, payload)) = self.held.split_first_chunk::<6>() else { return true };
        let Some(header) = Header::certain(*header, talk.ledger.proven()) else { return false };
        let whole = header.length.min(MAX_KEPT - 6);
        if payload.len() < whole {
            return true;
        }
        if message(talk, said, header, &mut Fields { rest: payload }).is_some() {
            talk.ledger.message(said);
        } else {
            talk.ledger.malformed();
        }
        self.skip = header.length - whole;
        self.held.clear();
        true
    }
}

/// The fields of a message, in turn.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*array)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn f32(&mut self) -> Option<f32> {
        self.array().map(f32::from_le_bytes)
    }

    /// Text of up to 255 bytes after its length.
    fn text(&mut self) -> Option<&'a str> {
        let [length] = self.array()?;
        let (text, rest) = self.rest.split_at_checked(usize::from(length))?;
        self.rest = rest;
        std::str::from_utf8(text).ok()
    }
}

fn message(talk: &mut Talk, said: Said, header: Header, fields: &mut Fields<'_>) -> Option<()> {
    let miner = match header.kind {
        0x00 | 0x10 | 0x13 | 0x16 | 0x1a | 0x1b | 0x22 => said.from,
        _ => said.from.other(),
    };
    if header.kind == EXTENSION {
        return Some(());
    }
    talk.channels.messages = talk.channels.messages.saturating_add(1);
    match header.kind {
        0x00 => setup(talk, said, fields)?,
        0x10 | 0x13 => open(talk, said, fields)?,
        0x11 | 0x14 => opened(talk, said, fields)?,
        0x12 => {
            let request = Id::Number(i64::from(fields.u32()?));
            if let Some(Ask::Login(account)) = talk.answered(said, &request) {
                talk.ledger.login_answer(account, false, said.at);
            }
        }
        0x15 | 0x1f => talk.ledger.job(said.at),
        // SetNewPrevHash: channel, job, then the hash of the block.
        0x20 => {
            let (_channel, _job) = (fields.u32()?, fields.u32()?);
            let block: [u8; 32] = fields.array()?;
            talk.ledger.builds_on(&block, said.at);
        }
        0x16 => {
            let channel = fields.u32()?;
            let total = talk.channels.rate(Number::Channel(channel), fields.f32()?);
            talk.ledger.reports(total);
        }
        0x18 => talk.ledger.close_channel(fields.u32()?, said.at),
        0x1a | 0x1b => {
            let channel = fields.u32()?;
            talk.hands_in(said, share_of(channel));
        }
        0x1c => accepted(talk, said, fields)?,
        0x1d => refused(talk, said, fields)?,
        0x21 => {
            let channel = fields.u32()?;
            let hashes = from_bytes(&fields.array()?)?;
            talk.ledger.difficulty_now(channel, hashes, DifficultyUnit::Hashes, said.at);
        }
        _ => {}
    }
    if talk.channels.messages >= ENOUGH || matches!(header.kind, 0x00 | 0x10 | 0x13) {
        talk.prove(Dialect::StratumV2, Surety::Shape, miner);
    } else {
        talk.ledger.hint(Dialect::StratumV2, Surety::Shape);
        talk.ledger.mines(miner);
    }
    Some(())
}

/// The identifier of a channel's shares, apart from those of requests.
fn share_of(channel: u32) -> Id {
    Id::Number(1 << 40 | i64::from(channel))
}

fn setup(talk: &mut Talk, said: Said, fields: &mut Fields<'_>) -> Option<()> {
    // The others negotiate jobs and hand out templates, and hash nothing.
    let [protocol] = fields.array()?;
    if protocol != 0 {
        return None;
    }
    let (_lowest, _highest, _flags) = (fields.u16()?, fields.u16()?, fields.u32()?);
    let (host, port) = (fields.text()?, fields.u16()?);
    if !host.is_empty() {
        talk.ledger.names_host(&format!("{host}:{port}"));
    }
    let names = [fields.text()?, fields.text()?, fields.text()?];
    let agent = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    talk.ledger.calls_itself(&agent);
    talk.ledger.subscribes(said.at);
    Some(())
}

fn open(talk: &mut Talk, said: Said, fields: &mut Fields<'_>) -> Option<()> {
    let request = fields.u32()?;
    let user = fields.text()?;
    let total = talk.channels.rate(Number::Request(request), fields.f32()?);
    talk.ledger.reports(total);
    talk.logs_in(said, Id::Number(i64::from(request)), user, None);
    Some(())
}

fn opened(talk: &mut Talk, said: Said, fields: &mut Fields<'_>) -> Option<()> {
    let (request, channel) = (fields.u32()?, fields.u32()?);
    let hashes = from_bytes(&fields.array()?)?;
    talk.channels.opened(request, channel);
    if let Some(Ask::Login(account)) = talk.answered(said, &Id::Number(i64::from(request))) {
        talk.ledger.login_answer(account, true, said.at);
    }
    talk.ledger.difficulty_now(channel, hashes, DifficultyUnit::Hashes, said.at);
    Some(())
}

/// One answer accepts several shares: channel, last sequence number, how many.
fn accepted(talk: &mut Talk, said: Said, fields: &mut Fields<'_>) -> Option<()> {
    let (channel, _last, count) = (fields.u32()?, fields.u32()?, fields.u32()?);
    for _ in 0..count.min(MAX_BATCH) {
        let share = match talk.answered(said, &share_of(channel)) {
            Some(Ask::Share(share)) => Some(share),
            _ => talk.ledger.forgotten_share(said.at),
        };
        let Some(share) = share else { break };
        talk.ledger.share_answer(share, Outcome::Accepted, said.at);
    }
    Some(())
}

fn refused(talk: &mut Talk, said: Said, fields: &mut Fields<'_>) -> Option<()> {
    let (channel, _sequence, code) = (fields.u32()?, fields.u32()?, fields.text()?);
    let outcome = if code.contains("stale") { Outcome::Stale } else { Outcome::Rejected };
    if let Some(Ask::Share(share)) = talk.answered(said, &share_of(channel)) {
        talk.ledger.share_answer(share, outcome, said.at);
    }
    Some(())
}
