//! What a real sensor does to a capture: it loses frames, sees some twice or late, sees one
//! direction only, starts late, and keeps only the head of each frame. The truth says what was
//! done and is otherwise left as it was.

use crate::dialogue::{Side, nanos};
use crate::rng::Rng;
use crate::scenario::Generated;

impl Generated {
    fn note(mut self, what: String) -> Self {
        self.truth.impairments.push(what);
        self
    }

    /// Drops each frame with this probability: the sensor missed it, the ends did not.
    #[must_use]
    pub fn lose(mut self, probability: f64, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("loss");
        self.frames.retain(|_| !rng.chance(probability));
        self.note(format!("loss {probability}"))
    }

    /// Repeats each frame with this probability, up to 250 ms later, as a retransmission or a
    /// second mirror port does.
    #[must_use]
    pub fn duplicate(mut self, probability: f64, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("duplicate");
        let mut again = Vec::new();
        for frame in &self.frames {
            if rng.chance(probability) {
                let mut copy = frame.clone();
                copy.time_ns += nanos(rng.between(0.000_001, 0.25));
                again.push(copy);
            }
        }
        self.frames.append(&mut again);
        self.frames.sort_by_key(|frame| frame.time_ns);
        self.note(format!("duplicate {probability}"))
    }

    /// Lets frames overtake each other: with this probability a frame changes its place (and its
    /// time) with one of the three after it.
    #[must_use]
    pub fn reorder(mut self, probability: f64, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("reorder");
        for place in 0..self.frames.len() {
            if rng.chance(probability) {
                let other = place + 1 + rng.index(3);
                if other < self.frames.len() {
                    let times = (self.time_at(place), self.time_at(other));
                    self.frames.swap(place, other);
                    self.set_time(place, times.0);
                    self.set_time(other, times.1);
                }
            }
        }
        self.note(format!("reorder {probability}"))
    }

    fn time_at(&self, place: usize) -> u64 {
        self.frames.get(place).map_or(0, |frame| frame.time_ns)
    }

    fn set_time(&mut self, place: usize, time_ns: u64) {
        if let Some(frame) = self.frames.get_mut(place) {
            frame.time_ns = time_ns;
        }
    }

    /// Keeps the frames that one side sent.
    #[must_use]
    pub fn one_sided(mut self, keep: Side) -> Self {
        self.frames.retain(|frame| frame.from == keep);
        self.note(format!("only {keep:?}").to_lowercase())
    }

    /// Starts the capture this many seconds after its first frame.
    #[must_use]
    pub fn start_late(mut self, seconds: f64) -> Self {
        let from = self.time_at(0) + nanos(seconds);
        self.frames.retain(|frame| frame.time_ns >= from);
        self.note(format!("starts {seconds} s late"))
    }

    /// Keeps at most this many bytes of each frame.
    #[must_use]
    pub fn snap(mut self, length: usize) -> Self {
        for frame in &mut self.frames {
            frame.bytes.truncate(length);
        }
        self.note(format!("snaplen {length}"))
    }
}
