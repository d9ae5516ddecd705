//! Terminal, page, workbook and JSON say the same numbers.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use minehound_report::{Format, Lang, counts};

use crate::support;

fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// The number in a tile of the page.
fn tile(html: &str, name: &str) -> u64 {
    let (_, rest) = html.split_once(&format!("data-count=\"{name}\"><b>")).unwrap();
    rest.split_once("</b>").unwrap().0.replace(',', "").parse().unwrap()
}

#[test]
fn a_connection_that_several_captures_tell_of_is_counted_once() {
    let mut case = support::case();
    case.sessions.truncate(1);
    let one = case.sessions[0].clone();
    let counted = |labels: &[(&str, u64, u64)]| {
        let mut case = support::case();
        case.sessions = labels
            .iter()
            .map(|(label, submitted, accepted)| {
                let mut row = one.clone();
                row.labels = vec![(*label).to_owned()];
                (row.shares.submitted, row.shares.accepted) = (*submitted, *accepted);
                row
            })
            .collect();
        let counted = counts(&case);
        (counted.sessions, counted.shares.submitted, counted.shares.accepted)
    };
    assert_eq!(counted(&[("", 20, 20), ("repeated", 19, 18)]), (1, 20, 20));
    assert_eq!(counted(&[("one-sided", 20, 0), ("same-connection", 20, 19)]), (1, 20, 19));
    assert_eq!(counted(&[("", 20, 20), ("", 20, 20)]), (2, 40, 40), "not two of them unmarked");
}

#[test]
fn every_format_counts_the_same() {
    let case = support::case();
    let options = support::options(Lang::En);
    let counted = counts(&case);
    let json = support::json(&case, &options);
    let html = support::text(&case, &options, Format::Html);
    let text = support::text(&case, &options, Format::Table);
    let book = support::rendered(&case, &options, Format::Xlsx);

    for (verdict, n) in counted.entities {
        assert_eq!(json["coverage"]["entities"][verdict.to_string()], n);
        assert_eq!(tile(&html, &verdict.to_string()), n, "{verdict}");
    }
    let told = "Entities: 65, of which 1 confirmed, 1 suspected, 1 clue, 1 inconclusive, ";
    assert!(text.contains(told), "{told}");
    assert_eq!(counted.entities_total(), 65);

    let sessions = json["sessions"].as_array().unwrap();
    let submitted: u64 =
        sessions.iter().map(|it| it["shares"]["submitted"].as_u64().unwrap()).sum();
    assert_eq!((sessions.len() as u64, submitted), (counted.sessions, counted.shares.submitted));
    assert_eq!(tile(&html, "sessions"), counted.sessions);
    assert_eq!(tile(&html, "submitted"), counted.shares.submitted);
    assert_eq!(tile(&html, "accepted"), counted.shares.accepted);
    let told = format!("Pool sessions: {}; shares submitted {submitted}", counted.sessions);
    assert!(text.contains(&told), "{told}");
    let rows = sheet(&book, "Sessions");
    let column = rows[0].iter().position(|it| it == "Submitted").unwrap();
    let of_book: f64 = rows[1..].iter().map(|it| it[column].parse::<f64>().unwrap()).sum();
    assert_eq!(
        (rows.len() as u64 - 1, of_book.to_string()),
        (counted.sessions, submitted.to_string())
    );

    assert_eq!(tile(&html, "evidence"), counted.evidence);
    assert_eq!(json["evidence"].as_array().unwrap().len() as u64, counted.evidence);
    assert_eq!(sheet(&book, "Evidence").len() as u64 - 1, counted.evidence);
    assert_eq!(json["counts"]["nodes"], sheet(&book, "Nodes").len() as u64 - 1);
    assert_eq!(sheet(&book, "Inputs and hashes").len() as u64 - 1, tile(&html, "inputs"));
}

#[test]
fn every_row_has_the_same_verdict_everywhere() {
    let case = support::case();
    let options = support::options(Lang::En);
    let json = support::json(&case, &options);
    let html = support::text(&case, &options, Format::Html);
    let csv = support::text(&case, &options, Format::Csv);
    let book = sheet(&support::rendered(&case, &options, Format::Xlsx), "Inspection table");
    let column = book[0].iter().position(|it| it == "Verdict").unwrap();
    for (place, row) in case.table.iter().enumerate() {
        let item = &row.item;
        assert_eq!(json["table"][place]["verdict"], row.verdict.to_string());
        assert!(html.contains(&format!("id=\"row-{item}\" data-verdict=\"{}\"", row.verdict)));
        assert_eq!((&book[place + 1][0], &book[place + 1][column]), (item, &word(row.verdict)));
        assert!(csv.lines().any(|it| it.starts_with(item) && it.contains(&word(row.verdict))));
    }
}

fn word(verdict: minehound_model::Verdict) -> String {
    let catalogue = minehound_report::Catalogue::of(Lang::En).unwrap();
    catalogue.named("verdict", &verdict.to_string())
}

#[test]
fn every_format_lists_the_digest_of_every_input() {
    let case = support::case();
    let options = support::options(Lang::Zh);
    for format in [Format::Table, Format::Json, Format::Html, Format::Csv, Format::Sarif] {
        let text = support::text(&case, &options, format);
        case.inputs.iter().for_each(|it| assert!(text.contains(&it.sha256), "{format:?}"));
    }
    let book = support::rendered(&case, &options, Format::Xlsx);
    let inputs = sheet(&book, "输入与哈希").concat();
    case.inputs.iter().for_each(|it| assert!(inputs.contains(&it.sha256)));
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    let case = support::case();
    for format in
        [Format::Table, Format::Json, Format::Html, Format::Xlsx, Format::Csv, Format::Sarif]
    {
        let options = support::options(Lang::Zh);
        let [one, two] = [(); 2].map(|()| support::rendered(&case, &options, format));
        assert!(one == two, "{format:?}");
    }
}
