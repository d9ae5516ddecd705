//! JSON-RPC that is not mining, over TCP and HTTP.
//!
//! Shapes: Language Server Protocol 3.17; Ethereum execution-apis; Electrum protocol 1.4;
//! Bitcoin Core RPC; Monero wallet and daemon RPC; Model Context Protocol 2025-03-26; Kodi
//! JSON-RPC v12.

use super::Stage;
use crate::dialogue::{Dialogue, Side};
use crate::rng::Rng;

/// A request by HTTP POST.
fn post(host: &str, path: &str, extra: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: wallet/2.1\r\nContent-Type: application/json\r\n{extra}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Its answer.
fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn lsp(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 9], 5007);
    let framed = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let mut now = flow.ready_ns();
    now = flow.ask(
        now,
        framed(r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":4711,"rootUri":"file:///home/dev/stratum","capabilities":{}}}"#),
        framed(r#"{"jsonrpc":"2.0","id":0,"result":{"capabilities":{"hoverProvider":true,"completionProvider":{}}}}"#),
    );
    flow.say(
        now + 400_000,
        Side::Client,
        framed(r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#),
    );
    for (id, at) in (1..).zip(stage.times(rng, now, 11.0)) {
        let line = rng.below(400);
        flow.ask(
            at,
            framed(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"textDocument/hover","params":{{"textDocument":{{"uri":"file:///home/dev/stratum/mining.rs"}},"position":{{"line":{line},"character":12}}}}}}"#)),
            framed(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"contents":"fn submit(job_id: &str, nonce: u64) -> Result<()>"}}}}"#)),
        );
    }
    vec![flow]
}

pub(super) fn ethereum_wallet(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 20], 8545);
    let wallet = rng.hex(20);
    let now = flow.ready_ns();
    for (id, at) in (1..).zip(stage.times(rng, now, 9.0)) {
        let (method, params, result) = match id % 5 {
            0 => (
                "eth_getBalance",
                format!(r#"["0x{wallet}","latest"]"#),
                r#""0x2c68af0bb140000""#.to_owned(),
            ),
            1 => ("eth_blockNumber", "[]".to_owned(), format!(r#""0x{:x}""#, 21_000_000 + id)),
            2 => ("eth_gasPrice", "[]".to_owned(), r#""0x3b9aca00""#.to_owned()),
            3 => ("eth_hashrate", "[]".to_owned(), r#""0x0""#.to_owned()),
            _ => ("eth_mining", "[]".to_owned(), "false".to_owned()),
        };
        flow.ask(
            at,
            post(
                "node.example",
                "/",
                "",
                &format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#),
            ),
            ok(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)),
        );
    }
    vec![flow]
}

pub(super) fn electrum(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 21], 50_001);
    let mut now = flow.ready_ns();
    now = flow.ask(
        now,
        "{\"jsonrpc\":\"2.0\",\"method\":\"server.version\",\"params\":[\"electrum/4.5.8\",\"1.4\"],\"id\":0}\n",
        "{\"jsonrpc\":\"2.0\",\"result\":[\"ElectrumX 1.16.0\",\"1.4\"],\"id\":0}\n",
    );
    let header = rng.hex(80);
    now = flow.ask(
        now + 500_000,
        "{\"jsonrpc\":\"2.0\",\"method\":\"blockchain.headers.subscribe\",\"params\":[],\"id\":1}\n",
        format!("{{\"jsonrpc\":\"2.0\",\"result\":{{\"hex\":\"{header}\",\"height\":880000}},\"id\":1}}\n"),
    );
    let mut id = 2;
    for at in stage.times(rng, now, 15.0) {
        if rng.chance(0.2) {
            let header = rng.hex(80);
            flow.say(at, Side::Server, format!("{{\"jsonrpc\":\"2.0\",\"method\":\"blockchain.headers.subscribe\",\"params\":[{{\"hex\":\"{header}\",\"height\":{}}}]}}\n", 880_000 + id));
        } else {
            let script = rng.hex(32);
            flow.ask(
                at,
                format!("{{\"jsonrpc\":\"2.0\",\"method\":\"blockchain.scripthash.get_history\",\"params\":[\"{script}\"],\"id\":{id}}}\n"),
                format!("{{\"jsonrpc\":\"2.0\",\"result\":[],\"id\":{id}}}\n"),
            );
            id += 1;
        }
    }
    vec![flow]
}

pub(super) fn bitcoin_wallet(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 10], 8332);
    let key = crate::carrier::base64(b"wallet:example");
    let now = flow.ready_ns();
    for (id, at) in (1..).zip(stage.times(rng, now, 12.0)) {
        let (method, result) = match id % 4 {
            0 => ("getwalletinfo", r#"{"walletname":"main","balance":0.01200000,"txcount":17}"#),
            1 => (
                "getblockchaininfo",
                r#"{"chain":"main","blocks":880000,"headers":880000,"verificationprogress":0.9999}"#,
            ),
            2 => (
                "getmininginfo",
                r#"{"blocks":880000,"difficulty":110451907374649.8,"networkhashps":7.9e20,"pooledtx":2041,"chain":"main"}"#,
            ),
            _ => ("estimatesmartfee", r#"{"feerate":0.00012000,"blocks":6}"#),
        };
        let params = if method == "estimatesmartfee" { "[6]" } else { "[]" };
        flow.ask(
            at,
            post(
                "127.0.0.1:8332",
                "/wallet/main",
                &format!("Authorization: Basic {key}\r\n"),
                &format!(r#"{{"version":"1.1","id":{id},"method":"{method}","params":{params}}}"#),
            ),
            ok(&format!(r#"{{"result":{result},"error":null,"id":{id}}}"#)),
        );
    }
    vec![flow]
}

pub(super) fn monero_wallet(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 22], 18_089);
    let now = flow.ready_ns();
    for (id, at) in (0..).zip(stage.times(rng, now, 20.0)) {
        let (method, result) = match id % 3 {
            0 => (
                "get_info",
                r#"{"height":3300000,"difficulty":480000000000,"status":"OK","target":120}"#,
            ),
            1 => ("get_fee_estimate", r#"{"fee":20000,"quantization_mask":10000,"status":"OK"}"#),
            _ => (
                "get_last_block_header",
                r#"{"block_header":{"height":3300000,"nonce":1234567,"reward":600000000000},"status":"OK"}"#,
            ),
        };
        flow.ask(
            at,
            post(
                "node.example:18089",
                "/json_rpc",
                "",
                &format!(r#"{{"jsonrpc":"2.0","id":"0","method":"{method}","params":{{}}}}"#),
            ),
            ok(&format!(r#"{{"id":"0","jsonrpc":"2.0","result":{result}}}"#)),
        );
    }
    vec![flow]
}

pub(super) fn mcp(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 12], 8931);
    let mut now = flow.ready_ns();
    now = flow.ask(
        now,
        post("localhost:8931", "/mcp", "Accept: application/json, text/event-stream\r\n", r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"editor","version":"1.4"}}}"#),
        ok(r#"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-03-26","capabilities":{"tools":{}},"serverInfo":{"name":"jobs","version":"0.3"}}}"#),
    );
    for (id, at) in (1..).zip(stage.times(rng, now, 10.0)) {
        let job = rng.hex(4);
        flow.ask(
            at,
            post("localhost:8931", "/mcp", "", &format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"submit","arguments":{{"job_id":"{job}","result":"done"}}}}}}"#)),
            ok(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":"accepted"}}],"isError":false}}}}"#)),
        );
    }
    vec![flow]
}

pub(super) fn kodi(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 13], 9090);
    let now = flow.ready_ns();
    for (id, at) in (1..).zip(stage.times(rng, now, 11.0)) {
        if rng.chance(0.3) {
            flow.say(at, Side::Server, r#"{"jsonrpc":"2.0","method":"Player.OnPropertyChanged","params":{"data":{"player":{"playerid":0},"property":{"shuffled":false}},"sender":"xbmc"}}"#);
        } else {
            flow.ask(
                at,
                format!(r#"{{"jsonrpc":"2.0","method":"Player.GetProperties","params":[0,["percentage","time"]],"id":{id}}}"#),
                format!(r#"{{"id":{id},"jsonrpc":"2.0","result":{{"percentage":{},"time":{{"hours":0,"minutes":12,"seconds":1}}}}}}"#, rng.below(100)),
            );
        }
    }
    vec![flow]
}

/// The hardest case: the very words of a `CryptoNote` session, about rendering jobs.
pub(super) fn job_service(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 14], 3333);
    let mut now = flow.ready_ns();
    let token = rng.hex(16);
    now = flow.ask(
        now,
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"render01\",\"pass\":\"secret\",\"agent\":\"renderd/2.4\"}}\n",
        format!("{{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{{\"id\":\"{token}\",\"status\":\"OK\",\"queue\":\"night\"}},\"error\":null}}\n"),
    );
    for (id, at) in (2..).zip(stage.times(rng, now, 10.0)) {
        let job = rng.below(100_000);
        if rng.chance(0.5) {
            flow.say(at, Side::Server, format!("{{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{{\"job_id\":\"{job}\",\"scene\":\"lobby.blend\",\"frame\":{},\"priority\":5}}}}\n", rng.below(900)));
        } else {
            flow.ask(
                at,
                format!("{{\"id\":{id},\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{{\"id\":\"{token}\",\"job_id\":\"{job}\",\"result\":\"s3://frames/{job}.exr\",\"seconds\":12.5}}}}\n"),
                format!("{{\"id\":{id},\"jsonrpc\":\"2.0\",\"result\":{{\"status\":\"OK\"}},\"error\":null}}\n"),
            );
        }
    }
    vec![flow]
}

pub(super) fn plain_rpc(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [192, 168, 1, 15], 4444);
    let now = flow.ready_ns();
    for (id, at) in (1..).zip(stage.times(rng, now, 9.0)) {
        let method =
            rng.pick(&["device.subscribe", "device.authorize", "valve.set", "status.notify"]);
        flow.ask(
            at,
            format!("{{\"id\":{id},\"method\":\"{method}\",\"params\":[\"pump.3\",\"x\"]}}\n"),
            format!("{{\"id\":{id},\"result\":true,\"error\":null}}\n"),
        );
    }
    vec![flow]
}

pub(super) fn template_monitor(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut all = Vec::new();
    let mut start_ns = stage.start_ns;
    while start_ns < stage.end_ns {
        let mut flow = stage.tcp(rng, [192, 168, 1, 10], 8332);
        flow.start_ns = start_ns;
        let (previous, target) = (rng.hex(28), "0".repeat(20) + &rng.hex(22));
        flow.ask(
            flow.ready_ns(),
            post(
                "192.168.1.10:8332",
                "/",
                "Connection: close\r\n",
                r#"{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}"#,
            ),
            ok(&format!(r#"{{"result":{{"version":536870912,"previousblockhash":"00000000{previous}","transactions":[],"coinbasevalue":312500000,"target":"{target}","bits":"1702905c","height":880000}},"error":null,"id":1}}"#)),
        );
        all.push(flow);
        start_ns += 60_000_000_000;
    }
    all
}
