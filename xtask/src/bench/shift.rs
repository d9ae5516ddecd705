//! Other addresses for the same frames, so that each copy brings flows of its own.

/// Bytes before the type of an Ethernet frame.
const MACS: usize = 12;
const VLAN: [u8; 2] = [0x81, 0x00];
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];

/// Changes both addresses of the frame's IP header by the number of the copy; the first stays as it
/// is. Checksums are left as they were: none of those who are measured looks at them.
pub(super) fn addresses(frame: &mut [u8], copy: u32) {
    let [.., high, low] = copy.to_be_bytes();
    let mut at = MACS;
    while frame.get(at..at + 2) == Some(&VLAN) {
        at += 4;
    }
    let header = at + 2;
    // The second and third octet, or the second and third word of a prefix.
    let places = match frame.get(at..header) {
        Some(kind) if kind == IPV4 => [(header + 13, header + 14), (header + 17, header + 18)],
        Some(kind) if kind == IPV6 => [(header + 11, header + 13), (header + 27, header + 29)],
        _ => return,
    };
    for (second, third) in places {
        for (place, change) in [(second, low), (third, high)] {
            if let Some(octet) = frame.get_mut(place) {
                *octet ^= change;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of a frame that the second copy changes.
    #[track_caller]
    fn check(kind: &[u8], length: usize, expect: &[usize]) {
        let mut frame = vec![0; length];
        frame[MACS..MACS + kind.len()].copy_from_slice(kind);
        let before = frame.clone();
        addresses(&mut frame, 0);
        assert_eq!(frame, before);
        addresses(&mut frame, 1);
        let changed: Vec<_> = (0..length).filter(|it| frame[*it] != before[*it]).collect();
        assert_eq!(changed, expect);
    }

    #[test]
    fn both_addresses_change_and_nothing_else() {
        check(&IPV4, 60, &[27, 31]);
        check(&IPV6, 80, &[25, 41]);
        check(&[0x81, 0, 0, 5, 8, 0], 60, &[31, 35]);
        check(&[0x08, 0x06], 60, &[]);
        check(&IPV4, 28, &[27]);
    }
}
