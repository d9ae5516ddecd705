//! Conflux's stratum (Conflux-Chain/conflux-documentation
//! `docs/general/build/node-development/stratum.md`): the account is said on subscribing, jobs
//! carry their boundary. A node writes booleans as strings and jobs of three fields; pools add the
//! height and write booleans plainly. The seed decides which one it is.

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

pub(super) struct Conflux {
    seat: Seat,
    boundary: String,
    pool: bool,
}

impl Conflux {
    pub(super) fn new(mut seat: Seat) -> Self {
        let pool = seat.rng.chance(0.5);
        Self { seat, boundary: String::new(), pool }
    }

    fn notify(&mut self, clean: bool) -> String {
        let name = self.seat.rng.hex(32);
        let job = self.seat.turn_to(name, clean);
        let (id, boundary, height) = (self.seat.id(), &self.boundary, self.seat.height);
        let height = if self.pool { format!(r#""{height}","#) } else { String::new() };
        format!(
            r#"{{"jsonrpc":"2.0","method":"mining.notify","params":["0x{job}",{height}"0x{job}","0x{boundary}"],"id":{id}}}"#
        )
    }
}

impl Speaker for Conflux {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.boundary = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (id, (account, _, _)) = (self.seat.id(), self.seat.login(0));
        let yes = if self.pool { "true" } else { r#""true""# };
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"jsonrpc":"2.0","method":"mining.subscribe","params":["{account}",""],"id":{id}}}"#
            )),
            self.seat.down(&format!(r#"{{"jsonrpc":"2.0","result":{yes},"id":{id}}}"#)),
        ];
        let notify = self.notify(true);
        said.push(self.seat.down(&notify));
        said
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let nonce = self.seat.rng.hex(32);
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"jsonrpc":"2.0","method":"mining.submit","params":["{account}","0x{job}","0x{nonce}","0x{job}"],"id":{id}}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let result = match (answer, self.pool) {
            (Answer::Accepted, true) => "[true]",
            (Answer::Accepted, false) => r#"["true"]"#,
            (Answer::Stale, true) => r#"[false,"job not found"]"#,
            (Answer::TooEasy, true) => r#"[false,"low difficulty"]"#,
            (Answer::Stale, false) => r#"["false","job not found"]"#,
            (Answer::TooEasy, false) => r#"["false","low difficulty"]"#,
        };
        self.seat.line(&format!(r#"{{"jsonrpc":"2.0","result":{result},"id":{id}}}"#))
    }
}
