//! Both layouts against hand-made and generated values.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::*;

fn canonical(value: &impl Serialize, without: &'static [&'static str]) -> Result<Vec<u8>, Error> {
    text(value, Layout::Canonical(without))
}

#[track_caller]
fn check(value: &impl Serialize, without: &'static [&str], expect: &str) {
    assert_eq!(String::from_utf8(canonical(value, without).unwrap()).unwrap(), expect);
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
    let usual = serde_json::to_vec_pretty(&value).unwrap();
    assert_eq!(text(&value, Layout::Indented(0)).unwrap(), usual);
    let tree = serde_json::to_value(&value).unwrap();
    for without in [&[][..], &["Newtype", "path"], &["Tuple", "number"], &["Struct", "args"]] {
        assert_eq!(
            canonical(&value, without).unwrap(),
            canonical(&tree, without).unwrap(),
            "{without:?}"
        );
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
        prop_assert_eq!(canonical(&tree, &[]).unwrap(), serde_json::to_vec(&tree).unwrap());
    }

    #[test]
    fn the_indented_text_is_the_usual_one(tree in tree()) {
        let expect = serde_json::to_vec_pretty(&tree).unwrap();
        prop_assert_eq!(text(&tree, Layout::Indented(0)).unwrap(), expect);
    }
}

#[test]
fn deep_values_are_indented_to_their_depth() {
    let deep = (0..60).fold(json!([1, {}, []]), |inner, _| json!({ "a": [inner] }));
    assert_eq!(
        text(&deep, Layout::Indented(0)).unwrap(),
        serde_json::to_vec_pretty(&deep).unwrap()
    );
}

struct Spoken(&'static str);

impl Serialize for Spoken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

#[test]
fn what_is_shown_is_quoted_like_a_text() {
    for it in ["", "plain 寻矿", "a \"b\" \\ \n\u{1}"] {
        assert_eq!(canonical(&Spoken(it), &[]).unwrap(), serde_json::to_vec(it).unwrap());
    }
}

#[test]
fn an_object_handed_in_by_its_members_has_the_text_of_the_whole() {
    let list = [json!({"b": 1, "a": {"path": 2}}), json!([]), json!("x")];
    let whole = json!({"a": list, "args": {"path": 1}, "b": [], "c": null});
    for layout in [Layout::Canonical(&["path"]), Layout::Indented(0)] {
        let mut handed_on = Vec::new();
        let mut object = Outline::new(layout, |text| {
            handed_on.extend_from_slice(text);
            Ok(())
        });
        object.list("a", list.iter()).unwrap();
        object.member("args", &json!({"path": 1})).unwrap();
        object.list("b", [0; 0].iter()).unwrap();
        object.member("c", &Value::Null).unwrap();
        object.close().unwrap();
        assert_eq!(handed_on, text(&whole, layout).unwrap());
    }
}
