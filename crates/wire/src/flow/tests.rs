//! What is heard of connections made by hand.

mod alone;
mod made;

use std::net::IpAddr;

use proptest::prelude::*;

use self::made::{
    ACCEPTED, AUTHORIZE, AUTHORIZED, SUBMIT, SUBSCRIBE, SUBSCRIBED, Talk, hello, notify, udp,
};
use super::*;
use crate::session::{Dialect, Mark};
use crate::tls::{Certificate, Hello};

const SECOND: i64 = 1_000_000_000;

/// Everything heard.
#[derive(Default)]
struct Heard {
    sessions: Vec<(Flow, Session)>,
    asked: Vec<Session>,
    contacts: Vec<(Flow, Contact)>,
    nodes: Vec<Network>,
    hellos: Vec<Option<String>>,
    lookups: Vec<(IpAddr, String, Lookup)>,
    addresses: Vec<(IpAddr, String)>,
    proxied: Vec<(Carrier, String)>,
    certificates: Vec<Certificate>,
}

impl Events for Heard {
    fn session(&mut self, flow: &Flow, session: Session) {
        self.sessions.push((*flow, session));
    }

    fn asked(&mut self, _: &Flow, asked: Session) {
        self.asked.push(asked);
    }

    fn contact(&mut self, flow: &Flow, contact: &Contact) {
        self.contacts.push((*flow, *contact));
    }

    fn node(&mut self, _: &Flow, network: Network, _: &Contact) {
        self.nodes.push(network);
    }

    fn tls_hello(&mut self, _: &Flow, _: Stamp, hello: &Hello, _: Option<&str>) {
        self.hellos.push(hello.server_name.clone());
    }

    fn tls_certificate(&mut self, _: &Flow, certificate: Certificate) {
        self.certificates.push(certificate);
    }

    fn proxied(&mut self, _: &Flow, proxy: Carrier, target: &str) {
        self.proxied.push((proxy, target.to_owned()));
    }

    fn name_lookup(&mut self, client: IpAddr, _: IpAddr, name: &str, _: Stamp, lookup: Lookup) {
        self.lookups.push((client, name.to_owned(), lookup));
    }

    fn address_name(&mut self, address: IpAddr, name: &str, _: Stamp) {
        self.addresses.push((address, name.to_owned()));
    }
}

/// Plays frames a second apart.
fn play(tracker: &mut Tracker, heard: &mut Heard, since: i64, frames: &[Vec<u8>]) {
    for (index, frame) in (0_i64..).zip(frames) {
        let number = tracker.counters().frames + 1;
        let at = Stamp { time_ns: (since + index) * SECOND, frame: number };
        tracker.packet(101, at, frame, u32::try_from(frame.len()).unwrap(), heard);
    }
}

fn check(frames: &[Vec<u8>]) -> Heard {
    let (mut tracker, mut heard) = (Tracker::new(Limits::default()), Heard::default());
    play(&mut tracker, &mut heard, 0, frames);
    tracker.finish(&mut heard);
    assert_eq!((tracker.live_flows(), tracker.waiting_bytes()), (0, 0), "nothing stays behind");
    heard
}

/// What of a session does not depend on how its bytes travelled.
fn gist(session: &Session) -> (Dialect, Vec<String>, [u64; 3]) {
    let logins = session.accounts.iter().map(|account| account.login.clone()).collect();
    (session.dialect, logins, [session.jobs, session.submitted, session.accepted])
}

fn whole() -> (Dialect, Vec<String>, [u64; 3]) {
    (Dialect::StratumV1, vec!["account.worker".to_owned()], [1, 1, 1])
}

#[test]
fn a_mining_session_is_heard_with_its_ends_and_frames() {
    let heard = check(&Talk::opened(4000, 7).mining().close().frames);
    let [(flow, session)] = heard.sessions.as_slice() else { panic!("one session") };
    assert_eq!(flow.opener.to_string(), "10.0.0.1:4000");
    assert_eq!(flow.answerer.to_string(), "10.0.0.2:3333");
    assert_eq!(gist(session), whole());
    assert_eq!((session.frames, session.from_start, session.gaps), (11, true, false));
    assert_eq!((session.marks[&Mark::First].frame, session.marks[&Mark::Last].frame), (1, 11));
    let [(_, contact)] = heard.contacts.as_slice() else { panic!("one contact") };
    assert_eq!((contact.frames, contact.answered, contact.from_start), (11, true, true));
    let sent = SUBSCRIBE.len() + AUTHORIZE.len() + SUBMIT.len();
    assert_eq!(contact.sent, u64::try_from(sent).unwrap());
}

#[test]
fn the_end_that_sent_the_syn_opened_even_if_the_answer_was_seen_first() {
    let mut talk = Talk::opened(4000, 7).mining();
    talk.frames.swap(0, 1);
    let heard = check(&talk.frames);
    assert_eq!((heard.sessions.len(), heard.contacts.len()), (1, 1));
    assert_eq!(heard.sessions[0].0.opener.to_string(), "10.0.0.1:4000");
}

#[test]
fn a_new_syn_between_the_same_ports_begins_another_flow() {
    for close in [true, false] {
        let first = Talk::opened(4000, 7).mining();
        let first = if close { first.close() } else { first };
        let frames = [first.frames, Talk::opened(4000, 9_000_000).mining().frames].concat();
        let heard = check(&frames);
        assert_eq!((heard.sessions.len(), heard.contacts.len()), (2, 2), "closed: {close}");
    }
    let mut again = Talk::opened(4000, 7).mining();
    again.frames.insert(1, again.frames[0].clone());
    assert_eq!(check(&again.frames).contacts.len(), 1, "a SYN sent again is the same flow");
}

#[test]
fn a_session_is_heard_from_the_middle_and_from_one_side() {
    let middle = Talk::midway(4000, 7).say(false, notify()).say(true, SUBMIT).say(false, ACCEPTED);
    let heard = check(&middle.frames);
    assert_eq!(heard.sessions.len(), 1);
    assert!(!heard.sessions[0].1.from_start);
    for up in [true, false] {
        let one_side = Talk::opened(4000, 7).mining();
        let source = if up { 1 } else { 2 };
        let frames: Vec<_> =
            one_side.frames.into_iter().filter(|frame| frame[15] == source).collect();
        assert_eq!(check(&frames).sessions.len(), 1, "up: {up}");
    }
}

#[test]
fn a_flow_given_up_is_listened_to_again_where_a_message_begins() {
    let talk = Talk::opened(4000, 7).say(true, b"\x00\x01binary").say(false, b"\x00\x01binary");
    assert_eq!(check(&talk.mining().frames).sessions.len(), 1);
}

#[test]
fn silence_ends_a_flow() {
    let (mut tracker, mut heard) = (Tracker::new(Limits::default()), Heard::default());
    play(&mut tracker, &mut heard, 0, &[udp(true, (4000, 9000), b"a")]);
    play(&mut tracker, &mut heard, 200, &[udp(true, (4000, 9000), b"a")]);
    assert_eq!(heard.contacts.len(), 1, "the next packet is another flow's");
    play(&mut tracker, &mut heard, 900, &vec![udp(true, (4001, 9000), b"a"); 64]);
    assert_eq!((heard.contacts.len(), tracker.live_flows()), (2, 1), "the sweep ended it");
    play(&mut tracker, &mut heard, -900_000, &vec![udp(true, (4001, 9000), b"a"); 64]);
    assert_eq!(tracker.live_flows(), 1, "time that runs backwards ends nothing");
}

#[test]
fn no_more_flows_are_followed_than_the_limit() {
    let limits = Limits { flows: 10, ..Limits::default() };
    let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
    play(&mut tracker, &mut heard, 0, &Talk::opened(1, 7).mining().frames);
    for port in 2..100 {
        play(&mut tracker, &mut heard, 20, &Talk::opened(port, 7).frames);
        assert!(tracker.live_flows() <= 10);
    }
    assert_eq!(heard.sessions.len(), 0, "a flow that mines stays longest");
    tracker.finish(&mut heard);
    assert_eq!((heard.contacts.len(), heard.sessions.len()), (99, 1));
    assert_eq!(tracker.counters().evicted_flows, 89);
}

#[test]
fn no_more_flows_are_listened_to_than_the_limit() {
    let limits = Limits { streams: 5, ..Limits::default() };
    let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
    play(&mut tracker, &mut heard, 0, &Talk::opened(1, 7).mining().frames);
    for port in 2..100 {
        play(&mut tracker, &mut heard, 20, &Talk::opened(port, 7).say(true, "{\"id\"").frames);
    }
    assert_eq!(tracker.counters().evicted_streams, 94);
    tracker.finish(&mut heard);
    assert_eq!(heard.sessions.len(), 1, "a flow that mines is listened to longest");
}

#[test]
fn no_more_bytes_wait_than_the_limit() {
    let limits = Limits { waiting_bytes: 5_000, ..Limits::default() };
    let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
    for port in 1..50 {
        let mut talk =
            Talk::opened(port, 7).say(true, SUBSCRIBE).say(true, "lost").say(true, [b'x'; 1000]);
        talk.frames.remove(3);
        play(&mut tracker, &mut heard, 0, &talk.frames);
        assert!(tracker.waiting_bytes() <= 5_000);
    }
    assert!(tracker.counters().overfull > 0);
}

#[test]
fn no_more_is_read_without_result_than_the_limit() {
    let limits = Limits { unproven_bytes: 50_000, ..Limits::default() };
    let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
    play(&mut tracker, &mut heard, 0, &Talk::opened(1, 7).mining().frames);
    for port in 2..100 {
        let unended = format!("{{\"id\":\"{}", "x".repeat(1_000));
        play(&mut tracker, &mut heard, 20, &Talk::opened(port, 7).say(true, unended).frames);
    }
    assert!((48..=50).contains(&tracker.counters().evicted_streams));
    tracker.finish(&mut heard);
    assert_eq!(heard.sessions.len(), 1, "a flow that mines is no burden");
}

#[test]
fn a_tls_hello_is_heard_whole_in_pieces_and_in_a_tunnel() {
    let hello = hello();
    let whole = Talk::opened(1, 7).say(true, &hello).say(false, b"\x16\x03\x03\x00\x7a\x02");
    let pieces = hello.iter().fold(Talk::opened(2, 7), |talk, byte| talk.say(true, [*byte]));
    let tunnel = Talk::opened(3, 7)
        .say(true, "CONNECT pool.example:443 HTTP/1.1\r\nHost: pool.example:443\r\n\r\n")
        .say(false, "HTTP/1.1 200 OK\r\n\r\n")
        .say(true, &hello);
    for talk in [whole, pieces, tunnel] {
        let heard = check(&talk.frames);
        assert_eq!(heard.hellos, [Some("pool.example".to_owned())]);
        assert_eq!((heard.contacts.len(), heard.sessions.len()), (1, 0));
    }
}

#[test]
fn a_certificate_is_heard_after_a_hello_and_only_then() {
    let (hello, shown) = (hello(), crate::tls::certificate::tests::shown());
    let (one, other) = shown.split_at(200);
    let whole = Talk::opened(1, 7).say(true, &hello).say(false, one).say(false, other);
    let alone = Talk::opened(2, 7).say(true, &hello).say(true, b"\x14\x03\x03\0\x01\x01");
    let headless = Talk::opened(3, 7).say(false, &shown);
    let heard = check(&whole.frames);
    assert_eq!((heard.hellos.len(), heard.certificates.len()), (1, 1));
    assert_eq!(heard.certificates[0].subject.as_deref(), Some("pool.example"));
    for talk in [alone, headless] {
        assert!(check(&talk.frames).certificates.is_empty());
    }
}

#[test]
fn a_proxy_that_led_on_is_heard_of_once_whatever_follows() {
    const ASKED: &str = "CONNECT host.example:22 HTTP/1.1\r\n\r\n";
    let connect = Talk::opened(1, 7)
        .say(true, ASKED)
        .say(false, "HTTP/1.1 200 Connection established\r\n\r\n")
        .say(false, "SSH-2.0-server\r\n")
        .say(true, "SSH-2.0-client\r\n");
    let socks = Talk::opened(2, 7)
        .say(true, b"\x05\x01\x00")
        .say(false, b"\x05\x00")
        .say(true, b"\x05\x01\x00\x03\x0chost.example\x00\x16")
        .say(false, b"\x05\x00\x00\x01\x7f\x00\x00\x01\x10\x92")
        .say(true, hello());
    let refused = Talk::opened(3, 7).say(true, ASKED).say(false, "HTTP/1.1 405 No\r\n\r\n");
    let led = |talk: &Talk| check(&talk.frames).proxied;
    let target = || "host.example:22".to_owned();
    assert_eq!(led(&connect), [(Carrier::HttpConnect, target())]);
    assert_eq!(led(&socks), [(Carrier::Socks5, target())]);
    assert_eq!(led(&refused), []);
}

#[test]
fn names_asked_for_are_heard_over_udp_and_tcp() {
    let question =
        [b"\x00\x07\x01\0\0\x01\0\0\0\0\0\0".as_slice(), b"\x04Pool\x07example\0\0\x01\0\x01"]
            .concat();
    let mut answer = question.clone();
    (answer[2], answer[7]) = (0x81, 1);
    answer.extend(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x07");
    let framed = |message: &[u8]| [&[0, u8::try_from(message.len()).unwrap()], message].concat();
    let over_udp = [udp(true, (4000, 53), &question), udp(false, (4000, 53), &answer)];
    let mut over_tcp =
        Talk::opened(4000, 7).say(true, framed(&question)).say(false, framed(&answer)).frames;
    for frame in &mut over_tcp {
        let place = if frame[15] == 1 { 22 } else { 20 };
        frame[place..place + 2].copy_from_slice(&[0, 53]);
    }
    // The answer in two fragments, the second first.
    let mut fragments = vec![over_udp[0].clone()];
    for (part, word) in [(&over_udp[1][36..], 2_u16), (&over_udp[1][20..36], 0x2000)] {
        let mut frame = over_udp[1][..20].to_vec();
        frame[6..8].copy_from_slice(&word.to_be_bytes());
        frame[3] = u8::try_from(20 + part.len()).unwrap();
        frame.extend(part);
        fragments.push(frame);
    }
    for frames in [over_udp.as_slice(), over_tcp.as_slice(), fragments.as_slice()] {
        let heard = check(frames);
        let client = IpAddr::from([10, 0, 0, 1]);
        let name = || "pool.example".to_owned();
        assert_eq!(
            heard.lookups,
            [(client, name(), Lookup::Asked), (client, name(), Lookup::Found)]
        );
        assert_eq!(heard.addresses, [([192, 0, 2, 7].into(), name())]);
    }
}

/// Cuts what each side says into the pieces given, one byte at least.
fn cut(cuts: &[usize]) -> Vec<Vec<u8>> {
    let (notify, mut cuts) = (notify(), cuts.iter().cycle());
    let script = [
        (true, SUBSCRIBE),
        (false, SUBSCRIBED),
        (true, AUTHORIZE),
        (false, AUTHORIZED),
        (false, &notify),
        (true, SUBMIT),
        (false, ACCEPTED),
    ];
    let mut talk = Talk::opened(4000, u32::MAX - 60);
    for (up, mut text) in script {
        while !text.is_empty() {
            let (piece, rest) = text.split_at((*cuts.next().unwrap()).min(text.len()));
            (talk, text) = (talk.say(up, piece), rest);
        }
    }
    talk.frames
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_session_is_the_same_however_its_bytes_travel(
        cuts in proptest::collection::vec(1_usize..200, 1..20),
        copies in proptest::collection::vec((any::<u16>(), 0_usize..8), 0..20),
        swaps in proptest::collection::vec(any::<u16>(), 0..20),
    ) {
        let mut frames = cut(&cuts);
        for (which, later) in copies {
            let which = usize::from(which) % frames.len();
            let copy = frames[which].clone();
            frames.insert((which + later).min(frames.len()), copy);
        }
        for swap in swaps {
            // Only segments of one side overtake each other; between sides order is causal.
            let place = 2 + usize::from(swap) % (frames.len() - 3);
            if frames[place][15] == frames[place + 1][15] {
                frames.swap(place, place + 1);
            }
        }
        let (mut tracker, mut heard) = (Tracker::new(Limits::default()), Heard::default());
        for (number, frame) in (1..).zip(&frames) {
            let at = Stamp { time_ns: i64::try_from(number).unwrap() * 1_000_000, frame: number };
            tracker.packet(101, at, frame, u32::try_from(frame.len()).unwrap(), &mut heard);
        }
        tracker.finish(&mut heard);
        prop_assert_eq!(heard.contacts.len(), 1);
        prop_assert_eq!(heard.sessions.len(), 1);
        prop_assert_eq!(gist(&heard.sessions[0].1), whole());
        prop_assert!(!heard.sessions[0].1.gaps);
    }

    #[test]
    fn damaged_captures_never_panic_or_outgrow_the_limits(
        damage in proptest::collection::vec((any::<u16>(), any::<u16>(), any::<u8>()), 0..60),
        snaplen in 0_usize..200,
        times in proptest::collection::vec(any::<i64>(), 1..40),
    ) {
        let mut frames = cut(&[30]);
        frames.extend(Talk::opened(4001, 7).say(true, hello()).close().frames);
        for (which, place, value) in damage {
            let which = usize::from(which) % frames.len();
            let place = usize::from(place) % frames[which].len();
            frames[which][place] = value;
        }
        let limits = Limits { flows: 8, streams: 3, waiting_bytes: 100, unproven_bytes: 500, rhythms: 4 };
        let (mut tracker, mut heard) = (Tracker::new(limits), Heard::default());
        for (frame, time) in (1..).zip(&frames).zip(times.iter().cycle()) {
            let ((frame, bytes), time_ns) = (frame, *time);
            let captured = &bytes[..bytes.len().min(snaplen)];
            let wire_len = u32::try_from(bytes.len()).unwrap();
            tracker.packet(101, Stamp { time_ns, frame }, captured, wire_len, &mut heard);
            prop_assert!(tracker.live_flows() <= 16 && tracker.waiting_bytes() <= 100);
        }
        tracker.finish(&mut heard);
        prop_assert_eq!(tracker.live_flows(), 0);
    }
}
