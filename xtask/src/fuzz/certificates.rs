//! Seeds of a server that shows a certificate: made from the tables of RFC 5280 and RFC 5246, with no
//! key and no signature, since neither is looked at.

use super::seeds::Seed;

pub(super) fn seeds() -> Vec<Seed> {
    let certificate = certificate();
    let flight = [hello(&[]), message(11, &sized(&sized(&certificate)))].concat();
    let newer = hello(&[0, 6, 0, 43, 0, 2, 3, 4]);
    [
        ("bare", certificate),
        ("flight", record(&flight)),
        ("pieces", flight.chunks(40).flat_map(record).collect()),
        ("newer", record(&newer)),
        ("alert", vec![21, 3, 3, 0, 2, 2, 40]),
    ]
    .map(|(name, bytes)| Seed::new("certificate", name, bytes))
    .into()
}

fn certificate() -> Vec<u8> {
    let name = |kind: u8, text: &str| {
        let object = element(6, &[0x55, 4, kind]);
        element(0x31, &element(0x30, &[object, element(0x0c, text.as_bytes())].concat()))
    };
    let subject = element(0x30, &[name(10, "Example"), name(3, "pool.example")].concat());
    let days = [element(0x17, b"260101000000Z"), element(0x18, b"20510101000000Z")].concat();
    let dns = element(0x30, &element(0x82, b"*.pool.example"));
    let names = [element(6, &[0x55, 0x1d, 0x11]), element(4, &dns)].concat();
    let extensions = element(0xa3, &element(0x30, &element(0x30, &names)));
    let parts = [
        element(0xa0, &element(2, &[2])),
        element(2, &[7]),
        element(0x30, &[]),
        subject.clone(),
        element(0x30, &days),
        subject,
        element(0x30, &[]),
        extensions,
    ];
    let whole = [element(0x30, &parts.concat()), element(0x30, &[]), element(3, &[0])];
    element(0x30, &whole.concat())
}

/// An element of DER, shorter than 64 KiB.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [.., high, low] = content.len().to_be_bytes();
    let head = match content.len() {
        0..=0x7f => vec![tag, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head.as_slice(), content].concat()
}

/// Bytes after their length in three.
fn sized(content: &[u8]) -> Vec<u8> {
    let [.., high, middle, low] = content.len().to_be_bytes();
    [&[high, middle, low], content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &sized(body)].concat()
}

fn hello(extensions: &[u8]) -> Vec<u8> {
    message(2, &[&[3, 3][..], &[7; 32], &[0, 0xc0, 0x2b, 0], extensions].concat())
}

fn record(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let [.., high, low] = bytes.as_ref().len().to_be_bytes();
    [&[22, 3, 3, high, low], bytes.as_ref()].concat()
}

#[cfg(test)]
mod tests {
    use minehound_wire::tls::{Answer, answer};

    #[test]
    fn the_flight_is_one_that_shows_its_certificate() {
        let read = |name: &str| {
            let seed = super::seeds().into_iter().find(|it| it.name == name).unwrap();
            answer(&seed.bytes, true)
        };
        let Answer::Certificate(it) = read("flight") else { panic!("{:?}", read("flight")) };
        assert_eq!(it.names, ["*.pool.example"]);
        assert_eq!(it.subject.as_deref(), Some("pool.example"));
        assert_eq!(read("pieces"), read("flight"));
        assert_eq!(read("newer"), Answer::None);
    }
}
