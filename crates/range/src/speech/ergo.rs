//! Stratum for Ergo (Autolykos v2): the notify carries the height, the message and the target `b`
//! as a decimal number (mhssamadani/ErgoStratumServer).

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::target;

pub(super) struct Ergo {
    seat: Seat,
    target: String,
    numeric: u64,
    prefix: String,
}

impl Ergo {
    pub(super) fn new(mut seat: Seat) -> Self {
        let (numeric, prefix) = (seat.rng.below(0xffff), seat.rng.hex(2));
        Self { seat, target: String::new(), numeric, prefix }
    }

    fn notify(&mut self, clean: bool) -> String {
        self.numeric += 1;
        let job = self.seat.turn_to(self.numeric.to_string(), clean);
        let (message, height, target) =
            (self.seat.rng.hex(32), self.seat.height, self.target.clone());
        format!(
            r#"{{"id":null,"method":"mining.notify","params":["{job}",{height},"{message}","","","00000003","{target}","",{clean}]}}"#
        )
    }
}

impl Speaker for Ergo {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = target::decimal(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (id, agent, prefix) = (self.seat.id(), self.seat.agent.clone(), self.prefix.clone());
        let session = self.seat.rng.hex(8);
        let mut said = vec![
            self.seat
                .up(&format!(r#"{{"id":{id},"method":"mining.subscribe","params":["{agent}"]}}"#)),
            self.seat.down(&format!(
                r#"{{"id":{id},"result":[[["mining.set_difficulty","{session}"],["mining.notify","{session}"]],"{prefix}",6],"error":null}}"#
            )),
        ];
        self.seat.authorize_all(&mut said);
        let notify = self.notify(true);
        said.push(self.seat.down(&notify));
        said
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let second = self.seat.rng.hex(6);
        let (job, prefix) = (self.seat.job_for(stale), &self.prefix);
        let line = format!(
            r#"{{"id":{id},"method":"mining.submit","params":["{account}","{job}","{second}","{unix:x}","{prefix}{second}"]}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.verdict(id, answer)
    }
}
