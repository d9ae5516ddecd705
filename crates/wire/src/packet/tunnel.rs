//! Packets inside packets: PPP, MPLS, GRE with ERSPAN, VXLAN, Geneve, GTP-U.

use super::{Layer, Rest, Skip, Step};

/// Most labels of one MPLS stack.
const MAX_LABELS: usize = 8;

/// A PPP frame (RFC 1661), with or without the address and control bytes of RFC 1662.
pub(super) fn ppp(mut rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    if let Some([0xff, 0x03]) = rest.bytes.first_chunk() {
        rest = rest.skip(2)?;
    }
    // A protocol number whose first byte is odd was compressed to that byte, RFC 1661 section 2.
    let first = *rest.bytes.first().ok_or(Skip::Truncated)?;
    let (number, rest) = if first & 1 == 1 {
        (u16::from(first), rest.skip(1)?)
    } else {
        let (number, rest) = rest.take::<2>()?;
        (u16::from_be_bytes(*number), rest)
    };
    match number {
        0x0021 | 0x0057 => Ok(Step::Next(Layer::Ip, rest)),
        0x0281 | 0x0283 => Ok(Step::Next(Layer::Mpls, rest)),
        // Link and network control (RFC 1661 section 2).
        0x8000.. => Err(Skip::Upkeep),
        _ => Err(Skip::NotIp),
    }
}

/// An MPLS label stack (RFC 3032) and what lies under it.
pub(super) fn mpls(mut rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    for _ in 0..MAX_LABELS {
        let ([_, _, third, _], inner) = rest.take::<4>()?;
        rest = inner;
        if third & 1 == 0 {
            continue;
        }
        // Nothing names the content: IP shows by its version, a pseudowire's control word by
        // zero (RFC 4385 section 3), anything else is Ethernet without one.
        return match rest.bytes.first().map(|first| first >> 4) {
            Some(4 | 6) => Ok(Step::Next(Layer::Ip, rest)),
            Some(0) => Ok(Step::Next(Layer::Ethernet, rest.skip(4)?)),
            Some(_) => Ok(Step::Next(Layer::Ethernet, rest)),
            None => Err(Skip::Truncated),
        };
    }
    Err(Skip::TooDeep)
}

/// GRE (RFC 2784, 2890), its PPTP variant (RFC 2637) and ERSPAN
/// (draft-foschiano-erspan-03) inside it.
pub(super) fn gre(rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    let ([flags, version, p0, p1], mut rest) = rest.take::<4>()?;
    let protocol = u16::from_be_bytes([*p0, *p1]);
    let version_number = version & 0x07;
    if version_number > 1 {
        return Err(Skip::Malformed);
    }
    // Checksum (or the RFC 1701 routing that shares its words), key, sequence number; the
    // acknowledgement is PPTP's alone.
    if flags & 0xc0 != 0 {
        rest = rest.skip(4)?;
    }
    if flags & 0x20 != 0 {
        rest = rest.skip(4)?;
    }
    let numbered = flags & 0x10 != 0;
    if numbered {
        rest = rest.skip(4)?;
    }
    if version_number == 1 && version & 0x80 != 0 {
        rest = rest.skip(4)?;
    }
    match protocol {
        0x880b if rest.on_wire == 0 => Err(Skip::Upkeep),
        0x880b => Ok(Step::Next(Layer::Ppp, rest)),
        // Type I has no header of its own and no sequence number; type II has both.
        0x88be if !numbered => Ok(Step::Next(Layer::Ethernet, rest)),
        0x88be => Ok(Step::Next(Layer::Ethernet, rest.skip(8)?)),
        0x22eb => {
            let (header, rest) = rest.take::<12>()?;
            let [.., last] = *header;
            let rest = if last & 1 == 1 { rest.skip(8)? } else { rest };
            Ok(Step::Next(Layer::Ethernet, rest))
        }
        number => Ok(Step::Next(Layer::EtherType(number), rest)),
    }
}

/// A tunnel in UDP, known by the port it is sent to and by a header that fits.
pub(super) fn inside_udp(target_port: u16, rest: Rest<'_>) -> Option<(Layer, Rest<'_>)> {
    match target_port {
        // VXLAN, RFC 7348 section 5; 8472 is the port Linux used first.
        4789 | 8472 => match rest.bytes.first_chunk()? {
            [0x08, 0, 0, 0, _, _, _, 0] => Some((Layer::Ethernet, rest.skip(8).ok()?)),
            _ => None,
        },
        // Geneve, RFC 8926 section 3.4.
        6081 => {
            let [first, flags, p0, p1, _, _, _, 0] = *rest.bytes.first_chunk()? else {
                return None;
            };
            let inner = rest.skip(8 + usize::from(first & 0x3f) * 4).ok()?;
            let plain = first >> 6 == 0 && flags & 0x80 == 0;
            plain.then_some((Layer::EtherType(u16::from_be_bytes([p0, p1])), inner))
        }
        // GTP-U version 1, 3GPP TS 29.281 section 5.1.
        2152 => {
            let [flags, 255, ..] = *rest.bytes.first_chunk::<8>()? else { return None };
            let inner = match flags {
                0x30 => rest.skip(8),
                0x31..=0x37 => gtp_extensions(rest),
                _ => return None,
            };
            let inner = inner.ok()?;
            matches!(inner.bytes.first()? >> 4, 4 | 6).then_some((Layer::Ip, inner))
        }
        _ => None,
    }
}

/// Skips a GTP-U header with its optional fields and extension headers.
fn gtp_extensions(rest: Rest<'_>) -> Result<Rest<'_>, Skip> {
    let (header, mut rest) = rest.take::<12>()?;
    let [flags, .., next] = *header;
    let mut next = if flags & 0x04 == 0 { 0 } else { next };
    for _ in 0..8 {
        if next == 0 {
            return Ok(rest);
        }
        let length = usize::from(*rest.bytes.first().ok_or(Skip::Truncated)?) * 4;
        let last = length.checked_sub(1).ok_or(Skip::Malformed)?;
        next = *rest.bytes.get(last).ok_or(Skip::Truncated)?;
        rest = rest.skip(length)?;
    }
    Err(Skip::TooDeep)
}
