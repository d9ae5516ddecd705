//! The detection limit: coins of one limit in one sentence.

use minehound_assess::case::DetectionLimit;

use super::Reader;
use crate::{quantity, visible};

/// A larger group of the greatest number of coins is only counted.
const NAMED: usize = 8;
/// Coins named in any other group.
const EXCEPTIONS: usize = 16;

/// Limits that differ in their coin alone.
fn alike(one: &DetectionLimit, other: &DetectionLimit) -> bool {
    // Any hashrate and no limit are the same in every unit.
    let unitless = one.hashrate.is_none_or(|it| it == 0.0);
    one.carrier == other.carrier
        && one.hashrate == other.hashrate
        && one.window_s.to_bits() == other.window_s.to_bits()
        && (unitless || one.unit == other.unit)
}

impl Reader<'_> {
    /// What would have been found, one sentence per limit, the one of most coins first.
    pub(crate) fn detection_limits(&self, limits: &[DetectionLimit]) -> Vec<String> {
        let mut groups: Vec<Vec<&DetectionLimit>> = Vec::new();
        for it in limits {
            match groups.iter_mut().find(|group| group.first().is_some_and(|one| alike(one, it))) {
                Some(group) => group.push(it),
                None => groups.push(vec![it]),
            }
        }
        groups.sort_by_key(|it| std::cmp::Reverse(it.len()));
        let sentence = |(place, group): (usize, &Vec<&DetectionLimit>)| {
            let most = if place == 0 { NAMED } else { EXCEPTIONS };
            let counted = place == 0 && group.len() > NAMED;
            let coins = if counted { String::new() } else { self.symbols(group, most) };
            let first = group.first()?;
            let args = [
                ("carrier", &*self.named("carrier", &first.carrier)),
                ("window", &*self.duration(first.window_s)),
                ("n", &*group.len().to_string()),
                ("coins", &*coins),
                ("limit", &*self.limit(first)),
            ];
            Some(self.fill("unit.limit-group", &args))
        };
        groups.iter().enumerate().filter_map(sentence).collect()
    }

    fn symbols(&self, group: &[&DetectionLimit], most: usize) -> String {
        let shown = self.list(group.iter().take(most).map(|it| visible(&it.coin)));
        match group.len().saturating_sub(most) {
            0 => shown,
            more => format!("{shown} … (+{more})"),
        }
    }

    fn limit(&self, it: &DetectionLimit) -> String {
        match it.hashrate {
            None => self.say("unit.no-limit"),
            Some(0.0) => self.say("unit.any"),
            Some(rate) => {
                let rate = quantity::prefixed(rate, &it.unit);
                self.fill("unit.at-least", &[("hashrate", &rate)])
            }
        }
    }

    /// What would have been found of one coin.
    pub(crate) fn detection_limit(&self, it: &DetectionLimit) -> String {
        let carrier = self.named("carrier", &it.carrier);
        let (coin, window) = (self.coin(&it.coin), self.duration(it.window_s));
        format!("{coin} ({carrier}, {window}): {}", self.limit(it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, Lang, Texts};

    #[track_caller]
    fn check(limits: &[(&str, Option<f64>, &str)], said: &[&str]) {
        let catalogue = Catalogue::of(Lang::En).unwrap();
        let (texts, tz) = (Texts::default(), jiff::tz::TimeZone::UTC);
        let limits: Vec<_> = limits
            .iter()
            .map(|(coin, hashrate, unit)| DetectionLimit {
                coin: (*coin).to_owned(),
                carrier: "plaintext".to_owned(),
                hashrate: *hashrate,
                unit: (*unit).to_owned(),
                window_s: 600.0,
            })
            .collect();
        assert_eq!(Reader::new(&catalogue, &texts, &tz).detection_limits(&limits), said);
    }

    #[test]
    fn coins_of_one_limit_stand_in_one_sentence() {
        let none =
            "no limit can be given (window too short, or packets cut, missing or not readable)";
        check(
            &[("KAS", None, "H/s"), ("BTC", Some(0.0), "H/s"), ("ZEC", Some(0.0), "Sol/s")],
            &[
                "plaintext sessions, window 10 min, coins: 2 (BTC, ZEC): any hashrate would have been seen",
                &format!("plaintext sessions, window 10 min, coins: 1 (KAS): {none}"),
            ],
        );
    }

    #[test]
    fn many_coins_are_counted() {
        let coins: Vec<String> = (0..40).map(|it| format!("C{it}")).collect();
        let limits: Vec<_> = coins.iter().map(|it| (&**it, Some(0.0), "H/s")).collect();
        check(
            &limits,
            &["plaintext sessions, window 10 min, coins: 40: any hashrate would have been seen"],
        );
    }
}
