//! Strings from the evidence steer nothing.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use minehound_report::{Format, Lang};

use crate::support;

#[test]
fn no_markup_from_the_evidence_reaches_the_page() {
    let html = support::text(&support::case(), &support::options(Lang::Zh), Format::Html);
    assert!(!html.contains("<script>alert") && !html.contains("<b>.pcap"));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}\\u{1b}[31m"));
    assert!(!html.contains('\u{202e}') && !html.contains('\u{1b}'));
    assert!(html.contains("default-src 'none'") && !html.contains("http://"));
    assert!(!html.contains("https://") && !html.contains(" style=") && !html.contains(" onclick"));
}

#[test]
fn nothing_from_the_evidence_steers_the_terminal() {
    for colour in [false, true] {
        let options = minehound_report::Options { colour, ..support::options(Lang::En) };
        let text = support::text(&support::case(), &options, Format::Table);
        let plain = text.replace("\u{1b}[0m", "");
        let own = ["1;31", "1;33", "33", "35", "36", "32", "1", "2", "1;4"];
        for code in plain.split('\u{1b}').skip(1) {
            assert!(own.iter().any(|it| code.starts_with(&format!("[{it}m"))), "{code:.20}");
        }
        assert_eq!(text.contains('\u{1b}'), colour);
        assert!(!text.contains('\u{202e}'));
    }
}

#[test]
fn no_cell_is_a_formula() {
    let options = support::options(Lang::En);
    let csv = support::rendered(&support::case(), &options, Format::Csv);
    assert_eq!(&csv[..3], b"\xef\xbb\xbf");
    let mut lines = csv::Reader::from_reader(&csv[3..]);
    for cell in
        lines.records().flat_map(|it| it.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
    let bytes = support::rendered(&support::case(), &options, Format::Xlsx);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut guarded = false;
    for (_, range) in book.worksheets() {
        for cell in range.cells() {
            if let Data::String(text) = cell.2 {
                assert!(!text.starts_with(['=', '+', '-', '@']), "{text}");
                guarded |= text.starts_with("'=cmd");
            }
        }
    }
    assert!(guarded);
}

#[test]
fn lines_fit_the_terminal() {
    use unicode_width::UnicodeWidthStr;
    for (lang, width) in [(Lang::Zh, 80), (Lang::En, 80), (Lang::Zh, 120), (Lang::En, 120)] {
        let options = minehound_report::Options { width, ..support::options(lang) };
        let text = support::text(&support::case(), &options, Format::Table);
        for line in text.lines() {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}
