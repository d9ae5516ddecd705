//! The walk from an outer end to whoever stands at the end of the trail.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;

use minehound_model::{
    Answer, Candidate, Log, LogId, LogKind, Missing, Question, Span, Step, Tie, Tied, Who,
};

use super::crowd::Held;
use super::lines::{Fitting, grouped};
use super::steps::{End, bridging, came_from, step};
use super::weigh::{of_missing, touches};
use super::{Network, machine};
use crate::clocks::Clocks;
use minehound_model::{Ask, Ties};

/// Translators in a row; what goes on longer goes in circles.
const MAX_DEPTH: usize = 12;
/// Lines that are weighed at one step.
pub(super) const MAX_TIES: usize = 4_096;
/// Steps of one walk, over all branches; what is left over stays *behind* where it stands.
const MAX_VISITS: usize = 20_000;
/// Where a line is missing, the same connection is missing further in more often than by chance: many
/// devices write at the end, and it may go on still. Chosen on the seeds 1 and 2 of `campus-logs-holes`.
const ALSO_MISSING: f64 = 0.7;
/// Whoever has less is named and no more; a way of less is not kept, since it proves nothing.
const DESCRIBED: f64 = 0.005;
const PROVEN: f64 = 0.001;
/// Over missing lines a branch of less is not followed: everyone behind a translator is much to look up.
pub(super) const BRIDGED: f64 = 0.003;
/// So many lines to one far end at once lead nowhere.
const MAX_BRIDGED: usize = 512;
/// A branch of less probability is not followed.
pub(super) const NEGLIGIBLE: f64 = 1e-6;
/// How many standard deviations of the clocks a line may be off.
pub(super) const REACH: f64 = 6.0;

/// Who may have had an address: see [`Question`].
pub fn attribute(
    question: &Question,
    ties: &dyn Ties,
    clocks: &Clocks,
    network: &Network,
) -> Answer {
    let mut walk = Walk {
        ties,
        clocks,
        network,
        question,
        found: BTreeMap::new(),
        missing: Vec::new(),
        visits: 0,
        held: None,
    };
    let asked = question.clock.true_span(question.moment);
    let end = End { ip: question.address, port: question.port };
    walk.inwards(end, asked, 1.0, &mut Vec::new());
    walk.answer(asked)
}

/// What led to a candidate so far.
struct Found {
    probability: f64,
    address: Option<IpAddr>,
    best: f64,
    steps: Vec<Step>,
}

pub(super) struct Walk<'w> {
    pub(super) ties: &'w dyn Ties,
    pub(super) clocks: &'w Clocks,
    pub(super) network: &'w Network,
    pub(super) question: &'w Question,
    found: BTreeMap<Who, Found>,
    pub(super) missing: Vec<Missing>,
    visits: usize,
    /// Who held addresses at the time, once that was looked up.
    pub(super) held: Option<Rc<Held>>,
}

impl Walk<'_> {
    /// Follows an end inwards; `asked` is when it was seen, in the reference's time.
    fn inwards(&mut self, end: End, asked: Span, probability: f64, steps: &mut Vec<Step>) {
        self.visits += 1;
        let shown_by = self.ties.translators(end.ip);
        let is_shown = !shown_by.is_empty() || self.network.showing(end.ip).next().is_some();
        if probability < NEGLIGIBLE || self.visits > MAX_VISITS || steps.len() > MAX_DEPTH {
            return self.note(Who::Behind(end.ip), None, probability, steps);
        }
        if !is_shown || came_from(steps, end.ip) {
            return self.at_machine(end.ip, asked, probability, steps);
        }
        let Some(fitting) = self.lines(end, asked) else {
            return self.note(Who::Behind(end.ip), None, probability, steps);
        };
        let touching: Vec<f64> = fitting.iter().map(|it| it.touches).collect();
        let missing_share = self.loss(&shown_by, &fitting, asked);
        let exclusive = end.port.is_some() && is_short(asked);
        let unseen = self.unseen(&shown_by, asked, exclusive);
        let absent = 1.0 - (1.0 - missing_share) * (1.0 - unseen);
        let lost = of_missing(&touching, absent, exclusive);
        // A line that is there counts as far as its log is whole.
        let kept = 1.0 - missing_share.min(0.99);
        let total = touching.iter().sum::<f64>() * kept + lost;
        for (leads_to, mut lines) in grouped(fitting) {
            let share = lines.iter().map(|it| it.touches).sum::<f64>() * kept / total;
            lines.sort_by(|a, b| b.touches.total_cmp(&a.touches).then(a.tie.cmp(&b.tie)));
            let Some(first) = lines.first() else { continue };
            steps.push(step(&first.tie, share));
            let seen = self.narrowed(&first.tie, asked);
            self.inwards(leads_to, seen, probability * share, steps);
            steps.pop();
        }
        self.bridge(end, asked, probability * lost / total, steps);
    }

    /// The right line is missing: who further in spoke to the same far end then, or who was there.
    fn bridge(&mut self, end: End, asked: Span, probability: f64, steps: &mut Vec<Step>) {
        if probability < BRIDGED {
            return self.note(Who::Behind(end.ip), None, probability, steps);
        }
        let device = self.network.showing(end.ip).next().map(|it| it.device.clone());
        self.lack(LogKind::Translation, end.ip, device, asked, probability);
        let entries = self.further_in(end, asked);
        // Only some of those behind it are seen by another log: the others leave no trace but this one.
        let reach = self.reach(end.ip) * ALSO_MISSING;
        let seen_further_in = if entries.is_empty() { 0.0 } else { reach };
        let total: f64 = entries.iter().map(|it| it.1).sum();
        for (entry, touches, seen) in entries {
            let share = seen_further_in * touches / total;
            steps.push(bridging(end, entry, share, asked));
            self.inwards(entry, seen, probability * share, steps);
            steps.pop();
        }
        self.anyone(end.ip, asked, probability * (1.0 - seen_further_in), steps);
    }

    /// The share of what goes through a translator that a log further in shows as well.
    fn reach(&self, outer: IpAddr) -> f64 {
        let logs = self.ties.translators(outer);
        let known: Vec<f64> = logs.iter().filter_map(|it| self.clocks.reach(*it)).collect();
        known.into_iter().reduce(f64::max).unwrap_or_else(|| self.clocks.usual_reach())
    }

    /// Ends just behind a translator from which somebody spoke to the far end at that time.
    fn further_in(&self, end: End, asked: Span) -> Vec<(End, f64, Span)> {
        let Some((ip, port)) = self.question.far else { return Vec::new() };
        let window = |log| Some(self.window(log, asked));
        let mut entries = BTreeMap::<End, (f64, Span)>::new();
        let ask = Ask::Far { ip, port };
        // Where hundreds spoke to it at once, none of them is likely enough to be named.
        if self.ties.count(ask, &window, MAX_BRIDGED) >= MAX_BRIDGED {
            return Vec::new();
        }
        for tie in self.ties.find(ask, &window, MAX_BRIDGED) {
            let entry = match &tie.what {
                Tied::Translation { outer, proto, far, .. } if self.is_meant(*far, *proto) => outer,
                Tied::Session { inner, far, proto } if self.is_meant(Some(*far), *proto) => inner,
                _ => continue,
            };
            if entry.ip() == end.ip || !self.may_be_behind(entry.ip(), end.ip) {
                continue;
            }
            let touches = self.touching(&tie, asked);
            let seen = self.narrowed(&tie, asked);
            let entry = End { ip: entry.ip(), port: Some(entry.port()) };
            let kept = entries.entry(entry).or_insert((0.0, seen));
            if touches > kept.0 {
                *kept = (touches, seen);
            }
        }
        let told = entries.into_iter().filter(|it| it.1.0 > NEGLIGIBLE);
        let told = told.filter(|it| !self.shown_elsewhere(it.0, end, asked));
        told.map(|(end, (touches, seen))| (end, touches, seen)).collect()
    }

    /// Whether a log shows an inner end as another outer end then: of the translator itself, then it is not
    /// the one whose line is missing; of one in between, then it is reached by that.
    fn shown_elsewhere(&self, inner: End, outer: End, asked: Span) -> bool {
        let window = |log| Some(self.window(log, asked));
        let ask = Ask::Inner { ip: inner.ip, port: inner.port };
        let shown = self.ties.find(ask, &window, MAX_TIES);
        let other = |it: &Tie| {
            let Tied::Translation { outer: end, far: Some(far), proto, .. } = &it.what else {
                return false;
            };
            let is_other = end.ip() != outer.ip || Some(end.port()) != outer.port;
            is_other && self.is_meant(Some(*far), *proto) && self.touching(it, asked) > 0.5
        };
        shown.iter().any(other)
    }

    /// Whether an address stands straight behind a translator: as described, or not described.
    fn may_be_behind(&self, inner: IpAddr, outer: IpAddr) -> bool {
        let mut described = self.network.showing(outer).peekable();
        described.peek().is_none() || described.any(|it| it.is_behind(inner))
    }

    fn at_machine(&mut self, ip: IpAddr, asked: Span, probability: f64, steps: &mut Vec<Step>) {
        let mut left = 1.0;
        let asked = self.connected(steps).unwrap_or(asked);
        let translator = self.translator(steps);
        for (mac, share, step) in machine::holders(self, ip, asked, translator) {
            left -= share;
            let router = self.is_router(&step.tied).map(str::to_owned);
            steps.push(step);
            match router {
                Some(device) => self.behind_router(ip, &device, asked, probability * share, steps),
                None => self.note(Who::Machine(mac), Some(ip), probability * share, steps),
            }
            steps.pop();
        }
        if left > NEGLIGIBLE {
            self.lack(LogKind::Lease, ip, None, asked, probability * left);
            self.note(Who::Holder(ip), Some(ip), probability * left, steps);
        }
    }

    /// When the connection began that the way ends with: who had the address then spoke. The entry in a
    /// translator lives on for a while after a machine has left and given its address back.
    fn connected(&self, steps: &[Step]) -> Option<Span> {
        let last = steps.last()?;
        let began = self.clocks.of(last.line?.log).true_span(last.span).from_ms;
        matches!(last.tied, Tied::Translation { .. }).then_some(Span::at(began))
    }

    /// The device that translated last on the way.
    fn translator(&self, steps: &[Step]) -> Option<&str> {
        self.device(steps.last()?.line?.log)
    }

    /// The device that wrote a log.
    pub(super) fn device(&self, log: LogId) -> Option<&str> {
        self.log(log).map(|it| it.device.as_str())
    }

    /// A log by its number, which is usually its place.
    pub(super) fn log(&self, id: LogId) -> Option<&Log> {
        let logs = self.ties.logs();
        let placed = usize::try_from(id.0).ok().and_then(|it| logs.get(it));
        placed.filter(|it| it.id == id).or_else(|| logs.iter().find(|it| it.id == id))
    }

    pub(super) fn note(
        &mut self,
        who: Who,
        address: Option<IpAddr>,
        probability: f64,
        steps: &[Step],
    ) {
        let found = self.found.entry(who).or_insert_with(|| Found {
            probability: 0.0,
            address,
            best: -1.0,
            steps: Vec::new(),
        });
        found.probability += probability;
        if probability > found.best {
            found.best = probability;
            found.steps.clear();
            if probability >= PROVEN {
                found.steps.extend_from_slice(steps);
            }
        }
    }

    pub(super) fn lack(
        &mut self,
        kind: LogKind,
        of: IpAddr,
        device: Option<String>,
        span: Span,
        probability: f64,
    ) {
        if let Some(known) = self.missing.iter_mut().find(|it| it.kind == kind && it.of == of) {
            known.probability += probability;
            known.span = known.span.hull(span);
        } else {
            self.missing.push(Missing { kind, of, device, span, probability });
        }
    }

    /// The window of a log's own time that may hold what happened during `asked`.
    pub(super) fn window(&self, log: LogId, asked: Span) -> Span {
        let clock = self.clocks.of(log);
        #[expect(clippy::cast_possible_truncation, reason = "a few minutes")]
        let reach = (self.sd(log) * REACH) as i64 + 1_000;
        let shown = clock.shown(asked);
        Span {
            from_ms: shown.from_ms.saturating_sub(reach),
            to_ms: shown.to_ms.saturating_add(reach),
        }
    }

    fn sd(&self, log: LogId) -> f64 {
        self.clocks.of(log).sd_ms.hypot(self.question.clock.sd_ms)
    }

    /// The probability that a tie stood during `asked`.
    pub(super) fn touching(&self, tie: &Tie, asked: Span) -> f64 {
        let log = tie.line.log;
        touches(self.clocks.of(log).true_span(tie.span), asked, self.sd(log))
            * self.promised(tie, asked)
    }

    /// When it was seen, once a line is taken for the one meant.
    fn narrowed(&self, tie: &Tie, asked: Span) -> Span {
        let stood = self.clocks.of(tie.line.log).true_span(tie.span);
        let both =
            Span { from_ms: stood.from_ms.max(asked.from_ms), to_ms: stood.to_ms.min(asked.to_ms) };
        if both.from_ms <= both.to_ms { both } else { asked }
    }

    /// The share of the lines about that moment that is missing in the logs that should have it.
    /// A log that has a fitting line reaches there, however long ago its last line was written.
    fn loss(&self, logs: &[LogId], fitting: &[Fitting], asked: Span) -> f64 {
        let reaches = |it: &&LogId| {
            let log = self.log(**it);
            fitting.iter().any(|fits| fits.tie.line.log == **it)
                || log.is_some_and(|log| {
                    let shown = self.clocks.of(log.id).shown(asked);
                    log.span.overlaps(shown) && !log.silent.iter().any(|gap| gap.covers(shown))
                })
        };
        let losses = logs.iter().filter(reaches).map(|it| self.clocks.loss(*it));
        losses.reduce(f64::min).unwrap_or(1.0)
    }

    fn answer(mut self, asked: Span) -> Answer {
        let found = std::mem::take(&mut self.found);
        let mut candidates: Vec<_> = found
            .into_iter()
            .filter(|it| it.1.probability > 0.0)
            .map(|(who, found)| {
                let mut candidate = Candidate {
                    who,
                    probability: found.probability,
                    steps: found.steps,
                    host_name: None,
                    places: Vec::new(),
                    accounts: Vec::new(),
                };
                // Of one among hundreds nothing more is looked up.
                if candidate.probability >= DESCRIBED {
                    machine::describe(&mut self, &mut candidate, found.address, asked);
                }
                candidate
            })
            .collect();
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.who.cmp(&b.who)));
        self.missing.retain(|it| it.probability > 0.001);
        self.missing.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Answer { candidates, missing: self.missing }
    }
}

/// Whether a moment is short enough that a port stands for one inner end during it.
fn is_short(asked: Span) -> bool {
    asked.to_ms.saturating_sub(asked.from_ms) <= 2_000
}
