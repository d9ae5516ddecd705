//! Handshakes made by hand, look-alikes, and real captures where they are at hand.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use sha3::Keccak256;
use strum::IntoEnumIterator;

use super::{Network, recognise_datagram, recognise_stream};
use crate::capture::{Cutter, Step};

fn check(stream: &[u8], network: Option<Network>) {
    assert_eq!(recognise_stream(stream), network);
}

fn message(magic: [u8; 4], name: &str, body: &[u8]) -> Vec<u8> {
    let mut out = magic.to_vec();
    out.extend(name.as_bytes());
    out.resize(16, 0);
    out.extend(u32::try_from(body.len()).expect("short").to_le_bytes());
    out.extend(&Sha256::digest(Sha256::digest(body))[..4]);
    out.extend(body);
    out
}

fn levin(command: u32, version: u32) -> Vec<u8> {
    let mut out = vec![0x01, 0x21, 1, 1, 1, 1, 1, 1];
    out.extend(226_u64.to_le_bytes());
    out.push(1);
    for word in [command, 0, 1, version] {
        out.extend(word.to_le_bytes());
    }
    out
}

fn discovery(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut signed = vec![9; 64];
    signed.extend([1, kind]);
    signed.extend(content);
    [Keccak256::digest(&signed).as_slice(), &signed].concat()
}

#[test]
fn networks_that_speak_as_bitcoin_does_are_told_by_their_bytes() {
    for (magic, network) in [
        ([0xf9, 0xbe, 0xb4, 0xd9], Network::Bitcoin),
        ([0x0a, 0x03, 0xcf, 0x40], Network::BitcoinTestnet),
        ([0xfb, 0xc0, 0xb6, 0xdb], Network::Litecoin),
        ([0xc0; 4], Network::Dogecoin),
        ([0xbf, 0x0c, 0x6b, 0xbd], Network::Dash),
        ([0x24, 0xe9, 0x27, 0x64], Network::Zcash),
        ([1, 2, 3, 4], Network::BitcoinLike),
    ] {
        check(&message(magic, "version", &[0; 86]), Some(network));
    }
    check(&message([0xf9, 0xbe, 0xb4, 0xd9], "inv", &[1; 37]), Some(Network::Bitcoin));
}

#[test]
fn bytes_of_a_network_without_its_protocol_are_no_node() {
    let magic = [0xf9, 0xbe, 0xb4, 0xd9];
    check(&message(magic, "versions", &[0; 86]), None);
    check(&message(magic, "version", &[0; 3]), None);
    check(&message(magic, "verack", &[0; 1]), None);
    check(&message([1, 2, 3, 4], "ping", &[0; 8]), None);
    check(&[magic.as_slice(), &[0; 40]].concat(), None);
    let mut wrong_checksum = message([1, 2, 3, 4], "version", &[0; 86]);
    wrong_checksum[20] ^= 1;
    check(&wrong_checksum, None);
}

#[test]
fn levin_needs_its_fields_besides_its_signature() {
    check(&levin(1001, 1), Some(Network::Monero));
    check(&levin(1001, 7), None);
    check(&levin(5, 1), None);
    check(&levin(1001, 1)[..32], None);
}

#[test]
fn discovery_packet_proves_itself_by_its_hash() {
    let packet = discovery(1, &[0xc1, 4]);
    assert_eq!(recognise_datagram(&packet), Some(Network::Ethereum));
    for place in 0..packet.len() {
        let mut damaged = packet.clone();
        damaged[place] ^= 1;
        assert_eq!(recognise_datagram(&damaged), None, "byte {place}");
    }
    assert_eq!(recognise_datagram(&discovery(7, &[0xc1, 4])), None);
}

#[test]
fn nano_is_told_by_messages_of_known_length_only() {
    let header = |kind, extensions: u16| {
        let [low, high] = extensions.to_le_bytes();
        vec![b'R', b'C', 18, 18, 17, kind, low, high]
    };
    let mut keepalive = header(2, 0);
    for _ in 0..8 {
        keepalive.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1, 0x1b, 0xa3]);
    }
    assert_eq!(recognise_datagram(&keepalive), Some(Network::Nano));
    check(&keepalive, Some(Network::Nano));
    let query = [header(10, 1), vec![5; 32]].concat();
    check(&query, Some(Network::Nano));
    check(&query[..39], None);
    check(b"RCPT TO:<someone@example.org>\r\n and more, so that it is long enough\r\n", None);
    check(&[header(10, 0), vec![5; 64]].concat(), None);
}

#[test]
fn names_of_networks_are_kebab_case_and_read_back() {
    for network in Network::iter() {
        assert_eq!(network.to_string().parse(), Ok(network));
    }
    assert_eq!(Network::BitcoinTestnet.to_string(), "bitcoin-testnet");
}

proptest! {
    #[test]
    fn random_bytes_are_no_node(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(recognise_stream(&bytes), None);
        prop_assert_eq!(recognise_datagram(&bytes), None);
    }

    #[test]
    fn every_beginning_is_read_without_panic(cut in 0..200_usize) {
        for whole in [message([0xc0; 4], "version", &[0; 86]), levin(1001, 1), discovery(1, &[0xc0])] {
            let _ = recognise_stream(&whole[..cut.min(whole.len())]);
            let _ = recognise_datagram(&whole[..cut.min(whole.len())]);
        }
    }
}

/// Looks at every TCP and UDP payload over plain Ethernet and IPv4, as if each began a stream.
fn nodes_in(file: &[u8]) -> BTreeMap<Network, u64> {
    let mut cutter = Cutter::new();
    let (mut rest, mut nodes) = (file, BTreeMap::new());
    loop {
        let consumed = match cutter.next(rest, true) {
            Ok(Step::Record { consumed, record }) => {
                let packet = record.captured;
                if record.link_type == 1 && packet.get(12..14) == Some(&[8, 0]) {
                    let header = usize::from(packet.get(14).map_or(0, |byte| byte & 0xf)) * 4 + 14;
                    let found = match packet.get(23) {
                        Some(6) => {
                            let offset =
                                packet.get(header + 12).map_or(0, |byte| usize::from(byte >> 4));
                            recognise_stream(packet.get(header + offset * 4..).unwrap_or_default())
                        }
                        Some(17) => {
                            recognise_datagram(packet.get(header + 8..).unwrap_or_default())
                        }
                        _ => None,
                    };
                    if let Some(network) = found {
                        *nodes.entry(network).or_default() += 1;
                    }
                }
                consumed
            }
            Ok(Step::Skip { consumed, .. }) => consumed,
            _ => return nodes,
        };
        rest = &rest[consumed..];
    }
}

#[test]
fn real_captures_have_nodes_only_where_there_are_nodes() {
    let root =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/network/negative"));
    let Ok(folder) = std::fs::read_dir(root) else {
        eprintln!("skipped: no real captures here");
        return;
    };
    let mut found = BTreeMap::new();
    for entry in folder.flatten() {
        let Ok(file) = std::fs::read(entry.path()) else { continue };
        let nodes = nodes_in(&file);
        if !nodes.is_empty() {
            found.insert(entry.file_name().to_string_lossy().into_owned(), nodes);
        }
    }
    eprintln!("{found:#?}");
    for (capture, network) in [("bitcoin.pcap", Network::Bitcoin), ("monero.pcap", Network::Monero)]
    {
        let named = found.iter().find(|(name, _)| name.ends_with(capture));
        assert!(named.is_some_and(|(_, nodes)| nodes.contains_key(&network)), "{capture}");
    }
    assert!(found.len() <= 10, "nearly nothing else");
}
