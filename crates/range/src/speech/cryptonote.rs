//! The `login`/`job`/`submit` dialect of `CryptoNote` pools, as `XMRig` speaks it
//! (xmrig/xmrig src/base/net/stratum/Client.cpp; xmrig-proxy `doc/STRATUM.md`).

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::target;

/// What `XMRig` 6.21 offers to mine (src/base/net/stratum/Client.cpp `login`, its algorithms).
const OFFERED: &str = concat!(
    r#""cn/1","cn/2","cn/r","cn/fast","cn/half","cn/xao","cn/rto","cn/rwz","cn/zls","cn/double","#,
    r#""cn/ccx","cn-lite/1","cn-heavy/0","cn-heavy/tube","cn-heavy/xhv","cn-pico","cn-pico/tlo","#,
    r#""cn/upx2","rx/0","rx/wow","rx/arq","rx/graft","rx/sfx","rx/yada","argon2/chukwa","#,
    r#""argon2/chukwav2","argon2/ninja","ghostrider""#
);

/// Which pool software answers, as far as the lengths of its words differ.
#[derive(Clone, Copy)]
enum Software {
    /// Jobs name their algorithm, height and seed.
    Current,
    /// The same, and the session in every job.
    Repeating,
    /// Before algorithms were named; sessions are numbers of 15 digits.
    Old,
}

pub(super) struct CryptoNote {
    seat: Seat,
    software: Software,
    /// How many letters this pool's job names have.
    name_letters: usize,
    target: String,
    /// The same as a number.
    limit: u64,
    session: String,
    seed: String,
}

impl CryptoNote {
    pub(super) fn new(mut seat: Seat) -> Self {
        let all = [Software::Current, Software::Repeating, Software::Old];
        let software = all.get(seat.rng.pick(&[0, 0, 0, 0, 1, 1, 2])).copied();
        let software = software.unwrap_or(Software::Current);
        let session = match software {
            Software::Old => format!("{:015}", seat.rng.below(999_999_999_999_999)),
            Software::Current | Software::Repeating => uuid(&mut seat),
        };
        let seed = seat.rng.hex(32);
        let name_letters = seat.rng.pick(&[28, 28, 36, 32, 20, 15]);
        Self { seat, software, name_letters, target: String::new(), limit: 0, session, seed }
    }

    fn job_object(&mut self, unix: u64, clean: bool) -> String {
        let name = self.seat.rng.token(self.name_letters);
        let job = self.seat.turn_to(name, clean);
        let rng = &mut self.seat.rng;
        // block header of Monero v16: versions, a five-byte time, previous id, nonce, tree root, count
        let time = varint(unix);
        let previous = rng.hex(32);
        let root = rng.hex(32);
        // the count is a varint: above 127 transactions the job is two digits longer
        let count = varint(1 + rng.below(160));
        let blob = format!("1010{time}{previous}00000000{root}{count}");
        let (target, seed, height) = (&self.target, &self.seed, self.seat.height);
        let core = format!(r#""blob":"{blob}","job_id":"{job}","target":"{target}""#);
        let more = format!(r#","algo":"rx/0","height":{height},"seed_hash":"{seed}""#);
        match self.software {
            Software::Current => format!("{{{core}{more}}}"),
            Software::Repeating => format!(r#"{{{core}{more},"id":"{}"}}"#, self.session),
            Software::Old => format!("{{{core}}}"),
        }
    }
}

impl CryptoNote {
    /// A hash whose upper bits, which stand last, are below the target, as a share's are.
    fn below_target(&self, hash: &str) -> String {
        let (head, tail) = hash.split_at(hash.len().saturating_sub(self.target.len()));
        let drawn = u64::from_str_radix(tail, 16).unwrap_or(0);
        let upper = drawn.checked_rem(self.limit).unwrap_or(0).to_le_bytes();
        let upper = upper.get(..self.target.len() / 2).unwrap_or(&upper);
        format!("{head}{}", hex(upper))
    }
}

fn uuid(seat: &mut Seat) -> String {
    let parts = [4, 2, 2, 2, 6].map(|count| seat.rng.hex(count));
    parts.join("-")
}

fn varint(mut number: u64) -> String {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or(0));
    hex(&bytes)
}

impl Speaker for CryptoNote {
    fn settle(&mut self, work: f64) -> f64 {
        // four bytes hold too few digits of a small target
        if work < 1e7 {
            let (target, settled) = target::target32(work);
            self.limit = u64::from(target);
            self.target = hex(&target.to_le_bytes());
            return settled;
        }
        let (target, settled) = target::target64(work);
        self.limit = target;
        self.target = hex(&target.to_le_bytes());
        settled
    }

    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)> {
        let id = self.seat.id();
        let (account, worker, wallet) = self.seat.login(0);
        let rig = if account == wallet && !worker.is_empty() {
            format!(r#","rigid":"{worker}""#)
        } else {
            String::new()
        };
        let (agent, password) = (self.seat.agent.clone(), self.seat.password.clone());
        let login = self.seat.up(&format!(
            r#"{{"id":{id},"jsonrpc":"2.0","method":"login","params":{{"login":"{account}","pass":"{password}","agent":"{agent}"{rig},"algo":[{OFFERED}]}}}}"#
        ));
        let job = self.job_object(unix, true);
        let session = self.session.clone();
        let answer = self.seat.down(&format!(
            r#"{{"id":{id},"jsonrpc":"2.0","error":null,"result":{{"id":"{session}","job":{job},"extensions":["algo","keepalive"],"status":"OK"}}}}"#
        ));
        vec![login, answer]
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        let job = self.job_object(unix, clean);
        self.seat.line(&format!(r#"{{"jsonrpc":"2.0","method":"job","params":{job}}}"#))
    }

    fn share(&mut self, _unix: u64, _worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = self.seat.id();
        let (nonce, hash) = (self.seat.rng.hex(4), self.seat.rng.hex(32));
        let result = self.below_target(&hash);
        let (job, session) = (self.seat.job_for(stale), &self.session);
        let line = format!(
            r#"{{"id":{id},"jsonrpc":"2.0","method":"submit","params":{{"id":"{session}","job_id":"{job}","nonce":"{nonce}","result":"{result}"}}}}"#
        );
        (id, self.seat.line(&line))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        self.seat.line(&match answer {
            Answer::Accepted => format!(
                r#"{{"id":{id},"jsonrpc":"2.0","error":null,"result":{{"status":"OK"}}}}"#
            ),
            Answer::Stale => format!(
                r#"{{"id":{id},"jsonrpc":"2.0","error":{{"code":-1,"message":"Block expired"}}}}"#
            ),
            Answer::TooEasy => format!(
                r#"{{"id":{id},"jsonrpc":"2.0","error":{{"code":-1,"message":"Low difficulty share"}}}}"#
            ),
        })
    }

    fn keepalive(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (id, session) = (self.seat.id(), &self.session);
        Some((
            self.seat.line(&format!(
                r#"{{"id":{id},"jsonrpc":"2.0","method":"keepalived","params":{{"id":"{session}"}}}}"#
            )),
            self.seat.line(&format!(
                r#"{{"id":{id},"jsonrpc":"2.0","error":null,"result":{{"status":"KEEPALIVED"}}}}"#
            )),
        ))
    }
}
