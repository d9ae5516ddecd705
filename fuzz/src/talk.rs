//! Conversations: everything that carries mining, heard whole and in pieces.

use minehound_wire::conversation::{Conversation, Standing};
use minehound_wire::session::{MAX_ACCOUNTS, MAX_SHARE_TIMES, MAX_TARGETS, MAX_TEXT, Session};
use minehound_wire::{End, Stamp};

use crate::script::{self, Turn, parts, sizes};

/// The request and the answer that lead to WebSocket (RFC 6455 section 1.2).
const UPGRADE: [&[u8]; 2] = [
    b"GET / HTTP/1.1\r\nHost: pool.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
];
/// The beginnings of a request and of an answer.
const HTTP: [&[u8]; 2] =
    [b"POST / HTTP/1.1\r\nHost: pool.example\r\n", b"HTTP/1.1 200 OK\r\nServer: x\r\n"];
/// `SetupConnection` of the mining protocol, version 2, and its success (sv2-spec, section 3.6).
const SETUP: [&[u8]; 2] = [
    b"\0\0\0\x1c\0\0\0\x02\0\x02\0\0\0\0\0\x0cpool.example\xc6\x85\0\0\0\0",
    b"\0\0\x01\x06\0\0\x02\0\0\0\0\0",
];
/// What Stratum's two ends say first.
const JSON: [&[u8]; 2] = [
    b"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n",
    b"{\"id\":1,\"result\":[[[\"mining.notify\",\"1\"]],\"00\",4],\"error\":null}\n",
];

/// How gzip begins (RFC 1952 section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What must hold of any session.
pub(crate) fn sound(session: &Session) {
    assert!(session.accounts.len() <= MAX_ACCOUNTS, "{session:?}");
    assert!(session.targets.len() <= MAX_TARGETS, "{session:?}");
    assert!(session.share_times_ns.len() <= MAX_SHARE_TIMES, "{session:?}");
    assert!(session.accepted.saturating_add(session.rejected) <= session.submitted, "{session:?}");
    assert!(session.stale <= session.rejected, "{session:?}");
    assert!(session.work_answers <= session.work_requests, "{session:?}");
    assert!(session.exposure.is_finite() && session.exposure >= 0.0, "{session:?}");
    assert!(session.exposed_s.is_finite() && session.exposed_s >= 0.0, "{session:?}");
    assert!(session.reported_hashrate.is_none_or(f64::is_finite), "{session:?}");
    for text in [&session.agent, &session.algorithm, &session.named_host].into_iter().flatten() {
        assert!(text.len() <= MAX_TEXT, "{session:?}");
    }
}

/// A conversation of any kind. The first byte says whether its beginning was seen.
pub(crate) fn conversation(bytes: &[u8]) {
    let Some((flags, script)) = bytes.split_first() else { return };
    let turns = script::read(script);
    if flags & 1 != 0 {
        same_in_pieces(&turns, bytes);
    } else {
        // Picked up in the middle, segments are where messages are looked for.
        let heard = [(); 2].map(|()| hear(&turns, false, None));
        assert_eq!(heard[0], heard[1], "one conversation, two sessions");
    }
}

/// JSON messages after an opening of Stratum.
pub(crate) fn jsonrpc(bytes: &[u8]) {
    after(JSON, bytes);
}

/// HTTP heads and bodies of both ends.
pub(crate) fn http(bytes: &[u8]) {
    after(HTTP, bytes);
}

/// WebSocket frames of both ends.
pub(crate) fn websocket(bytes: &[u8]) {
    after(UPGRADE, bytes);
}

/// Messages of Stratum version 2 of both ends.
pub(crate) fn stratum_v2(bytes: &[u8]) {
    after(SETUP, bytes);
}

/// Hears a script after these first turns.
fn after(first: [&[u8]; 2], script: &[u8]) {
    let said = [End::Opener, End::Answerer].into_iter().zip(first);
    let begun =
        said.map(|(from, bytes)| Turn { from, lost: false, pause: 0, bytes: bytes.to_vec() });
    let turns: Vec<Turn> = begun.chain(script::read(script)).collect();
    same_in_pieces(&turns, script);
}

/// The session does not depend on where the segments end.
fn same_in_pieces(turns: &[Turn], seed: &[u8]) {
    let whole = hear(turns, true, None);
    let pieces = hear(turns, true, Some(seed));
    // What comes after lost bytes is looked for at the beginnings of segments, and how much of a
    // damaged gzip stream is unpacked depends on how it is handed over.
    let settled = |it: &Turn| !it.lost && !it.bytes.windows(2).any(|two| two == GZIP);
    // The same goes for compressed frames, whose damage shows as malformed messages.
    let damaged = |it: &Session| it.malformed > 0 && !it.carriers.is_empty();
    let damaged = [&whole, &pieces].into_iter().flatten().any(damaged);
    if turns.iter().all(settled) && !damaged {
        assert_eq!(whole, pieces, "in pieces, the session is another");
    }
}

/// Hears turns, each at once or in pieces whose sizes follow from `pieces`.
fn hear(turns: &[Turn], from_start: bool, pieces: Option<&[u8]>) -> Option<Session> {
    let mut at = Stamp { time_ns: 1_700_000_000_000_000_000, frame: 1 };
    let mut conversation = Conversation::new(at, from_start);
    let mut sizes = sizes(pieces.unwrap_or_default(), 400);
    for turn in turns {
        at.frame += 1;
        at.time_ns += i64::from(turn.pause) * 1_000_000_000;
        conversation.frame(at);
        if turn.lost {
            conversation.gap(turn.from, at);
        }
        if pieces.is_some() {
            for part in parts(&turn.bytes, &mut sizes) {
                conversation.push(turn.from, at, part);
            }
        } else {
            conversation.push(turn.from, at, &turn.bytes);
        }
    }
    let _ = conversation.tunnel_target();
    let proven = conversation.standing() == Standing::Mining;
    let session = conversation.finish(at);
    // What turns out to be a transcript of a session is none, though its messages are mining's.
    assert!(proven || session.is_none(), "a session comes of mining only");
    session.iter().for_each(sound);
    session
}
