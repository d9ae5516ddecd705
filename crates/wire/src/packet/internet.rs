//! IPv4 (RFC 791) and IPv6 (RFC 8200) headers.

use super::{Addresses, Fragment, Peeled, Rest, Skip, Step, transport};

/// Most extension headers of one IPv6 packet.
const MAX_EXTENSIONS: usize = 8;

/// An IP header of the version that its first four bits name.
pub(super) fn ip(rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    match rest.bytes.first().map(|first| first >> 4) {
        Some(4) => v4(rest),
        Some(6) => v6(rest),
        Some(_) => Err(Skip::Malformed),
        None => Err(Skip::Truncated),
    }
}

#[inline]
fn v4(rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    let header = rest.bytes.first_chunk::<20>().ok_or(Skip::Truncated)?;
    let [first, _, t0, t1, i0, i1, f0, f1, _, protocol, _, _, s0, s1, s2, s3, d0, d1, d2, d3] =
        *header;
    let header_length = usize::from(first & 0x0f) * 4;
    let total = usize::from(u16::from_be_bytes([t0, t1]));
    if header_length < 20 || (total != 0 && total < header_length) {
        return Err(Skip::Malformed);
    }
    // Zero is what segmentation offload leaves on the sending machine.
    let whole = if total == 0 { rest } else { rest.limit(total) };
    let inner = whole.skip(header_length)?;
    let addresses = Addresses::V4 {
        source: u32::from_be_bytes([s0, s1, s2, s3]),
        target: u32::from_be_bytes([d0, d1, d2, d3]),
    };
    let word = u16::from_be_bytes([f0, f1]);
    let (more, offset) = (word & 0x2000 != 0, u32::from(word & 0x1fff) * 8);
    if more || offset != 0 {
        return Ok(Step::Done(Peeled::Fragment(Fragment {
            addresses,
            protocol,
            identification: u32::from(u16::from_be_bytes([i0, i1])),
            offset,
            more,
            bytes: inner.bytes,
            on_wire: inner.on_wire,
        })));
    }
    transport::payload(addresses, protocol, inner)
}

fn v6(rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    let (fixed, rest) = rest.take::<8>()?;
    let [_, _, _, _, l0, l1, next, _] = *fixed;
    let (source, rest) = rest.take::<16>()?;
    let (target, rest) = rest.take::<16>()?;
    let addresses = Addresses::V6 {
        source: u128::from_be_bytes(*source),
        target: u128::from_be_bytes(*target),
    };
    // Zero is a jumbogram or segmentation offload.
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let rest = if length == 0 { rest } else { rest.limit(length) };
    extensions(addresses, next, rest)
}

fn extensions(
    addresses: Addresses,
    mut protocol: u8,
    mut rest: Rest<'_>,
) -> Result<Step<'_>, Skip> {
    for _ in 0..MAX_EXTENSIONS {
        match protocol {
            // Hop-by-hop, routing, destination, mobility, HIP, Shim6.
            0 | 43 | 60 | 135 | 139 | 140 => {
                let [next, length] = *rest.bytes.first_chunk().ok_or(Skip::Truncated)?;
                rest = rest.skip((usize::from(length) + 1) * 8)?;
                protocol = next;
            }
            44 => {
                let ([next, _, w0, w1, i0, i1, i2, i3], inner) = rest.take::<8>()?;
                let word = u16::from_be_bytes([*w0, *w1]);
                let (more, offset) = (word & 1 != 0, u32::from(word & 0xfff8));
                (protocol, rest) = (*next, inner);
                // RFC 6946: alone in its datagram, such a "fragment" is whole.
                if more || offset != 0 {
                    return Ok(Step::Done(Peeled::Fragment(Fragment {
                        addresses,
                        protocol,
                        identification: u32::from_be_bytes([*i0, *i1, *i2, *i3]),
                        offset,
                        more,
                        bytes: rest.bytes,
                        on_wire: rest.on_wire,
                    })));
                }
            }
            _ => return transport::payload(addresses, protocol, rest),
        }
    }
    Err(Skip::TooDeep)
}
