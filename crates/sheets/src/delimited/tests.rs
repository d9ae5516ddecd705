//! Texts in the encodings and layouts that lists come in.

use std::ops::ControlFlow;

use encoding_rs::GB18030;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::book::Form;
use crate::{Answer, Book, Encoding, Layout, LineEnd, Place, Seen, SheetsError, write};

fn opened(bytes: &[u8]) -> (TempDir, Book) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, bytes).unwrap();
    let book = Book::open(&path).unwrap();
    (folder, book)
}

fn layout(book: &Book) -> &Layout {
    match book.form() {
        Form::Delimited(it) => it,
        Form::Workbook => panic!(),
    }
}

fn rows(book: &Book) -> (Vec<(u32, Vec<String>)>, Seen) {
    let mut rows = Vec::new();
    let seen = book
        .rows(0, &mut |row| {
            rows.push((row.number, row.cells().map(|it| it.1.text.clone()).collect()));
            ControlFlow::Continue(())
        })
        .unwrap();
    (rows, seen)
}

fn answer(row: u32, column: u32, text: &str) -> Answer {
    Answer { place: Place { sheet: 0, row, column }, text: text.to_owned(), over: None }
}

const LIST: &str = "序号,IP地址,核查情况\r\n1,192.0.2.1,\r\n2,\"192.0.2.2\",\"属实,已清除\"\r\n";

fn encodings() -> [(Encoding, Vec<u8>); 5] {
    let wide = |to: fn(u16) -> [u8; 2]| LIST.encode_utf16().flat_map(to).collect::<Vec<_>>();
    [
        (Encoding::Utf8, LIST.as_bytes().to_vec()),
        (Encoding::Utf8, [b"\xef\xbb\xbf", LIST.as_bytes()].concat()),
        (Encoding::Gb18030, GB18030.encode(LIST).0.into_owned()),
        (Encoding::Utf16Le, [b"\xff\xfe", wide(u16::to_le_bytes).as_slice()].concat()),
        (Encoding::Utf16Be, wide(u16::to_be_bytes)),
    ]
}

#[test]
fn every_encoding_is_read_and_answered_in_itself() {
    for (encoding, bytes) in encodings() {
        let (folder, book) = opened(&bytes);
        let found = layout(&book);
        assert_eq!((found.encoding, found.line_end), (encoding, LineEnd::CrLf));
        let (all, _) = rows(&book);
        assert_eq!(all[2], (3, ["2", "192.0.2.2", "属实,已清除"].map(str::to_owned).to_vec()));
        let out = folder.path().join("out.csv");
        let done = write(&book, &[answer(2, 2, "不属实，\"仅解析\""), answer(3, 2, "x")], &out);
        assert_eq!(done.unwrap().kept, [Place { sheet: 0, row: 3, column: 2 }]);
        let expected = LIST.replace("1,192.0.2.1,", "1,192.0.2.1,\"不属实，\"\"仅解析\"\"\"");
        let (answered, _) = opened(&std::fs::read(&out).unwrap());
        let _still_there = answered;
        let text = encoding.decode(&std::fs::read(&out).unwrap()).into_owned();
        assert_eq!(text.trim_start_matches('\u{feff}'), expected, "{encoding:?}");
    }
}

#[test]
fn an_answer_closes_no_quotation_mark_that_the_sender_left_open() {
    let sent = "a,b,c\n1,\"x,\n2,y,\n";
    let (folder, book) = opened(sent.as_bytes());
    let out = folder.path().join("out.csv");
    let asked = [answer(2, 2, "one, \"two\"\n=3"), answer(3, 2, "=1,2")];
    assert_eq!(write(&book, &asked, &out).unwrap().written, 2);
    let written = std::fs::read_to_string(&out).unwrap();
    assert_eq!(written, "a,b,c\n1,\"x,one  'two' =3\n2,y,'=1 2\n");
    let all = rows(&Book::open(&out).unwrap()).0;
    assert_eq!(all[1].1, ["1", "\"x", "one  'two' =3"]);
}

#[test]
fn a_file_in_wide_letters_that_ends_within_one_is_answered_before_it() {
    let text: Vec<u8> = "\u{feff}a,b\n中,".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cut = [&*text, b"\x2d"].concat();
    let (folder, book) = opened(&cut);
    assert_eq!(rows(&book).1.unreadable, 1);
    let out = folder.path().join("out.csv");
    write(&book, &[answer(2, 1, "文")], &out).unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), [&*text, &[0x87, 0x65, 0x2d]].concat());
}

#[test]
fn layouts_are_found() {
    for (text, delimiter) in [
        ("a;b;c\n1,5;2;3\n2,5;3;4\n", b';'),
        ("a\tb, c\n1\t2\n", b'\t'),
        ("a|b|c\n1|2|3\n", b'|'),
        ("sep=;\na,b;c\n", b';'),
        ("标题,,\na,b,c\n1,2,3\n", b','),
        ("one\ntwo\n", b','),
    ] {
        let (_folder, book) = opened(text.as_bytes());
        assert_eq!(char::from(layout(&book).delimiter), char::from(delimiter), "{text}");
    }
    let (_folder, book) = opened(b"sep=;\na;b\n");
    assert_eq!(rows(&book).0, [(2, vec!["a".to_owned(), "b".to_owned()])]);
}

#[test]
fn a_bar_within_a_letter_cuts_nothing() {
    // 銃 is E3 7C in GBK.
    let text = GB18030.encode("名称|备注\n銃|囀\n").0.into_owned();
    assert!(text.windows(2).any(|it| it[1] == b'|' && it[0] > 0x80), "{text:x?}");
    let (_folder, book) = opened(&text);
    assert_eq!(rows(&book).0[1].1.len(), 2);
}

#[test]
fn files_put_together_from_several_are_read_record_by_record() {
    let mut bytes = "序号,单位\n1,某单位\n".as_bytes().to_vec();
    bytes.resize(70_000, b'\n');
    bytes.extend(GB18030.encode("2,另一单位\n").0.as_ref());
    let (folder, book) = opened(&bytes);
    let (all, seen) = rows(&book);
    assert_eq!(all.last().unwrap().1, ["2", "另一单位"]);
    assert_eq!((seen.other_encoding, seen.unreadable), (1, 0));
    let out = folder.path().join("out.csv");
    let row = all.last().unwrap().0;
    write(&book, &[answer(row, 2, "已查")], &out).unwrap();
    let written = std::fs::read(&out).unwrap();
    assert!(written.ends_with(&GB18030.encode("2,另一单位,已查\n").0), "in its own encoding");
    let mut gbk = GB18030.encode("序号,单位\n1,联通\n").0.into_owned();
    gbk.extend_from_slice("2,某单位\n".as_bytes());
    let (_folder, book) = opened(&gbk);
    let all = rows(&book).0;
    assert_eq!((&*all[1].1[1], &*all[2].1[1]), ("联通", "某单位"));
}

#[test]
fn formulas_are_told_and_never_written() {
    let (folder, book) = opened(b"a,b,c\n=1+2,\"=\"\"1.2.3.4\"\"\",'+86\n,,\n");
    let (all, seen) = rows(&book);
    assert_eq!(
        (all[1].1.clone(), seen.formulas),
        (vec![String::new(), "1.2.3.4".to_owned(), "+86".to_owned()], 1)
    );
    let out = folder.path().join("out.csv");
    write(&book, &[answer(3, 0, "=cmd"), answer(3, 1, "-1"), answer(3, 2, "@x")], &out).unwrap();
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.ends_with("'=cmd,'-1,'@x\n"), "{written}");
}

#[test]
fn what_a_stranger_chose_is_no_formula_in_any_office_program_and_is_read_back_as_it_was() {
    let asked = ["＝1+1", " =1+1", "＠SUM(1)", "－1", "a;=1+1", "a\t=1+1", "\t=1", "a,=1\n=2"];
    let sent = "a,b\r\n=HYPERLINK(\"http://203.0.113.1\"),\r\n+cmd|' /C calc'!A0,\r\n";
    let (folder, book) = opened(sent.as_bytes());
    for text in asked {
        let out = folder.path().join("out.csv");
        write(&book, &[answer(3, 1, text)], &out).unwrap();
        let written = std::fs::read_to_string(&out).unwrap();
        // What the sender wrote is theirs: not a byte of it changes.
        let ours = written.strip_prefix(sent.strip_suffix("\r\n").unwrap()).unwrap();
        let ours = ours.strip_suffix("\r\n").unwrap();
        let bare = ours.trim_start_matches('"');
        assert!(bare.starts_with(['\'', 'a']), "{written:?}");
        assert!(!bare.contains([';', '\t', ',', '\n']) || ours.starts_with('"'), "{written:?}");
        let (all, seen) = rows(&Book::open(&out).unwrap());
        assert_eq!(all[2].1.last().map(String::as_str), Some(text.trim()));
        assert_eq!(seen.formulas, 1, "the sender's alone: {written:?}");
    }
}

#[test]
fn quotation_marks_that_nothing_closes_are_letters() {
    let text = format!("a,b\n\"1,2\n{}", "3,4\n".repeat(400_000));
    let (_folder, book) = opened(text.as_bytes());
    let mut count = 0;
    let seen = book
        .rows(0, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!((count, seen.unclosed), (400_002, 1));
    let (_folder, book) = opened("x".repeat(2 << 20).as_bytes());
    let error = book.rows(0, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(error, SheetsError::LongRecord(1)), "{error}");
    let (_folder, book) = opened(",".repeat(20_000).as_bytes());
    let error = book.rows(0, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(error, SheetsError::WideRecord(1)), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_was_not_asked_for_is_as_it_was(
        table in prop::collection::vec(prop::collection::vec("[ -~中]{0,6}|\"[a,\n]{1,3}\"", 1..5), 1..8),
        asked in prop::collection::btree_map((1_u32..9, 0_u32..6), "[ -~中\n]{1,8}", 0..8),
        kind in 0_usize..5,
    ) {
        let text: String = table.iter().map(|it| it.join(",") + "\n").collect();
        let encoding = encodings()[kind].0;
        prop_assume!(text.chars().next().is_some_and(|it| it != '<') && !text.starts_with("sep="));
        let (folder, book) = opened(&encoding.encode(&text));
        let out = folder.path().join("out.csv");
        let answers: Vec<_> = asked.iter().map(|(at, text)| answer(at.0, at.1, text)).collect();
        let done = write(&book, &answers, &out).unwrap();
        let again = folder.path().join("again.csv");
        let answered = Book::open(&out).unwrap();
        let all_kept = write(&answered, &[], &again).unwrap();
        prop_assert_eq!(all_kept.written, 0);
        prop_assert_eq!(std::fs::read(&again).unwrap(), std::fs::read(&out).unwrap());
        if done.written == 0 {
            prop_assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(book.path()).unwrap());
        }
    }
}

#[test]
fn an_answer_takes_the_place_of_an_earlier_one() {
    let (folder, book) = opened(LIST.as_bytes());
    let [first, second] = ["1.csv", "2.csv"].map(|it| folder.path().join(it));
    write(&book, &[answer(2, 2, "旧, 的")], &first).unwrap();
    let over = Answer { over: Some("旧, 的".to_owned()), ..answer(2, 2, "新") };
    assert_eq!(write(&Book::open(&first).unwrap(), &[over], &second).unwrap().written, 1);
    assert_eq!(
        std::fs::read_to_string(&second).unwrap(),
        LIST.replace("192.0.2.1,", "192.0.2.1,\"新\"")
    );
}
