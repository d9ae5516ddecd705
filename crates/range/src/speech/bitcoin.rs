//! Stratum V1 as Bitcoin-like coins speak it (Braiins, "Stratum V1 docs"; BIP-310 for
//! `mining.configure`). The message order is cgminer's.

use super::{Answer, Seat, Speaker};
use crate::coin::Coin;
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

pub(super) struct Bitcoin {
    seat: Seat,
    difficulty: String,
    rolling: bool,
    numeric: u64,
    /// How many hashes lead from the coinbase to the root: the depth of the tree of transactions.
    branches: u64,
}

impl Bitcoin {
    pub(super) fn new(mut seat: Seat) -> Self {
        let numeric = seat.rng.below(0xffff_ffff);
        let rolling = matches!(seat.coin, Coin::Btc | Coin::Bch);
        Self { seat, difficulty: String::new(), rolling, numeric, branches: 0 }
    }

    fn notify(&mut self, unix: u64, clean: bool) -> String {
        self.numeric += 1;
        let job = self.seat.turn_to(format!("{:x}", self.numeric), clean);
        let rng = &mut self.seat.rng;
        let previous = rng.hex(32);
        let script = rng.hex(41);
        let outputs = rng.hex(62);
        // many pools send an empty block at once and the transactions later; full blocks of a few
        // thousand transactions have 11 to 13 branches, and their number changes now and then
        self.branches = match (clean, self.branches) {
            (true, _) if rng.chance(0.3) => 0,
            (true, _) | (false, 0) => 11 + rng.below(3),
            (false, now) if rng.chance(0.15) => (now - 1 + 2 * rng.below(2)).clamp(10, 13),
            (false, now) => now,
        };
        let branches: Vec<String> =
            (0..self.branches).map(|_| format!(r#""{}""#, rng.hex(32))).collect();
        let branches = branches.join(",");
        let coinbase =
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff";
        format!(
            r#"{{"id":null,"method":"mining.notify","params":["{job}","{previous}","{coinbase}{script}","ffffffff02{outputs}00000000",[{branches}],"20000000","1702905c","{unix:08x}",{clean}]}}"#
        )
    }
}

impl Speaker for Bitcoin {
    fn settle(&mut self, work: f64) -> f64 {
        let unit = match self.seat.coin.algorithm() {
            "scrypt" => target::PER_SCRYPT_DIFFICULTY,
            _ => target::PER_DIFFICULTY,
        };
        let (text, settled) = target::difficulty(work, unit);
        self.difficulty = text;
        settled
    }

    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)> {
        let mut said = Vec::new();
        if self.rolling {
            let id = self.seat.id();
            said.push(self.seat.up(&format!(
                r#"{{"id":{id},"method":"mining.configure","params":[["version-rolling"],{{"version-rolling.mask":"1fffe000","version-rolling.min-bit-count":2}}]}}"#
            )));
            said.push(self.seat.down(&format!(
                r#"{{"id":{id},"result":{{"version-rolling":true,"version-rolling.mask":"1fffe000"}},"error":null}}"#
            )));
        }
        let (id, agent) = (self.seat.id(), self.seat.agent.clone());
        said.push(
            self.seat
                .up(&format!(r#"{{"id":{id},"method":"mining.subscribe","params":["{agent}"]}}"#)),
        );
        let (one, two) = (self.seat.rng.hex(4), self.seat.rng.hex(4));
        said.push(self.seat.down(&format!(
            r#"{{"id":{id},"result":[[["mining.set_difficulty","{one}"],["mining.notify","{one}"]],"{two}",8],"error":null}}"#
        )));
        self.seat.authorize_all(&mut said);
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
            r#"{{"id":null,"method":"mining.set_difficulty","params":[{difficulty}]}}"#
        )))
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(unix, clean);
        self.seat.line(&notify)
    }

    fn share(&mut self, unix: u64, worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (account, _, _) = self.seat.login(worker);
        let second = self.seat.rng.hex(8);
        let nonce = self.seat.rng.hex(4);
        let bits = u32::try_from(self.seat.rng.below(0x10000)).unwrap_or(0) << 13;
        let version = if self.rolling {
            format!(r#","{}""#, hex(&bits.to_be_bytes()))
        } else {
            String::new()
        };
        let job = self.seat.job_for(stale);
        let line = format!(
            r#"{{"params":["{account}","{job}","{second}","{unix:08x}","{nonce}"{version}],"id":{id},"method":"mining.submit"}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.verdict(id, answer)
    }
}
