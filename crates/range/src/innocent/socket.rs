//! `WebSocket` flows that are not mining (RFC 6455): subscriptions, tickers, dashboards, downloads.

use super::Stage;
use crate::carrier::{self, Carrier, Destination};
use crate::dialogue::{Dialogue, Side, Turn};
use crate::rng::Rng;

/// Opens the WebSocket; the answer is the time of its last message.
fn open(flow: &mut Dialogue, rng: &mut Rng, host: &str) -> u64 {
    let mut now = flow.ready_ns();
    let to = Destination { host, port: flow.server.port() };
    for (from, bytes) in carrier::opening(Carrier::WebSocket, &to, rng) {
        now += if from == Side::Server { flow.rtt_ns + 300_000 } else { 100_000 };
        flow.say(now, from, bytes);
    }
    now
}

/// Puts everything after the opening into frames.
fn close(mut flow: Dialogue, opening: usize, rng: &mut Rng) -> Vec<Dialogue> {
    let mut rest: Vec<Turn> = flow.turns.split_off(opening.min(flow.turns.len()));
    rest.sort_by_key(|turn| turn.time_ns);
    carrier::wrap(Carrier::WebSocket, &mut rest, rng);
    flow.turns.append(&mut rest);
    vec![flow]
}

pub(super) fn ethereum(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 30], 8546);
    let now = open(&mut flow, rng, "node.example");
    let subscription = rng.hex(16);
    let now = flow.ask(
        now + 400_000,
        r#"{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"#,
        format!(r#"{{"jsonrpc":"2.0","id":1,"result":"0x{subscription}"}}"#),
    );
    for at in stage.times(rng, now, 13.0) {
        let (hash, parent, mix, nonce) = (rng.hex(32), rng.hex(32), rng.hex(32), rng.hex(8));
        flow.say(at, Side::Server, format!(r#"{{"jsonrpc":"2.0","method":"eth_subscription","params":{{"subscription":"0x{subscription}","result":{{"hash":"0x{hash}","parentHash":"0x{parent}","mixHash":"0x{mix}","nonce":"0x{nonce}","difficulty":"0x0","number":"0x1406f40"}}}}}}"#));
    }
    close(flow, 2, rng)
}

pub(super) fn aria2(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 16], 6800);
    let now = open(&mut flow, rng, "nas.example");
    for at in stage.times(rng, now, 6.0) {
        let (id, speed) = (rng.hex(4), rng.below(9_000_000));
        flow.ask(
            at,
            format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"aria2.tellActive","params":["token:example",["gid","downloadSpeed"]]}}"#),
            format!(r#"{{"id":"{id}","jsonrpc":"2.0","result":[{{"downloadSpeed":"{speed}","gid":"2089b05ecca3d829"}}]}}"#),
        );
    }
    close(flow, 2, rng)
}

pub(super) fn build_dashboard(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 31], 80);
    let now = open(&mut flow, rng, "ci.example");
    let token = rng.token(32);
    let now = flow.ask(
        now + 400_000,
        format!(r#"{{"type":"auth","params":{{"token":"{token}","user":"dev"}}}}"#),
        r#"{"type":"authed","params":{"user":"dev","role":"viewer"}}"#,
    );
    for at in stage.times(rng, now, 8.0) {
        let job = rng.below(90_000);
        if rng.chance(0.7) {
            flow.say(at, Side::Server, format!(r#"{{"type":"job","params":{{"job_id":"{job}","pipeline":"release","status":"running"}}}}"#));
        } else {
            flow.ask(
                at,
                format!(r#"{{"type":"submit","params":{{"job_id":"{job}","result":"retry"}}}}"#),
                format!(r#"{{"type":"accepted","params":{{"job_id":"{job}"}}}}"#),
            );
        }
    }
    close(flow, 2, rng)
}

pub(super) fn price_ticker(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 32], 80);
    let now = open(&mut flow, rng, "ticker.example");
    let now = flow.ask(
        now + 400_000,
        r#"{"method":"SUBSCRIBE","params":["btcusdt@trade","xmrusdt@trade"],"id":1}"#,
        r#"{"result":null,"id":1}"#,
    );
    for at in stage.times(rng, now, 6.0) {
        let price = 90_000 + rng.below(9_000);
        flow.say(
            at,
            Side::Server,
            format!(
                r#"{{"e":"trade","E":{},"s":"BTCUSDT","p":"{price}.10","q":"0.0042","m":true}}"#,
                at / 1_000_000
            ),
        );
    }
    close(flow, 2, rng)
}
