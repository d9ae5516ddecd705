//! Decoders for bytes an adversary may have written.
//!
//! Invariant: no I/O, no panic, and no more memory than the caps named here allow. This crate
//! knows no pool, no detector and no file: it says what the bytes are, never what they mean.
//!
//! The path inside: [`capture`] cuts a file into packets, [`packet`] peels one packet down to
//! addresses and payload, [`flow`] follows connections and puts their bytes in order,
//! [`conversation`] decodes what a connection says, and a [`session::Session`] is what is left of
//! a connection that spoke a mining dialect.

pub mod capture;
pub mod conversation;
pub mod dns;
pub mod flow;
pub mod fragment;
mod http;
mod jsonrpc;
pub mod miner_config;
mod mining;
pub mod p2p;
pub mod packet;
pub mod session;
pub mod tcp;
pub mod tls;
pub mod wallet;
mod websocket;
pub mod wrap;

/// Which end of a flow spoke: the one that opened it (or was seen first), or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The end that sent the first SYN, or else the end whose packet was seen first.
    Opener,
    /// The other end.
    Answerer,
}

impl End {
    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Opener => Self::Answerer,
            Self::Answerer => Self::Opener,
        }
    }
}

/// When and where in the capture something was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Nanoseconds since 1970-01-01T00:00:00Z, by the clock of the sensor.
    pub time_ns: i64,
    /// The frame number in its capture, counted from one.
    pub frame: u64,
}
