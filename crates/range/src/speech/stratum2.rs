//! Stratum V2's mining protocol in plain framing, one standard channel
//! (stratum-mining/sv2-spec 03 for framing and types, 05 for the messages, 08 for their numbers).

#![expect(
    clippy::cast_possible_truncation,
    reason = "lengths of messages written here fit their fields; rates are sent as 32-bit floats"
)]

use super::{Answer, Seat, Speaker};
use crate::dialogue::Side;
use crate::target;

/// The most significant bit of the extension type marks messages that belong to a channel.
const CHANNEL: u16 = 0x8000;

pub(super) struct Stratum2 {
    seat: Seat,
    target: [u8; 32],
    work: f64,
    channel: u32,
    /// The extension type of jobs: versions of the specification differ over whether they carry
    /// the mark of a channel.
    jobs: u16,
    job: u32,
    sequence: u32,
}

impl Stratum2 {
    pub(super) fn new(mut seat: Seat) -> Self {
        let channel = 1 + seat.rng.below(5_000) as u32;
        let jobs = if seat.rng.chance(0.5) { CHANNEL } else { 0 };
        Self { seat, target: [0; 32], work: 0.0, channel, jobs, job: 0, sequence: 0 }
    }

    /// A job and, when `clean`, the new previous hash that makes it current.
    fn work_messages(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        self.job += 1;
        let now = unix as u32;
        let mut body = Vec::new();
        body.extend(self.channel.to_le_bytes());
        body.extend(self.job.to_le_bytes());
        // an absent start time makes it a future job, which a new previous hash then starts
        if clean {
            body.push(0);
        } else {
            body.push(1);
            body.extend(now.to_le_bytes());
        }
        body.extend(0x2000_0000_u32.to_le_bytes());
        body.extend(self.seat.rng.hash());
        let mut out = frame(self.jobs, 0x15, &body);
        if clean {
            let mut body = Vec::new();
            body.extend(self.channel.to_le_bytes());
            body.extend(self.job.to_le_bytes());
            body.extend(self.seat.rng.hash());
            body.extend(now.to_le_bytes());
            body.extend(0x1702_905c_u32.to_le_bytes());
            out.extend(frame(CHANNEL, 0x20, &body));
        }
        out
    }
}

fn frame(extension: u16, kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = extension.to_le_bytes().to_vec();
    out.push(kind);
    out.extend((body.len() as u32).to_le_bytes().iter().take(3));
    out.extend(body);
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    let bytes: Vec<u8> = text.bytes().take(255).collect();
    out.push(bytes.len() as u8);
    out.extend(bytes);
}

impl Speaker for Stratum2 {
    fn settle(&mut self, work: f64) -> f64 {
        self.target = target::target256(work);
        self.work = target::work256(&self.target);
        // 256-bit numbers are little-endian in this protocol
        self.target.reverse();
        self.work
    }

    fn opening(&mut self, unix: u64) -> Vec<(Side, Vec<u8>)> {
        let mut setup = vec![0];
        setup.extend(2_u16.to_le_bytes());
        setup.extend(2_u16.to_le_bytes());
        // flags: standard jobs are required
        setup.extend(1_u32.to_le_bytes());
        text(&mut setup, &self.seat.host);
        setup.extend(self.seat.port.to_le_bytes());
        let (vendor, version) = self.seat.agent.split_once('/').unwrap_or((&self.seat.agent, ""));
        for part in [vendor, "S19", version, ""] {
            text(&mut setup, part);
        }
        let mut ready = 2_u16.to_le_bytes().to_vec();
        ready.extend(0_u32.to_le_bytes());

        let (account, _, _) = self.seat.login(0);
        let mut open = 1_u32.to_le_bytes().to_vec();
        text(&mut open, &account);
        open.extend((self.seat.rate as f32).to_le_bytes());
        open.extend([0xff; 32]);

        let mut opened = 1_u32.to_le_bytes().to_vec();
        opened.extend(self.channel.to_le_bytes());
        opened.extend(self.target);
        opened.push(8);
        opened.extend(self.seat.rng.bytes(8));
        opened.extend(0_u32.to_le_bytes());
        vec![
            (Side::Client, frame(0, 0x00, &setup)),
            (Side::Server, frame(0, 0x01, &ready)),
            (Side::Client, frame(0, 0x10, &open)),
            (Side::Server, frame(0, 0x11, &opened)),
            (Side::Server, self.work_messages(unix, true)),
        ]
    }

    fn retarget(&mut self) -> Option<Vec<u8>> {
        let mut body = self.channel.to_le_bytes().to_vec();
        body.extend(self.target);
        Some(frame(CHANNEL, 0x21, &body))
    }

    fn job(&mut self, unix: u64, clean: bool) -> Vec<u8> {
        self.work_messages(unix, clean)
    }

    fn share(&mut self, unix: u64, _worker: usize, stale: bool) -> (u64, Vec<u8>) {
        self.sequence += 1;
        let job = if stale { self.job.saturating_sub(1) } else { self.job };
        let fields = [
            self.channel,
            self.sequence,
            job,
            self.seat.rng.next_u64() as u32,
            unix as u32,
            0x2000_0000,
        ];
        let body: Vec<u8> = fields.iter().flat_map(|field| field.to_le_bytes()).collect();
        (u64::from(self.sequence), frame(CHANNEL, 0x1a, &body))
    }

    #[expect(clippy::cast_sign_loss, reason = "sums of work are positive")]
    fn answer(&mut self, id: u64, answer: Answer) -> Vec<u8> {
        let mut body = self.channel.to_le_bytes().to_vec();
        body.extend((id as u32).to_le_bytes());
        let reason = match answer {
            Answer::Accepted => {
                body.extend(1_u32.to_le_bytes());
                body.extend(((self.work / target::PER_DIFFICULTY) as u64).to_le_bytes());
                return frame(CHANNEL, 0x1c, &body);
            }
            Answer::Stale => "stale-share",
            Answer::TooEasy => "difficulty-too-low",
        };
        text(&mut body, reason);
        frame(CHANNEL, 0x1d, &body)
    }
}
