//! What an entry ties, and how its lines make one span.

use std::net::{IpAddr, SocketAddr};

use minehound_logs::{Action, Entry, Kind, Peer, Phase};
use minehound_model::{HardwareAddress, LogKind, Place, Tied};

/// What a log writes of a connection that it never writes the end of, in milliseconds: the usual
/// time-out of an idle TCP connection in a translator (RFC 5382 asks for 2 h 4 min; devices come
/// with an hour), and of UDP (RFC 4787 asks for at least two minutes).
const TCP_LASTS_MS: i64 = 3_600_000;
const UDP_LASTS_MS: i64 = 180_000;
/// A lease without an end, in milliseconds: the usual day.
const LEASE_LASTS_MS: i64 = 86_400_000;
/// An account session or an association that nobody ended.
const LOGIN_LASTS_MS: i64 = 12 * 3_600_000;

/// A tie on its way: its lines may stand apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) kind: LogKind,
    pub(super) key: Key,
    pub(super) what: Tied,
    pub(super) phase: Phase,
    /// How long it is taken to last when its end is not written.
    pub(super) lasts_ms: i64,
}

/// What can only be in one place at a time: a new beginning ends what was there before.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    /// An outer end towards one far end.
    Outer(u8, SocketAddr, Option<SocketAddr>),
    /// A block of ports by its first.
    Block(IpAddr, u16),
    /// A connection without translation.
    Session(u8, SocketAddr, SocketAddr),
    /// An address that is held.
    Address(IpAddr),
    /// A hardware address at a place.
    Mac(HardwareAddress),
    /// An account session: by its id, or by the account and where it is on line.
    Login(String),
}

/// What an entry ties, if it ties anything.
pub(super) fn tied(entry: &Entry<'_>) -> Option<Told> {
    if entry.action == Some(Action::Denied) {
        return None;
    }
    match entry.kind {
        Kind::Session | Kind::Translation => connection(entry),
        Kind::PortBlock => block(entry),
        Kind::Lease | Kind::Neighbour => lease(entry),
        Kind::Login => login(entry),
        Kind::Attachment => attachment(entry),
        Kind::Query | Kind::Request | Kind::Alert => None,
    }
}

fn connection(entry: &Entry<'_>) -> Option<Told> {
    let inner = end(entry.from)?;
    let far = end(entry.to);
    let proto = entry.proto.unwrap_or(6);
    let lasts_ms = if proto == 17 { UDP_LASTS_MS } else { TCP_LASTS_MS };
    let outer = end(entry.outer).filter(|it| *it != inner);
    let (kind, key, what) = match (outer, far) {
        (Some(outer), far) => (
            LogKind::Translation,
            Key::Outer(proto, outer, far),
            Tied::Translation { outer, inner, far, proto },
        ),
        (None, Some(far)) => {
            let what = Tied::Session { inner, far, proto };
            (LogKind::Session, Key::Session(proto, inner, far), what)
        }
        (None, None) => return None,
    };
    Some(Told { kind, key, what, phase: entry.phase, lasts_ms })
}

fn block(entry: &Entry<'_>) -> Option<Told> {
    let (outer, inner) = (entry.outer.ip?, entry.from.ip?);
    let block = entry.block?;
    Some(Told {
        kind: LogKind::Translation,
        key: Key::Block(outer, block.first),
        what: Tied::PortBlock { outer, ports: (block.first, block.last), inner },
        phase: entry.phase,
        lasts_ms: LEASE_LASTS_MS,
    })
}

fn lease(entry: &Entry<'_>) -> Option<Told> {
    let address = entry.from.ip?;
    let mac = hardware(entry)?;
    let host_name = entry.host_name.as_ref().map(|it| it.clone().into_owned());
    Some(Told {
        kind: LogKind::Lease,
        key: Key::Address(address),
        what: Tied::Lease { address, mac, host_name },
        phase: entry.phase,
        lasts_ms: LEASE_LASTS_MS,
    })
}

fn login(entry: &Entry<'_>) -> Option<Told> {
    let account = entry.account.as_deref()?.to_owned();
    let (address, mac) = (entry.from.ip, hardware(entry));
    if address.is_none() && mac.is_none() {
        return None;
    }
    let key = entry.session.as_deref().map_or_else(
        || format!("{account} {address:?} {mac:?}"),
        |session| format!("{session} {account}"),
    );
    Some(Told {
        kind: LogKind::Account,
        key: Key::Login(key),
        what: Tied::Account { account, address, mac, through: place(entry) },
        phase: entry.phase,
        lasts_ms: LOGIN_LASTS_MS,
    })
}

fn attachment(entry: &Entry<'_>) -> Option<Told> {
    let (mac, place) = (hardware(entry)?, place(entry)?);
    Some(Told {
        kind: LogKind::Attachment,
        key: Key::Mac(mac),
        what: Tied::Attachment { mac, place },
        phase: entry.phase,
        lasts_ms: LOGIN_LASTS_MS,
    })
}

fn place(entry: &Entry<'_>) -> Option<Place> {
    let device = entry.attached_to.as_deref()?.to_owned();
    Some(Place { device, port: entry.port_name.as_deref().map(str::to_owned) })
}

fn hardware(entry: &Entry<'_>) -> Option<HardwareAddress> {
    let mac = HardwareAddress(entry.mac?.0);
    // Placeholders of devices that know none.
    (mac.0 != [0; 6] && mac.0 != [0xff; 6]).then_some(mac)
}

pub(super) fn end(peer: Peer) -> Option<SocketAddr> {
    let ip = peer.ip?.to_canonical();
    (!ip.is_unspecified()).then(|| SocketAddr::new(ip, peer.port.unwrap_or(0)))
}
