//! Frames peeled down to what they carry.

use minehound_wire::packet::{self, Peeled};

/// Every link type that is read, and one that is not.
pub(crate) const LINKS: [u32; 15] =
    [1, 0, 9, 12, 14, 50, 51, 101, 104, 108, 113, 228, 229, 276, 147];
/// The protocols that may stand in a datagram put together.
const PROTOCOLS: [u8; 8] = [6, 17, 4, 41, 47, 132, 44, 97];

/// What is peeled off lies within the frame. The first byte picks the link.
pub(crate) fn peel(bytes: &[u8]) {
    let Some((first, frame)) = bytes.split_first() else { return };
    let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
    let link = LINKS.get(usize::from(*first) % LINKS.len()).copied().unwrap_or(1);
    for on_wire in [length, 0, length + 1_000, u32::MAX] {
        let Ok(peeled) = packet::peel(link, frame, on_wire) else { continue };
        within(&peeled, frame);
        let Peeled::Fragment(fragment) = peeled else { continue };
        for protocol in PROTOCOLS {
            let (bytes, on_wire) = (fragment.bytes, fragment.on_wire);
            let inner = packet::peel_datagram(fragment.addresses, protocol, bytes, on_wire);
            if let Ok(inner) = inner {
                within(&inner, frame);
            }
        }
    }
}

fn within(peeled: &Peeled<'_>, frame: &[u8]) {
    let (bytes, on_wire) = match peeled {
        Peeled::Packet(it) => (it.payload, it.payload_on_wire),
        Peeled::Fragment(it) => (it.bytes, it.on_wire),
    };
    let held = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    assert!(held <= on_wire, "captured {held} bytes of {on_wire}");
    let inside = frame.as_ptr_range();
    assert!(bytes.is_empty() || inside.contains(&bytes.as_ptr()), "bytes from elsewhere");
}
