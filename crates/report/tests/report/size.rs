//! Large cases stay quick to write and small to read.

use std::time::Instant;

use minehound_report::{Format, Lang};

use crate::support;

#[test]
fn a_page_of_three_thousand_sessions_is_small_and_says_what_it_leaves_out() {
    let case = support::large(1000, 3000);
    let options = support::options(Lang::En);
    let html = support::text(&case, &options, Format::Html);
    assert!(html.len() < 10 << 20, "{} bytes", html.len());
    assert!(html.contains("first 600 of 3,000"));
    let report = support::json(&case, &options);
    assert_eq!(report["sessions"].as_array().unwrap().len(), 3000);
}

/// The bound holds for an optimised build; a plain one writes a tenth and only has to end.
#[test]
fn a_large_report_is_quick() {
    let case =
        if cfg!(debug_assertions) { support::large(100, 500) } else { support::large(1000, 5000) };
    let options = support::options(Lang::Zh);
    for format in
        [Format::Table, Format::Json, Format::Html, Format::Xlsx, Format::Csv, Format::Sarif]
    {
        // The best of three: another program may hold the processor meanwhile.
        let run = || {
            let start = Instant::now();
            let bytes = support::rendered(&case, &options, format);
            (start.elapsed(), bytes.len())
        };
        let runs = if cfg!(debug_assertions) { 1 } else { 3 };
        let (taken, bytes) = (0..runs).map(|_| run()).min().unwrap();
        eprintln!("{format:?}: {taken:?}, {bytes} bytes");
        assert!(cfg!(debug_assertions) || taken.as_secs() < 2, "{format:?}: {taken:?}");
    }
}
