//! Tunnels by their shape: sizes and times of SSH, `WireGuard`, `OpenVPN`, shadowsocks and Tor
//! around mining and other traffic.
//!
//! Nothing is encrypted here: headers that stand in the clear are right, everything else is
//! random bytes of the right length, so a sensor sees what it would see of a real tunnel. Real
//! tunnels belong to live scenarios.

mod openvpn;
mod other;
mod shadowsocks;
mod ssh;
mod tor;
mod wireguard;

use std::net::{IpAddr, SocketAddr};

use crate::dialogue::{Dialogue, Side, Transport, Turn};
use crate::packets;
use crate::rng::Rng;
use crate::truth::Mining;

/// What a tunnel looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TunnelKind {
    /// `OpenSSH` with a forwarded port, chacha20-poly1305 packets.
    Ssh,
    /// `WireGuard`: datagrams with handshakes of 148 and 92 bytes.
    WireGuard,
    /// `OpenVPN` 2.6 over UDP with tls-crypt and AES-256-GCM.
    OpenVpnUdp,
    /// The same over TCP.
    OpenVpnTcp,
    /// shadowsocks with an AEAD cipher: a connection of its own for each connection inside.
    Shadowsocks,
    /// Tor to its first relay: cells in real TLS.
    Tor,
}

impl TunnelKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Ssh,
        Self::WireGuard,
        Self::OpenVpnUdp,
        Self::OpenVpnTcp,
        Self::Shadowsocks,
        Self::Tor,
    ];

    /// The name in the truth.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::WireGuard => "wireguard",
            Self::OpenVpnUdp => "openvpn-udp",
            Self::OpenVpnTcp => "openvpn-tcp",
            Self::Shadowsocks => "shadowsocks",
            Self::Tor => "tor",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The port it usually listens on.
    #[must_use]
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Ssh => 22,
            Self::WireGuard => 51_820,
            Self::OpenVpnUdp | Self::OpenVpnTcp => 1194,
            Self::Shadowsocks => 8388,
            Self::Tor => 9001,
        }
    }

    fn transport(self) -> Transport {
        match self {
            Self::WireGuard | Self::OpenVpnUdp => Transport::Udp,
            Self::Ssh | Self::OpenVpnTcp | Self::Shadowsocks | Self::Tor => Transport::Tcp,
        }
    }

    /// Whether packets go through it, and not messages.
    fn takes_packets(self) -> bool {
        matches!(self, Self::WireGuard | Self::OpenVpnUdp | Self::OpenVpnTcp)
    }
}

/// The settings of a tunnel. Start from [`Tunnel::new`] and change what matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tunnel {
    /// What it looks like.
    pub kind: TunnelKind,
    /// Its far end.
    pub endpoint: SocketAddr,
    /// Packets (for SSH and shadowsocks: messages) of other traffic per second, both directions
    /// together.
    pub other_per_second: f64,
    /// Seconds without a word after which an end sends a sign of life; infinite for none.
    pub keepalive_seconds: f64,
    /// Round trip to the far end in milliseconds.
    pub rtt_ms: f64,
}

impl Tunnel {
    /// A tunnel with nothing else in it and its kind's usual signs of life.
    #[must_use]
    pub fn new(kind: TunnelKind) -> Self {
        Self {
            kind,
            endpoint: SocketAddr::from(([203, 0, 113, 200], kind.usual_port())),
            other_per_second: 0.0,
            keepalive_seconds: match kind {
                TunnelKind::WireGuard => 25.0,
                TunnelKind::OpenVpnUdp | TunnelKind::OpenVpnTcp => 10.0,
                TunnelKind::Ssh => 60.0,
                TunnelKind::Tor => tor::KEEPALIVE_SECONDS,
                TunnelKind::Shadowsocks => f64::INFINITY,
            },
            rtt_ms: 25.0,
        }
    }

    /// The flows a sensor beside the client sees, from `start_ns` to `end_ns`, when `inside` goes
    /// through the tunnel. With nothing inside this is an innocent tunnel. The truth about mining
    /// is that of what is inside; it belongs to the flow that carries it.
    #[must_use]
    pub fn around(
        &self,
        inside: &[Dialogue],
        client: IpAddr,
        start_ns: u64,
        end_ns: u64,
        seed: u64,
    ) -> Vec<Dialogue> {
        let mut rng = Rng::new(seed).fork("tunnel");
        let port = 32_768 + u16::try_from(rng.below(28_000)).unwrap_or(0);
        let other = other::traffic(self, start_ns, end_ns, &mut rng.fork("other"));
        let span = Span {
            start_ns,
            end_ns,
            rtt_ns: crate::dialogue::nanos(self.rtt_ms / 1e3),
            keepalive_seconds: self.keepalive_seconds,
        };
        if self.kind == TunnelKind::Shadowsocks {
            return self.each_apart(inside, &other, client, port, &span, &mut rng);
        }
        let mut pieces = other;
        for dialogue in inside {
            pieces.extend(self.pieces(dialogue, &mut rng));
        }
        pieces.sort_by_key(|piece| piece.time_ns);
        let turns = match self.kind {
            TunnelKind::WireGuard => wireguard::turns(&pieces, &span, rng.fork("wireguard")),
            TunnelKind::OpenVpnUdp => openvpn::turns(&pieces, &span, false, rng.fork("openvpn")),
            TunnelKind::OpenVpnTcp => openvpn::turns(&pieces, &span, true, rng.fork("openvpn")),
            TunnelKind::Tor => tor::turns(&pieces, inside.len(), &span, rng.fork("tor")),
            TunnelKind::Ssh | TunnelKind::Shadowsocks => {
                ssh::turns(&pieces, inside.len(), &span, rng.fork("ssh"))
            }
        };
        let mining = inside.iter().filter_map(|dialogue| dialogue.mining.as_ref());
        let flow = self.flow(turns, together(mining), SocketAddr::new(client, port), &span);
        vec![if self.kind == TunnelKind::Tor { tor::sealed(flow, &mut rng) } else { flow }]
    }

    /// shadowsocks does not put connections together.
    fn each_apart(
        &self,
        inside: &[Dialogue],
        other: &[Piece],
        client: IpAddr,
        mut port: u16,
        span: &Span,
        rng: &mut Rng,
    ) -> Vec<Dialogue> {
        let mut flows = Vec::new();
        let mut add = |pieces: &[Piece], mining: Option<Mining>, span: &Span| {
            let turns = shadowsocks::turns(pieces, span, rng.fork("shadowsocks"));
            flows.push(self.flow(turns, mining, SocketAddr::new(client, port), span));
            port = port.wrapping_add(1).max(32_768);
        };
        for dialogue in inside {
            let pieces = messages(dialogue);
            let mining = together(dialogue.mining.iter());
            let (start_ns, end_ns) = (dialogue.start_ns, dialogue.end_ns);
            add(&pieces, mining, &Span { start_ns, end_ns, ..*span });
        }
        if !other.is_empty() {
            add(other, None, span);
        }
        flows
    }

    fn pieces(&self, dialogue: &Dialogue, rng: &mut Rng) -> Vec<Piece> {
        if !self.kind.takes_packets() {
            return messages(dialogue);
        }
        let sizes = packets::sizes(dialogue, INNER_SEGMENT, &mut rng.fork("inside"));
        let piece = |(time_ns, from, length)| Piece { time_ns, from, length };
        sizes.into_iter().map(piece).collect()
    }

    fn flow(
        &self,
        mut turns: Vec<Turn>,
        mining: Option<Mining>,
        client: SocketAddr,
        span: &Span,
    ) -> Dialogue {
        turns.sort_by_key(|turn| turn.time_ns);
        let kind = if mining.is_some() { "mining" } else { "tunnel" };
        let mining = mining.map(|mut mining| {
            mining.tunnel = Some(self.kind.name().to_owned());
            mining.evasion.push("tunnel".to_owned());
            mining
        });
        Dialogue {
            transport: self.kind.transport(),
            rtt_ns: span.rtt_ns,
            end_ns: span.end_ns,
            turns,
            mining,
            ..Dialogue::tcp(client, self.endpoint, span.start_ns, kind)
        }
    }
}

/// The most payload in a TCP segment inside a tunnel with an MTU of 1,420.
const INNER_SEGMENT: usize = 1_368;

/// A packet or a message inside a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    time_ns: u64,
    from: Side,
    length: usize,
}

fn messages(dialogue: &Dialogue) -> Vec<Piece> {
    let piece =
        |turn: &Turn| Piece { time_ns: turn.time_ns, from: turn.from, length: turn.bytes.len() };
    dialogue.turns.iter().map(piece).collect()
}

/// When a tunnel stands, and how it keeps itself alive.
#[derive(Clone, Copy)]
struct Span {
    start_ns: u64,
    end_ns: u64,
    rtt_ns: u64,
    keepalive_seconds: f64,
}

impl Span {
    /// How long an end may be silent.
    fn patience_ns(&self) -> u64 {
        if self.keepalive_seconds.is_finite() {
            crate::dialogue::nanos(self.keepalive_seconds)
        } else {
            u64::MAX
        }
    }

    /// When a TCP connection to the far end stands.
    fn ready_ns(&self) -> u64 {
        self.start_ns + self.rtt_ns + 200_000
    }
}

/// Several sessions in one flow as one truth: the first, with the sums of all.
pub(crate) fn together<'a>(mut all: impl Iterator<Item = &'a Mining>) -> Option<Mining> {
    let mut whole = all.next()?.clone();
    for one in all {
        whole.shares.submitted += one.shares.submitted;
        whole.shares.accepted += one.shares.accepted;
        whole.shares.rejected += one.shares.rejected;
        whole.accepted_work += one.accepted_work;
        whole.jobs += one.jobs;
        whole.logged_in_ns = whole.logged_in_ns.min(one.logged_in_ns);
        whole.ended_ns = whole.ended_ns.max(one.ended_ns);
        whole.block_times.extend(&one.block_times);
    }
    whole.block_times.sort_unstable();
    Some(whole)
}
