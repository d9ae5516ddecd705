//! The cadence of mining: shares up, answers at once, jobs down unasked.
//!
//! Whatever it is wrapped in, a mining session is a few forms filled again and again. The miner
//! hands in **shares**: one length, at moments without memory, since hashing has none. The pool
//! **answers** each within a round trip, with a shorter form. And it pushes **jobs**: a length or
//! two, longer than an answer, when a block was found and when its timer runs out. Some miners also
//! ask by the **clock** whether the pool is there. A slow miner may hand in nothing for long; then
//! jobs are all there is.
//!
//! Wrapping adds the same to each message, so the order of the lengths stays. What looks alike
//! fails in one of these: prices and chat have many lengths, queries have answers longer than
//! themselves, telemetry comes by the clock or has nothing pushed to it.

mod exchange;
mod jobs;
mod likeness;
mod padded;
mod pattern;
mod spread;

use crate::gaps::ratio;
use crate::roles::{Role, roles, roles_by_form};
use crate::{Message, stratum_v2};

pub use exchange::Exchange;
use exchange::exchanges;
pub use jobs::Jobs;
use padded::padded;
pub use pattern::Pattern;

/// How far lengths of one form lie apart: the digits of a few counters, in bytes.
const FORM_WIDTH: u32 = 8;
/// Fewer shares have no rhythm.
const MIN_SHARES: usize = 6;
/// The opening of a session, left out: introductions and logins are forms of their own.
const OPENING_MS: i64 = 5_000;
/// Most messages taken for the opening.
const OPENING_MESSAGES: usize = 16;

/// What a stretch of a session looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cadence {
    /// Seconds from the first message to the last, opening included.
    pub seconds: f64,
    /// Seconds of it without the opening.
    pub steady_s: f64,
    /// Messages looked at, without the opening.
    pub messages: usize,
    /// What may be shares: the questions that come most by chance.
    pub shares: Exchange,
    /// Questions that come by the clock.
    pub clock: Exchange,
    /// What may be jobs.
    pub jobs: Jobs,
    /// The part of the messages that is none of these and no answer to them.
    pub unexplained: f64,
    /// Whether it opened as encrypted Stratum V2 does; see [`crate::stratum_v2`].
    pub opens_stratum_v2: bool,
    /// By how many bytes at most its messages seem to be padded at random; `shares` and `jobs` are
    /// then everything asked and pushed.
    pub padded: Option<u32>,
}

/// A message and its role.
#[derive(Clone, Copy)]
struct Told(Message, Role);

impl Cadence {
    /// Looks at messages in order of time; `from_start` says that the first opened the session.
    #[must_use]
    pub fn of(messages: &[Message], from_start: bool) -> Self {
        let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
            return Self::default();
        };
        let opening = if from_start {
            let early = |it: &&Message| it.at_ms - first.at_ms < OPENING_MS;
            messages.iter().take(OPENING_MESSAGES).take_while(early).count()
        } else {
            0
        };
        let steady = messages.get(opening..).unwrap_or_default();
        let tell = |roles: Vec<Role>| -> Vec<Told> {
            steady.iter().zip(roles).map(|(it, role)| Told(*it, role)).collect()
        };
        let told = tell(roles(steady));
        let opened = opening.checked_sub(1).and_then(|it| messages.get(it)).unwrap_or(first);
        let whole = Self {
            seconds: seconds(last.at_ms - first.at_ms),
            steady_s: seconds(last.at_ms - opened.at_ms),
            opens_stratum_v2: from_start && stratum_v2::opens(messages),
            ..Self::default()
        };
        let plain = whole.clone().by_form(&told);
        if plain.pattern().is_some() {
            return plain;
        }
        let unpadded = whole.clone().by_spread(&told);
        if unpadded.pattern().is_some() {
            return unpadded;
        }
        // Who holds back what is sent blurs the time that answers take, not what they look like.
        let held_back = roles_by_form(steady).map(|roles| whole.by_form(&tell(roles)));
        if let Some(it) = &held_back
            && it.pattern() == Some(Pattern::SharesAndJobs)
        {
            return it.clone();
        }
        let alike = [unpadded].into_iter().chain(held_back).find(Self::is_alike);
        alike.filter(|_| !plain.is_alike()).unwrap_or(plain)
    }

    /// Questions that were answered as shares and signs of life are.
    #[must_use]
    pub fn heard(&self) -> usize {
        let exchanges = [&self.shares, &self.clock].into_iter();
        exchanges.filter(|it| it.is_acknowledged()).map(|it| it.form.count).sum()
    }

    /// Takes messages of one length for one form.
    fn by_form(self, told: &[Told]) -> Self {
        let (shares, clock) = exchanges(told);
        let jobs = Jobs::of(told, [&shares, &clock]);
        let explains = |it: &&Told| shares.explains(it) || clock.explains(it) || jobs.explains(it);
        let explained = told.iter().filter(explains).count();
        let unexplained = 1.0 - ratio(explained, told.len());
        Self { messages: told.len(), unexplained, shares, clock, jobs, ..self }
    }

    /// Takes all that is asked for one form, and all that is pushed, if they are padded at random.
    fn by_spread(self, told: &[Told]) -> Self {
        let Some((shares, jobs, width)) = padded(told) else { return self };
        Self { messages: told.len(), shares, jobs, padded: Some(width), ..self }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a session, far below 2^52")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1e3
}

#[cfg(test)]
mod tests;
