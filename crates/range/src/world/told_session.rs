//! A readable mining session of any length, played in slices: what lies before a slice is played
//! again to reach it, so that memory holds one slice of it.

use std::collections::VecDeque;

use super::body::Body;
use super::script::{Said, Script};
use crate::dialogue::nanos;
use crate::rng::Rng;
use crate::scenario::Session;
use crate::world::answers::MiningAnswer;

/// A session is played this much further than its slice, since its last moments are unlike it.
const MARGIN_S: f64 = 60.0;

/// A session that is told as far as it is needed.
pub(crate) struct ToldSession {
    session: Session,
    slice_s: f64,
    /// Seconds of the session that have been told.
    told_s: f64,
    queue: VecDeque<Said>,
    /// The most bytes of a message that anybody looks at.
    keep: usize,
    evasion: Vec<String>,
    answer: Option<MiningAnswer>,
}

impl ToldSession {
    /// Tells `session` in slices of `slice_s` seconds.
    pub(crate) fn new(session: Session, slice_s: f64, keep: usize, evasion: Vec<String>) -> Self {
        Self { session, slice_s, told_s: 0.0, queue: VecDeque::new(), keep, evasion, answer: None }
    }

    fn refill(&mut self) {
        let (whole, from) = (self.session.seconds, self.told_s);
        let mut until = from + self.slice_s;
        if until + MARGIN_S >= whole {
            until = whole;
        }
        let seconds = if until < whole { until + MARGIN_S } else { whole };
        let part = Session { seconds, reconnect_seconds: None, ..self.session.clone() };
        self.told_s = until;
        let Some(dialogue) = part.dialogues().into_iter().next() else { return };
        let start = self.session.start_ns;
        let (from_ns, until_ns) = (start + nanos(from), start + nanos(until));
        let wanted =
            |time: u64| (from <= 0.0 || time > from_ns) && (until >= whole || time <= until_ns);
        for turn in dialogue.turns {
            if wanted(turn.time_ns) {
                let body = Body::head(turn.bytes, self.keep);
                self.queue.push_back(Said { time_ns: turn.time_ns, from: turn.from, body });
            }
        }
        if let Some(mining) = dialogue.mining {
            let mut rates = vec![(mining.logged_in_ns, self.session.hashrate)];
            for (after, rate) in &self.session.rate_changes {
                rates.push((start + nanos(*after), *rate));
            }
            rates.retain(|(from, _)| *from < mining.ended_ns);
            let evasion = self.evasion.clone();
            self.answer = Some(MiningAnswer { mining, evasion, rates, mixed: false });
        }
    }
}

impl Script for ToldSession {
    fn next(&mut self, _: &mut Rng) -> Option<Said> {
        while self.queue.is_empty() {
            if self.told_s >= self.session.seconds {
                return None;
            }
            self.refill();
        }
        self.queue.pop_front()
    }

    fn answer(&self, _: u64) -> Option<Box<MiningAnswer>> {
        self.answer.clone().map(Box::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Dialect;

    fn told(slice_s: f64, dialect: Dialect) -> Vec<(u64, u64, Vec<u8>)> {
        let session = Session { seconds: 2_000.0, ..Session::new(dialect, 9) };
        let mut script = ToldSession::new(session, slice_s, 100_000, Vec::new());
        let mut rng = Rng::new(1);
        let mut all = Vec::new();
        while let Some(said) = script.next(&mut rng) {
            let mut bytes = vec![0; usize::try_from(said.body.len()).unwrap()];
            said.body.fill(0, &mut bytes, &mut rng);
            all.push((said.time_ns, said.body.len(), bytes));
        }
        all
    }

    #[test]
    fn a_session_in_slices_is_the_session_in_one_piece() {
        for dialect in Dialect::ALL {
            assert_eq!(told(300.0, dialect), told(1e9, dialect), "{}", dialect.name());
        }
    }
}
