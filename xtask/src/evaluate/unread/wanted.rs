//! What is wanted of sessions that cannot be read, and what was reached.

use std::collections::BTreeMap;

use minehound_series::trees::Model;

use super::SHORT_S;
use crate::evaluate::goals::{Goal, reaches};
use crate::evaluate::unread::bounded;
use crate::train::Kind;
use crate::train::examples::Example;
use crate::train::measure::{Found, Measured, part};

/// Innocent long flows that the goal for false alarms asks for.
const ENOUGH: u64 = 10_000;

/// Goals that worlds of the range are for.
pub(super) fn of_worlds(it: &Measured, tests: &Measured, record: &Measured, goals: &mut Vec<Goal>) {
    let under_tls = ["tls", "wss", "http-connect+tls", "socks5+wss"];
    let tls = |name: &str| under_tls.contains(&name);
    let other = summed(tests, tls);
    let reason = format!(
        "blind worlds; {}; the test worlds: {} of {} by the tests. Held back messages (jitter) no longer follow in \
         turn; slow victims of 20 minutes hand in too few shares and meet too few blocks; of the rest the model is \
         not sure enough, and then a test accuses nobody",
        missed(&[&it.dialect, &it.evasion]),
        part(other.by_tests, other.all),
        other.all
    );
    goals.push(sessions("TLS and WSS: 99 % found", it, tls, 0.99, reason));
    let reason = "blind worlds; by the lengths of its opening".to_owned();
    goals.push(sessions("Stratum V2: 99.9 % found", it, |name| name == "noise", 0.999, reason));
    let reason = "blind worlds of 20 to 60 minutes; the tests do not read a tunnel that others share, \
                  and there the block clock decides, which takes hours (below)";
    let shared = |name: &str| name.ends_with(", shared");
    goals.push(sessions(
        "Tunnels that others share: 90 % found",
        it,
        shared,
        0.9,
        reason.to_owned(),
    ));
    let all = it.innocent_all;
    goals.push(Goal {
        wanted: "at most 0.05 % false alarms of 10,000 innocent long flows".to_owned(),
        measured: bounded(all.by_tests, all.all),
        with_model: bounded(all.by_either, all.all),
        met: all.all >= ENOUGH && reaches(all.all - all.by_tests, all.all, 0.999_5),
        note: format!(
            "blind worlds; if the model had no word in it, flows that pass a test: {}",
            bounded(all.by_bare_tests, all.all)
        ),
    });
    let all = record.innocent_all;
    goals.push(Goal {
        wanted: "the same of the model for bare flow records".to_owned(),
        measured: bounded(all.by_model, all.all),
        with_model: String::new(),
        met: reaches(all.all - all.by_model, all.all, 0.999_5),
        note: "test worlds; totals of a flow tell little: it is a circumstance and never counts by itself"
            .to_owned(),
    });
}

/// The same on real innocent flows, for which no number was set.
pub(super) fn of_reality(innocent: &[Example], model: &Model, goals: &mut Vec<Goal>) {
    let all = Measured::of(innocent, Kind::Session, model, SHORT_S).innocent_all;
    goals.push(Goal {
        wanted: "false alarms on real flows of a minute or more: k of n".to_owned(),
        measured: bounded(all.by_tests, all.all),
        with_model: bounded(all.by_either, all.all),
        met: all.by_tests == 0,
        note: "real captures of sources that nothing was learned from; few of them are long"
            .to_owned(),
    });
}

fn sessions(
    wanted: &str,
    measured: &Measured,
    counts: impl Fn(&str) -> bool,
    least: f64,
    note: String,
) -> Goal {
    let sum = summed(measured, counts);
    let of = |found| format!("{} of {}", part(found, sum.all), sum.all);
    Goal {
        wanted: wanted.to_owned(),
        measured: of(sum.by_tests),
        with_model: of(sum.by_either),
        met: reaches(sum.by_tests, sum.all, least),
        note,
    }
}

/// All groups that count, together.
fn summed(measured: &Measured, counts: impl Fn(&str) -> bool) -> Found {
    let mut sum = Found::default();
    for (_, it) in measured.mining.iter().filter(|it| counts(it.0)) {
        sum.all += it.all;
        sum.by_tests += it.by_tests;
        sum.by_either += it.by_either;
    }
    sum
}

/// Where most is missed by the tests.
fn missed(tables: &[&BTreeMap<String, Found>]) -> String {
    let mut most: Vec<(u64, &str, u64)> = tables
        .iter()
        .flat_map(|it| it.iter())
        .filter(|it| it.0 != "tunnel")
        .map(|(name, it)| {
            let name = if name == "none" { "without any evasion" } else { name.as_str() };
            (it.all - it.by_tests, name, it.all)
        })
        .filter(|it| it.0 > 0)
        .collect();
    most.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(two.1)));
    let told: Vec<String> =
        most.iter().take(8).map(|(lost, name, all)| format!("{name} {lost} of {all}")).collect();
    if told.is_empty() {
        "nothing missed".to_owned()
    } else {
        format!("missed by the tests: {}", told.join(", "))
    }
}
