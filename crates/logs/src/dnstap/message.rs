//! One frame: the message of `dnstap.proto`, as far as it is of use.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::name;
use crate::{Entry, Kind, Line, Moment, Peer, Phase, Precision, Refusal};

/// A field of Protocol Buffers.
enum Field<'f> {
    Number(u64),
    Bytes(&'f [u8]),
}

/// The fields of a message one after the other; `Err` once it cannot be read on.
struct Fields<'f>(&'f [u8]);

impl<'f> Fields<'f> {
    fn take(&mut self, count: usize) -> Result<&'f [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Refusal::CutOff)?;
        self.0 = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, Refusal> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first().ok_or(Refusal::CutOff)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Refusal::Number)
    }

    fn next(&mut self) -> Result<Option<(u64, Field<'f>)>, Refusal> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => Field::Bytes(self.take(8)?),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| Refusal::Number)?;
                Field::Bytes(self.take(length)?)
            }
            5 => {
                let bytes = self.take(4)?;
                let number = bytes.first_chunk().map_or(0, |it| u32::from_le_bytes(*it));
                Field::Number(u64::from(number))
            }
            _ => return Err(Refusal::Shape),
        };
        Ok(Some((key >> 3, field)))
    }
}

/// What a frame says.
pub(super) fn read(frame: &[u8]) -> Line<'_> {
    match entry(frame) {
        Ok(Some(entry)) => Line::Entry(Box::new(entry)),
        Ok(None) => Line::Nothing,
        Err(refusal) => Line::Refused(refusal),
    }
}

fn entry(frame: &[u8]) -> Result<Option<Entry<'_>>, Refusal> {
    let mut fields = Fields(frame);
    let mut device = None;
    let mut message = None;
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            (1, Field::Bytes(bytes)) => device = std::str::from_utf8(bytes).ok(),
            (14, Field::Bytes(bytes)) => message = Some(bytes),
            _ => {}
        }
    }
    let Some(message) = message else { return Ok(None) };
    let Some(mut entry) = query(message)? else { return Ok(None) };
    entry.device = device.filter(|it| !it.is_empty()).map(Cow::Borrowed);
    Ok(Some(entry))
}

/// Seconds and nanoseconds since the epoch.
#[derive(Default)]
struct Time {
    seconds: Option<u64>,
    nanoseconds: u64,
}

impl Time {
    fn moment(&self) -> Option<Moment> {
        let seconds = i64::try_from(self.seconds?).ok()?;
        let ms = i64::try_from(self.nanoseconds / 1_000_000).ok()?;
        Some(Moment {
            ms: seconds.checked_mul(1_000)?.checked_add(ms)?,
            precision: Precision::Millisecond,
            zone_stated: true,
            year_stated: true,
        })
    }
}

fn query(message: &[u8]) -> Result<Option<Entry<'_>>, Refusal> {
    let mut entry = Entry { kind: Kind::Query, phase: Phase::Seen, ..Entry::default() };
    let (mut asked, mut answered) = (Time::default(), Time::default());
    let (mut question, mut response) = (None, None);
    let mut fields = Fields(message);
    while let Some((number, field)) = fields.next()? {
        match (number, field) {
            // Authoritative servers' and resolvers' clients; other pairs are servers among
            // themselves.
            (1, Field::Number(kind)) if !matches!(kind, 1 | 2 | 5 | 6) => return Ok(None),
            (3, Field::Number(kind)) => entry.proto = Some(if kind == 1 { 17 } else { 6 }),
            (4, Field::Bytes(bytes)) => entry.from.ip = Some(address(bytes)?),
            (5, Field::Bytes(bytes)) => entry.to.ip = Some(address(bytes)?),
            (6, Field::Number(it)) => port(&mut entry.from, it)?,
            (7, Field::Number(it)) => port(&mut entry.to, it)?,
            (8, Field::Number(it)) => asked.seconds = Some(it),
            (9, Field::Number(it)) => asked.nanoseconds = it,
            (10, Field::Bytes(bytes)) => question = Some(bytes),
            (12, Field::Number(it)) => answered.seconds = Some(it),
            (13, Field::Number(it)) => answered.nanoseconds = it,
            (14, Field::Bytes(bytes)) => response = Some(bytes),
            _ => {}
        }
    }
    entry.at = asked.moment().or_else(|| answered.moment());
    let Some(bytes) = response.or(question) else { return Ok(None) };
    let dns = name::read(bytes)?;
    entry.name = dns.name.map(Cow::Owned);
    entry.answer = dns.answer;
    if entry.from.ip.is_none() {
        return Err(Refusal::Address);
    }
    Ok(Some(entry))
}

fn address(bytes: &[u8]) -> Result<IpAddr, Refusal> {
    if let Ok(octets) = <[u8; 4]>::try_from(bytes) {
        return Ok(IpAddr::V4(Ipv4Addr::from(octets)));
    }
    let octets = <[u8; 16]>::try_from(bytes).map_err(|_| Refusal::Address)?;
    Ok(IpAddr::V6(Ipv6Addr::from(octets)).to_canonical())
}

fn port(peer: &mut Peer, value: u64) -> Result<(), Refusal> {
    peer.port = Some(u16::try_from(value).map_err(|_| Refusal::Number)?);
    Ok(())
}
