//! Seeds that are captures, or frames of them.

use std::net::IpAddr;

use minehound_range::capture::PcapStyle;
use minehound_range::innocent::Innocent;
use minehound_range::packets::{Link, Shape, Tag};
use minehound_range::scenario::{Dialect, Generated, Session};

use super::seeds::{MAX_SEED, Seed};

/// How frames may be wrapped, and the place of the link in the packet target's list.
fn shapes() -> Vec<(&'static str, u8, Shape)> {
    let plain = Shape::default;
    let tagged = |tags: Vec<Tag>| Shape { tags, ..Shape::default() };
    vec![
        ("ethernet", 0, plain()),
        ("loopback", 1, Shape { link: Link::Loopback, ..plain() }),
        ("raw", 7, Shape { link: Link::Raw, ..plain() }),
        ("cooked", 10, Shape { link: Link::Cooked, ..plain() }),
        ("cooked2", 13, Shape { link: Link::Cooked2, ..plain() }),
        ("vlan", 0, tagged(vec![Tag::Vlan(7)])),
        ("qinq", 0, tagged(vec![Tag::QinQ(7, 8)])),
        ("pppoe", 0, tagged(vec![Tag::PppOE(9)])),
        ("mpls", 0, tagged(vec![Tag::Mpls(16), Tag::Mpls(17)])),
        ("gre", 0, tagged(vec![Tag::Gre])),
        ("vxlan", 0, tagged(vec![Tag::Vxlan(5)])),
        ("fragments", 0, Shape { fragment: Some(64), ..plain() }),
        ("segments", 0, Shape { segment: 40, resend: 0.3, ..plain() }),
    ]
}

/// Captures of every dialect and every kind of innocent life, each of a few kilobytes.
pub(crate) fn small() -> Vec<(String, Vec<u8>)> {
    let sessions = Dialect::ALL.into_iter().map(|it| {
        let session = Session { seconds: 30.0, ..Session::new(it, 7) };
        (it.name(), session.generate())
    });
    let host = IpAddr::from([192, 0, 2, 40]);
    let innocent = Innocent::ALL
        .into_iter()
        .map(|it| (it.name(), it.generate(host, 1_767_600_000_000_000_000, 30.0, 7)));
    let sized = sessions.chain(innocent).map(|(name, made)| {
        let bytes = fitting(made).to_pcap(PcapStyle::default());
        (name.to_owned(), bytes)
    });
    sized.filter(|(_, bytes)| bytes.len() <= MAX_SEED).collect()
}

/// As many frames as a seed has room for.
fn fitting(mut made: Generated) -> Generated {
    let mut room = MAX_SEED / 2;
    let fits = made.frames.iter().take_while(|frame| {
        let size = frame.bytes.len() + 64;
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let count = fits.count();
    made.frames.truncate(count);
    made
}

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> =
        small().into_iter().map(|(name, bytes)| Seed::new("flow", &name, bytes)).collect();
    for (name, link, shape) in shapes() {
        let session = Session { seconds: 5.0, shape, ..Session::new(Dialect::CryptoNote, 3) };
        let mut made = session.generate();
        let longest = made.frames.iter().max_by_key(|it| it.bytes.len());
        if let Some(frame) = longest {
            let mut bytes = vec![link];
            bytes.extend(&frame.bytes);
            seeds.push(Seed::new("packet", name, bytes));
        }
        seeds.push(Seed::new("flow", name, fitting(made.clone()).to_pcap(PcapStyle::default())));
        if name == "ethernet" {
            made.frames.truncate(3);
            let pcap =
                |nanoseconds, big_endian| made.to_pcap(PcapStyle { nanoseconds, big_endian });
            seeds.push(Seed::new("capture", "pcap", pcap(false, false)));
            seeds.push(Seed::new("capture", "pcap-big", pcap(false, true)));
            seeds.push(Seed::new("capture", "pcap-ns", pcap(true, false)));
            let both = [(&made, 6), (&made, 9)];
            let pcapng = minehound_range::capture::pcapng;
            seeds.push(Seed::new("capture", "pcapng", pcapng(&both, false)));
            seeds.push(Seed::new("capture", "pcapng-big", pcapng(&both, true)));
            seeds.push(Seed::new("flow", "pcapng", pcapng(&both, false)));
        }
    }
    seeds
}
