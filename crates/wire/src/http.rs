//! HTTP/1 messages out of a stream of bytes: heads, and bodies by length, by chunks or to the end.
//!
//! RFC 9112. Bodies are handed on in pieces and never kept.

use memchr::memchr;

/// Most bytes of a head.
const MAX_HEAD: usize = 16 << 10;
/// Most bytes of a chunk's size line.
const MAX_SIZE_LINE: usize = 128;
/// The methods that a request may begin with.
pub(crate) const METHODS: [&[u8]; 7] =
    [b"POST ", b"GET ", b"CONNECT ", b"HEAD ", b"PUT ", b"OPTIONS ", b"DELETE "];

/// What the head of a message says, as far as it matters here.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// The method, empty in a response.
    pub(crate) method: String,
    /// The request's target, or the response's reason.
    pub(crate) target: String,
    /// The response's status, zero in a request.
    pub(crate) status: u16,
    /// How long the body is.
    length: Length,
    /// Whether the body is compressed with gzip.
    pub(crate) gzip: bool,
    /// Whether the protocol changes to WebSocket.
    pub(crate) websocket: bool,
    /// `Host`.
    pub(crate) host: Option<String>,
    /// `User-Agent`.
    pub(crate) agent: Option<String>,
    /// The user of Basic authentication; the password is never kept.
    pub(crate) user: Option<String>,
    /// Whether headers stand there that only miners and their pools send.
    pub(crate) mining: bool,
}

/// How long a body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Length {
    /// Not said.
    #[default]
    Unsaid,
    /// So many bytes.
    Bytes(u64),
    /// As its chunks say.
    Chunks,
}

/// What follows a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follows {
    /// A body as the head says.
    Body,
    /// Nothing, whatever the head says.
    Nothing,
    /// Another protocol.
    Other,
}

/// A part of a message.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    /// Its head.
    Head(&'a Head),
    /// A piece of its body.
    Body(&'a [u8]),
    /// Its end.
    End,
}

#[derive(Debug)]
enum State {
    Head(Vec<u8>),
    Length(u64),
    ChunkSize(Vec<u8>),
    Chunk(u64),
    ChunkEnd(u8),
    Trailer(Vec<u8>),
    ToEnd,
    Failed,
}

/// Reads the messages of one direction.
#[derive(Debug)]
pub(crate) struct Reader {
    state: State,
}

impl Default for Reader {
    fn default() -> Self {
        Self { state: State::Head(Vec::new()) }
    }
}

impl Reader {
    /// Takes the next bytes. Returns those that belong to another protocol, once a head leads there.
    pub(crate) fn push<'a>(
        &mut self,
        bytes: &'a [u8],
        each: &mut dyn FnMut(Part<'_>) -> Follows,
    ) -> Option<&'a [u8]> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match &mut self.state {
                State::Head(buffer) => {
                    let (taken, complete) = take_head(buffer, rest);
                    let after = rest.get(taken..).unwrap_or_default();
                    if complete {
                        let buffer = std::mem::take(buffer);
                        if !self.head(&buffer, each) {
                            return Some(after);
                        }
                    } else if buffer.len() >= MAX_HEAD {
                        self.state = State::Failed;
                    }
                    after
                }
                State::Length(left) | State::Chunk(left) => {
                    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    let (body, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
                    each(Part::Body(body));
                    *left -= u64::try_from(count).unwrap_or(0);
                    if *left == 0 {
                        self.body_end(each);
                    }
                    after
                }
                State::ChunkSize(buffer) | State::Trailer(buffer) => {
                    let (taken, complete) = take_line(buffer, rest);
                    if complete {
                        self.line_end(each);
                    } else if buffer.len() >= MAX_SIZE_LINE {
                        self.state = State::Failed;
                    }
                    rest.get(taken..).unwrap_or_default()
                }
                State::ChunkEnd(left) => {
                    *left -= 1;
                    if *left == 0 {
                        self.state = State::ChunkSize(Vec::new());
                    }
                    rest.get(1..).unwrap_or_default()
                }
                State::ToEnd => {
                    each(Part::Body(rest));
                    &[]
                }
                State::Failed => return None,
            };
        }
        None
    }

    /// Bytes held at the moment.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        match &self.state {
            State::Head(buffer) | State::ChunkSize(buffer) | State::Trailer(buffer) => {
                buffer.capacity()
            }
            _ => 0,
        }
    }

    /// Whether the bytes were no HTTP.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.state, State::Failed)
    }

    /// Reads a head; whether HTTP goes on after it.
    fn head(&mut self, bytes: &[u8], each: &mut dyn FnMut(Part<'_>) -> Follows) -> bool {
        let Some(head) = Head::read(bytes) else {
            self.state = State::Failed;
            return true;
        };
        let follows = each(Part::Head(&head));
        let bodiless = matches!(head.status, 100..=199 | 204 | 304);
        self.state = match follows {
            Follows::Other => return false,
            Follows::Nothing => State::Head(Vec::new()),
            Follows::Body if bodiless => State::Head(Vec::new()),
            Follows::Body => match head.length {
                Length::Chunks => State::ChunkSize(Vec::new()),
                Length::Bytes(0) => State::Head(Vec::new()),
                Length::Bytes(length) => State::Length(length),
                // Without a length a response lasts to the end of the connection, and a request ends.
                Length::Unsaid if head.status > 0 => State::ToEnd,
                Length::Unsaid => State::Head(Vec::new()),
            },
        };
        if matches!(self.state, State::Head(_)) {
            each(Part::End);
        }
        true
    }

    fn body_end(&mut self, each: &mut dyn FnMut(Part<'_>) -> Follows) {
        self.state = if matches!(self.state, State::Chunk(_)) {
            State::ChunkEnd(2)
        } else {
            each(Part::End);
            State::Head(Vec::new())
        };
    }

    fn line_end(&mut self, each: &mut dyn FnMut(Part<'_>) -> Follows) {
        self.state = match std::mem::replace(&mut self.state, State::Failed) {
            State::ChunkSize(line) => match chunk_size(&line) {
                Some(0) => State::Trailer(Vec::new()),
                Some(size) => State::Chunk(size),
                None => State::Failed,
            },
            State::Trailer(line) if line.trim_ascii().is_empty() => {
                each(Part::End);
                State::Head(Vec::new())
            }
            State::Trailer(_) => State::Trailer(Vec::new()),
            other => other,
        };
    }
}

/// Takes bytes up to the empty line after a head: how many, and whether it was there.
fn take_head(buffer: &mut Vec<u8>, rest: &[u8]) -> (usize, bool) {
    let mut taken = 0;
    while let Some(line) = rest.get(taken..).filter(|line| !line.is_empty()) {
        let end = memchr(b'\n', line).map(|index| index + 1);
        let count = end.unwrap_or(line.len());
        let room = MAX_HEAD.saturating_sub(buffer.len()).min(count);
        buffer.extend_from_slice(line.get(..room).unwrap_or_default());
        taken += count;
        if end.is_some() && buffer.trim_ascii().is_empty() {
            // Empty lines before a message do not count (RFC 9112, section 2.2).
            buffer.clear();
            continue;
        }
        if end.is_some() && (buffer.ends_with(b"\n\r\n") || buffer.ends_with(b"\n\n")) {
            return (taken, true);
        }
        if room < count {
            return (taken, false);
        }
    }
    (taken, false)
}

/// Takes bytes up to the end of a short line: how many, and whether the end was there.
fn take_line(buffer: &mut Vec<u8>, rest: &[u8]) -> (usize, bool) {
    let end = memchr(b'\n', rest).map(|index| index + 1);
    let count = end.unwrap_or(rest.len());
    let room = MAX_SIZE_LINE.saturating_sub(buffer.len()).min(count);
    buffer.extend_from_slice(rest.get(..room).unwrap_or_default());
    (count, end.is_some())
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let digits = text.split([';', '\r', '\n']).next()?.trim();
    u64::from_str_radix(digits, 16).ok()
}

impl Head {
    /// Reads a head.
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines();
        let mut words = lines.next()?.splitn(3, ' ');
        let (first, second) = (words.next()?, words.next()?);
        let mut head = Self::default();
        if first.starts_with("HTTP/1.") {
            head.status = second.trim().parse().ok()?;
            words.next().unwrap_or_default().trim().clone_into(&mut head.target);
        } else {
            first.clone_into(&mut head.method);
            second.clone_into(&mut head.target);
        }
        for line in lines {
            if let Some((name, value)) = line.split_once(':') {
                head.field(&name.trim().to_ascii_lowercase(), value.trim());
            }
        }
        Some(head)
    }

    fn field(&mut self, name: &str, value: &str) {
        let has = |word: &str| value.to_ascii_lowercase().contains(word);
        match name {
            // Chunks go before a length (RFC 9112, section 6.3).
            "content-length" if self.length == Length::Unsaid => {
                self.length = value.parse().map_or(Length::Unsaid, Length::Bytes);
            }
            "transfer-encoding" if has("chunked") => self.length = Length::Chunks,
            "content-encoding" => self.gzip = has("gzip"),
            "upgrade" => self.websocket = has("websocket"),
            "host" => self.host = Some(value.to_owned()),
            "user-agent" => self.agent = Some(value.to_owned()),
            "authorization" => self.user = basic_user(value),
            "x-mining-extensions"
            | "x-mining-hashrate"
            | "x-long-polling"
            | "x-stratum"
            | "x-roll-ntime"
            | "x-mining-identifier" => self.mining = true,
            _ => {}
        }
    }
}

/// The user in `Basic` credentials (RFC 7617).
fn basic_user(value: &str) -> Option<String> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let mut decoded = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in encoded.trim().bytes().take(512) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = (bits << 6 | u32::from(six)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., low] = (bits >> count).to_be_bytes();
            decoded.push(low);
        }
    }
    let user = decoded.split(|byte| *byte == b':').next()?;
    let user = String::from_utf8_lossy(user).into_owned();
    (!user.is_empty()).then_some(user)
}

#[cfg(test)]
mod tests;
