//! What miners and pools say: one speaker per dialect, playing both ends.
//!
//! Nothing is hashed to find a share. Nonces, mix digests and results are random numbers, and the
//! pool's side accepts or refuses them as the simulation tells it to: there is no proof of work
//! in anything written here, and no real pool would take it.

mod alephium;
mod beam;
mod bitcoin;
mod coinhive;
mod conflux;
mod cryptonote;
mod equihash;
mod ergo;
mod ethereum;
mod ethproxy;
mod grin;
mod http;
mod kaspa;
mod kawpow;
mod stratum2;

use crate::coin::Coin;
use crate::dialogue::Side;
use crate::rng::Rng;
use crate::scenario::{Dialect, Gzip, JsonStyle};
use crate::truth::LoginTruth;

/// How the pool takes a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    TooEasy,
    Stale,
}

/// Both ends of one dialect on one connection.
pub(crate) trait Speaker {
    /// Takes the wished work per share and settles for the nearest that the dialect can write.
    fn settle(&mut self, work: f64) -> f64;

    /// From the first message to the first job, which is the last message. Empty for dialects
    /// that fetch their work.
    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)>;

    /// The message that carries a newly settled difficulty, when it is not the job itself.
    fn retarget(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// A job; `clean` says that older ones are void.
    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8>;

    /// A share by one of the workers, and the number by which its answer refers to it.
    fn share(&mut self, unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>);

    /// The pool's answer to a share.
    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8>;

    /// A sign of life and its answer, for dialects that have one.
    fn keepalive(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        None
    }

    /// The request that fetches a job, for dialects that fetch.
    fn fetch(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// What the miner says its rate is, for dialects that say it, and the pool's answer.
    fn report(&mut self, _rate: f64) -> Option<(Vec<u8>, Vec<u8>)> {
        None
    }
}

/// What every speaker knows about its session.
pub(crate) struct Seat {
    pub(crate) rng: Rng,
    pub(crate) coin: Coin,
    pub(crate) logins: Vec<LoginTruth>,
    pub(crate) agent: String,
    pub(crate) password: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) style: JsonStyle,
    pub(crate) gzip: Gzip,
    pub(crate) rate: f64,
    /// Requests claim nothing that only mining programs do.
    pub(crate) bare: bool,
    pub(crate) height: u64,
    next_id: u64,
    job: String,
    old_job: String,
}

impl Seat {
    pub(crate) fn new(mut rng: Rng, coin: Coin, logins: Vec<LoginTruth>) -> Self {
        let height = 700_000 + rng.below(2_000_000);
        Self {
            rng,
            coin,
            logins,
            agent: String::new(),
            password: "x".to_owned(),
            host: String::new(),
            port: 0,
            style: JsonStyle::Compact,
            gzip: Gzip::Off,
            rate: 0.0,
            bare: false,
            height,
            next_id: 0,
            job: String::new(),
            old_job: String::new(),
        }
    }

    /// The next request number, from 1.
    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Makes `job` the current one.
    fn turn_to(&mut self, job: String, clean: bool) -> String {
        if clean {
            self.height += 1;
        }
        self.old_job = std::mem::replace(&mut self.job, job.clone());
        job
    }

    /// The job a share is for.
    fn job_for(&self, stale: bool) -> &str {
        if stale && !self.old_job.is_empty() { &self.old_job } else { &self.job }
    }

    fn login(&self, worker: usize) -> (String, String, String) {
        let login = self.logins.get(worker).or_else(|| self.logins.first());
        let account = login.map_or_else(String::new, |login| login.account.clone());
        let worker = login.and_then(|login| login.worker.clone()).unwrap_or_default();
        let wallet = login.and_then(|login| login.wallet.clone()).unwrap_or_default();
        (account, worker, wallet)
    }

    /// One message as a line, in the style of this program.
    fn line(&self, text: &str) -> Vec<u8> {
        let text = match self.style {
            JsonStyle::Compact => text.to_owned(),
            JsonStyle::Spaced => spaced(text),
            // the tree keeps its keys in order of the alphabet
            JsonStyle::Sorted => serde_json::from_str::<serde_json::Value>(text)
                .map_or_else(|_| text.to_owned(), |tree| tree.to_string()),
        };
        let mut bytes = text.into_bytes();
        bytes.push(b'\n');
        bytes
    }

    fn up(&self, text: &str) -> (Side, Vec<u8>) {
        (Side::Client, self.line(text))
    }

    fn down(&self, text: &str) -> (Side, Vec<u8>) {
        (Side::Server, self.line(text))
    }

    /// The Bitcoin-style answer to a request: result, or error with its usual number.
    fn verdict(&self, id: u64, answer: Answer) -> Vec<u8> {
        self.line(&match answer {
            Answer::Accepted => format!(r#"{{"id":{id},"result":true,"error":null}}"#),
            Answer::Stale => {
                format!(r#"{{"id":{id},"result":null,"error":[21,"Job not found",null]}}"#)
            }
            Answer::TooEasy => {
                format!(r#"{{"id":{id},"result":null,"error":[23,"Low difficulty share",null]}}"#)
            }
        })
    }

    /// `mining.authorize` for every login, each answered.
    fn authorize_all(&mut self, said: &mut Vec<(Side, Vec<u8>)>) {
        for worker in 0..self.logins.len() {
            let (account, _, _) = self.login(worker);
            let (id, password) = (self.id(), self.password.clone());
            said.push(self.up(&format!(
                r#"{{"id":{id},"method":"mining.authorize","params":["{account}","{password}"]}}"#
            )));
            said.push(self.down(&format!(r#"{{"id":{id},"result":true,"error":null}}"#)));
        }
    }
}

/// Adds a space after each colon and comma outside of strings, as many programs write JSON.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        out.push(letter);
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ':' | ',' if !quoted => out.push(' '),
            _ => {}
        }
    }
    out
}

/// The speaker of a dialect.
pub(crate) fn speaker(dialect: Dialect, seat: Seat) -> Box<dyn Speaker + Send> {
    match dialect {
        Dialect::StratumV1 => Box::new(bitcoin::Bitcoin::new(seat)),
        Dialect::CryptoNote => Box::new(cryptonote::CryptoNote::new(seat)),
        Dialect::EthProxy => Box::new(ethproxy::EthProxy::new(seat)),
        Dialect::EthereumStratum1 => Box::new(ethereum::Version1::new(seat)),
        Dialect::EthereumStratum2 => Box::new(ethereum::Version2::new(seat)),
        Dialect::EthGetWork => Box::new(http::EthGetWork::new(seat)),
        Dialect::GetWork => Box::new(http::GetWork::new(seat)),
        Dialect::GetBlockTemplate => Box::new(http::GetBlockTemplate::new(seat)),
        Dialect::Equihash => Box::new(equihash::Equihash::new(seat)),
        Dialect::KawPow => Box::new(kawpow::KawPow::new(seat)),
        Dialect::Kaspa => Box::new(kaspa::Kaspa::new(seat)),
        Dialect::Alephium => Box::new(alephium::Alephium::new(seat)),
        Dialect::Ergo => Box::new(ergo::Ergo::new(seat)),
        Dialect::Grin => Box::new(grin::Grin::new(seat)),
        Dialect::Beam => Box::new(beam::Beam::new(seat)),
        Dialect::Conflux => Box::new(conflux::Conflux::new(seat)),
        Dialect::StratumV2 => Box::new(stratum2::Stratum2::new(seat)),
        Dialect::Coinhive => Box::new(coinhive::Coinhive::new(seat)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_go_between_tokens_and_never_into_strings() {
        assert_eq!(spaced(r#"{"a:b,":[1,"c\",d"]}"#), r#"{"a:b,": [1, "c\",d"]}"#);
    }
}
