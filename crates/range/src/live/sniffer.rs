//! The capture on the outer link: `tcpdump` gives packets, this writes them as pcapng and counts
//! flows.

use std::io::{self, Read, Write};
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::Lab;
use super::ledger::Ledger;
use super::process::Program;
use super::trouble::Trouble;
use crate::packets::Link;
use crate::written::Pcapng;

/// So many packets may wait to be written.
const WAITING: usize = 32_768;
/// `tcpdump` hands over what it has at least this often.
const HELD: Duration = Duration::from_millis(1_300);
/// The first four bytes of a capture with nanoseconds, as this machine writes them (pcap-savefile).
const NANOSECONDS: u32 = 0xa1b2_3c4d;
/// No packet on the link is longer.
const LONGEST: usize = 65_535;

/// One packet.
pub(super) struct Caught {
    pub(super) time_ns: u64,
    pub(super) wire_len: usize,
    pub(super) bytes: Vec<u8>,
}

/// A running capture.
pub(super) struct Sniffer {
    program: Program,
    caught: Receiver<io::Result<Caught>>,
    file: Pcapng<Box<dyn Write>>,
    pub(super) ledger: Ledger,
}

impl Sniffer {
    /// Starts and waits until packets are caught.
    pub(super) fn start(lab: &Lab, out: Box<dyn Write>) -> Result<Self, Trouble> {
        let file = Pcapng::new(out, Link::Ethernet)?;
        let mut command = lab.inside.command("tcpdump")?;
        command.args(["-i", &lab.inside.link, "-n", "-U", "-s", "65535", "-B", "32768"]);
        command.args(["--time-stamp-precision=nano", "-w", "-"]);
        // it reads nothing that others wrote, and must keep its rights to open the link
        command.args(["-Z", "root"]);
        let log = lab.log("tcpdump");
        let (mut program, output) = Program::read("tcpdump", &mut command, log)?;
        let (sender, caught) = sync_channel(WAITING);
        thread::spawn(move || read(output, &sender));
        program.ready(&lab.clock, |it| it.said("listening on"))?;
        Ok(Self { program, caught, file, ledger: Ledger::default() })
    }

    /// Writes what was caught so far.
    pub(super) fn write(&mut self) -> Result<(), Trouble> {
        loop {
            match self.caught.try_recv() {
                Ok(caught) => {
                    let caught = caught?;
                    self.file.raw(caught.time_ns, &caught.bytes, caught.wire_len)?;
                    self.ledger.add(&caught);
                }
                Err(TryRecvError::Empty) => return self.program.runs(),
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
    }

    /// Ends the capture and returns what was counted.
    pub(super) fn end(mut self) -> Result<Ledger, Trouble> {
        thread::sleep(HELD);
        self.write()?;
        self.program.end(Signal::INT);
        // the reader ends with the program
        while let Ok(caught) = self.caught.recv() {
            let caught = caught?;
            self.file.raw(caught.time_ns, &caught.bytes, caught.wire_len)?;
            self.ledger.add(&caught);
        }
        self.file.flush()?;
        Ok(self.ledger)
    }
}

fn read(mut from: ChildStdout, sender: &SyncSender<io::Result<Caught>>) {
    let mut head = [0; 24];
    if from.read_exact(&mut head).is_err() {
        return;
    }
    let magic = word(&head, 0);
    if magic != NANOSECONDS {
        let _ = sender.send(Err(io::Error::other("`tcpdump` gave no capture with nanoseconds")));
        return;
    }
    while let Some(caught) = next(&mut from) {
        let ends = caught.is_err();
        if sender.send(caught).is_err() || ends {
            return;
        }
    }
}

/// One record: seconds, nanoseconds, kept, length on the wire.
fn next(from: &mut impl Read) -> Option<io::Result<Caught>> {
    let mut head = [0; 16];
    from.read_exact(&mut head).ok()?;
    let [seconds, part, kept, wire] = [0, 4, 8, 12].map(|at| word(&head, at));
    let kept = usize::try_from(kept).unwrap_or(usize::MAX);
    if kept > LONGEST {
        return Some(Err(io::Error::other("`tcpdump` gave a packet that is too long")));
    }
    let mut bytes = vec![0; kept];
    from.read_exact(&mut bytes).ok()?;
    Some(Ok(Caught {
        time_ns: u64::from(seconds) * 1_000_000_000 + u64::from(part),
        wire_len: usize::try_from(wire).unwrap_or(kept),
        bytes,
    }))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let four: Option<[u8; 4]> = bytes.get(at..at + 4).and_then(|it| it.try_into().ok());
    four.map_or(0, u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_with_its_time_and_both_lengths_and_a_cut_one_is_none() {
        let mut bytes: Vec<u8> =
            [7_u32, 500, 3, 60].iter().flat_map(|it| it.to_ne_bytes()).collect();
        bytes.extend(*b"abc");
        let caught = next(&mut &*bytes).unwrap().unwrap();
        assert_eq!(
            (caught.time_ns, caught.wire_len, &*caught.bytes),
            (7_000_000_500, 60, &b"abc"[..])
        );
        assert!(next(&mut &bytes[..18]).is_none());
    }
}
