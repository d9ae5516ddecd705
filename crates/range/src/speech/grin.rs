//! Grin's stratum (mimblewimble/grin `doc/stratum.md`): numbers as strings for ids, templates that
//! are asked for once and pushed afterwards, and cycles of 42 edges.
//!
//! A job's difficulty is the mean number of *solutions* per share, unscaled
//! (mimblewimble/grin servers/src/mining/stratumserver.rs, `to_unscaled_difficulty`); on average
//! one graph in 42 has a solution (Tromp, "Cuckoo Cycle"), and rates are counted in graphs.

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;

/// Graphs tried for one solution.
const GRAPHS_PER_SOLUTION: f64 = 42.0;

pub(super) struct Grin {
    seat: Seat,
    difficulty: u64,
    numeric: u64,
}

impl Grin {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, difficulty: 1, numeric: 0 }
    }

    fn template(&mut self, clean: bool) -> String {
        self.numeric += 1;
        let job = self.seat.turn_to(self.numeric.to_string(), clean);
        let (difficulty, height, header) =
            (self.difficulty, self.seat.height, self.seat.rng.hex(230));
        format!(
            r#"{{"difficulty":{difficulty},"height":{height},"job_id":{job},"pre_pow":"{header}"}}"#
        )
    }
}

impl Speaker for Grin {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "difficulties are small positive numbers"
    )]
    fn settle(&mut self, work: f64) -> f64 {
        self.difficulty = (work / GRAPHS_PER_SOLUTION).round().max(1.0) as u64;
        self.difficulty as f64 * GRAPHS_PER_SOLUTION
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let ((account, _, _), agent) = (self.seat.login(0), self.seat.agent.clone());
        let password = self.seat.password.clone();
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"id":"0","jsonrpc":"2.0","method":"login","params":{{"login":"{account}","pass":"{password}","agent":"{agent}"}}}}"#
            )),
            self.seat.down(
                r#"{"id":"0","jsonrpc":"2.0","method":"login","result":"ok","error":null}"#,
            ),
            self.seat.up(r#"{"id":"1","jsonrpc":"2.0","method":"getjobtemplate","params":null}"#),
        ];
        let template = self.template(true);
        said.push(self.seat.down(&format!(
            r#"{{"id":"1","jsonrpc":"2.0","method":"getjobtemplate","result":{template},"error":null}}"#
        )));
        said
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let template = self.template(clean);
        self.seat.line(&format!(
            r#"{{"id":"Stratum","jsonrpc":"2.0","method":"job","params":{template}}}"#
        ))
    }

    fn share(&mut self, _unix: u64, _worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = 10 + self.seat.id();
        let mut cycle: Vec<u64> = (0..42).map(|_| self.seat.rng.below(1 << 32)).collect();
        cycle.sort_unstable();
        let cycle: Vec<String> = cycle.iter().map(ToString::to_string).collect();
        let (nonce, height, cycle) = (self.seat.rng.next_u64(), self.seat.height, cycle.join(","));
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"id":"{id}","jsonrpc":"2.0","method":"submit","params":{{"edge_bits":32,"height":{height},"job_id":{job},"nonce":{nonce},"pow":[{cycle}]}}}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let rest = match answer {
            Answer::Accepted => r#""result":"ok","error":null"#,
            Answer::Stale => r#""error":{"code":-32503,"message":"Solution submitted too late"}"#,
            Answer::TooEasy => {
                r#""error":{"code":-32501,"message":"Share rejected due to low difficulty"}"#
            }
        };
        self.seat.line(&format!(r#"{{"id":"{id}","jsonrpc":"2.0","method":"submit",{rest}}}"#))
    }

    fn keepalive(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let id = 10 + self.seat.id();
        Some((
            self.seat.line(&format!(
                r#"{{"id":"{id}","jsonrpc":"2.0","method":"keepalive","params":null}}"#
            )),
            self.seat.line(&format!(
                r#"{{"id":"{id}","jsonrpc":"2.0","method":"keepalive","result":"ok","error":null}}"#
            )),
        ))
    }
}
