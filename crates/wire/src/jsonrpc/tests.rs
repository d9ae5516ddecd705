//! Properties of the framing.

use super::*;
use proptest::prelude::*;

fn check(pieces: &[&[u8]], expect: &[&str], malformed: usize) {
    let mut framer = Framer::default();
    let (mut values, mut bad) = (Vec::new(), 0);
    for piece in pieces {
        framer.push(piece, &mut |framed| match framed {
            Framed::Value(value) => values.push(value.to_string()),
            Framed::Beginning(_) | Framed::Malformed => bad += 1,
        });
    }
    assert_eq!(values, expect);
    assert_eq!(bad, malformed);
}

#[test]
fn a_line_is_a_value() {
    check(&[b"{\"a\":1}\n"], &["{\"a\":1}"], 0);
}

#[test]
fn values_need_no_newline_between_them() {
    check(
        &[b"{\"a\":\"}\"}{\"b\":\"\\\"\"}\0[1]"],
        &["{\"a\":\"}\"}", "{\"b\":\"\\\"\"}", "[1]"],
        0,
    );
}

#[test]
fn indented_json_is_one_value() {
    check(&[b"[\n {\"a\": 1},\n {\n}\n]\n"], &["[{\"a\":1},{}]"], 0);
}

#[test]
fn a_value_may_come_in_pieces() {
    check(&[b"{\"a", b"\":", b"\"x\\", b"\"y\"", b"}"], &["{\"a\":\"x\\\"y\"}"], 0);
}

#[test]
fn a_cut_line_costs_only_itself() {
    check(&[b"{\"a\":\"xx\n{\"b\":1}\n"], &["{\"b\":1}"], 1);
    check(&[b"{\"a\":1\n{\"b\":1}\n"], &["{\"b\":1}"], 1);
}

#[test]
fn bytes_lost_cost_only_their_message() {
    let mut framer = Framer::default();
    let mut values = Vec::new();
    let mut each = |framed| {
        if let Framed::Value(value) = framed {
            values.push(value.to_string());
        }
    };
    framer.push(b"{\"a\":", &mut each);
    framer.gap(&mut each);
    framer.push(b"\"x{\"}}\n{\"b\":2}\n", &mut each);
    assert_eq!(values, ["{\"b\":2}"]);
}

#[test]
fn what_was_held_of_a_lost_message_is_handed_over() {
    let mut framer = Framer::default();
    framer.push(b"{\"id\":4,\"method\":\"m\",\"params\":[\"a\",\"b", &mut |_| {});
    let mut values = Vec::new();
    framer.gap(&mut |framed| {
        if let Framed::Beginning(value) = framed {
            values.push(value.to_string());
        }
    });
    assert_eq!(values, ["{\"id\":4,\"method\":\"m\",\"params\":[\"a\"]}"]);
}

#[test]
fn the_beginning_of_a_long_message_is_read() {
    let mut text = String::from("{\"result\":{\"previousblockhash\":\"aa\",\"transactions\":[");
    for _ in 0..4096 {
        text.push_str("{\"data\":\"00112233445566778899\"},");
    }
    text.push_str("{}]},\"id\":0}\n{\"next\":1}\n");
    let mut framer = Framer::default();
    let mut values = Vec::new();
    framer.push(text.as_bytes(), &mut |framed| {
        if let Framed::Value(value) = framed {
            values.push(value);
        }
    });
    assert_eq!(values[0]["result"]["previousblockhash"], "aa");
    assert_eq!(values[1]["next"], 1);
    assert!(framer.held() <= MAX_MESSAGE * 2);
}

#[test]
fn a_number_in_quotes_is_the_same_identifier() {
    assert_eq!(Id::of(Some(&Value::from("7"))), Id::of(Some(&Value::from(7))));
    assert_ne!(Id::of(Some(&Value::from("x"))), Id::of(Some(&Value::Null)));
}

proptest! {
    #[test]
    fn no_bytes_panic_or_hold_more_than_the_cap(pieces in proptest::collection::vec(proptest::collection::vec(prop_oneof![Just(b'{'), Just(b'}'), Just(b'"'), Just(b'\\'), Just(b'\n'), Just(b'['), any::<u8>()], 0..48), 0..8)) {
        let mut framer = Framer::default();
        for piece in &pieces {
            framer.push(piece, &mut |_| {});
        }
        prop_assert!(framer.held() <= MAX_MESSAGE * 2);
        prop_assert!(framer.open.len() <= MAX_DEPTH);
    }
}
