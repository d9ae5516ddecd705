//! Hellos made by hand, in pieces, cut and damaged.

use proptest::prelude::*;

use super::{Hello, MAX_ALPN, Offer, Opening, open as opened};

/// Opens a stream; offers have tests of their own.
fn open(stream: &[u8], at_end: bool) -> Opening {
    match opened(stream, at_end) {
        Opening::Hello(hello) => Opening::Hello(Hello { offer: Offer::default(), ..hello }),
        other => other,
    }
}

fn long(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("short");
    [length.to_be_bytes().as_slice(), content].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().to_vec(), long(content)].concat()
}

fn name_extension(host: &[u8]) -> Vec<u8> {
    extension(0, &long(&[vec![0], long(host)].concat()))
}

fn message(extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0]);
    body.extend(long(&[0x13, 0x01, 0x13, 0x02]));
    body.extend([1, 0]);
    if !extensions.is_empty() {
        body.extend(long(&extensions.concat()));
    }
    let length = u32::try_from(body.len()).expect("short").to_be_bytes();
    [[1].as_slice(), &length[1..], &body].concat()
}

fn records(message: &[u8], piece: usize) -> Vec<u8> {
    message.chunks(piece).flat_map(|part| [vec![22, 3, 1], long(part)].concat()).collect()
}

fn usual() -> Vec<u8> {
    let protocols = long(b"\x02h2\x08http/1.1");
    message(&[
        extension(43, &[2, 3, 4]),
        name_extension(b"Pool.Example.ORG"),
        extension(16, &protocols),
        extension(0xfe0d, &[0; 8]),
    ])
}

fn expected() -> Hello {
    Hello {
        server_name: Some("pool.example.org".into()),
        alpn: vec!["h2".into(), "http/1.1".into()],
        legacy_version: 0x0303,
        has_ech: true,
        offer: Offer::default(),
        complete: true,
    }
}

fn check(stream: &[u8], opening: &Opening) {
    assert_eq!(open(stream, true), *opening);
}

#[test]
fn hello_is_read_however_it_is_spread_over_records() {
    for piece in [1, 2, 3, 50, 10_000] {
        let stream = records(&usual(), piece);
        check(&stream, &Opening::Hello(expected()));
        assert_eq!(open(&stream, false), Opening::Hello(expected()), "in pieces of {piece}");
    }
}

#[test]
fn every_beginning_asks_for_more_until_the_end_is_said() {
    let stream = records(&usual(), 40);
    for cut in 0..stream.len() {
        assert_eq!(open(&stream[..cut], false), Opening::NeedMore, "cut at {cut}");
        match open(&stream[..cut], true) {
            Opening::Hello(hello) => assert!(!hello.complete),
            other => assert_eq!(other, Opening::NotTls),
        }
    }
}

#[test]
fn cut_hello_keeps_the_name_that_was_there() {
    let stream = records(&usual(), 10_000);
    let Opening::Hello(hello) = open(&stream[..stream.len() - 20], true) else {
        panic!("a hello");
    };
    assert_eq!(hello.server_name.as_deref(), Some("pool.example.org"));
    assert!(!hello.complete);
}

#[test]
fn a_whole_hello_has_fingerprints_and_a_cut_one_has_none() {
    let stream = records(&usual(), 10_000);
    let Opening::Hello(hello) = opened(&stream, true) else { panic!("a hello") };
    let (ja3, ja4) = hello.fingerprints().expect("whole");
    assert_eq!(ja3.len(), 32);
    assert!(ja4.starts_with("t13d0204h2_"), "{ja4}");
    let Opening::Hello(hello) = opened(&stream[..stream.len() - 5], true) else {
        panic!("a hello");
    };
    assert_eq!(hello.fingerprints(), None);
}

#[test]
fn hello_without_extensions_is_complete() {
    let hello = Hello { legacy_version: 0x0303, complete: true, ..Hello::default() };
    check(&records(&message(&[]), 10_000), &Opening::Hello(hello));
}

#[test]
fn names_that_are_no_hosts_are_not_kept() {
    for host in [&b"a b"[..], b"", b"a..b", b"x\0y.org", &[b'a'; 64], b"\xff.org"] {
        let Opening::Hello(hello) = open(&records(&message(&[name_extension(host)]), 999), true)
        else {
            panic!("a hello");
        };
        assert_eq!(hello.server_name, None, "{host:?}");
    }
}

#[test]
fn list_of_protocols_is_bounded_and_printable() {
    let mut names = vec![2, 0x0a, 0x0a];
    names.extend(b"\x01a".repeat(100));
    let Opening::Hello(hello) =
        open(&records(&message(&[extension(16, &long(&names))]), 999), true)
    else {
        panic!("a hello");
    };
    assert_eq!(hello.alpn, vec!["a"; MAX_ALPN]);
}

#[test]
fn other_protocols_are_not_tls() {
    let server_hello = records(&[2, 0, 0, 40, 3, 3], 999);
    let odd_ciphers = {
        let mut bytes = message(&[]);
        bytes[4 + 2 + 32 + 2] = 3;
        records(&bytes, 999)
    };
    for stream in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"{\"method\":\"login\"}",
        b"\x16\x02\x00",
        b"\x16\x03\x01\x00\x00",
        b"\x17\x03\x03\x00\x20",
        &server_hello,
        &odd_ciphers,
    ] {
        check(stream, &Opening::NotTls);
        assert_eq!(open(stream, false), Opening::NotTls, "{stream:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), at_end in any::<bool>(),
    ) {
        let _ = open(&bytes, at_end);
        let _ = open(&records(&[vec![1, 0, 1, 0, 3, 3], bytes].concat(), 77), at_end);
    }

    #[test]
    fn damage_never_panics(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut stream = records(&usual(), 30);
        let place = place.index(stream.len());
        stream[place] = value;
        let _ = open(&stream, true);
    }
}
