//! The truth of a run: the flows on the outer link with what was played in them.

use std::io::{self, Write};

use super::actors::Told;
use super::ledger::{Counted, Key, Ledger};
use super::tunnel::Site;
use crate::carrier::{Sni, Suite};
use crate::scenario_file::{Deed, LiveGroup};
use crate::truth::{Flow, Mining, TlsTruth};
use crate::tunnel::together;
use crate::world::answers::{Heading, Sheet};
use crate::world::{FlowAnswer, Summary};
use crate::written::Open;

/// A group that was played.
pub(super) struct Played<'a> {
    pub(super) site: Site,
    pub(super) group: &'a LiveGroup,
    pub(super) told: Vec<Told>,
}

/// Writes when the blocks of each coin that is mined came, a Unix time a line: what `inspect` takes
/// as block times.
pub(super) fn blocks(open: &mut Open<'_>, heading: &Heading, coins: &[&str]) -> io::Result<()> {
    for (coin, times) in &heading.blocks {
        if coins.contains(&coin.as_str()) && !times.is_empty() {
            let mut out = open(&format!("blocks-{coin}.csv"))?;
            for time in times {
                writeln!(out, "{}.{:03}", time / 1_000_000_000, time / 1_000_000 % 1_000)?;
            }
            out.flush()?;
        }
    }
    Ok(())
}

/// Writes `truth.json`.
pub(super) fn write(
    out: Box<dyn Write>,
    heading: &Heading,
    ledger: &Ledger,
    played: &[Played<'_>],
) -> io::Result<Summary> {
    let mut sheet = Sheet::new(out, heading)?;
    let mut summary = Summary {
        packets: ledger.packets,
        wire_bytes: ledger.wire_bytes,
        hosts: heading.hosts.len() as u64,
        ..Summary::default()
    };
    for (key, counted) in &ledger.flows {
        let Some(of) = played.iter().find(|it| it.site.outer().ip() == key.2.ip()) else {
            continue;
        };
        let answer = of.answer(key, counted);
        summary.flows += 1;
        summary.mining += u64::from(answer.flow.mining.is_some());
        sheet.add(&answer)?;
    }
    sheet.end()?;
    Ok(summary)
}

impl Played<'_> {
    fn answer(&self, (tcp, client, server): &Key, counted: &Counted) -> FlowAnswer {
        let through = self.site.through;
        let mining = if through.software.joins() {
            together(self.told.iter().map(|it| &it.mining))
        } else {
            let of = self.told.iter().find(|it| it.guests.contains(client));
            of.map(|it| it.mining.clone())
        };
        let mining = mining.map(|it| self.outside(it));
        let kind = match (&mining, &self.group.deed) {
            (Some(_), _) => "mining",
            (None, Deed::Browse) => "web",
            _ if through.software.tunnel().is_some() => "tunnel",
            _ => "traffic",
        };
        let mixed = mining.is_some() && through.software.joins() && through.background > 0.0;
        FlowAnswer {
            flow: Flow {
                transport: if *tcp { "tcp" } else { "udp" }.to_owned(),
                client: *client,
                server: *server,
                kind: kind.to_owned(),
                start_ns: counted.first_ns,
                end_ns: counted.last_ns,
                mining,
            },
            packets: counted.packets,
            bytes: counted.bytes,
            mixed,
        }
    }

    /// What was said, as it is seen outside.
    fn outside(&self, mut mining: Mining) -> Mining {
        let through = self.site.through;
        if let Some(tunnel) = through.software.tunnel() {
            mining.tunnel = Some(tunnel.to_owned());
            mining.evasion.push("tunnel".to_owned());
        }
        if through.software.is_tls() {
            "tls".clone_into(&mut mining.carrier);
            mining.tls = Some(TlsTruth {
                version: through.tls.name().to_owned(),
                sni: self.site.server_name().map(str::to_owned),
                alpn: None,
                record_overhead: Suite::AesGcm.overhead(through.tls),
            });
            match through.sni {
                Sni::Host => {}
                Sni::Fake => mining.evasion.push("fake-sni".to_owned()),
                Sni::None => mining.evasion.push("no-sni".to_owned()),
            }
        }
        mining
    }
}
