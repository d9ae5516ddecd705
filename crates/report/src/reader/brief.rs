//! What the summary and the terminal say in few words.

use std::collections::BTreeMap;

use minehound_assess::Case;
use minehound_assess::case::{Assessed, Weighed};
use minehound_model::{Finding, PowerRange, SessionRow};

use super::Reader;

impl Reader<'_> {
    /// What a finding says, long wallets cut in their middle.
    pub(crate) fn brief(&self, finding: &Finding) -> String {
        self.words.brief_sign(finding.sign.0, &finding.args)
    }

    /// The same with how strong it is.
    pub(crate) fn brief_weighed(&self, it: &Weighed) -> String {
        format!("[{}] {}", self.strength(it.weight_deciban), self.brief(&it.finding))
    }

    /// Whose choice it looks like, the best scenario, and how much the sessions of an entity do.
    pub(crate) fn profile(&self, case: &Case, it: &Assessed) -> String {
        let all = case.sessions.iter().map(AsRef::as_ref);
        let sessions: Vec<&SessionRow> = all.filter(|one| one.about == it.id).collect();
        let scenario = it.scenarios.first().map(|it| self.scenario(it)).unwrap_or_default();
        let args = [
            ("intent", &*self.intent(&it.intent)),
            ("scenario", &*scenario),
            ("hashrate", &*self.rates(&sessions)),
            ("power", &*self.powers(&sessions)),
        ];
        self.fill("say.profile", &args)
    }

    /// The hashrate of single sessions per coin, from the lowest to the highest bound.
    fn rates(&self, sessions: &[&SessionRow]) -> String {
        let mut coins = BTreeMap::<(&str, &str), (f64, f64)>::new();
        for it in sessions {
            let Some(rate) = &it.hashrate else { continue };
            let coin = (it.coin.as_deref().unwrap_or_default(), rate.unit);
            let ends = coins.entry(coin).or_insert((rate.low, rate.high));
            *ends = (ends.0.min(rate.low), ends.1.max(rate.high));
        }
        let said = |((coin, unit), (low, high)): (&(&str, &str), &(f64, f64))| {
            let rate = self.range(*low, *high, unit);
            let coin = if coin.is_empty() { String::new() } else { self.coin(coin) };
            self.fill("say.of-coin", &[("coin", &coin), ("rate", &rate)]).trim().to_owned()
        };
        self.list(coins.iter().map(said))
    }

    /// The power of single sessions, from the lowest to the highest bound, with what it comes to.
    fn powers(&self, sessions: &[&SessionRow]) -> String {
        let powers = sessions.iter().filter_map(|it| it.power_w.as_ref());
        let ends = powers.map(|it| (it.low, it.high));
        let ends = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let Some((low, high)) = ends else { return String::new() };
        self.power_with_energy(&PowerRange { low, high, by_class: Vec::new() })
    }
}
