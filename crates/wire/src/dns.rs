//! DNS messages: what was asked, and which addresses and names came back.
//!
//! RFC 1035 section 4; multicast DNS and LLMNR have the same layout. Names are printed without
//! their last dot, in lower case, and bytes that are no printable ASCII as `\ddd` (section 5.1).

#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Most answers kept of one message.
pub const MAX_ANSWERS: usize = 64;
/// Most questions read of one message; more than one is already unusual.
pub const MAX_QUESTIONS: usize = 4;
/// Most bytes of a name in a message, its length bytes included: RFC 1035 section 2.3.4.
const MAX_NAME: usize = 255;
const HEADER: usize = 12;
const TYPE_A: u16 = 1;
const TYPE_CNAME: u16 = 5;
const TYPE_AAAA: u16 = 28;
const CLASS_INTERNET: u16 = 1;

/// Why bytes are no DNS message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum Malformed {
    /// Less than a header.
    #[error("shorter than the header of a message")]
    Short,
    /// An operation that does not exist, or more questions than [`MAX_QUESTIONS`].
    #[error("header of no known message")]
    Header,
    /// A name that is too long, cut off or refers forward.
    #[error("name is malformed")]
    Name,
}

/// A DNS message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The number that ties answers to questions.
    pub id: u16,
    /// Whether this is an answer.
    pub response: bool,
    /// The response code, 0 for no error and 3 for a name that does not exist.
    pub rcode: u8,
    /// Names and types asked for.
    pub questions: Vec<(String, u16)>,
    /// The answer section's records, at most [`MAX_ANSWERS`].
    pub answers: Vec<Answer>,
    /// Whether all answers announced were read: false beyond the cap and in cut packets.
    pub complete: bool,
}

/// One record of the answer section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whose record it is.
    pub name: String,
    /// What it says.
    pub kind: Kind,
    /// Seconds it may be kept.
    pub ttl: u32,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// The name that this one stands for.
    Cname(String),
    /// A record of another type, by its number.
    Other(u16),
}

/// The only question of a message, read without allocating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question<'b> {
    /// The name asked for.
    pub name: &'b str,
    /// The record type asked for.
    pub kind: u16,
    /// Whether the message is an answer to it.
    pub response: bool,
    /// The response code.
    pub rcode: u8,
}

/// Decodes a message.
///
/// # Errors
///
/// Returns [`Malformed`] when the header or a question is; a broken answer only ends the answers.
pub fn decode(message: &[u8]) -> Result<Message, Malformed> {
    let header = Header::of(message)?;
    let mut reader = Reader { message, at: HEADER };
    let mut questions = Vec::new();
    for _ in 0..header.questions {
        let name = reader.name().ok_or(Malformed::Name)?;
        let (Some(kind), Some(_class)) = (reader.u16(), reader.u16()) else {
            return Err(Malformed::Name);
        };
        questions.push((name, kind));
    }
    let announced = usize::from(header.answers);
    let mut answers = Vec::new();
    while answers.len() < announced.min(MAX_ANSWERS) {
        let Some(answer) = reader.answer() else { break };
        answers.push(answer);
    }
    let complete = answers.len() == announced;
    let Header { id, response, rcode, .. } = header;
    Ok(Message { id, response, rcode, questions, answers, complete })
}

/// Reads the question of a message that has exactly one of plain letters, digits, `-` and `_`;
/// any other message is left to [`decode`].
#[must_use]
pub fn question<'b>(message: &[u8], scratch: &'b mut [u8; 256]) -> Option<Question<'b>> {
    let header = Header::of(message).ok().filter(|header| header.questions == 1)?;
    let mut rest = message.get(HEADER..)?;
    let mut used = 0;
    loop {
        let (length, after) = rest.split_first()?;
        let length = usize::from(*length);
        if length == 0 {
            rest = after;
            break;
        }
        if length > 63 || used + length + 1 > MAX_NAME {
            return None;
        }
        let (label, after) = after.split_at_checked(length)?;
        for (to, from) in scratch.get_mut(used..used + length)?.iter_mut().zip(label) {
            if !matches!(from, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_') {
                return None;
            }
            *to = from.to_ascii_lowercase();
        }
        *scratch.get_mut(used + length)? = b'.';
        used += length + 1;
        rest = after;
    }
    let kind = u16::from_be_bytes(*rest.first_chunk()?);
    let name = std::str::from_utf8(scratch.get(..used.checked_sub(1)?)?).ok()?;
    Some(Question { name, kind, response: header.response, rcode: header.rcode })
}

/// The first message of a TCP stream, without its length (RFC 1035 section 4.2.2), and how many
/// bytes it takes; `None` until all of it is there.
#[must_use]
pub fn first_of_stream(stream: &[u8]) -> Option<(&[u8], usize)> {
    let (length, rest) = stream.split_first_chunk::<2>()?;
    let message = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    Some((message, 2 + message.len()))
}

struct Header {
    id: u16,
    response: bool,
    rcode: u8,
    questions: u16,
    answers: u16,
}

impl Header {
    fn of(message: &[u8]) -> Result<Self, Malformed> {
        let (fields, _) =
            message.as_chunks::<2>().0.split_first_chunk::<6>().ok_or(Malformed::Short)?;
        let [id, flags, questions, answers, _, _] = fields.map(u16::from_be_bytes);
        // Operations: query, inverse query, status, notify, update, stateful (RFC 8490).
        let operation = flags >> 11 & 0xf;
        let questions_believed = usize::from(questions) <= MAX_QUESTIONS;
        if operation == 3 || operation > 6 || !questions_believed {
            return Err(Malformed::Header);
        }
        let [_, low] = flags.to_be_bytes();
        Ok(Self { id, response: flags & 0x8000 != 0, rcode: low & 0xf, questions, answers })
    }
}

struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.message.get(self.at..)?.get(..length)?;
        self.at += length;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().copied().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().copied().map(u32::from_be_bytes)
    }

    /// A name, following references that lead strictly backwards (RFC 1035 section 4.1.4), so
    /// that no loop is possible.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut at, mut limit) = (self.at, self.message.len());
        let (mut wire_len, mut after) = (1, None);
        loop {
            let length = usize::from(*self.message.get(at)?);
            match length {
                0 => break,
                1..=63 => {
                    wire_len += 1 + length;
                    if wire_len > MAX_NAME {
                        return None;
                    }
                    let label = self.message.get(at + 1..at + 1 + length)?;
                    if !name.is_empty() {
                        name.push('.');
                    }
                    for byte in label {
                        print(*byte, &mut name);
                    }
                    at += 1 + length;
                }
                0xc0.. => {
                    let low = usize::from(*self.message.get(at + 1)?);
                    let target = (length & 0x3f) << 8 | low;
                    after.get_or_insert(at + 2);
                    limit = limit.min(at);
                    if target >= limit {
                        return None;
                    }
                    (at, limit) = (target, target);
                }
                _ => return None,
            }
        }
        self.at = after.unwrap_or(at + 1);
        Some(name)
    }

    fn answer(&mut self) -> Option<Answer> {
        let name = self.name()?;
        let kind = self.u16()?;
        // Multicast DNS uses the highest bit of the class: RFC 6762 section 10.2.
        let class = self.u16()? & 0x7fff;
        let ttl = self.u32()?;
        let length = usize::from(self.u16()?);
        let begin = self.at;
        let content = self.take(length)?;
        let kind = match (class, kind) {
            (CLASS_INTERNET, TYPE_A) => Kind::A(<[u8; 4]>::try_from(content).ok()?.into()),
            (CLASS_INTERNET, TYPE_AAAA) => Kind::Aaaa(<[u8; 16]>::try_from(content).ok()?.into()),
            (CLASS_INTERNET, TYPE_CNAME) => {
                let mut target = Reader { message: self.message, at: begin };
                Kind::Cname(target.name().filter(|_| target.at == begin + length)?)
            }
            (_, other) => Kind::Other(other),
        };
        Some(Answer { name, kind, ttl })
    }
}

/// One byte of a label. A dot or backslash inside of a label is no separator: it is written out.
fn print(byte: u8, name: &mut String) {
    match byte {
        b'.' | b'\\' | 0..=b' ' | 0x7f.. => {
            name.push('\\');
            for digit in [byte / 100, byte / 10 % 10, byte % 10] {
                name.push(char::from(b'0' + digit));
            }
        }
        _ => name.push(char::from(byte.to_ascii_lowercase())),
    }
}
