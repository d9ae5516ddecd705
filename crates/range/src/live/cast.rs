//! Who mines in a run and what is said: made as the generator makes it, so that it can be made again.

use std::collections::BTreeMap;

use super::relay::{Lag, round_trip};
use super::tunnel::host;
use crate::rng::Rng;
use crate::scenario::Session;
use crate::scenario_file::{CaptureStyle, Deed, Live, Scenario};
use crate::world::World;

/// The scenario as the generator knows it.
pub(super) fn world(live: &Live, seed: u64, start_ns: u64) -> World {
    let miners = live.groups.iter().filter_map(|it| match &it.deed {
        Deed::Mine(miners) => Some((**miners).clone()),
        Deed::Traffic | Deed::Browse => None,
    });
    let scenario = Scenario {
        name: live.name.clone(),
        zh: live.zh.clone(),
        en: live.en.clone(),
        start_ns,
        seconds: live.seconds,
        outputs: Vec::new(),
        networks: vec![live.network()],
        miners: miners.collect(),
        innocents: Vec::new(),
        blocks: BTreeMap::default(),
        capture: CaptureStyle::default(),
    };
    World::new(scenario, seed)
}

/// The session of the `number`-th group (from 1) in a run that began at `start_ns`, as it was
/// played, without what it went through; `None` if that group does not mine.
#[must_use]
pub fn session(live: &Live, seed: u64, start_ns: u64, number: u16) -> Option<Session> {
    let group = live.groups.get(usize::from(number).checked_sub(1)?)?;
    let Deed::Mine(miners) = &group.deed else { return None };
    let mut rng = Rng::new(seed).fork(&format!("live miner {number}"));
    let made = world(live, seed, start_ns).one_session(miners, host(number).into(), &mut rng);
    let lag = Lag { delay_ms: live.delay_ms, jitter_ms: live.jitter_ms };
    Some(Session { rtt_ms: round_trip(lag).as_secs_f64() * 1e3, ..made })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_played_can_be_made_again_from_seed_and_start() {
        let text = "kind = \"live\"\n[[innocent]]\nkind = \"traffic\"\n[[miner]]\ndialect = \"cryptonote\"\n";
        let live = Live::parse("x.toml", text).unwrap();
        let made = |seed| {
            let made = session(&live, seed, 1_767_600_000_000_000_000, 1).unwrap().dialogues();
            made.into_iter().flat_map(|it| it.turns).collect::<Vec<_>>()
        };
        assert!(session(&live, 1, 0, 2).is_none());
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }
}
