//! `minehound clue dispute` and `minehound clue next`: sheets to send up, and to hand to a colleague.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;

use minehound_model::{LogKind, Missing, Objection, Span, Standing, Who};
use minehound_report::{ClueWords, JudgedClue, Lang, Page, Part, ProofFormat};
use serde_json::{Value, json};

use super::stored::{WholeList, lists};
use crate::args::ClueSheet;
use crate::case::answering::open;
use crate::case::attribute;
use crate::output;
use crate::zone;

/// Missing logs of one device that lie this close are fetched together.
const TOGETHER_MS: i64 = 3_600_000;
/// Lines of a sheet.
const MAX_ROWS: usize = 5_000;

struct Sheet {
    words: ClueWords,
    lists: Vec<WholeList>,
    format: ProofFormat,
}

impl Sheet {
    fn of(args: &ClueSheet, lang: Lang) -> anyhow::Result<Self> {
        let tz = zone::or_system(args.written.tz.as_deref())?;
        let format = attribute::format(args.written.format, args.written.out.as_deref())?;
        let case = open(&args.case)?;
        let lists = lists(&case, args.list)?;
        Ok(Self { words: ClueWords::new(lang, tz)?, lists, format })
    }

    /// Every clue that no earlier row says as well.
    fn clues(&self) -> impl Iterator<Item = &JudgedClue> {
        self.lists.iter().flat_map(|it| &it.clues).filter(|it| it.same_as.is_none())
    }

    fn heads(&self, columns: &[&str]) -> Vec<String> {
        columns.iter().map(|it| self.words.say(&format!("column-{it}"))).collect()
    }
}

/// What speaks against clues.
pub(super) fn dispute(args: &ClueSheet, lang: Lang) -> anyhow::Result<ExitCode> {
    let sheet = Sheet::of(args, lang)?;
    let words = &sheet.words;
    let disputed: Vec<_> = sheet.clues().filter(|it| it.is_disputed()).collect();
    if sheet.format == ProofFormat::Json {
        let rows = disputed.iter().map(|it| {
            json!({
                "list": it.list,
                "row": it.clue.at,
                "number": it.clue.number,
                "address": it.clue.address,
                "port": it.clue.port,
                "objections": it.graded.objections,
                "spoke_to": it.other_far,
                "found": it.graded.found,
                "because": it.graded.because,
            })
        });
        let whole = json!({ "schema": "minehound.dispute/1", "clues": rows.collect::<Vec<_>>() });
        return put(&whole, args.written.out.as_deref());
    }
    let mut page = Page { title: words.say("dispute-title"), parts: Vec::new() };
    if disputed.is_empty() {
        page.parts.push(Part::Text(words.say("dispute-none")));
        return write(&page, sheet.format, lang, args.written.out.as_deref());
    }
    page.parts.push(Part::Text(words.say("dispute-intro")));
    let heads = sheet.heads(&["list", "row", "number", "end", "when", "claim", "found", "why"]);
    let rows = disputed.iter().take(MAX_ROWS).map(|it| {
        let clue = &it.clue;
        let objections = it.graded.objections.iter().map(|it| words.say(it.id()));
        let why: Vec<_> = words.other_far(it).into_iter().chain(objections).collect();
        let claim = clue.claimed.map(|it| words.say(&format!("claim-{}", it.id())));
        vec![
            it.list.to_string(),
            clue.at.row.to_string(),
            clue.number.clone().unwrap_or_default(),
            end(clue.address, clue.port),
            clue.seen.map(|it| words.moment(it.from_ms)).unwrap_or_default(),
            claim.unwrap_or_default(),
            words.grade(&it.graded),
            why.join(" "),
        ]
    });
    page.parts.push(Part::Table(heads, rows.collect()));
    write(&page, sheet.format, lang, args.written.out.as_deref())
}

fn end(address: IpAddr, port: Option<u16>) -> String {
    port.map_or_else(
        || address.to_string(),
        |it| std::net::SocketAddr::new(address, it).to_string(),
    )
}

/// A log that is missing, for how many clues and with how much hanging on it.
struct Wanted {
    missing: Missing,
    clues: usize,
}

/// What would settle open clues.
pub(super) fn next(args: &ClueSheet, lang: Lang) -> anyhow::Result<ExitCode> {
    let sheet = Sheet::of(args, lang)?;
    let words = &sheet.words;
    let wanted = wanted(&sheet);
    let machines = machines(&sheet);
    let resolvers = sheet.clues().filter(|it| it.graded.objections.contains(&Objection::Resolver));
    let resolvers = resolvers.count();
    let without_moment = sheet.clues().filter(|it| it.clue.seen.is_none()).count();
    let without_port = sheet.clues().filter(|it| {
        it.clue.port.is_none()
            && matches!(it.standing(), Some(Standing::Several | Standing::Behind))
    });
    let without_port = without_port.count();
    if sheet.format == ProofFormat::Json {
        let logs = wanted.iter().map(|it| {
            json!({
                "kind": it.missing.kind,
                "of": it.missing.of,
                "device": it.missing.device,
                "span": it.missing.span,
                "clues": it.clues,
                "weight": it.missing.probability,
            })
        });
        let machines = machines.iter().map(|(who, clues)| json!({ "who": who, "clues": clues }));
        let whole = json!({
            "schema": "minehound.next/1",
            "logs": logs.collect::<Vec<_>>(),
            "machines": machines.collect::<Vec<_>>(),
            "without_moment": without_moment,
            "without_port": without_port,
            "resolvers": resolvers,
        });
        return put(&whole, args.written.out.as_deref());
    }
    let mut page = Page { title: words.say("next-title"), parts: Vec::new() };
    let open = !wanted.is_empty() || !machines.is_empty();
    if !open && without_moment + without_port + resolvers == 0 {
        page.parts.push(Part::Text(words.say("next-none")));
        return write(&page, sheet.format, lang, args.written.out.as_deref());
    }
    page.parts.push(Part::Text(words.say("next-intro")));
    if !wanted.is_empty() {
        page.parts.push(Part::Heading(words.say("next-logs")));
        let heads = vec![words.say("next-log"), words.say("next-clues")];
        let rows = wanted.iter().take(MAX_ROWS);
        let rows = rows.map(|it| vec![words.missing(&it.missing), it.clues.to_string()]);
        page.parts.push(Part::Table(heads, rows.collect()));
    }
    if !machines.is_empty() {
        page.parts.push(Part::Heading(words.say("next-machines")));
        page.parts.push(Part::Text(words.say("next-inspect")));
        let heads = vec![words.say("column-who"), words.say("next-clues")];
        let rows = machines.iter().take(MAX_ROWS);
        let rows = rows.map(|(who, clues)| vec![who.clone(), clues.to_string()]);
        page.parts.push(Part::Table(heads, rows.collect()));
    }
    let asked = [("next-no-moment", without_moment), ("next-no-port", without_port)];
    let asked: Vec<_> = asked.into_iter().filter(|it| it.1 > 0).collect();
    if !asked.is_empty() {
        page.parts.push(Part::Heading(words.say("next-lists")));
        for (message, count) in asked {
            page.parts
                .push(Part::Text(words.filled(message, &[("count", Some(count.to_string()))])));
        }
    }
    if resolvers > 0 {
        page.parts.push(Part::Text(words.say("next-resolver")));
    }
    write(&page, sheet.format, lang, args.written.out.as_deref())
}

/// The logs that are missing, those of one device and about one time together, what most hangs on first.
fn wanted(sheet: &Sheet) -> Vec<Wanted> {
    let mut wanted: BTreeMap<(LogKind, Option<String>, IpAddr, i64), Wanted> = BTreeMap::new();
    for clue in sheet.clues().filter(|it| it.standing().is_some_and(|it| it != Standing::One)) {
        for it in &clue.answer.missing {
            // A translator's log holds the lines of all its addresses.
            let key = (it.kind, it.device.clone(), it.of, it.span.from_ms.div_euclid(TOGETHER_MS));
            let known = wanted.entry(key).or_insert_with(|| Wanted {
                missing: Missing { probability: 0.0, ..it.clone() },
                clues: 0,
            });
            known.clues += 1;
            known.missing.span = Span::hull(known.missing.span, it.span);
            known.missing.probability += it.probability;
        }
    }
    let mut wanted: Vec<_> = wanted.into_values().collect();
    wanted.sort_by(|a, b| b.missing.probability.total_cmp(&a.missing.probability));
    for it in &mut wanted {
        // What hangs on it, of each of its clues on average.
        #[expect(clippy::cast_precision_loss, reason = "thousands of clues")]
        let clues = it.clues as f64;
        it.missing.probability = (it.missing.probability / clues).min(1.0);
    }
    wanted
}

/// The machines that a look at would settle, those that most clues lead to first.
fn machines(sheet: &Sheet) -> Vec<(String, usize)> {
    let mut machines: BTreeMap<&Who, (usize, f64, String)> = BTreeMap::new();
    for clue in sheet.clues() {
        for (who, probability, text) in sheet.words.worth(&clue.answer) {
            let known = machines.entry(who).or_insert_with(|| (0, 0.0, String::new()));
            known.0 += 1;
            // Of each machine what the surest of its clues says.
            if probability > known.1 {
                (known.1, known.2) = (probability, text);
            }
        }
    }
    let mut machines: Vec<_> = machines.into_values().map(|it| (it.2, it.0)).collect();
    machines.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    machines
}

/// Writes a page.
pub(super) fn write(
    page: &Page,
    format: ProofFormat,
    lang: Lang,
    out: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    output::stream(out, |out| match format {
        ProofFormat::Html => page.html(lang, out),
        ProofFormat::Plain | ProofFormat::Json => page.plain(out),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Writes JSON.
pub(super) fn put(value: &Value, out: Option<&Path>) -> anyhow::Result<ExitCode> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    output::write(text.as_bytes(), out)?;
    Ok(ExitCode::SUCCESS)
}
