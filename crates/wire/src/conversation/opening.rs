//! What the first bytes of a direction can be.

use crate::http::METHODS;
use crate::mining::could_begin_stratum_v2;

/// Whether bytes could be something that is decoded here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniff {
    /// They cannot.
    No,
    /// They could, or there are too few of them to say.
    Maybe,
}

/// What the first bytes of a direction are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Too few to say.
    More,
    /// JSON.
    Json,
    /// HTTP/1.
    Http,
    /// The hello of a SOCKS client, version 4 or 5, or the answer to it.
    Socks,
    /// Stratum version 2 in plain framing.
    StratumV2,
    /// A WebSocket frame with JSON inside.
    WebSocket,
    /// gzip.
    Gzip,
    /// A TLS handshake.
    Tls,
    /// Perhaps the middle of a line.
    Middle,
    /// Nothing known.
    Unknown,
}

/// See [`super::Conversation::sniff`].
pub(super) fn sniff(prefix: &[u8]) -> Sniff {
    let prefix = prefix.get(..8).unwrap_or(prefix);
    match opening(prefix, true) {
        Opening::Tls | Opening::Unknown => Sniff::No,
        _ => Sniff::Maybe,
    }
}

/// Says what bytes are; `middle` where the beginning of the direction was not captured.
pub(super) fn opening(bytes: &[u8], middle: bool) -> Opening {
    let text = bytes.trim_ascii_start();
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let Some((&first, after)) = text.split_first() else { return Opening::More };
    match first {
        b'{' => json(after, b"\"}"),
        b'[' => json(after, b"{["),
        0x16 => match after.first() {
            None => Opening::More,
            Some(3) => Opening::Tls,
            Some(_) => Opening::Unknown,
        },
        0x1f => magic(after, &[0x8b, 8], Opening::Gzip),
        4 | 5 => socks(first, after),
        0 => binary(bytes),
        0x81 | 0x82 | 0xc1 | 0xc2 if middle => web_socket(bytes),
        b'A'..=b'Z' => http(text, middle),
        _ if middle && is_middle(bytes) => Opening::Middle,
        _ => Opening::Unknown,
    }
}

fn magic(bytes: &[u8], expect: &[u8], then: Opening) -> Opening {
    if bytes.starts_with(expect) {
        then
    } else if expect.starts_with(bytes) {
        Opening::More
    } else {
        Opening::Unknown
    }
}

/// A bracket opens JSON of ours only before one of these.
fn json(after: &[u8], expect: &[u8]) -> Opening {
    match after.trim_ascii_start().first() {
        None => Opening::More,
        Some(byte) if expect.contains(byte) => Opening::Json,
        Some(_) => Opening::Unknown,
    }
}

fn http(text: &[u8], middle: bool) -> Opening {
    for word in METHODS.iter().copied().chain([b"HTTP/1.".as_slice()]) {
        if text.starts_with(word) {
            return Opening::Http;
        }
        if word.starts_with(text) {
            return Opening::More;
        }
    }
    if middle && is_middle(text) { Opening::Middle } else { Opening::Unknown }
}

/// SOCKS 5 (RFC 1928): version, number of methods, methods; or version, method chosen. SOCKS 4: version,
/// command 1, port, address.
fn socks(version: u8, after: &[u8]) -> Opening {
    match (version, after.first()) {
        (_, None) => Opening::More,
        // A proxy that asks for no login goes on with its answer to the request.
        (5, Some(0)) if after.get(1).is_none_or(|byte| *byte == 5) => Opening::Socks,
        // The methods that were ever assigned, or private ones.
        (5, Some(1..=8)) if after.get(1).is_none_or(|byte| matches!(byte, 0..=9 | 0x80..)) => {
            Opening::Socks
        }
        (5, Some(0x80 | 0xff)) | (4, Some(1)) => Opening::Socks,
        _ => Opening::Unknown,
    }
}

fn binary(bytes: &[u8]) -> Opening {
    match bytes.get(1) {
        None => Opening::More,
        Some(0x5a..=0x5d) => Opening::Socks,
        _ if could_begin_stratum_v2(bytes) => {
            if bytes.len() >= 8 {
                Opening::StratumV2
            } else {
                Opening::More
            }
        }
        _ => Opening::Unknown,
    }
}

/// A text or binary frame (RFC 6455) whose content begins like a JSON object. Compressed content cannot
/// be told without its window, so it is tried.
fn web_socket(bytes: &[u8]) -> Opening {
    let (Some(first), Some(second)) = (bytes.first(), bytes.get(1)) else { return Opening::More };
    let compressed = first & 0x40 != 0;
    let masked = second & 0x80 != 0;
    let mask_at = match second & 0x7f {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    if mask_at == 10 {
        return Opening::Unknown;
    }
    if compressed {
        return Opening::WebSocket;
    }
    let content = if masked { mask_at + 4 } else { mask_at };
    let Some(&byte) = bytes.get(content) else { return Opening::More };
    let mask = if masked { bytes.get(mask_at).copied().unwrap_or_default() } else { 0 };
    if byte ^ mask == b'{' { Opening::WebSocket } else { Opening::Unknown }
}

/// Whether bytes could stand in the middle of one of our lines: digits, or JSON's punctuation.
fn is_middle(bytes: &[u8]) -> bool {
    let bytes = bytes.get(..8).unwrap_or(bytes);
    let printable = bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e | b'\n' | b'\r'));
    let punctuated = bytes.iter().any(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'));
    let digits = bytes.iter().all(u8::is_ascii_hexdigit);
    printable && (punctuated || digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: Sniff) {
        for length in 1..=bytes.len() {
            let found = sniff(&bytes[..length]);
            if length == bytes.len() || expect == Sniff::Maybe {
                assert_eq!(found, expect, "{:?}", &bytes[..length]);
            }
        }
    }

    #[test]
    fn what_could_be_mining_is_never_refused_at_any_length() {
        for bytes in [
            b"{\"id\":1,\"method\"".as_slice(),
            b" \r\n{ \"id\"",
            b"[{\"id\":1}]",
            b"POST / HTTP/1.1",
            b"CONNECT a:1 HTTP/1.1",
            b"HTTP/1.1 200 OK",
            &[5, 1, 0],
            &[4, 1, 0x0d, 5, 1, 2, 3, 4, 0],
            &[0x1f, 0x8b, 8, 0],
            &[0, 0, 0, 40, 0, 0, 0, 2, 0],
            b"\",\"ff00\",[],",
            b"00ffeeddccbbaa",
        ] {
            check(bytes, Sniff::Maybe);
        }
    }

    #[test]
    fn other_protocols_are_refused() {
        for bytes in [
            b"SSH-2.0-OpenSSH".as_slice(),
            &[0x16, 3, 1, 0, 0xff],
            b"EHLO there\r\n",
            b"220 mail ready",
            &[0, 0, 0, 0x54, 0xff, b'S', b'M', b'B'],
            &[0xf9, 0xbe, 0xb4, 0xd9],
            b"{hello}",
        ] {
            check(bytes, Sniff::No);
        }
    }
}
