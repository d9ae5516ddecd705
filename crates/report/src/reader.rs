//! What a case says in one language: names, sentences and quantities.

mod brief;
mod limits;
mod people;
pub(crate) mod row;
pub(crate) mod session;
mod summary;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use minehound_assess::case::{Assessed, Intent, IntentClass, Join, ScenarioFit, Weighed};
use minehound_model::{
    Artefact, Decibans, EntityId, EntityKind, Examined, FactKind, Finding, Provenance, Verdict,
};

use crate::catalogue::fill;
use crate::ledger::Ledger;
use crate::{Bilingual, Catalogue, Lang, Texts, moment, quantity, visible};

pub(crate) use row::RowFinding;
pub(crate) use summary::{Summary, nothing_read};

/// The limits that every report states, in their order.
pub(crate) const LIMITS: [&str; 7] =
    ["silence", "address", "look", "victim", "estimate", "probability", "objection"];

/// Says things in one language and one time zone.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    words: &'a Catalogue,
    texts: &'a Texts,
    tz: &'a TimeZone,
}

impl<'a> Reader<'a> {
    /// A reader of these messages and texts, in this zone.
    #[must_use]
    pub fn new(words: &'a Catalogue, texts: &'a Texts, tz: &'a TimeZone) -> Self {
        Self { words, texts, tz }
    }

    /// The same reader in another zone.
    pub(crate) fn at<'z>(&self, tz: &'z TimeZone) -> Reader<'z>
    where
        'a: 'z,
    {
        Reader { words: self.words, texts: self.texts, tz }
    }

    pub(crate) fn lang(&self) -> Lang {
        self.words.lang()
    }

    pub(crate) fn tz(&self) -> &'a TimeZone {
        self.tz
    }

    /// A message without arguments.
    pub(crate) fn say(&self, message: &str) -> String {
        self.words.pattern(message).unwrap_or(message).to_owned()
    }

    /// A message with its arguments, already made safe to look at.
    pub(crate) fn fill(&self, message: &str, args: &[(&str, &str)]) -> String {
        let pattern = self.words.pattern(message).unwrap_or(message);
        let value = |name: &str| args.iter().find(|it| it.0 == name);
        fill(pattern, |name| value(name).map(|it| it.1.to_owned()))
    }

    /// A name from a section, spelled out where it has no message.
    pub(crate) fn named(&self, section: &str, name: &str) -> String {
        self.words.named(section, name)
    }

    pub(crate) fn has(&self, message: &str) -> bool {
        self.words.pattern(message).is_some()
    }

    /// The members of a list.
    pub(crate) fn list(&self, members: impl IntoIterator<Item = String>) -> String {
        members.into_iter().collect::<Vec<_>>().join(self.words.comma())
    }

    /// Members that may hold commas of their own.
    pub(crate) fn clauses(&self, members: &[String]) -> String {
        members.join(if self.lang() == Lang::Zh { "；" } else { "; " })
    }

    /// What stands between a name and what is said of it.
    pub(crate) fn colon(&self) -> &'static str {
        if self.lang() == Lang::Zh { "：" } else { ": " }
    }

    /// Whole sentences one after the other.
    pub(crate) fn sentences(&self, sentences: &[String]) -> String {
        match self.lang() {
            Lang::Zh => sentences.concat(),
            Lang::En => sentences.iter().map(|it| capital(it)).collect::<Vec<_>>().join(" "),
        }
    }

    pub(crate) fn verdict(&self, verdict: Verdict) -> String {
        self.say(&format!("verdict.{verdict}"))
    }

    /// Whom it is about, in words.
    #[must_use]
    pub fn entity(&self, entity: &EntityId) -> String {
        let name = visible(entity.name());
        if let Some(address) =
            name.strip_prefix("behind ").filter(|_| entity.kind() == EntityKind::Host)
        {
            return self.fill("kind.behind", &[("address", address)]);
        }
        // A loopback address is whatever machine speaks to itself: the one that captured.
        let loopback = |it: &std::net::IpAddr| it.to_canonical().is_loopback();
        let (address, capture) = name.split_once('@').unwrap_or((&name, ""));
        if entity.kind() == EntityKind::Endpoint && address.parse().as_ref().is_ok_and(loopback) {
            let text = if capture.is_empty() { "kind.captured" } else { "kind.captured-in" };
            return self.fill(text, &[("address", address), ("capture", capture)]);
        }
        format!("{} {name}", self.named("kind", &entity.kind().to_string()))
    }

    /// What a finding says.
    #[must_use]
    pub fn statement(&self, finding: &Finding) -> String {
        self.words.sign(finding.sign.0, &finding.args)
    }

    /// How strong a piece of evidence is, in words; the bounds are those of the likelihood ratio.
    pub(crate) fn strength(&self, weight: Decibans) -> String {
        let word = match weight.0 {
            40.. => "decisive",
            20.. => "very-strong",
            10.. => "strong",
            5.. => "moderate",
            1.. => "weak",
            0 => "none",
            -4.. => "against-weak",
            -9.. => "against-moderate",
            _ => "against-strong",
        };
        self.named("strength", word)
    }

    /// Whether so little was seen that a likelihood would only repeat what was assumed.
    pub(crate) fn is_unseen(it: &Assessed) -> bool {
        matches!(it.machine_verdict, Verdict::Inconclusive | Verdict::NotAssessed)
    }

    /// How likely mining is, as a sentence.
    pub(crate) fn likelihood(&self, it: &Assessed) -> String {
        if Self::is_unseen(it) {
            return self.say("likelihood.not-given");
        }
        let it = &it.probability;
        let [value, low, high] = [it.value, it.low, it.high].map(|it| self.percent(it));
        self.fill("likelihood.sentence", &[("value", &value), ("low", &low), ("high", &high)])
    }

    pub(crate) fn percent(&self, share: f64) -> String {
        let percent = share * 100.0;
        match percent {
            _ if !percent.is_finite() => "—".to_owned(),
            _ if percent < 0.1 => self.fill("likelihood.under", &[("bound", "0.1 %")]),
            _ if percent > 99.9 => self.fill("likelihood.over", &[("bound", "99.9 %")]),
            _ if percent < 10.0 => format!("{percent:.1} %"),
            _ if percent > 99.0 => format!("{percent:.1} %"),
            _ => format!("{percent:.0} %"),
        }
    }

    pub(crate) fn fact(&self, kind: FactKind) -> String {
        self.named("fact", &kind.to_string())
    }

    pub(crate) fn facts(&self, kinds: &[FactKind]) -> String {
        self.list(kinds.iter().map(|it| self.fact(*it)))
    }

    /// What to give so that these kinds can be assessed, each thing once.
    pub(crate) fn give(&self, kinds: &[FactKind]) -> String {
        let mut things: Vec<String> = Vec::new();
        for kind in kinds {
            let thing = self.named("give", &kind.to_string());
            if !things.contains(&thing) {
                things.push(thing);
            }
        }
        self.clauses(&things)
    }

    /// What would assess these kinds, as a sentence.
    pub(crate) fn assess_by(&self, kinds: &[FactKind]) -> String {
        self.fill("outcome.to-assess-by", &[("give", &self.give(kinds))])
    }

    pub(crate) fn moment(&self, time_ms: i64) -> String {
        moment::shown(time_ms, self.tz)
    }

    /// A length of time in the unit that fits it.
    pub(crate) fn duration(&self, seconds: f64) -> String {
        let (unit, length) = match seconds {
            _ if seconds < 120.0 => ("unit.seconds", seconds),
            _ if seconds < 7200.0 => ("unit.minutes", seconds / 60.0),
            _ if seconds < 172_800.0 => ("unit.hours", seconds / 3600.0),
            _ => ("unit.days", seconds / 86_400.0),
        };
        let digits = usize::from(length < 10.0 && length.fract() > 0.05);
        self.fill(unit, &[("n", &format!("{length:.digits$}"))])
    }

    pub(crate) fn scenario(&self, fit: &ScenarioFit) -> String {
        self.texts.scenarios.get(&fit.id).map_or_else(
            || self.named("scenario", &fit.id),
            |it| it.title.text(self.lang()).to_owned(),
        )
    }

    /// The signs of a scenario or of an intent, as messages where they have one without arguments.
    pub(crate) fn signs(&self, signs: &[String]) -> String {
        self.list(signs.iter().map(|it| {
            let reason = format!("intent-reason.{it}");
            if self.has(&reason) { self.say(&reason) } else { self.named("sign-name", it) }
        }))
    }

    pub(crate) fn coin(&self, symbol: &str) -> String {
        self.known(&self.texts.coins, symbol)
    }

    pub(crate) fn pool(&self, id: &str) -> String {
        self.known(&self.texts.pools, id)
    }

    pub(crate) fn network(&self, id: &str) -> String {
        self.known(&self.texts.networks, id)
    }

    pub(crate) fn detector(&self, id: &str) -> String {
        self.known(&self.texts.detectors, id)
    }

    pub(crate) fn device_class(&self, id: &str) -> String {
        match self.texts.device_classes.get(id) {
            Some(it) => it.text(self.lang()).to_owned(),
            None => self.named("device_class", id),
        }
    }

    fn known(&self, texts: &BTreeMap<String, Bilingual>, id: &str) -> String {
        texts.get(id).map_or_else(|| visible(id), |it| it.text(self.lang()).to_owned())
    }

    /// Where in its input a place lies: frames of a capture, records of anything else.
    pub(crate) fn place(&self, place: &Provenance, ledger: &Ledger<'_>) -> String {
        let (first, last) = (place.records.first, place.records.last);
        let unit = if ledger.framed(place) { "frame" } else { "record" };
        let position = if first == last {
            self.fill(&format!("unit.{unit}"), &[("n", &first.to_string())])
        } else {
            let ends = [("first", &*first.to_string()), ("last", &*last.to_string())];
            self.fill(&format!("unit.{unit}s"), &ends)
        };
        place
            .place
            .as_ref()
            .map_or_else(|| position.clone(), |it| format!("{} · {position}", visible(it)))
    }

    /// What an input was recognised as.
    pub(crate) fn input_kind(&self, input: &Artefact) -> String {
        // Whatever it is packed in stands after its own kind.
        let (kind, packed) = match input.kind.split_once('+') {
            Some((kind, packed)) => (kind, format!(" + {}", visible(packed))),
            None => (&*input.kind, String::new()),
        };
        let message = format!("input-kind.{kind}");
        let kind = if self.has(&message) { self.say(&message) } else { visible(kind) };
        kind + &packed
    }

    /// Why an input was not read, and what to do; `None` where it was.
    pub(crate) fn not_read(&self, input: &Artefact) -> Option<String> {
        let why = self.named("not-read", input.not_read.as_ref()?);
        Some(match &input.cause {
            Some(cause) => format!("{why} ({})", self.words.cause(cause)),
            None => why,
        })
    }

    /// Why an input was not read, then its skips and counts, one remark each.
    pub(crate) fn remarks(&self, input: &Artefact) -> Vec<String> {
        let why = self.not_read(input).into_iter();
        why.chain(self.skips(input)).chain(self.counted(input)).collect()
    }

    /// Why records of an input could not be used, and how many.
    pub(crate) fn skips(&self, input: &Artefact) -> Vec<String> {
        self.tally("skip", &input.skipped)
    }

    /// What was counted in an input.
    pub(crate) fn counted(&self, input: &Artefact) -> Vec<String> {
        self.tally("count", &input.counts)
    }

    fn tally(&self, section: &str, counts: &BTreeMap<String, u64>) -> Vec<String> {
        let counted = |(id, count): (&String, &u64)| {
            format!("{} {}", self.named(section, id), quantity::grouped(*count))
        };
        counts.iter().map(counted).collect()
    }

    /// Whether somebody chose to mine, and why that is said.
    pub(crate) fn intent(&self, it: &Intent) -> String {
        let class = match it.class {
            IntentClass::Deliberate => "deliberate",
            IntentClass::Malware => "malware",
            IntentClass::Unknown => "unknown",
        };
        let class = self.named("intent", class);
        if it.reasons.is_empty() {
            return class;
        }
        format!("{class}{}{}", self.colon(), self.signs(&it.reasons))
    }

    /// What could not be seen, with the place it speaks of.
    pub(crate) fn gap(&self, gap: &str) -> String {
        match gap.split_once(':') {
            Some((gap, place)) => self.fill(&format!("gap.{gap}"), &[("place", &visible(place))]),
            None => self.named("gap", gap),
        }
    }

    /// What could not be seen in a stretch of looking.
    pub(crate) fn gaps(&self, it: &Examined) -> String {
        let mut gaps: Vec<_> = it.gaps.iter().map(|it| self.gap(it)).collect();
        if it.sampling > 1 {
            let n = quantity::grouped(u64::from(it.sampling));
            let every = self.fill("unit.every", &[("n", &n)]);
            gaps.push(format!("{} {every}", self.say("column.sampling")));
        }
        if let Some(limit) = it.limit {
            let bytes = self.fill("unit.bytes", &[("n", &quantity::grouped(u64::from(limit)))]);
            gaps.push(format!("{} {bytes}", self.say("column.limit")));
        }
        self.list(gaps)
    }

    pub(crate) fn join(&self, join: &Join) -> String {
        let rule = self.named("join", &join.rule);
        let (from, n) = (self.entity(&join.from), join.observations.to_string());
        self.fill("say.joined", &[("rule", &rule), ("from", &from), ("n", &n)])
    }

    /// A finding with how strong it is.
    pub(crate) fn weighed(&self, it: &Weighed) -> String {
        let strength = self.strength(it.weight_deciban);
        format!("{} [{strength}]", self.statement(&it.finding))
    }
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
