//! The cryptography that rustls is given: small, seeded, and for test traffic only.
//!
//! **Never use this for anything real.** Secrets come from a seed, nothing is compared in
//! constant time, and nobody's certificate is checked.

use std::sync::Arc;
use std::time::Duration;

use hmac::{KeyInit, Mac};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{
    ActiveKeyExchange, CryptoProvider, GetRandomFailed, KeyExchangeAlgorithm, KeyProvider,
    SharedSecret, SupportedKxGroup, WebPkiSupportedAlgorithms, hash, hmac as rustls_hmac,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ProducesTickets;
use rustls::time_provider::TimeProvider;
use rustls::{
    CipherSuite, CipherSuiteCommon, DigitallySignedStruct, Error, NamedGroup, SignatureScheme,
    SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};
use sha2::{Digest, Sha256};
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

use super::chance::{self, Seeded};
use super::cipher::{Aead12, Aead13, Kind};

/// What a client of the range offers, in OpenSSL 3's order. Most of it is only named: the server
/// never chooses it.
pub(super) fn client() -> CryptoProvider {
    let mut suites: Vec<SupportedCipherSuite> =
        [&NAMED_ONLY_13, &CHACHA_13, &AES_13].map(SupportedCipherSuite::Tls13).to_vec();
    suites.extend(OFFERED_12.iter().map(SupportedCipherSuite::Tls12));
    provider(suites, GROUPS.to_vec())
}

/// What a server of the range knows: one suite for the version that it speaks.
pub(super) fn server(thirteen: bool, aes: bool) -> CryptoProvider {
    let suite = match (thirteen, aes) {
        (true, true) => SupportedCipherSuite::Tls13(&AES_13),
        (true, false) => SupportedCipherSuite::Tls13(&CHACHA_13),
        (false, true) => SupportedCipherSuite::Tls12(&AES_12),
        (false, false) => SupportedCipherSuite::Tls12(&CHACHA_12),
    };
    provider(vec![suite], vec![&X25519])
}

fn provider(
    cipher_suites: Vec<SupportedCipherSuite>,
    kx_groups: Vec<&'static dyn SupportedKxGroup>,
) -> CryptoProvider {
    CryptoProvider {
        cipher_suites,
        kx_groups,
        signature_verification_algorithms: WebPkiSupportedAlgorithms { all: &[], mapping: &[] },
        secure_random: &Seeded,
        key_provider: &NoKeys,
    }
}

const fn common(suite: CipherSuite) -> CipherSuiteCommon {
    CipherSuiteCommon { suite, hash_provider: &Sha, confidentiality_limit: u64::MAX }
}

const fn thirteen(suite: CipherSuite, aead: &'static Aead13) -> Tls13CipherSuite {
    Tls13CipherSuite {
        common: common(suite),
        hkdf_provider: &HkdfUsingHmac(&HmacSha),
        aead_alg: aead,
        quic: None,
    }
}

const fn twelve(suite: CipherSuite, aead: &'static Aead12) -> Tls12CipherSuite {
    Tls12CipherSuite {
        common: common(suite),
        prf_provider: &PrfUsingHmac(&HmacSha),
        kx: KeyExchangeAlgorithm::ECDHE,
        sign: &[SignatureScheme::ECDSA_NISTP256_SHA256],
        aead_alg: aead,
    }
}

static AES_13: Tls13CipherSuite =
    thirteen(CipherSuite::TLS13_AES_128_GCM_SHA256, &Aead13(Kind::AesGcm));
static CHACHA_13: Tls13CipherSuite =
    thirteen(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, &Aead13(Kind::ChaCha));
static NAMED_ONLY_13: Tls13CipherSuite =
    thirteen(CipherSuite::TLS13_AES_256_GCM_SHA384, &Aead13(Kind::AesGcm));
static AES_12: Tls12CipherSuite =
    twelve(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, &Aead12(Kind::AesGcm));
static CHACHA_12: Tls12CipherSuite =
    twelve(CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, &Aead12(Kind::ChaCha));

const fn named(suite: u16) -> Tls12CipherSuite {
    twelve(CipherSuite::Unknown(suite), &Aead12(Kind::AesGcm))
}

/// The suites of TLS 1.2 that OpenSSL 3 offers by default, in its order.
static OFFERED_12: [Tls12CipherSuite; 27] = [
    named(0xc02c),
    named(0xc030),
    named(0x009f),
    twelve(CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, &Aead12(Kind::ChaCha)),
    named(0xcca8),
    named(0xccaa),
    twelve(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, &Aead12(Kind::AesGcm)),
    named(0xc02f),
    named(0x009e),
    named(0xc024),
    named(0xc028),
    named(0x006b),
    named(0xc023),
    named(0xc027),
    named(0x0067),
    named(0xc00a),
    named(0xc014),
    named(0x0039),
    named(0xc009),
    named(0xc013),
    named(0x0033),
    named(0x009d),
    named(0x009c),
    named(0x003d),
    named(0x003c),
    named(0x0035),
    named(0x002f),
];

/// The groups that OpenSSL 3 offers by default, in its order.
static GROUPS: [&dyn SupportedKxGroup; 10] = [
    &X25519,
    &NamedOnly(NamedGroup::secp256r1),
    &NamedOnly(NamedGroup::X448),
    &NamedOnly(NamedGroup::secp521r1),
    &NamedOnly(NamedGroup::secp384r1),
    &NamedOnly(NamedGroup::FFDHE2048),
    &NamedOnly(NamedGroup::FFDHE3072),
    &NamedOnly(NamedGroup::FFDHE4096),
    &NamedOnly(NamedGroup::FFDHE6144),
    &NamedOnly(NamedGroup::FFDHE8192),
];

/// The signature schemes that OpenSSL 3 offers by default, in its order.
const SCHEMES: [u16; 20] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401,
    0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602,
];

/// X25519 (RFC 7748) with a secret from the seed.
#[derive(Debug)]
struct X25519;

struct Exchange {
    secret: [u8; 32],
    public: [u8; 32],
}

impl SupportedKxGroup for X25519 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let secret = chance::secret()?;
        let public = x25519(secret, X25519_BASEPOINT_BYTES);
        Ok(Box::new(Exchange { secret, public }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = peer.try_into().map_err(|_| Error::General("a short key share".to_owned()))?;
        Ok(SharedSecret::from(&x25519(self.secret, peer)[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

/// A group that is offered and never used.
#[derive(Debug)]
struct NamedOnly(NamedGroup);

impl SupportedKxGroup for NamedOnly {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Err(GetRandomFailed.into())
    }

    fn name(&self) -> NamedGroup {
        self.0
    }
}

/// SHA-256.
struct Sha;

struct ShaContext(Sha256);

impl hash::Hash for Sha {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(ShaContext(Sha256::new()))
    }

    fn hash(&self, data: &[u8]) -> hash::Output {
        hash::Output::new(&Sha256::digest(data))
    }

    fn output_len(&self) -> usize {
        32
    }

    fn algorithm(&self) -> hash::HashAlgorithm {
        hash::HashAlgorithm::SHA256
    }
}

impl hash::Context for ShaContext {
    fn fork_finish(&self) -> hash::Output {
        hash::Output::new(&self.0.clone().finalize())
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> hash::Output {
        hash::Output::new(&self.0.finalize())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

/// HMAC (RFC 2104) with SHA-256.
struct HmacSha;

struct HmacKey(Option<hmac::Hmac<Sha256>>);

impl rustls_hmac::Hmac for HmacSha {
    fn with_key(&self, key: &[u8]) -> Box<dyn rustls_hmac::Key> {
        // every length of key is allowed
        Box::new(HmacKey(hmac::Hmac::new_from_slice(key).ok()))
    }

    fn hash_output_len(&self) -> usize {
        32
    }
}

impl rustls_hmac::Key for HmacKey {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> rustls_hmac::Tag {
        let Some(mut mac) = self.0.clone() else { return rustls_hmac::Tag::new(&[]) };
        mac.update(first);
        for part in middle {
            mac.update(part);
        }
        mac.update(last);
        rustls_hmac::Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        32
    }
}

/// Keys are given to the server as they are, never loaded.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _key: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn rustls::sign::SigningKey>, Error> {
        Err(Error::General("the range loads no keys".to_owned()))
    }
}

/// A client that takes every certificate, as `XMRig` does (src/base/net/stratum/Tls.cpp checks a
/// fingerprint only where one is configured).
#[derive(Debug)]
pub(super) struct TakesAll;

impl ServerCertVerifier for TakesAll {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.map(SignatureScheme::from).to_vec()
    }
}

/// The time of the scenario.
#[derive(Debug)]
pub(super) struct Fixed(pub(super) u64);

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

/// Tickets of the right length that nobody can read.
#[derive(Debug)]
pub(super) struct Tickets(pub(super) [u8; 32]);

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        7_200
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        // OpenSSL adds a key name of 16 bytes, an initial vector of 16 and a MAC of 32 and fills
        // up blocks of 16 (RFC 5077 §4); what is inside is a session of about 130 bytes
        let length = 64 + (plain.len().clamp(96, 144) / 16 + 1) * 16;
        let mut block = Sha256::new().chain_update(self.0).chain_update(plain).finalize();
        let mut out = Vec::new();
        while out.len() < length {
            out.extend_from_slice(&block);
            block = Sha256::digest(block);
        }
        out.truncate(length);
        Some(out)
    }

    fn decrypt(&self, _cipher: &[u8]) -> Option<Vec<u8>> {
        None
    }
}
