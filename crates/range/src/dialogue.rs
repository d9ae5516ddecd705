//! What two ends say to each other and when, before anything is cut into packets.

use std::net::SocketAddr;

use crate::truth::Mining;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The end that opened the connection.
    Client,
    /// The end that was listening.
    Server,
}

impl Side {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// One write to the connection, at the time a sensor beside the client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub time_ns: u64,
    /// Who spoke.
    pub from: Side,
    /// What was written.
    pub bytes: Vec<u8>,
}

/// What carries a dialogue below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A TCP connection with handshake and end.
    Tcp,
    /// One datagram per turn.
    Udp,
}

/// One flow: two addresses and what was said.
#[derive(Clone, Debug)]
pub struct Dialogue {
    /// TCP or UDP.
    pub transport: Transport,
    /// The address that opens.
    pub client: SocketAddr,
    /// The address that listens.
    pub server: SocketAddr,
    /// When the client's first packet leaves.
    pub start_ns: u64,
    /// When the client closes.
    pub end_ns: u64,
    /// The time from a packet to its echo, both seen beside the client.
    pub rtt_ns: u64,
    /// What kind of flow this is, for the truth ("mining", "lsp", "dns" and the like).
    pub kind: String,
    /// The conversation, ordered by time.
    pub turns: Vec<Turn>,
    /// The truth about mining, if this is mining.
    pub mining: Option<Mining>,
}

impl Dialogue {
    /// An empty TCP dialogue from `start_ns`.
    #[must_use]
    pub fn tcp(client: SocketAddr, server: SocketAddr, start_ns: u64, kind: &str) -> Self {
        Self {
            transport: Transport::Tcp,
            client,
            server,
            start_ns,
            end_ns: start_ns,
            rtt_ns: 30_000_000,
            kind: kind.to_owned(),
            turns: Vec::new(),
            mining: None,
        }
    }

    /// An empty UDP dialogue from `start_ns`.
    #[must_use]
    pub fn udp(client: SocketAddr, server: SocketAddr, start_ns: u64, kind: &str) -> Self {
        Self { transport: Transport::Udp, ..Self::tcp(client, server, start_ns, kind) }
    }

    /// Says something at a time; keeps `end_ns` behind it.
    pub fn say(&mut self, time_ns: u64, from: Side, bytes: impl Into<Vec<u8>>) {
        self.end_ns = self.end_ns.max(time_ns + self.rtt_ns);
        self.turns.push(Turn { time_ns, from, bytes: bytes.into() });
    }

    /// Asks at `time_ns` and has the answer after a round trip; returns the time of the answer.
    pub fn ask(
        &mut self,
        time_ns: u64,
        ask: impl Into<Vec<u8>>,
        answer: impl Into<Vec<u8>>,
    ) -> u64 {
        let answered = time_ns + self.rtt_ns + 700_000;
        self.say(time_ns, Side::Client, ask);
        self.say(answered, Side::Server, answer);
        answered
    }

    /// When the first application byte may be sent: the handshake is over.
    #[must_use]
    pub fn ready_ns(&self) -> u64 {
        match self.transport {
            Transport::Tcp => self.start_ns + self.rtt_ns + 200_000,
            Transport::Udp => self.start_ns,
        }
    }
}

/// Seconds as nanoseconds.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "scenario times are positive and far below 2^63 nanoseconds"
)]
pub fn nanos(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1e9) as u64
}

/// Nanoseconds as seconds.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "used for durations and rates")]
pub fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}
