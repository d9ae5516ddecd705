//! The readable kinds of [`crate::innocent`], as connections of a world: each spell of up to twenty
//! minutes is made when it begins.

use std::collections::VecDeque;

use super::place::{Life, Place};
use crate::dialogue::{Dialogue, nanos};
use crate::innocent::Innocent;
use crate::rng::Rng;
use crate::world::body::Body;
use crate::world::chance::Gap;
use crate::world::notes::Notes;
use crate::world::script::{Call, Said, Told};

const SPELL_S: f64 = 1_200.0;

pub(super) fn lives(kind: Innocent, place: &Place, rng: &mut Rng) -> Vec<Life> {
    let at = place.clone();
    let mut waiting: VecDeque<Dialogue> = VecDeque::new();
    let mut next_ns = place.start_ns;
    let make = Box::new(move |start: u64, rng: &mut Rng| {
        while waiting.is_empty() {
            let from = next_ns.max(start);
            let left = crate::dialogue::seconds(at.end_ns.saturating_sub(from)).min(SPELL_S);
            let mut made = kind.dialogues(at.host, from, left.max(2.0), rng.next_u64());
            made.sort_by_key(|dialogue| dialogue.start_ns);
            next_ns = from + nanos(left.max(2.0) + rng.between(1.0, 60.0));
            waiting.extend(made);
        }
        let nothing =
            || Dialogue::udp((at.host, 9).into(), (at.resolver, 9).into(), start, kind.name());
        let dialogue = waiting.pop_front().unwrap_or_else(nothing);
        // the next connection starts as written, or when the next spell begins
        // (and is called a moment before, so that nothing overtakes it)
        let following = waiting.front().map_or(next_ns, |it| it.start_ns).saturating_sub(2_000_000);
        (of_dialogue(dialogue, kind), following)
    });
    let mut life = Life::new(place, 30.0, Gap::Once(0.0), rng, make);
    (life.chained, life.gap) = (true, Gap::Every(0.001, 0.0));
    vec![life]
}

/// A dialogue as a connection of a world.
fn of_dialogue(dialogue: Dialogue, kind: Innocent) -> Call {
    let said = dialogue.turns.into_iter();
    let said = said.map(|turn| Said {
        time_ns: turn.time_ns,
        from: turn.from,
        body: Body::bytes(turn.bytes),
    });
    Call {
        transport: dialogue.transport,
        client: dialogue.client,
        server: dialogue.server,
        start_ns: dialogue.start_ns,
        rtt_ns: dialogue.rtt_ns,
        kind: kind.name(),
        pace_ns: 30_000,
        script: Box::new(Told(said.collect())),
        notes: Notes::None,
    }
}
