//! What a dialogue rides in: nothing, a proxy, TLS, a WebSocket, Noise, or several of them.
//!
//! From the outside in: a proxy that is asked in the clear, then TLS or Noise, then a WebSocket.
//! Everything but a proxy's opening and a plain WebSocket is encrypted with keys from the seed.

mod noise;
mod proxy;
mod tls;
mod websocket;

pub use tls::{Alpn, Padding, Sni, Suite, Tls, TlsVersion};
pub(crate) use websocket::base64;

use crate::dialogue::{Dialogue, Side, Turn, nanos};
use crate::rng::Rng;
use crate::truth::TlsTruth;
use crate::world::notes::TlsNote;

/// How a dialogue is carried over its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// As it is.
    Tcp,
    /// After `CONNECT host:port` to a proxy.
    HttpConnect,
    /// After a SOCKS5 handshake, by name or by address.
    Socks5,
    /// One text frame per message, client frames masked.
    WebSocket,
    /// The same with permessage-deflate and its context kept over messages.
    WebSocketDeflate,
    /// In records of TLS 1.2 or 1.3, perhaps behind a proxy, perhaps with a WebSocket inside.
    Tls(Tls),
    /// In Stratum V2's Noise frames; only for the dialect [`StratumV2`].
    ///
    /// [`StratumV2`]: crate::scenario::Dialect::StratumV2
    Noise,
}

/// A proxy that is asked in the clear before anything else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// `CONNECT host:port`.
    HttpConnect,
    /// SOCKS5 without authentication.
    Socks5,
}

/// A WebSocket inside another carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    /// Frames as they are.
    Plain,
    /// permessage-deflate with its context kept over messages.
    Deflate,
}

impl Carrier {
    /// TLS 1.3 as a miner and a pool use it.
    #[must_use]
    pub fn tls() -> Self {
        Self::Tls(Tls::default())
    }

    /// A WebSocket inside TLS 1.3, as a browser opens it.
    #[must_use]
    pub fn wss() -> Self {
        Self::Tls(Tls { socket: Some(Socket::Plain), alpn: Alpn::Http1, ..Tls::default() })
    }

    /// Every carrier that has a name of its own, with the usual settings.
    #[must_use]
    pub fn usual() -> [Self; 12] {
        let behind = |proxy, carrier| match carrier {
            Self::Tls(tls) => Self::Tls(Tls { proxy: Some(proxy), ..tls }),
            other => other,
        };
        [
            Self::Tcp,
            Self::HttpConnect,
            Self::Socks5,
            Self::WebSocket,
            Self::WebSocketDeflate,
            Self::tls(),
            Self::wss(),
            behind(Proxy::HttpConnect, Self::tls()),
            behind(Proxy::HttpConnect, Self::wss()),
            behind(Proxy::Socks5, Self::tls()),
            behind(Proxy::Socks5, Self::wss()),
            Self::Noise,
        ]
    }

    /// The name for the truth, from the outside in.
    #[must_use]
    pub fn name(self) -> &'static str {
        let Self::Tls(tls) = self else {
            return match self {
                Self::HttpConnect => "http-connect",
                Self::Socks5 => "socks5",
                Self::WebSocket | Self::WebSocketDeflate => "websocket",
                Self::Noise => "noise",
                Self::Tcp | Self::Tls(_) => "tcp",
            };
        };
        match (tls.proxy, tls.socket) {
            (None, None) => "tls",
            (None, Some(_)) => "wss",
            (Some(Proxy::HttpConnect), None) => "http-connect+tls",
            (Some(Proxy::HttpConnect), Some(_)) => "http-connect+wss",
            (Some(Proxy::Socks5), None) => "socks5+tls",
            (Some(Proxy::Socks5), Some(_)) => "socks5+wss",
        }
    }

    /// The carrier with this name, with the usual settings.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "websocket-deflate" {
            return Some(Self::WebSocketDeflate);
        }
        Self::usual().into_iter().find(|carrier| carrier.name() == name)
    }

    /// The same with padding in its records, where it has records that can be padded.
    pub(crate) fn padded(self, padding: Padding) -> Self {
        match self {
            Self::Tls(tls) if tls.version == TlsVersion::V13 && padding != Padding::None => {
                Self::Tls(Tls { padding, ..tls })
            }
            other => other,
        }
    }

    fn proxy(self) -> Option<Proxy> {
        match self {
            Self::HttpConnect => Some(Proxy::HttpConnect),
            Self::Socks5 => Some(Proxy::Socks5),
            Self::Tls(tls) => tls.proxy,
            Self::Tcp | Self::WebSocket | Self::WebSocketDeflate | Self::Noise => None,
        }
    }

    fn socket(self) -> Option<Socket> {
        match self {
            Self::WebSocket => Some(Socket::Plain),
            Self::WebSocketDeflate => Some(Socket::Deflate),
            Self::Tls(tls) => tls.socket,
            Self::Tcp | Self::HttpConnect | Self::Socks5 | Self::Noise => None,
        }
    }
}

/// Where a carrier is asked to go.
pub(crate) struct Destination<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
}

/// The writes that open a carrier without encryption, in order.
pub(crate) fn opening(
    carrier: Carrier,
    to: &Destination<'_>,
    rng: &mut Rng,
) -> Vec<(Side, Vec<u8>)> {
    let mut said = carrier.proxy().map_or_else(Vec::new, |proxy| proxy::opening(proxy, to));
    if let Some(socket) = carrier.socket() {
        said.extend(websocket::opening(socket == Socket::Deflate, to.host, rng));
    }
    said
}

/// Puts every message into the frames of a carrier without encryption.
pub(crate) fn wrap(carrier: Carrier, turns: &mut [Turn], rng: &mut Rng) {
    if let Some(socket) = carrier.socket() {
        let mut frames = websocket::Frames::new(socket == Socket::Deflate);
        for turn in turns {
            turn.bytes = frames.wrap(turn.from, &turn.bytes, rng);
        }
    }
}

/// Puts spaces before the end of a message that is a line of JSON.
pub(crate) fn pad_text(bytes: &mut Vec<u8>, padding: Padding, rng: &mut Rng) {
    if bytes.ends_with(b"}\n") {
        let spaces = padding.of(bytes.len(), rng);
        bytes.pop();
        bytes.extend(std::iter::repeat_n(b' ', spaces).chain([b'\n']));
    }
}

/// What encrypts the messages of a connection.
enum Seal {
    Clear,
    Tls(Box<tls::Channel>),
    Noise(noise::Channel),
}

impl Seal {
    fn seal(&mut self, from: Side, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Clear => bytes,
            Self::Tls(channel) => channel.seal(from, &bytes),
            Self::Noise(channel) => channel.seal(from, &bytes),
        }
    }
}

/// A carrier that has been opened.
pub(crate) struct Opened {
    seal: Seal,
    frames: Option<websocket::Frames>,
    rtt_ns: u64,
    /// The place of a last flight of the client that its first message goes out with: what ends a
    /// handshake of TLS 1.3 and what follows at once are one write of `OpenSSL`'s users.
    joined: Option<usize>,
    /// The last write of either direction.
    last_ns: [u64; 2],
    /// What was said to open it.
    pub(crate) turns: Vec<Turn>,
    /// When the client may send its first message.
    pub(crate) ready_ns: u64,
    /// What a TLS handshake showed.
    pub(crate) shown: Option<TlsTruth>,
    /// What a sensor that reads handshakes would note.
    pub(crate) note: Option<TlsNote>,
}

/// Opens a carrier from `ready_ns` on, when the connection stands.
pub(crate) fn open(
    carrier: Carrier,
    to: &Destination<'_>,
    ready_ns: u64,
    rtt_ns: u64,
    rng: &mut Rng,
) -> Opened {
    let mut opened = Opened {
        seal: Seal::Clear,
        frames: carrier.socket().map(|it| websocket::Frames::new(it == Socket::Deflate)),
        rtt_ns,
        joined: None,
        last_ns: [0; 2],
        turns: Vec::new(),
        ready_ns,
        shown: None,
        note: None,
    };
    if let Some(proxy) = carrier.proxy() {
        for (from, bytes) in proxy::opening(proxy, to) {
            opened.say(from, bytes);
        }
    }
    // a stream of its own: what is said inside stays what it would be in the clear
    let mut own = rng.clone().fork("seal");
    let unix = ready_ns / 1_000_000_000;
    match carrier {
        Carrier::Tls(tls) => {
            let (channel, flights) = tls::open(tls, to.host, unix, &mut own);
            opened.shake(flights, &mut own);
            if let Some(channel) = channel {
                opened.shown = Some(channel.shown());
                opened.note = Some(channel.note());
                if tls.version == TlsVersion::V13 {
                    let last = opened.turns.iter().rposition(|turn| turn.from == Side::Client);
                    opened.joined = last;
                }
                opened.seal = Seal::Tls(Box::new(channel));
            }
        }
        Carrier::Noise => {
            let (channel, flights) = noise::open(unix, &mut own);
            opened.shake(flights, &mut own);
            opened.seal = Seal::Noise(channel);
        }
        _ => {}
    }
    if let Some(socket) = carrier.socket() {
        for (from, bytes) in websocket::opening(socket == Socket::Deflate, to.host, rng) {
            let bytes = opened.seal.seal(from, bytes);
            if let Some(bytes) = opened.join(from, bytes) {
                opened.say(from, bytes);
            }
        }
    }
    opened
}

impl Opened {
    fn say(&mut self, from: Side, bytes: Vec<u8>) {
        self.ready_ns += if from == Side::Server { self.rtt_ns } else { 300_000 };
        self.turns.push(Turn { time_ns: self.ready_ns, from, bytes });
    }

    /// Appends the client's first message to its last flight; gives back what goes alone.
    fn join(&mut self, from: Side, bytes: Vec<u8>) -> Option<Vec<u8>> {
        if from == Side::Server {
            return Some(bytes);
        }
        match self.joined.take().and_then(|place| self.turns.get_mut(place)) {
            Some(turn) => {
                turn.bytes.extend(bytes);
                None
            }
            None => Some(bytes),
        }
    }

    /// The flights of a handshake: each end needs a moment for its keys. A last flight of the
    /// server after the client's own (session tickets of TLS 1.3) is not waited for.
    fn shake(&mut self, flights: Vec<tls::Flight>, rng: &mut Rng) {
        for flight in flights {
            let work = nanos(rng.between(0.000_2, 0.001_5));
            let travel = if flight.from == Side::Server { self.rtt_ns } else { 0 };
            let time_ns = self.ready_ns + travel + work;
            if flight.awaited {
                self.ready_ns = time_ns;
            }
            self.turns.push(Turn { time_ns, from: flight.from, bytes: flight.bytes });
        }
    }

    /// Puts a message into the carrier; messages come in order of time. What is seen of it, unless
    /// it goes out with the last flight of the handshake, which stands in `turns` until then.
    pub(crate) fn put(&mut self, mut turn: Turn, rng: &mut Rng) -> Option<Turn> {
        if let Some(frames) = &mut self.frames {
            turn.bytes = frames.wrap(turn.from, &turn.bytes, rng);
        }
        // what one side seals must be seen in the order in which it was sealed
        let place = usize::from(turn.from == Side::Server);
        if let Some(last) = self.last_ns.get_mut(place) {
            let said = self.turns.iter().filter(|it| it.from == turn.from);
            let said = said.map(|it| it.time_ns).fold(*last, u64::max);
            turn.time_ns = turn.time_ns.max(said + 1_000);
            *last = turn.time_ns;
        }
        let soon = turn.time_ns.saturating_sub(self.ready_ns) < 2_000_000;
        let sealed = self.seal.seal(turn.from, turn.bytes);
        let alone = if soon { self.join(turn.from, sealed) } else { Some(sealed) };
        alone.map(|bytes| Turn { bytes, ..turn })
    }

    /// Puts messages into the carrier and appends them to what opened it.
    fn carry(mut self, turns: Vec<Turn>, rng: &mut Rng) -> Vec<Turn> {
        let carried: Vec<Turn> = turns.into_iter().filter_map(|it| self.put(it, rng)).collect();
        self.turns.extend(carried);
        self.turns.sort_by_key(|turn| turn.time_ns);
        self.turns
    }
}

impl Dialogue {
    /// The same dialogue inside TLS: a handshake comes first, everything else comes as much later
    /// and in records. For TCP dialogues; `host` is the name that is asked for.
    #[must_use]
    pub fn over_tls(mut self, tls: Tls, host: &str, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("over-tls");
        let carrier = Carrier::Tls(tls);
        let to = Destination { host, port: self.server.port() };
        let ready = self.ready_ns();
        let opened = open(carrier, &to, ready, self.rtt_ns, &mut rng);
        let later = opened.ready_ns.saturating_sub(ready);
        let mut turns = std::mem::take(&mut self.turns);
        for turn in &mut turns {
            turn.time_ns += later;
        }
        self.turns = opened.carry(turns, &mut rng);
        self.end_ns += later;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_carrier_is_found_by_its_name() {
        for carrier in Carrier::usual() {
            let found = Carrier::from_name(carrier.name()).unwrap();
            assert_eq!(found.name(), carrier.name());
        }
        assert_eq!(Carrier::from_name("pigeon"), None);
    }
}
