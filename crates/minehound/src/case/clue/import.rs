//! `minehound clue import`: a list into the case, and judged.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use jiff::tz::TimeZone;
use minehound_clues::{Column, Columns, Found, Given, List};
use minehound_collect::Sealing;
use minehound_detect::Knowledge;
use minehound_report::{Lang, visible};
use minehound_sheets::column_name;
use minehound_store::{Case, ClueList};
use serde_json::{Value, json};

use super::judge::judge;
use super::status::Funnel;
use super::stored::{self, KeptList, WholeList, key};
use crate::args::ClueImport;
use crate::case::answering::asker;
use crate::case::list;
use crate::locale::{filled, word};
use crate::zone;
use crate::{inspect, output};

/// Takes a list in, judges it, and says what was understood.
pub(super) fn run(args: &ClueImport, lang: Lang) -> anyhow::Result<ExitCode> {
    let tz = zone::or_system(args.tz.as_deref())?;
    let clock = asker(args.clock_error)?;
    let due_ms = args.due.as_deref().map(|it| end_of(it, &tz)).transpose()?;
    let mut knowledge = Knowledge::built_in()?;
    for path in &args.knowledge {
        let text = String::from_utf8_lossy(&inspect::read(path)?).into_owned();
        knowledge.overlay(&path.display().to_string(), &text)?;
    }
    let own = list::given(args.columns.as_deref())?;
    let shown = args.list.display().to_string();
    let sha256 = Sealing::new(File::open(&args.list).with_context(|| shown.clone())?)
        .finish()
        .with_context(|| shown.clone())?
        .sha256;
    let mut case = Case::open(&args.case)?;
    let known = case.lists()?.into_iter().find(|it| it.sha256 == sha256);
    let again = known.is_some();
    let id = match known {
        Some(it) => it.id,
        None => take(&mut case, args, &own, &tz, &sha256, due_ms)?,
    };
    let clues = case.clues(Some(id))?;
    let answers = judge(&case, &clues, args.site.as_deref(), clock, &knowledge)?;
    case.add_answers(&answers)?;
    let whole = stored::lists(&case, Some(id))?;
    let Some(whole) = whole.first() else { return Ok(ExitCode::FAILURE) };
    let said = if args.json {
        serde_json::to_string_pretty(&as_json(whole, again))? + "\n"
    } else {
        as_text(whole, again, lang)?
    };
    output::write(said.as_bytes(), None)?;
    Ok(ExitCode::SUCCESS)
}

/// The last millisecond of a day.
fn end_of(day: &str, tz: &TimeZone) -> anyhow::Result<i64> {
    let next = list::day(day)?.tomorrow()?.at(0, 0, 0, 0);
    Ok(tz.to_timestamp(next)?.as_millisecond() - 1)
}

/// Reads a list and puts it into the case.
fn take(
    case: &mut Case,
    args: &ClueImport,
    own: &Given,
    tz: &TimeZone,
    sha256: &str,
    due_ms: Option<i64>,
) -> anyhow::Result<i64> {
    let mut read = list::list(&args.list, own.clone(), tz)?;
    // What this sender's columns were said to mean before holds where nothing else is said now.
    if own.0.is_empty()
        && let Some(remembered) = remembered(case, &args.sender, &read)?
    {
        read = list::list(&args.list, remembered, tz)?;
    }
    for table in &read.tables {
        let told = serde_json::to_string(&meanings(&table.columns))?;
        case.remember_layout(&args.sender, &table.columns.layout(), &told)?;
    }
    let before: HashSet<String> = case.clues(None)?.into_iter().map(|it| it.key).collect();
    let mut seen = HashSet::new();
    let mut known_before = 0;
    let mut clues = Vec::with_capacity(read.clues.len());
    for it in &read.clues {
        let key = key(it);
        if seen.insert(key.clone()) {
            known_before += u64::from(before.contains(&key));
        }
        clues.push((key, serde_json::to_string(it)?));
    }
    let List { tables, found, .. } = read;
    let kept = KeptList { tables, found, known_before, due_ms };
    let list = ClueList {
        id: 0,
        sha256: sha256.to_owned(),
        sender: args.sender.clone(),
        name: name_of(&args.list),
        told: serde_json::to_string(&kept)?,
    };
    Ok(case.take_list(&args.list, &list, &clues)?)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What columns of this layout were taken for when this sender last used it.
fn remembered(case: &Case, sender: &str, read: &List) -> anyhow::Result<Option<Given>> {
    for table in &read.tables {
        if let Some(told) = case.layout(sender, &table.columns.layout())? {
            let given: Given = serde_json::from_str(&told).context("case.sqlite: layout")?;
            return Ok((!given.0.is_empty()).then_some(given));
        }
    }
    Ok(None)
}

fn meanings(columns: &Columns) -> Given {
    let told = columns.0.iter().filter_map(|it| Some((it.role?, it.column)));
    Given(told.collect::<BTreeMap<_, _>>())
}

fn as_json(whole: &WholeList, again: bool) -> Value {
    let funnel = Funnel::of(whole);
    let WholeList { list, kept, .. } = whole;
    let tables = kept.tables.iter().map(|table| {
        let columns = table.columns.0.iter().map(|it| {
            json!({ "column": column_name(it.column), "header": it.header, "meaning": it.role })
        });
        json!({
            "sheet": table.name,
            "first_row": table.first,
            "columns": columns.collect::<Vec<_>>(),
        })
    });
    json!({
        "schema": "minehound.clues/1",
        "list": list.id,
        "sha256": list.sha256,
        "sender": list.sender,
        "judged_again": again,
        "tables": tables.collect::<Vec<_>>(),
        "found": kept.found,
        "duplicates": funnel.duplicates,
        "known_before": kept.known_before,
        "funnel": funnel.json(),
    })
}

fn as_text(whole: &WholeList, again: bool, lang: Lang) -> anyhow::Result<String> {
    let funnel = Funnel::of(whole);
    let WholeList { list, kept, clues } = whole;
    let count = |it: u64| it.to_string();
    let (number, name) = (list.id.to_string(), visible(&list.name));
    let total = clues.len().to_string();
    let args = [("number", &*number), ("path", &name), ("count", &total)];
    let mut said = vec![filled(if again { "clues-again" } else { "clues-taken" }, &args)];
    for table in &kept.tables {
        let mut columns: Vec<String> = table.columns.0.iter().map(meaning).collect();
        if !table.name.is_empty() {
            columns.insert(0, format!("[{}]", visible(&table.name)));
        }
        said.push(format!("  {}", columns.join("  ")));
    }
    let Found { without_address, without_moment, without_port, .. } = kept.found;
    let Found { formulas, other_encoding, unreadable, beyond, .. } = kept.found;
    for (key, number) in [
        ("clues-without-address", without_address),
        ("clues-without-moment", without_moment),
        ("clues-without-port", without_port),
        ("clues-duplicates", funnel.duplicates as u64),
        ("clues-known-before", kept.known_before),
        ("clues-formulas", formulas),
        ("clues-other-encoding", other_encoding + unreadable),
        ("clues-beyond", beyond),
    ] {
        if number > 0 {
            let rows = kept.found.first_without.iter().map(|it| it.row.to_string());
            let rows = rows.collect::<Vec<_>>().join(" ");
            let beyond = kept.found.first_beyond.map_or(0, |it| it.row).to_string();
            let args = [("count", &*count(number)), ("rows", &rows), ("row", &beyond)];
            said.push(format!("  {}", filled(key, &args)));
        }
    }
    said.push(format!("  {}", funnel.line(lang)?));
    let roles: BTreeSet<_> =
        kept.tables.iter().flat_map(|it| &it.columns.0).filter_map(|it| it.role).collect();
    if !roles.iter().any(|it| it.is_answer()) {
        said.push(format!("  {}", word("clues-no-answers")));
    }
    Ok(said.join("\n") + "\n")
}

/// A column with its header and what it was taken for.
fn meaning(column: &Column) -> String {
    let role = column.role.map_or("?", |it| it.id());
    format!("{}:{}={role}", column_name(column.column), visible(&column.header))
}
