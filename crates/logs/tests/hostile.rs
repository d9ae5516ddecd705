//! Whatever the bytes: no panic, no entry out of nothing, the same twice.

#[allow(dead_code, reason = "tests share the module")]
mod files;

use minehound_logs::{Grammars, MAX_LINE};
use proptest::prelude::*;

fn read_by_all(bytes: &[u8]) {
    for grammar in Grammars::shipped().iter() {
        let first = files::read(grammar, bytes);
        let again = files::read(grammar, bytes);
        assert_eq!(first.entries, again.entries);
        assert_eq!(first.refused, again.refused);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_borne(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        read_by_all(&bytes);
    }

    #[test]
    fn random_text_is_borne(text in "[ -~\u{4e00}-\u{4e20}\t\n{}\"=,;:<>\\[\\]()]{0,400}") {
        read_by_all(text.as_bytes());
    }

    #[test]
    fn changed_samples_are_borne(
        pick in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        value in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let samples = files::samples();
        let sample = pick.get(&samples);
        let grammar = Grammars::shipped().named(&sample.grammar).unwrap();
        let mut bytes = sample.text.clone().into_bytes();
        let at = place.index(bytes.len());
        bytes[at] = value;
        bytes.truncate(cut.index(bytes.len()) + 1);
        let read = files::read(grammar, &bytes);
        prop_assert!(read.entries.len() <= bytes.split(|it| *it == b'\n').count());
    }
}

/// Every line of every sample cut at every place: a part of a line never reads as another whole.
#[test]
fn every_cut_is_borne() {
    for sample in files::samples() {
        let grammar = Grammars::shipped().named(&sample.grammar).unwrap();
        for (length, _) in sample.text.char_indices().step_by(3) {
            let read = files::read(grammar, &sample.text.as_bytes()[..length]);
            assert!(read.entries.len() <= sample.says.len(), "{}", &sample.text[..length]);
        }
    }
}

#[test]
fn long_lines_are_refused_or_read_and_never_kept() {
    for sample in files::samples() {
        let grammar = Grammars::shipped().named(&sample.grammar).unwrap();
        let filler = "x".repeat(MAX_LINE);
        let long: String = sample.text.replace('\n', &format!("{filler}\n"));
        let read = files::read(grammar, long.as_bytes());
        assert!(read.entries.is_empty(), "{}: {:?}", sample.grammar, read.entries);
    }
}

#[test]
fn a_record_without_end_is_refused() {
    let grammar = Grammars::shipped().named("isc-leases").unwrap();
    let mut text = "lease 10.1.2.3 {\n".to_owned();
    for _ in 0..4_000 {
        text.push_str("  hardware ethernet 00:00:5e:00:53:07;\n");
    }
    text.push_str("}\nlease 10.1.2.4 {\n starts 3 2026/11/25 02:00:00;\n hardware ethernet 00:00:5e:00:53:07;\n}\n");
    let read = files::read(grammar, text.as_bytes());
    assert_eq!(read.refused.len(), 1, "{:?}", read.refused);
    assert_eq!(read.entries.len(), 1);
}
