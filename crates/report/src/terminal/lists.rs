//! The tables of the terminal report.

use minehound_assess::Case;
use minehound_assess::case::Assessed;
use minehound_model::{Element, Evidence, Provenance, SessionRow, Verdict};

use super::Page;
use super::grid::{Grid, cut, width};
use crate::ledger::Ledger;
use crate::quantity::grouped;
use crate::reader::row::{element_state, short};
use crate::reader::session::dialect;
use crate::{Counts, Reader, visible};

/// How many lines a list has before the reader is sent to another format.
const SHOWN: usize = 30;
/// Sessions that are listed.
const SESSIONS: usize = 15;
/// More inputs than this are listed without what was counted in them.
const COUNTED: usize = 3;
/// Places of the evidence that are listed.
const PLACES: usize = 24;

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
    pub(super) fn tinted(&self, line: &str, verdict: Verdict) -> String {
        let word = self.reader.verdict(verdict);
        line.replacen(&word, &self.verdict(&word, verdict), 1)
    }

    pub(super) fn columns(&self, names: &[&str]) -> Vec<String> {
        let column = |it: &&str| match it.strip_prefix('>') {
            Some(name) => format!(">{}", self.reader.say(&format!("column.{name}"))),
            None => self.reader.say(&format!("column.{it}")),
        };
        names.iter().map(column).collect()
    }

    pub(super) fn rest(&mut self, shown: usize, total: usize) {
        if total > shown {
            let (n, m) = (shown.to_string(), grouped(total as u64));
            let line = self.reader.fill("unit.rows", &[("n", &n), ("m", &m)]);
            self.line(&line);
        }
    }
}

pub(super) fn entities(page: &mut Page<'_>, case: &Case, counts: &Counts) {
    let reader = page.reader;
    page.heading(&reader.say("heading.entities"));
    page.paragraph("", &reader.entity_counts(counts));
    if case.entities.is_empty() {
        return;
    }
    for it in case.entities.iter().take(SHOWN) {
        entity(page, case, it);
    }
    page.rest(SHOWN, case.entities.len());
}

fn entity(page: &mut Page<'_>, case: &Case, it: &Assessed) {
    let reader = page.reader;
    let [low, value, high] = [it.probability.low, it.probability.value, it.probability.high]
        .map(|it| reader.percent(it));
    let interval = [("value", &*value), ("low", &*low), ("high", &*high)];
    let likely = reader.fill("say.interval", &interval);
    let verdict = reader.verdict(it.verdict);
    let parts = [
        format!("[ {verdict} ] {}", reader.entity(&it.id)),
        if Reader::is_unseen(it) {
            reader.say("likelihood.not-given")
        } else {
            format!("{} {likely}", reader.say("column.probability"))
        },
    ];
    for line in cut(&parts.join("  "), page.width, usize::MAX) {
        let line = page.tinted(&line, it.verdict);
        page.line(&line);
    }
    for text in reasons(case, it, reader) {
        page.brief("    ", &text, 2);
    }
}

fn reasons(case: &Case, it: &Assessed, reader: &Reader<'_>) -> Vec<String> {
    let [reasons, counter, _] = Reader::sorted(it);
    let mut lines: Vec<_> = reasons.iter().take(2).map(|it| reader.brief_weighed(it.1)).collect();
    lines.extend(counter.iter().take(2).map(|it| {
        let text = reader.brief_weighed(it.1);
        format!("{}{}{text}", reader.say("heading.counter-reasons"), reader.colon())
    }));
    let elements = it.elements.iter().map(|(element, state)| {
        let element: &Element = element;
        format!(
            "{} {}",
            reader.named("element", &element.to_string()),
            reader.named("element-state", element_state(*state)),
        )
    });
    let numbers_of: Vec<_> = it.findings.iter().flat_map(|it| it.evidence.clone()).collect();
    let cited = format!("{} {}", reader.say("column.evidence"), numbers(&numbers_of));
    let cited = Some(cited).filter(|_| !numbers_of.is_empty());
    lines.push(reader.list(elements.chain(cited)));
    if matches!(it.verdict, Verdict::Confirmed | Verdict::Suspected | Verdict::Clue) {
        lines.push(reader.profile(case, it));
    }
    if !it.missing.is_empty() {
        lines.push(reader.fill("outcome.missing", &[("kinds", &reader.facts(&it.missing))]));
    }
    lines
}

pub(super) fn sessions(page: &mut Page<'_>, case: &Case, ledger: &Ledger<'_>) {
    if case.sessions.is_empty() {
        return;
    }
    let reader = page.reader;
    page.heading(&reader.say("heading.sessions"));
    let columns = ["client", "server", "dialect", "grade", "shares", "hashrate", "evidence"];
    let mut grid = Grid::new(page.columns(&columns));
    for it in case.sessions.iter().take(SESSIONS) {
        let server = reader.server_name(it).map(|name| format!("{name}\n"));
        let coin = it.coin.as_ref().map(|coin| format!("\n{}", reader.coin(coin)));
        let shares = it.shares;
        let labels = reader.labels(it).into_iter().map(|it| short(&it).to_owned());
        let labels = reader.list(labels);
        let labels = if labels.is_empty() { labels } else { format!("\n[{labels}]") };
        grid.row([
            it.client.to_string(),
            format!("{}{}", server.unwrap_or_default(), it.server),
            format!("{}{}", dialect(it), coin.unwrap_or_default()),
            format!("{}{labels}", reader.grade(it.grade)),
            format!("{}/{}/{}", shares.submitted, shares.accepted, shares.rejected),
            amount(reader, it),
            numbers(&ledger.numbers(&it.evidence)),
        ]);
    }
    page.grid(&grid, &[]);
    page.rest(SESSIONS, case.sessions.len());
}

/// The hashrate, and the power it takes; the rate of shares where no more is known.
fn amount(reader: &Reader<'_>, it: &SessionRow) -> String {
    let rate = it.hashrate.as_ref().or(it.share_rate.as_ref());
    let rate = rate.map_or_else(|| "—".to_owned(), |it| reader.hashrate(it));
    let power = it.power_w.as_ref().map(|it| format!("\n{}", reader.power(it)));
    rate + &power.unwrap_or_default()
}

pub(super) fn nodes(page: &mut Page<'_>, case: &Case, ledger: &Ledger<'_>) {
    if case.nodes.is_empty() {
        return;
    }
    let reader = page.reader;
    page.heading(&reader.say("heading.nodes"));
    let mut grid =
        Grid::new(page.columns(&["node-client", "node-server", "network", ">frames", "evidence"]));
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
    page.rest(SHOWN, case.nodes.len());
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
        page.rest(SHOWN, case.devices.len());
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
        page.rest(SHOWN, case.programs.len());
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
        page.paragraph("  - ", &reader.gap(gap));
    }
    for it in reader.detection_limits(&case.coverage.detection_limits) {
        page.paragraph(
            "  - ",
            &format!("{}{}{it}", reader.say("heading.detection-limit"), reader.colon()),
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
            reader.fill("unit.record-count", &[("n", &grouped(it.records))]),
            reader.fill("unit.bytes", &[("n", &grouped(it.bytes))]),
        ];
        let lead = format!("{:>3}  ", u64::from(it.id.0) + 1);
        page.paragraph(&lead, &format!("{}  {}", visible(&it.path), reader.list(facts)));
        let digest = if it.sha256.is_empty() { "—" } else { &it.sha256 };
        page.paragraph("     ", &format!("sha256 {digest}"));
        if let Some(why) = reader.not_read(it) {
            page.paragraph("     ", &why);
        }
        let mut remarks = reader.skips(it);
        if case.inputs.len() <= COUNTED {
            remarks.extend(reader.counted(it));
        }
        if !remarks.is_empty() {
            page.paragraph("     ", &reader.list(remarks));
        }
    }
}

pub(super) fn evidence(page: &mut Page<'_>, ledger: &Ledger<'_>) {
    if ledger.places().is_empty() {
        return;
    }
    let reader = page.reader;
    page.heading(&reader.say("heading.evidence"));
    let place = |(place, it): (usize, &&Provenance)| {
        let input = u64::from(it.artefact.0) + 1;
        format!("E{} #{input} {}", place + 1, reader.place(it, ledger))
    };
    let places: Vec<_> = ledger.places().iter().take(PLACES).enumerate().map(place).collect();
    // Short places stand side by side.
    let widest = places.iter().map(|it| width(it)).max().unwrap_or_default() + 2;
    let beside = (page.width.saturating_sub(2) / widest).max(1);
    for row in places.chunks(beside) {
        let pad = |it: &String| format!("{it}{}", " ".repeat(widest.saturating_sub(width(it))));
        page.paragraph("  ", row.iter().map(pad).collect::<String>().trim_end());
    }
    page.rest(PLACES, ledger.places().len());
}

/// The first few evidence numbers, and how many more.
pub(super) fn numbers(numbers: &[usize]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let shown: Vec<_> = sorted.iter().take(3).map(|it| format!("E{it}")).collect();
    match sorted.len().saturating_sub(3) {
        0 => shown.join(" "),
        more => format!("{} +{more}", shown.join(" ")),
    }
}
