//! Frames made by hand.

use super::*;

fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    assert!(bytes.len() < 128 * 128);
    field.push(u8::try_from(bytes.len() & 127).unwrap() | 128);
    field.push(u8::try_from(bytes.len() >> 7).unwrap());
    field.extend(bytes);
    field
}

fn number(field: u8, value: u64) -> Vec<u8> {
    let mut bytes = vec![field << 3];
    let mut left = value;
    while left > 127 {
        bytes.push(u8::try_from(left & 127).unwrap() | 128);
        left >>= 7;
    }
    bytes.push(u8::try_from(left).unwrap());
    bytes
}

/// A response: pool.example.com is a.example.com, and that is 203.0.113.9.
fn response() -> Vec<u8> {
    let mut dns = vec![0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0];
    dns.extend(b"\x04pool\x07example\x03com\x00\x00\x01\x00\x01");
    dns.extend(b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01a\xc0\x11");
    dns.extend(b"\xc0\x2e\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xcb\x00\x71\x09");
    dns
}

fn message(kind: u64) -> Vec<u8> {
    let mut message = [number(1, kind), number(2, 1), number(3, 1)].concat();
    message.extend(field(4, &[10, 1, 2, 3]));
    message.extend(field(5, &[192, 0, 2, 53]));
    message.extend([number(6, 53_124), number(7, 53), number(8, 1_795_572_000)].concat());
    message.push(9 << 3 | 5);
    message.extend(123_000_000_u32.to_le_bytes());
    message.extend(field(14, &response()));
    [field(1, b"ns1"), field(14, &message), number(15, 1)].concat()
}

fn stream(frames: &[Vec<u8>]) -> Vec<u8> {
    let control = |kind: u32, body: &[u8]| {
        let length = u32::try_from(4 + body.len()).unwrap();
        [&[0; 4][..], &length.to_be_bytes(), &kind.to_be_bytes(), body].concat()
    };
    let content = [&1_u32.to_be_bytes()[..], &22_u32.to_be_bytes(), CONTENT_TYPE].concat();
    let mut stream = control(CONTROL_START, &content);
    for frame in frames {
        stream.extend(u32::try_from(frame.len()).unwrap().to_be_bytes());
        stream.extend(frame);
    }
    stream.extend(control(CONTROL_STOP, b""));
    stream
}

fn all(bytes: &[u8]) -> Vec<String> {
    let mut frames = Frames::new(bytes);
    let mut all = Vec::new();
    while let Some(line) = frames.next_frame().unwrap() {
        all.push(match line {
            Line::Entry(entry) => {
                let told = entry.told().into_iter().map(|(name, it)| format!("{name}={it}"));
                told.collect::<Vec<_>>().join(" ")
            }
            Line::Nothing => "nothing".to_owned(),
            Line::Refused(refusal) => format!("{refusal:?}"),
        });
    }
    all
}

#[test]
fn clients_questions_are_read_and_those_of_servers_are_not() {
    let bytes = stream(&[message(6), message(4)]);
    assert!(is_stream(&bytes));
    let expected = "kind=query phase=seen at=2026-11-25T02:00:00.123Z device=ns1 proto=17 \
                    from.ip=10.1.2.3 from.port=53124 to.ip=192.0.2.53 to.port=53 \
                    name=pool.example.com answer=203.0.113.9";
    assert_eq!(all(&bytes), ["nothing", expected, "nothing", "nothing"]);
}

#[test]
fn every_cut_and_every_changed_byte_is_borne() {
    let bytes = stream(&[message(6)]);
    for length in 0..bytes.len() {
        all(&bytes[..length]);
    }
    for place in 0..bytes.len() {
        for value in [0, 1, 63, 64, 127, 128, 192, 255] {
            let mut changed = bytes.clone();
            changed[place] = value;
            all(&changed);
        }
    }
}

#[test]
fn a_long_frame_is_skipped_and_what_follows_is_read() {
    let bytes = stream(&[vec![0; MAX_FRAME + 1], message(6)]);
    let read = all(&bytes);
    assert_eq!(read[1], "TooLong");
    assert!(read[2].starts_with("kind=query"), "{}", read[2]);
}

#[test]
fn other_files_are_no_streams() {
    assert!(!is_stream(b""));
    assert!(!is_stream(&[0; 64]));
    assert!(!is_stream(b"Nov 25 10:00:00 gw named[7]: client"));
}
