//! X.509 certificates (RFC 5280) whose key and signature are chance: readable, and never valid.

use crate::rng::{Rng, hex};
use crate::world::notes::Certificate;

/// A DER value: tag, length, contents.
fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag];
    match (u8::try_from(body.len()), u16::try_from(body.len())) {
        (Ok(short @ 0..0x80), _) => out.push(short),
        (Ok(byte), _) => out.extend([0x81, byte]),
        (_, Ok(word)) => {
            out.push(0x82);
            out.extend(word.to_be_bytes());
        }
        _ => out.extend([0x83, 0xff, 0xff, 0xff]),
    }
    out.extend(body);
    out
}

const SEQUENCE: u8 = 0x30;

/// A name with a common name and, for issuers, an organisation.
fn name(common: &str, organisation: Option<&str>) -> Vec<u8> {
    let part = |kind: u8, text: &str| {
        let kind = value(0x06, &[&[0x55, 0x04, kind]]);
        let pair = value(SEQUENCE, &[&kind, &value(0x0c, &[text.as_bytes()])]);
        value(0x31, &[&pair])
    };
    let organisation = organisation.map(|text| part(10, text)).unwrap_or_default();
    value(SEQUENCE, &[&organisation, &part(3, common)])
}

/// The day as `YYMMDD000000Z`.
fn utc_time(seconds: u64) -> Vec<u8> {
    let (year, month, day) = civil(seconds / 86_400);
    value(0x17, &[format!("{:02}{month:02}{day:02}000000Z", year % 100).as_bytes()])
}

/// Year, month and day of a number of days since 1970 (Howard Hinnant's `civil_from_days`).
pub(crate) fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + u64::from(month <= 2), month, day)
}

/// A certificate for `host` of an issuer; one that names nobody signs itself.
pub(crate) fn certificate(
    host: &str,
    issuer: Option<&str>,
    now_s: u64,
    rng: &mut Rng,
) -> Certificate {
    let valid = (now_s - rng.below(60) * 86_400, now_s + (20 + rng.below(340)) * 86_400);
    let serial = rng.bytes(16);
    let algorithm = value(
        SEQUENCE,
        &[&value(0x06, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]]), &[5, 0]],
    );
    let rsa = value(
        SEQUENCE,
        &[&value(0x06, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]]), &[5, 0]],
    );
    let modulus = value(0x02, &[&[0], &rng.bytes(256)]);
    let key = value(SEQUENCE, &[&modulus, &[2, 3, 1, 0, 1]]);
    let key = value(SEQUENCE, &[&rsa, &value(0x03, &[&[0], &key])]);
    let subject = name(host, None);
    let signer = issuer.map_or_else(|| subject.clone(), |it| name(it, Some("Example Trust")));
    let extensions = value(SEQUENCE, &[&alternative(host)]);
    let body = value(
        SEQUENCE,
        &[
            &value(0xa0, &[&[2, 1, 2]]),
            &value(0x02, &[&[1], &serial]),
            &algorithm,
            &signer,
            &value(SEQUENCE, &[&utc_time(valid.0), &utc_time(valid.1)]),
            &subject,
            &key,
            &value(0xa3, &[&extensions]),
        ],
    );
    let der = value(SEQUENCE, &[&body, &algorithm, &value(0x03, &[&[0], &rng.bytes(256)])]);
    let subject = format!("CN={host}");
    Certificate {
        der,
        issuer: issuer.map_or_else(|| subject.clone(), |it| format!("CN={it},O=Example Trust")),
        subject,
        serial: format!("01{}", hex(&serial)),
        valid,
    }
}

/// The extension with the host's name.
fn alternative(host: &str) -> Vec<u8> {
    let names = value(SEQUENCE, &[&value(0x82, &[host.as_bytes()])]);
    value(SEQUENCE, &[&value(0x06, &[&[0x55, 0x1d, 17]]), &value(0x04, &[&names])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(20_458), (2026, 1, 5));
        assert_eq!(civil(19_782), (2024, 2, 29));
    }

    #[test]
    fn long_values_have_long_lengths() {
        assert_eq!(value(4, &[&[0; 127]])[..2], [4, 127]);
        assert_eq!(value(4, &[&[0; 128]])[..3], [4, 0x81, 128]);
        assert_eq!(value(4, &[&[0; 300]])[..4], [4, 0x82, 1, 44]);
    }
}
