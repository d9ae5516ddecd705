//! What a pool session says.

use minehound_model::{
    Checksum, Estimate, Grade, LoginState, PowerRange, Region, SessionRow, WalletSeen,
};

use super::Reader;
use crate::{quantity, visible};

impl Reader<'_> {
    pub(crate) fn grade(&self, grade: Grade) -> String {
        self.named("grade", &grade.to_string())
    }

    pub(crate) fn carrier(&self, carrier: &str) -> String {
        let parts: Vec<_> = carrier.split('+').map(|it| self.named("carrier", it)).collect();
        parts.join(" + ")
    }

    pub(crate) fn region(&self, region: &Region) -> String {
        match region {
            Region::Overseas(country) => {
                self.fill("region.overseas", &[("country", &visible(country))])
            }
            other => self.named("region", &other.to_string()),
        }
    }

    /// Why it was graded so, and what else is to be known of it.
    pub(crate) fn because(&self, session: &SessionRow) -> Vec<String> {
        let watched = session.grade == Grade::LoggedIn && session.shares.submitted == 0;
        let span = self.duration(seconds(session));
        let watched = watched.then(|| self.fill("say.login-watch", &[("span", &span)]));
        let because = session.because.iter().map(|it| self.named("because", &it.to_string()));
        watched.into_iter().chain(because).collect()
    }

    pub(crate) fn labels(&self, session: &SessionRow) -> Vec<String> {
        session.labels.iter().map(|it| self.named("label", it)).collect()
    }

    pub(crate) fn hashrate(&self, it: &Estimate) -> String {
        let [value, low, high] = quantity::estimate(it);
        self.fill("say.interval", &[("value", &value), ("low", &low), ("high", &high)])
    }

    pub(crate) fn power(&self, it: &PowerRange) -> String {
        self.range(it.low, it.high, "W")
    }

    /// What that power comes to over a day.
    pub(crate) fn energy(&self, it: &PowerRange) -> String {
        let unit = self.say("unit.kwh-day");
        let [low, high] = [it.low, it.high].map(|watts| quantity::plain(rounded(kwh(watts))));
        format!("{} {unit}", self.fill("say.range", &[("low", &low), ("high", &high)]))
    }

    /// The power, and what it comes to over a day.
    pub(crate) fn power_with_energy(&self, it: &PowerRange) -> String {
        let (power, energy) = (self.power(it), self.energy(it));
        self.fill("say.power-of", &[("power", &power), ("energy", &energy)])
    }

    pub(super) fn range(&self, low: f64, high: f64, unit: &str) -> String {
        let [low, high] = [low, high].map(|it| quantity::prefixed(it, unit));
        self.fill("say.range", &[("low", &low), ("high", &high)])
    }

    /// The power per class of device.
    pub(crate) fn power_by_class(&self, it: &PowerRange) -> Vec<String> {
        let line = |(class, low, high): &(String, f64, f64)| {
            let it = PowerRange { low: *low, high: *high, by_class: Vec::new() };
            format!("{}{}{}", self.device_class(class), self.colon(), self.power_with_energy(&it))
        };
        it.by_class.iter().map(line).collect()
    }

    pub(crate) fn shares(&self, session: &SessionRow) -> String {
        let it = session.shares;
        let [submitted, accepted, rejected] =
            [it.submitted, it.accepted, it.rejected].map(quantity::grouped);
        let args = [("submitted", &*submitted), ("accepted", &*accepted), ("rejected", &*rejected)];
        self.fill("say.share-text", &args)
    }

    pub(crate) fn wallet(&self, it: &WalletSeen) -> String {
        let coins = self.list(it.coins.iter().map(|coin| self.coin(coin)));
        let checksum = self.checksum(it.checksum);
        let parts = [visible(&it.network), coins, checksum];
        let parts = parts.into_iter().filter(|it| !it.is_empty());
        format!("{} ({})", visible(&it.address), self.list(parts))
    }

    pub(crate) fn checksum(&self, checksum: Checksum) -> String {
        self.named("checksum", &checksum.to_string())
    }

    pub(crate) fn login_state(&self, state: LoginState) -> String {
        let word = match state {
            LoginState::Unanswered => "unanswered",
            LoginState::Accepted => "accepted",
            LoginState::Refused => "refused",
        };
        self.named("login-state", word)
    }

    /// The notable frames of a session with their names, as they came.
    pub(crate) fn marks(&self, session: &SessionRow) -> Vec<(String, u64)> {
        let mut marks: Vec<_> =
            session.marks.iter().map(|(name, frame)| (self.named("mark", name), *frame)).collect();
        marks.sort_by_key(|it| it.1);
        marks
    }

    /// The name of the pool end, as far as known: its own, else the pool's.
    pub(crate) fn server_name(&self, session: &SessionRow) -> Option<String> {
        let pool = session.pool.as_ref().map(|it| self.pool(it));
        session.server_name.as_deref().map(visible).or(pool)
    }
}

/// The dialect; a dash where nothing inside could be read.
pub(crate) fn dialect(session: &SessionRow) -> String {
    if session.dialect.is_empty() { "—".to_owned() } else { visible(&session.dialect) }
}

/// The length of a session.
pub(crate) fn seconds(session: &SessionRow) -> f64 {
    minehound_model::Span { from_ms: session.first_ms, to_ms: session.last_ms }.seconds()
}

/// The energy of a day at a power in watts.
pub(crate) fn kwh(watts: f64) -> f64 {
    watts * 24.0 / 1000.0
}

fn rounded(number: f64) -> f64 {
    if number >= 100.0 { number.round() } else { (number * 100.0).round() / 100.0 }
}
