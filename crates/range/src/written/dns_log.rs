//! Query logs of resolvers: BIND's `queries` channel with `print-time`, and dnsmasq's `log-queries`.

use std::io::{self, Write};

use super::stamp::{month, parts};
use crate::world::answers::HostAnswer;
use crate::world::notes::Notes;
use crate::world::sink::{Ended, Seen, Sink};

/// Which program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bind,
    Dnsmasq,
}

/// Writes one program's log.
pub(super) struct DnsLog<W: Write> {
    pub(super) out: W,
    pub(super) style: Style,
}

impl<W: Write> Sink for DnsLog<W> {
    fn packet(&mut self, _: &Seen<'_>) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()> {
        let Notes::Dns(note) = flow.notes else { return Ok(()) };
        let [year, month_number, day, hour, minute, second, micros] = parts(flow.first_ns);
        let (client, name, month) = (flow.client, &note.name, month(month_number));
        if self.style == Style::Bind {
            return writeln!(
                self.out,
                "{day:02}-{month}-{year} {hour:02}:{minute:02}:{second:02}.{:03} client @0x{:012x} {}#{} ({name}): query: {name} IN A +E(0)K ({})",
                micros / 1_000,
                0x7f00_0000_0000_u64 + flow.flow % 4_096 * 0x1000,
                client.ip(),
                client.port(),
                flow.server.ip(),
            );
        }
        let head = format!("{month} {day:>2} {hour:02}:{minute:02}:{second:02} dnsmasq[731]:");
        writeln!(self.out, "{head} query[A] {name} from {}", client.ip())?;
        writeln!(self.out, "{head} forwarded {name} to 198.51.100.53")?;
        match note.answer {
            Some(address) => writeln!(self.out, "{head} reply {name} is {address}"),
            None => writeln!(self.out, "{head} reply {name} is NXDOMAIN"),
        }
    }

    fn finish(&mut self, _: u64, _: &[HostAnswer]) -> io::Result<()> {
        self.out.flush()
    }
}
