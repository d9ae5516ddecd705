//! What a row of the inspection table says.

use minehound_assess::Case;
use minehound_assess::case::{Assessed, ElementState, RowCoverage, TableRow, Weighed};
use minehound_model::{Nature, Verdict};

use super::Reader;
use crate::visible;

/// A finding behind a row, with whom it is about.
pub(crate) struct RowFinding<'c> {
    pub(crate) entity: &'c Assessed,
    /// The place of the entity among those of the case, counted from zero.
    pub(crate) position: usize,
    pub(crate) index: usize,
    pub(crate) weighed: &'c Weighed,
}

impl<'c> RowFinding<'c> {
    /// The findings behind a row.
    pub(crate) fn of(case: &'c Case, row: &TableRow) -> Vec<Self> {
        let find = |&(position, index): &(usize, usize)| {
            let entity = case.entities.get(position)?;
            Some(Self { entity, position, index, weighed: entity.findings.get(index)? })
        };
        row.findings.iter().filter_map(find).collect()
    }
}

impl Reader<'_> {
    pub(crate) fn title(&self, row: &TableRow) -> String {
        let text = self.texts.items.get(&row.item);
        text.map_or_else(|| visible(&row.item), |it| it.title.text(self.lang()).to_owned())
    }

    /// The title up to its first explanation.
    pub(crate) fn short_title(&self, row: &TableRow) -> String {
        short(&self.title(row)).to_owned()
    }

    pub(crate) fn method(&self, row: &TableRow) -> String {
        let text = self.texts.items.get(&row.item);
        text.map(|it| it.method.text(self.lang()).to_owned()).unwrap_or_default()
    }

    /// The outcome of a row in words: what is there is never called “none found”, though it
    /// accuses nobody.
    pub(crate) fn row_verdict(&self, row: &TableRow) -> String {
        if row.reason == TableRow::LISTED {
            return self.say("outcome.listed");
        }
        self.verdict(row.verdict)
    }

    /// Why the outcome of a row is what it is, and what would assess what is missing.
    pub(crate) fn reason(&self, row: &TableRow) -> String {
        let reason = format!("reason.{}", row.reason);
        // A silent row of which only a part was examined never reads like an examined one.
        let half = row.coverage == RowCoverage::Partly && row.verdict == Verdict::Clear;
        let empty = row.findings.is_empty();
        let mut sentences = vec![match () {
            () if half && empty => self.outcome(row),
            () if self.has(&reason) => self.say(&reason),
            () if self.has(&row.reason) => self.say(&row.reason),
            () => self.outcome(row),
        }];
        if matches!(row.verdict, Verdict::Inconclusive | Verdict::Clear) {
            sentences.extend(row.blinded_by.iter().map(|it| self.blinded_by(it)));
        }
        let nothing =
            row.coverage == RowCoverage::NotExamined || row.verdict == Verdict::NotAssessed;
        sentences.extend(self.limited_by(&row.limited_by));
        if half && !row.unread.is_empty() {
            let kinds: Vec<_> = row.unread.iter().map(|it| self.named("source", it)).collect();
            let kinds = kinds.join(self.words.comma());
            sentences.push(self.fill("outcome.unread", &[("kinds", &kinds)]));
        }
        if nothing {
            sentences.extend(self.what_to_give(row));
        } else if !row.missing.is_empty() {
            sentences.push(self.fill("outcome.missing", &[("kinds", &self.facts(&row.missing))]));
        }
        self.sentences(&sentences)
    }

    /// What could not be seen, and where something helps, what.
    fn blinded_by(&self, gap: &str) -> String {
        self.fill("outcome.blinded", &[("gap", &self.gap(gap))])
    }

    /// What left it examined in part, the places together.
    fn limited_by(&self, gaps: &[String]) -> Option<String> {
        let (of_places, others): (Vec<_>, Vec<_>) = gaps.iter().partition(|it| it.contains(':'));
        let mut parts: Vec<String> = others.into_iter().map(|it| self.gap(it)).collect();
        let mut places: Vec<(&str, Vec<String>)> = Vec::new();
        for (message, place) in of_places.into_iter().filter_map(|it| it.split_once(':')) {
            match places.iter_mut().find(|it| it.0 == message) {
                Some(same) => same.1.push(visible(place)),
                None => places.push((message, vec![visible(place)])),
            }
        }
        parts.extend(places.into_iter().map(|(message, places)| {
            self.fill(&format!("gap.{message}"), &[("place", &self.list(places))])
        }));
        let gap = self.clauses(&parts);
        (!parts.is_empty()).then(|| self.fill("outcome.limited", &[("gap", &gap)]))
    }

    fn outcome(&self, row: &TableRow) -> String {
        let outcome = match (row.verdict, row.coverage) {
            (Verdict::Confirmed | Verdict::Suspected | Verdict::Clue, _) => "found",
            (Verdict::Inconclusive, _) => "cannot_tell",
            (_, RowCoverage::ByPeople) => "by_people",
            (_, RowCoverage::NotExamined) => "not_examined",
            (_, RowCoverage::Partly) => "partly",
            (_, RowCoverage::Examined) => "examined",
        };
        self.named("outcome", outcome)
    }

    fn what_to_give(&self, row: &TableRow) -> Option<String> {
        // Nothing that anybody could give would help.
        if row.reason == "row-no-detector" {
            return None;
        }
        let text = self.texts.items.get(&row.item).map(|it| it.give.text(self.lang()));
        match text.filter(|it| !it.is_empty()) {
            Some(give) => {
                let give = give.trim_end_matches(['。', '.']);
                Some(self.fill("outcome.to-assess", &[("give", give)]))
            }
            None if row.missing.is_empty() => None,
            None => Some(self.assess_by(&row.missing)),
        }
    }

    /// The statement with whom it is about, where it does not begin with the name itself.
    fn of_entity(&self, entity: &Assessed, statement: String) -> String {
        if statement.starts_with(&*visible(entity.id.name())) {
            return statement;
        }
        format!("{}{}{statement}", self.entity(&entity.id), self.colon())
    }

    /// What was found behind a row, the same statement once.
    pub(crate) fn row_statements(&self, case: &Case, row: &TableRow) -> Vec<String> {
        let mut statements: Vec<String> = Vec::new();
        for it in RowFinding::of(case, row) {
            let text = self.of_entity(it.entity, self.brief(&it.weighed.finding));
            if !statements.contains(&text) {
                statements.push(text);
            }
        }
        statements
    }
}

/// A text up to its first explanation.
pub(crate) fn short(text: &str) -> &str {
    let first = text.split(['（', '：', '(', ':']).next().unwrap_or_default().trim_end();
    if first.is_empty() { text } else { first }
}

/// Whether a finding speaks against mining.
pub(crate) fn is_counter(it: &Weighed) -> bool {
    it.finding.nature == Nature::Exculpation || it.weight_deciban.0 < 0
}

/// Whether a finding is only listed.
pub(crate) fn is_context(it: &Weighed) -> bool {
    it.finding.nature == Nature::Context
}

impl Reader<'_> {
    /// Reasons, counter-reasons and context of an entity, each with its position.
    pub(crate) fn sorted(entity: &Assessed) -> [Vec<(usize, &Weighed)>; 3] {
        let mut sorted = [Vec::new(), Vec::new(), Vec::new()];
        let [reasons, counter, context] = &mut sorted;
        for (index, it) in entity.findings.iter().enumerate() {
            match () {
                () if is_counter(it) => counter.push((index, it)),
                () if is_context(it) => context.push((index, it)),
                () => reasons.push((index, it)),
            }
        }
        sorted
    }
}

/// The name of a coverage in messages and contracts.
pub(crate) fn row_coverage(coverage: RowCoverage) -> &'static str {
    use RowCoverage::{ByPeople, Examined, NotExamined, Partly};
    match coverage {
        Examined => "examined",
        Partly => "partly",
        NotExamined => "not_examined",
        ByPeople => "by_people",
    }
}

/// The name of the state of an element in messages and contracts.
pub(crate) fn element_state(state: ElementState) -> &'static str {
    use ElementState::{NotExamined, NotFound, Present};
    match state {
        Present => "present",
        NotFound => "not_found",
        NotExamined => "not_examined",
    }
}
