//! Messages made by hand, hostile ones among them.

use proptest::prelude::*;

use super::{Kind, MAX_ANSWERS, Malformed, decode, first_of_stream, question};

fn header(flags: u16, questions: u16, answers: u16) -> Vec<u8> {
    [0x1234, flags, questions, answers, 0, 0].iter().flat_map(|n: &u16| n.to_be_bytes()).collect()
}

fn labels(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        out.push(u8::try_from(label.len()).expect("a label"));
        out.extend(label.as_bytes());
    }
    out.push(0);
    out
}

fn asked(name: &str, kind: u16, answers: u16) -> Vec<u8> {
    let mut message = header(0x8180, 1, answers);
    message.extend(labels(name));
    message.extend([kind.to_be_bytes(), [0, 1]].concat());
    message
}

fn record(owner: &[u8], kind: u16, content: &[u8]) -> Vec<u8> {
    let mut out = owner.to_vec();
    out.extend(kind.to_be_bytes());
    out.extend([0, 1, 0, 0, 1, 44]);
    out.extend(u16::try_from(content.len()).expect("short").to_be_bytes());
    out.extend(content);
    out
}

fn check(message: &[u8], names: &[&str], kinds: &[Kind], complete: bool) {
    let decoded = decode(message).expect("a message");
    let asked: Vec<_> = decoded.questions.iter().map(|(name, _)| name.as_str()).collect();
    let answered: Vec<_> = decoded.answers.iter().map(|answer| answer.kind.clone()).collect();
    assert_eq!((asked.as_slice(), answered.as_slice(), decoded.complete), (names, kinds, complete));
}

#[test]
fn addresses_and_other_names_are_read_through_references() {
    let mut message = asked("Pool.Example.ORG", 1, 4);
    message.extend(record(&[0xc0, 12], 5, &[2, b'e', b'u', 0xc0, 12]));
    message.extend(record(&[0xc0, 46], 1, &[192, 0, 2, 7]));
    message.extend(record(&[0xc0, 46], 28, &std::net::Ipv6Addr::LOCALHOST.octets()));
    message.extend(record(&[0], 16, b"\x03abc"));
    check(
        &message,
        &["pool.example.org"],
        &[
            Kind::Cname("eu.pool.example.org".into()),
            Kind::A([192, 0, 2, 7].into()),
            Kind::Aaaa(std::net::Ipv6Addr::LOCALHOST),
            Kind::Other(16),
        ],
        true,
    );
    let decoded = decode(&message).expect("a message");
    assert_eq!(decoded.answers[1].name, "eu.pool.example.org");
    assert_eq!((decoded.answers[0].ttl, decoded.response, decoded.id), (300, true, 0x1234));
}

#[test]
fn references_that_lead_forward_or_in_a_circle_end_the_name() {
    for reference in [[0xc0, 12], [0xc0, 14], [0xc0, 0xff]] {
        let mut message = header(0x0100, 1, 0);
        message.extend(reference);
        message.extend([0, 1, 0, 1]);
        assert_eq!(decode(&message), Err(Malformed::Name));
    }
    let mut message = header(0x0100, 1, 0);
    message.extend([1, b'a', 0xc0, 12, 0, 1, 0, 1]);
    assert_eq!(decode(&message), Err(Malformed::Name), "a name that contains itself");
}

#[test]
fn name_longer_than_the_protocol_allows_is_refused() {
    let longest = [vec!["a".repeat(63); 3].join("."), "b".repeat(61)].join(".");
    check(&asked(&longest, 1, 0), &[&longest], &[], true);
    assert_eq!(decode(&asked(&format!("{longest}b"), 1, 0)), Err(Malformed::Name));
}

#[test]
fn bytes_that_print_badly_are_written_out() {
    let mut message = header(0x0100, 1, 0);
    message.extend([5, b'a', b'.', 0, 0xff, b'\\', 0, 0, 1, 0, 1]);
    check(&message, &["a\\046\\000\\255\\092"], &[], true);
    assert_eq!(question(&message, &mut [0; 256]), None);
}

#[test]
fn answers_beyond_the_cap_are_left_and_said_to_be() {
    let mut message = asked("a", 1, 100);
    for _ in 0..100 {
        message.extend(record(&[0xc0, 12], 1, &[192, 0, 2, 1]));
    }
    check(&message, &["a"], &vec![Kind::A([192, 0, 2, 1].into()); MAX_ANSWERS], false);
}

#[test]
fn only_question_is_read_without_allocating() {
    let mut scratch = [0; 256];
    let message = asked("EU.pool-1.example", 28, 0);
    let read = question(&message, &mut scratch).expect("a question");
    assert_eq!(
        (read.name, read.kind, read.response, read.rcode),
        ("eu.pool-1.example", 28, true, 0)
    );
    assert_eq!(question(&asked("", 2, 0), &mut scratch), None, "the root has no name");
    assert_eq!(question(&header(0, 2, 0), &mut scratch), None);
}

#[test]
fn stream_gives_its_first_message_once_it_is_whole() {
    let message = asked("a.example", 1, 0);
    let mut stream = u16::try_from(message.len()).expect("short").to_be_bytes().to_vec();
    stream.extend(&message);
    stream.extend([0, 9, 1]);
    assert_eq!(first_of_stream(&stream), Some((message.as_slice(), message.len() + 2)));
    for cut in 0..message.len() + 2 {
        assert_eq!(first_of_stream(&stream[..cut]), None);
    }
}

#[test]
fn bytes_that_are_no_message_are_refused() {
    assert_eq!(decode(&[0; 11]), Err(Malformed::Short));
    assert_eq!(decode(b"GET / HTTP/1.1\r\n\r\n"), Err(Malformed::Header));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        flags in any::<u16>(), counts in any::<[u8; 2]>(),
        rest in proptest::collection::vec(prop_oneof![0..4_u8, Just(0xc0), any::<u8>()], 0..200),
    ) {
        let mut message = header(flags, counts[0].into(), counts[1].into());
        message.extend(rest);
        let lean = question(&message, &mut [0; 256]).map(|lean| (lean.name.to_owned(), lean.kind));
        let full = decode(&message);
        if let Some(lean) = lean {
            // The lean reader follows no reference, and ignores the class.
            prop_assert!(full.is_err() || full.is_ok_and(|full| full.questions == [lean]));
        }
    }

    #[test]
    fn every_beginning_of_a_message_is_read_or_refused(cut in 0..90_usize) {
        let mut message = asked("pool.example.org", 1, 2);
        message.extend(record(&[0xc0, 12], 5, &[2, b'e', b'u', 0xc0, 12]));
        message.extend(record(&[0xc0, 46], 1, &[192, 0, 2, 7]));
        message.truncate(cut);
        if let Ok(read) = decode(&message) {
            prop_assert_eq!(read.complete, read.answers.len() == 2);
        }
    }
}
