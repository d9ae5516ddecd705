//! The lines of translators that may be the one meant.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use minehound_model::{Ask, Span, Tie, Tied};

use super::steps::End;
use super::walk::{MAX_TIES, NEGLIGIBLE, Walk};

/// A line that fits, how well, and where it leads.
pub(super) struct Fitting {
    pub(super) tie: Tie,
    pub(super) touches: f64,
    pub(super) leads_to: End,
}

impl Walk<'_> {
    /// The lines that may be the one meant; none at all where there are too many to weigh: what some of
    /// them say would make one machine of thousands look like the only one.
    pub(super) fn lines(&self, end: End, asked: Span) -> Option<Vec<Fitting>> {
        let mut fitting = Vec::new();
        let mut found = self.of_end(end, asked)?;
        end_where_the_next_begins(&mut found);
        for tie in found {
            let leads_to = match &tie.what {
                Tied::Translation { inner, far, proto, .. } if self.is_meant(*far, *proto) => {
                    End { ip: inner.ip(), port: Some(inner.port()) }
                }
                Tied::PortBlock { inner, .. } => End { ip: *inner, port: None },
                _ => continue,
            };
            let touches = self.touching(&tie, asked);
            if touches > NEGLIGIBLE {
                fitting.push(Fitting { tie, touches, leads_to });
            }
        }
        // A translation says more than the block of ports that it took its port from.
        if fitting.iter().any(|it| matches!(it.tie.what, Tied::Translation { .. })) {
            fitting.retain(|it| matches!(it.tie.what, Tied::Translation { .. }));
        }
        Some(fitting)
    }

    /// All lines of an outer end about that time: by that end or, where a busy exit has too many of them and
    /// no port was told, by the far end.
    fn of_end(&self, end: End, asked: Span) -> Option<Vec<Tie>> {
        let window = |log| Some(self.window(log, asked));
        let by_end = Ask::Outer { ip: end.ip, port: end.port };
        let by_far = self.question.far.map(|(ip, port)| Ask::Far { ip, port });
        let few = |it: &Ask| self.ties.count(*it, &window, MAX_TIES) < MAX_TIES;
        let ask = [Some(by_end), by_far].into_iter().flatten().find(few)?;
        let mut found = self.ties.find(ask, &window, MAX_TIES);
        found.retain(|it| by_end.is_answered_by(&it.what));
        Some(found)
    }

    /// Whether a connection to this far end can be the one asked for.
    pub(super) fn is_meant(&self, far: Option<SocketAddr>, proto: u8) -> bool {
        let proto_fits = self.question.proto.is_none_or(|it| it == proto);
        let far_fits = match (self.question.far, far) {
            (Some((ip, port)), Some(far)) => {
                far.ip() == ip && port.is_none_or(|it| far.port() == it)
            }
            _ => true,
        };
        proto_fits && far_fits
    }
}

/// An outer end stands for one inner end towards a far end: where a log writes beginnings only, one lasts
/// as long as usual, or until the next begins. Ties come in the order of their beginnings.
fn end_where_the_next_begins(ties: &mut [Tie]) {
    let mut next = HashMap::new();
    for tie in ties.iter_mut().rev() {
        let Tied::Translation { outer, far, proto, .. } = tie.what else { continue };
        let Span { from_ms, to_ms } = tie.span;
        if let Some(next) = next.insert((tie.line.log, proto, outer, far), from_ms) {
            tie.span.to_ms = to_ms.min(next - 1).max(from_ms);
        }
    }
}

/// Lines by the end that they lead to.
pub(super) fn grouped(fitting: Vec<Fitting>) -> BTreeMap<End, Vec<Fitting>> {
    let mut groups = BTreeMap::<End, Vec<Fitting>>::new();
    for it in fitting {
        groups.entry(it.leads_to).or_default().push(it);
    }
    groups
}
