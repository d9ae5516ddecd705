//! Setting aside: what a person has to write so that it counts.
//!
//! To exclude takes back what the machine found, so somebody must stand for it and say why.
//! Without both it is a note: it is kept and shown, and no verdict changes.

use std::collections::BTreeMap;

use minehound_model::Verdict;

use crate::case::{Assessed, Manual};
use crate::conclude::conclusion;

/// What a row says about setting aside whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// Nothing.
    None,
    /// It is asked for, and an inspector or a reason is missing.
    Incomplete,
    /// An inspector excludes, for a reason.
    Signed,
}

/// Reads the row: the conclusion begins with the word, an inspector is named, and a reason stands
/// behind the word or in the note.
#[must_use]
pub fn exclusion(said: &Manual) -> Exclusion {
    let Some((Verdict::Excluded, rest)) = conclusion(&said.conclusion) else {
        return Exclusion::None;
    };
    let written = |text: &str| text.chars().any(char::is_alphanumeric);
    let signed = written(&said.inspector_1) || written(&said.inspector_2);
    if signed && (written(rest) || written(&said.note)) {
        Exclusion::Signed
    } else {
        Exclusion::Incomplete
    }
}

/// Applies what people concluded: only a person sets an entity aside.
pub(crate) fn apply(entities: &mut [Assessed], manual: &BTreeMap<String, Manual>) {
    for entity in entities {
        let said = manual.get(&entity.id.to_string()).map(exclusion);
        if said == Some(Exclusion::Signed) {
            entity.verdict = Verdict::Excluded;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check([inspector, conclusion, note]: [&str; 3], expected: Exclusion) {
        let [inspector_2, conclusion, note] = [inspector, conclusion, note].map(str::to_owned);
        let said = Manual { inspector_2, conclusion, note, ..Manual::default() };
        assert_eq!(exclusion(&said), expected, "{said:?}");
    }

    #[test]
    fn whoever_excludes_signs_and_says_why() {
        check(["王", "排除：教学演示", ""], Exclusion::Signed);
        check(["Wang", "Excluded", "a class exercise"], Exclusion::Signed);
        check(["", "排除：教学演示", ""], Exclusion::Incomplete);
        check(["王", "排除。", " - "], Exclusion::Incomplete);
        check([" ", "excluded", "a class exercise"], Exclusion::Incomplete);
        check(["王", "排除嫌疑的依据不足", "a"], Exclusion::None);
        check(["王", "未发现", "a"], Exclusion::None);
    }
}
