//! Certificates as OpenSSL makes them, whole, in pieces and spoilt.

use proptest::prelude::*;

use super::*;

/// Made with `openssl req -x509 -subj '/O=Example/CN=pool.example'` and two names of the subject.
const MADE: [&str; 11] = [
    "308201cf30820176a00302010202147ad11ad3c1db1240da1f407468d80d162cc3f9d1300a06082a8648ce3d",
    "04030230293110300e060355040a0c074578616d706c653115301306035504030c0c706f6f6c2e6578616d70",
    "6c65301e170d3236313132363038303634335a170d3336313132333038303634335a30293110300e06035504",
    "0a0c074578616d706c653115301306035504030c0c706f6f6c2e6578616d706c653059301306072a8648ce3d",
    "020106082a8648ce3d0301070342000412e160ed8a4d56609619ae724e82cef2a624c4a094ddc06ea367e63f",
    "02b1e4cc32b39293432832d7daa3ea746f5e308c0097a7f6f62662ad652305390f7c3e92a37c307a301d0603",
    "551d0e041604145a61da6e074d9d1ae9745e40370bff76fb136863301f0603551d230418301680145a61da6e",
    "074d9d1ae9745e40370bff76fb136863300f0603551d130101ff040530030101ff30270603551d110420301e",
    "820c706f6f6c2e6578616d706c65820e2a2e506f6f6c2e6578616d706c65300a06082a8648ce3d0403020347",
    "00304402207f0b974fcfed74d7705714808e9d1f608432b83e5c65a304cce007a0977f8854022036f98bea09",
    "2c8b26c2d9f586244775c70e40ec2d8ebc67038f95d6e426be82b7",
];

fn made() -> Vec<u8> {
    let digits = MADE.concat();
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let byte = |it: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 16).unwrap();
    pairs.iter().map(byte).collect()
}

fn sized<const N: usize>(content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    [&length[length.len() - N..], content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &sized::<3>(body)].concat()
}

/// A server's hello that chose a version by its extension, or without one.
fn hello(chosen: Option<[u8; 2]>) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32].iter().chain(&[0, 0xc0, 0x2b, 0]));
    if let Some(chosen) = chosen {
        body.extend(sized::<2>(&[&[0, 43, 0, 2][..], &chosen].concat()));
    }
    message(SERVER_HELLO, &body)
}

/// Messages in records of at most so many bytes.
fn records(messages: &[u8], size: usize) -> Vec<u8> {
    let record = |it: &[u8]| [&[22, 3, 3][..], &sized::<2>(it)].concat();
    messages.chunks(size).flat_map(record).collect()
}

fn flight(chosen: Option<[u8; 2]>) -> Vec<u8> {
    let chain = sized::<3>(&sized::<3>(&made()));
    [hello(chosen), message(CERTIFICATE, &chain), message(14, &[])].concat()
}

/// What a server of TLS 1.2 answers a hello.
pub(crate) fn shown() -> Vec<u8> {
    records(&flight(None), 16_000)
}

#[track_caller]
fn check_is_read(stream: &[u8]) {
    let Answer::Certificate(it) = answer(stream, false) else {
        panic!("{:?}", answer(stream, false))
    };
    assert_eq!(
        (it.subject.as_deref(), it.issuer.as_deref()),
        (Some("pool.example"), Some("pool.example"))
    );
    assert!(it.self_issued);
    assert_eq!(
        (it.not_before_s, it.not_after_s - it.not_before_s),
        (1_795_680_403, 3_650 * 86_400)
    );
    assert_eq!(it.names, ["pool.example", "*.pool.example"]);
}

#[test]
fn a_certificate_is_read_whole_and_over_many_records() {
    check_is_read(&records(&flight(None), 16_000));
    check_is_read(&records(&flight(None), 50));
    check_is_read(&records(&flight(Some([3, 3])), 7));
}

#[test]
fn it_is_told_as_soon_as_it_is_there_and_never_differently() {
    let stream = records(&flight(None), 300);
    let first = (0..stream.len()).find(|it| answer(&stream[..*it], false) != Answer::NeedMore);
    let first = first.unwrap();
    assert_eq!(first, stream.len() - 4, "the rest of the flight is not waited for");
    check_is_read(&stream[..first]);
    assert_eq!(answer(&stream[..first - 1], true), Answer::None);
}

#[test]
fn tls_1_3_resumption_and_others_show_none() {
    let none =
        |messages: &[u8]| assert_eq!(answer(&records(messages, 16_000), false), Answer::None);
    none(&flight(Some([3, 4])));
    none(&message(CERTIFICATE, &sized::<3>(&sized::<3>(&made()))));
    none(&[hello(None), message(CERTIFICATE, &sized::<3>(&[]))].concat());
    none(&[hello(None), message(4, &[0; 9])].concat());
    let resumed = [records(&hello(None), 16_000), vec![20, 3, 3, 0, 1, 1]].concat();
    assert_eq!(answer(&resumed, false), Answer::None);
    assert_eq!(answer(&[21, 3, 3, 0, 2, 2, 40], false), Answer::None);
    assert_eq!(answer(b"HTTP/1.1 400", false), Answer::None);
    assert_eq!(answer(&[], false), Answer::NeedMore);
}

#[test]
fn an_organisation_stands_in_for_a_name_and_controls_are_left_out() {
    let part = |object: &[u8], text: &[u8]| {
        let pair = [&[6, 3][..], object, &[12, u8::try_from(text.len()).unwrap()], text].concat();
        let pair = [&[0x30, u8::try_from(pair.len()).unwrap()][..], &pair].concat();
        [&[0x31, u8::try_from(pair.len()).unwrap()][..], &pair].concat()
    };
    let organisation = part(ORGANISATION, b"Ex\x1b[1mample");
    assert_eq!(common_name(&organisation).as_deref(), Some("Ex[1mample"));
    let both = [organisation, part(COMMON_NAME, b"host")].concat();
    assert_eq!(common_name(&both).as_deref(), Some("host"));
    assert_eq!(common_name(&[0x31, 0]), None);
}

proptest! {
    #[test]
    fn a_spoilt_certificate_is_no_harm(at in 0_usize..467, byte: u8, cut in 0_usize..467) {
        let mut bytes = made();
        bytes[at] = byte;
        if let Some(it) = read(&bytes[..bytes.len() - cut]) {
            prop_assert!(it.names.len() <= MAX_NAMES);
        }
    }
}
