//! Spans of lines that stand apart: a beginning here, an end there, or none.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use minehound_logs::Phase;
use minehound_model::{LineRef, LogId, Span, Tie, Tied};

use super::ties::{Key, Told};

/// What is open at once, 300 MB; with more, the one that began first is taken to last as long as usual.
const MAX_OPEN: usize = 500_000;
/// With so many open it is asked which of them have outlived their time, and again when there are twice
/// as many as were left.
const MANY_OPEN: usize = 250_000;
/// So long after their time what nobody ended is over, in milliseconds: lines come late.
const LATE_MS: i64 = 600_000;
/// Sightings of the same thing within this time are one stretch, in milliseconds: tables are read
/// every five minutes or every hour.
const SEEN_AGAIN_MS: i64 = 2 * 3_600_000;

/// What is said to last longer from one line to another, in milliseconds: the clock was set between them.
/// A machine that begins in 1970 did not hold its address until today.
const LONGEST_MS: i64 = 366 * 86_400_000;

/// Makes ties of what lines tell, in the order of lines.
#[derive(Debug, Default)]
pub(super) struct Spans {
    open: HashMap<Slot, Open>,
    /// The open ones by their beginning, so that the oldest is found.
    oldest: BTreeMap<(i64, u64), Slot>,
    /// The last moment that any line told.
    last_ms: Option<i64>,
    counter: u64,
    /// The logs that write the ends of connections: in them one without an end still goes on.
    ending: HashSet<LogId>,
    /// The logs whose lines tell of beginnings: in the others there is nothing that still goes on.
    beginning: BTreeSet<LogId>,
    /// With so many open the next look is due.
    look_at: usize,
    /// How many were closed because too many were open.
    pub(super) crowded_out: u64,
}

/// What can be in one place only, and whose word that is: the same private address is held behind
/// every router of a file, but a machine is at one place, whoever says so.
type Slot = (Option<LogId>, Key);

fn slot(key: &Key, line: LineRef) -> Slot {
    let everywhere = matches!(key, Key::Mac(_) | Key::Login(_));
    ((!everywhere).then_some(line.log), key.clone())
}

#[derive(Debug)]
struct Open {
    from_ms: i64,
    seen_ms: i64,
    line: LineRef,
    what: Tied,
    lasts_ms: i64,
    /// The end, where the beginning already told it: a lease.
    until_ms: Option<i64>,
    sighted: bool,
    number: u64,
}

impl Spans {
    /// Takes what a line told at `at_ms`, with the end where it was told; hands over ties that are
    /// complete.
    pub(super) fn take(
        &mut self,
        told: Told,
        at_ms: i64,
        until_ms: Option<i64>,
        line: LineRef,
        put: &mut dyn FnMut(Tie),
    ) {
        let is_over = match told.phase {
            Phase::Whole => until_ms.is_some(),
            phase => phase == Phase::Stop,
        };
        if !is_over {
            self.beginning.insert(line.log);
        }
        let written_ms = until_ms.filter(|_| is_over).map_or(at_ms, |it| it.max(at_ms));
        self.last_ms = Some(self.last_ms.map_or(written_ms, |it| it.max(written_ms)));
        match told.phase {
            Phase::Whole => {
                let to_ms = until_ms.unwrap_or(at_ms).max(at_ms);
                let span = Span { from_ms: at_ms, to_ms };
                put(Tie { span, line, what: told.what, sighted: false });
            }
            Phase::Start => {
                self.close(&slot(&told.key, line), at_ms, Some(&told.what), put);
                self.begin(told, at_ms, until_ms, line, false, put);
            }
            Phase::Interim => self.go_on(told, at_ms, until_ms, line, put),
            Phase::Stop => self.stop(told, at_ms, until_ms, line, put),
            Phase::Seen => self.sight(told, at_ms, line, put),
        }
    }

    /// The log ends: connections that are open end with it, of which there are lines all the time. Leases
    /// and blocks of ports are written so seldom that the last line says nothing of the end: they end when
    /// their time would have been up.
    pub(super) fn finish(&mut self, put: &mut dyn FnMut(Tie)) {
        let last = self.last_ms.unwrap_or_default();
        let oldest = std::mem::take(&mut self.oldest);
        for key in oldest.into_values() {
            if let Some(open) = self.open.remove(&key) {
                let often = matches!(open.what, Tied::Translation { .. } | Tied::Session { .. });
                put(open.tie(if often { last } else { i64::MAX }));
            }
        }
    }

    /// The last moment at which a line was written, as far as lines tell.
    pub(super) fn last_ms(&self) -> Option<i64> {
        self.last_ms
    }

    /// The logs whose lines tell of beginnings.
    pub(super) fn beginning(&self) -> impl Iterator<Item = LogId> + '_ {
        self.beginning.iter().copied()
    }

    fn begin(
        &mut self,
        told: Told,
        at_ms: i64,
        until_ms: Option<i64>,
        line: LineRef,
        sighted: bool,
        put: &mut dyn FnMut(Tie),
    ) {
        if self.open.len() >= self.look_at.max(MANY_OPEN) {
            self.outlived(put);
            self.look_at = self.open.len() * 2;
        }
        while self.open.len() >= MAX_OPEN {
            let Some((_, key)) = self.oldest.pop_first() else { break };
            if let Some(open) = self.open.remove(&key) {
                self.crowded_out += 1;
                put(open.tie(i64::MAX));
            }
        }
        self.counter += 1;
        let Told { key, what, lasts_ms, .. } = told;
        let key = slot(&key, line);
        self.oldest.insert((at_ms, self.counter), key.clone());
        let number = self.counter;
        let open = Open {
            from_ms: at_ms,
            seen_ms: at_ms,
            line,
            what,
            lasts_ms,
            until_ms,
            sighted,
            number,
        };
        self.open.insert(key, open);
    }

    /// Ends connections of logs that never write an end, once their time is up.
    fn outlived(&mut self, put: &mut dyn FnMut(Tie)) {
        let now = self.last_ms.unwrap_or_default();
        let is_over = |key: &Slot| {
            let connection = matches!(key.1, Key::Outer(..) | Key::Session(..));
            let over = |it: &Open| {
                it.own_end().saturating_add(LATE_MS) < now && !self.ending.contains(&it.line.log)
            };
            connection && self.open.get(key).is_some_and(over)
        };
        let over = self.oldest.iter().filter(|it| is_over(it.1)).map(|it| *it.0);
        for number in over.collect::<Vec<_>>() {
            let key = self.oldest.remove(&number);
            if let Some(open) = key.and_then(|it| self.open.remove(&it)) {
                put(open.tie(i64::MAX));
            }
        }
    }

    /// Ends what is open under a key at `at_ms`. The same tie that begins again goes on: its end is
    /// that of the one before.
    fn close(&mut self, key: &Slot, at_ms: i64, next: Option<&Tied>, put: &mut dyn FnMut(Tie)) {
        let Some(open) = self.open.remove(key) else { return };
        self.oldest.remove(&(open.from_ms, open.number));
        let same = next.is_some_and(|it| same_holder(it, &open.what));
        // Somebody else has it now; how long before that it was free is not known.
        let end = if same { at_ms } else { at_ms.saturating_sub(1) };
        put(open.tie(end));
    }

    fn go_on(
        &mut self,
        told: Told,
        at_ms: i64,
        until_ms: Option<i64>,
        line: LineRef,
        put: &mut dyn FnMut(Tie),
    ) {
        match self.open.get_mut(&slot(&told.key, line)) {
            Some(open) if same_holder(&told.what, &open.what) && open.may_last_until(at_ms) => {
                open.seen_ms = open.seen_ms.max(at_ms);
                open.until_ms = until_ms.or(open.until_ms);
            }
            _ => {
                self.close(&slot(&told.key, line), at_ms, Some(&told.what), put);
                self.begin(told, at_ms, until_ms, line, false, put);
            }
        }
    }

    fn stop(
        &mut self,
        told: Told,
        at_ms: i64,
        until_ms: Option<i64>,
        line: LineRef,
        put: &mut dyn FnMut(Tie),
    ) {
        if matches!(told.key, Key::Outer(..) | Key::Session(..)) {
            self.ending.insert(line.log);
        }
        let to_ms = until_ms.unwrap_or(at_ms);
        let key = slot(&told.key, line);
        let began = match self.open.get(&key) {
            Some(open) if same_holder(&told.what, &open.what) => {
                Some((open.from_ms, open.number, open.may_last_until(to_ms)))
            }
            _ => None,
        };
        let from_ms = match began {
            Some((from_ms, number, true)) => {
                let open = self.open.remove(&key);
                self.oldest.remove(&(from_ms, number));
                // It ended at another place than it began at: when it moved is not told.
                if let Some(open) = open.filter(|it| elsewhere(&it.what, &told.what)) {
                    put(open.tie(to_ms));
                }
                from_ms
            }
            // Only the end was seen; `at` is the beginning where the line told both.
            None => at_ms.min(to_ms),
            Some((.., false)) => {
                self.close(&key, to_ms, Some(&told.what), put);
                at_ms.min(to_ms)
            }
        };
        let span = Span { from_ms, to_ms: to_ms.max(from_ms) };
        put(Tie { span, line, what: told.what, sighted: false });
    }

    fn sight(&mut self, told: Told, at_ms: i64, line: LineRef, put: &mut dyn FnMut(Tie)) {
        let key = slot(&told.key, line);
        if let Some(open) = self.open.get_mut(&key) {
            let again = same_holder(&told.what, &open.what)
                && at_ms >= open.from_ms
                && at_ms.saturating_sub(open.seen_ms) <= SEEN_AGAIN_MS;
            if again {
                open.seen_ms = open.seen_ms.max(at_ms);
                return;
            }
            // What was sighted is known to its last sighting; what has a beginning ends here.
            let seen_ms = if open.sighted { open.seen_ms.saturating_add(1) } else { at_ms };
            self.close(&key, seen_ms, None, put);
        }
        self.begin(told, at_ms, None, line, true, put);
    }
}

impl Open {
    /// Whether a line of this time may still be about it.
    fn may_last_until(&self, ms: i64) -> bool {
        ms.saturating_sub(self.from_ms) <= LONGEST_MS
    }

    /// When it ends if nothing ends it.
    fn own_end(&self) -> i64 {
        match (self.sighted, self.until_ms) {
            (true, _) => self.seen_ms,
            (false, Some(until)) => until,
            (false, None) => self.seen_ms.saturating_add(self.lasts_ms),
        }
    }

    /// The tie, ended by what came at `end_ms`, or before that by its own time.
    fn tie(self, end_ms: i64) -> Tie {
        let to_ms = end_ms.min(self.own_end()).max(self.from_ms);
        let span = Span { from_ms: self.from_ms, to_ms };
        Tie { span, line: self.line, what: self.what, sighted: self.sighted }
    }
}

/// Whether two ties of one account session name different places.
fn elsewhere(began: &Tied, ended: &Tied) -> bool {
    matches!(began, Tied::Account { .. }) && began != ended
}

/// Whether two ties under one key are about the same holder; a name that changed is no other one.
fn same_holder(a: &Tied, b: &Tied) -> bool {
    match (a, b) {
        (Tied::Lease { address, mac, .. }, Tied::Lease { address: other, mac: theirs, .. }) => {
            address == other && mac == theirs
        }
        // A session that roams goes on at another access point.
        (
            Tied::Account { account, address, mac, .. },
            Tied::Account { account: of, address: other, mac: theirs, .. },
        ) => account == of && address == other && mac == theirs,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests;
