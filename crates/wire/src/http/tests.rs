//! Properties of the messages.

use proptest::prelude::*;

use super::*;

/// Bodies and heads, one text each, in the order seen; and what was left for another protocol.
fn read(bytes: &[u8], size: usize, follows: Follows) -> (Vec<String>, Vec<u8>, bool) {
    let mut reader = Reader::default();
    let mut seen: Vec<String> = Vec::new();
    let mut left = Vec::new();
    let mut body = String::new();
    for part in bytes.chunks(size) {
        if !left.is_empty() {
            left.extend_from_slice(part);
            continue;
        }
        let rest = reader.push(part, &mut |part| match part {
            Part::Head(head) => {
                let target = if head.status > 0 { "" } else { &head.target };
                seen.push(format!("{}{} {target}", head.method, head.status));
                follows
            }
            Part::Body(bytes) => {
                body.extend(bytes.iter().map(|byte| char::from(*byte)));
                Follows::Body
            }
            Part::End => {
                seen.push(std::mem::take(&mut body));
                Follows::Body
            }
        });
        left.extend_from_slice(rest.unwrap_or_default());
    }
    (seen, left, reader.failed())
}

fn check(text: &str, expect: &[&str]) {
    for size in [1, 5, text.len()] {
        let (seen, left, failed) = read(text.as_bytes(), size, Follows::Body);
        assert_eq!(seen, expect);
        assert!(left.is_empty() && !failed);
    }
}

#[test]
fn requests_follow_each_other_on_one_connection() {
    check(
        "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi\r\nGET /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.1\r\ncontent-length:1\r\n\r\n!",
        &["POST0 /a", "hi", "GET0 /b", "", "POST0 /c", "!"],
    );
}

#[test]
fn chunks_make_one_body() {
    check(
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\nTrailer: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        &["200 ", "hello", "204 ", ""],
    );
}

#[test]
fn interim_responses_have_no_body() {
    check(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\nContent-Length: 1\n\nx",
        &["100 ", "", "200 ", "x"],
    );
}

#[test]
fn another_protocol_gets_its_bytes() {
    let (_, left, _) = read(b"CONNECT a:1 HTTP/1.1\r\n\r\nhello", 3, Follows::Other);
    assert!(b"hello".ends_with(&left) || left == b"hello");
}

#[test]
fn what_is_no_http_fails() {
    for text in [
        "GET\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        assert!(read(text.as_bytes(), 1, Follows::Body).2, "{text:?}");
    }
}

#[test]
fn the_password_is_never_kept() {
    assert_eq!(basic_user("Basic YWNjdC5yaWc6c2VjcmV0").as_deref(), Some("acct.rig"));
    assert_eq!(basic_user("Basic Og=="), None);
    assert_eq!(basic_user("Bearer YWNjdDpz"), None);
}

#[test]
fn a_line_that_begins_with_a_blank_is_the_same_in_pieces() {
    let text = b"\r\n HTTP/1.1 x\r\nContent-Length: 1\r\n\r\n!";
    assert_eq!(read(text, 1, Follows::Body), read(text, text.len(), Follows::Body));
}

proptest! {
    #[test]
    fn messages_are_the_same_in_pieces(
        bytes in proptest::collection::vec(
            prop_oneof![
                Just(b'\r'), Just(b'\n'), Just(b':'), Just(b'0'), Just(b'3'), Just(b' '), any::<u8>()
            ],
            0..120,
        )
    ) {
        for before in ["", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] {
            let message = [before.as_bytes(), &bytes].concat();
            let whole = read(&message, message.len().max(1), Follows::Body);
            for size in [1, 7] {
                prop_assert_eq!(&read(&message, size, Follows::Body), &whole);
            }
        }
    }
}
