//! The dialects that fetch work by HTTP: `eth_getWork` (Ethereum wiki, "JSON RPC"), `getwork`
//! (Bitcoin wiki, "Getwork") and `getblocktemplate` (BIP-22, BIP-23, BIP-145).

use super::{Answer, Seat, Speaker};
use crate::carrier::base64;
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

fn request(seat: &Seat, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let (host, port, agent) = (&seat.host, seat.port, &seat.agent);
    let body = seat.line(body);
    let mut out = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend(body);
    out
}

fn response(seat: &Seat, headers: &str, body: &str) -> Vec<u8> {
    let body = seat.line(body);
    let mut out = format!(
        "HTTP/1.1 200 OK\r\nServer: pool\r\n{headers}Content-Type: application/json\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend(body);
    out
}

/// Ethereum's getWork, with the wallet in the path.
pub(super) struct EthGetWork {
    seat: Seat,
    target: String,
    seed: String,
}

impl EthGetWork {
    pub(super) fn new(mut seat: Seat) -> Self {
        let seed = seat.rng.hex(32);
        Self { seat, target: String::new(), seed }
    }

    fn post(&self, worker: usize, body: &str) -> Vec<u8> {
        let (account, worker, wallet) = self.seat.login(worker);
        let path = match (wallet.is_empty(), worker.is_empty()) {
            _ if self.seat.bare => "/".to_owned(),
            (true, _) => format!("/{account}"),
            (false, true) => format!("/{wallet}"),
            (false, false) => format!("/{wallet}/{worker}"),
        };
        request(&self.seat, &path, "", body)
    }
}

impl Speaker for EthGetWork {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        Vec::new()
    }

    fn fetch(&mut self) -> Option<Vec<u8>> {
        Some(self.post(0, r#"{"jsonrpc":"2.0","method":"eth_getWork","params":[],"id":1}"#))
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        // the same work is handed out again until a block or a refresh makes a new one
        if clean || self.seat.job.is_empty() {
            let header = self.seat.rng.hex(32);
            self.seat.turn_to(header, clean);
        }
        let (header, seed, target) = (&self.seat.job, &self.seed, &self.target);
        let body = format!(
            r#"{{"id":1,"jsonrpc":"2.0","result":["0x{header}","0x{seed}","0x{target}"]}}"#
        );
        response(&self.seat, "", &body)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = 1 + self.seat.id();
        let (nonce, mix) = (self.seat.rng.hex(8), self.seat.rng.hex(32));
        let header = self.seat.job_for(stale);
        let body = format!(
            r#"{{"jsonrpc":"2.0","method":"eth_submitWork","params":["0x{nonce}","0x{header}","0x{mix}"],"id":{id}}}"#
        );
        (id, self.post(worker, &body))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let good = answer == Answer::Accepted;
        response(&self.seat, "", &format!(r#"{{"id":{id},"jsonrpc":"2.0","result":{good}}}"#))
    }

    fn report(&mut self, rate: f64) -> Option<(Vec<u8>, Vec<u8>)> {
        let (rate, client) = (super::ethproxy::whole(rate), self.seat.rng.hex(32));
        let body = format!(
            r#"{{"jsonrpc":"2.0","method":"eth_submitHashrate","params":["0x{rate:064x}","0x{client}"],"id":73}}"#
        );
        Some((
            self.post(0, &body),
            response(&self.seat, "", r#"{"id":73,"jsonrpc":"2.0","result":true}"#),
        ))
    }
}

/// Bitcoin's getwork.
pub(super) struct GetWork {
    seat: Seat,
    target: String,
}

impl GetWork {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, target: String::new() }
    }

    fn post(&self, worker: usize, body: &str) -> Vec<u8> {
        let claims = if self.seat.bare {
            ""
        } else {
            "X-Mining-Extensions: longpoll midstate rollntime submitold\r\n"
        };
        let headers = format!("Authorization: {}\r\n{claims}", basic(&self.seat, worker));
        request(&self.seat, "/", &headers, body)
    }
}

fn basic(seat: &Seat, worker: usize) -> String {
    let (account, _, _) = seat.login(worker);
    format!("Basic {}", base64(format!("{account}:{}", seat.password).as_bytes()))
}

/// Eighty bytes of header and the padding of the second SHA-256 block, each word swapped.
fn padded(header: &str) -> String {
    format!("{header}00000080{:0<80}80020000", "")
}

impl Speaker for GetWork {
    fn settle(&mut self, work: f64) -> f64 {
        let mut target = target::target256(work);
        let settled = target::work256(&target);
        // written with its least significant byte first
        target.reverse();
        self.target = hex(&target);
        settled
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        Vec::new()
    }

    fn fetch(&mut self) -> Option<Vec<u8>> {
        Some(self.post(0, r#"{"method":"getwork","params":[],"id":0}"#))
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        let (previous, root) = (self.seat.rng.hex(32), self.seat.rng.hex(32));
        let header = format!("00000002{previous}{root}{unix:08x}1702905c");
        self.seat.turn_to(header.clone(), clean);
        let data = padded(&format!("{header}00000000"));
        let (middle, target) = (self.seat.rng.hex(32), &self.target);
        let body = format!(
            r#"{{"result":{{"midstate":"{middle}","data":"{data}","hash1":"{:0<64}{:08x}{:0<48}{:08x}","target":"{target}"}},"error":null,"id":0}}"#,
            "", 0x80, "", 0x10000
        );
        let claims = if self.seat.bare { "" } else { "X-Long-Polling: /LP\r\nX-Roll-NTime: Y\r\n" };
        response(&self.seat, claims, &body)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let nonce = self.seat.rng.hex(4);
        let data = padded(&format!("{}{nonce}", self.seat.job_for(stale)));
        let body = format!(r#"{{"method":"getwork","params":["{data}"],"id":1}}"#);
        (1, self.post(worker, &body))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let (good, headers) = match answer {
            Answer::Accepted => (true, ""),
            Answer::Stale => (false, "X-Reject-Reason: stale-work\r\n"),
            Answer::TooEasy => (false, "X-Reject-Reason: high-hash\r\n"),
        };
        response(&self.seat, headers, &format!(r#"{{"result":{good},"error":null,"id":{id}}}"#))
    }
}

/// Solo mining against a node.
pub(super) struct GetBlockTemplate {
    seat: Seat,
    target: String,
    bits: u32,
    previous: String,
}

impl GetBlockTemplate {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, target: String::new(), bits: 0, previous: String::new() }
    }

    fn post(&self, body: &str) -> Vec<u8> {
        request(&self.seat, "/", &format!("Authorization: {}\r\n", basic(&self.seat, 0)), body)
    }
}

impl Speaker for GetBlockTemplate {
    fn settle(&mut self, work: f64) -> f64 {
        let (bits, target, settled) = target::compact(work);
        self.bits = bits;
        self.target = hex(&target);
        settled
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        Vec::new()
    }

    fn fetch(&mut self) -> Option<Vec<u8>> {
        let claims = if self.seat.bare {
            ""
        } else {
            r#""capabilities":["coinbasetxn","workid","coinbase/append"],"#
        };
        Some(self.post(&format!(
            r#"{{"id":0,"method":"getblocktemplate","params":[{{{claims}"rules":["segwit"]}}]}}"#
        )))
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        if clean || self.previous.is_empty() {
            self.previous = format!("00000000{}", self.seat.rng.hex(28));
        }
        self.seat.turn_to(self.previous.clone(), clean);
        let rng = &mut self.seat.rng;
        let transactions: Vec<String> = (0..rng.below(4))
            .map(|_| {
                let length = 150 + rng.index(150);
                let (raw, id) = (rng.hex(length), rng.hex(32));
                format!(
                    r#"{{"data":"02000000{raw}","txid":"{id}","hash":"{id}","depends":[],"fee":{},"sigops":4,"weight":{}}}"#,
                    1_000 + rng.below(9_000),
                    4 * length
                )
            })
            .collect();
        let (previous, target, bits, height) =
            (&self.previous, &self.target, self.bits, self.seat.height);
        let body = format!(
            r#"{{"result":{{"capabilities":["proposal"],"version":536870912,"rules":["csv","!segwit","taproot"],"vbavailable":{{}},"vbrequired":0,"previousblockhash":"{previous}","transactions":[{}],"coinbaseaux":{{}},"coinbasevalue":312500000,"longpollid":"{previous}17","target":"{target}","mintime":{},"mutable":["time","transactions","prevblock"],"noncerange":"00000000ffffffff","sigoplimit":80000,"sizelimit":4000000,"weightlimit":4000000,"curtime":{unix},"bits":"{bits:08x}","height":{height}}},"error":null,"id":0}}"#,
            transactions.join(","),
            unix.saturating_sub(3_000)
        );
        response(&self.seat, "", &body)
    }

    fn share(&mut self, _unix: u64, _worker: usize, _stale: bool) -> (u64, Vec<u8>) {
        let block = self.seat.rng.hex(310);
        let body =
            format!(r#"{{"id":1,"method":"submitblock","params":["00000020{block}",{{}}]}}"#);
        (1, self.post(&body))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let result = match answer {
            Answer::Accepted => "null",
            Answer::Stale => r#""stale-prevblk""#,
            Answer::TooEasy => r#""high-hash""#,
        };
        response(&self.seat, "", &format!(r#"{{"result":{result},"error":null,"id":{id}}}"#))
    }
}
