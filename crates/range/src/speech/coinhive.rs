//! The browser miners' dialect (Coinhive and those who cloned its server): typed messages over a
//! WebSocket, `CryptoNote` jobs inside.

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

pub(super) struct Coinhive {
    seat: Seat,
    target: String,
    work: f64,
    credited: f64,
}

impl Coinhive {
    pub(super) fn new(seat: Seat) -> Self {
        Self { seat, target: String::new(), work: 0.0, credited: 0.0 }
    }

    fn message(&mut self, unix: u64, clean: bool) -> String {
        let name = self.seat.rng.below(1 << 50).to_string();
        let job = self.seat.turn_to(name, clean);
        let rng = &mut self.seat.rng;
        let (previous, root) = (rng.hex(32), rng.hex(32));
        let blob = format!("0707{unix:010x}{previous}00000000{root}{:02x}", rng.below(100));
        let target = &self.target;
        format!(
            r#"{{"type":"job","params":{{"job_id":"{job}","blob":"{blob}","target":"{target}"}}}}"#
        )
    }
}

impl Speaker for Coinhive {
    fn settle(&mut self, work: f64) -> f64 {
        let (target, settled) = target::target32(work);
        self.target = hex(&target.to_le_bytes());
        self.work = settled;
        settled
    }

    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (account, _, _) = self.seat.login(0);
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"type":"auth","params":{{"version":7,"site_key":"{account}","type":"anonymous","user":null,"goal":0}}}}"#
            )),
            self.seat.down(r#"{"type":"authed","params":{"token":"","hashes":0}}"#),
        ];
        let job = self.message(unix, true);
        said.push(self.seat.down(&job));
        said
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        let job = self.message(unix, clean);
        self.seat.line(&job)
    }

    fn share(&mut self, _unix: u64, _worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let (nonce, result) = (self.seat.rng.hex(4), self.seat.rng.hex(32));
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"type":"submit","params":{{"version":7,"job_id":"{job}","nonce":"{nonce}","result":"{result}"}}}}"#
        );
        (0, self.seat.line(&line))
    }

    fn answer(&mut self, _id: u64, answer: Answer) -> Vec<u8> {
        let text = match answer {
            Answer::Accepted => {
                self.credited += self.work;
                format!(r#"{{"type":"hash_accepted","params":{{"hashes":{:.0}}}}}"#, self.credited)
            }
            Answer::Stale => r#"{"type":"error","params":{"error":"stale_share"}}"#.to_owned(),
            Answer::TooEasy => r#"{"type":"error","params":{"error":"invalid_share"}}"#.to_owned(),
        };
        self.seat.line(&text)
    }
}
