//! `minehound clue feedback`: the answers, in the sender's own columns and layout.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::process::ExitCode;

use anyhow::Context;
use minehound_clues::{Role, Table};
use minehound_report::{ClueWords, JudgedClue, Lang, Reply};
use minehound_sheets::{Answer, Book, Place, write};
use minehound_store::WrittenCell;

use super::status::answered;
use super::stored::{WholeList, lists};
use crate::args::ClueFeedback;
use crate::case::answering::open_to_add;
use crate::locale::{filled, word};
use crate::usage::Usage;
use crate::zone;

/// Fills the cells that ask, and no others.
pub(super) fn run(args: &ClueFeedback, lang: Lang) -> anyhow::Result<ExitCode> {
    let tz = zone::or_system(args.tz.as_deref())?;
    let mut case = open_to_add(&args.case)?;
    let all = lists(&case, args.list)?;
    let Some(whole) = all.last() else { return Err(Usage::error(word("no-such-list"))) };
    let words = ClueWords::new(language(whole, lang), tz)?;
    let kept = case.file_of(&whole.list);
    let base = args.onto.as_ref().unwrap_or(&kept);
    if args.out == *base {
        return Err(Usage::error(filled(
            "feedback-onto-itself",
            &[("path", &base.display().to_string())],
        )));
    }
    if args.out.exists() {
        // It may be the sender's own file, or an answer that people have written into.
        let path = args.out.display().to_string();
        return Err(Usage::error(filled("feedback-there", &[("path", &path)])));
    }
    let book = Book::open(base).with_context(|| base.display().to_string())?;
    if args.onto.is_some() {
        let sent = Book::open(&kept).with_context(|| kept.display().to_string())?;
        same_rows(whole, &sent, &book)?;
    }
    let earlier = case.written(whole.list.id)?;
    let mut answers = Vec::new();
    for (table, reply, row) in replies(whole, &words) {
        for (column, text) in cells(table, &reply) {
            let place = Place { sheet: table.sheet, row, column };
            let over = earlier.get(&(place.sheet, row, column)).cloned();
            answers.push(Answer { place, text, over });
        }
    }
    if answers.is_empty() {
        return Err(Usage::error(word("clues-no-answers")));
    }
    let done = write(&book, &answers, &args.out).with_context(|| args.out.display().to_string())?;
    let refused: BTreeSet<Place> = done.kept.iter().chain(&done.missing).copied().collect();
    let written = answers.into_iter().filter(|it| !refused.contains(&it.place));
    let written = written.map(|it| {
        let Place { sheet, row, column } = it.place;
        WrittenCell { sheet, row, column, text: it.text }
    });
    // What stands there as it did needs no second note.
    let new = written.filter(|it| earlier.get(&(it.sheet, it.row, it.column)) != Some(&it.text));
    case.note_written(whole.list.id, &new.collect::<Vec<_>>())?;
    if done.written == 0 && !done.kept.is_empty() {
        eprintln!("{}", word("feedback-nothing"));
    }
    if !args.quiet {
        let out = args.out.display().to_string();
        eprintln!("{}", answered(&out, done.written, done.kept.len(), done.missing.len()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Sees that the rows to be answered still say what was sent: who sorts or inserts rows moves them, and the
/// answer of one would stand beside another.
fn same_rows(whole: &WholeList, sent: &Book, onto: &Book) -> anyhow::Result<()> {
    for table in &whole.kept.tables {
        let asked: BTreeSet<u32> = whole
            .clues
            .iter()
            .filter(|it| it.clue.at.sheet == table.sheet)
            .map(|it| it.clue.at.row)
            .collect();
        let columns: Vec<u32> = SAYING.iter().filter_map(|it| table.columns.of(*it)).collect();
        let (before, now) = (
            said(sent, table.sheet, &asked, &columns)?,
            said(onto, table.sheet, &asked, &columns)?,
        );
        if let Some(row) = asked.iter().find(|it| before.get(it) != now.get(it)) {
            let (path, row) = (onto.path().display().to_string(), row.to_string());
            return Err(Usage::error(filled("feedback-moved", &[("path", &path), ("row", &row)])));
        }
    }
    Ok(())
}

/// What rows say in some columns.
fn said(
    book: &Book,
    sheet: usize,
    rows: &BTreeSet<u32>,
    columns: &[u32],
) -> anyhow::Result<BTreeMap<u32, Vec<String>>> {
    let mut said = BTreeMap::new();
    if sheet < book.sheets().len() {
        book.rows(sheet, &mut |row| {
            if rows.contains(&row.number) {
                let text = |it: &u32| row.cell(*it).map(|it| it.text.clone()).unwrap_or_default();
                said.insert(row.number, columns.iter().map(text).collect());
            }
            ControlFlow::Continue(())
        })
        .with_context(|| book.path().display().to_string())?;
    }
    Ok(said)
}

/// The columns that say what a row is about.
const SAYING: [Role; 9] = [
    Role::Address,
    Role::Port,
    Role::Seen,
    Role::First,
    Role::Last,
    Role::Clock,
    Role::PoolHost,
    Role::PoolAddress,
    Role::PoolPort,
];

/// A list is answered in the language that it is written in.
fn language(whole: &WholeList, otherwise: Lang) -> Lang {
    let headers = whole.kept.tables.iter().flat_map(|it| &it.columns.0).map(|it| &it.header);
    let mut letters = headers.flat_map(|it| it.chars()).filter(|it| it.is_alphabetic()).peekable();
    if letters.peek().is_none() {
        return otherwise;
    }
    let chinese = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
    if letters.any(chinese) { Lang::Zh } else { Lang::En }
}

/// What is answered in each row; a row of several clues gets all their sentences, and a cell only where
/// they agree on it.
fn replies<'w>(whole: &'w WholeList, words: &ClueWords) -> Vec<(&'w Table, Reply, u32)> {
    let mut replies: Vec<(&Table, Reply, u32)> = Vec::new();
    let mut rows: Vec<(&Table, Vec<&JudgedClue>)> = Vec::new();
    for it in &whole.clues {
        let same =
            rows.last().is_some_and(|last| last.1.first().is_some_and(|a| a.clue.at == it.clue.at));
        if same {
            if let Some(last) = rows.last_mut() {
                last.1.push(it);
            }
        } else if let Some(table) = whole.kept.tables.iter().find(|t| t.sheet == it.clue.at.sheet) {
            rows.push((table, vec![it]));
        }
    }
    for (table, clues) in rows {
        let Some(first) = clues.first() else { continue };
        let row = first.clue.at.row;
        let mut all = clues.iter().map(|it| (words.reply(it), it.clue.address));
        let Some((mut whole, address)) = all.next() else { continue };
        if clues.len() > 1 {
            whole.result = format!("{address}: {}", whole.result);
        }
        for (other, address) in all {
            whole.result = format!("{}\n{address}: {}", whole.result, other.result);
            for (own, other) in [
                (&mut whole.inner, other.inner),
                (&mut whole.mac, other.mac),
                (&mut whole.machine, other.machine),
                (&mut whole.account, other.account),
                (&mut whole.place, other.place),
            ] {
                if *own != other {
                    *own = None;
                }
            }
        }
        replies.push((table, whole, row));
    }
    replies
}

/// The cells of a row. Whether it is true, what was done and who checked it only a person can say.
fn cells(table: &Table, reply: &Reply) -> Vec<(u32, String)> {
    let column = |role| table.columns.of(role);
    let result = column(Role::Result).or_else(|| column(Role::Remark));
    let told = [
        (result, Some(&reply.result)),
        (column(Role::Inner), reply.inner.as_ref()),
        (column(Role::Mac), reply.mac.as_ref()),
        (column(Role::Machine), reply.machine.as_ref()),
        (column(Role::Account), reply.account.as_ref()),
        (column(Role::Place), reply.place.as_ref()),
    ];
    told.into_iter().filter_map(|(column, text)| Some((column?, text?.clone()))).collect()
}
