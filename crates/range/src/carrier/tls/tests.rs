//! A TLS channel is read by its own other end, record by record.

use std::io::Read;

use super::*;

fn open_with(tls: Tls, seed: u64) -> (Channel, Vec<Flight>) {
    let (channel, flights) = open(tls, "pool.example", 1_767_600_000, &mut Rng::new(seed));
    (channel.unwrap(), flights)
}

fn every() -> Vec<Tls> {
    let mut all = Vec::new();
    for version in [TlsVersion::V12, TlsVersion::V13] {
        for suite in [Suite::AesGcm, Suite::ChaCha] {
            for alpn in [Alpn::None, Alpn::Http1, Alpn::Http2] {
                all.push(Tls { version, suite, alpn, ..Tls::default() });
            }
        }
    }
    all
}

#[test]
fn both_ends_read_what_the_other_sealed() {
    for tls in every() {
        let (mut channel, _) = open_with(tls, 3);
        for (place, length) in [1_usize, 234, 406, 16_384, 40_000].into_iter().enumerate() {
            let message = Rng::new(place as u64).bytes(length);
            let sealed = channel.seal(Side::Client, &message);
            let records = length.div_ceil(16_384);
            assert_eq!(sealed.len(), length + records * tls.suite.overhead(tls.version));
            let mut heard = Vec::new();
            let mut left = &sealed[..];
            while !left.is_empty() {
                channel.server.read_tls(&mut left).unwrap();
                channel.server.process_new_packets().unwrap();
                let _ = channel.server.reader().read_to_end(&mut heard);
            }
            assert_eq!(heard, message, "{tls:?}");

            let sealed = channel.seal(Side::Server, &message[..length.min(300)]);
            hear(|input| channel.client.read_tls(input), &sealed).unwrap();
            channel.client.process_new_packets().unwrap();
            let mut heard = vec![0; length.min(300)];
            channel.client.reader().read_exact(&mut heard).unwrap();
            assert_eq!(heard, message[..length.min(300)]);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for tls in every() {
        let make = |seed| {
            let (mut channel, flights) = open_with(tls, seed);
            let mut out: Vec<Vec<u8>> = flights.into_iter().map(|flight| flight.bytes).collect();
            out.push(channel.seal(Side::Client, b"login"));
            out.push(channel.seal(Side::Server, b"job"));
            out
        };
        assert_eq!(make(1), make(1), "{tls:?}");
        assert_ne!(make(1), make(2), "{tls:?}");
    }
}

#[test]
fn handshakes_have_the_flights_of_their_version() {
    use Side::{Client, Server};
    let sides = |version| -> Vec<(Side, bool)> {
        let (_, flights) = open_with(Tls { version, ..Tls::default() }, 5);
        flights.iter().map(|flight| (flight.from, flight.awaited)).collect()
    };
    let thirteen = [(Client, true), (Server, true), (Client, true), (Server, false)];
    assert_eq!(sides(TlsVersion::V13), thirteen);
    let twelve = [(Client, true), (Server, true), (Client, true), (Server, true)];
    assert_eq!(sides(TlsVersion::V12), twelve);
}

#[test]
fn padding_hides_the_length_of_messages() {
    let sizes = |padding| -> Vec<usize> {
        let (mut channel, _) = open_with(Tls { padding, ..Tls::default() }, 6);
        (0..40).map(|_| channel.seal(Side::Client, &[7; 235]).len()).collect()
    };
    assert!(sizes(Padding::None).iter().all(|size| *size == 235 + 22));
    assert!(sizes(Padding::Block(128)).iter().all(|size| *size == 256 + 22));
    let random = sizes(Padding::Random(100));
    let different: std::collections::BTreeSet<_> = random.iter().collect();
    assert!(different.len() > 20, "{random:?}");
    assert!(random.iter().all(|size| (257..=357).contains(size)));
}

#[test]
fn the_provider_refuses_outside_of_the_range() {
    let provider = Arc::new(provider::client());
    let config = ClientConfig::builder_with_details(provider, Arc::new(provider::Fixed(0)))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(provider::TakesAll))
        .with_no_client_auth();
    let name = ServerName::try_from("pool.example").unwrap();
    assert!(ClientConnection::new(Arc::new(config), name).is_err());
}
