//! Properties of reading captures: parts, cuts, order. The bytes are written by hand here.

use std::net::IpAddr;

use minehound_model::{Because, Fact, Observation, PoolSession};

mod polled;
mod unread;

use super::*;
use crate::Collected;

const CLIENT: [u8; 4] = [192, 0, 2, 7];
const SERVER: [u8; 4] = [198, 51, 100, 9];

/// One TCP segment in a raw-IP frame: who speaks, at which sequence number, what.
fn segment(from_client: bool, seq: u32, payload: &str) -> Vec<u8> {
    let (src, dst) = if from_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
    let (sport, dport) = if from_client { (40000_u16, 3333_u16) } else { (3333, 40000) };
    let total = u16::try_from(40 + payload.len()).unwrap();
    let mut bytes = vec![0x45, 0];
    bytes.extend(total.to_be_bytes());
    bytes.extend([0, 0, 0, 0, 64, 6, 0, 0]);
    bytes.extend(src);
    bytes.extend(dst);
    bytes.extend(sport.to_be_bytes());
    bytes.extend(dport.to_be_bytes());
    bytes.extend(seq.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(payload.as_bytes());
    bytes
}

/// A pcap of raw IP (link type 101) with microseconds; frames are (second, bytes).
fn pcap(frames: &[(u32, Vec<u8>)]) -> Vec<u8> {
    pcap_cut(frames, usize::MAX)
}

/// The same, keeping only so many bytes of each frame.
fn pcap_cut(frames: &[(u32, Vec<u8>)], snaplen: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 101] {
        bytes.extend(word.to_le_bytes());
    }
    for (second, frame) in frames {
        let length = u32::try_from(frame.len()).unwrap();
        let kept = &frame[..frame.len().min(snaplen)];
        for word in [*second, 0, u32::try_from(kept.len()).unwrap(), length] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(kept);
    }
    bytes
}

const LOGIN: &str =
    "{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"account.rig\",\"x\"]}\n";
const YES: &str = "{\"id\":1,\"result\":true,\"error\":null}\n";
const SHARE: &str = "{\"id\":4,\"method\":\"mining.submit\",\"params\":[\"account.rig\",\"j1\",\"00000000\",\"5f5e1000\",\"deadbeef\"]}\n";
const ACCEPTED: &str = "{\"id\":4,\"result\":true,\"error\":null}\n";

fn dialogue() -> Vec<(u32, Vec<u8>)> {
    let (login, yes) = (u32::try_from(LOGIN.len()).unwrap(), u32::try_from(YES.len()).unwrap());
    vec![
        (1000, segment(true, 1, LOGIN)),
        (1001, segment(false, 1, YES)),
        (1003, segment(true, 1 + login, SHARE)),
        (1004, segment(false, 1 + yes, ACCEPTED)),
    ]
}

fn collect(files: &[Vec<u8>]) -> (Collected, Vec<Read1>) {
    let interest = Interest::default();
    let watch = BTreeSet::new();
    let mut collected = Collected::default();
    let mut captures = Captures::new(&interest, &watch);
    let mut reads = Vec::new();
    for (number, file) in (0..).zip(files) {
        let head = head(file.as_slice());
        reads.push(captures.read(ArtefactId(number), head, file.as_slice(), &mut collected));
    }
    captures.finish(&mut collected);
    (collected, reads)
}

fn sessions(collected: &Collected) -> Vec<(&Observation, &PoolSession)> {
    let mut found = Vec::new();
    for seen in &collected.observations {
        if let Fact::PoolSession(session) = &seen.fact {
            found.push((seen, &**session));
        }
    }
    found
}

#[test]
fn a_session_is_told_with_its_frames() {
    let (collected, reads) = collect(&[pcap(&dialogue())]);
    let found = sessions(&collected);
    let (seen, session) = found[0];
    assert_eq!((found.len(), reads[0].records), (1, 4));
    assert_eq!((session.shares.submitted, session.shares.accepted), (1, 1));
    assert_eq!(session.accounts[0].login, "account.rig");
    assert_eq!(session.marks["login"], 1);
    assert_eq!(session.marks["accepted"], 4);
    assert_eq!((seen.provenance.records.first, seen.provenance.records.last), (1, 4));
    assert_eq!(seen.entity.to_string(), "endpoint:192.0.2.7");
    assert_eq!(session.client.ip(), IpAddr::from(CLIENT));
}

#[test]
fn parts_of_one_capture_share_their_flows_and_say_where_it_went_on() {
    let frames = dialogue();
    let (collected, _) = collect(&[pcap(&frames[..2]), pcap(&frames[2..])]);
    let found = sessions(&collected);
    assert_eq!((found.len(), found[0].1.shares.accepted), (1, 1));
    assert_eq!(found[0].0.provenance.artefact, ArtefactId(0));
    let went_on: Vec<_> =
        found[0].1.continued.iter().map(|it| (it.artefact, it.records.last)).collect();
    assert_eq!(went_on, [(ArtefactId(1), 2)]);
}

#[test]
fn a_capture_of_the_same_time_is_no_further_part() {
    let (collected, _) = collect(&[pcap(&dialogue()), pcap(&dialogue())]);
    let found = sessions(&collected);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|it| it.1.continued.is_empty()));
}

#[test]
fn addresses_seen_only_where_packets_were_cut_are_told_apart() {
    let mut whole = dialogue();
    for (second, _) in &mut whole {
        *second += 100;
    }
    let cut = pcap_cut(&dialogue(), 50);
    let interest = Interest::default();
    let watch = BTreeSet::new();
    let openers = |files: &[Vec<u8>]| {
        let mut collected = Collected::default();
        let mut captures = Captures::new(&interest, &watch);
        for (number, file) in (0..).zip(files) {
            let head = head(file.as_slice());
            captures.read(ArtefactId(number), head, file.as_slice(), &mut collected);
        }
        let openers = captures.finish(&mut collected);
        (openers.seen.len(), openers.blindly().len())
    };
    assert_eq!(openers(std::slice::from_ref(&cut)), (0, 1));
    assert_eq!(openers(&[cut, pcap(&whole)]), (1, 0));
}

#[test]
fn a_longer_silence_ends_the_flows_with_the_file() {
    let mut frames = dialogue();
    frames[2].0 = 1007;
    frames[3].0 = 1008;
    let (collected, _) = collect(&[pcap(&frames[..2]), pcap(&frames[2..])]);
    let found = sessions(&collected);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].0.provenance.artefact, ArtefactId(1));
}

#[test]
fn a_cut_off_record_is_counted_and_the_rest_is_read() {
    let mut bytes = pcap(&dialogue());
    bytes.truncate(bytes.len() - 10);
    let (collected, reads) = collect(&[bytes]);
    assert_eq!(reads[0].ending, Ending::CutOff);
    assert_eq!(gaps(&collected), ["cut-off"].into());
    assert_eq!(reads[0].skips.counts[&Reason("cut-off")], 1);
    assert_eq!(sessions(&collected)[0].1.shares.submitted, 1);
}

#[test]
fn a_connection_in_two_captures_counts_once() {
    let mut cut_off = pcap(&dialogue());
    cut_off.truncate(cut_off.len() - 10);
    let (mut collected, _) = collect(&[cut_off, pcap(&dialogue())]);
    assert_eq!(sessions(&collected).len(), 2);
    crate::gather::doubles::mark_repeated(&mut collected.observations);
    let counted: Vec<_> = sessions(&collected).into_iter().filter(|it| !it.1.repeated).collect();
    assert_eq!((counted.len(), counted[0].1.shares.accepted), (1, 1));
}

#[test]
fn two_halves_of_a_connection_are_both_told_and_shared() {
    let job = format!(
        r#"{{"id":null,"method":"mining.notify","params":["j1","{}","01","02",[],"20000000","1702905c","5f5e1000",true]}}"#,
        "0f".repeat(32)
    );
    let after = 1 + u32::try_from(job.len()).unwrap();
    let (client, _): (Vec<_>, Vec<_>) =
        dialogue().into_iter().partition(|(_, frame)| frame[12..16] == CLIENT);
    let server = [(1002, segment(false, 1, &job)), (1004, segment(false, after, ACCEPTED))];
    let (mut collected, _) = collect(&[pcap(&client), pcap(&server)]);
    crate::gather::doubles::mark_repeated(&mut collected.observations);
    let told = sessions(&collected);
    let marks: Vec<_> = told.iter().map(|it| (it.1.repeated, it.1.shared)).collect();
    assert_eq!(marks.len(), 2, "each tells what the other does not");
    assert_eq!(marks.iter().filter(|it| **it == (false, true)).count(), 1, "{marks:?}");
    assert!(marks.iter().all(|it| !it.0));
}

#[test]
fn a_connection_is_known_by_the_pace_of_its_shares_where_clocks_disagree() {
    let login = u32::try_from(LOGIN.len()).unwrap();
    let length = u32::try_from(SHARE.len()).unwrap();
    let shares = |seconds: &[u32]| {
        let frames = (0..)
            .zip(seconds)
            .map(|(place, second)| (*second, segment(true, 1 + login + place * length, SHARE)));
        pcap(
            &std::iter::once((seconds[0] - 1, segment(true, 1, LOGIN)))
                .chain(frames)
                .collect::<Vec<_>>(),
        )
    };
    let repeated = |one: &[u32], other: &[u32]| {
        let (mut collected, _) = collect(&[shares(one), shares(other)]);
        crate::gather::doubles::mark_repeated(&mut collected.observations);
        sessions(&collected).iter().filter(|it| it.1.repeated).count()
    };
    let pace = [1000, 1007, 1020, 1021, 1060];
    assert_eq!(repeated(&pace, &pace.map(|it| it + 28_800)), 1);
    assert_eq!(repeated(&pace, &[29_800, 29_809, 29_820, 29_821, 29_860]), 0, "another pace");
}

#[test]
fn only_lasting_talk_of_both_ends_at_a_port_of_interest_is_told() {
    let kept = |interest: Interest, frames: &[(u32, Vec<u8>)]| {
        let (watch, mut collected) = (BTreeSet::new(), Collected::default());
        let mut captures = Captures::new(&interest, &watch);
        let file = pcap(frames);
        captures.read(ArtefactId(0), head(file.as_slice()), file.as_slice(), &mut collected);
        captures.finish(&mut collected);
        let ports = collected.observations.iter().filter_map(|it| match &it.fact {
            Fact::PortContact(it) => Some((it.client.ip(), it.server.port(), it.bytes_up)),
            _ => None,
        });
        ports.collect::<Vec<_>>()
    };
    let at_3333 = || Interest::default().and_ports([3333]);
    let talk = |seconds: u32, up: &str, down: &str| {
        vec![
            (1000, segment(true, 1, up)),
            (1001, segment(false, 1, down)),
            (1000 + seconds, segment(true, 1 + u32::try_from(up.len()).unwrap(), up)),
        ]
    };
    let client = IpAddr::from(CLIENT);
    assert_eq!(kept(at_3333(), &talk(400, "ping", "pong")), [(client, 3333, 8)]);
    assert_eq!(kept(at_3333(), &talk(30, "ping", "pong")), [], "a visit");
    assert_eq!(kept(at_3333(), &talk(400, "ping", "")), [], "nobody answers");
    assert_eq!(kept(Interest::default(), &talk(400, "ping", "pong")), [], "no port of interest");
    let mut turned = talk(400, "ping", "pong");
    turned.swap(0, 1);
    assert_eq!(kept(at_3333(), &turned), [(client, 3333, 8)], "whoever was seen first");
    assert_eq!(kept(at_3333(), &[dialogue(), talk(400, SHARE, YES)].concat()), [], "it mined");
}

/// The same frames, said to be of another link type.
fn on_link(link_type: u32, frames: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = pcap(frames);
    bytes[20..24].copy_from_slice(&link_type.to_le_bytes());
    bytes
}

fn gaps(collected: &Collected) -> BTreeSet<&str> {
    let of_sessions = collected.examined.iter().filter(|it| it.kind == FactKind::PoolSession);
    of_sessions.flat_map(|it| it.gaps.iter().map(String::as_str)).collect()
}

#[test]
fn a_link_that_is_not_read_is_no_silence() {
    let (collected, reads) = collect(&[on_link(220, &dialogue())]);
    assert_eq!(
        (gaps(&collected), reads[0].not_read),
        (["unknown-link"].into(), Some("unknown-link"))
    );
    let mut beacon = vec![0x80, 0, 0, 0];
    beacon.resize(60, 7);
    let (collected, reads) = collect(&[on_link(105, &[(1000, beacon.clone())])]);
    assert_eq!((gaps(&collected), reads[0].not_read), (["no-network"].into(), None));
    let protected = [vec![0x08, 0x41], beacon[2..].to_vec()].concat();
    let (collected, _) = collect(&[on_link(105, &[(1000, protected), (1001, beacon)])]);
    assert_eq!(gaps(&collected), ["encrypted-link"].into());
    let (collected, reads) = collect(&[pcap(&dialogue())]);
    assert_eq!((gaps(&collected), reads[0].not_read), ([].into(), None));
}

/// A dialogue of so many shares, a second apart.
fn shares(count: u32) -> Vec<(u32, Vec<u8>)> {
    let share = format!("{{\"pad\":\"{}\",{}", "0".repeat(100), &SHARE[1..]);
    let (sent, answered) =
        (u32::try_from(share.len()).unwrap(), u32::try_from(ACCEPTED.len()).unwrap());
    let round = |it: u32| {
        let (up, down) = (1 + it * sent, 1 + it * answered);
        [(1000 + it, segment(true, up, &share)), (1000 + it, segment(false, down, ACCEPTED))]
    };
    (0..count).flat_map(round).collect()
}

#[test]
fn messages_cut_at_any_length_are_no_silence_and_bulk_cut_late_is() {
    for snaplen in [60, 96, 130, 160, 200, 240] {
        let (collected, _) = collect(&[pcap_cut(&shares(20), snaplen)]);
        assert_eq!(gaps(&collected), ["snaplen"].into(), "{snaplen}");
    }
    let bulk = |it: u32| (1000 + it, segment(true, 1 + it * 5000, &"x".repeat(5000)));
    let bulk: Vec<_> = (0..20).map(bulk).collect();
    let (collected, _) = collect(&[pcap_cut(&bulk, 1500)]);
    assert_eq!(gaps(&collected), ["some-packets-cut"].into());
    let (collected, _) = collect(&[pcap_cut(&bulk, 200)]);
    assert_eq!(gaps(&collected), ["snaplen"].into());
    let mut few = shares(20);
    few.insert(7, (1003, segment(true, 1, &"y".repeat(20_000))));
    let (collected, _) = collect(&[pcap_cut(&few, 10_000)]);
    assert_eq!(gaps(&collected), ["some-packets-cut"].into());
}

#[test]
fn what_a_capture_lost_shows_in_the_sequence_numbers() {
    let kept = |every: usize, from: usize| {
        let frames = shares(100);
        let kept =
            frames.into_iter().enumerate().filter(|(at, _)| (at % every == 0) == (from == 0));
        kept.map(|it| it.1).collect::<Vec<_>>()
    };
    let (collected, reads) = collect(&[pcap(&kept(5, 0))]);
    assert_eq!(gaps(&collected), ["packets-missing"].into());
    assert!(reads[0].counts["bytes-missing"] > 10_000, "{:?}", reads[0].counts);
    let (collected, _) = collect(&[pcap(&kept(50, 1))]);
    assert_eq!(gaps(&collected), ["some-packets-missing"].into(), "one in fifty");
    let (collected, _) = collect(&[pcap(&shares(100))]);
    assert_eq!(gaps(&collected), [].into(), "nothing");
}

#[test]
fn what_comes_late_or_twice_is_not_missing() {
    let mut late = shares(100);
    for at in (0..190).step_by(7) {
        late.swap(at, at + 2);
    }
    let twice: Vec<_> = shares(100).into_iter().flat_map(|it| [it.clone(), it]).collect();
    let mut again = shares(100);
    again.insert(150, again[40].clone());
    for (frames, what) in [(late, "late"), (twice, "twice"), (again, "again")] {
        let (collected, _) = collect(&[pcap(&frames)]);
        assert_eq!(gaps(&collected), [].into(), "{what}");
    }
}
