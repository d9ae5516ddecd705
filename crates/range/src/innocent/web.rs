//! Web pages over plain HTTP: articles that quote pool addresses, a pool's own site, a download.

use super::Stage;
use crate::dialogue::Dialogue;
use crate::rng::Rng;

fn get(host: &str, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: text/html,*/*;q=0.8\r\nConnection: keep-alive\r\n\r\n"
    )
}

fn page(kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn pool_article(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 40], 80);
    let start = flow.ready_ns();
    for at in stage.times(rng, start, 30.0) {
        let wallet = crate::wallet::monero(rng, false);
        let body = format!(
            "<html><head><title>How a pool works</title></head><body><h1>Stratum by example</h1>\
             <p>Start <code>xmrig -o stratum+tcp://pool.example:3333 -u {wallet} -p x</code>.</p>\
             <pre>{{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{{\"login\":\"{wallet}\",\"pass\":\"x\"}}}}\n\
             {{\"id\":4,\"method\":\"mining.submit\",\"params\":[\"{wallet}\",\"1f\",\"00000000\",\"6756fa0a\",\"b2957c02\"]}}</pre>\
             <p>Ask your administrator before you mine on a machine that is not yours.</p></body></html>"
        );
        let path = format!("/articles/{}", rng.below(300));
        flow.ask(at, get("news.example", &path), page("text/html; charset=utf-8", &body));
    }
    vec![flow]
}

pub(super) fn pool_web_site(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [203, 0, 113, 80], 80);
    let start = flow.ready_ns();
    for at in stage.times(rng, start, 20.0) {
        let body = format!(
            r#"{{"pool":{{"hashrate":{},"miners":{},"totalBlocks":41022}},"config":{{"ports":[{{"port":3333,"difficulty":20000}}]}}}}"#,
            90_000_000 + rng.below(9_000_000),
            1_000 + rng.below(400)
        );
        flow.ask(at, get("pool.example", "/api/stats"), page("application/json", &body));
    }
    vec![flow]
}

pub(super) fn download(stage: &Stage, rng: &mut Rng) -> Vec<Dialogue> {
    let mut flow = stage.tcp(rng, [198, 51, 100, 41], 80);
    let at = flow.ready_ns();
    let body = rng.bytes(24_000);
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    flow.ask(at, get("updates.example", "/packages/editor.bin"), answer);
    vec![flow]
}
