//! Canonical JSON: sorted names, no spaces.

use serde_json::Value;

/// Members that are kept whole: their names are not ours.
const WHOLE: [&str; 3] = ["args", "manual", "profile"];

/// The canonical text of a value, without the members of these names.
pub(super) fn text(value: &Value, without: &[&str]) -> String {
    let mut text = String::new();
    append(value, without, &mut text);
    text
}

fn append(value: &Value, without: &[&str], text: &mut String) {
    match value {
        Value::Object(members) => {
            // Sorted here, since whether a map is depends on how its crate was built.
            let mut members: Vec<_> =
                members.iter().filter(|it| !without.contains(&it.0.as_str())).collect();
            members.sort_unstable_by_key(|it| it.0);
            text.push('{');
            for (place, (name, value)) in members.into_iter().enumerate() {
                comma(place, text);
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                append(value, if WHOLE.contains(&name.as_str()) { &[] } else { without }, text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (place, value) in values.iter().enumerate() {
                comma(place, text);
                append(value, without, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

fn comma(place: usize, text: &mut String) {
    if place > 0 {
        text.push(',');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_sorted_and_what_is_left_out_is_gone() {
        let value = json!({"b": [1, {"path": 1, "a": "x\n"}], "a": null, "run": {}});
        assert_eq!(text(&value, &["path", "run"]), r#"{"a":null,"b":[1,{"a":"x\n"}]}"#);
    }

    #[test]
    fn what_others_named_is_kept_whole() {
        let value = json!({"args": {"path": 1}, "path": 1});
        assert_eq!(text(&value, &["path"]), r#"{"args":{"path":1}}"#);
    }
}
