//! Seeds that are conversations.

use std::net::IpAddr;

use minehound_fuzz::script::{self, Turn};
use minehound_range::carrier::Carrier;
use minehound_range::dialogue::{Dialogue, Side, Transport, Turn as Said};
use minehound_range::innocent::Innocent;
use minehound_range::scenario::{Dialect, Gzip, Session};
use minehound_wire::End;

use super::seeds::Seed;

/// Most bytes of one script.
const MAX_SCRIPT: usize = 3_000;

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for dialect in Dialect::ALL {
        let name = dialect.name();
        let turns = played(&Session::new(dialect, 11));
        seeds.extend([1, 0].map(|flag| whole(&format!("{name}-{flag}"), flag, &turns)));
        match dialect {
            // The two ends first agree on the version, or on WebSocket, as the target does.
            Dialect::StratumV2 => seeds.push(after("stratum_v2", name, turns.get(2..))),
            Dialect::Coinhive => seeds.push(after("websocket", name, turns.get(2..))),
            Dialect::EthGetWork | Dialect::GetWork | Dialect::GetBlockTemplate => {
                let headless: Vec<Turn> = turns.iter().map(without_first_line).collect();
                seeds.push(after("http", name, Some(&headless)));
            }
            _ => seeds.push(after("jsonrpc", name, Some(&turns))),
        }
    }
    let carried = |carrier| Session { carrier, ..Session::new(Dialect::CryptoNote, 12) };
    for (name, carrier) in [
        ("connect", Carrier::HttpConnect),
        ("socks5", Carrier::Socks5),
        ("websocket", Carrier::WebSocket),
        ("deflate", Carrier::WebSocketDeflate),
    ] {
        let turns = played(&carried(carrier));
        seeds.push(whole(name, 1, &turns));
        if matches!(carrier, Carrier::WebSocket | Carrier::WebSocketDeflate) {
            seeds.push(after("websocket", name, turns.get(2..)));
        }
    }
    for (name, gzip) in [("gzip", Gzip::Stream), ("gzip-messages", Gzip::Messages)] {
        let session = Session { gzip, ..Session::new(Dialect::Alephium, 13) };
        seeds.push(whole(name, 1, &played(&session)));
    }
    seeds.extend(innocent());
    seeds
}

/// What is said for other reasons than mining, and the names asked for.
fn innocent() -> Vec<Seed> {
    let host = IpAddr::from([192, 0, 2, 40]);
    let mut seeds = Vec::new();
    for kind in Innocent::ALL {
        let dialogues = kind.dialogues(host, 1_767_600_000_000_000_000, 60.0, 14);
        let Some(dialogue) = dialogues.first() else { continue };
        if kind == Innocent::Dns {
            for (number, turn) in dialogue.turns.iter().take(4).enumerate() {
                let name = format!("name-{number}");
                seeds.push(Seed::new("dns", &name, turn.bytes.clone()));
                let length = u16::try_from(turn.bytes.len()).unwrap_or(u16::MAX);
                let stream = [length.to_be_bytes().as_slice(), &turn.bytes].concat();
                seeds.push(Seed::new("dns_stream", &name, stream));
            }
        } else if dialogue.transport == Transport::Tcp {
            seeds.push(whole(kind.name(), 1, &turns(dialogue)));
        }
    }
    seeds
}

fn played(session: &Session) -> Vec<Turn> {
    session.dialogues().first().map(turns).unwrap_or_default()
}

/// The first turns of a dialogue, as a script has them.
fn turns(dialogue: &Dialogue) -> Vec<Turn> {
    let mut last = dialogue.start_ns;
    let mut room = MAX_SCRIPT;
    let short = dialogue.turns.iter().take_while(|it| {
        let fits = it.bytes.len() <= room;
        room = room.saturating_sub(it.bytes.len());
        fits
    });
    let turn = |said: &Said| {
        let pause = said.time_ns.saturating_sub(last) / 1_000_000_000;
        last = said.time_ns;
        Turn {
            from: if said.from == Side::Client { End::Opener } else { End::Answerer },
            lost: false,
            pause: u8::try_from(pause).unwrap_or(60).min(60),
            bytes: said.bytes.clone(),
        }
    };
    short.map(turn).collect()
}

/// A script of its own; `from_start` is 1 where the beginning was captured.
fn whole(name: &str, from_start: u8, turns: &[Turn]) -> Seed {
    Seed::new("conversation", name, [vec![from_start], script::write(turns)].concat())
}

/// A script that follows what the target says first.
fn after(target: &'static str, name: &str, turns: Option<&[Turn]>) -> Seed {
    Seed::new(target, name, script::write(turns.unwrap_or_default()))
}

/// The target has said the first line already; those of later messages stay.
fn without_first_line(turn: &Turn) -> Turn {
    let end = turn.bytes.iter().position(|it| *it == b'\n').map_or(0, |it| it + 1);
    Turn { bytes: turn.bytes.get(end..).unwrap_or_default().to_vec(), ..turn.clone() }
}
