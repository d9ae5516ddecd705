//! JSON messages out of a stream of bytes.
//!
//! Mining peers write one JSON object a line, yet some leave the newline out, some end with NUL and
//! some indent. [`Framer`] therefore counts brackets instead of lines, so every one of them works, and
//! finds its place again after lost bytes. A message longer than [`MAX_MESSAGE`] is decoded as far as
//! it was kept. What a message says about mining is decided in [`crate::mining`].

use memchr::memchr3;
use serde_json::{Map, Value};

/// Most bytes kept of one message. Equihash shares are 3 kB, long merkle branches 10 kB; block
/// templates are megabytes, of which the beginning is enough to know them.
pub(crate) const MAX_MESSAGE: usize = 32 << 10;
/// Deepest nesting decoded.
const MAX_DEPTH: usize = 48;
/// Most messages taken from one batch.
const MAX_BATCH: usize = 64;
/// Most bytes of an identifier that are compared.
const MAX_ID: usize = 64;

/// Cuts a stream of bytes into JSON values.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    buffer: Vec<u8>,
    /// Open brackets, innermost last.
    open: Vec<u8>,
    place: Place,
    /// The last byte that was not white space and not inside a string.
    last: u8,
    /// Bytes of the current message that did not fit.
    overflow: bool,
}

/// Where in the stream the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Between messages.
    #[default]
    Between,
    /// Between messages, in bytes that were counted as malformed already.
    Garbage,
    /// After lost bytes, where only the beginning of a line can begin a message.
    Lost,
    /// In a line that nests too deep: nothing begins before its end.
    Deep,
    /// In a message.
    Value,
    /// In a text of a message.
    Text,
    /// After a backslash in a text.
    Escape,
}

/// What a [`Framer`] found.
#[derive(Debug)]
pub(crate) enum Framed {
    /// One JSON value.
    Value(Value),
    /// The beginning of a JSON value of which the rest was lost.
    Beginning(Value),
    /// Bytes that are no JSON.
    Malformed,
}

impl Framer {
    /// Takes the next bytes and hands over every value that they complete. Returns the bytes not
    /// taken, which begin with gzip's first byte where a value could begin.
    pub(crate) fn push<'a>(&mut self, bytes: &'a [u8], each: &mut dyn FnMut(Framed)) -> &'a [u8] {
        let mut rest = bytes;
        let mut at_line_start = true;
        while let Some((&byte, after)) = rest.split_first() {
            if matches!(self.place, Place::Text | Place::Escape) {
                rest = self.skip_string(rest, each);
                continue;
            }
            if byte == 0x1f && self.open.is_empty() {
                return rest;
            }
            rest = after;
            if self.open.is_empty() {
                self.outside(byte, at_line_start, each);
            } else {
                self.inside(byte, each);
            }
            at_line_start = byte == b'\n' || (at_line_start && byte.is_ascii_whitespace());
        }
        &[]
    }

    /// Says that bytes are missing here: what was held of a message is handed over as it is.
    pub(crate) fn gap(&mut self, each: &mut dyn FnMut(Framed)) {
        if !self.open.is_empty() {
            each(decode_beginning(&self.buffer).map_or(Framed::Malformed, Framed::Beginning));
        }
        self.reset();
        self.place = Place::Lost;
    }

    /// Bytes held at the moment.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.buffer.capacity()
    }

    fn reset(&mut self) {
        self.buffer.clear();
        if self.buffer.capacity() > 2048 {
            self.buffer.shrink_to(2048);
        }
        self.open.clear();
        self.place = Place::Between;
        self.overflow = false;
        self.last = 0;
    }

    fn outside(&mut self, byte: u8, at_line_start: bool, each: &mut dyn FnMut(Framed)) {
        match byte {
            b'\n' if self.place == Place::Deep => self.place = Place::Garbage,
            _ if self.place == Place::Deep => {}
            b'{' | b'[' if self.place != Place::Lost || at_line_start => self.begin(byte),
            // Separators between messages, and the byte order mark that some write first.
            b' ' | b'\t' | b'\r' | b'\n' | 0 | b',' | 0xEF | 0xBB | 0xBF => {}
            _ if matches!(self.place, Place::Lost | Place::Garbage) => {}
            _ => {
                self.place = Place::Garbage;
                each(Framed::Malformed);
            }
        }
    }

    fn begin(&mut self, byte: u8) {
        self.reset();
        self.place = Place::Value;
        self.open.push(byte);
        self.keep(byte);
        self.last = byte;
    }

    fn inside(&mut self, byte: u8, each: &mut dyn FnMut(Framed)) {
        match byte {
            b'{' | b'[' => {
                // An object can only follow one of these; otherwise the end of the message before
                // it was lost.
                if byte == b'{' && !matches!(self.last, b'[' | b',' | b':') {
                    each(Framed::Malformed);
                    self.begin(byte);
                    return;
                }
                if self.open.len() >= MAX_DEPTH {
                    each(Framed::Malformed);
                    self.reset();
                    self.place = Place::Deep;
                    return;
                }
                self.open.push(byte);
            }
            b'}' | b']' => {
                self.open.pop();
                if self.open.is_empty() {
                    self.keep(byte);
                    self.complete(each);
                    return;
                }
            }
            b'"' => self.place = Place::Text,
            _ => {}
        }
        self.keep(byte);
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
    }

    /// Takes bytes up to the end of the string, at once where there is no escape.
    fn skip_string<'a>(&mut self, rest: &'a [u8], each: &mut dyn FnMut(Framed)) -> &'a [u8] {
        if self.place == Place::Escape {
            self.place = Place::Text;
            return self.take(rest, 1);
        }
        match memchr3(b'"', b'\\', b'\n', rest) {
            None => self.take(rest, rest.len()),
            Some(index) => match rest.get(index) {
                Some(b'\n') => {
                    // A raw newline never stands in a JSON string: the end of the line was lost.
                    each(Framed::Malformed);
                    self.reset();
                    rest.get(index + 1..).unwrap_or_default()
                }
                Some(b'\\') => {
                    self.place = Place::Escape;
                    self.take(rest, index + 1)
                }
                _ => {
                    self.place = Place::Value;
                    self.last = b'"';
                    self.take(rest, index + 1)
                }
            },
        }
    }

    fn take<'a>(&mut self, rest: &'a [u8], count: usize) -> &'a [u8] {
        let (taken, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let room = MAX_MESSAGE.saturating_sub(self.buffer.len());
        self.overflow |= taken.len() > room;
        self.buffer.extend_from_slice(taken.get(..room).unwrap_or(taken));
        after
    }

    fn keep(&mut self, byte: u8) {
        if self.buffer.len() < MAX_MESSAGE {
            self.buffer.push(byte);
        } else {
            self.overflow = true;
        }
    }

    fn complete(&mut self, each: &mut dyn FnMut(Framed)) {
        let value = if self.overflow {
            decode_beginning(&self.buffer)
        } else {
            serde_json::from_slice(&self.buffer).ok()
        };
        each(value.map_or(Framed::Malformed, Framed::Value));
        self.reset();
    }
}

/// A text that was cut is kept from so many bytes on: a blob is one, a method's name is none.
const LONG_TEXT: usize = 32;

/// Decodes the beginning of a JSON text: up to the last comma outside strings, or to its end if that
/// lies in a long text that an object holds; brackets closed.
fn decode_beginning(bytes: &[u8]) -> Option<Value> {
    let mut open: Vec<u8> = Vec::new();
    let mut cut: Option<(usize, Vec<u8>)> = None;
    let (mut in_string, mut escaped) = (false, false);
    // Where the text began that is being read, and whether it is what an object holds.
    let (mut begun, mut held, mut before) = (0, false, 0_u8);
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => {
                in_string = !in_string;
                (begun, held) = (index + 1, before == b':');
            }
            _ if in_string => {}
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => {
                open.pop();
            }
            b',' => match &mut cut {
                Some((at, closers)) => {
                    *at = index;
                    closers.clone_from(&open);
                }
                None => cut = Some((index, open.clone())),
            },
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    let closed = |text: &[u8], quote: &[u8], closers: &[u8]| {
        let closers: Vec<u8> = closers.iter().rev().copied().collect();
        serde_json::from_slice(&[text, quote, &closers].concat()).ok()
    };
    if in_string
        && held
        && !escaped
        && bytes.len() >= begun + LONG_TEXT
        && let Some(value) = closed(bytes, b"\"", &open)
    {
        return Some(value);
    }
    let (at, closers) = cut?;
    closed(bytes.get(..at)?, b"", &closers)
}

/// The identifier that joins an answer to its request. Numbers in quotes equal bare ones, because
/// pools answer `1` to `"1"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Id {
    /// None, or `null`.
    None,
    /// A number.
    Number(i64),
    /// Any other text.
    Text(Box<str>),
}

impl Id {
    fn of(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Number(number)) => number.as_i64().map_or(Self::None, Self::Number),
            Some(Value::String(text)) => text.parse().map_or_else(
                |_| Self::Text(text.chars().take(MAX_ID).collect::<String>().into_boxed_str()),
                Self::Number,
            ),
            _ => Self::None,
        }
    }
}

/// One JSON-RPC message, of any version or of none.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// Joins request and answer.
    pub(crate) id: Id,
    /// What the message is.
    pub(crate) kind: Kind<'a>,
    /// The whole object.
    pub(crate) object: &'a Map<String, Value>,
}

/// What a message is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'a> {
    /// A request or a notification.
    Request {
        /// Its `method`.
        method: &'a str,
        /// Its `params`, `null` when absent.
        params: &'a Value,
    },
    /// An answer.
    Answer {
        /// Its `result`, `null` when absent.
        result: &'a Value,
        /// Its `error`, `null` when absent.
        error: &'a Value,
    },
    /// An object of another kind.
    Other,
}

static NULL: Value = Value::Null;

impl<'a> Message<'a> {
    /// Reads the envelope of one object.
    pub(crate) fn of(object: &'a Map<String, Value>) -> Self {
        let result = object.get("result").unwrap_or(&NULL);
        let error = object.get("error").unwrap_or(&NULL);
        let params = object.get("params").unwrap_or(&NULL);
        let answered = !result.is_null() || !error.is_null();
        let kind = match object.get("method") {
            // Grin's pools repeat the method in their answers.
            Some(Value::String(method)) if !answered || !params.is_null() => {
                Kind::Request { method, params }
            }
            _ if answered || object.contains_key("result") => Kind::Answer { result, error },
            // EIP-1571: an identifier alone says yes.
            None if is_bare(object) => Kind::Answer { result, error },
            _ => Kind::Other,
        };
        Self { id: Id::of(object.get("id")), kind, object }
    }
}

/// Whether an object has an identifier and nothing else to say.
fn is_bare(object: &Map<String, Value>) -> bool {
    object.contains_key("id") && object.keys().all(|it| it == "id" || it == "jsonrpc")
}

/// The objects of a message: itself, or those of a batch.
pub(crate) fn objects(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let one = value.as_object();
    let many = value.as_array().into_iter().flatten().take(MAX_BATCH).filter_map(Value::as_object);
    one.into_iter().chain(many)
}

#[cfg(test)]
mod tests;
