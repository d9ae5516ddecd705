//! First bytes: names asked for, hellos, nodes, and what could be mining at all.

use minehound_wire::conversation::{Conversation, Sniff};
use minehound_wire::tls::{Answer, Certificate, MAX_ALPN, MAX_NAME, MAX_NAMES, Opening};
use minehound_wire::{dns as names, p2p as nodes, tls as hellos};

/// A message and its only question say the same.
pub(crate) fn dns(bytes: &[u8]) {
    let mut scratch = [0; 256];
    let decoded = names::decode(bytes);
    if let Ok(message) = &decoded {
        assert!(message.questions.len() <= names::MAX_QUESTIONS);
        assert!(message.answers.len() <= names::MAX_ANSWERS);
        assert!(message.questions.iter().all(|(name, _)| name.len() <= 1_024));
    }
    if let (Some(question), Ok(message)) = (names::question(bytes, &mut scratch), &decoded) {
        let asked = message.questions.first().map(|(name, kind)| (name.as_str(), *kind));
        assert_eq!(asked, Some((question.name, question.kind)));
        assert_eq!(message.response, question.response);
        assert_eq!(message.rcode, question.rcode);
    }
}

/// Messages are cut off a stream whole, and end.
pub(crate) fn dns_stream(bytes: &[u8]) {
    let mut rest = bytes;
    while let Some((message, taken)) = names::first_of_stream(rest) {
        assert_eq!(message.len() + 2, taken);
        dns(message);
        rest = rest.get(taken..).unwrap_or_default();
    }
}

/// What the first bytes of a hello settle, further bytes do not change.
pub(crate) fn tls(bytes: &[u8]) {
    let whole = hellos::open(bytes, false);
    let ended = hellos::open(bytes, true);
    assert_ne!(ended, Opening::NeedMore, "nothing more will come");
    if whole != Opening::NeedMore {
        assert_eq!(whole, ended);
    }
    for hello in [&whole, &ended] {
        if let Opening::Hello(hello) = hello {
            assert!(hello.alpn.len() <= MAX_ALPN);
            assert!(hello.server_name.as_ref().is_none_or(|it| it.len() <= 255));
            let told = hello.fingerprints();
            assert_eq!(told.is_some(), hello.complete && !hello.offer.is_too_long());
            if let Some((ja3, ja4)) = told {
                assert!(ja3.len() == 32 && ja4.len() == 36, "{ja3} {ja4}");
            }
        }
    }
    for length in [1, 5, 6, 9, 11, 43, bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let settled = hellos::open(bytes.get(..length).unwrap_or(bytes), false);
        if settled != Opening::NeedMore {
            assert_eq!(settled, whole, "{length} bytes had settled it");
        }
    }
}

/// What the first bytes of a server's side settle, further bytes do not change; and a certificate by
/// itself is read within its bounds.
pub(crate) fn certificate(bytes: &[u8]) {
    let whole = hellos::answer(bytes, false);
    let ended = hellos::answer(bytes, true);
    assert_ne!(ended, Answer::NeedMore, "nothing more will come");
    if whole != Answer::NeedMore {
        assert_eq!(whole, ended);
    }
    for length in [1, 5, 9, 43, 90, bytes.len() / 2, bytes.len().saturating_sub(1)] {
        let settled = hellos::answer(bytes.get(..length).unwrap_or(bytes), false);
        if settled != Answer::NeedMore {
            assert_eq!(settled, whole, "{length} bytes had settled it");
        }
    }
    if let Answer::Certificate(it) = &whole {
        sound(it);
    }
    if let Some(it) = hellos::read_certificate(bytes) {
        sound(&it);
    }
}

fn sound(it: &Certificate) {
    assert!(it.names.len() <= MAX_NAMES && it.names.iter().all(|it| it.len() <= MAX_NAME));
    for name in [&it.subject, &it.issuer].into_iter().flatten() {
        assert!(name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control));
    }
    // from the year 0 to the end of the year 9999
    for time in [it.not_before_s, it.not_after_s] {
        assert!((-62_200_000_000..253_402_300_800).contains(&time), "{time}");
    }
}

/// Nodes are recognised by the beginning alone.
pub(crate) fn p2p(bytes: &[u8]) {
    let first = bytes.get(..nodes::MAX_PROBE).unwrap_or(bytes);
    assert_eq!(nodes::recognise_stream(bytes), nodes::recognise_stream(first));
    assert_eq!(nodes::recognise_datagram(bytes), nodes::recognise_datagram(first));
}

/// What could begin a conversation is not refused for want of bytes. Text from the middle of one
/// may be: it is told by the punctuation in it.
pub(crate) fn sniff(bytes: &[u8]) {
    let whole = Conversation::sniff(bytes);
    let first = bytes.trim_ascii_start().first();
    if first.is_some_and(|it| it.is_ascii_graphic() && !matches!(it, b'{' | b'[')) {
        return;
    }
    for length in 1..bytes.len().min(8) {
        let prefix = bytes.get(..length).unwrap_or(bytes);
        if whole == Sniff::Maybe {
            assert_eq!(Conversation::sniff(prefix), Sniff::Maybe, "refused too early: {prefix:?}");
        }
    }
}
