//! `AlephiumStratum/1.0.0` (alephium/docs `docs/mining/alephium-stratum.md`). After
//! `connection.set_gzip` both ends speak gzip; the document leaves open whether as one stream or
//! message by message, so both can be written.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::rng::hex;
use crate::scenario::Gzip;
use crate::target;

pub(super) struct Alephium {
    seat: Seat,
    target: String,
    worker: String,
    packed: bool,
    streams: [GzEncoder<Vec<u8>>; 2],
}

impl Alephium {
    pub(super) fn new(mut seat: Seat) -> Self {
        let worker = seat.rng.hex(4);
        let streams = [(); 2].map(|()| GzEncoder::new(Vec::new(), Compression::default()));
        Self { seat, target: String::new(), worker, packed: false, streams }
    }

    fn pack(&mut self, from: Side, text: &str) -> Vec<u8> {
        let line = self.seat.line(text);
        match (self.packed, self.seat.gzip) {
            (false, _) | (true, Gzip::Off) => line,
            (true, Gzip::Messages) => {
                let mut member = GzEncoder::new(Vec::new(), Compression::default());
                // writing to a vector cannot fail
                let _ = member.write_all(&line);
                member.finish().unwrap_or_default()
            }
            (true, Gzip::Stream) => {
                let [up, down] = &mut self.streams;
                let stream = if from == Side::Client { up } else { down };
                let _ = stream.write_all(&line);
                let _ = stream.flush();
                std::mem::take(stream.get_mut())
            }
        }
    }

    fn notify(&mut self, clean: bool) -> String {
        let name = self.seat.rng.hex(4);
        let job = self.seat.turn_to(name, clean);
        let (chain, header) = (self.seat.rng.below(16), self.seat.rng.hex(280));
        format!(
            r#"{{"jsonrpc":"2.0","method":"mining.notify","params":["{job}","{chain:02x}","{header}"]}}"#
        )
    }
}

impl Speaker for Alephium {
    fn settle(&mut self, work: f64) -> f64 {
        let target = target::target256(work);
        self.target = hex(&target);
        target::work256(&target)
    }

    fn opening(&mut self, _unix: u64) -> Vec<(Side, Vec<u8>)> {
        let agent = self.seat.agent.clone();
        let mut said = vec![
            self.seat.up(&format!(
                r#"{{"id":"0","jsonrpc":"2.0","method":"mining.hello","params":["{agent}","AlephiumStratum/1.0.0"]}}"#
            )),
            self.seat.down(
                r#"{"id":"0","jsonrpc":"2.0","result":["AlephiumStratum/1.0.0",false,"3c","5","alephium/3.14.0"]}"#,
            ),
        ];
        if self.seat.gzip != Gzip::Off {
            said.push(self.seat.up(r#"{"id":"1","jsonrpc":"2.0","method":"connection.set_gzip"}"#));
            said.push(self.seat.down(r#"{"id":"1","jsonrpc":"2.0","result":true}"#));
            self.packed = true;
        }
        let (session, prefix) = (self.seat.rng.hex(4), self.seat.rng.hex(2));
        let ((account, _, _), worker) = (self.seat.login(0), self.worker.clone());
        let target = self.target.clone();
        let notify = self.notify(true);
        let rest = [
            (
                Side::Client,
                r#"{"id":"2","jsonrpc":"2.0","method":"mining.subscribe","params":""}"#.to_owned(),
            ),
            (Side::Server, format!(r#"{{"id":"2","jsonrpc":"2.0","result":"{session}"}}"#)),
            (
                Side::Client,
                format!(
                    r#"{{"id":"3","jsonrpc":"2.0","method":"mining.authorize","params":["{account}","x"]}}"#
                ),
            ),
            (Side::Server, format!(r#"{{"id":"3","jsonrpc":"2.0","result":"{worker}"}}"#)),
            (
                Side::Server,
                format!(
                    r#"{{"jsonrpc":"2.0","method":"mining.set_extranonce","params":"{prefix}"}}"#
                ),
            ),
            (
                Side::Server,
                format!(r#"{{"jsonrpc":"2.0","method":"mining.set_target","params":"{target}"}}"#),
            ),
            (Side::Server, notify),
        ];
        for (from, text) in rest {
            let bytes = self.pack(from, &text);
            said.push((from, bytes));
        }
        said
    }

    fn retarget(&mut self) -> Option<Vec<u8>> {
        let target = self.target.clone();
        Some(self.pack(
            Side::Server,
            &format!(r#"{{"jsonrpc":"2.0","method":"mining.set_target","params":"{target}"}}"#),
        ))
    }

    fn job(&mut self, _unix: u64, clean: bool) -> Vec<u8> {
        let notify = self.notify(clean);
        self.pack(Side::Server, &notify)
    }

    fn share(&mut self, _unix: u64, _worker: usize, stale: bool) -> (u64, Vec<u8>) {
        let id = 10 + self.seat.id();
        let nonce = self.seat.rng.hex(22);
        let (job, worker) = (self.seat.job_for(stale).to_owned(), self.worker.clone());
        let text = format!(
            r#"{{"id":"{id}","jsonrpc":"2.0","method":"mining.submit","params":["{job}","{nonce}","{worker}"]}}"#
        );
        (id, self.pack(Side::Client, &text))
    }

    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let text = match answer {
            Answer::Accepted => format!(r#"{{"id":"{id}","jsonrpc":"2.0","result":true}}"#),
            Answer::Stale => format!(
                r#"{{"id":"{id}","jsonrpc":"2.0","result":false,"error":{{"code":21,"message":"Job not found"}}}}"#
            ),
            Answer::TooEasy => format!(
                r#"{{"id":"{id}","jsonrpc":"2.0","result":false,"error":{{"code":23,"message":"Low difficulty share"}}}}"#
            ),
        };
        self.pack(Side::Server, &text)
    }

    fn keepalive(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        let id = 10 + self.seat.id();
        Some((
            self.pack(
                Side::Client,
                &format!(r#"{{"id":"{id}","jsonrpc":"2.0","method":"mining.noop"}}"#),
            ),
            self.pack(Side::Server, &format!(r#"{{"id":"{id}","jsonrpc":"2.0","result":"1"}}"#)),
        ))
    }
}
