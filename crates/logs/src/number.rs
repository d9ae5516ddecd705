//! Numbers and addresses out of bytes, without a detour over text where the common case allows.

use std::net::{IpAddr, Ipv4Addr};
use std::str::from_utf8;

use crate::{Mac, Peer};

/// A whole number; refuses signs, blanks and what does not fit.
pub(crate) fn whole(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 20 {
        return None;
    }
    bytes.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { sum.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

/// A port.
pub(crate) fn port(bytes: &[u8]) -> Option<u16> {
    whole(bytes).and_then(|it| u16::try_from(it).ok())
}

/// An address: version 4, version 6, in brackets or with a zone behind `%`.
pub(crate) fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Some(address) = version_4(bytes) {
        return Some(IpAddr::V4(address));
    }
    let bare = bytes.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]")).unwrap_or(bytes);
    let bare = bare.split(|it| *it == b'%').next()?;
    if bare.len() > 45 || !bare.contains(&b':') {
        return None;
    }
    let address: IpAddr = from_utf8(bare).ok()?.parse().ok()?;
    Some(address.to_canonical())
}

fn version_4(bytes: &[u8]) -> Option<Ipv4Addr> {
    if bytes.len() < 7 || bytes.len() > 15 {
        return None;
    }
    let (mut whole, mut part, mut digits, mut parts) = (0_u32, 0_u32, 0, 1);
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            part = part * 10 + u32::from(digit);
            digits += 1;
            if digits > 3 || part > 255 {
                return None;
            }
        } else if *byte == b'.' && digits > 0 && parts < 4 {
            whole = whole << 8 | part;
            (part, digits, parts) = (0, 0, parts + 1);
        } else {
            return None;
        }
    }
    (digits > 0 && parts == 4).then(|| Ipv4Addr::from(whole << 8 | part))
}

/// An address and a port in one text: `a:p`, `[a]:p`, `a#p`, `a/p`, `a,p`, `a(p)`; or the
/// address alone.
pub(crate) fn peer(bytes: &[u8]) -> Option<Peer> {
    if let Some(ip) = address(bytes) {
        return Some(Peer { ip: Some(ip), port: None });
    }
    let bytes = bytes.strip_suffix(b")").unwrap_or(bytes);
    let at = bytes.iter().rposition(|it| matches!(it, b':' | b'#' | b'/' | b',' | b'('))?;
    let (ip, rest) = bytes.split_at_checked(at)?;
    Some(Peer { ip: Some(address(ip.trim_ascii())?), port: Some(port(rest.get(1..)?)?) })
}

/// A range of ports: `1024-2047`, `1024~2047`, `1024:2047`, `1024 to 2047`.
pub(crate) fn ports(bytes: &[u8]) -> Option<(u16, u16)> {
    let first = bytes.iter().position(|it| !it.is_ascii_digit())?;
    let last = bytes.iter().rposition(|it| !it.is_ascii_digit())?;
    let between = bytes.get(first..=last)?.trim_ascii();
    let known: [&[u8]; 5] = [b"-", b"~", b":", b"to", b","];
    if !known.contains(&between) {
        return None;
    }
    let (from, to) = (port(bytes.get(..first)?)?, port(bytes.get(last + 1..)?)?);
    (from <= to).then_some((from, to))
}

/// A hardware address: twelve hexadecimal digits, bare or parted by `:`, `-` or `.`.
pub(crate) fn mac(bytes: &[u8]) -> Option<Mac> {
    if bytes.len() < 11 || bytes.len() > 17 {
        return None;
    }
    // Unix tables drop the leading zero of a byte: `0:1c:42:0:0:8`.
    if memchr::memchr_iter(b':', bytes).count() == 5 {
        return short_mac(bytes);
    }
    let mut mac = [0_u8; 6];
    let mut digits = 0_usize;
    for byte in bytes {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            b'-' | b'.' | b':' => continue,
            _ => return None,
        };
        let place = mac.get_mut(digits / 2)?;
        *place = *place << 4 | value;
        digits += 1;
    }
    (digits == 12).then_some(Mac(mac))
}

fn short_mac(bytes: &[u8]) -> Option<Mac> {
    let mut mac = [0_u8; 6];
    for (place, part) in mac.iter_mut().zip(bytes.split(|it| *it == b':')) {
        if part.len() > 2 {
            return None;
        }
        *place = u8::from_str_radix(from_utf8(part).ok()?, 16).ok()?;
    }
    Some(Mac(mac))
}

/// A protocol by number or by name; `None` for a name that is no transport.
pub(crate) fn protocol(bytes: &[u8]) -> Option<u8> {
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        let digits = bytes.iter().take_while(|it| it.is_ascii_digit()).count();
        return whole(bytes.get(..digits)?).and_then(|it| u8::try_from(it).ok());
    }
    let name = bytes.split(|it| matches!(it, b' ' | b'(')).next()?;
    let named: [(&[u8], u8); 10] = [
        (b"tcp", 6),
        (b"udp", 17),
        (b"icmp", 1),
        (b"icmpv6", 58),
        (b"ipv6-icmp", 58),
        (b"icmp6", 58),
        (b"gre", 47),
        (b"esp", 50),
        (b"sctp", 132),
        (b"igmp", 2),
    ];
    named.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        assert_eq!(address(b"192.0.2.7"), Some("192.0.2.7".parse().unwrap()));
        assert_eq!(address(b"::ffff:192.0.2.7"), Some("192.0.2.7".parse().unwrap()));
        assert_eq!(address(b"[2001:db8::1]"), Some("2001:db8::1".parse().unwrap()));
        assert_eq!(address(b"fe80::1%eth0"), Some("fe80::1".parse().unwrap()));
        for bad in ["192.0.2", "192.0.2.256", "192.0..2", "1234", "", "a.b.c.d", "192.0.2.7."] {
            assert_eq!(address(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn hardware_addresses_are_read_in_all_notations() {
        let mac_of = |text: &str| mac(text.as_bytes()).map(|it| it.to_string());
        for text in ["00:1c:42:00:00:08", "001c-4200-0008", "001c.4200.0008", "001C42000008"] {
            assert_eq!(mac_of(text).as_deref(), Some("00:1c:42:00:00:08"), "{text}");
        }
        assert_eq!(mac_of("0:1c:42:0:0:8").as_deref(), Some("00:1c:42:00:00:08"));
        for bad in ["00:1c:42:00:00", "incomplete", "001c42000008ff", "00:1c:42:000:0:8"] {
            assert_eq!(mac_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn ends_and_ranges_are_read() {
        let end =
            |text: &str| peer(text.as_bytes()).map(|it| (it.ip.unwrap().to_string(), it.port));
        for text in ["192.0.2.7:80", "192.0.2.7#80", "192.0.2.7/80", "192.0.2.7(80)"] {
            assert_eq!(end(text), Some(("192.0.2.7".to_owned(), Some(80))), "{text}");
        }
        assert_eq!(end("[2001:db8::1]:443"), Some(("2001:db8::1".to_owned(), Some(443))));
        assert_eq!(end("2001:db8::1"), Some(("2001:db8::1".to_owned(), None)));
        assert_eq!(ports(b"1024-2047"), Some((1024, 2047)));
        assert_eq!(ports(b"1024 to 2047"), Some((1024, 2047)));
        assert_eq!(ports(b"2047-1024"), None);
        assert_eq!(ports(b"-"), None);
    }
}
