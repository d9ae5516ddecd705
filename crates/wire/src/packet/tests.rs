//! Packets built by hand for every kind of encapsulation.

use proptest::prelude::*;

use super::*;

const V4: Addresses = Addresses::V4 { source: 0x0a00_0001, target: 0x0a00_0002 };

/// A TCP header with eight bytes of options, and a payload.
fn tcp(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x30, 0x39, 0x0d, 0x05, 0, 0, 0, 7, 0, 0, 0, 9, 0x70, 0x18, 1, 0, 0, 0];
    bytes.extend([0, 0, 1, 1, 8, 10, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

fn udp(target_port: u16, payload: &[u8]) -> Vec<u8> {
    let [p0, p1] = target_port.to_be_bytes();
    let [l0, l1] = u16::try_from(payload.len() + 8).unwrap().to_be_bytes();
    [&[0x30, 0x39, p0, p1, l0, l1, 0, 0], payload].concat()
}

fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_piece(protocol, payload, 0)
}

fn ipv4_piece(protocol: u8, payload: &[u8], fragment: u16) -> Vec<u8> {
    let [l0, l1] = u16::try_from(payload.len() + 24).unwrap().to_be_bytes();
    let [f0, f1] = fragment.to_be_bytes();
    // One word of options.
    let head = [0x46, 0, l0, l1, 0, 5, f0, f1, 64, protocol, 0xde, 0xad];
    [&head, &[10, 0, 0, 1, 10, 0, 0, 2, 1, 1, 1, 0], payload].concat()
}

fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let [l0, l1] = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = vec![0x60, 0, 0, 0, l0, l1, next, 64];
    bytes.extend(1_u128.to_be_bytes());
    bytes.extend(2_u128.to_be_bytes());
    bytes.extend(payload);
    bytes
}

fn tagged(kind: u16, payload: &[u8]) -> Vec<u8> {
    [&[2; 12], kind.to_be_bytes().as_slice(), payload].concat()
}

fn snap() -> Vec<u8> {
    [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], inner().as_slice()].concat()
}

/// The header of an 802.11 frame: kind, flags, three addresses and a sequence, and the rest.
fn wireless_head(kind: u8, flags: u8, rest: &[u8]) -> Vec<u8> {
    [&[kind, flags, 0, 0], [2; 18].as_slice(), &[0x10, 0], rest].concat()
}

fn wireless(kind: u8, flags: u8, rest: &[u8]) -> Vec<u8> {
    [wireless_head(kind, flags, rest), snap()].concat()
}

#[test]
fn what_a_wireless_link_protects_is_told_apart_from_what_it_manages() {
    let of = |kind, flags| peel(105, &wireless(kind, flags, &[0, 0]), 200).err();
    assert_eq!(of(0x88, 0x41), Some(Skip::Encrypted));
    assert_eq!(of(0x80, 0x00), Some(Skip::Upkeep), "a beacon");
    assert_eq!(of(0xb4, 0x00), Some(Skip::Upkeep), "a request to send");
    assert_eq!(of(0x48, 0x01), Some(Skip::Upkeep), "no data");
    assert_eq!(peel(1, &tagged(0x88e5, &inner()), 200), Err(Skip::Encrypted), "MACsec");
}

fn inner() -> Vec<u8> {
    ipv4(6, &tcp(b"hello"))
}

/// GRE with a sequence number, then the twelve bytes of ERSPAN III and its platform's eight.
const ERSPAN_III: [u8; 28] = [
    0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9,
];

/// Frames by link type, each with the same TCP segment innermost.
fn encapsulations() -> Vec<(&'static str, u32, Vec<u8>)> {
    let ip = inner();
    let ethernet = tagged(0x0800, &ip);
    let gre = |head: &[u8], inside: &[u8]| tagged(0x0800, &ipv4(47, &[head, inside].concat()));
    let in_udp = |port, head: &[u8], inside: &[u8]| {
        tagged(0x0800, &ipv4(17, &udp(port, &[head, inside].concat())))
    };
    vec![
        ("Ethernet", 1, ethernet.clone()),
        ("padding", 1, [ethernet.as_slice(), &[0; 9]].concat()),
        ("raw 12", 12, ip.clone()),
        ("raw 14", 14, ip.clone()),
        ("raw 101", 101, ip.clone()),
        ("raw 228", 228, ip.clone()),
        ("loopback, little", 0, [&[2, 0, 0, 0], ip.as_slice()].concat()),
        ("loopback, big", 108, [&[0, 0, 0, 2], ip.as_slice()].concat()),
        ("PPP", 9, [&[0xff, 3, 0, 0x21], ip.as_slice()].concat()),
        ("PPP, compressed", 9, [&[0x21], ip.as_slice()].concat()),
        ("Cisco HDLC", 104, [&[0x0f, 0, 8, 0], ip.as_slice()].concat()),
        ("cooked 1", 113, [[0; 14].as_slice(), &[8, 0], &ip].concat()),
        ("cooked 2", 276, [&[8, 0], [0; 18].as_slice(), &ip].concat()),
        ("cooked VLAN", 113, [[0; 14].as_slice(), &[0x81, 0, 0, 7, 8, 0], &ip].concat()),
        ("VLAN", 1, tagged(0x8100, &[&[0, 7, 8, 0], ip.as_slice()].concat())),
        ("QinQ", 1, tagged(0x88a8, &[&[0, 7, 0x81, 0, 0, 8, 8, 0], ip.as_slice()].concat())),
        ("SNAP", 1, tagged(77, &[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip.as_slice()].concat())),
        ("PPPoE", 1, tagged(0x8864, &[&[0x11, 0, 0, 1, 0, 63, 0, 0x21], ip.as_slice()].concat())),
        ("MPLS", 1, tagged(0x8847, &[&[0, 1, 0, 64, 0, 2, 1, 64], ip.as_slice()].concat())),
        (
            "MPLS pseudowire",
            1,
            tagged(0x8847, &[&[0, 2, 1, 64, 0, 0, 0, 0], ethernet.as_slice()].concat()),
        ),
        ("IP in IP", 101, ipv4(4, &ip)),
        ("4in6", 101, ipv6(4, &ip)),
        (
            "IPv6 extensions",
            101,
            ipv6(0, &[&[60, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], ip.as_slice()].concat()),
        ),
        ("atomic fragment", 101, ipv6(44, &[&[4, 0, 0, 0, 0, 0, 0, 9], ip.as_slice()].concat())),
        (
            "authentication header",
            101,
            ipv4(51, &[&[4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], ip.as_slice()].concat()),
        ),
        ("GRE", 1, gre(&[0, 0, 8, 0], &ip)),
        ("GRE, all fields", 1, gre(&[0xb0, 0, 8, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], &ip)),
        ("GRE TEB", 1, gre(&[0x20, 0, 0x65, 0x58, 0, 0, 0, 1], &ethernet)),
        (
            "PPTP",
            1,
            gre(
                &[0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 3, 0, 0x21],
                &ip,
            ),
        ),
        ("ERSPAN I", 1, gre(&[0, 0, 0x88, 0xbe], &ethernet)),
        (
            "ERSPAN II",
            1,
            gre(&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 0], &ethernet),
        ),
        ("ERSPAN III", 1, gre(&ERSPAN_III, &ethernet)),
        ("VXLAN", 1, in_udp(4789, &[8, 0, 0, 0, 0, 0, 7, 0], &ethernet)),
        ("VXLAN of Linux", 1, in_udp(8472, &[8, 0, 0, 0, 0, 0, 7, 0], &ethernet)),
        ("Geneve", 1, in_udp(6081, &[1, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 1, 1, 1], &ethernet)),
        ("GTP-U", 1, in_udp(2152, &[0x30, 255, 0, 61, 0, 0, 0, 1], &ip)),
        (
            "GTP-U, extended",
            1,
            in_udp(2152, &[0x34, 255, 0, 69, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0], &ip),
        ),
    ]
}

/// The same, from monitors of wireless networks.
fn wireless_encapsulations() -> Vec<(&'static str, u32, Vec<u8>)> {
    vec![
        ("802.11", 105, wireless(0x08, 0x01, &[])),
        ("802.11, quality of service", 105, wireless(0x88, 0x02, &[0, 0])),
        ("802.11, four addresses", 105, wireless(0x08, 0x03, &[4; 6])),
        ("802.11, HT control", 105, wireless(0x88, 0x81, &[0; 6])),
        (
            "802.11, aggregated",
            105,
            [&wireless_head(0x88, 0x01, &[0x80, 0]), tagged(65, &snap()).as_slice()].concat(),
        ),
        ("radiotap", 127, [&[0, 0, 8, 0, 0, 0, 0, 0], wireless(0x08, 1, &[]).as_slice()].concat()),
        (
            "radiotap, padded",
            127,
            [
                &[0, 0, 17, 0, 3, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0x20],
                wireless(0x88, 1, &[0, 0, 0, 0]).as_slice(),
            ]
            .concat(),
        ),
        ("PPI", 192, [&[0, 0, 8, 0, 105, 0, 0, 0], wireless(0x08, 1, &[]).as_slice()].concat()),
    ]
}

/// The segment that a frame carries.
#[track_caller]
fn check<'a>(name: &str, link_type: u32, frame: &'a [u8], on_wire: usize) -> Packet<'a> {
    match peel(link_type, frame, u32::try_from(on_wire).unwrap()) {
        Ok(Peeled::Packet(packet)) => packet,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_encapsulation_gives_the_segment_inside() {
    for (name, link_type, frame) in [encapsulations(), wireless_encapsulations()].concat() {
        let packet = check(name, link_type, &frame, frame.len());
        assert_eq!(packet.addresses, V4, "{name}");
        assert_eq!((packet.source_port, packet.target_port), (12345, 3333), "{name}");
        assert_eq!((packet.payload, packet.payload_on_wire), (b"hello".as_slice(), 5), "{name}");
        let header = TcpHeader { sequence: 7, acknowledged: 9, flags: 0x18 };
        assert_eq!(packet.tcp, Some(header), "{name}");
    }
}

#[test]
fn a_frame_cut_anywhere_gives_the_same_segment_or_none() {
    for (name, link_type, frame) in encapsulations() {
        for length in 0..frame.len() {
            let on_wire = u32::try_from(frame.len()).unwrap();
            match peel(link_type, &frame[..length], on_wire) {
                Ok(Peeled::Packet(packet)) if packet.tcp.is_some() => {
                    assert_eq!(packet.addresses, V4, "{name} cut at {length}");
                    assert_eq!(packet.payload_on_wire, 5, "{name} cut at {length}");
                    assert!(b"hello".starts_with(packet.payload), "{name} cut at {length}");
                }
                // A tunnel whose header is cut is still a datagram.
                Ok(Peeled::Packet(packet)) => assert!(packet.payload_on_wire > 5, "{name}"),
                Ok(Peeled::Fragment(piece)) => panic!("{name} cut at {length}: {piece:?}"),
                Err(skip) => {
                    let ppp = name.starts_with("PP") || name == "Cisco HDLC";
                    assert!(skip == Skip::Truncated || ppp, "{name} cut at {length}: {skip:?}");
                }
            }
        }
    }
}

#[test]
fn a_tcp_header_cut_in_its_options_still_counts() {
    let frame = inner();
    let packet = check("options", 101, &frame[..24 + 14], frame.len());
    assert_eq!((packet.payload, packet.payload_on_wire), (b"".as_slice(), 5));
}

#[test]
fn a_total_length_of_zero_means_the_whole_frame() {
    let mut frame = tagged(0x0800, &inner());
    frame[16..18].fill(0);
    assert_eq!(check("offload", 1, &frame, frame.len()).payload, b"hello");
    assert_eq!(check("offload", 1, &frame, frame.len() + 3).payload_on_wire, 8);
}

#[test]
fn ipv6_addresses_are_the_inner_ones() {
    let frame = tagged(0x86dd, &ipv6(41, &ipv6(17, &udp(9, b"x"))));
    let packet = check("6in6", 1, &frame, frame.len());
    assert_eq!(packet.addresses, Addresses::V6 { source: 1, target: 2 });
    assert_eq!((packet.tcp, packet.payload), (None, b"x".as_slice()));
}

#[test]
fn fragments_say_where_they_belong() {
    let first = ipv4_piece(17, &udp(53, &[1; 16]), 0x2000);
    let Ok(Peeled::Fragment(piece)) = peel(101, &first, 48) else { panic!("not a fragment") };
    assert_eq!((piece.offset, piece.more, piece.identification, piece.on_wire), (0, true, 5, 24));
    let last = ipv6(44, &[17, 0, 0, 24, 0, 0, 0, 9, 7]);
    let Ok(Peeled::Fragment(piece)) = peel(101, &last, 49) else { panic!("not a fragment") };
    assert_eq!((piece.offset, piece.more, piece.identification), (24, false, 9));
    assert_eq!((piece.protocol, piece.bytes), (17, [7].as_slice()));
}

#[test]
fn what_is_not_followed_says_why() {
    let cases = [
        (1, tagged(0x0806, &[0; 28]), Skip::Arp),
        (1, tagged(0x88cc, &[0; 28]), Skip::Upkeep),
        (1, tagged(50, &[0x42; 50]), Skip::Upkeep),
        (1, tagged(0x88b5, &[0; 50]), Skip::NotIp),
        (220, vec![0; 60], Skip::UnknownLink),
        (101, ipv4(1, &[8, 0, 0, 0]), Skip::Upkeep),
        (101, ipv4(1, &[8; 400]), Skip::OtherTransport),
        (101, ipv4(50, &[0; 40]), Skip::OtherTransport),
        (101, vec![0x44; 40], Skip::Malformed),
        (101, vec![0x10; 40], Skip::Malformed),
    ];
    for (link_type, frame, skip) in cases {
        assert_eq!(peel(link_type, &frame, 60), Err(skip), "{frame:?}");
    }
    let deep = (0..30).fold(inner(), |inside, _| ipv4(4, &inside));
    assert_eq!(peel(101, &deep, 0), Err(Skip::TooDeep));
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        link_type in prop_oneof![Just(1_u32), Just(9), Just(101), Just(105), Just(113), Just(127), Just(276), 0..300_u32],
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        on_wire in any::<u32>(),
    ) {
        let _ = peel(link_type, &bytes, on_wire);
    }

    #[test]
    fn flipped_bytes_never_panic_or_grow_the_payload(
        which in 0_usize..37,
        flips in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6),
        on_wire in any::<u32>(),
    ) {
        let (_, link_type, mut frame) = encapsulations().swap_remove(which);
        for (place, value) in flips {
            let place = usize::from(place) % frame.len();
            frame[place] = value;
        }
        if let Ok(Peeled::Packet(packet)) = peel(link_type, &frame, on_wire) {
            prop_assert!(packet.payload.len() <= frame.len());
            prop_assert!(u32::try_from(packet.payload.len()).unwrap() <= packet.payload_on_wire);
        }
    }
}
