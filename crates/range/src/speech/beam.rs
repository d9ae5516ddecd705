//! Beam's stratum (`BeamMW/beam` wiki, "Beam mining protocol API (Stratum)"): the api key logs in,
//! shares are called solutions and answered by a message that names the job.

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::target;

pub(super) struct Beam {
    seat: Seat,
    difficulty: u32,
    numeric: u64,
    prefix: String,
}

impl Beam {
    pub(super) fn new(mut seat: Seat) -> Self {
        let (numeric, prefix) = (seat.rng.below(0xffff), seat.rng.hex(3));
        Self { seat, difficulty: 0, numeric, prefix }
    }

    fn message(&mut self, clean: bool) -> String {
        self.numeric += 1;
        let job = self.seat.turn_to(self.numeric.to_string(), clean);
        let (difficulty, height, input) =
            (self.difficulty, self.seat.height, self.seat.rng.hex(32));
        format!(
            r#"{{"difficulty":{difficulty},"height":{height},"id":"{job}","input":"{input}","jsonrpc":"2.0","method":"job"}}"#
        )
    }
}

impl Speaker for Beam {
    fn settle(&mut self, work: f64) -> f64 {
        let (packed, settled) = target::beam(work);
        self.difficulty = packed;
        settled
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let ((account, _, _), prefix) = (self.seat.login(0), self.prefix.clone());
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"method":"login","api_key":"{account}","id":"login","jsonrpc":"2.0"}}"#
            )),
            self.seat.down(&format!(
                r#"{{"code":0,"description":"Login successful","id":"login","jsonrpc":"2.0","method":"result","nonceprefix":"{prefix}"}}"#
            )),
        ];
        let job = self.message(true);
        said.push(self.seat.down(&job));
        said
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let job = self.message(clean);
        self.seat.line(&job)
    }

    fn share(&mut self, _unix: u64, _worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let (nonce, output) = (self.seat.rng.hex(5), self.seat.rng.hex(104));
        let (job, prefix) = (self.seat.job_for(stale), &self.prefix);
        let line = format!(
            r#"{{"method":"solution","id":"{job}","nonce":"{prefix}{nonce}","output":"{output}","jsonrpc":"2.0"}}"#
        );
        (job.parse().unwrap_or(0), self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let (code, description) = match answer {
            Answer::Accepted => (1, "accepted"),
            Answer::Stale => (3, "expired"),
            Answer::TooEasy => (2, "rejected"),
        };
        self.seat.line(&format!(
            r#"{{"code":{code},"description":"{description}","id":"{id}","jsonrpc":"2.0","method":"result"}}"#
        ))
    }
}
