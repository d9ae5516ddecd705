//! The case in a few sentences: what, where, what next, and what was not looked at.

use minehound_assess::Case;
use minehound_assess::case::{Assessed, RowCoverage};
use minehound_model::Verdict;

use super::Reader;
use crate::{Counts, quantity, visible};

/// How many entities, rows or inputs a summary names before it only counts.
const NAMED: usize = 5;

/// The case in a few sentences.
pub(crate) struct Summary {
    /// The outcome in one sentence.
    pub(crate) headline: String,
    /// What the verdict means.
    pub(crate) meaning: String,
    /// What was found, and where.
    pub(crate) found: Vec<String>,
    /// What to do next.
    pub(crate) next: Vec<String>,
    /// What was not looked at.
    pub(crate) not_looked: Vec<String>,
}

/// Whether there were inputs and none of them could be read.
pub(crate) fn nothing_read(case: &Case) -> bool {
    let unread = |it: &minehound_model::Artefact| it.not_read.is_some() && it.records == 0;
    !case.inputs.is_empty() && case.inputs.iter().all(unread) && case.entities.is_empty()
}

impl Reader<'_> {
    pub(crate) fn summary(&self, case: &Case, counts: &Counts) -> Summary {
        let verdict = case.verdict;
        let with = |it| quantity::grouped(counts.entities_with(it));
        let [confirmed, suspected, clue] =
            [Verdict::Confirmed, Verdict::Suspected, Verdict::Clue].map(with);
        let excluded = with(Verdict::Excluded);
        let args = [
            ("confirmed", &*confirmed),
            ("suspected", &*suspected),
            ("clue", &*clue),
            ("excluded", &*excluded),
        ];
        let next = if nothing_read(case) {
            "say.nothing-read".to_owned()
        } else {
            format!("next.{verdict}")
        };
        Summary {
            headline: self.fill(&format!("headline.{verdict}"), &args),
            meaning: self.sentences(&[self.say(&format!("meaning.{verdict}"))]),
            found: self.found(case, counts),
            next: vec![self.say(&next)],
            not_looked: self.not_looked(case),
        }
    }

    fn found(&self, case: &Case, counts: &Counts) -> Vec<String> {
        let mut lines = vec![self.entity_counts(counts)];
        // What a person set aside is still told, with what the machine found.
        let told = |it: &&Assessed| {
            let found = |it| matches!(it, Verdict::Confirmed | Verdict::Suspected | Verdict::Clue);
            found(it.verdict) || it.verdict == Verdict::Excluded && found(it.machine_verdict)
        };
        lines.extend(case.entities.iter().filter(told).take(NAMED).map(|it| self.where_found(it)));
        let told = case.entities.iter().filter(told).count();
        if told > NAMED {
            lines.push(self.fill("say.more-entities", &[("n", &(told - NAMED).to_string())]));
        }
        lines.push(self.session_counts(counts));
        if counts.by_rhythm > 0 {
            let n = quantity::grouped(counts.by_rhythm);
            lines.push(self.fill("say.by-rhythm", &[("n", &n)]));
        }
        if counts.nodes > 0 {
            lines.push(self.fill("say.nodes", &[("nodes", &quantity::grouped(counts.nodes))]));
        }
        lines
    }

    /// How many entities came to each verdict.
    pub(crate) fn entity_counts(&self, counts: &Counts) -> String {
        let part = |&(verdict, n): &(Verdict, u64)| {
            let args = [("verdict", &*self.verdict(verdict)), ("n", &*quantity::grouped(n))];
            self.fill("say.part", &args)
        };
        let parts = self.list(counts.entities.iter().filter(|it| it.1 > 0).map(part));
        let total = quantity::grouped(counts.entities_total());
        self.fill("say.entities", &[("total", &total), ("parts", &parts)])
    }

    /// How many sessions and shares there were.
    pub(crate) fn session_counts(&self, counts: &Counts) -> String {
        if counts.sessions == 0 {
            return self.say("say.no-sessions");
        }
        let shares = counts.shares;
        let [sessions, submitted, accepted, rejected] =
            [counts.sessions, shares.submitted, shares.accepted, shares.rejected]
                .map(quantity::grouped);
        let args = [
            ("sessions", &*sessions),
            ("submitted", &*submitted),
            ("accepted", &*accepted),
            ("rejected", &*rejected),
        ];
        self.fill("say.sessions", &args)
    }

    /// How many inputs were read, and how far.
    pub(crate) fn input_counts(&self, counts: &Counts) -> String {
        let [inputs, records, skipped, not_read] =
            [counts.inputs, counts.records, counts.skipped, counts.not_read].map(quantity::grouped);
        let args = [
            ("inputs", &*inputs),
            ("records", &*records),
            ("skipped", &*skipped),
            ("not_read", &*not_read),
        ];
        self.fill("say.inputs", &args)
    }

    fn where_found(&self, it: &Assessed) -> String {
        let [reasons, ..] = Reader::sorted(it);
        let reason = reasons.first().map(|(_, it)| self.brief(&it.finding));
        let excluded = it.verdict == Verdict::Excluded;
        let message = if excluded { "say.where-excluded" } else { "say.where" };
        let args = [
            ("entity", &*self.entity(&it.id)),
            ("verdict", &*self.verdict(it.machine_verdict)),
            ("reason", &*reason.unwrap_or_else(|| self.say("say.none"))),
        ];
        self.fill(message, &args)
    }

    fn not_looked(&self, case: &Case) -> Vec<String> {
        let mut lines = Vec::new();
        let with = |coverage| {
            let rows = case.table.iter().filter(move |it| it.coverage == coverage);
            rows.map(|it| self.short_title(it)).collect::<Vec<_>>()
        };
        let silent = with(RowCoverage::NotExamined);
        if silent.is_empty() && !case.table.is_empty() {
            lines.push(self.say("say.all-examined"));
        } else {
            let (total, n) = (case.table.len().to_string(), silent.len().to_string());
            let args = [("total", &*total), ("n", &*n), ("items", &*self.few(&silent))];
            lines.push(self.fill("say.not-examined-rows", &args));
        }
        let people = with(RowCoverage::ByPeople);
        if !people.is_empty() {
            let args = [("n", &*people.len().to_string()), ("items", &*self.few(&people))];
            lines.push(self.fill("say.by-people", &args));
        }
        let unread = case.inputs.iter().filter_map(|it| Some((it, self.not_read(it)?)));
        lines.extend(unread.take(NAMED).map(|(it, why)| {
            self.fill("say.not-read", &[("path", &visible(&it.path)), ("why", &why)])
        }));
        lines
    }

    /// The first few of a list, and how many more.
    fn few(&self, names: &[String]) -> String {
        let shown = self.clauses(&names.iter().take(NAMED).cloned().collect::<Vec<_>>());
        match names.len().saturating_sub(NAMED) {
            0 => shown,
            more => format!("{shown} … (+{more})"),
        }
    }
}
