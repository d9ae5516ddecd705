//! `OpenSSH`'s packets with chacha20-poly1305@openssh.com (RFC 4253 §6, RFC 4254; openssh
//! PROTOCOL.chacha20poly1305).

use super::{Piece, Span};
use crate::dialogue::{Side, Turn, nanos};
use crate::rng::Rng;

/// A message of SSH with so many bytes: length (4), then padding length (1), message and at least
/// four bytes of padding up to a multiple of 8, and a tag (16). The length does not count for
/// the multiple, since it is encrypted apart.
fn packet(message: usize) -> usize {
    4 + (1 + message + 4).next_multiple_of(8) + 16
}

/// A packet of data: message number, channel and length stand before it.
fn data(length: usize) -> usize {
    packet(9 + length)
}

/// The most data in a packet of `OpenSSH`.
const MOST: usize = 32_768;
/// `keepalive@openssh.com`, and the answer that this request is unknown.
const KEEPALIVE: usize = 1 + 4 + 21 + 1;
const FAILURE: usize = 1;

/// What is said between the new keys and the first channel: who is there, a public key and its
/// signature, a session, host keys.
const LOGIN: [(Side, usize); 10] = [
    (Side::Client, 44),
    (Side::Server, 44),
    (Side::Client, 68),
    (Side::Server, 52),
    (Side::Client, 148),
    (Side::Server, 116),
    (Side::Client, 260),
    (Side::Server, 28),
    (Side::Client, 112),
    (Side::Server, 620),
];

/// The algorithms that `OpenSSH` 9.2 offers by default, in the order of RFC 4253 §7.1.
const ALGORITHMS: [&str; 10] = [
    "sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,\
     ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,\
     diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,\
     diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,ext-info-c",
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,\
     ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,\
     sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256",
    CIPHERS,
    CIPHERS,
    MACS,
    MACS,
    "none,zlib@openssh.com,zlib",
    "none,zlib@openssh.com,zlib",
    "",
    "",
];
const CIPHERS: &str = "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,\
     aes128-gcm@openssh.com,aes256-gcm@openssh.com";
const MACS: &str = "umac-64-etm@openssh.com,umac-128-etm@openssh.com,\
     hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,\
     umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1";

/// A packet before encryption (RFC 4253 §6).
fn bare(message: &[u8]) -> Vec<u8> {
    let padded = (5 + message.len() + 4).next_multiple_of(8);
    let padding = padded - 5 - message.len();
    let mut out = u32::try_from(padded - 4).unwrap_or(0).to_be_bytes().to_vec();
    out.push(u8::try_from(padding).unwrap_or(0));
    out.extend(message);
    out.resize(padded, 0);
    out
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(0).to_be_bytes());
    out.extend(bytes);
}

/// `SSH_MSG_KEXINIT`.
fn offer(rng: &mut Rng) -> Vec<u8> {
    let mut message = vec![20];
    message.extend(rng.bytes(16));
    for list in ALGORITHMS {
        string(&mut message, list.as_bytes());
    }
    message.extend([0; 5]);
    bare(&message)
}

/// The key exchange: offers, `SSH_MSG_KEX_ECDH_INIT` and `_REPLY` with the lengths of sntrup761
/// and X25519, new keys.
fn key_exchange(rng: &mut Rng) -> Vec<(Side, Vec<u8>)> {
    let mut ask = vec![30];
    string(&mut ask, &rng.bytes(1_158 + 32));
    let mut answer = vec![31];
    let mut key = Vec::new();
    string(&mut key, b"ssh-ed25519");
    string(&mut key, &rng.bytes(32));
    string(&mut answer, &key);
    string(&mut answer, &rng.bytes(1_039 + 32));
    let mut signature = Vec::new();
    string(&mut signature, b"ssh-ed25519");
    string(&mut signature, &rng.bytes(64));
    string(&mut answer, &signature);
    let mut replied = bare(&answer);
    replied.extend(bare(&[21]));
    vec![
        (Side::Client, offer(rng)),
        (Side::Server, offer(rng)),
        (Side::Client, bare(&ask)),
        (Side::Server, replied),
        (Side::Client, bare(&[21])),
    ]
}

/// All writes from the greeting on.
pub(super) fn turns(pieces: &[Piece], channels: usize, span: &Span, mut rng: Rng) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut now = opening(&mut turns, span, &mut rng);
    for _ in 0..channels {
        // direct-tcpip with two names and ports, and its confirmation
        now += nanos(rng.between(0.001, 0.01));
        turns.push(Turn { time_ns: now, from: Side::Client, bytes: rng.bytes(packet(76)) });
        now += span.rtt_ns + nanos(rng.between(0.000_2, 0.04));
        turns.push(Turn { time_ns: now, from: Side::Server, bytes: rng.bytes(packet(17)) });
    }
    let mut heard = now;
    let ready = now;
    for piece in pieces {
        let time_ns = piece.time_ns.max(ready);
        alive(&mut turns, &mut heard, time_ns, span, &mut rng);
        let mut length = piece.length;
        while length > 0 {
            let part = length.min(MOST);
            turns.push(Turn { time_ns, from: piece.from, bytes: rng.bytes(data(part)) });
            length -= part;
        }
        if piece.from == Side::Server {
            heard = time_ns;
        }
    }
    alive(&mut turns, &mut heard, span.end_ns, span, &mut rng);
    turns
}

fn opening(turns: &mut Vec<Turn>, span: &Span, rng: &mut Rng) -> u64 {
    let mut now = span.ready_ns();
    let greeting = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n".to_vec();
    turns.push(Turn { time_ns: now, from: Side::Client, bytes: greeting.clone() });
    now += span.rtt_ns + 8_000_000;
    turns.push(Turn { time_ns: now, from: Side::Server, bytes: greeting });
    let mut last = Side::Server;
    let mut said = key_exchange(rng);
    said.extend(LOGIN.map(|(from, length)| (from, rng.bytes(length))));
    for (from, bytes) in said {
        let travel = if (last, from) == (Side::Client, Side::Server) { span.rtt_ns } else { 0 };
        now += travel + nanos(rng.between(0.000_3, 0.008));
        turns.push(Turn { time_ns: now, from, bytes });
        last = from;
    }
    now
}

/// The client asks whether the server is there when it has heard nothing for a while
/// (`ServerAliveInterval`).
fn alive(turns: &mut Vec<Turn>, heard: &mut u64, until_ns: u64, span: &Span, rng: &mut Rng) {
    while heard.saturating_add(span.patience_ns()) < until_ns.min(span.end_ns) {
        let asked = *heard + span.patience_ns();
        *heard = asked + span.rtt_ns + nanos(rng.between(0.000_1, 0.001));
        turns.push(Turn {
            time_ns: asked,
            from: Side::Client,
            bytes: rng.bytes(packet(KEEPALIVE)),
        });
        turns.push(Turn { time_ns: *heard, from: Side::Server, bytes: rng.bytes(packet(FAILURE)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_the_lengths_that_openssh_writes() {
        // as captures of OpenSSH show them: a keepalive has 52 bytes and its answer 28
        assert_eq!(packet(KEEPALIVE), 52);
        assert_eq!(packet(FAILURE), 28);
        // 234 bytes of data: 1 + 243 + 4 fill 248
        assert_eq!(data(234), 268);
    }
}
