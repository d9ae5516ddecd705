//! What an IP packet carries: TCP (RFC 9293), UDP (RFC 768), or another packet.

use super::{Addresses, Layer, Packet, Peeled, Rest, Skip, Step, TcpHeader, tunnel};

/// The longest message of ICMP that is taken for upkeep, in bytes.
const PING: u32 = 128;

/// The payload of an IP packet by its IANA protocol number.
#[inline]
pub(super) fn payload(
    addresses: Addresses,
    protocol: u8,
    rest: Rest<'_>,
) -> Result<Step<'_>, Skip> {
    match protocol {
        6 => tcp(addresses, rest),
        17 => udp(addresses, rest),
        4 | 41 => Ok(Step::Next(Layer::Ip, rest)),
        47 => tunnel::gre(rest),
        137 => Ok(Step::Next(Layer::Mpls, rest)),
        // IPv6 extension headers can follow fragmentation, RFC 8200 section 4.5.
        0 | 43 | 60 | 135 | 139 | 140 => {
            let [next, length] = *rest.bytes.first_chunk().ok_or(Skip::Truncated)?;
            let rest = rest.skip((usize::from(length) + 1) * 8)?;
            Ok(Step::Next(Layer::Payload { addresses, protocol: next }, rest))
        }
        // The authentication header hides nothing, RFC 4302 section 2.
        51 => {
            let [next, length] = *rest.bytes.first_chunk().ok_or(Skip::Truncated)?;
            let rest = rest.skip((usize::from(length) + 2) * 4)?;
            Ok(Step::Next(Layer::Payload { addresses, protocol: next }, rest))
        }
        // A ping that carries more may carry anything.
        1 | 58 if rest.on_wire <= PING => Err(Skip::Upkeep),
        2 | 88 | 89 | 103 | 112 => Err(Skip::Upkeep),
        _ => Err(Skip::OtherTransport),
    }
}

#[inline]
fn tcp(addresses: Addresses, rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    // A short snaplen may cut the header; up to its flags it is still of use.
    let header = rest.bytes.first_chunk::<14>().ok_or(Skip::Truncated)?;
    let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags] = *header;
    let header_length = usize::from(offset >> 4) * 4;
    let on_wire = u32::from(offset >> 4) * 4;
    if header_length < 20 || on_wire > rest.on_wire {
        return Err(Skip::Malformed);
    }
    let payload = rest.bytes.get(header_length..).unwrap_or_default();
    Ok(Step::Done(Peeled::Packet(Packet {
        addresses,
        source_port: u16::from_be_bytes([s0, s1]),
        target_port: u16::from_be_bytes([d0, d1]),
        tcp: Some(TcpHeader {
            sequence: u32::from_be_bytes([q0, q1, q2, q3]),
            acknowledged: u32::from_be_bytes([a0, a1, a2, a3]),
            flags,
        }),
        payload,
        payload_on_wire: rest.on_wire - on_wire,
    })))
}

#[inline]
fn udp(addresses: Addresses, rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    let ([s0, s1, d0, d1, l0, l1, _, _], inner) = rest.take::<8>()?;
    let (source_port, target_port) =
        (u16::from_be_bytes([*s0, *s1]), u16::from_be_bytes([*d0, *d1]));
    // Zero stands for a jumbogram (RFC 2675); shorter than itself is nonsense.
    let inner = match usize::from(u16::from_be_bytes([*l0, *l1])) {
        0 => inner,
        length => {
            let length = length.checked_sub(8).ok_or(Skip::Malformed)?;
            if u32::try_from(length).is_ok_and(|length| length > inner.on_wire) {
                inner
            } else {
                inner.limit(length)
            }
        }
    };
    if let Some((layer, inside)) = tunnel::inside_udp(target_port, inner) {
        return Ok(Step::Next(layer, inside));
    }
    Ok(Step::Done(Peeled::Packet(Packet {
        addresses,
        source_port,
        target_port,
        tcp: None,
        payload: inner.bytes,
        payload_on_wire: inner.on_wire,
    })))
}
