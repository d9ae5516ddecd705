//! The words that stand for something in a scenario file.

use crate::carrier::{Carrier, Sni, TlsVersion};
use crate::tunnel::TunnelKind;

/// What a conversation may ride in: every [`Carrier`] that has a name, where `plain` is none.
pub(super) fn carriers() -> Vec<(&'static str, Carrier)> {
    let deflate = [("websocket-deflate", Carrier::WebSocketDeflate)];
    let usual = Carrier::usual().into_iter().filter(|it| *it != Carrier::WebSocketDeflate);
    let named = usual.map(|it| (carrier_word(it), it));
    named.chain(deflate).collect()
}

/// The word for a carrier.
pub(super) fn carrier_word(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Tcp => "plain",
        Carrier::WebSocketDeflate => "websocket-deflate",
        other => other.name(),
    }
}

/// What may be around everything.
pub(super) fn tunnels() -> [(&'static str, TunnelKind); 6] {
    TunnelKind::ALL.map(|it| (it.name(), it))
}

/// The name in a TLS hello.
pub(super) const SNI: [(&str, Sni); 3] =
    [("named", Sni::Host), ("none", Sni::None), ("fake", Sni::Fake)];

/// What the pool speaks.
pub(super) const TLS: [(&str, TlsVersion); 2] =
    [("1.2", TlsVersion::V12), ("1.3", TlsVersion::V13)];

/// When a miner mines, by the clock of UTC+8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// All the time.
    Always,
    /// From 22:00 to 07:00.
    Nights,
    /// From 09:00 to 18:00.
    OfficeHours,
    /// In spells of some minutes to some hours, as a laptop is opened and closed.
    Spells,
}

impl Schedule {
    /// By name.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("always", Self::Always),
        ("nights", Self::Nights),
        ("office-hours", Self::OfficeHours),
        ("spells", Self::Spells),
    ];
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Output {
    /// `capture.pcapng`.
    Pcapng,
    /// `netflow5.pcapng`.
    NetFlow5,
    /// `netflow9.pcapng`.
    NetFlow9,
    /// `flows.ipfix`.
    Ipfix,
    /// `sflow5.pcapng`.
    Sflow,
    /// `zeek/*.log` as TSV.
    ZeekTsv,
    /// `zeek-json/*.log`.
    ZeekJson,
    /// `eve.json` as Suricata writes it.
    Eve,
    /// `named-query.log` as BIND writes it.
    Bind,
    /// `dnsmasq.log`.
    Dnsmasq,
}

impl Output {
    /// By name.
    pub const WORDS: [(&'static str, Self); 10] = [
        ("pcapng", Self::Pcapng),
        ("netflow5", Self::NetFlow5),
        ("netflow9", Self::NetFlow9),
        ("ipfix", Self::Ipfix),
        ("sflow5", Self::Sflow),
        ("zeek", Self::ZeekTsv),
        ("zeek-json", Self::ZeekJson),
        ("eve", Self::Eve),
        ("bind", Self::Bind),
        ("dnsmasq", Self::Dnsmasq),
    ];
}
