//! Long, quiet connections and small datagrams: MQTT 3.1.1, IRC (RFC 2812), NTP (RFC 5905), and a
//! database (`PostgreSQL` wire protocol 3.0) whose rows mention stratum; a log with a session in it.

use super::Stage;
use crate::dialogue::{Dialogue, Side};
use crate::rng::Rng;
use crate::scenario::{Dialect, Session};

pub(super) fn mqtt(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 50], 1883);
    let mut now = flow.ready_ns();
    let name = format!("sensor-{}", rng.token(6));
    let mut connect = vec![0, 4];
    connect.extend(b"MQTT");
    // level 4, clean session, keepalive 60 s
    connect.extend([4, 2, 0, 60, 0]);
    connect.push(u8::try_from(name.len()).unwrap_or(0));
    connect.extend(name.bytes());
    let mut packet = vec![0x10, u8::try_from(connect.len()).unwrap_or(0)];
    packet.extend(connect);
    now = flow.ask(now, packet, vec![0x20, 2, 0, 0]);
    let mut ping = now + 60_000_000_000;
    while ping < stage.end_ns {
        flow.ask(ping, vec![0xc0, 0], vec![0xd0, 0]);
        let reading = format!("{:.1}", rng.between(18.0, 25.0));
        let mut publish = vec![0, 9];
        publish.extend(b"room/temp");
        publish.extend(reading.bytes());
        let mut packet = vec![0x30, u8::try_from(publish.len()).unwrap_or(0)];
        packet.extend(publish);
        flow.say(ping + 1_000_000_000, Side::Client, packet);
        ping += 60_000_000_000;
    }
    vec![flow]
}

pub(super) fn irc(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    const SAID: [&str; 5] = [
        "which pool do you use? stratum+tcp://pool.example:3333 was down",
        "{\"method\":\"mining.subscribe\",\"params\":[]} is all it takes",
        "xmrig uses keepalived, does it not",
        "the stratum above the sandstone is the interesting one",
        "mining.notify has nine params",
    ];
    let mut flow = stage.tcp(rng, [198, 51, 100, 51], 6667);
    let mut now = flow.ready_ns();
    now = flow.ask(
        now,
        "NICK geo\r\nUSER geo 0 * :geo\r\n",
        ":irc.example 001 geo :Welcome to the network\r\n",
    );
    now = flow.ask(
        now + 900_000,
        "JOIN #geology\r\n",
        ":geo!geo@host JOIN #geology\r\n:irc.example 366 geo #geology :End of NAMES\r\n",
    );
    for at in stage.times(rng, now, 20.0) {
        let text = rng.pick(&SAID);
        if rng.chance(0.4) {
            flow.say(at, Side::Client, format!("PRIVMSG #geology :{text}\r\n"));
        } else {
            flow.say(at, Side::Server, format!(":ann!a@host PRIVMSG #geology :{text}\r\n"));
        }
    }
    vec![flow]
}

pub(super) fn ntp(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let times = stage.times(rng, stage.start_ns, 64.0);
    times
        .into_iter()
        .map(|at| {
            let mut flow = stage.udp(rng, [198, 51, 100, 52], 123, at);
            // client, version 4; then server, stratum 2: the word has an older meaning
            let mut ask = vec![0x23, 0, 6, 0xec];
            ask.extend([0; 36]);
            ask.extend(rng.bytes(8));
            let mut answer = vec![0x24, 2, 6, 0xec];
            answer.extend(rng.bytes(44));
            flow.ask(at, ask, answer);
            flow
        })
        .collect()
}

pub(super) fn database_dump(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 17], 5432);
    let mut now = flow.ready_ns();
    let parameters = b"user\0backup\0database\0wiki\0\0";
    let mut startup = u32::try_from(parameters.len() + 8).unwrap_or(0).to_be_bytes().to_vec();
    startup.extend(196_608_u32.to_be_bytes());
    startup.extend(parameters);
    let message = |kind: u8, body: &[u8]| {
        let mut out = vec![kind];
        out.extend(u32::try_from(body.len() + 4).unwrap_or(0).to_be_bytes());
        out.extend(body);
        out
    };
    // authentication is over, ready for a query
    let ready = [message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat();
    now = flow.ask(now, startup, ready);
    let mut rows = message(b'H', &[0, 0, 1, 0, 0]);
    for page in 0..60 {
        let row = format!(
            "{page}\tminer.log\t{{\"id\":{page},\"method\":\"mining.submit\",\"params\":[\"w.1\",\"{}\",\"{}\"]}}\tstratum+tcp://pool{}.example:3333\n",
            rng.hex(4),
            rng.hex(8),
            page % 7
        );
        rows.extend(message(b'd', row.as_bytes()));
    }
    rows.extend(message(b'c', &[]));
    rows.extend(message(b'C', b"COPY 60\0"));
    rows.extend(message(b'Z', b"I"));
    flow.ask(now + 1_000_000, message(b'Q', b"COPY page TO STDOUT\0"), rows);
    vec![flow]
}

/// Both sides' lines of a miner's session, sent along by one end in one go, as a log is.
pub(super) fn transcript(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let spoken = [Dialect::StratumV1, Dialect::CryptoNote, Dialect::Equihash];
    let dialect = spoken.get(rng.index(spoken.len())).copied().unwrap_or(Dialect::CryptoNote);
    let session = Session { seconds: 3_600.0, ..Session::new(dialect, rng.next_u64()) };
    let turns = session.dialogues().into_iter().flat_map(|it| it.turns);
    let lines: Vec<u8> = turns.flat_map(|it| it.bytes).collect();
    let mut flow = stage.tcp(rng, [192, 168, 1, 18], 9001);
    // as fast as a slow disk gives it, so that it lasts as long as it may
    let pieces: Vec<&[u8]> = lines.chunks(1_000).collect();
    let pause = (stage.end_ns - stage.start_ns) / (pieces.len() as u64 + 1);
    let mut now = flow.ready_ns();
    for piece in pieces {
        flow.say(now, Side::Client, piece);
        now += pause;
    }
    vec![flow]
}
