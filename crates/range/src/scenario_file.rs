//! Scenarios as TOML files: what is in a world, how long it lasts and how it is captured.
//!
//! Every value is checked here, with its line, before anything is generated: a world that was
//! accepted can be made.

mod blocks;
mod capture;
mod habits;
mod innocents;
mod live;
mod logs;
mod miners;
mod problem;
mod reader;
mod shipped;
mod words;

pub use capture::CaptureStyle;
pub use habits::{Disguise, Habits};
pub use innocents::Innocents;
pub use live::{Deed, Live, LiveGroup, Software, Through, is_live};
pub use logs::{LogsScenario, is_logs};
pub use miners::{Miners, Pool, TunnelStyle};
pub use problem::{Allowed, Problem, What, listed};
pub use shipped::{SHIPPED, SHIPPED_LIVE, SHIPPED_LOGS, shipped};
pub use words::{Output, Schedule};

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::chain::Chain;
use reader::Reader;
pub(crate) use reader::moment_ns;

/// A value or the ends of a range from which each member draws its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl Span {
    /// Always this value.
    #[must_use]
    pub const fn is(value: f64) -> Self {
        Self { low: value, high: value }
    }
}

/// A network that hosts are given addresses of.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// The line of its size in the file, counted from one, where there is one.
    pub line: Option<usize>,
    /// Its name in the file.
    pub name: String,
    /// Its first address.
    pub base: Ipv4Addr,
    /// Bits of the prefix.
    pub prefix: u8,
    /// Round trips to the outside, milliseconds.
    pub rtt_ms: Span,
}

/// A checked scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The name.
    pub name: String,
    /// One line for people, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// First moment, nanoseconds since 1970.
    pub start_ns: u64,
    /// How long it lasts.
    pub seconds: f64,
    /// What is written beside the truth.
    pub outputs: Vec<Output>,
    /// Where hosts are.
    pub networks: Vec<Network>,
    /// Who mines.
    pub miners: Vec<Miners>,
    /// Who does not.
    pub innocents: Vec<Innocents>,
    /// Blocks of coins by ticker, where a file tells when they arrived.
    pub blocks: BTreeMap<&'static str, Chain>,
    /// The sensor.
    pub capture: CaptureStyle,
}

impl Scenario {
    /// Reads a scenario; `file` is the name that problems are told with, and files that it names
    /// are looked for beside it.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, with its line, key and what is allowed there.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let table = reader::parse(file, text)?;
        let top = Reader::new(file, text, String::new(), table.get_ref(), 0);
        let name = top.text("name")?.unwrap_or_else(|| "unnamed".to_owned());
        let (zh, en) = title(&top)?;
        let start_ns = top.time("start")?.unwrap_or(crate::scenario::MONDAY_NS);
        let seconds = top.need("duration", top.duration("duration", 1.0, 2_678_400.0)?, || {
            Allowed::Duration(1.0, 2_678_400.0)
        })?;
        let outputs = top.words("formats", &Output::WORDS)?.unwrap_or_else(|| vec![Output::Pcapng]);
        let mut networks = Vec::new();
        for part in top.tables("network")? {
            networks.push(network(&part)?);
            part.finish()?;
        }
        if networks.is_empty() {
            networks.push(Network {
                line: None,
                name: "lan".to_owned(),
                base: Ipv4Addr::new(192, 168, 1, 0),
                prefix: 24,
                rtt_ms: Span { low: 4.0, high: 90.0 },
            });
        }
        let names: Vec<&str> = networks.iter().map(|network| network.name.as_str()).collect();
        let (mut miners, mut innocents) = (Vec::new(), Vec::new());
        for part in top.tables("miner")? {
            miners.push(Miners::read(&part, &names)?);
            part.finish()?;
        }
        for part in top.tables("innocent")? {
            innocents.push(Innocents::read(&part, &names)?);
            part.finish()?;
        }
        let blocks = blocks::read(&top, file, start_ns, seconds)?;
        let capture = match top.table("capture")? {
            None => CaptureStyle::default(),
            Some(part) => {
                let capture = CaptureStyle::read(&part)?;
                part.finish()?;
                capture
            }
        };
        top.finish()?;
        let whole = Self {
            name,
            zh,
            en,
            start_ns,
            seconds,
            outputs,
            networks,
            miners,
            innocents,
            blocks,
            capture,
        };
        whole.fits(file)?;
        Ok(whole)
    }

    /// Whether the hosts find room in their networks.
    ///
    /// # Errors
    ///
    /// The first network that is too small.
    pub fn fits(&self, file: &str) -> Result<(), Problem> {
        for network in &self.networks {
            let miners = self.miners.iter().filter(|it| it.network == network.name);
            let proxies = miners.clone().filter(|it| it.proxy).count() as u64;
            let others = self.innocents.iter().filter(|it| it.network == network.name);
            let wanted = miners.map(|it| it.count).sum::<u64>()
                + others.map(|it| it.count).sum::<u64>()
                + proxies;
            if wanted > room(network.prefix) {
                let enough = (8..=network.prefix).rev().find(|it| wanted <= room(*it));
                return Err(Problem {
                    file: file.to_owned(),
                    line: network.line,
                    key: "network.range".to_owned(),
                    what: What::Wrong(
                        format!("/{} for {wanted} hosts", network.prefix),
                        Allowed::Room(enough.unwrap_or(8)),
                    ),
                });
            }
        }
        Ok(())
    }
}

/// How many hosts find room in a network: servers stand first, and no block of 256 uses its first and last
/// address.
fn room(prefix: u8) -> u64 {
    let size = 1_u64 << (32 - u32::from(prefix));
    size.saturating_sub(20 + size / 256 * 2)
}

/// One line for people, in Chinese and in English.
fn title(top: &Reader<'_>) -> Result<(String, String), Problem> {
    let Some(title) = top.table("title")? else { return Ok(Default::default()) };
    let said = (title.text("zh")?, title.text("en")?);
    title.finish()?;
    Ok((said.0.unwrap_or_default(), said.1.unwrap_or_default()))
}

fn network(part: &Reader<'_>) -> Result<Network, Problem> {
    let name = part.need("name", part.text("name")?, || Allowed::Text)?;
    let (base, prefix) = part.need("range", part.range("range")?, || Allowed::Range)?;
    let rtt_ms = part.span("rtt_ms", 0.05, 2_000.0)?.unwrap_or(Span { low: 4.0, high: 90.0 });
    Ok(Network { line: Some(part.line("range")), name, base, prefix, rtt_ms })
}

/// The network of a group: the first one without a word.
fn network_of(part: &Reader<'_>, networks: &[&str]) -> Result<String, Problem> {
    let words: Vec<(&str, &str)> = networks.iter().map(|name| (*name, *name)).collect();
    let named = part.word("network", &words)?;
    Ok(named.or(networks.first().copied()).unwrap_or_default().to_owned())
}
