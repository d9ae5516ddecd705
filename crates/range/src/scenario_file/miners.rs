//! A group of miners in a scenario file.

use std::net::Ipv4Addr;

use super::habits::{Disguise, Habits};
use super::problem::{Allowed, Problem};
use super::reader::Reader;
use super::words::{Schedule, carrier_word, carriers, tunnels};
use super::{Span, network_of};
use crate::carrier::Carrier;
use crate::coin::Coin;
use crate::scenario::Dialect;
use crate::tunnel::TunnelKind;

/// A server that a group talks to.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// Its name, where dialect or carrier say it.
    pub host: String,
    /// Its address; without one each name is given one from a documentation network.
    pub address: Option<Ipv4Addr>,
    /// Its port.
    pub port: u16,
}

/// A tunnel around everything that a miner says.
#[derive(Clone, Debug, PartialEq)]
pub struct TunnelStyle {
    /// What it looks like.
    pub kind: TunnelKind,
    /// Its far end.
    pub end: Pool,
    /// Other packets a second in it.
    pub background: Span,
    /// Seconds between signs of life, infinite for none; `None` for what is usual.
    pub keepalive: Option<f64>,
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
    pub carrier: Carrier,
    /// What is around that.
    pub tunnel: Option<TunnelStyle>,
    /// Where to.
    pub pool: Pool,
    /// Where to after a reconnect, in turn.
    pub fail_over: Vec<Pool>,
    /// Units a second; 0 for a miner that never finds a share.
    pub hashrate: Span,
    /// What the pool aims at.
    pub shares_per_minute: Span,
    /// When they mine.
    pub schedule: Schedule,
    /// What the pool does.
    pub habits: Habits,
    /// What they do to be overlooked.
    pub disguise: Disguise,
    /// Workers on one connection.
    pub workers: u64,
    /// Hours between reconnects; `None` for never.
    pub reconnect_hours: Option<f64>,
    /// A proxy in the network that all of them connect to and that alone talks to the pool.
    pub proxy: bool,
    /// Whether names are looked up before.
    pub lookup: bool,
}

impl Miners {
    pub(super) fn read(part: &Reader<'_>, networks: &[&str]) -> Result<Self, Problem> {
        let dialects = Dialect::ALL.map(|it| (it.name(), it));
        let coins = Coin::ALL.map(|it| (it.ticker(), it));
        let allowed = || Allowed::OneOf(dialects.map(|it| it.0.to_owned()).to_vec());
        let dialect = part.need("dialect", part.word("dialect", &dialects)?, allowed)?;
        let coin = part.word("coin", &coins)?.unwrap_or(dialect.usual_coin());
        let coinhive = dialect == Dialect::Coinhive;
        let usual = if coinhive { Carrier::WebSocket } else { Carrier::Tcp };
        let listens = dialect.usual_port();
        let mut fail_over = Vec::new();
        for table in part.tables("fail_over")? {
            fail_over.push(server(&table, "backup.pool.example", listens)?);
            table.finish()?;
        }
        let pool = match part.table("pool")? {
            None => Pool { host: "pool.example".to_owned(), address: None, port: listens },
            Some(table) => {
                let pool = server(&table, "pool.example", listens)?;
                table.finish()?;
                pool
            }
        };
        let carrier = part.word("carrier", &carriers())?.unwrap_or(usual);
        let group = Self {
            count: part.integer("count", 1, 1_000_000)?.unwrap_or(1),
            network: network_of(part, networks)?,
            dialect,
            coin,
            carrier,
            tunnel: part.table("tunnel")?.as_ref().map(TunnelStyle::read).transpose()?,
            pool,
            fail_over,
            hashrate: part.span("hashrate", 0.0, 1e21)?.unwrap_or(Span::is(coin.usual_rate())),
            shares_per_minute: part
                .span("shares_per_minute", 0.001, 600.0)?
                .unwrap_or(Span::is(6.0)),
            schedule: part.word("schedule", &Schedule::WORDS)?.unwrap_or(Schedule::Always),
            habits: Habits::read(part, carrier)?,
            disguise: Disguise::read(part, carrier)?,
            workers: part.integer("workers", 1, 255)?.unwrap_or(1),
            reconnect_hours: part.number("reconnect_hours", 0.01, 1_000.0)?,
            proxy: part.flag("proxy")?.unwrap_or(false),
            lookup: part.flag("lookup")?.unwrap_or(true),
        };
        group.agrees(part)?;
        Ok(group)
    }

    /// Whether what was given goes together.
    fn agrees(&self, part: &Reader<'_>) -> Result<(), Problem> {
        let socket = |it: Carrier| {
            let plain = matches!(it, Carrier::WebSocket | Carrier::WebSocketDeflate);
            plain || matches!(it, Carrier::Tls(tls) if tls.socket.is_some())
        };
        let fits = |it: Carrier| match self.dialect {
            Dialect::Coinhive => socket(it),
            Dialect::StratumV2 => !socket(it),
            dialect if dialect.over_http() => {
                matches!(it, Carrier::Tcp | Carrier::HttpConnect | Carrier::Socks5)
            }
            _ => it != Carrier::Noise,
        };
        if !fits(self.carrier) {
            let words = carriers().into_iter().filter(|(_, it)| fits(*it));
            let words = words.map(|(word, _)| word.to_owned()).collect();
            return Err(part.wrong("carrier", carrier_word(self.carrier), Allowed::OneOf(words)));
        }
        if self.proxy && self.schedule != Schedule::Always {
            return Err(part.wrong("proxy", "true", Allowed::beside("schedule", ["always"])));
        }
        if self.proxy && self.disguise.throttle.is_some() {
            let never = Allowed::Beside(vec!["proxy = false".to_owned()]);
            return Err(part.wrong_as_written("throttle", never));
        }
        Ok(())
    }
}

impl TunnelStyle {
    fn read(table: &Reader<'_>) -> Result<Self, Problem> {
        let words = tunnels();
        let allowed = || Allowed::OneOf(words.map(|it| it.0.to_owned()).to_vec());
        let kind = table.need("kind", table.word("kind", &words)?, allowed)?;
        let tunnel = Self {
            kind,
            end: server(table, "vpn.example", kind.usual_port())?,
            background: table.span("background", 0.0, 1_000.0)?.unwrap_or(Span::is(0.0)),
            keepalive: table.number_or_never("keepalive", 1.0, 3_600.0)?,
        };
        table.finish()?;
        Ok(tunnel)
    }
}

/// A server's name, address and port.
fn server(table: &Reader<'_>, host: &str, port: u16) -> Result<Pool, Problem> {
    let said = table.integer("port", 1, 65_535)?;
    Ok(Pool {
        host: table.text("host")?.unwrap_or_else(|| host.to_owned()),
        address: table.address("address")?,
        port: said.and_then(|it| u16::try_from(it).ok()).unwrap_or(port),
    })
}
