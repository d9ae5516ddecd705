//! A WebSocket (RFC 6455, with permessage-deflate of RFC 7692).

use flate2::{Compress, Compression, FlushCompress};

use crate::dialogue::Side;
use crate::rng::Rng;

/// The request to upgrade and its answer.
pub(super) fn opening(deflate: bool, host: &str, rng: &mut Rng) -> Vec<(Side, Vec<u8>)> {
    let key = base64(&rng.bytes(16));
    // any 20 bytes: no reader here checks the digest of the key
    let accept = base64(&rng.bytes(20));
    let extension = if deflate { "Sec-WebSocket-Extensions: permessage-deflate\r\n" } else { "" };
    vec![
        (
            Side::Client,
            format!("GET /proxy HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://news.example\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extension}User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n\r\n")
                .into_bytes(),
        ),
        (
            Side::Server,
            format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n{extension}\r\n")
                .into_bytes(),
        ),
    ]
}

/// Puts messages into frames, each into one of its own.
pub(super) struct Frames {
    /// The context of either direction, with permessage-deflate.
    packers: Option<[Compress; 2]>,
}

impl Frames {
    pub(super) fn new(deflate: bool) -> Self {
        let packer = |()| Compress::new(Compression::default(), false);
        Self { packers: deflate.then(|| [(); 2].map(packer)) }
    }

    pub(super) fn wrap(&mut self, from: Side, bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
        let text = std::str::from_utf8(bytes).is_ok();
        let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mask = (from == Side::Client).then(|| rng.hash());
        let opcode = if text { 1 } else { 2 };
        match &mut self.packers {
            None => frame(opcode, false, mask, body),
            Some([up, down]) => {
                let packer = if from == Side::Client { up } else { down };
                frame(opcode, true, mask, &squeeze(packer, body))
            }
        }
    }
}

/// Deflates with a sync flush and drops its four-byte tail (RFC 7692 §7.2.1).
fn squeeze(packer: &mut Compress, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 64);
    // the space given is always enough, so one call consumes everything
    let _ = packer.compress_vec(body, &mut out, FlushCompress::Sync);
    if out.ends_with(&[0, 0, 0xff, 0xff]) {
        out.truncate(out.len() - 4);
    }
    out
}

/// One unfragmented WebSocket frame.
pub(crate) fn frame(opcode: u8, packed: bool, mask: Option<[u8; 32]>, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0x80 | if packed { 0x40 } else { 0 } | opcode];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    match (u8::try_from(body.len()), u16::try_from(body.len())) {
        (Ok(length @ 0..0x7e), _) => out.push(masked | length),
        (_, Ok(length)) => {
            out.push(masked | 0x7e);
            out.extend(length.to_be_bytes());
        }
        _ => {
            out.push(masked | 0x7f);
            out.extend((body.len() as u64).to_be_bytes());
        }
    }
    match mask {
        None => out.extend(body),
        Some([a, b, c, d, ..]) => {
            out.extend([a, b, c, d]);
            out.extend(body.iter().zip([a, b, c, d].iter().cycle()).map(|(byte, key)| byte ^ key));
        }
    }
    out
}

/// Standard base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const SET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .chain([0_u8, 0].iter())
            .take(3)
            .fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        for place in 0..4_usize {
            let digit = (word >> (18 - 6 * place)) & 63;
            let letter = SET.get(digit as usize).copied().map_or('A', char::from);
            out.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_the_examples_of_its_specification() {
        for (plain, coded) in [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_masked_frame_matches_the_example_of_its_specification() {
        let mut mask = [0; 32];
        mask[..4].copy_from_slice(&[0x37, 0xfa, 0x21, 0x3d]);
        assert_eq!(
            frame(1, false, Some(mask), b"Hello"),
            [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        );
        assert_eq!(frame(2, false, None, &[0; 256])[..4], [0x82, 126, 1, 0]);
    }

    #[test]
    fn deflated_messages_inflate_with_the_context_kept() {
        let mut packer = Compress::new(Compression::default(), false);
        let mut inflater = flate2::Decompress::new(false);
        for message in ["{\"type\":\"job\"}", "{\"type\":\"job\",\"x\":1}"] {
            let mut squeezed = squeeze(&mut packer, message.as_bytes());
            squeezed.extend([0, 0, 0xff, 0xff]);
            let mut plain = Vec::with_capacity(200);
            inflater.decompress_vec(&squeezed, &mut plain, flate2::FlushDecompress::Sync).unwrap();
            assert_eq!(plain, message.as_bytes());
        }
    }
}
