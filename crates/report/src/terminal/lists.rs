//! The tables of the terminal report.

use minehound_assess::Case;
use minehound_assess::case::{Assessed, TableRow};
use minehound_model::{Element, Evidence, Verdict};

use super::Page;
use super::grid::{Grid, wrap};
use crate::ledger::Ledger;
use crate::quantity::grouped;
use crate::reader::row::{element_state, row_coverage};
use crate::reader::session::dialect;
use crate::{Counts, Reader, visible};

/// How many lines a list has before the reader is sent to another format.
const SHOWN: usize = 30;
/// Statements shown behind one row of the inspection table.
const STATEMENTS: usize = 3;

impl Page<'_> {
    /// A table whose column `coloured` holds verdicts, in the order of `verdicts`.
    fn grid(&mut self, grid: &Grid, verdicts: &[Verdict]) {
        let rows = grid.lines(self.width);
        for (place, lines) in rows.iter().enumerate() {
            let verdict = place.checked_sub(1).and_then(|it| verdicts.get(it)).copied();
            for line in lines {
                let line = match verdict {
                    None if place == 0 => self.paint(line, "1"),
                    None => line.clone(),
                    Some(verdict) => self.tinted(line, verdict),
                };
                self.line(&line);
            }
        }
    }

    /// The line with its verdict in colour.
    fn tinted(&self, line: &str, verdict: Verdict) -> String {
        let word = self.reader.verdict(verdict);
        line.replacen(&word, &self.verdict(&word, verdict), 1)
    }

    fn columns(&self, names: &[&str]) -> Vec<String> {
        let column = |it: &&str| match it.strip_prefix('>') {
            Some(name) => format!(">{}", self.reader.say(&format!("column.{name}"))),
            None => self.reader.say(&format!("column.{it}")),
        };
        names.iter().map(column).collect()
    }

    fn rest(&mut self, total: usize) {
        if total > SHOWN {
            let (n, m) = (SHOWN.to_string(), grouped(total as u64));
            let line = self.reader.fill("unit.rows", &[("n", &n), ("m", &m)]);
            self.line(&line);
        }
    }
}

pub(super) fn table(page: &mut Page<'_>, case: &Case) {
    let reader = page.reader;
    page.heading(&reader.say("heading.table"));
    let columns = ["item", "title", "verdict", "coverage", "finding", "evidence"];
    let mut grid = Grid::new(page.columns(&columns));
    for row in &case.table {
        grid.row([
            visible(&row.item),
            reader.title(row),
            reader.verdict(row.verdict),
            reader.named("coverage", row_coverage(row.coverage)),
            said(reader, case, row).join("\n"),
            numbers(&row.evidence),
        ]);
    }
    let mut lines = grid.lines(page.width).into_iter();
    lines.next().iter().flatten().for_each(|it| {
        let head = page.paint(it, "1");
        page.line(&head);
    });
    let mut dimension = None;
    for (row, lines) in case.table.iter().zip(lines) {
        if dimension.replace(row.dimension) != Some(row.dimension) {
            let name = format!("· {} ·", reader.say(&format!("dimension.{}", row.dimension)));
            let name = page.paint(&name, "1");
            page.line(&name);
        }
        for it in lines {
            let line = page.tinted(&it, row.verdict);
            page.line(&line);
        }
    }
}

/// What was found behind a row, why it came out so, and what people wrote.
fn said(reader: &Reader<'_>, case: &Case, row: &TableRow) -> Vec<String> {
    let mut said = reader.row_statements(case, row);
    let more = said.len().saturating_sub(STATEMENTS);
    said.truncate(STATEMENTS);
    if more > 0 {
        said.push(format!("… (+{more})"));
    }
    said.push(reader.reason(row));
    if let Some(manual) = case.manual.get(&row.item) {
        said.extend(
            crate::manual::filled(manual).map(|(field, text)| {
                format!("{}: {}", reader.named("manual", field), visible(text))
            }),
        );
    }
    said
}

pub(super) fn entities(page: &mut Page<'_>, case: &Case, counts: &Counts) {
    let reader = page.reader;
    page.heading(&reader.say("heading.entities"));
    page.paragraph("", &reader.entity_counts(counts));
    if case.entities.is_empty() {
        return;
    }
    let columns = ["entity", "verdict", "probability", "reasons", "evidence"];
    let mut grid = Grid::new(page.columns(&columns));
    for it in case.entities.iter().take(SHOWN) {
        let [low, value, high] = [it.probability.low, it.probability.value, it.probability.high]
            .map(|it| reader.percent(it));
        let numbers_of: Vec<_> = it.findings.iter().flat_map(|it| it.evidence.clone()).collect();
        let interval = [("value", &*value), ("low", &*low), ("high", &*high)];
        grid.row([
            reader.entity(&it.id),
            reader.verdict(it.verdict),
            reader.fill("say.interval", &interval),
            reasons(it, reader),
            numbers(&numbers_of),
        ]);
    }
    page.grid(&grid, &case.entities.iter().map(|it| it.verdict).collect::<Vec<_>>());
    page.rest(case.entities.len());
}

fn reasons(it: &Assessed, reader: &Reader<'_>) -> String {
    let [reasons, counter, _] = Reader::sorted(it);
    let mut lines: Vec<_> = reasons.iter().take(3).map(|it| reader.weighed(it.1)).collect();
    lines.extend(
        counter.iter().take(2).map(|it| {
            format!("{}: {}", reader.say("heading.counter-reasons"), reader.weighed(it.1))
        }),
    );
    let elements = it.elements.iter().map(|(element, state)| {
        let element: &Element = element;
        format!(
            "{} {}",
            reader.named("element", &element.to_string()),
            reader.named("element-state", element_state(*state)),
        )
    });
    lines.push(reader.list(elements));
    if !it.missing.is_empty() {
        lines.push(reader.fill("outcome.missing", &[("kinds", &reader.facts(&it.missing))]));
    }
    lines.join("\n")
}

pub(super) fn sessions(page: &mut Page<'_>, case: &Case, ledger: &Ledger<'_>) {
    if case.sessions.is_empty() {
        return;
    }
    let reader = page.reader;
    page.heading(&reader.say("heading.sessions"));
    let columns = ["client", "server", "dialect", "grade", "shares", "hashrate", "evidence"];
    let mut grid = Grid::new(page.columns(&columns));
    for it in case.sessions.iter().take(SHOWN) {
        let server = reader.server_name(it).map(|name| format!("{name}\n"));
        let coin = it.coin.as_ref().map(|coin| format!("\n{}", reader.coin(coin)));
        let shares = it.shares;
        let labels = reader.list(reader.labels(it));
        let labels = if labels.is_empty() { labels } else { format!("\n[{labels}]") };
        grid.row([
            it.client.to_string(),
            format!("{}{}", server.unwrap_or_default(), it.server),
            format!("{}{}", dialect(it), coin.unwrap_or_default()),
            format!("{}{labels}", reader.grade(it.grade)),
            format!("{}/{}/{}", shares.submitted, shares.accepted, shares.rejected),
            it.hashrate.as_ref().map_or_else(|| "—".to_owned(), |it| reader.hashrate(it)),
            numbers(&ledger.numbers(&it.evidence)),
        ]);
    }
    page.grid(&grid, &[]);
    page.rest(case.sessions.len());
}

pub(super) fn nodes(page: &mut Page<'_>, case: &Case, ledger: &Ledger<'_>) {
    if case.nodes.is_empty() {
        return;
    }
    let reader = page.reader;
    page.heading(&reader.say("heading.nodes"));
    let mut grid = Grid::new(page.columns(&["client", "server", "network", ">frames", "evidence"]));
    for it in case.nodes.iter().take(SHOWN) {
        grid.row([
            it.client.to_string(),
            it.server.to_string(),
            reader.network(&it.network),
            grouped(it.frames),
            numbers(&ledger.numbers(&it.evidence)),
        ]);
    }
    page.grid(&grid, &[]);
    page.rest(case.nodes.len());
}

pub(super) fn devices_and_programs(page: &mut Page<'_>, case: &Case, ledger: &Ledger<'_>) {
    let reader = page.reader;
    let cited = |it: &Evidence| numbers(&ledger.numbers(it));
    if !case.devices.is_empty() {
        page.heading(&reader.say("heading.devices"));
        let columns = ["entity", "address", "name", "known-as", "evidence"];
        let mut grid = Grid::new(page.columns(&columns));
        for it in case.devices.iter().take(SHOWN) {
            let known = reader.named("device", &it.known_as);
            let (address, name) = (visible(&it.address), visible(&it.name));
            grid.row([reader.entity(&it.about), address, name, known, cited(&it.evidence)]);
        }
        page.grid(&grid, &[]);
        page.rest(case.devices.len());
    }
    if !case.programs.is_empty() {
        page.heading(&reader.say("heading.programs"));
        let columns = ["entity", ">pid", "name", "exe", ">cpu", "why", "evidence"];
        let mut grid = Grid::new(page.columns(&columns));
        for it in case.programs.iter().take(SHOWN) {
            grid.row([
                reader.entity(&it.about),
                it.pid.to_string(),
                visible(&it.name),
                it.exe.as_deref().map(visible).unwrap_or_default(),
                it.cpu_percent.map(crate::quantity::plain).unwrap_or_default(),
                reader.list(it.why.iter().map(|it| reader.named("why", it))),
                cited(&it.evidence),
            ]);
        }
        page.grid(&grid, &[]);
        page.rest(case.programs.len());
    }
}

pub(super) fn coverage(page: &mut Page<'_>, case: &Case, counts: &Counts) {
    let reader = page.reader;
    page.heading(&reader.say("heading.coverage"));
    let columns = ["dimension", ">items", ">examined", ">partly", "verdict"];
    let mut grid = Grid::new(page.columns(&columns));
    let mut verdicts = Vec::new();
    for (dimension, [items, examined, partly, _]) in &counts.dimensions {
        let of = case.coverage.dimensions.iter().find(|it| it.dimension == *dimension);
        let verdict = of.map_or(Verdict::NotAssessed, |it| it.verdict);
        verdicts.push(verdict);
        grid.row([
            reader.say(&format!("dimension.{dimension}")),
            items.to_string(),
            examined.to_string(),
            partly.to_string(),
            reader.verdict(verdict),
        ]);
    }
    page.grid(&grid, &verdicts);
    for gap in case.coverage.examined.gaps() {
        page.paragraph("  - ", &reader.named("gap", gap));
    }
    let limits: Vec<_> =
        case.coverage.detection_limits.iter().map(|it| reader.detection_limit(it)).collect();
    if !limits.is_empty() {
        page.paragraph(
            "",
            &format!("{}: {}", reader.say("heading.detection-limit"), reader.list(limits)),
        );
    }
}

pub(super) fn inputs(page: &mut Page<'_>, case: &Case, counts: &Counts) {
    let reader = page.reader;
    page.heading(&reader.say("heading.inputs"));
    page.paragraph("", &reader.input_counts(counts));
    for it in &case.inputs {
        let facts = [
            reader.input_kind(it),
            format!("{} {}", grouped(it.records), reader.say("column.records")),
            reader.fill("unit.bytes", &[("n", &grouped(it.bytes))]),
        ];
        let lead = format!("{:>3}  ", u64::from(it.id.0) + 1);
        page.paragraph(&lead, &format!("{}  {}", visible(&it.path), reader.list(facts)));
        let digest = if it.sha256.is_empty() { "—" } else { &it.sha256 };
        page.line(&format!("     sha256 {digest}"));
        reader.remarks(it).iter().for_each(|it| page.paragraph("     ", it));
    }
}

pub(super) fn evidence(page: &mut Page<'_>, ledger: &Ledger<'_>) {
    if ledger.places().is_empty() {
        return;
    }
    let reader = page.reader;
    page.heading(&reader.say("heading.evidence"));
    for (place, it) in ledger.places().iter().take(SHOWN).enumerate() {
        let text = format!("#{} {}", u64::from(it.artefact.0) + 1, reader.place(it, ledger));
        let lead = format!("{:>5}  ", format!("E{}", place + 1));
        for (at, line) in wrap(&text, page.width.saturating_sub(7)).iter().enumerate() {
            let lead = if at == 0 { lead.as_str() } else { "       " };
            page.line(&format!("{lead}{line}"));
        }
    }
    page.rest(ledger.places().len());
}

/// The first few evidence numbers, and how many more.
fn numbers(numbers: &[usize]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let shown: Vec<_> = sorted.iter().take(3).map(|it| format!("E{it}")).collect();
    match sorted.len().saturating_sub(3) {
        0 => shown.join(" "),
        more => format!("{} +{more}", shown.join(" ")),
    }
}
