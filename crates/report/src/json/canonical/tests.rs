//! The canonical text against hand-made and generated values.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::*;

#[track_caller]
fn check(value: &impl Serialize, without: &'static [&str], expect: &str) {
    assert_eq!(String::from_utf8(text(value, without).unwrap()).unwrap(), expect);
}

#[test]
fn names_are_sorted_and_what_is_left_out_is_gone() {
    let value = json!({"b": [1, {"path": 1, "a": "x\n"}], "a": null, "run": {}});
    check(&value, &["path", "run"], r#"{"a":null,"b":[1,{"a":"x\n"}]}"#);
}

#[test]
fn what_others_named_is_kept_whole() {
    check(&json!({"args": {"path": 1}, "path": 1}), &["path"], r#"{"args":{"path":1}}"#);
}

#[derive(Serialize)]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(u8, f64),
    Struct {
        z: char,
        a: Option<bool>,
    },
    #[serde(rename = "args")]
    Kept {
        path: u8,
    },
}

#[derive(Serialize)]
struct Inner {
    number: i64,
    empty: Option<()>,
}

#[derive(Serialize)]
struct Outer {
    #[serde(flatten)]
    inner: Inner,
    kinds: Vec<Kind>,
    by_number: BTreeMap<u32, &'static str>,
    pair: (f64, f64),
    absurd: f64,
}

#[test]
fn typed_values_read_as_their_trees_do() {
    let kinds = vec![
        Kind::Unit,
        Kind::Newtype(1),
        Kind::Tuple(2, 0.5),
        Kind::Struct { z: '"', a: None },
        Kind::Kept { path: 1 },
    ];
    let value = Outer {
        inner: Inner { number: -7, empty: None },
        kinds,
        by_number: BTreeMap::from([(10, "ten"), (9, "nine")]),
        pair: (1.0, 1e300),
        absurd: f64::NAN,
    };
    let tree = serde_json::to_value(&value).unwrap();
    for without in [&[][..], &["Newtype", "path"], &["Tuple", "number"], &["Struct", "args"]] {
        assert_eq!(text(&value, without).unwrap(), text(&tree, without).unwrap(), "{without:?}");
    }
    check(
        &value,
        &["kinds", "pair"],
        r#"{"absurd":null,"by_number":{"10":"ten","9":"nine"},"empty":null,"number":-7}"#,
    );
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(".{0,3}", inner, 0..6)
                .prop_map(|it| it.into_iter().collect()),
        ]
    })
}

proptest! {
    /// A tree has its names sorted, so that its compact text is canonical.
    #[test]
    fn the_canonical_text_is_the_compact_text_of_sorted_trees(tree in tree()) {
        prop_assert_eq!(text(&tree, &[]).unwrap(), serde_json::to_vec(&tree).unwrap());
    }
}

#[test]
fn an_object_handed_in_by_its_members_has_the_digest_of_its_text() {
    use sha2::{Digest, Sha256};
    let list = [json!({"b": 1, "a": {"path": 2}}), json!([]), json!("x")];
    let whole = json!({"a": list, "args": {"path": 1}, "b": [], "c": null, "path": 3});
    let mut object = Digester::new(&["path"]);
    object.list("a", list.iter()).unwrap();
    object.member("args", &json!({"path": 1})).unwrap();
    object.list("b", [0; 0].iter()).unwrap();
    object.member("c", &Value::Null).unwrap();
    let expect = Sha256::digest(text(&whole, &["path"]).unwrap());
    let hex = object.close();
    let pairs = hex.as_bytes().chunks(2).map(|it| std::str::from_utf8(it).unwrap());
    let bytes: Vec<u8> = pairs.map(|it| u8::from_str_radix(it, 16).unwrap()).collect();
    assert_eq!(bytes, expect.as_slice());
}
