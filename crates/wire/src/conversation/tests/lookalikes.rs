//! What looks like mining and is not.

use super::*;

fn silent(name: &str, lines: &[Line]) {
    for size in [usize::MAX, 1] {
        for from_start in [true, false] {
            assert_eq!(hear(lines, from_start, size), None, "{name}");
        }
    }
    for from in [End::Opener, End::Answerer] {
        assert_eq!(hear(&side(lines, from), false, usize::MAX), None, "{name}");
    }
}

fn all_silent(dialogues: &[(&str, &str)]) {
    for (name, text) in dialogues {
        silent(name, &script(text));
    }
}

#[test]
fn services_over_a_stream_are_not_mining() {
    all_silent(&[
        (
            "electrum",
            r#"> {"id":0,"method":"server.version","params":["electrum","1.4"]}
                        < {"id":0,"result":["ElectrumX 1.16","1.4"]}
                        > {"id":1,"method":"blockchain.headers.subscribe","params":[]}
                        < {"id":1,"result":{"height":800000,"hex":"HASHHASHHASH"}}"#,
        ),
        (
            "electrum scripthash",
            r#"> {"id":2,"method":"blockchain.scripthash.subscribe","params":["HASH"]}
                        < {"id":2,"result":"HASH"}"#,
        ),
        (
            "mcp",
            r#"> {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","clientInfo":{"name":"xmrig"}}}
                   < {"jsonrpc":"2.0","id":1,"result":{"capabilities":{"tools":{}},"serverInfo":{"name":"miner"}}}
                   > {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"mining.submit","arguments":{"job_id":"1"}}}
                   < {"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"{\"method\":\"mining.notify\"}"}]}}"#,
        ),
        (
            "kodi",
            r#"> {"jsonrpc":"2.0","method":"JSONRPC.Ping","id":1}
                    < {"id":1,"jsonrpc":"2.0","result":"pong"}
                    > {"jsonrpc":"2.0","method":"Player.GetActivePlayers","id":2}
                    < {"id":2,"result":[{"playerid":0,"type":"audio"}]}"#,
        ),
        (
            "aria2",
            r#"> {"jsonrpc":"2.0","id":"q","method":"aria2.addUri","params":["token:x",["http://example.org/xmrig.zip"]]}
                     < {"id":"q","jsonrpc":"2.0","result":"2089b05ecca3d829"}"#,
        ),
    ]);
}

#[test]
fn services_with_logins_and_jobs_are_not_mining() {
    all_silent(&[
        (
            "a service with a login",
            r#"> {"id":1,"method":"login","params":{"login":"alice","pass":"secret"}}
                    < {"id":1,"result":{"id":"7","token":"HASH","status":"OK"}}
                    > {"id":2,"method":"submit","params":{"id":"7","job_id":"42","result":"done"}}
                    < {"id":2,"result":{"status":"OK"}}"#,
        ),
        (
            "a service with an agent",
            r#"> {"id":1,"method":"login","params":{"login":"alice","pass":"secret","agent":"Mozilla/5.0"}}
                    < {"id":1,"result":true}"#,
        ),
        (
            "a queue of jobs",
            r#"< {"jsonrpc":"2.0","method":"job","params":{"job_id":"build-1","target":"release","blob":"main"}}
                    > {"id":1,"method":"submit","params":{"job_id":"build-1","result":"ok","nonce":"n1"}}
                    > {"id":2,"method":"getjob","params":{"queue":"a"}}
                    < {"id":2,"result":{"job":{"job_id":"build-2","target":"release"}}}"#,
        ),
        (
            "a print server",
            r#"> {"id":3,"method":"submit","params":["printer","job-1","a4"]}
                    < {"id":3,"result":true}"#,
        ),
        (
            "notify",
            r#"< {"method":"notify","params":["user","message","now"]}
                      > {"id":1,"method":"subscribe","params":["news"]}
                      < {"id":1,"result":true}"#,
        ),
    ]);
}

#[test]
fn wallets_over_a_stream_are_not_mining() {
    all_silent(&[
        (
            "wallet over a stream",
            r#"> {"id":1,"method":"eth_blockNumber","params":[]}
                      < {"id":1,"result":"0x10d4f"}
                      > {"id":2,"method":"eth_getBlockByNumber","params":["0x1",false]}
                      < {"id":2,"result":{"hash":"0xHASH","difficulty":"0x1","nonce":"0x0000000000000042","mixHash":"0xHASH"}}
                      > {"id":3,"method":"eth_getLogs","params":[{"topics":["0xHASH"]}]}
                      < {"id":3,"result":[{"topics":["0xHASH","0xHASH","0xHASH"]}]}"#,
        ),
        (
            "wallet that asks for work once",
            r#"> {"id":1,"method":"eth_getWork","params":[]}
                      < {"id":1,"error":{"code":-32601,"message":"the method eth_getWork does not exist"}}"#,
        ),
        (
            "wallet that asks about mining",
            r#"> {"id":1,"method":"eth_mining","params":[]}
                      < {"id":1,"result":false}
                      > {"id":2,"method":"eth_hashrate","params":[]}
                      < {"id":2,"result":"0x0"}"#,
        ),
    ]);
}

#[test]
fn texts_about_mining_are_not_mining() {
    all_silent(&[
        (
            "chrome devtools",
            r#"> {"id":1,"method":"Network.enable","params":{}}
                      < {"method":"Network.requestWillBeSent","params":{"request":{"url":"https://coinhive.com/lib/worker.js","postData":"{\"method\":\"mining.subscribe\"}"}}}"#,
        ),
        (
            "log lines",
            r#"> {"ts":"2024-01-01","msg":"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}","level":"info"}
                      > {"ts":"2024-01-01","msg":"stratum+tcp://pool.example:3333 mining.authorize","level":"info"}"#,
        ),
        (
            "alerts",
            r#"> {"event_type":"alert","alert":{"signature":"ET COINMINER mining.notify"},"payload_printable":"mining.submit"}"#,
        ),
        (
            "rows of a database",
            r#"< [{"name":"mining.subscribe","params":[]},{"name":"stratum","pool":"xmr.example"}]"#,
        ),
        (
            "mining a quarry",
            r#"> {"id":1,"method":"mining.status","params":{"shaft":3}}
                      < {"id":1,"result":{"tons":5}}"#,
        ),
        (
            "mining texts",
            r#"> {"id":1,"method":"mining.submit","params":{"text":"what are people saying"}}
                      < {"id":1,"result":{"topics":["a"]}}"#,
        ),
    ]);
}

#[test]
fn words_in_common_are_not_mining() {
    all_silent(&[
        (
            "typed messages",
            r#"> {"type":"auth","params":{"token":"abc","user":"alice"}}
                      < {"type":"authed","params":{"token":"abc"}}
                      < {"type":"job","params":{"job_id":"1","blob":"x","target":"y"}}
                      > {"type":"submit","params":{"job_id":"1","result":"ok"}}"#,
        ),
        ("captcha", r#"> {"type":"auth","params":{"site_key":"6Lc-x","response":"abc"}}"#),
        (
            "chat",
            r#"> {"message":"register","address":"NQ road 7","mode":"guest"}
                    < {"message":"registered"}
                    > {"message":"share","block":"1"}
                    < {"message":"settings","target":5,"nonce":1}"#,
        ),
        (
            "language server without length",
            r#"> {"jsonrpc":"2.0","id":1,"method":"textDocument/completion","params":{"position":{"line":1}}}
                    < {"jsonrpc":"2.0","id":1,"result":[{"label":"mining.subscribe"}]}"#,
        ),
        (
            "bitcoin over a stream",
            r#"> {"id":1,"method":"getblockchaininfo","params":[]}
                    < {"id":1,"result":{"chain":"main","bestblockhash":"HASH","difficulty":1e13}}
                    > {"id":2,"method":"getmininginfo","params":[]}
                    < {"id":2,"result":{"blocks":800000,"difficulty":1e13,"networkhashps":1e20}}"#,
        ),
        (
            "lightning",
            r#"> {"jsonrpc":"2.0","id":"cli:getinfo","method":"getinfo","params":{}}
                    < {"jsonrpc":"2.0","id":"cli:getinfo","result":{"id":"02HASH","alias":"miner"}}"#,
        ),
        (
            "ipfs and others that ping",
            r#"> {"id":1,"method":"keepalived","params":{"id":"x"}}
                    < {"id":1,"result":{"status":"KEEPALIVED"}}
                    > {"id":2,"method":"client.get_version","params":[]}"#,
        ),
        (
            "telemetry arrays",
            r#"< {"id":1,"result":["0xHASH","0xHASH","up"]}
                    < {"id":2,"result":[["a","b"],"c",4]}"#,
        ),
    ]);
}

#[test]
fn lists_of_hashes_and_records_of_messages_are_not_mining() {
    all_silent(&[
        (
            "a filter of a node",
            r#"> {"id":1,"method":"eth_getFilterChanges","params":["0x1"]}
            < {"id":1,"result":["0xHASH","0xHASH","0xHASH"]}"#,
        ),
        (
            "a filter with many hashes",
            r#"> {"id":1,"method":"eth_getFilterChanges","params":["0x1"]}
            < {"id":1,"result":["0xHASH","0xHASH","0x0000000000000000000000000000000000000000000000000000000000000001","0xHASH"]}"#,
        ),
        (
            "a log of messages",
            r#"> {"@timestamp":"2024","method":"mining.subscribe","params":["cgminer/4"],"id":1}
            > {"timestamp":"2024","method":"mining.authorize","params":["a.b","x"],"id":2}"#,
        ),
        (
            "a login with other algorithms",
            r#"> {"id":1,"method":"login","params":{"login":"alice","pass":"x","agent":"app/1","algo":["HS256"]}}
            < {"id":1,"result":{"token":"HASH"}}
            > {"id":2,"method":"getjobtemplates","params":null}"#,
        ),
    ]);
}

pub(super) fn http(method: &str, target: &str, agent: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {target} HTTP/1.1\r\nHost: node.example:8332\r\nUser-Agent: {agent}\r\nAuthorization: Basic dXNlcjpwYXNz\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

pub(super) fn answer(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn silent_over_http(dialogues: &[(&str, &str, &str)]) {
    for (name, body, reply) in dialogues {
        let lines = [
            Line { from: End::Opener, at_s: 0, bytes: http("POST", "/", "wallet/1.0", body) },
            Line { from: End::Answerer, at_s: 0, bytes: answer(reply) },
        ];
        silent(name, &lines);
    }
}

#[test]
fn questions_to_nodes_over_http_are_not_mining() {
    let hash = "0f".repeat(32);
    let template = format!(
        r#"{{"id":1,"result":{{"version":536870912,"previousblockhash":"{hash}","transactions":[],"coinbasevalue":5,"target":"{hash}","bits":"17053894"}}}}"#
    );
    let work = format!(r#"{{"id":1,"result":["0x{hash}","0x{hash}","0x{hash}"]}}"#);
    silent_over_http(&[
        (
            "balance",
            r#"{"id":1,"method":"getbalance","params":[]}"#,
            r#"{"id":1,"result":1.5,"error":null}"#,
        ),
        (
            "count",
            r#"{"id":1,"method":"getblockcount"}"#,
            r#"{"id":1,"result":800000,"error":null}"#,
        ),
        (
            "one template",
            r#"{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}"#,
            template.as_str(),
        ),
        (
            "one getwork",
            r#"{"id":1,"method":"getwork","params":[]}"#,
            r#"{"id":1,"result":null,"error":{"code":-32601,"message":"Method not found"}}"#,
        ),
        (
            "wallet",
            r#"[{"id":1,"method":"eth_call","params":[{"to":"0x00"},"latest"]},{"id":2,"method":"eth_gasPrice"}]"#,
            r#"[{"id":1,"result":"0x"},{"id":2,"result":"0x1"}]"#,
        ),
        (
            "one eth_getWork",
            r#"{"id":1,"method":"eth_getWork"}"#,
            r#"{"id":1,"error":{"code":-32000,"message":"mining not ready"}}"#,
        ),
        ("one eth_getWork with its answer", r#"{"id":1,"method":"eth_getWork"}"#, work.as_str()),
        (
            "monero wallet",
            r#"{"jsonrpc":"2.0","id":"0","method":"get_info"}"#,
            r#"{"id":"0","jsonrpc":"2.0","result":{"difficulty":300000000000,"height":3000000,"status":"OK"}}"#,
        ),
    ]);
}

#[test]
fn texts_about_mining_over_http_are_not_mining() {
    silent_over_http(&[
        (
            "web search",
            r#"{"query":"mining.subscribe stratum+tcp"}"#,
            r#"{"hits":[{"text":"{\"method\":\"mining.notify\"}"}]}"#,
        ),
        (
            "an example served as it is",
            r#"{"query":1}"#,
            r#"[{"id":1,"method":"mining.subscribe","params":["cgminer/4"]},{"id":2,"method":"mining.authorize","params":["a.b","x"]}]"#,
        ),
        (
            "a filter over http",
            r#"{"id":1,"method":"eth_getFilterChanges","params":["0x1"]}"#,
            r#"{"id":1,"result":["0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","0x00000f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"]}"#,
        ),
        ("docker", r#"{"Image":"xmrig","Cmd":["-o","pool:3333"]}"#, r#"{"Id":"0f0f"}"#),
        (
            "proposal",
            r#"{"id":1,"method":"getblocktemplate","params":[{"mode":"proposal","data":"00"}]}"#,
            r#"{"id":1,"result":null}"#,
        ),
    ]);
}

#[test]
fn other_protocols_are_given_up() {
    let page = "<html>{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}</html>";
    let length = page.len();
    let web = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{page}"
    );
    for (name, bytes) in [
        ("ssh", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        (
            "smtp",
            b"220 mail.example ESMTP\r\n{\"method\":\"mining.subscribe\",\"params\":[]}\r\n"
                .to_vec(),
        ),
        (
            "language server",
            b"Content-Length: 46\r\n\r\n{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}"
                .to_vec(),
        ),
        ("web page", web.into_bytes()),
        ("smb", b"\0\0\0\x54\xffSMBr\0\0\0\0".to_vec()),
        ("tls", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
    ] {
        let lines = [Line { from: End::Opener, at_s: 0, bytes }];
        assert_eq!(hear(&lines, true, usize::MAX), None, "{name}");
        assert_eq!(hear(&lines, true, 1), None, "{name}");
    }
}
