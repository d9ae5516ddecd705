//! A group of miners in a scenario file.

use std::net::Ipv4Addr;

use super::Span;
use super::problem::{Allowed, Problem};
use super::reader::Reader;
use super::words::{Carriage, Evasion, Schedule};
use crate::coin::Coin;
use crate::scenario::Dialect;

/// Where a group mines.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Its name, where dialect or carrier say it.
    pub host: String,
    /// Its address; without one each pool is given one from a documentation network.
    pub address: Option<Ipv4Addr>,
    /// Its port.
    pub port: u16,
}

/// A group of miners that have everything in common but what they draw for themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct Miners {
    /// How many hosts.
    pub count: u64,
    /// The name of their network.
    pub network: String,
    /// What they speak.
    pub dialect: Dialect,
    /// What they mine.
    pub coin: Coin,
    /// What carries it.
    pub carriage: Carriage,
    /// Where to.
    pub pool: Pool,
    /// Units a second; 0 for a miner that never finds a share.
    pub hashrate: Span,
    /// What the pool aims at.
    pub shares_per_minute: Span,
    /// Seconds between looks at the share rate; `None` for a fixed difficulty.
    pub retarget_seconds: Option<f64>,
    /// When they mine.
    pub schedule: Schedule,
    /// What they do to be overlooked.
    pub evasion: Vec<Evasion>,
    /// Workers on one connection.
    pub workers: u64,
    /// Hours between reconnects; `None` for never.
    pub reconnect_hours: Option<f64>,
    /// A proxy in the network that all of them connect to and that alone talks to the pool.
    pub proxy: bool,
    /// Other packets a second in the same tunnel.
    pub background: Span,
    /// Whether the pool's name is looked up before.
    pub lookup: bool,
}

impl Miners {
    pub(super) fn read(part: &Reader<'_>, networks: &[&str]) -> Result<Self, Problem> {
        let dialects = Dialect::ALL.map(|it| (it.name(), it));
        let coins = Coin::ALL.map(|it| (it.ticker(), it));
        let allowed = || Allowed::OneOf(dialects.map(|it| it.0.to_owned()).to_vec());
        let dialect = part.need("dialect", part.word("dialect", &dialects)?, allowed)?;
        let coin = part.word("coin", &coins)?.unwrap_or(dialect.usual_coin());
        let usual = if dialect == Dialect::Coinhive { "websocket" } else { "plain" };
        let named = Carriage::WORDS.iter().find(|(word, _)| *word == usual);
        let usual = named.map_or(Carriage::TlsRecords, |(_, it)| *it);
        let carriage = part.word("carrier", &Carriage::WORDS)?.unwrap_or(usual);
        let proxy = part.flag("proxy")?.unwrap_or(false);
        let pool = match part.table("pool")? {
            None => {
                Pool { host: "pool.example".to_owned(), address: None, port: dialect.usual_port() }
            }
            Some(table) => {
                let pool = Pool {
                    host: table.text("host")?.unwrap_or_else(|| "pool.example".to_owned()),
                    address: table.address("address")?,
                    port: port(table.integer("port", 1, 65_535)?, dialect.usual_port()),
                };
                table.finish()?;
                pool
            }
        };
        let rate = coin.usual_rate();
        let group = Self {
            count: part.integer("count", 1, 1_000_000)?.unwrap_or(1),
            network: network(part, networks)?,
            dialect,
            coin,
            carriage,
            pool,
            hashrate: part.span("hashrate", 0.0, 1e21)?.unwrap_or(Span::is(rate)),
            shares_per_minute: part
                .span("shares_per_minute", 0.001, 600.0)?
                .unwrap_or(Span::is(6.0)),
            retarget_seconds: part.number("retarget_seconds", 5.0, 1e6)?,
            schedule: part.word("schedule", &Schedule::WORDS)?.unwrap_or(Schedule::Always),
            evasion: part.words("evasion", &Evasion::WORDS)?.unwrap_or_default(),
            workers: part.integer("workers", 1, 255)?.unwrap_or(1),
            reconnect_hours: part.number("reconnect_hours", 0.01, 1_000.0)?,
            proxy,
            background: part.span("background", 0.0, 10_000.0)?.unwrap_or(Span::is(0.0)),
            lookup: part.flag("lookup")?.unwrap_or(true),
        };
        group.agrees(part)?;
        Ok(group)
    }

    /// Whether dialect and carrier go together.
    fn agrees(&self, part: &Reader<'_>) -> Result<(), Problem> {
        let inside = matches!(self.carriage, Carriage::Inside(_));
        let wrong = |allowed: &[&str]| {
            let allowed = allowed.iter().map(|it| (*it).to_owned()).collect();
            Err(part.wrong("carrier", self.carriage.name(), Allowed::OneOf(allowed)))
        };
        if self.carriage == Carriage::NoiseRecords && self.dialect != Dialect::StratumV2 {
            return wrong(&["plain", "tls", "wss", "http-connect", "socks5", "websocket"]);
        }
        let socket = matches!(self.carriage.name(), "websocket" | "websocket-deflate" | "wss");
        if self.dialect.over_http() && (socket || !inside) {
            return wrong(&["plain", "http-connect", "socks5"]);
        }
        if self.dialect == Dialect::Coinhive && !socket {
            return wrong(&["websocket", "websocket-deflate", "wss"]);
        }
        Ok(())
    }
}

fn port(said: Option<u64>, usual: u16) -> u16 {
    said.and_then(|port| u16::try_from(port).ok()).unwrap_or(usual)
}

/// The network of a group: the first one without a word.
pub(super) fn network(part: &Reader<'_>, networks: &[&str]) -> Result<String, Problem> {
    let words: Vec<(&str, &str)> = networks.iter().map(|name| (*name, *name)).collect();
    let named = part.word("network", &words)?;
    Ok(named.or(networks.first().copied()).unwrap_or_default().to_owned())
}
