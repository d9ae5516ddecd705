//! Lists as they come: merged titles, two rows of headers, other encodings, no headers at all.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fmt::Write as _;
use std::path::Path;

use jiff::tz::{TimeZone, offset};
use minehound_clues::{Given, List, MAX_CLUES, Reading, Role, read};
use minehound_model::Behaviour;
use minehound_sheets::Book;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

fn reading(given: &str) -> Reading {
    Reading { given: Given::parse(given).unwrap(), tz: TimeZone::fixed(offset(8)) }
}

fn list(path: &Path) -> List {
    read(&Book::open(path).unwrap(), &reading("")).unwrap()
}

fn of_text(bytes: &[u8]) -> List {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, bytes).unwrap();
    list(&path)
}

fn roles(list: &List) -> Vec<&'static str> {
    let columns = list.tables[0].columns.0.iter();
    columns.map(|it| it.role.map_or("-", Role::id)).collect()
}

fn ms(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[test]
fn a_workbook_with_a_merged_title_and_two_rows_of_headers_is_understood() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 9, "疑似挖矿线索清单（第3批）", &plain).unwrap();
    sheet.write(1, 0, "下发日期：2026年11月25日").unwrap();
    for (column, text) in [(0, "序号"), (1, "单位"), (8, "核查结果"), (9, "备注")] {
        sheet.merge_range(2, column, 3, column, text, &plain).unwrap();
    }
    sheet.merge_range(2, 2, 2, 4, "疑似挖矿主机", &plain).unwrap();
    sheet.merge_range(2, 5, 2, 7, "矿池信息", &plain).unwrap();
    for (column, text) in [(2, "IP"), (3, "端口"), (4, "时间"), (5, "域名"), (6, "IP"), (7, "端口")]
    {
        sheet.write(3, column, text).unwrap();
    }
    sheet.merge_range(4, 1, 5, 1, "某大学", &plain).unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (row, address, port) in [(4, "203.0.113.7", 51234.0), (5, "203.0.113.8", 40001.0)] {
        sheet.write(row, 0, row - 3).unwrap();
        sheet.write(row, 2, address).unwrap();
        sheet.write(row, 3, port).unwrap();
        let at = ExcelDateTime::parse_from_str("2026-11-20 15:05:07").unwrap();
        sheet.write_with_format(row, 4, at, &date).unwrap();
        sheet.write(row, 5, "xmr.pool.example").unwrap();
        sheet.write(row, 6, "198.51.100.9").unwrap();
        sheet.write_formula(row, 7, Formula::new("=3000+333").set_result("3333")).unwrap();
    }
    sheet.write(6, 0, "合计").unwrap();
    sheet.write(6, 1, 2).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.xlsx");
    book.save(&path).unwrap();

    let list = list(&path);
    assert_eq!(
        roles(&list),
        [
            "number",
            "unit",
            "address",
            "port",
            "seen",
            "pool-host",
            "pool-address",
            "pool-port",
            "result",
            "remark"
        ]
    );
    assert_eq!(list.clues.len(), 2);
    let clue = &list.clues[1];
    assert_eq!(
        (clue.at.row, clue.unit.as_deref()),
        (6, Some("某大学")),
        "what is merged holds for both rows"
    );
    assert_eq!(clue.address.to_string(), "203.0.113.8");
    assert_eq!((clue.port, clue.pool.port), (Some(40_001), Some(3333)));
    assert_eq!(clue.pool.host.as_deref(), Some("xmr.pool.example"));
    let seen = clue.seen.unwrap();
    assert_eq!(
        (seen.from_ms, seen.to_ms),
        (ms("2026-11-20T07:05:07Z"), ms("2026-11-20T07:05:07.999Z"))
    );
    assert_eq!((list.found.without_address, list.found.formulas), (1, 2));
    assert_eq!(list.tables[0].title.first().unwrap(), "疑似挖矿线索清单（第3批）");
}

#[test]
fn a_list_in_gbk_with_a_day_and_a_time_apart_is_understood() {
    // 单位,公网IP,日期,时刻,行为 / 甲,203.0.113.7:5000,2026-11-20,15:05,登录矿池 in GBK.
    let mut bytes = b"\xb5\xa5\xce\xbb,\xb9\xab\xcd\xf8IP,\xc8\xd5\xc6\xda,\xca\xb1\xbf\xcc,\xd0\xd0\xce\xaa\r\n".to_vec();
    bytes
        .extend(b"\xbc\xd7,203.0.113.7:5000,2026-11-20,15:05,\xb5\xc7\xc2\xbc\xbf\xf3\xb3\xd8\r\n");
    let list = of_text(&bytes);
    assert_eq!(roles(&list), ["unit", "address", "seen", "clock", "behaviour"]);
    let clue = &list.clues[0];
    assert_eq!((clue.port, clue.claimed), (Some(5000), Some(Behaviour::LoggedIn)));
    let seen = clue.seen.unwrap();
    assert_eq!(
        (seen.from_ms, seen.to_ms + 1),
        (ms("2026-11-20T07:05:00Z"), ms("2026-11-20T07:06:00Z"))
    );
}

#[test]
fn of_a_list_in_many_encodings_every_row_is_read_or_counted() {
    let row = |last: u8, unit: &[u8]| {
        let rest = format!(",203.0.113.{last},50000,2026-11-20 15:05\r\n");
        [unit, rest.as_bytes()].concat()
    };
    let wide = |text: &[u8]| {
        let text = format!("\u{feff}{}", String::from_utf8_lossy(text));
        text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let head = "单位,公网IP,端口,时间\r\n".as_bytes();
    // 同济 in GBK, and what is text in no encoding.
    let rows = [row(1, "甲".as_bytes()), row(2, b"\xcd\xac\xbc\xc3"), row(3, b"\xff\xff")].concat();
    let list = of_text(&[head, &rows, &row(5, b"x")].concat());
    let units: Vec<_> = list.clues.iter().map(|it| it.unit.clone().unwrap_or_default()).collect();
    assert_eq!((&*units[0], &*units[1], &*units[3]), ("甲", "同济", "x"));
    assert!(units[2].contains('\u{fffd}') && units.len() == 4, "{units:?}");
    let found = &list.found;
    assert!(found.other_encoding >= 2 && found.unreadable > 0, "{found:?}");
    assert_eq!(list.clues.len() as u64 + found.without_address, found.rows, "{found:?}");
    // UTF-16 behind it is no table any more: the list is refused, not read by halves.
    let mixed = [head, &rows, &wide(&row(4, "乙".as_bytes())).repeat(8)].concat();
    assert!(of_text(&mixed).tables.is_empty());
    // A whole list in UTF-16 is one more encoding.
    let whole = of_text(&wide(&[head, &row(1, "甲".as_bytes())].concat()));
    assert_eq!((whole.clues.len(), whole.found.unreadable), (1, 0));
}

#[test]
fn a_list_without_headers_is_understood_by_what_its_cells_hold() {
    let list = of_text(b"203.0.113.7,2026-11-20 15:05:07,198.51.100.9\n203.0.113.8,2026-11-20 15:06:07,198.51.100.9\n");
    assert_eq!(roles(&list), ["address", "seen", "pool-address"]);
    assert_eq!(list.clues.len(), 2);
    let bare = of_text(b"203.0.113.7\n203.0.113.8\n");
    assert_eq!((bare.clues.len(), bare.found.without_moment), (2, 2));
}

#[test]
fn what_cannot_be_read_is_counted_and_nothing_is_guessed() {
    let list = of_text(
        "IP,端口,开始时间,结束时间\n203.0.113.7,5000,2026-11-20 15:05,2026-11-20 15:00\n\
         203.0.113.0/24,1,2026-11-20 15:05,\nIP,端口,开始时间,结束时间\n-,,,\n\
         203.0.113.9、203.0.113.10,6000,2026-11-20 15:05,-\n"
            .as_bytes(),
    );
    let found = &list.found;
    assert_eq!((found.rows, found.without_address, found.repeated_headers), (5, 2, 1));
    // The ends of the first are the wrong way round.
    assert_eq!((list.clues.len(), found.without_moment), (3, 1));
    assert_eq!(found.first_without.iter().map(|it| it.row).collect::<Vec<_>>(), [3, 5]);
    assert!(of_text("没有表格\n".as_bytes()).tables.is_empty());
}

#[test]
fn a_setting_beats_the_headers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, "甲,乙,丙\n198.51.100.9,203.0.113.7,2026-11-20 15:05\n").unwrap();
    let book = Book::open(&path).unwrap();
    let list = read(&book, &reading("address=B,pool-address=A,result=D")).unwrap();
    assert_eq!(list.clues[0].address.to_string(), "203.0.113.7");
    assert_eq!(list.clues[0].pool.address.unwrap().to_string(), "198.51.100.9");
    assert_eq!(roles(&list), ["pool-address", "address", "seen", "result"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_is_too_much(rows in proptest::collection::vec("[0-9a-zA-Z,.:;/\\-\"年月日時 ip端口\\n]{0,60}", 0..20)) {
        let text = format!("{}\n203.0.113.7,{}", rows.join("\n"), rows.concat());
        let list = of_text(text.as_bytes());
        for clue in &list.clues {
            prop_assert!(clue.seen.is_none_or(|it| it.from_ms <= it.to_ms));
        }
    }
}

#[test]
fn a_list_of_too_many_rows_is_read_to_its_limit_and_says_where_it_can_be_split() {
    let mut text = "IP,端口,时间\n".to_owned();
    for row in 0..MAX_CLUES + 5 {
        let _infallible = writeln!(text, "203.0.113.7,{},2026-11-25 10:00", 1_024 + row % 60_000);
    }
    let list = of_text(text.as_bytes());
    assert_eq!((list.clues.len(), list.found.beyond), (MAX_CLUES, 5));
    let row = list.found.first_beyond.unwrap().row;
    assert_eq!(usize::try_from(row).unwrap(), MAX_CLUES + 2, "the header is row 1");
}
