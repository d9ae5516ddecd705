//! Stratum for `KawPoW` (RavenCommunity/kawpowminer libpoolprotocols/stratum; the pool side as
//! RavenCommunity/kawpow-stratum-pool writes it).

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

pub(super) struct KawPow {
    seat: Seat,
    target: String,
    seed: String,
    prefix: String,
    header: String,
}

impl KawPow {
    pub(super) fn new(mut seat: Seat) -> Self {
        let (seed, prefix) = (seat.rng.hex(32), seat.rng.hex(2));
        Self { seat, target: String::new(), seed, prefix, header: String::new() }
    }

    fn notify(&mut self, clean: bool) -> String {
        let name = self.seat.rng.hex(4);
        let job = self.seat.turn_to(name, clean);
        self.header = self.seat.rng.hex(32);
        let (header, seed, target, height) =
            (&self.header, &self.seed, &self.target, self.seat.height);
        format!(
            r#"{{"id":null,"method":"mining.notify","params":["{job}","{header}","{seed}","{target}",{clean},{height},"1b00c3d5"]}}"#
        )
    }
}

impl Speaker for KawPow {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (id, agent, prefix) = (self.seat.id(), &self.seat.agent, &self.prefix);
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"id":{id},"method":"mining.subscribe","params":["{agent}","EthereumStratum/1.0.0"]}}"#
            )),
            self.seat.down(&format!(r#"{{"id":{id},"result":[null,"{prefix}"],"error":null}}"#)),
        ];
        self.seat.authorize_all(&mut said);
        if let Some(target) = self.retarget() {
            said.push((Side::Server, target));
        }
        let notify = self.notify(true);
        said.push(self.seat.down(&notify));
        said
    }

    fn retarget(&mut self) -> Option<Vec<u8>> {
        let target = &self.target;
        Some(
            self.seat.line(&format!(
                r#"{{"id":null,"method":"mining.set_target","params":["{target}"]}}"#
            )),
        )
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let (nonce, mix) = (self.seat.rng.hex(6), self.seat.rng.hex(32));
        let (job, header, prefix) = (self.seat.job_for(stale), &self.header, &self.prefix);
        let line = format!(
            r#"{{"id":{id},"method":"mining.submit","params":["{account}","{job}","0x{prefix}{nonce}","0x{header}","0x{mix}"]}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.verdict(id, answer)
    }
}
