//! Properties of reading captures: parts, cuts, order. The bytes are written by hand here.

use std::net::IpAddr;

use minehound_model::{Fact, Observation, PoolSession};

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
