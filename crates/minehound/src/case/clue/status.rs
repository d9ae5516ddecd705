//! `minehound clue status`: how far each list is, what is due, and who was named before.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use minehound_model::{Behaviour, Standing, Who};
use minehound_report::{ClueWords, JudgedClue, Lang, Page, Part, ProofFormat};
use minehound_store::Case;
use serde_json::{Value, json};

use super::sheets::put;
use super::stored::{WholeList, device, lists};
use crate::args::ClueStatus;
use crate::case::answering::open;
use crate::case::{attribute, list};
use crate::locale::filled;
use crate::zone;

/// Those who were named in at least so many lists are told of.
const REPEATED: usize = 2;

/// How many clues of a list got how far.
#[derive(Debug, Default)]
pub(super) struct Funnel {
    clues: usize,
    pub(super) duplicates: usize,
    standings: BTreeMap<Option<Standing>, usize>,
    found: BTreeMap<Behaviour, usize>,
    disputed: usize,
}

impl Funnel {
    pub(super) fn of(whole: &WholeList) -> Self {
        let mut funnel = Self { clues: whole.clues.len(), ..Self::default() };
        for it in &whole.clues {
            if it.same_as.is_some() {
                funnel.duplicates += 1;
                continue;
            }
            *funnel.standings.entry(it.standing()).or_default() += 1;
            if let Some(found) = it.graded.found {
                *funnel.found.entry(found).or_default() += 1;
            }
            funnel.disputed += usize::from(it.is_disputed());
        }
        funnel
    }

    /// The columns of the funnel by their message, in order.
    fn columns(&self) -> [(&'static str, usize); 12] {
        let standing = |it| self.standings.get(&it).copied().unwrap_or_default();
        let found = |it| self.found.get(&it).copied().unwrap_or_default();
        [
            ("clues", self.clues),
            ("duplicates", self.duplicates),
            ("one", standing(Some(Standing::One))),
            ("several", standing(Some(Standing::Several))),
            ("behind", standing(Some(Standing::Behind))),
            ("unknown", standing(Some(Standing::Unknown))),
            ("no-moment", standing(None)),
            ("queried", found(Behaviour::Queried)),
            ("connected", found(Behaviour::Connected)),
            ("logged-in", found(Behaviour::LoggedIn)),
            ("shares", found(Behaviour::Shares)),
            ("disputed", self.disputed),
        ]
    }

    pub(super) fn json(&self) -> Value {
        let told = self.columns().map(|(name, count)| (name.replace('-', "_"), json!(count)));
        Value::Object(told.into_iter().collect())
    }

    pub(super) fn line(&self, lang: Lang) -> anyhow::Result<String> {
        let words = ClueWords::new(lang, TimeZone::UTC)?;
        let shown = self.columns().into_iter().filter(|it| it.1 > 0);
        let told = |(name, count)| format!("{} {count}", words.say(&format!("column-{name}")));
        Ok(shown.map(told).collect::<Vec<_>>().join("  "))
    }
}

pub(super) fn run(args: &ClueStatus, lang: Lang) -> anyhow::Result<ExitCode> {
    let tz = zone::or_system(args.written.tz.as_deref())?;
    let today = match args.today.as_deref() {
        Some(day) => list::day(day)?,
        None => tz.to_datetime(Timestamp::now()).date(),
    };
    let format = attribute::format(args.written.format, args.written.out.as_deref())?;
    let case = open(&args.case)?;
    let lists = lists(&case, None)?;
    let repeats = repeats(&lists);
    if format == ProofFormat::Json {
        return put(&as_json(&case, &lists, &repeats, &tz, today)?, args.written.out.as_deref());
    }
    let words = ClueWords::new(lang, tz.clone())?;
    let mut page = Page { title: words.say("status-title"), parts: Vec::new() };
    page.parts.push(Part::Heading(words.say("status-lists")));
    let mut heads = vec!["list", "sender", "file"];
    heads.extend(Funnel::default().columns().map(|it| it.0));
    heads.extend(["answered", "due"]);
    let heads = heads.iter().map(|it| words.say(&format!("column-{it}"))).collect();
    let mut rows = Vec::new();
    for it in &lists {
        let mut row = vec![it.list.id.to_string(), it.list.sender.clone(), it.list.name.clone()];
        row.extend(Funnel::of(it).columns().map(|it| it.1.to_string()));
        let cells = case.written(it.list.id)?;
        let rows_answered: BTreeSet<_> = cells.keys().map(|(sheet, row, _)| (sheet, row)).collect();
        row.push(rows_answered.len().to_string());
        row.push(due(it, &tz).map(|day| due_text(&words, day, today)).unwrap_or_default());
        rows.push(row);
    }
    page.parts.push(Part::Table(heads, rows));
    if !repeats.is_empty() {
        page.parts.push(Part::Heading(words.say("status-repeats")));
        let heads = ["kind", "who", "times"].map(|it| words.say(&format!("column-{it}")));
        let rows = repeats.iter().map(|(kind, who, lists)| {
            vec![words.say(&format!("kind-{kind}")), who.clone(), lists.to_string()]
        });
        page.parts.push(Part::Table(heads.to_vec(), rows.collect()));
    }
    super::sheets::write(&page, format, lang, args.written.out.as_deref())
}

/// The first day that something of a list is due.
fn due(whole: &WholeList, tz: &TimeZone) -> Option<Date> {
    let first = whole.clues.iter().filter_map(|it| it.clue.due_ms).min().or(whole.kept.due_ms)?;
    Some(tz.to_datetime(Timestamp::from_millisecond(first).ok()?).date())
}

fn due_text(words: &ClueWords, day: Date, today: Date) -> String {
    let days = today.until(day).map_or(0, |it| it.get_days());
    let message = match days {
        ..0 => "due-over",
        0 => "due-today",
        _ => "due-soon",
    };
    let args = [("day", Some(day.to_string())), ("days", Some(days.abs().to_string()))];
    words.filled(message, &args)
}

/// Machines, accounts and units that several lists name, with how many.
fn repeats(lists: &[WholeList]) -> Vec<(&'static str, String, usize)> {
    let mut named: BTreeMap<(&'static str, String), BTreeSet<i64>> = BTreeMap::new();
    for it in lists.iter().flat_map(|it| &it.clues) {
        for (kind, who) in whom(it) {
            named.entry((kind, who)).or_default().insert(it.list);
        }
    }
    let told = named.into_iter().map(|((kind, who), lists)| (kind, who, lists.len()));
    let mut told: Vec<_> = told.filter(|it| it.2 >= REPEATED).collect();
    told.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, &a.1).cmp(&(b.0, &b.1))));
    told
}

fn whom(judged: &JudgedClue) -> Vec<(&'static str, String)> {
    let mut whom = Vec::new();
    if let Some(Who::Machine(mac)) = device(&judged.answer) {
        whom.push(("device", mac.to_string()));
        let accounts = judged.answer.candidates.first().map(|it| &it.accounts);
        // An account counts only where nobody else was on line from the machine.
        if let Some((account, share)) = accounts.and_then(|it| it.first())
            && *share > 0.98
        {
            whom.push(("account", account.clone()));
        }
    }
    whom.extend(judged.clue.unit.clone().map(|it| ("unit", it)));
    whom
}

fn as_json(
    case: &Case,
    lists: &[WholeList],
    repeats: &[(&'static str, String, usize)],
    tz: &TimeZone,
    today: Date,
) -> anyhow::Result<Value> {
    let mut told = Vec::new();
    for it in lists {
        let due = due(it, tz);
        told.push(json!({
            "list": it.list.id,
            "sender": it.list.sender,
            "file": it.list.name,
            "sha256": it.list.sha256,
            "funnel": Funnel::of(it).json(),
            "cells_answered": case.written(it.list.id)?.len(),
            "due": due.map(|it| it.to_string()),
            "overdue": due.is_some_and(|it| it < today),
        }));
    }
    let repeats = repeats
        .iter()
        .map(|(kind, who, lists)| json!({ "kind": kind, "who": who, "lists": lists }));
    Ok(json!({
        "schema": "minehound.clue-status/1",
        "lists": told,
        "repeats": repeats.collect::<Vec<_>>(),
    }))
}

/// That cells of a list were answered.
pub(super) fn answered(out: &str, written: u64, kept: usize, missing: usize) -> String {
    let [written, kept, missing] = [written.to_string(), kept.to_string(), missing.to_string()];
    let args = [("path", out), ("written", &*written), ("kept", &kept), ("missing", &missing)];
    filled("feedback-written", &args)
}
