//! A world written to files: the capture, the truth, and what collectors and sensors would have
//! logged of it.

mod datagrams;
mod dns_log;
mod eve;
mod flow_cache;
mod netflow;
mod pcapng;
mod sflow;
mod stamp;
mod truth_sheet;
mod zeek;

use std::io::{self, Write};

pub(crate) use datagrams::Carries;
use datagrams::{Bare, Datagrams};
use dns_log::{DnsLog, Style};
use flow_cache::FlowCache;
pub(crate) use pcapng::Pcapng;

use crate::live::Courier;
use crate::scenario_file::Output;
use crate::world::answers::HostAnswer;
use crate::world::sink::{Ended, Seen, Sink};
pub(crate) use stamp::month;

use crate::world::{Summary, World};

/// Opens the file with this name, relative to the folder of the world.
pub type Open<'a> = dyn FnMut(&str) -> io::Result<Box<dyn Write>> + 'a;

/// What an exporter speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// `NetFlow` version 5.
    NetFlow5,
    /// `NetFlow` version 9.
    NetFlow9,
    /// IPFIX.
    Ipfix,
    /// sFlow version 5.
    Sflow,
}

/// Several sinks as one.
struct Fan(Vec<Box<dyn Sink>>);

impl Sink for Fan {
    fn packet(&mut self, seen: &Seen<'_>) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|sink| sink.packet(seen))
    }

    fn ended(&mut self, flow: &Ended<'_>) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|sink| sink.ended(flow))
    }

    fn finish(&mut self, now_ns: u64, hosts: &[HostAnswer]) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|sink| sink.finish(now_ns, hosts))
    }
}

impl World {
    /// Writes everything the scenario asks for, and the truth.
    ///
    /// # Errors
    ///
    /// What the system refused.
    pub fn write(&self, open: &mut Open<'_>) -> io::Result<Summary> {
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        for output in &self.scenario.outputs {
            sinks.push(self.sink(*output, open)?);
        }
        sinks.push(Box::new(truth_sheet::TruthSheet::new(open("truth.json")?, &self.heading())?));
        self.play(&mut Fan(sinks))
    }

    fn sink(&self, output: Output, open: &mut Open<'_>) -> io::Result<Box<dyn Sink>> {
        let capture = &self.scenario.capture;
        let mut datagrams = |name: &str, port: u16| Datagrams::new(open(name)?, port);
        Ok(match output {
            Output::Pcapng => Box::new(pcapng::Pcapng::new(open("capture.pcapng")?, capture.link)?),
            Output::NetFlow5 => self.netflow5(datagrams("netflow5.pcapng", 2_055)?),
            Output::NetFlow9 => self.netflow9(datagrams("netflow9.pcapng", 2_055)?),
            Output::Ipfix => self.ipfix(Bare(open("flows.ipfix")?)),
            Output::Sflow => self.sflow(datagrams("sflow5.pcapng", 6_343)?),
            Output::ZeekTsv => Box::new(zeek::Zeek::new("zeek", false, open)?),
            Output::ZeekJson => Box::new(zeek::Zeek::new("zeek-json", true, open)?),
            Output::Eve => Box::new(eve::Eve(open("eve.json")?)),
            Output::Bind => Box::new(DnsLog { out: open("named-query.log")?, style: Style::Bind }),
            Output::Dnsmasq => {
                Box::new(DnsLog { out: open("dnsmasq.log")?, style: Style::Dnsmasq })
            }
        })
    }

    /// The exporter has been up for twelve days when the scenario begins.
    fn boot_ns(&self) -> u64 {
        self.scenario.start_ns.saturating_sub(1_036_800_000_000_000)
    }

    fn netflow5<C: Carries + 'static>(&self, out: C) -> Box<dyn Sink> {
        let capture = &self.scenario.capture;
        let sampling = u16::try_from(capture.sampling).unwrap_or(u16::MAX);
        let protocol = netflow::NetFlow5 { out, boot_ns: self.boot_ns(), sampling, sequence: 0 };
        Box::new(FlowCache::new(protocol, capture))
    }

    fn netflow9<C: Carries + 'static>(&self, out: C) -> Box<dyn Sink> {
        let protocol = netflow::NetFlow9 { out, boot_ns: self.boot_ns(), sequence: 0 };
        Box::new(FlowCache::new(protocol, &self.scenario.capture))
    }

    fn ipfix<C: Carries + 'static>(&self, out: C) -> Box<dyn Sink> {
        let protocol = netflow::Ipfix { out, sequence: 0, messages: 0 };
        Box::new(FlowCache::new(protocol, &self.scenario.capture))
    }

    fn sflow<C: Carries + 'static>(&self, out: C) -> Box<dyn Sink> {
        let sampling = self.scenario.capture.sampling;
        Box::new(sflow::Sflow::new(out, self.boot_ns(), sampling, self.seed))
    }

    /// Sends what an exporter would send of it to a collector, and writes nothing.
    ///
    /// # Errors
    ///
    /// What the system refused.
    pub fn send(&self, export: Export, courier: Courier) -> io::Result<Summary> {
        let mut sink = match export {
            Export::NetFlow5 => self.netflow5(courier),
            Export::NetFlow9 => self.netflow9(courier),
            Export::Ipfix => self.ipfix(courier),
            Export::Sflow => self.sflow(courier),
        };
        self.play(&mut *sink)
    }

    /// Writes the capture alone, as pcapng.
    ///
    /// # Errors
    ///
    /// What the system refused.
    pub fn stream(&self, out: &mut dyn Write) -> io::Result<Summary> {
        self.play(&mut pcapng::Pcapng::new(out, self.scenario.capture.link)?)
    }
}
