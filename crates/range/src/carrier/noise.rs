//! Stratum V2's encryption: `Noise_NX_Secp256k1+EllSwift_ChaChaPoly_SHA256`
//! (stratum-mining/sv2-spec 04, "Protocol Security").
//!
//! The handshake is 64 bytes up and 234 bytes down: 64 + (64 + 16) + (74 + 16). The
//! specification's printed "Message length: 170 bytes" contradicts its own list of fields. Every
//! message is then a header of 6 + 16 bytes and its payload in pieces of at most 65,519 + 16.
//! Secrets come from the seed: never use this for anything real.

mod swift;

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use hmac::{Hmac, Mac};
use k256::schnorr::SigningKey;
use sha2::{Digest, Sha256};

use super::tls::Flight;
use crate::dialogue::Side;
use crate::rng::Rng;

const NAME: &[u8] = b"Noise_NX_Secp256k1+EllSwift_ChaChaPoly_SHA256";
const TAG: usize = 16;
const HEADER: usize = 6;
/// The most text in one encrypted piece.
const PIECE: usize = 65_535 - TAG;

/// One direction after the handshake.
struct Cipher {
    key: [u8; 32],
    count: u64,
}

impl Cipher {
    fn new(key: [u8; 32]) -> Self {
        Self { key, count: 0 }
    }

    /// Four zero bytes and the count, little-endian (§4.4.1).
    fn nonce(&mut self) -> [u8; 12] {
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().skip(4).zip(self.count.to_le_bytes()) {
            *to = from;
        }
        self.count += 1;
        nonce
    }

    fn encrypt(&mut self, associated: &[u8], text: &[u8]) -> Vec<u8> {
        let nonce = self.nonce();
        let mut out = text.to_vec();
        let cipher = ChaCha20Poly1305::new(&self.key.into());
        let sealed =
            cipher.encrypt_inout_detached(&nonce.into(), associated, (&mut out[..]).into());
        // only texts of 256 GiB are refused
        if let Ok(tag) = sealed {
            out.extend_from_slice(&tag);
        }
        out
    }
}

/// The state of one end while it shakes hands (§4.4.2).
struct Handshake {
    chain: [u8; 32],
    hash: [u8; 32],
    cipher: Option<Cipher>,
}

impl Handshake {
    fn new() -> Self {
        // the name is longer than 32 bytes, so its digest stands for it
        let chain: [u8; 32] = Sha256::digest(NAME).into();
        Self { chain, hash: Sha256::digest(chain).into(), cipher: None }
    }

    fn mix_hash(&mut self, data: &[u8]) {
        self.hash = Sha256::new().chain_update(self.hash).chain_update(data).finalize().into();
    }

    fn mix_key(&mut self, secret: &[u8]) {
        let (chain, key) = derive(&self.chain, secret);
        self.chain = chain;
        self.cipher = Some(Cipher::new(key));
    }

    fn encrypt_and_hash(&mut self, text: &[u8]) -> Vec<u8> {
        let hash = self.hash;
        let out = match &mut self.cipher {
            Some(cipher) => cipher.encrypt(&hash, text),
            None => text.to_vec(),
        };
        self.mix_hash(&out);
        out
    }
}

/// HKDF with two outputs (§4.4.2).
fn derive(chain: &[u8; 32], secret: &[u8]) -> ([u8; 32], [u8; 32]) {
    let key = mac(chain, &[secret]);
    let first = mac(&key, &[&[1]]);
    (first, mac(&key, &[&first, &[2]]))
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*key).into_block());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A key of 32 bytes as HMAC's block of 64 (RFC 2104: filled with zeros).
trait IntoBlock {
    fn into_block(self) -> hmac::digest::Key<Hmac<Sha256>>;
}

impl IntoBlock for [u8; 32] {
    fn into_block(self) -> hmac::digest::Key<Hmac<Sha256>> {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        for (to, from) in block.iter_mut().zip(self) {
            *to = from;
        }
        block
    }
}

/// Both directions of a connection whose handshake is over.
pub(super) struct Channel {
    up: Cipher,
    down: Cipher,
}

/// Shakes hands: what both ends say, and the channel.
pub(super) fn open(unix: u64, rng: &mut Rng) -> (Channel, Vec<Flight>) {
    let (initiator, responder) = (swift::Pair::new(rng), swift::Pair::new(rng));
    let identity = swift::Pair::new(rng);
    let mut state = Handshake::new();
    // act 1, both ends: -> e
    state.mix_hash(&initiator.public);
    let mut first = initiator.public.to_vec();
    first.extend(state.encrypt_and_hash(&[]));
    // act 2, the responder: <- e, ee, s, es, SIGNATURE_NOISE_MESSAGE
    state.mix_hash(&responder.public);
    let mut second = responder.public.to_vec();
    state.mix_key(&responder.shared(&initiator.public, false));
    second.extend(state.encrypt_and_hash(&identity.public));
    state.mix_key(&identity.shared(&initiator.public, false));
    second.extend(state.encrypt_and_hash(&certificate(&identity, unix, rng)));
    let (up, down) = derive(&state.chain, &[]);
    let flights = vec![
        Flight { from: Side::Client, bytes: first, awaited: true },
        Flight { from: Side::Server, bytes: second, awaited: true },
    ];
    (Channel { up: Cipher::new(up), down: Cipher::new(down) }, flights)
}

/// `SIGNATURE_NOISE_MESSAGE` of 74 bytes (§4.5.3).
fn certificate(identity: &swift::Pair, unix: u64, rng: &mut Rng) -> Vec<u8> {
    let day = u32::try_from(unix / 86_400 * 86_400).unwrap_or(0);
    let mut out = 0_u16.to_le_bytes().to_vec();
    out.extend(day.to_le_bytes());
    out.extend(day.saturating_add(90 * 86_400).to_le_bytes());
    let digest = Sha256::new().chain_update(&out).chain_update(identity.x()).finalize();
    let key = (0..8).find_map(|_| SigningKey::from_slice(&rng.hash()).ok());
    let signature = key.and_then(|key| key.sign_raw(&digest, &rng.hash()).ok());
    out.extend(signature.map_or([0; 64], |signature| signature.to_bytes()));
    out
}

impl Channel {
    /// Encrypts the frames of one write; they stand one after the other.
    pub(super) fn seal(&mut self, from: Side, mut frames: &[u8]) -> Vec<u8> {
        let cipher = match from {
            Side::Client => &mut self.up,
            Side::Server => &mut self.down,
        };
        let mut out = Vec::with_capacity(frames.len() + 64);
        while let Some((header, rest)) = frames.split_at_checked(HEADER) {
            let [_, _, _, low, middle, high] = header else { break };
            let length = u32::from_le_bytes([*low, *middle, *high, 0]) as usize;
            let (payload, rest) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            out.extend(cipher.encrypt(&[], header));
            for piece in payload.chunks(PIECE) {
                out.extend(cipher.encrypt(&[], piece));
            }
            frames = rest;
        }
        out
    }
}

#[cfg(test)]
mod tests;
