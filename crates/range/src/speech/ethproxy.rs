//! ETHPROXY (Dwarfpool's): getWork lines over a plain connection, with work pushed under id 0
//! (ethereum-mining/ethminer libpoolprotocols/stratum/EthStratumClient.cpp; open-ethereum-pool
//! `docs/STRATUM.md`).

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

pub(super) struct EthProxy {
    seat: Seat,
    target: String,
    seed: String,
    /// Whether the pool adds the height to its work.
    tells_height: bool,
    /// Whether the program gives its shares a version of JSON-RPC and a worker.
    tells_worker: bool,
}

impl EthProxy {
    pub(super) fn new(mut seat: Seat) -> Self {
        let seed = seat.rng.hex(32);
        let (tells_height, tells_worker) = (seat.rng.chance(0.7), seat.rng.chance(0.8));
        Self { seat, target: String::new(), seed, tells_height, tells_worker }
    }

    /// The login, and the worker's name beside it: ethminer's standing one when the login already
    /// holds the worker.
    fn names(&self, worker: usize) -> (String, String) {
        let (account, worker, wallet) = self.seat.login(worker);
        let told = account != wallet || worker.is_empty();
        (account, if told { "eth1.0".to_owned() } else { worker })
    }

    fn work(&mut self, id: u64, clean: bool) -> String {
        let header = self.seat.rng.hex(32);
        let header = self.seat.turn_to(header, clean);
        let (seed, target) = (&self.seed, &self.target);
        let height = if self.tells_height {
            format!(r#","0x{:x}""#, self.seat.height)
        } else {
            String::new()
        };
        format!(
            r#"{{"id":{id},"jsonrpc":"2.0","result":["0x{header}","0x{seed}","0x{target}"{height}]}}"#
        )
    }
}

impl Speaker for EthProxy {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (login, name) = self.names(0);
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"worker":"{name}","jsonrpc":"2.0","params":["{login}","x"],"id":1,"method":"eth_submitLogin"}}"#
            )),
            self.seat.down(r#"{"id":1,"jsonrpc":"2.0","result":true}"#),
            self.seat.up(&format!(
                r#"{{"worker":"{name}","jsonrpc":"2.0","params":[],"id":5,"method":"eth_getWork"}}"#
            )),
        ];
        let work = self.work(5, true);
        said.push(self.seat.down(&work));
        said
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let work = self.work(0, clean);
        self.seat.line(&work)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = 40 + self.seat.id();
        let (_, worker) = self.names(worker);
        let (nonce, mix) = (self.seat.rng.hex(8), self.seat.rng.hex(32));
        let header = self.seat.job_for(stale);
        let (version, worker) = if self.tells_worker {
            (r#""jsonrpc":"2.0","#, format!(r#","worker":"{worker}""#))
        } else {
            ("", String::new())
        };
        let line = format!(
            r#"{{"id":{id},{version}"method":"eth_submitWork","params":["0x{nonce}","0x{header}","0x{mix}"]{worker}}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.line(&match answer {
            Answer::Accepted => format!(r#"{{"id":{id},"jsonrpc":"2.0","result":true}}"#),
            Answer::Stale => format!(
                r#"{{"id":{id},"jsonrpc":"2.0","result":false,"error":{{"code":21,"message":"Stale share"}}}}"#
            ),
            Answer::TooEasy => format!(
                r#"{{"id":{id},"jsonrpc":"2.0","result":false,"error":{{"code":23,"message":"Invalid share"}}}}"#
            ),
        })
    }

    fn report(&mut self, rate: f64) -> Option<(Vec<u8>, Vec<u8>)> {
        let client = self.seat.rng.hex(32);
        let (_, worker) = self.names(0);
        let rate = whole(rate);
        Some((
            self.seat.line(&format!(
                r#"{{"id":6,"jsonrpc":"2.0","worker":"{worker}","method":"eth_submitHashrate","params":["0x{rate:064x}","0x{client}"]}}"#
            )),
            self.seat.line(r#"{"id":6,"jsonrpc":"2.0","result":true}"#),
        ))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates are positive and far below 2^63"
)]
pub(super) fn whole(rate: f64) -> u64 {
    rate.max(0.0) as u64
}
