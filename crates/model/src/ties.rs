//! Where ties are looked up, and a small place to keep them in.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::{HardwareAddress, Log, LogId, Span, Tie, Tied};

/// What is asked of ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Whom an outer end stood for.
    Outer {
        /// The outer address.
        ip: IpAddr,
        /// Its port, where that is known.
        port: Option<u16>,
    },
    /// What an inner end was translated to.
    Inner {
        /// The inner address.
        ip: IpAddr,
        /// Its port, where that is known.
        port: Option<u16>,
    },
    /// Who spoke to a far end, in any log.
    Far {
        /// The address of the far end.
        ip: IpAddr,
        /// Its port, where that is known.
        port: Option<u16>,
    },
    /// Who held an address: leases and accounts.
    Holder(IpAddr),
    /// Who held an address by one log: thousands of routers give out the same private ones.
    HolderIn(IpAddr, LogId),
    /// Who held any address of a prefix: leases.
    HoldersWithin(IpAddr, u8),
    /// Where a hardware address was and who was on line from it: attachments and accounts.
    Machine(HardwareAddress),
}

impl Ask {
    /// Whether a log can answer this.
    #[must_use]
    pub fn is_put_to(&self, log: LogId) -> bool {
        !matches!(self, Self::HolderIn(_, only) if *only != log)
    }

    /// Whether what a tie ties answers this; of which log it may be is asked of the log.
    #[must_use]
    pub fn is_answered_by(&self, tied: &Tied) -> bool {
        match (self, tied) {
            (Self::Outer { ip, port }, Tied::Translation { outer, .. }) => {
                outer.ip() == *ip && port.is_none_or(|it| outer.port() == it)
            }
            (Self::Outer { ip, port }, Tied::PortBlock { outer, ports, .. }) => {
                outer == ip && port.is_none_or(|it| (ports.0..=ports.1).contains(&it))
            }
            (
                Self::Inner { ip, port },
                Tied::Translation { inner, .. } | Tied::Session { inner, .. },
            ) => inner.ip() == *ip && port.is_none_or(|it| inner.port() == it),
            (
                Self::Far { ip, port },
                Tied::Translation { far: Some(far), .. } | Tied::Session { far, .. },
            ) => far.ip() == *ip && port.is_none_or(|it| far.port() == it),
            (Self::Holder(ip) | Self::HolderIn(ip, _), Tied::Lease { address, .. }) => {
                address == ip
            }
            (Self::Holder(ip) | Self::HolderIn(ip, _), Tied::Account { address, .. }) => {
                *address == Some(*ip)
            }
            (Self::HoldersWithin(prefix, length), Tied::Lease { address, .. }) => {
                within(*address, (*prefix, *length))
            }
            (Self::Machine(mac), Tied::Account { mac: it, .. }) => *it == Some(*mac),
            (Self::Machine(mac), Tied::Attachment { mac: it, .. }) => it == mac,
            _ => false,
        }
    }
}

/// Looks ties up, wherever they are kept.
pub trait Ties {
    /// Every log, in the order of their numbers.
    fn logs(&self) -> &[Log];

    /// The ties that answer `ask` and touch the window that `window` gives for their log, by that
    /// log's own clock; `None` leaves the log out. In the order of ties, at most `limit` of them.
    fn find(&self, ask: Ask, window: &dyn Fn(LogId) -> Option<Span>, limit: usize) -> Vec<Tie>;

    /// How many such ties there are at about, without looking at them; from `limit` on nobody counts.
    fn count(&self, ask: Ask, window: &dyn Fn(LogId) -> Option<Span>, limit: usize) -> usize {
        self.find(ask, window, limit).len()
    }

    /// Up to `count` ties of a log, spread over its whole length, the same each time.
    fn sample(&self, log: LogId, count: usize) -> Vec<Tie>;

    /// The logs that translate to this outer address, at whatever time.
    fn translators(&self, outer: IpAddr) -> Vec<LogId>;
}

/// Ties in memory: for a handful of files, and for tests.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    logs: Vec<Log>,
    ties: Vec<Tie>,
}

impl Remembered {
    /// These logs, numbered by their place, and their ties.
    #[must_use]
    pub fn new(logs: Vec<Log>, mut ties: Vec<Tie>) -> Self {
        ties.sort();
        Self { logs, ties }
    }
}

impl Ties for Remembered {
    fn logs(&self) -> &[Log] {
        &self.logs
    }

    fn find(&self, ask: Ask, window: &dyn Fn(LogId) -> Option<Span>, limit: usize) -> Vec<Tie> {
        let fits = |it: &&Tie| {
            ask.is_answered_by(&it.what)
                && ask.is_put_to(it.line.log)
                && window(it.line.log).is_some_and(|w| w.overlaps(it.span))
        };
        self.ties.iter().filter(fits).take(limit).cloned().collect()
    }

    fn sample(&self, log: LogId, count: usize) -> Vec<Tie> {
        let of_log: Vec<_> = self.ties.iter().filter(|it| it.line.log == log).collect();
        let step = of_log.len().div_ceil(count.max(1)).max(1);
        of_log.into_iter().step_by(step).cloned().collect()
    }

    fn translators(&self, address: IpAddr) -> Vec<LogId> {
        let shows = |it: &&Tie| match &it.what {
            Tied::Translation { outer, .. } => outer.ip() == address,
            Tied::PortBlock { outer, .. } => *outer == address,
            _ => false,
        };
        let logs: BTreeSet<_> = self.ties.iter().filter(shows).map(|it| it.line.log).collect();
        logs.into_iter().collect()
    }
}

/// Whether an address lies within a prefix.
#[must_use]
pub fn within(address: IpAddr, (prefix, length): (IpAddr, u8)) -> bool {
    match (address, prefix) {
        (IpAddr::V4(it), IpAddr::V4(prefix)) => {
            let shift = 32 - u32::from(length.min(32));
            let cut = |it: std::net::Ipv4Addr| u64::from(u32::from(it)) >> shift;
            cut(it) == cut(prefix)
        }
        (IpAddr::V6(it), IpAddr::V6(prefix)) => {
            let shift = 128 - u32::from(length.min(128));
            let cut = |it: std::net::Ipv6Addr| u128::from(it).checked_shr(shift).unwrap_or(0);
            cut(it) == cut(prefix)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_hold_what_lies_within() {
        let net = |it: &str, length| (it.parse().unwrap(), length);
        let ip = |it: &str| it.parse().unwrap();
        assert!(within(ip("10.1.2.3"), net("10.1.0.0", 16)));
        assert!(!within(ip("10.2.2.3"), net("10.1.0.0", 16)));
        assert!(within(ip("10.2.2.3"), net("0.0.0.0", 0)));
        assert!(within(ip("2001:db8::7"), net("2001:db8::", 32)));
        assert!(within(ip("2001:db8::7"), net("::", 0)));
        assert!(!within(ip("2001:db8::7"), net("10.0.0.0", 0)));
    }
}
