//! Certificates for names that belong to nobody: X.509 (RFC 5280) with ECDSA keys on P-256 that
//! come from the seed, and signatures that come from the key and the message (RFC 6979).

use std::sync::Arc;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rustls::pki_types::CertificateDer;
use rustls::sign::{self, CertifiedKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use crate::rng::{Rng, hex};
use crate::world::notes::Certificate;

/// The chain of a server, its own certificate first, with the key, and what that one says.
pub(super) fn chain(
    name: &str,
    count: u8,
    unix: u64,
    rng: &mut Rng,
) -> Option<(CertifiedKey, Certificate)> {
    let key = key(rng)?;
    let mut chain = Vec::new();
    let mut shown = None;
    let (mut subject, mut holder) = (name.to_owned(), key.clone());
    for place in 1..=count.max(1) {
        let last = place >= count.max(1);
        // the last of a chain that is sent is signed by a root that is not sent, or by itself
        let (issuer, signer) = if last && count <= 1 {
            (subject.clone(), holder.clone())
        } else {
            (format!("Example Authority {}", 1 + rng.below(20)), self::key(rng)?)
        };
        let mut serial = rng.bytes(16);
        // positive and of full length
        if let Some(first) = serial.first_mut() {
            *first = (*first & 0x3f) | 0x40;
        }
        let begun = (unix / 86_400).saturating_sub(10 + rng.below(60));
        let body = body((&subject, &issuer), place == 1, &holder, &serial, begun);
        let signature: Signature = signer.sign(&body);
        let whole = sequence(&[
            body,
            sequence(&[object(ECDSA_WITH_SHA256)]),
            bits(signature.to_der().as_bytes()),
        ]);
        shown = shown.or_else(|| {
            Some(Certificate {
                der: whole.clone(),
                subject: format!("CN={subject}"),
                issuer: format!("CN={issuer}"),
                serial: hex(&serial),
                valid: (begun * 86_400, (begun + 90) * 86_400),
            })
        });
        chain.push(CertificateDer::from(whole));
        (subject, holder) = (issuer, signer);
    }
    Some((CertifiedKey::new(chain, Arc::new(Key(key))), shown?))
}

fn key(rng: &mut Rng) -> Option<SigningKey> {
    // a random number of 256 bits is out of range about once in 2^32
    (0..8).find_map(|_| SigningKey::from_slice(&rng.hash()).ok())
}

/// A key that rustls signs its handshakes with.
struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key")
    }
}

impl sign::SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn sign::Signer>> {
        let scheme = SignatureScheme::ECDSA_NISTP256_SHA256;
        offered.contains(&scheme).then(|| Box::new(Key(self.0.clone())) as Box<dyn sign::Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl sign::Signer for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature: Signature = self.0.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP256_SHA256
    }
}

/// 1.2.840.10045.4.3.2 (RFC 5758 §3.2).
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
/// 1.2.840.10045.2.1 and 1.2.840.10045.3.1.7 (RFC 5480 §2.1.1).
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
/// 2.5.4.3, 2.5.29.17 and 2.5.29.19.
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];

/// The part of a certificate that is signed (RFC 5280 §4.1.2).
fn body(
    (subject, issuer): (&str, &str),
    leaf: bool,
    holder: &SigningKey,
    serial: &[u8],
    begun: u64,
) -> Vec<u8> {
    let point = holder.verifying_key().to_sec1_point(false);
    let public =
        sequence(&[sequence(&[object(EC_PUBLIC_KEY), object(PRIME256V1)]), bits(point.as_bytes())]);
    let extension = |name: &[u8], value: &[u8]| sequence(&[object(name), element(0x04, value)]);
    let extensions = if leaf {
        extension(ALTERNATIVE_NAME, &sequence(&[element(0x82, subject.as_bytes())]))
    } else {
        extension(BASIC_CONSTRAINTS, &sequence(&[element(0x01, &[0xff])]))
    };
    sequence(&[
        element(0xa0, &element(0x02, &[2])),
        element(0x02, serial),
        sequence(&[object(ECDSA_WITH_SHA256)]),
        named(issuer),
        sequence(&[midnight(begun), midnight(begun + 90)]),
        named(subject),
        public,
        element(0xa3, &sequence(&[extensions])),
    ])
}

fn named(name: &str) -> Vec<u8> {
    let pair = sequence(&[object(COMMON_NAME), element(0x0c, name.as_bytes())]);
    sequence(&[element(0x31, &pair)])
}

/// A day's beginning as `UTCTime`, from days since 1970 (Howard Hinnant, "chrono-compatible
/// low-level date algorithms", `civil_from_days`).
fn midnight(day: u64) -> Vec<u8> {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    element(0x17, format!("{:02}{month:02}{date:02}000000Z", year % 100).as_bytes())
}

/// One element of the distinguished encoding rules.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match (u8::try_from(content.len()), u16::try_from(content.len())) {
        (Ok(length @ 0..0x80), _) => out.push(length),
        (Ok(length), _) => out.extend([0x81, length]),
        (_, Ok(length)) => {
            out.push(0x82);
            out.extend(length.to_be_bytes());
        }
        // no certificate here comes near 64 KiB
        _ => out.push(0),
    }
    out.extend(content);
    out
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

fn object(identifier: &[u8]) -> Vec<u8> {
    element(0x06, identifier)
}

fn bits(content: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], content].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_dates() {
        assert_eq!(midnight(0)[2..], *b"700101000000Z");
        assert_eq!(midnight(19_782)[2..], *b"240229000000Z");
        assert_eq!(midnight(20_458)[2..], *b"260105000000Z");
    }

    #[test]
    fn the_same_seed_gives_the_same_certificates() {
        let make =
            |seed| chain("pool.example", 2, 1_767_600_000, &mut Rng::new(seed)).unwrap().0.cert;
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
        assert_eq!(make(1).len(), 2);
    }
}
