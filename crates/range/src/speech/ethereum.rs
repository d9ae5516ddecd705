//! `EthereumStratum/1.0.0` (`NiceHash`, `EthereumStratum_NiceHash_v1.0.0.txt`) and
//! `EthereumStratum/2.0.0` (EIP-1571).

use super::ethproxy::whole;
use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

/// NiceHash's.
pub(super) struct Version1 {
    seat: Seat,
    difficulty: String,
    seed: String,
    prefix: String,
}

impl Version1 {
    pub(super) fn new(mut seat: Seat) -> Self {
        let (seed, prefix) = (seat.rng.hex(32), seat.rng.hex(2));
        Self { seat, difficulty: String::new(), seed, prefix }
    }

    fn notify(&mut self, clean: bool) -> String {
        let name = self.seat.rng.hex(4);
        let job = self.seat.turn_to(name, clean);
        let (header, seed) = (self.seat.rng.hex(32), &self.seed);
        format!(
            r#"{{"id":null,"method":"mining.notify","params":["{job}","{seed}","{header}",{clean}]}}"#
        )
    }
}

impl Speaker for Version1 {
    fn settle(&mut self, work: f64) -> f64 {
        let (text, settled) = target::difficulty(work, target::PER_DIFFICULTY);
        self.difficulty = text;
        settled
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (id, agent) = (self.seat.id(), self.seat.agent.clone());
        let (session, prefix) = (self.seat.rng.hex(16), self.prefix.clone());
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"id":{id},"method":"mining.subscribe","params":["{agent}","EthereumStratum/1.0.0"]}}"#
            )),
            self.seat.down(&format!(
                r#"{{"id":{id},"result":[["mining.notify","{session}","EthereumStratum/1.0.0"],"{prefix}"],"error":null}}"#
            )),
        ];
        let id = self.seat.id();
        said.push(
            self.seat.up(&format!(
                r#"{{"id":{id},"method":"mining.extranonce.subscribe","params":[]}}"#
            )),
        );
        said.push(self.seat.down(&format!(r#"{{"id":{id},"result":true,"error":null}}"#)));
        self.seat.authorize_all(&mut said);
        if let Some(difficulty) = self.retarget() {
            said.push((Side::Server, difficulty));
        }
        let notify = self.notify(true);
        said.push(self.seat.down(&notify));
        said
    }

    fn retarget(&mut self) -> Option<Vec<u8>> {
        let difficulty = &self.difficulty;
        Some(self.seat.line(&format!(
            r#"{{"id":null,"method":"mining.set_difficulty","params":[{difficulty}]}}"#
        )))
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let nonce = self.seat.rng.hex(6);
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"id":{id},"method":"mining.submit","params":["{account}","{job}","{nonce}"]}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.verdict(id, answer)
    }
}

/// EIP-1571's.
pub(super) struct Version2 {
    seat: Seat,
    target: String,
    tokens: Vec<String>,
    prefix: String,
}

impl Version2 {
    pub(super) fn new(mut seat: Seat) -> Self {
        let tokens = (0..seat.logins.len().max(1)).map(|_| seat.rng.hex(2)).collect();
        let prefix = seat.rng.hex(2);
        Self { seat, target: String::new(), tokens, prefix }
    }

    fn notify(&mut self, clean: bool) -> String {
        let name = self.seat.rng.hex(4);
        let job = self.seat.turn_to(name, clean);
        let (header, height) = (self.seat.rng.hex(32), self.seat.height);
        let clean = u8::from(clean);
        format!(
            r#"{{"method":"mining.notify","params":["{job}","{height:x}","{header}","{clean}"]}}"#
        )
    }
}

impl Speaker for Version2 {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (agent, host, port) = (&self.seat.agent, &self.seat.host, self.seat.port);
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"id":0,"method":"mining.hello","params":{{"agent":"{agent}","host":"{host}","port":"{port:x}","proto":"EthereumStratum/2.0.0"}}}}"#
            )),
            self.seat.down(
                r#"{"id":0,"result":{"proto":"EthereumStratum/2.0.0","encoding":"plain","resume":"0","timeout":"b4","maxerrors":"5","node":"Geth/v1.12.20/linux-amd64/go1.20"}}"#,
            ),
        ];
        let session = self.seat.rng.hex(5);
        let id = self.seat.id();
        said.push(self.seat.up(&format!(r#"{{"id":{id},"method":"mining.subscribe"}}"#)));
        said.push(self.seat.down(&format!(r#"{{"id":{id},"result":"s-{session}"}}"#)));
        for worker in 0..self.seat.logins.len() {
            let ((account, _, _), id) = (self.seat.login(worker), self.seat.id());
            let token = self.tokens.get(worker).cloned().unwrap_or_default();
            said.push(self.seat.up(&format!(
                r#"{{"id":{id},"method":"mining.authorize","params":["{account}","x"]}}"#
            )));
            said.push(self.seat.down(&format!(r#"{{"id":{id},"result":"w-{token}"}}"#)));
        }
        let (target, prefix, epoch) = (&self.target, &self.prefix, self.seat.height / 60_000);
        said.push(self.seat.down(&format!(
            r#"{{"method":"mining.set","params":{{"epoch":"{epoch:x}","target":"{target}","algo":"ethash","extranonce":"{prefix}"}}}}"#
        )));
        let notify = self.notify(true);
        said.push(self.seat.down(&notify));
        said
    }

    fn retarget(&mut self) -> Option<Vec<u8>> {
        let target = &self.target;
        Some(
            self.seat
                .line(&format!(r#"{{"method":"mining.set","params":{{"target":"{target}"}}}}"#)),
        )
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let nonce = self.seat.rng.hex(6);
        let token = self.tokens.get(worker).cloned().unwrap_or_default();
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"id":{id},"method":"mining.submit","params":["{job}","{nonce}","w-{token}"]}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.line(&match answer {
            Answer::Accepted => format!(r#"{{"id":{id}}}"#),
            Answer::Stale => {
                format!(r#"{{"id":{id},"error":{{"code":404,"message":"Job not found"}}}}"#)
            }
            Answer::TooEasy => {
                format!(r#"{{"id":{id},"error":{{"code":406,"message":"Bad nonce"}}}}"#)
            }
        })
    }

    fn keepalive(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let id = self.seat.id();
        Some((
            self.seat.line(&format!(r#"{{"id":{id},"method":"mining.noop"}}"#)),
            self.seat.line(&format!(r#"{{"id":{id}}}"#)),
        ))
    }

    fn report(&mut self, rate: f64) -> Option<(Vec<u8>, Vec<u8>)> {
        let (id, rate) = (self.seat.id(), whole(rate));
        let token = self.tokens.first().cloned().unwrap_or_default();
        Some((
            self.seat.line(&format!(
                r#"{{"id":{id},"method":"mining.hashrate","params":["{rate:x}","w-{token}"]}}"#
            )),
            self.seat.line(&format!(r#"{{"id":{id}}}"#)),
        ))
    }
}
