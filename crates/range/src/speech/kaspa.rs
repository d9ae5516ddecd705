//! Stratum for Kaspa as kaspa-stratum-bridge speaks it (onemorebsmith/kaspa-stratum-bridge
//! `src/kaspastratum/client_handler.go`, `hasher.go`): jobs of four 64-bit words and a time, or
//! one long hex string for programs whose agent says `BzMiner`.

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::target;

pub(super) struct Kaspa {
    seat: Seat,
    difficulty: String,
    numeric: u64,
    prefix: String,
}

impl Kaspa {
    pub(super) fn new(mut seat: Seat) -> Self {
        let (numeric, prefix) = (seat.rng.below(0xffff), seat.rng.hex(2));
        Self { seat, difficulty: String::new(), numeric, prefix }
    }

    fn notify(&mut self, unix: u64, clean: bool) -> String {
        self.numeric += 1;
        let job = self.seat.turn_to(self.numeric.to_string(), clean);
        let id = self.numeric;
        let words: [u64; 4] = std::array::from_fn(|_| self.seat.rng.next_u64());
        let time = unix * 1000 + self.seat.rng.below(1000);
        if self.seat.agent.contains("BzMiner") {
            let hash = words.map(|word| format!("{word:016x}")).concat();
            return format!(
                r#"{{"id":{id},"jsonrpc":"2.0","method":"mining.notify","params":["{job}","{hash}{time:016x}"]}}"#
            );
        }
        let words = words.map(|word| word.to_string()).join(",");
        format!(
            r#"{{"id":{id},"jsonrpc":"2.0","method":"mining.notify","params":["{job}",[{words}],{time}]}}"#
        )
    }
}

impl Speaker for Kaspa {
    fn settle(&mut self, work: f64) -> f64 {
        let (text, settled) = target::difficulty(work, target::PER_DIFFICULTY);
        self.difficulty = text;
        settled
    }

    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)> {
        let (id, agent) = (self.seat.id(), &self.seat.agent);
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"id":{id},"jsonrpc":"2.0","method":"mining.subscribe","params":["{agent}","EthereumStratum/1.0.0"]}}"#
            )),
            self.seat.down(&format!(
                r#"{{"id":{id},"jsonrpc":"2.0","result":[true,"EthereumStratum/1.0.0"],"error":null}}"#
            )),
        ];
        self.seat.authorize_all(&mut said);
        let prefix = &self.prefix;
        said.push(self.seat.down(&format!(
            r#"{{"jsonrpc":"2.0","method":"mining.set_extranonce","params":["{prefix}"]}}"#
        )));
        if let Some(difficulty) = self.retarget() {
            said.push((Side::Server, difficulty));
        }
        let notify = self.notify(unix, true);
        said.push(self.seat.down(&notify));
        said
    }

    fn retarget(&mut self) -> Option<Vec<u8>> {
        let difficulty = &self.difficulty;
        Some(self.seat.line(&format!(
            r#"{{"jsonrpc":"2.0","method":"mining.set_difficulty","params":[{difficulty}]}}"#
        )))
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(unix, clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, _unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let nonce = self.seat.rng.hex(6);
        let (job, prefix) = (self.seat.job_for(stale), &self.prefix);
        let line = format!(
            r#"{{"id":{id},"jsonrpc":"2.0","method":"mining.submit","params":["{account}","{job}","{prefix}{nonce}"]}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.verdict(id, answer)
    }
}
