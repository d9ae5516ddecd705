//! The certificate that a server shows in the clear, up to TLS 1.2: RFC 5246 sections 7.4.1.3 and
//! 7.4.2, RFC 5280 section 4.1. Of TLS 1.3 it is encrypted.
//!
//! No signature is verified and no chain is followed: what a certificate says is somebody's word.

use super::der::{self, Elements};
use super::{Fragments, MAX_OPENING, list, short_list};

/// Most names kept of a certificate.
pub const MAX_NAMES: usize = 8;
/// Most characters kept of a name.
pub const MAX_NAME: usize = 128;
/// Most extensions, and most parts of a name, that are looked at.
const MAX_PARTS: usize = 64;

const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
/// What a server may say between its hello and its certificate: nothing. What may stand before both: a
/// request for a hello.
const HELLO_REQUEST: u8 = 0;
const SUPPORTED_VERSIONS: u16 = 43;
const TLS_1_3: u16 = 0x0304;
/// The object identifiers of a common name (2.5.4.3), an organisation (2.5.4.10) and the names of a
/// subject (2.5.29.17).
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANISATION: &[u8] = &[0x55, 4, 10];
const SUBJECT_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
/// The tags of a DNS name among those, of the version, and of the extensions of a certificate.
const DNS_NAME: u8 = 0x82;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
/// Strings: UTF-8, printable, T.61, IA5.
const STRINGS: [u8; 4] = [0x0c, 0x13, 0x14, 0x16];

/// What the first bytes of a server's side are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No server's side of TLS, or one without a certificate that can be read: of TLS 1.3, of a session
    /// that is resumed, or with an alert.
    None,
    /// It may become one; more of the stream is wanted.
    NeedMore,
    /// The server's own certificate.
    Certificate(Certificate),
}

/// What a certificate says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// The common name of the subject, else its organisation.
    pub subject: Option<String>,
    /// The same of the issuer.
    pub issuer: Option<String>,
    /// Whether subject and issuer are the same in all their parts.
    pub self_issued: bool,
    /// From when on it is valid, in seconds since 1970.
    pub not_before_s: i64,
    /// Until when.
    pub not_after_s: i64,
    /// The DNS names it is for, in lower case; at most [`MAX_NAMES`].
    pub names: Vec<String>,
}

/// Reads the beginning of the server's side of a connection. `at_end` says that no more of it will
/// come; then it is never [`Answer::NeedMore`].
#[must_use]
pub fn answer(stream: &[u8], at_end: bool) -> Answer {
    let stream = stream.get(..MAX_OPENING).unwrap_or(stream);
    let at_end = at_end || stream.len() == MAX_OPENING;
    let Some(records) = Fragments::of(stream) else { return Answer::None };
    let (bytes, broken) = records.join();
    match messages(&bytes) {
        Answer::NeedMore if at_end || broken => Answer::None,
        settled => settled,
    }
}

/// Goes through the messages up to the certificate.
fn messages(mut bytes: &[u8]) -> Answer {
    let mut greeted = false;
    loop {
        let Some(([kind, length @ ..], rest)) = bytes.split_first_chunk::<4>() else {
            return match bytes.first() {
                Some(&kind) if !is_next(kind, greeted) => Answer::None,
                _ => Answer::NeedMore,
            };
        };
        if !is_next(*kind, greeted) {
            return Answer::None;
        }
        let length = three(*length);
        if *kind == CERTIFICATE {
            return certificates(rest.get(..length).unwrap_or(rest), length);
        }
        let Some((body, after)) = rest.split_at_checked(length) else {
            return if length > MAX_OPENING { Answer::None } else { Answer::NeedMore };
        };
        if *kind == SERVER_HELLO {
            if version(body).is_none_or(|it| it >= TLS_1_3) {
                return Answer::None;
            }
            greeted = true;
        }
        bytes = after;
    }
}

fn is_next(kind: u8, greeted: bool) -> bool {
    if greeted { kind == CERTIFICATE } else { matches!(kind, SERVER_HELLO | HELLO_REQUEST) }
}

/// The version that a server chose.
fn version(hello: &[u8]) -> Option<u16> {
    let (version, rest) = hello.split_first_chunk::<2>()?;
    let [3, 0..=3] = version else { return None };
    let (_session, rest) = short_list(rest.get(32..)?)?;
    let legacy = u16::from_be_bytes(*version);
    let Some((mut extensions, _)) = rest.get(3..).and_then(list) else { return Some(legacy) };
    while let Some((kind, rest)) = extensions.split_first_chunk::<2>() {
        let Some((content, rest)) = list(rest) else { break };
        if u16::from_be_bytes(*kind) == SUPPORTED_VERSIONS
            && let Some(chosen) = content.first_chunk::<2>()
        {
            return Some(u16::from_be_bytes(*chosen));
        }
        extensions = rest;
    }
    Some(legacy)
}

/// The first of a list of certificates, as soon as it is there; `length` is that of the message.
fn certificates(body: &[u8], length: usize) -> Answer {
    let Some((&[_, _, _, a, b, c], rest)) = body.split_first_chunk::<6>() else {
        return if length < 6 { Answer::None } else { Answer::NeedMore };
    };
    let own = three([a, b, c]);
    if own == 0 || own > length.saturating_sub(6) || own > MAX_OPENING {
        return Answer::None;
    }
    match rest.get(..own) {
        Some(der) => read(der).map_or(Answer::None, Answer::Certificate),
        None => Answer::NeedMore,
    }
}

fn three([high, middle, low]: [u8; 3]) -> usize {
    usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low)
}

/// Reads one certificate.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Certificate> {
    let mut whole = Elements(Elements(bytes).expect(der::SEQUENCE)?);
    let mut body = Elements(whole.expect(der::SEQUENCE)?);
    body.optional(VERSION);
    let (_serial, _algorithm) = (body.next()?, body.expect(der::SEQUENCE)?);
    let issuer = body.expect(der::SEQUENCE)?;
    let mut validity = Elements(body.expect(der::SEQUENCE)?);
    let (begin, end) = (validity.next()?, validity.next()?);
    let subject = body.expect(der::SEQUENCE)?;
    let _key = body.expect(der::SEQUENCE)?;
    let mut certificate = Certificate {
        subject: common_name(subject),
        issuer: common_name(issuer),
        self_issued: subject == issuer,
        not_before_s: der::time(begin.0, begin.1)?,
        not_after_s: der::time(end.0, end.1)?,
        names: Vec::new(),
    };
    while let Some((tag, content)) = body.next() {
        if tag == EXTENSIONS {
            certificate.names =
                Elements(content).expect(der::SEQUENCE).map_or_else(Vec::new, names);
        }
    }
    Some(certificate)
}

/// The first common name in a distinguished name, else its first organisation.
fn common_name(name: &[u8]) -> Option<String> {
    let mut parts = Elements(name);
    let mut organisation = None;
    for _ in 0..MAX_PARTS {
        let Some(part) = parts.expect(der::SET) else { break };
        let Some(mut pair) = Elements(part).expect(der::SEQUENCE).map(Elements) else { continue };
        let (Some(kind), Some((tag, text))) = (pair.expect(der::OBJECT), pair.next()) else {
            continue;
        };
        let text = || STRINGS.contains(&tag).then(|| shown(text)).flatten();
        match kind {
            COMMON_NAME => return text(),
            ORGANISATION => organisation = organisation.or_else(text),
            _ => {}
        }
    }
    organisation
}

/// A text as far as it is kept.
fn shown(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text.get(..4 * MAX_NAME).unwrap_or(text));
    let kept: String = text.chars().filter(|it| !it.is_control()).take(MAX_NAME).collect();
    (!kept.is_empty()).then_some(kept)
}

/// The DNS names among the extensions.
fn names(extensions: &[u8]) -> Vec<String> {
    let mut rest = Elements(extensions);
    let mut found = Vec::new();
    for _ in 0..MAX_PARTS {
        let Some(mut extension) = rest.expect(der::SEQUENCE).map(Elements) else { break };
        if extension.expect(der::OBJECT) != Some(SUBJECT_NAMES) {
            continue;
        }
        extension.optional(der::BOOLEAN);
        let inner = extension.expect(der::OCTETS).map(Elements);
        let Some(all) = inner.and_then(|mut it| it.expect(der::SEQUENCE)) else { continue };
        let mut all = Elements(all);
        while let Some((tag, name)) = all.next() {
            let plain = name.len() <= MAX_NAME && name.iter().all(u8::is_ascii_graphic);
            if tag == DNS_NAME && plain && !name.is_empty() && found.len() < MAX_NAMES {
                found.push(String::from_utf8_lossy(name).to_ascii_lowercase());
            }
        }
    }
    found
}

#[cfg(test)]
pub(crate) mod tests;
