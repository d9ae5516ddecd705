//! Workbooks that other programs wrote: read, answered, and read again by another reader.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{DataRef, Reader as _, Xlsx};
use proptest::prelude::*;
use rust_xlsxwriter::{
    DataValidation, ExcelDateTime, Format, FormatBorder, Formula, Note, Workbook as Made,
};
use tempfile::TempDir;
use zip::{ZipArchive, ZipWriter};

use crate::error::Unsuitable;
use crate::{Answer, Book, Kind, Merge, Place, SheetsError, write};

/// A list as somebody would send it.
fn list(rows: u32) -> Vec<u8> {
    let mut made = Made::new();
    let title = Format::new().set_bold();
    let framed = Format::new().set_border(FormatBorder::Thin);
    let moment = Format::new().set_num_format("yyyy/m/d h:mm").set_border(FormatBorder::Thin);
    let sheet = made.add_worksheet().set_name("线索 & \"清单\"").unwrap();
    sheet.merge_range(0, 0, 0, 4, "线索清单", &title).unwrap();
    sheet.merge_range(1, 3, 2, 3, "核查情况", &framed).unwrap();
    sheet.set_column_width(1, 33.0).unwrap();
    for (column, name) in (0..).zip(["序号", "IP", "发现时间"]) {
        sheet.write_with_format(2, column, name, &framed).unwrap();
    }
    for row in 3..3 + rows {
        sheet.write_with_format(row, 0, row - 2, &framed).unwrap();
        sheet.write_with_format(row, 1, format!("192.0.2.{}", row % 250), &framed).unwrap();
        let at = ExcelDateTime::from_ymd(2026, 11, 3).unwrap().and_hms(15, 5, 0).unwrap();
        sheet.write_with_format(row, 2, &at, &moment).unwrap();
        if row % 2 == 0 {
            sheet.write_blank(row, 3, &framed).unwrap();
        }
    }
    let valid = DataValidation::new().allow_list_strings(&["是", "否"]).unwrap();
    sheet.add_data_validation(3, 3, 100, 3, &valid).unwrap();
    sheet.insert_note(1, 3, &Note::new("填写是否属实")).unwrap();
    sheet.write_formula(3, 6, Formula::new("A4+1").set_result("2")).unwrap();
    sheet.write_string(4, 3, "已核实").unwrap();
    made.add_worksheet().set_hidden(true).write_string(0, 0, "说明").unwrap();
    made.save_to_buffer().unwrap()
}

fn opened(bytes: &[u8]) -> (TempDir, Book) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let book = Book::open(&path).unwrap();
    (folder, book)
}

fn refused(bytes: &[u8]) -> SheetsError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.xlsx");
    std::fs::write(&path, bytes).unwrap();
    match Book::open(&path) {
        Ok(book) => book.rows(0, &mut |_| ControlFlow::Continue(())).unwrap_err(),
        Err(it) => it,
    }
}

type Texts = BTreeMap<(u32, u32), String>;

fn texts(book: &Book, sheet: usize) -> Texts {
    let mut texts = Texts::new();
    let each = &mut |row: &crate::Row<'_>| {
        texts.extend(row.cells().map(|it| ((row.number, it.0), it.1.text.clone())));
        ControlFlow::Continue(())
    };
    book.rows(sheet, each).unwrap();
    texts
}

/// The same by the other reader.
fn read_by_calamine(path: &Path, sheet: &str) -> BTreeMap<(u32, u32), String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let mut cells = book.worksheet_cells_reader(sheet).unwrap();
    let mut texts = BTreeMap::new();
    while let Some(cell) = cells.next_cell().unwrap() {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::DateTime(it) => it.as_f64().to_string(),
            other => calamine::Data::from(other.clone()).to_string(),
        };
        texts.insert((row + 1, column), text);
    }
    texts
}

fn parts(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let count = zip.len();
    let part = |place| {
        let mut part = zip.by_index(place).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(part).collect()
}

fn at(row: u32, column: u32) -> Place {
    Place { sheet: 0, row, column }
}

fn answer(row: u32, column: u32, text: &str) -> Answer {
    Answer { place: at(row, column), text: text.to_owned(), over: None }
}

#[test]
fn rows_are_read_with_kinds_formulas_and_merges() {
    let (_folder, book) = opened(&list(2));
    let names: Vec<_> = book.sheets().iter().map(|it| (it.name.as_str(), it.hidden)).collect();
    assert_eq!(names, [("线索 & \"清单\"", false), ("Sheet2", true)]);
    let mut seen = Vec::new();
    let told = book
        .rows(0, &mut |row| {
            seen.push((row.number, row.cells().map(|it| (it.0, it.1.clone())).collect::<Vec<_>>()));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!((told.rows, told.formulas), (5, 1));
    let (number, row) = &seen[3];
    assert_eq!((*number, row[0].1.kind), (4, Kind::Number(1.0)));
    assert_eq!(
        (row[2].1.text.as_str(), row[2].1.kind),
        ("2026-11-03 15:05:00", Kind::Moment(1_793_718_300_000))
    );
    assert_eq!((row[3].0, row[3].1.text.as_str()), (6, "2"));
    assert_eq!(row[3].1.formula.as_deref(), Some("A4+1"));
    let merges = book.merges(0).unwrap();
    assert_eq!(
        merges,
        [Merge { first: (1, 0), last: (1, 4) }, Merge { first: (2, 3), last: (3, 3) }]
    );
}

#[test]
fn answers_stand_where_they_belong_and_what_people_wrote_stays() {
    let (folder, book) = opened(&list(4));
    let out = folder.path().join("answered.xlsx");
    let answers = [
        answer(4, 3, "=HYPERLINK(\"x\")"),
        answer(5, 3, "改写"),
        answer(5, 6, "+1 <b> & _x0041_"),
        answer(2, 4, "表头旁"),
        answer(9, 0, "新行"),
        answer(3, 3, "藏起来"),
        Answer {
            place: Place { sheet: 1, row: 3, column: 2 },
            text: "第二张".to_owned(),
            over: None,
        },
    ];
    let done = write(&book, &answers, &out).unwrap();
    assert_eq!((done.written, done.kept, done.missing), (5, vec![at(5, 3)], vec![at(3, 3)]));
    let mut expected = texts(&book, 0);
    let answered = Book::open(&out).unwrap();
    for it in &answers[..5] {
        if it.place != at(5, 3) {
            expected.insert((it.place.row, it.place.column), it.text.clone());
        }
    }
    assert_eq!(texts(&answered, 0), expected);
    assert_eq!(texts(&answered, 1)[&(3, 2)], "第二张");
    let other = read_by_calamine(&out, "线索 & \"清单\"");
    assert_eq!(other[&(4, 3)], "=HYPERLINK(\"x\")");
    assert_eq!(other[&(9, 0)], "新行");
    let (before, after) = (parts(book.path()), parts(&out));
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.0, new.0);
        assert!(old == new || old.0.starts_with("xl/worksheets/sheet"), "{}", old.0);
    }
    let sheet = |parts: &[(String, Vec<u8>)]| {
        let found = parts.iter().find(|it| it.0 == "xl/worksheets/sheet1.xml").unwrap();
        String::from_utf8(found.1.clone()).unwrap()
    };
    let after = sheet(&after);
    // A cell that was there keeps its style; a new one looks like the one before it.
    assert!(after.contains("<c r=\"D4\" s=\"3\" t=\"inlineStr\">"), "{after}");
    for kept in ["<mergeCells", "<dataValidations", "<legacyDrawing", "<cols>"] {
        let from = |text: &str| text.find(kept).map(|it| text[it..].to_owned()).unwrap();
        assert!(kept == "<cols>" || from(&after) == from(&sheet(&before)), "{kept}");
    }
}

#[test]
fn a_workbook_that_is_none_is_named() {
    let zipped = |names: &[&str]| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"<x/>").unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    for (names, kind) in [
        (&["mimetype", "content.xml"][..], Unsuitable::OpenDocument),
        (&["list.csv"], Unsuitable::Archive),
    ] {
        assert!(matches!(refused(&zipped(names)), SheetsError::Unsuitable(it) if it == kind));
    }
    assert!(matches!(refused(&zipped(&["[Content_Types].xml"])), SheetsError::Damaged { .. }));
    let many: Vec<_> = (0..10_001).map(|it| format!("p{it}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert!(matches!(refused(&zipped(&many)), SheetsError::TooLarge(_)));
}

/// A workbook with this as its only sheet.
fn with_sheet(sheet: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, bytes: &[u8]| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    };
    part("_rels/.rels", b"<Relationships><Relationship Id='r' Type='x/officeDocument' Target='/xl/workbook.xml'/></Relationships>");
    part(
        "xl/workbook.xml",
        b"<x:workbook><x:sheets><x:sheet name='S' rel:id='a'/></x:sheets></x:workbook>",
    );
    part("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id='a' Type='x/worksheet' Target='worksheets/s.xml'/></Relationships>");
    part("xl/worksheets/s.xml", sheet);
    zip.finish().unwrap().into_inner()
}

#[test]
fn places_may_be_left_out_and_prefixes_used() {
    let sheet =
        b"<x:worksheet><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t='str'><x:v>a</x:v>\
        </x:c></x:row><x:row r='3'/></x:sheetData></x:worksheet>";
    let (folder, book) = opened(&with_sheet(sheet));
    let out = folder.path().join("out.xlsx");
    write(&book, &[answer(3, 1, "b"), answer(1, 2, "c")], &out).unwrap();
    let all: Vec<_> = texts(&Book::open(&out).unwrap(), 0).into_iter().collect();
    let expected = [((1, 0), "1"), ((1, 1), "a"), ((1, 2), "c"), ((3, 1), "b")];
    assert_eq!(all, expected.map(|(at, text)| (at, text.to_owned())));
    let (_, sheet) = parts(&out).pop().unwrap();
    let sheet = String::from_utf8(sheet).unwrap();
    assert!(sheet.contains("<x:row r='3'><x:c r=\"B3\" t=\"inlineStr\"><x:is>"), "{sheet}");
}

#[test]
fn hostile_sheets_are_refused_or_read_within_bounds() {
    for sheet in [
        &b"<worksheet><sheetData><row r='9999999'><c/></row></sheetData></worksheet>"[..],
        b"<worksheet><sheetData><row r='1'><c r='ZZZZ1'><v>1</v></c></row></sheetData></worksheet>",
        b"<worksheet><sheetData><row r='1'>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>",
    ] {
        let error = refused(&with_sheet(sheet));
        assert!(matches!(error, SheetsError::Damaged { .. }), "{error}");
    }
    // A bomb: a part that packs a thousandfold is streamed, never held.
    let mut bomb = b"<worksheet><sheetData>".to_vec();
    for _ in 0..400_000 {
        bomb.extend_from_slice(b"<row><c t='inlineStr'><is><t>          </t></is></c></row>");
    }
    bomb.extend_from_slice(b"</sheetData></worksheet>");
    let (_folder, book) = opened(&with_sheet(&bomb));
    assert!(texts(&book, 0).is_empty());
    // What a sheet says of its size is not believed, and comments are no rows.
    let claims = [
        &b"<worksheet><dimension ref='A1:C10000000'/><sheetData><row r='2'><c><v>7</v></c></row>"[..],
        &b"<!-- -->".repeat(2 << 20),
        b"</sheetData></worksheet>",
    ];
    let (_folder, book) = opened(&with_sheet(&claims.concat()));
    assert_eq!(texts(&book, 0).into_values().collect::<Vec<_>>(), ["7"]);
    // A shared formula with an enormous number, an error, a number that is none.
    let odd =
        b"<worksheet><sheetData><row r='2'><c r='A2'><f t='shared' si='4000000000'/><v>7</v></c>\
        <c r='B2' t='e'><v>#REF!</v></c><c r='C2'><v>1e999</v></c><c r='D2' t='s'><v>9</v></c>\
        <c r='E2' t='inlineStr'><is><t>a<![CDATA[<b>]]></t></is></c></row></sheetData></worksheet>";
    let (_folder, book) = opened(&with_sheet(odd));
    let all: Vec<_> = texts(&book, 0).into_values().collect();
    assert_eq!(all, ["7", "#REF!", "1e999", "a<b>"]);
}

#[test]
fn any_damage_is_an_error_or_another_reading() {
    let whole = list(3);
    for place in (0..whole.len()).step_by(101) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.xlsx");
        std::fs::write(&path, &bytes).unwrap();
        if let Ok(book) = Book::open(&path) {
            let _either = book.rows(0, &mut |_| ControlFlow::Continue(()));
        }
        std::fs::write(&path, &whole[..place]).unwrap();
        assert!(Book::open(&path).is_err(), "cut at {place}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_was_not_asked_for_is_as_it_was(
        asked in prop::collection::btree_map((4_u32..12, 0_u32..9), "[ -~中\n=+@-]{1,12}", 0..20)
    ) {
        let (folder, book) = opened(&list(5));
        let out = folder.path().join("answered.xlsx");
        let answers: Vec<_> = asked.iter().map(|(at, text)| answer(at.0, at.1, text)).collect();
        let done = write(&book, &answers, &out).unwrap();
        let name = &book.sheets()[0].name;
        let (before, after) = (read_by_calamine(book.path(), name), read_by_calamine(&out, name));
        for (at, text) in &before {
            prop_assert_eq!(after.get(at), Some(text));
        }
        let kept: Vec<_> = done.kept.iter().map(|it| (it.row, it.column)).collect();
        for (at, text) in &asked {
            prop_assert_eq!(kept.contains(at), before.contains_key(at));
            if !kept.contains(at) {
                prop_assert_eq!(&after[at], text);
            }
        }
        prop_assert_eq!(after.len() as u64, before.len() as u64 + done.written);
        for (old, new) in parts(book.path()).iter().zip(&parts(&out)) {
            prop_assert!(old == new || old.0 == "xl/worksheets/sheet1.xml", "{}", old.0);
        }
    }
}

#[test]
fn an_answer_takes_the_place_of_an_earlier_one_unless_somebody_changed_it() {
    let (folder, book) = opened(&list(4));
    let [first, second, third] = ["1.xlsx", "2.xlsx", "3.xlsx"].map(|it| folder.path().join(it));
    write(&book, &[answer(4, 3, "旧")], &first).unwrap();
    let over = |over: &str| Answer { over: Some(over.to_owned()), ..answer(4, 3, "新") };
    let done = write(&Book::open(&first).unwrap(), &[over("旧")], &second).unwrap();
    assert_eq!(
        (done.written, texts(&Book::open(&second).unwrap(), 0)[&(4, 3)].as_str()),
        (1, "新")
    );
    let done = write(&Book::open(&first).unwrap(), &[over("别的")], &third).unwrap();
    assert_eq!((done.written, done.kept), (0, vec![at(4, 3)]));
}
