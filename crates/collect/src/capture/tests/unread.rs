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

/// One UDP datagram in a raw-IP frame between ports 40000 and 51820.
fn datagram(from_client: bool, kind: u8, length: usize) -> Vec<u8> {
    let (source, target) = if from_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
    let (from, to) = if from_client { (40_000_u16, 51_820_u16) } else { (51_820, 40_000) };
    let mut payload = vec![kind, 0, 0, 0];
    payload.extend([7; 4].iter().chain(&[0; 8]));
    payload.resize(length, 9);
    let mut bytes = vec![0x45, 0];
    bytes.extend(u16::try_from(28 + length).unwrap().to_be_bytes());
    bytes.extend([0, 0, 0, 0, 64, 17, 0, 0]);
    bytes.extend(source.iter().chain(&target));
    bytes.extend(from.to_be_bytes().iter().chain(&to.to_be_bytes()));
    bytes.extend(u16::try_from(8 + length).unwrap().to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// What the far end of a tunnel sends at odd moments, each acknowledged at once: read from the far
/// end these are shares and answers.
#[track_caller]
fn check_client_of_tunnel(opened: &[(u32, Vec<u8>)], expected: [u8; 4]) {
    let mut frames = opened.to_vec();
    let mut second = 2;
    for beat in 0..90_u32 {
        second += 1 + (beat * beat * 7 + beat) % 17;
        frames.push((second, datagram(false, 4, 160)));
        frames.push((second, datagram(true, 4, 96)));
        if beat % 3 == 0 {
            frames.push((second + 1, datagram(true, 4, 320)));
        }
    }
    let observations = collect(&[pcap(&frames)]).0.observations;
    let flows = observations.iter().filter_map(|it| match &it.fact {
        Fact::QuietFlow(it) => Some(it.client.ip()),
        _ => None,
    });
    let expected = IpAddr::from(expected);
    assert_eq!(flows.collect::<Vec<_>>(), [expected]);
}

#[test]
fn who_opened_a_tunnel_is_its_client_whatever_is_acknowledged_inside() {
    let handshake = [(1, datagram(true, 1, 148)), (1, datagram(false, 2, 92))];
    check_client_of_tunnel(&handshake, CLIENT);
    // Where nobody was seen to open it, the pattern decides.
    check_client_of_tunnel(&[(1, datagram(true, 4, 320))], SERVER);
}
