//! Link layers: Ethernet and its tags, Linux cooked captures, loopback, LLC/SNAP; 802.11 lies in
//! [`super::wireless`].
//!
//! Numbers: tcpdump.org `LINKTYPE_` registry; IANA "IEEE 802 Numbers".

use super::{Layer, Rest, Skip, Step, internet, wireless};

/// Ethernet lengths and types part here, IEEE 802.3 clause 3.2.6.
const FIRST_TYPE: u16 = 1536;

/// Finds the first header of a frame by the link type of the capture.
pub(super) fn enter(link_type: u32, rest: Rest<'_>) -> Result<(Layer, Rest<'_>), Skip> {
    match link_type {
        1 => Ok((Layer::Ethernet, rest)),
        12 | 14 | 101 | 228 | 229 => Ok((Layer::Ip, rest)),
        // The family's number differs between systems and its byte order between machines; what
        // follows says its own version.
        0 | 108 => Ok((Layer::Ip, rest.skip(4)?)),
        9 | 50 | 104 => hdlc(rest),
        51 => Ok((Layer::EtherType(0x8864), rest)),
        113 => {
            let (header, rest) = rest.take::<16>()?;
            let [.., high, low] = *header;
            Ok((cooked(u16::from_be_bytes([high, low])), rest))
        }
        276 => {
            let (header, rest) = rest.take::<20>()?;
            let [high, low, ..] = *header;
            Ok((cooked(u16::from_be_bytes([high, low])), rest))
        }
        105 => wireless::frame(rest, false),
        127 => wireless::radiotap(rest),
        192 => wireless::per_packet(rest),
        _ => Err(Skip::UnknownLink),
    }
}

/// PPP in HDLC-like framing (RFC 1662) or Cisco HDLC, which puts an Ethernet type instead.
fn hdlc(rest: Rest<'_>) -> Result<(Layer, Rest<'_>), Skip> {
    if let Some([0x0f | 0x8f, _, high, low]) = rest.bytes.first_chunk() {
        return Ok((Layer::EtherType(u16::from_be_bytes([*high, *low])), rest.skip(4)?));
    }
    Ok((Layer::Ppp, rest))
}

fn cooked(protocol: u16) -> Layer {
    match protocol {
        0x0001 => Layer::Ethernet,
        0x0004 => Layer::Llc,
        number => Layer::EtherType(number),
    }
}

/// Ethernet II or 802.3.
#[inline]
pub(super) fn ethernet(rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    let (header, rest) = rest.take::<14>()?;
    let [.., high, low] = *header;
    ether_type(u16::from_be_bytes([high, low]), rest)
}

/// What an Ethernet type announces.
#[inline]
pub(super) fn ether_type(number: u16, rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    match number {
        // Called rather than announced, as is what follows it: nearly every frame comes this way.
        0x0800 | 0x86dd => internet::ip(rest),
        // 802.1Q, 802.1ad and two numbers used before it.
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => {
            let ([_, _, high, low], rest) = rest.take::<4>()?;
            Ok(Step::Next(Layer::EtherType(u16::from_be_bytes([*high, *low])), rest))
        }
        0x8847 | 0x8848 => Ok(Step::Next(Layer::Mpls, rest)),
        // PPPoE session, RFC 2516 section 4.
        0x8864 => {
            let (header, rest) = rest.take::<6>()?;
            let [0x11, 0, _, _, high, low] = *header else { return Err(Skip::Malformed) };
            let length = usize::from(u16::from_be_bytes([high, low]));
            Ok(Step::Next(Layer::Ppp, if length == 0 { rest } else { rest.limit(length) }))
        }
        // Cisco FabricPath: a tag, then the frame it forwards.
        0x8903 => Ok(Step::Next(Layer::Ethernet, rest.skip(2)?)),
        0x6558 => Ok(Step::Next(Layer::Ethernet, rest)),
        0x0806 | 0x8035 => Err(Skip::Arp),
        // MACsec, IEEE 802.1AE: nothing behind it can be read.
        0x88e5 => Err(Skip::Encrypted),
        // PPPoE discovery, LACP, 802.1X, Realtek's loop test, LLDP, IEEE 802.3's loop test.
        0x8863 | 0x8809 | 0x888e | 0x8899 | 0x88cc | 0x9000 => Err(Skip::Upkeep),
        length if length < FIRST_TYPE => {
            let length = usize::from(length);
            Ok(Step::Next(Layer::Llc, if length == 0 { rest } else { rest.limit(length) }))
        }
        _ => Err(Skip::NotIp),
    }
}

/// LLC with SNAP, or with the service point of IP itself (RFC 1042).
pub(super) fn llc(rest: Rest<'_>) -> Result<Step<'_>, Skip> {
    let (service, rest) = rest.take::<3>()?;
    match service {
        [0xaa, 0xaa, 0x03] => {
            let (header, rest) = rest.take::<5>()?;
            let [_, _, _, high, low] = *header;
            match u16::from_be_bytes([high, low]) {
                // A length here would let LLC nest in LLC without end.
                // Cisco's discovery among others, with its own numbers.
                number if number < FIRST_TYPE => Err(Skip::Upkeep),
                number => Ok(Step::Next(Layer::EtherType(number), rest)),
            }
        }
        [0x06, 0x06, 0x03] => Ok(Step::Next(Layer::Ip, rest)),
        // Spanning trees (IEEE 802.1D) and IS-IS.
        [0x42, 0x42, _] | [0xfe, 0xfe, _] => Err(Skip::Upkeep),
        _ => Err(Skip::NotIp),
    }
}
