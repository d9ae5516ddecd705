//! The line of a flow that follows blocks.

use minehound_model::{Because, Grade, Row, SessionRow};
use minehound_series::block_clock::test;

use super::Tested;
use crate::network::learned::{Opinion, opinion};
use crate::network::session_row::unread;

/// The shortest capture asked about, in milliseconds, and by how much each next one is longer.
const SHORTEST_MS: i64 = 900_000;
const LONGER: (i64, i64) = (6, 5);

impl Tested<'_> {
    /// The line of the flow, with the coin that it follows.
    pub(super) fn row(&self, limit: f64) -> Row {
        let (seen, flow) = (self.seen, self.flow);
        let opinion = opinion(seen, flow);
        let base = unread(seen, (flow.client, flow.server), flow.carrier().to_owned());
        let because = [Because::FollowsBlocks];
        Row::Session(Box::new(SessionRow {
            server_name: flow.server_names.first().map(|it| it.name.clone()),
            coin: Some(self.clock.coin.clone()),
            grade: Grade::Behaviour,
            because: because
                .into_iter()
                .chain(opinion.as_ref().map(Opinion::beside_tests))
                .collect(),
            probability: opinion.map(|it| it.probability),
            known_ms: Some(self.known_ms(limit)),
            frames: flow.frames,
            ..base
        }))
    }

    /// By when a capture that ended then would have shown it, to a fifth of its length.
    fn known_ms(&self, limit: f64) -> i64 {
        let (from, to) = (self.seen.span.from_ms, self.seen.span.to_ms);
        let mut length = SHORTEST_MS;
        while from + length < to {
            let end = from + length;
            let heard = self.flow.pushes_ms.partition_point(|it| *it <= end);
            let heard = self.flow.pushes_ms.get(..heard).unwrap_or_default();
            let outcome = test(heard, &self.clock.times_ms, from, end);
            if outcome.is_some_and(|it| it.p_value <= limit) {
                return end;
            }
            length = length / LONGER.1 * LONGER.0;
        }
        to
    }
}
