//! Frames of wireless networks: IEEE 802.11-2020 clause 9.2 and 9.3.2, behind radiotap
//! (radiotap.org) or PPI (CACE PPI 1.0.7) headers.
//!
//! Only what is sent in the clear can be followed: a frame that WEP, TKIP or CCMP protects is told
//! apart from one that carries something else.

use super::{Layer, Rest, Skip};

/// Radiotap: a length in little-endian order, a map of the fields, the fields, then the frame.
pub(super) fn radiotap(rest: Rest<'_>) -> Result<(Layer, Rest<'_>), Skip> {
    let [0, _, l0, l1, ..] = *rest.bytes.first_chunk::<8>().ok_or(Skip::Truncated)? else {
        return Err(Skip::Malformed);
    };
    let length = usize::from(u16::from_le_bytes([l0, l1]));
    let header = rest.bytes.get(..length).ok_or(Skip::Truncated)?;
    let padded = radiotap_flags(header).is_some_and(|it| it & 0x20 != 0);
    frame(rest.skip(length)?, padded)
}

/// The flags of a radiotap header: its second field, behind a time stamp aligned to eight bytes.
fn radiotap_flags(header: &[u8]) -> Option<u8> {
    let maps = header.get(4..)?.chunks_exact(4);
    // The highest bit of a map announces another one.
    let more = maps.clone().take_while(|it| it.last().is_some_and(|it| it & 0x80 != 0)).count();
    let map = *header.get(4)?;
    let fields = 8 + 4 * more;
    let at = if map & 1 == 0 { fields } else { fields.next_multiple_of(8) + 8 };
    if map & 2 == 0 { None } else { header.get(at).copied() }
}

/// PPI: version, flags, length and link type of what follows, in little-endian order.
pub(super) fn per_packet(rest: Rest<'_>) -> Result<(Layer, Rest<'_>), Skip> {
    let [_, _, l0, l1, t0, t1, t2, t3] = *rest.bytes.first_chunk().ok_or(Skip::Truncated)?;
    let inner = rest.skip(usize::from(u16::from_le_bytes([l0, l1])))?;
    match u32::from_le_bytes([t0, t1, t2, t3]) {
        1 => Ok((Layer::Ethernet, inner)),
        101 => Ok((Layer::Ip, inner)),
        105 => frame(inner, false),
        _ => Err(Skip::UnknownLink),
    }
}

/// A frame; `padded` where the receiver put its body on a multiple of four bytes.
pub(super) fn frame(rest: Rest<'_>, padded: bool) -> Result<(Layer, Rest<'_>), Skip> {
    let ([kind, flags], _) = rest.take::<2>()?;
    let (quality, empty) = (kind & 0x80 != 0, kind & 0x40 != 0);
    // Management and control carry no data, nor do frames whose subtype says so.
    if kind & 0x0c != 0x08 || empty {
        return Err(Skip::Upkeep);
    }
    if flags & 0x40 != 0 {
        return Err(Skip::Encrypted);
    }
    let relayed = flags & 0x03 == 0x03;
    let fixed = if relayed { 30 } else { 24 };
    let [sequence, _] = *rest.skip(22)?.bytes.first_chunk().ok_or(Skip::Truncated)?;
    // A later fragment holds no headers.
    if sequence & 0x0f != 0 {
        return Err(Skip::Malformed);
    }
    let control = if quality { 2 + if flags & 0x80 == 0 { 0 } else { 4 } } else { 0 };
    let aggregated = quality && rest.skip(fixed)?.bytes.first().is_some_and(|it| it & 0x80 != 0);
    let length = fixed + control;
    let body = rest.skip(if padded { length.next_multiple_of(4) } else { length })?;
    // Each frame of an aggregate begins like 802.3: two addresses and a length.
    Ok((if aggregated { Layer::Ethernet } else { Layer::Llc }, body))
}
