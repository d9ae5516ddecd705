//! The first thing a TLS client says: RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2.
//!
//! The message may be spread over records (RFC 8446 section 5.1) and may be cut: a capture with a
//! short snaplen still has the name of the server in its first bytes.

pub(crate) mod certificate;
mod der;
mod offer;
#[cfg(test)]
mod tests;

pub use certificate::{Answer, Certificate, MAX_NAME, MAX_NAMES, answer, read as read_certificate};
pub use offer::{MAX_OFFERED, Offer};

/// Most bytes of a stream that are looked at.
pub const MAX_OPENING: usize = 16 * 1024;
/// Most protocols kept of the list for ALPN.
pub const MAX_ALPN: usize = 8;
/// Longest protocol name kept of that list.
const MAX_PROTOCOL: usize = 32;
const MAX_EXTENSIONS: usize = 128;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const RECORD_HEADER: usize = 5;
const MESSAGE_HEADER: usize = 4;
const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
/// RFC 9849.
const ENCRYPTED_CLIENT_HELLO: u16 = 0xfe0d;

/// What the first bytes of a stream are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// No client's side of TLS.
    NotTls,
    /// It may become one; more of the stream is wanted.
    NeedMore,
    /// A client's hello, as far as it is there.
    Hello(Hello),
}

/// What a client says in the clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// The host it names, in lower case; absent if it names none or something that is no host.
    pub server_name: Option<String>,
    /// The application protocols it offers, for example `h2`; at most [`MAX_ALPN`].
    pub alpn: Vec<String>,
    /// The version in the hello, 0x0303 for TLS 1.2 and 1.3.
    pub legacy_version: u16,
    /// Whether it has an encrypted hello, in which case the name may be a stand-in.
    pub has_ech: bool,
    /// What else it offers.
    pub offer: Offer,
    /// Whether all of it was there.
    pub complete: bool,
}

impl Hello {
    /// Its JA3 and JA4, where all of it was there and its lists are of a sensible length.
    #[must_use]
    pub fn fingerprints(&self) -> Option<(String, String)> {
        let (offer, version) = (&self.offer, self.legacy_version);
        if self.complete { offer.ja3(version).zip(offer.ja4(version)) } else { None }
    }
}

/// Reads the beginning of a stream. `at_end` says that no more of it will come: then a cut hello
/// is told as far as it goes instead of [`Opening::NeedMore`].
#[must_use]
pub fn open(stream: &[u8], at_end: bool) -> Opening {
    let stream = stream.get(..MAX_OPENING).unwrap_or(stream);
    let at_end = at_end || stream.len() == MAX_OPENING;
    let Some(hello) = Fragments::of(stream) else { return Opening::NotTls };
    let (bytes, broken) = hello.join();
    let announced = match bytes.split_first_chunk::<MESSAGE_HEADER>() {
        Some(([CLIENT_HELLO, high, middle, low], _)) => {
            usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low)
        }
        Some(_) => return Opening::NotTls,
        None if bytes.first().is_some_and(|kind| *kind != CLIENT_HELLO) => return Opening::NotTls,
        None if at_end || broken => return Opening::NotTls,
        None => return Opening::NeedMore,
    };
    if !(38..=MAX_OPENING * 4).contains(&announced) {
        return Opening::NotTls;
    }
    let body = bytes.get(MESSAGE_HEADER..).unwrap_or_default();
    if body.len() < announced && !at_end && !broken {
        return Opening::NeedMore;
    }
    let complete = body.len() >= announced;
    match read(body.get(..announced).unwrap_or(body)) {
        Some(hello) => Opening::Hello(Hello { complete: complete && hello.complete, ..hello }),
        None => Opening::NotTls,
    }
}

/// The records of a stream that carry handshake messages.
struct Fragments<'a> {
    stream: &'a [u8],
}

impl<'a> Fragments<'a> {
    /// Refuses what cannot be the header of a handshake record, as far as it is there.
    fn of(stream: &'a [u8]) -> Option<Self> {
        let header = stream.get(..RECORD_HEADER).unwrap_or(stream);
        let plausible = match header {
            [HANDSHAKE, 3, minor, high, low] => {
                let length = u16::from_be_bytes([*high, *low]);
                *minor <= 4 && (1..=1 << 14).contains(&length)
            }
            [HANDSHAKE, 3, minor, ..] => *minor <= 4,
            [HANDSHAKE, 3] | [HANDSHAKE] | [] => true,
            _ => false,
        };
        plausible.then_some(Self { stream })
    }

    /// The messages put together, and whether something else follows that ends them.
    fn join(self) -> (Vec<u8>, bool) {
        let mut rest = self.stream;
        let mut bytes = Vec::new();
        while let Some(([kind, major, _, high, low], after)) =
            rest.split_first_chunk::<RECORD_HEADER>()
        {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            if (*kind, *major) != (HANDSHAKE, 3) || !(1..=1 << 14).contains(&length) {
                return (bytes, true);
            }
            bytes.extend(after.get(..length).unwrap_or(after));
            rest = after.get(length..).unwrap_or_default();
        }
        (bytes, false)
    }
}

/// Reads as much of a hello as is there; `None` if what is there cannot be one.
fn read(body: &[u8]) -> Option<Hello> {
    let (version, rest) = body.split_first_chunk::<2>()?;
    let [3, 0..=4] = version else { return None };
    let mut hello = Hello { legacy_version: u16::from_be_bytes(*version), ..Hello::default() };
    let complete = read_rest(rest, &mut hello).is_some();
    // A session identifier longer than 32 bytes or an odd list of ciphers is no hello at all.
    let session_len = usize::from(rest.get(32).copied().unwrap_or_default());
    let ciphers = rest.get(33 + session_len..).and_then(<[u8]>::first_chunk::<2>);
    let ciphers_len = u16::from_be_bytes(ciphers.copied().unwrap_or([0, 2]));
    let possible = session_len <= 32 && ciphers_len > 0 && ciphers_len.is_multiple_of(2);
    possible.then_some(Hello { complete, ..hello })
}

/// Random, session, ciphers, compression, then the extensions; `None` where it is cut.
fn read_rest(rest: &[u8], hello: &mut Hello) -> Option<()> {
    let rest = rest.get(32..)?;
    let (_session, rest) = short_list(rest)?;
    let (ciphers, rest) = list(rest)?;
    hello.offer.ciphers(ciphers);
    let (_compression, rest) = short_list(rest)?;
    if rest.is_empty() {
        return Some(());
    }
    let (length, after) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let mut extensions = after.get(..length).unwrap_or(after);
    for _ in 0..MAX_EXTENSIONS {
        let Some((kind, rest)) = extensions.split_first_chunk::<2>() else { break };
        let (content, rest) = list(rest)?;
        let kind = u16::from_be_bytes(*kind);
        hello.offer.extension(kind, content);
        match kind {
            SERVER_NAME => hello.server_name = server_name(content),
            ALPN => hello.alpn = protocols(content),
            ENCRYPTED_CLIENT_HELLO => hello.has_ech = true,
            _ => {}
        }
        extensions = rest;
    }
    (after.len() >= length && extensions.is_empty()).then_some(())
}

fn short_list(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

fn list(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// RFC 6066 section 3: a list of names, of which only the type 0, a DNS host, was ever defined.
fn server_name(content: &[u8]) -> Option<String> {
    let (names, _) = list(content)?;
    let ([0], rest) = names.split_first_chunk::<1>()? else { return None };
    let (host, _) = list(rest)?;
    let host = host.strip_suffix(b".").unwrap_or(host);
    let labels_fit = host.split(|byte| *byte == b'.').all(|label| (1..=63).contains(&label.len()));
    let letters_fit = host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    if !labels_fit || !letters_fit || host.len() > 253 {
        return None;
    }
    std::str::from_utf8(host).ok().map(str::to_ascii_lowercase)
}

/// RFC 7301 section 3.1; names that are no printable ASCII, such as GREASE, are left out.
fn protocols(content: &[u8]) -> Vec<String> {
    let mut rest = list(content).map_or(&[][..], |(names, _)| names);
    let mut names = Vec::new();
    while let Some((name, after)) = short_list(rest) {
        let printable = name.iter().all(u8::is_ascii_graphic);
        if printable && (1..=MAX_PROTOCOL).contains(&name.len()) && names.len() < MAX_ALPN {
            names.extend(std::str::from_utf8(name).map(str::to_owned));
        }
        rest = after;
    }
    names
}
