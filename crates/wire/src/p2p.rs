//! Nodes of coin networks, told by what they say and never by their port.
//!
//! A node passes blocks on; it does not mine by that. Each recognition is a conjunction, so that
//! chance does not make nodes: a network's four bytes *and* a command that exists *and* a length
//! that fits; a signature of eight bytes *and* the fields after it; a Keccak hash that is right.

mod bitcoin;
mod ethereum;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Most bytes of a stream or datagram that are looked at.
pub const MAX_PROBE: usize = 2048;

/// The network that a node belongs to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Network {
    /// Bitcoin, the main network.
    Bitcoin,
    /// Bitcoin's test networks: testnet 3 and 4, the default signet, regtest.
    BitcoinTestnet,
    /// Bitcoin Cash and its close relatives that kept its bytes.
    BitcoinCash,
    /// Litecoin.
    Litecoin,
    /// Dogecoin.
    Dogecoin,
    /// Dash.
    Dash,
    /// Zcash.
    Zcash,
    /// Ravencoin.
    Ravencoin,
    /// `DigiByte`.
    Digibyte,
    /// A network that speaks Bitcoin's protocol with bytes of its own.
    BitcoinLike,
    /// Monero or another network that speaks Levin.
    Monero,
    /// Ethereum, Ethereum Classic or another network that finds its nodes with discv4.
    Ethereum,
    /// Nano, the live or the test network.
    Nano,
}

/// Recognises a node by the first bytes that one end of a TCP connection said.
#[must_use]
pub fn recognise_stream(first_bytes: &[u8]) -> Option<Network> {
    let bytes = first_bytes.get(..MAX_PROBE).unwrap_or(first_bytes);
    bitcoin::recognise(bytes).or_else(|| levin(bytes)).or_else(|| nano(bytes, Nano::Stream))
}

/// Recognises a node by one UDP datagram.
#[must_use]
pub fn recognise_datagram(payload: &[u8]) -> Option<Network> {
    let payload = payload.get(..MAX_PROBE).unwrap_or(payload);
    ethereum::recognise(payload).or_else(|| nano(payload, Nano::Datagram))
}

/// Levin, the protocol below `CryptoNote` networks: a header of 33 bytes.
///
/// monero-project/monero:contrib/epee/include/net/levin_base.h (signature, protocol version, the
/// largest packet) and `src/p2p/p2p_protocol_defs.h` (commands).
fn levin(bytes: &[u8]) -> Option<Network> {
    const SIGNATURE: [u8; 8] = [0x01, 0x21, 1, 1, 1, 1, 1, 1];
    const LARGEST: u64 = 100_000_000;
    let header = bytes.first_chunk::<33>()?;
    let rest = header.strip_prefix(&SIGNATURE)?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (wants_answer, rest) = rest.split_first()?;
    let (words, _) = rest.as_chunks::<4>();
    let [command, _return_code, flags, version] = words.first_chunk::<4>()?.map(u32::from_le_bytes);
    let plausible = u64::from_le_bytes(*length) <= LARGEST
        && *wants_answer <= 1
        && matches!(command, 0 | 1001..=1007 | 2001..=2010)
        && flags & !0xf == 0
        && version == 1;
    plausible.then_some(Network::Monero)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nano {
    Stream,
    Datagram,
}

/// Nano's header of eight bytes has no signature worth the name, so that only messages are taken
/// whose whole length is known: a keepalive of eight addresses, and the handshake of node
/// identities, whose length follows from its flags.
///
/// nanocurrency/nano-node:nano/node/messages.hpp: network, three versions, type, extensions.
fn nano(bytes: &[u8], carrier: Nano) -> Option<Network> {
    const KEEPALIVE: u8 = 2;
    const NODE_ID_HANDSHAKE: u8 = 10;
    let ([b'R', network, newest, using, oldest, kind, ext_low, ext_high], body) =
        bytes.split_first_chunk::<8>()?
    else {
        return None;
    };
    let versions = (7..=40).contains(oldest) && oldest <= using && using <= newest && *newest <= 40;
    if !matches!(network, b'A' | b'B' | b'C' | b'X') || !versions {
        return None;
    }
    let extensions = u16::from_le_bytes([*ext_low, *ext_high]);
    let length = match *kind {
        KEEPALIVE if extensions == 0 => 8 * 18,
        NODE_ID_HANDSHAKE => match extensions & 7 {
            1 => 32,
            2 => 96,
            3 => 128,
            6 => 160,
            7 => 192,
            _ => return None,
        },
        _ => return None,
    };
    let fits = match carrier {
        Nano::Datagram => body.len() == length,
        Nano::Stream => body.len() >= length,
    };
    let meaningful = *kind != KEEPALIVE || addresses(body.get(..length)?);
    (fits && meaningful).then_some(Network::Nano)
}

/// A keepalive lists eight IPv6 or mapped IPv4 addresses with ports; unused ones are all zero.
fn addresses(body: &[u8]) -> bool {
    body.as_chunks::<18>().0.iter().all(|entry| {
        let mapped = entry.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
        let unused = entry.starts_with(&[0; 16]);
        let global = entry.first().is_some_and(|byte| matches!(byte, 0x20..=0x3f | 0xfc..=0xfe));
        mapped || unused || global
    })
}
