//! What a flow is wrapped in, told from its first payload: encryption and tunnels that show
//! themselves. What shows nothing (shadowsocks, obfuscated tunnels) is told by nobody here.

use strum::Display;

/// Something that hides what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Display)]
#[strum(serialize_all = "kebab-case")]
pub enum Wrap {
    /// TLS, RFC 8446.
    Tls,
    /// QUIC, RFC 9000.
    Quic,
    /// SSH, RFC 4253.
    Ssh,
    /// `WireGuard`, its protocol paper sections 5.4.2 to 5.4.6.
    #[strum(serialize = "wireguard")]
    WireGuard,
    /// `OpenVPN`, its wire-protocol document section 3.
    #[strum(serialize = "openvpn")]
    OpenVpn,
    /// `IPsec`: IKE, RFC 7296, or ESP in UDP, RFC 3948.
    #[strum(serialize = "ipsec")]
    Ipsec,
    /// L2TP, RFC 2661.
    L2tp,
    /// CAPWAP data of a wireless controller, RFC 5415 section 4.1.
    Capwap,
    /// Frames mirrored by the `TaZmen` Sniffer Protocol.
    Tzsp,
}

impl Wrap {
    /// Whether connections of any kind may run inside.
    #[must_use]
    pub fn is_tunnel(self) -> bool {
        !matches!(self, Self::Tls | Self::Quic)
    }
}

const OPENVPN_RESETS: [u8; 3] = [0x38, 0x40, 0x50];

/// What a TCP connection is wrapped in whose first payload, in either direction, begins so.
#[must_use]
pub fn of_stream(payload: &[u8]) -> Option<Wrap> {
    match payload {
        [20..=23, 3, 0..=4, ..] => Some(Wrap::Tls),
        [b'S', b'S', b'H', b'-', ..] => Some(Wrap::Ssh),
        // A length, then a reset without payload or with a key wrapped into it.
        [high, low, reset, ..] if OPENVPN_RESETS.contains(reset) => {
            let said = usize::from(u16::from_be_bytes([*high, *low]));
            (said >= 14 && said + 2 == payload.len()).then_some(Wrap::OpenVpn)
        }
        _ => None,
    }
}

/// What a datagram between these ports is wrapped in; `on_wire` is its length before a capture cut
/// it.
#[must_use]
pub fn of_datagram(payload: &[u8], on_wire: u32, ports: (u16, u16)) -> Option<Wrap> {
    let between = |port| ports.0 == port || ports.1 == port;
    match payload {
        [0, 0, 0, 0, ..] if between(4500) => Some(Wrap::Ipsec),
        // Two cookies, the kind of the next payload, then the version 2.0 or 1.0.
        _ if (between(500) || between(4500))
            && payload.get(17).is_some_and(|it| matches!(it, 0x10 | 0x20)) =>
        {
            Some(Wrap::Ipsec)
        }
        [1, 0, 0, 0, ..] if on_wire == 148 => Some(Wrap::WireGuard),
        [2, 0, 0, 0, ..] if on_wire == 92 => Some(Wrap::WireGuard),
        // Data: a receiver, a counter whose upper half is zero for 2^32 packets, and a tag; padded.
        [4, 0, 0, 0, _, _, _, _, _, _, _, _, 0, 0, 0, 0, ..]
            if on_wire >= 32 && on_wire.is_multiple_of(16) =>
        {
            Some(Wrap::WireGuard)
        }
        [reset, ..] if OPENVPN_RESETS.contains(reset) && on_wire >= 14 && between(1194) => {
            Some(Wrap::OpenVpn)
        }
        // A session of eight bytes, no acknowledgement, the packet number zero.
        [0x38, _, _, _, _, _, _, _, _, 0, 0, 0, 0, 0] => Some(Wrap::OpenVpn),
        // A long header with the fixed bit, version 1 or 2.
        [0xc0..=0xff, 0, 0, 0, 1, ..] | [0xc0..=0xff, 0x6b, 0x33, 0x43, 0xcf, ..] => {
            Some(Wrap::Quic)
        }
        // Version 2, with or without the length, sequence and offset bits.
        [flags, 2, ..] if between(1701) && flags & 0x34 == 0 => Some(Wrap::L2tp),
        [0x10 | 0x00, ..] if between(5247) => Some(Wrap::Capwap),
        // Version 1, a received packet or one to transmit.
        [1, 0 | 1, ..] if between(37_008) => Some(Wrap::Tzsp),
        [1..=4, 0, 0, 0, ..] if between(51_820) && on_wire >= 32 => Some(Wrap::WireGuard),
        _ => None,
    }
}

/// Whether a datagram is what only the end that opens such a tunnel sends: the initiation of a
/// `WireGuard` handshake, or the reset of an `OpenVPN` client.
#[must_use]
pub fn opens(wrap: Wrap, payload: &[u8]) -> bool {
    match wrap {
        Wrap::WireGuard => payload.starts_with(&[1, 0, 0, 0]),
        Wrap::OpenVpn => matches!(payload, [0x38 | 0x50, ..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_opens_a_tunnel_says_so() {
        assert!(opens(Wrap::WireGuard, &[1, 0, 0, 0]) && !opens(Wrap::WireGuard, &[2, 0, 0, 0]));
        assert!(opens(Wrap::OpenVpn, &[0x38, 7]) && !opens(Wrap::OpenVpn, &[0x40, 7]));
        assert!(!opens(Wrap::Ipsec, &[1, 0, 0, 0]) && !opens(Wrap::OpenVpn, &[]));
    }

    #[test]
    fn tunnels_are_known_by_their_first_words() {
        assert_eq!(of_stream(b"SSH-2.0-x\r\n"), Some(Wrap::Ssh));
        assert_eq!(of_stream(&[22, 3, 1, 2, 0, 1]), Some(Wrap::Tls));
        let mut reset = vec![0, 14, 0x38];
        reset.resize(16, 7);
        assert_eq!(of_stream(&reset), Some(Wrap::OpenVpn));
        assert_eq!(of_stream(b"GET / HTTP/1.1"), None);
        let mut hello = [0_u8; 148];
        hello[0] = 1;
        assert_eq!(of_datagram(&hello, 148, (40_000, 51_820)), Some(Wrap::WireGuard));
        assert_eq!(of_datagram(&hello[..30], 148, (40_000, 51_820)), Some(Wrap::WireGuard));
        assert_eq!(of_datagram(&hello, 147, (40_000, 51_821)), None);
        assert_eq!(of_datagram(&[0, 2, 0, 1, 0, 1], 80, (1701, 1701)), Some(Wrap::L2tp));
        assert_eq!(of_datagram(&[0x10, 2, 0, 0], 80, (5247, 5247)), Some(Wrap::Capwap));
        assert_eq!(of_datagram(&[1, 0, 0, 1, 1], 80, (5555, 37_008)), Some(Wrap::Tzsp));
        assert_eq!(of_datagram(&[0xc3, 0, 0, 0, 1, 8], 1_200, (40_000, 443)), Some(Wrap::Quic));
        assert_eq!(of_datagram(b"anything at all that is longer", 30, (1, 2)), None);
    }
}
