//! The words that stand for something in a scenario file.

use crate::carrier::Carrier;

/// What carries a miner's conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carriage {
    /// Something that the dialogue itself rides in.
    Inside(Carrier),
    /// TLS 1.3 as record sizes: real hello messages, contents that look like chance.
    TlsRecords,
    /// The same around a WebSocket.
    WssRecords,
    /// Stratum V2's Noise as message sizes: 64 and 234 bytes, then 32 more than each message.
    NoiseRecords,
    /// `WireGuard` datagrams.
    WireGuard,
    /// `OpenVPN` datagrams.
    OpenVpn,
    /// A forwarding of OpenSSH.
    Ssh,
    /// Shadowsocks with an AEAD cipher.
    Shadowsocks,
    /// Cells of Tor in TLS records.
    Tor,
}

impl Carriage {
    /// By name.
    pub const WORDS: [(&'static str, Self); 13] = [
        ("plain", Self::Inside(Carrier::Tcp)),
        ("http-connect", Self::Inside(Carrier::HttpConnect)),
        ("socks5", Self::Inside(Carrier::Socks5)),
        ("websocket", Self::Inside(Carrier::WebSocket)),
        ("websocket-deflate", Self::Inside(Carrier::WebSocketDeflate)),
        ("tls", Self::TlsRecords),
        ("wss", Self::WssRecords),
        ("noise", Self::NoiseRecords),
        ("wireguard", Self::WireGuard),
        ("openvpn", Self::OpenVpn),
        ("ssh", Self::Ssh),
        ("shadowsocks", Self::Shadowsocks),
        ("tor", Self::Tor),
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("plain", |(word, _)| word)
    }
}

/// What a miner does to be overlooked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evasion {
    /// No server name in the TLS hello.
    NoSni,
    /// The name of something else there.
    FakeSni,
    /// Every message is filled up by a random number of bytes.
    Padding,
    /// Messages of the miner wait for up to some seconds.
    Jitter,
    /// The miner works at a fraction of its rate, which changes.
    Throttle,
}

impl Evasion {
    /// By name.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("no-sni", Self::NoSni),
        ("fake-sni", Self::FakeSni),
        ("padding", Self::Padding),
        ("jitter", Self::Jitter),
        ("throttle", Self::Throttle),
    ];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }
}

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
