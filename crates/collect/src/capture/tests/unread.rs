//! What is not read is no silence.

use super::*;

/// TLS from the client to the server, a record every so many seconds.
fn veiled(seconds: u32) -> Vec<(u32, Vec<u8>)> {
    let record = "\u{17}\u{3}\u{3}\u{0}\u{20}012345678901234567890123456789ab";
    let length = u32::try_from(record.len()).unwrap();
    let at = |it: u32| (1000 + it * 60, segment(true, 1 + it * length, record));
    (0..=seconds / 60).map(at).collect()
}

fn rhythm_gaps(collected: &Collected, name: &str) -> Vec<String> {
    let of = |it: &&Examined| it.kind == FactKind::QuietFlow && it.gaps.contains(name);
    let names = |it: &Examined| it.extent.entities.clone().unwrap_or_default();
    let entities = collected.examined.iter().filter(of).flat_map(names);
    entities.map(|it| it.to_string()).collect()
}

#[test]
fn encrypted_connections_need_half_an_hour_before_silence_means_something() {
    let short = "too-short-for-rhythm";
    let (collected, _) = collect(&[pcap(&veiled(600))]);
    assert!(rhythm_gaps(&collected, short).contains(&"endpoint:192.0.2.7".to_owned()));
    let (collected, _) = collect(&[pcap(&veiled(1800))]);
    assert!(rhythm_gaps(&collected, short).is_empty());
    let (collected, _) = collect(&[pcap(&dialogue())]);
    assert!(rhythm_gaps(&collected, short).is_empty(), "nothing was encrypted");
}

#[test]
fn protocols_that_are_not_read_are_no_silence_and_pings_are() {
    let of_protocol = |protocol: u8| {
        let mut frame = segment(true, 1, "");
        frame[9] = protocol;
        (1000, frame)
    };
    let capture = |protocol| pcap(&[dialogue(), vec![of_protocol(protocol)]].concat());
    let (collected, _) = collect(&[capture(50)]);
    assert_eq!(gaps(&collected), ["other-transport"].into(), "IPsec");
    let (collected, _) = collect(&[capture(1)]);
    assert!(gaps(&collected).is_empty(), "a ping");
    let mut unknown = vec![0; 12];
    unknown.extend([0x88, 0xb5]);
    unknown.resize(60, 1);
    let (collected, _) = collect(&[on_link(1, &[(1000, unknown)])]);
    assert_eq!(gaps(&collected), ["not-ip"].into());
}
