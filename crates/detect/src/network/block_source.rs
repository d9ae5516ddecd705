//! Where block times come from: what the user imported, and the jobs of miners that could be read.
//!
//! A job that builds on another block than the one before tells when its pool had heard of a block:
//! an arrival, as good as a node's log.

use std::collections::BTreeMap;

use minehound_model::{Dossier, PoolSession};

use super::coin::mined;
use super::session::server;
use crate::Knowledge;
use crate::detector::pool_sessions;

/// Clocks taken from jobs at the most.
const MAX_HEARD: usize = 8;

/// Pools hear of the same block within this time.
const HEARD_WITHIN_MS: i64 = 10_000;

/// When blocks of a coin arrived, by one account.
pub(super) struct Clock {
    /// The coin's symbol, or its family.
    pub(super) coin: String,
    /// The server whose jobs told; `None` for an imported file.
    pub(super) server: Option<String>,
    /// The moments, in milliseconds since 1970, in order.
    pub(super) times_ms: Vec<i64>,
}

/// All clocks that flows can be held against: imported ones first, then, for coins of which none was
/// imported, those that were heard.
pub(super) fn clocks(dossier: &Dossier, knowledge: &Knowledge) -> Vec<Clock> {
    let mut clocks: Vec<Clock> = knowledge
        .blocks()
        .map(|(coin, times)| Clock {
            coin: coin.to_owned(),
            server: None,
            times_ms: times.to_vec(),
        })
        .collect();
    let heard = heard(dossier, knowledge);
    let known = |coin: &str| clocks.iter().any(|it| it.coin == coin);
    let mut fresh: Vec<Clock> = heard.into_iter().filter(|it| !known(&it.coin)).collect();
    // The longest accounts first: of one coin, and where only the family shows of one server.
    fresh.sort_by_key(|it| std::cmp::Reverse(it.times_ms.len()));
    fresh.truncate(MAX_HEARD);
    clocks.append(&mut fresh);
    clocks
}

fn heard(dossier: &Dossier, knowledge: &Knowledge) -> Vec<Clock> {
    let mut accounts = BTreeMap::<(String, Option<String>), Vec<&PoolSession>>::new();
    for (seen, session) in pool_sessions(dossier) {
        if session.block_times_ms.is_empty() || session.repeated {
            continue;
        }
        let Some(coin) = mined(session, seen.span.from_ms, knowledge).coin else { continue };
        // A family is many chains: then each server speaks for itself.
        let apart = coin.ends_with("-like").then(|| server(session));
        accounts.entry((coin, apart)).or_default().push(session);
    }
    let clock = |((coin, _), sessions): ((String, _), Vec<&PoolSession>)| {
        let server = sessions.iter().max_by_key(|it| it.block_times_ms.len()).map(|it| server(it));
        Clock { coin, server, times_ms: joined(sessions) }
    };
    accounts.into_iter().map(clock).collect()
}

/// The moments of several accounts of one chain. Pools hear of a block seconds apart, so at any time
/// only one account speaks: the longest, and others where it is silent.
fn joined(mut sessions: Vec<&PoolSession>) -> Vec<i64> {
    sessions.sort_by_key(|it| std::cmp::Reverse(it.block_times_ms.len()));
    let mut spoken: Vec<(i64, i64)> = Vec::new();
    let mut times = Vec::new();
    for it in sessions {
        let free = |at: &i64| !spoken.iter().any(|(from, to)| (*from..=*to).contains(at));
        times.extend(it.block_times_ms.iter().copied().filter(free));
        if let (Some(first), Some(last)) = (it.block_times_ms.first(), it.block_times_ms.last()) {
            spoken.push((first - HEARD_WITHIN_MS, last + HEARD_WITHIN_MS));
        }
    }
    times.sort_unstable();
    times.dedup();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(times_ms: &[i64]) -> PoolSession {
        let text = "client = '10.0.0.5:40000'\nserver = '192.0.2.7:3333'\ndialect = 'cryptonote'\n\
                    carrier = 'tcp'\ngrade = 'logged_in'";
        let session: PoolSession = toml::from_str(text).unwrap();
        PoolSession { block_times_ms: times_ms.to_vec(), ..session }
    }

    #[test]
    fn of_two_accounts_the_longer_speaks_and_the_other_fills_its_silence() {
        let long = session(&[100_000, 200_000, 300_000, 400_000]);
        let late = session(&[101_000, 402_000, 500_000]);
        let expected = [100_000, 200_000, 300_000, 400_000, 500_000];
        assert_eq!(joined(vec![&late, &long]), expected);
    }
}
