//! Stratum for Equihash (ZIP 301): targets instead of difficulties, and solutions of 1,344 bytes
//! that make shares the largest messages of the session.

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

pub(super) struct Equihash {
    seat: Seat,
    target: String,
    numeric: u64,
    prefix: String,
}

impl Equihash {
    pub(super) fn new(mut seat: Seat) -> Self {
        let (numeric, prefix) = (seat.rng.below(0xffff), seat.rng.hex(4));
        Self { seat, target: String::new(), numeric, prefix }
    }

    fn notify(&mut self, unix: u64, clean: bool) -> String {
        self.numeric += 1;
        let job = self.seat.turn_to(format!("{:x}", self.numeric), clean);
        let rng = &mut self.seat.rng;
        let (previous, merkle, reserved) = (rng.hex(32), rng.hex(32), rng.hex(32));
        let time = hex(&u32::try_from(unix).unwrap_or(0).to_le_bytes());
        format!(
            r#"{{"id":null,"method":"mining.notify","params":["{job}","04000000","{previous}","{merkle}","{reserved}","{time}","2a7a1c1c",{clean}]}}"#
        )
    }
}

impl Speaker for Equihash {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)> {
        let id = self.seat.id();
        let (agent, host, port) = (&self.seat.agent, &self.seat.host, self.seat.port);
        let mut said = vec![self.seat.up(&format!(
            r#"{{"id":{id},"method":"mining.subscribe","params":["{agent}",null,"{host}","{port}"]}}"#
        ))];
        let prefix = &self.prefix;
        said.push(
            self.seat.down(&format!(r#"{{"id":{id},"result":[null,"{prefix}"],"error":null}}"#)),
        );
        self.seat.authorize_all(&mut said);
        if let Some(target) = self.retarget() {
            said.push((Side::Server, target));
        }
        let notify = self.notify(unix, true);
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

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(unix, clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let time = hex(&u32::try_from(unix).unwrap_or(0).to_le_bytes());
        let nonce = self.seat.rng.hex(28);
        // "fd4005" is the compact size of 1,344 in front of the solution
        let solution = self.seat.rng.hex(1_344);
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"id":{id},"method":"mining.submit","params":["{account}","{job}","{time}","{nonce}","fd4005{solution}"]}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.verdict(id, answer)
    }
}
