//! Texts from the evidence, made safe to look at.

use std::fmt::Write;

/// The most characters of a single text from the evidence that are shown.
const SHOWN: usize = 400;

/// The text with everything that could steer a screen or hide itself written out, and cut at 400
/// characters.
///
/// Control characters, directional marks (Unicode Technical Report 36, section 3.2) and characters
/// without width become `\u{…}`; the reader sees that they were there.
#[must_use]
pub fn visible(text: &str) -> String {
    up_to(text, SHOWN)
}

/// The same, whole: what people of the inspection wrote is not cut.
pub(crate) fn whole(text: &str) -> String {
    up_to(text, usize::MAX)
}

fn up_to(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars();
    for letter in rest.by_ref().take(most) {
        match letter {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            _ if hides(letter) => {
                // Writing to a string does not fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
            }
            _ => shown.push(letter),
        }
    }
    let beyond = rest.count();
    if beyond > 0 {
        let _ = write!(shown, "…(+{beyond})");
    }
    shown
}

/// Whether a character moves others, or cannot be seen.
fn hides(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Whether an office program may take a text for a formula: blanks before the sign do not always keep it
/// from that, and in East Asia wide signs are taken for narrow ones.
pub(crate) fn like_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The text as a cell that no office program takes for a formula.
pub(crate) fn cell(text: &str) -> String {
    if text.starts_with(['\t', '\r', '\n']) || like_formula(text) {
        return format!("'{text}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str) {
        assert_eq!(visible(text), shown);
    }

    #[test]
    fn what_steers_a_screen_is_written_out() {
        check("\u{1b}[2Jx", "\\u{1b}[2Jx");
        check("a\u{202e}b", "a\\u{202e}b");
        check("a\u{200b}b\n", "a\\u{200b}b\\n");
        check("矿池 rig-7", "矿池 rig-7");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        check(&"a".repeat(410), &format!("{}…(+10)", "a".repeat(400)));
    }

    proptest! {
        #[test]
        fn nothing_shown_can_hide(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(hides));
        }

        #[test]
        fn no_cell_begins_like_a_formula(text in any::<String>()) {
            prop_assert!(!cell(&text).trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
        }
    }
}
