//! The name asked for and the first address answered, out of a message of RFC 1035.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Refusal;

const HEADER: usize = 12;
const MAX_NAME: usize = 255;
/// More answers than any honest message has before its first address.
const MAX_ANSWERS: u16 = 64;

/// What a message says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Dns {
    pub(super) name: Option<String>,
    pub(super) answer: Option<IpAddr>,
}

/// Reads the first question and the first address among the answers.
pub(super) fn read(message: &[u8]) -> Result<Dns, Refusal> {
    let questions = number(message, 4)?;
    let answers = number(message, 6)?;
    if questions == 0 {
        return Ok(Dns::default());
    }
    let mut dns = Dns { name: Some(name(message, HEADER)?), answer: None };
    dns.name = dns.name.filter(|it| !it.is_empty());
    let mut at = HEADER;
    for _ in 0..questions.min(4) {
        at = behind(message, at)? + 4;
    }
    if questions > 4 {
        return Ok(dns);
    }
    for _ in 0..answers.min(MAX_ANSWERS) {
        // Servers cut answers; the question was read all the same.
        let Ok(fixed) = behind(message, at) else { break };
        let (Ok(kind), Ok(length)) = (number(message, fixed), number(message, fixed + 8)) else {
            break;
        };
        let body = fixed + 10;
        let Some(bytes) = message.get(body..body + usize::from(length)) else { break };
        dns.answer = match (kind, bytes.len()) {
            (1, 4) => bytes.first_chunk::<4>().map(|it| IpAddr::V4(Ipv4Addr::from(*it))),
            (28, 16) => bytes.first_chunk::<16>().map(|it| IpAddr::V6(Ipv6Addr::from(*it))),
            _ => None,
        };
        if dns.answer.is_some() {
            break;
        }
        at = body + usize::from(length);
    }
    Ok(dns)
}

fn number(message: &[u8], at: usize) -> Result<u16, Refusal> {
    let bytes = message.get(at..).and_then(|it| it.first_chunk::<2>());
    bytes.map(|it| u16::from_be_bytes(*it)).ok_or(Refusal::CutOff)
}

fn length_at(message: &[u8], at: usize) -> Result<usize, Refusal> {
    message.get(at).map(|it| usize::from(*it)).ok_or(Refusal::CutOff)
}

/// Where the name at `at` ends.
fn behind(message: &[u8], at: usize) -> Result<usize, Refusal> {
    let mut at = at;
    loop {
        let length = length_at(message, at)?;
        match length {
            0 => return Ok(at + 1),
            1..=63 => at += 1 + length,
            192.. => return Ok(at + 2),
            _ => return Err(Refusal::Shape),
        }
    }
}

/// The name at `at`, its labels joined by dots; bytes that are no letters written `\DDD`.
fn name(message: &[u8], at: usize) -> Result<String, Refusal> {
    let mut name = String::new();
    let mut at = at;
    // A pointer must lead back, so that no circle of them has no end.
    let mut bound = message.len();
    loop {
        let length = length_at(message, at)?;
        match length {
            0 => return Ok(name),
            1..=63 => {
                if name.len() + length > MAX_NAME {
                    return Err(Refusal::TooLong);
                }
                if !name.is_empty() {
                    name.push('.');
                }
                let label = message.get(at + 1..at + 1 + length).ok_or(Refusal::CutOff)?;
                for byte in label {
                    if byte.is_ascii_graphic() && !matches!(byte, b'.' | b'\\') {
                        name.push(char::from(*byte));
                    } else {
                        let _ = write!(name, "\\{byte:03}");
                    }
                }
                at += 1 + length;
            }
            192.. => {
                let to = usize::from(number(message, at)? & 0x3fff);
                if to >= bound.min(at) {
                    return Err(Refusal::Shape);
                }
                (bound, at) = (to, to);
            }
            _ => return Err(Refusal::Shape),
        }
    }
}
