//! The truth, flow by flow, in order of their ends.

use std::io::{self, Write};

use crate::truth::Flow;
use crate::world::answers::{FlowAnswer, Heading, HostAnswer, Sheet};
use crate::world::sink::{Ended, Seen, Sink};

/// Writes `truth.json`.
pub(super) struct TruthSheet<W: Write>(Option<Sheet<W>>);

impl<W: Write> TruthSheet<W> {
    /// Begins the file.
    pub(super) fn new(out: W, heading: &Heading) -> io::Result<Self> {
        Ok(Self(Some(Sheet::new(out, heading)?)))
    }
}

impl<W: Write> Sink for TruthSheet<W> {
    fn packet(&mut self, _: &Seen<'_>) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()> {
        let Some(sheet) = &mut self.0 else { return Ok(()) };
        // the truth's clock is right, whatever the sensor's shows
        let right = |time: u64| time.saturating_add_signed(flow.ahead_ns.saturating_neg());
        let (mining, mixed) =
            flow.mining.clone().map_or((None, false), |it| (Some(it.mining), it.mixed));
        sheet.add(&FlowAnswer {
            flow: Flow {
                transport: if flow.tcp { "tcp" } else { "udp" }.to_owned(),
                client: flow.client,
                server: flow.server,
                kind: flow.kind.to_owned(),
                start_ns: right(flow.first_ns),
                end_ns: right(flow.last_ns),
                mining,
            },
            packets: flow.up.packets + flow.down.packets,
            bytes: flow.up.bytes + flow.down.bytes,
            mixed,
        })
    }

    fn finish(&mut self, _: u64, _: &[HostAnswer]) -> io::Result<()> {
        self.0.take().map_or(Ok(()), Sheet::end)
    }
}
