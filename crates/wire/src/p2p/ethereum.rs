//! Node discovery of Ethereum, ethereum/devp2p:discv4.md.
//!
//! A packet is hash, signature, type and RLP content; the hash is Keccak-256 of what follows it,
//! so that a packet proves itself. The TCP side of RLPx is random by design and is not told.

use sha3::{Digest, Keccak256};

use super::Network;

const HASH: usize = 32;
const SIGNATURE: usize = 65;
const LARGEST: usize = 1280;

pub(super) fn recognise(payload: &[u8]) -> Option<Network> {
    if payload.len() > LARGEST {
        return None;
    }
    let (hash, signed) = payload.split_first_chunk::<HASH>()?;
    let (signature, content) = signed.split_first_chunk::<SIGNATURE>()?;
    let recovery = *signature.last()?;
    let (kind, rlp) = content.split_first()?;
    // Ping, pong, find, neighbours and the two of EIP-868; all carry a list.
    let plausible =
        recovery <= 3 && (1..=6).contains(kind) && rlp.first().is_some_and(|first| *first >= 0xc0);
    if !plausible {
        return None;
    }
    (Keccak256::digest(signed).as_slice() == hash).then_some(Network::Ethereum)
}
