//! What is told shortly on a terminal is told whole elsewhere, and columns can be told apart.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use minehound_assess::Case;
use minehound_model::Verdict;
use minehound_report::{Format, Lang};

use crate::support;

/// The sheets of the workbook with their cells.
fn sheets(case: &Case, lang: Lang) -> Vec<(String, Vec<Vec<String>>)> {
    let bytes = support::rendered(case, &support::options(lang), Format::Xlsx);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let cells = |row: &[Data]| row.iter().map(Data::to_string).collect();
    book.worksheets().into_iter().map(|(name, it)| (name, it.rows().map(cells).collect())).collect()
}

fn csv(case: &Case, lang: Lang) -> Vec<Vec<String>> {
    let text = support::text(case, &support::options(lang), Format::Csv);
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let mut lines = csv::ReaderBuilder::new().has_headers(false).from_reader(Cursor::new(text));
    // The reader refuses lines of unequal length.
    lines.records().map(|it| it.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[track_caller]
fn check(head: &[String], at: &str) {
    let names: BTreeSet<_> = head.iter().filter(|it| !it.is_empty()).collect();
    assert_eq!(names.len(), head.len(), "{at}: {head:?}");
}

#[test]
fn no_two_columns_bear_the_same_name() {
    let case = support::case();
    for lang in [Lang::Zh, Lang::En] {
        for (name, rows) in sheets(&case, lang) {
            check(&rows[0], &name);
        }
        check(&csv(&case, lang)[0], "CSV");
    }
}

#[test]
fn the_flat_table_has_a_line_per_row_and_the_digests_in_the_first() {
    let case = support::case();
    let lines = csv(&case, Lang::En);
    assert_eq!(lines.len(), case.table.len() + 1);
    let last = lines[0].len() - 1;
    assert!(case.inputs.iter().all(|it| lines[1][last].contains(&it.sha256)));
    assert!(lines[2..].iter().all(|it| it[last].is_empty()));
    let column = lines[0].iter().position(|it| it == "Evidence").unwrap();
    let found = case.table.iter().position(|it| it.verdict == Verdict::Confirmed).unwrap();
    assert_eq!(lines[found + 1][column], "E1 000000000000:12-52; E4 000000000000:300-340");
}

#[test]
fn a_wallet_is_short_in_the_summary_and_whole_in_the_details() {
    let case = support::case();
    let options = support::options(Lang::En);
    let text = support::text(&case, &options, Format::Table);
    let short = format!("{}…{}.rig-a0", &support::WALLET[..6], "0".repeat(6));
    assert!(text.contains(&short) && !text.contains(support::WALLET), "{text}");
    for format in [Format::Json, Format::Html, Format::Sarif] {
        let text = support::text(&case, &options, format);
        assert!(text.contains(&format!("{}.rig-a0", support::WALLET)), "{format:?}");
    }
    let sessions = sheets(&case, Lang::En).into_iter().find(|it| it.0 == "Sessions").unwrap();
    assert!(sessions.1.concat().iter().any(|it| it == support::WALLET));
}

#[test]
fn where_nothing_could_be_read_the_terminal_says_why_and_no_more() {
    let mut case = support::case();
    case.entities.clear();
    case.coverage.entities.clear();
    case.sessions.clear();
    case.nodes.clear();
    case.verdict = Verdict::NotAssessed;
    for it in &mut case.inputs {
        (it.records, it.not_read) = (0, Some("unknown-format".to_owned()));
    }
    let text = support::text(&case, &support::options(Lang::En), Format::Table);
    assert!(text.contains("None of the inputs could be read") && text.contains("pcapng"), "{text}");
    assert!(!text.contains("── Inspection table") && !text.contains("── Coverage"), "{text}");
    assert!(case.inputs.iter().all(|it| text.contains(&it.sha256)));
}

#[test]
fn a_row_that_no_version_assesses_asks_for_nothing() {
    let mut case = support::case();
    for it in &mut case.table {
        it.verdict = Verdict::NotAssessed;
        it.findings.clear();
        it.reason = "row-no-detector".to_owned();
    }
    let said = "This version cannot assess it yet.";
    let asked = "Give a run of this program";
    for format in [Format::Html, Format::Csv, Format::Json] {
        let text = support::text(&case, &support::options(Lang::En), format);
        assert!(text.contains(said) && !text.contains(asked), "{format:?}");
    }
    let cells = sheets(&case, Lang::En).into_iter().flat_map(|it| it.1.concat());
    let cells: Vec<_> = cells.collect();
    assert!(cells.iter().any(|it| it == said) && !cells.iter().any(|it| it.contains(asked)));
    let text = support::text(&case, &support::options(Lang::En), Format::Table);
    assert!(text.contains("not in this version yet"), "{text}");
}

#[test]
fn on_the_page_nothing_but_the_headline_stands_before_the_table() {
    let html = support::text(&support::case(), &support::options(Lang::Zh), Format::Html);
    let sections: Vec<_> = html.split("<section id=\"").skip(1).collect();
    assert!(sections[0].starts_with("headline\"") && sections[1].starts_with("table\""));
    // It has to leave room for the table on the first screen and the first sheet.
    assert!(!sections[0].contains("<li>") && !sections[0].contains("<h2>"), "{}", sections[0]);
    let (_, print) = html.split_once("@media print").unwrap();
    let style = html.split_once("</style>").unwrap().0;
    assert!(
        !style.contains("avoid-page"),
        "an entity of half a sheet leaves the sheet before empty"
    );
    assert!(print.contains("thead{display:table-header-group}"));
}
