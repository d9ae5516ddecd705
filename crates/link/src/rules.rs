//! The identity rules: leases with their intervals, and addresses known to be shared.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{EntityId, EntityKind, Examined, Fact, Observation, Span};

use crate::Rule;

/// Who held which address when.
#[derive(Default)]
pub(crate) struct Rules {
    leases: BTreeMap<IpAddr, Vec<(Span, EntityId)>>,
    shared: BTreeMap<IpAddr, Vec<Span>>,
}

impl Rules {
    /// Reads the rules off the observations that state them.
    pub(crate) fn of(observations: &[Observation]) -> Self {
        let mut rules = Self::default();
        for it in observations {
            match &it.fact {
                Fact::AddressLease(lease) => {
                    let leases = rules.leases.entry(lease.address).or_default();
                    leases.push((it.span, it.entity.clone()));
                }
                Fact::TranslatedAddress(shared) => {
                    rules.shared.entry(shared.address).or_default().push(it.span);
                }
                _ => {}
            }
        }
        rules
    }

    /// Who was meant by `subject` during `span`, and by which rule; an endpoint that cannot be
    /// told stays one.
    pub(crate) fn who(&self, subject: &EntityId, span: Span) -> (EntityId, Option<Rule>) {
        let Some(address) = address(subject) else { return (subject.clone(), None) };
        if self.is_shared(address, span) {
            return (EntityId::host_behind(subject.name()), Some(Rule::SharedAddress));
        }
        let mut holders = self.holders(address, span);
        match (holders.next(), holders.next()) {
            (Some((lease, host)), None) if lease.covers(span) => {
                (host.clone(), Some(Rule::AddressLease))
            }
            _ => (subject.clone(), None),
        }
    }

    /// Everyone else who held the address of `subject` at some time of `span`.
    pub(crate) fn holders_of(&self, subject: &EntityId, span: Span) -> Vec<EntityId> {
        let Some(address) = address(subject) else { return Vec::new() };
        let behind = self.is_shared(address, span);
        let behind = behind.then(|| EntityId::host_behind(subject.name()));
        let mut holders: Vec<_> = self.holders(address, span).map(|it| it.1.clone()).collect();
        let (meant, _) = self.who(subject, span);
        holders.extend(behind);
        holders.sort();
        holders.dedup();
        holders.retain(|it| *it != meant);
        holders
    }

    /// Everyone who may have been in view: each holder of an address in view, or the endpoint.
    pub(crate) fn in_view(&self, examined: &Examined) -> BTreeSet<EntityId> {
        let subjects = examined.extent.entities.iter().flatten();
        subjects.flat_map(|it| self.anyone(it, examined.span)).collect()
    }

    fn anyone(&self, subject: &EntityId, span: Span) -> Vec<EntityId> {
        let Some(address) = address(subject) else { return vec![subject.clone()] };
        if self.is_shared(address, span) {
            return vec![self.who(subject, span).0];
        }
        let holders: Vec<_> = self.holders(address, span).map(|it| it.1.clone()).collect();
        // The address may also have been another's for part of the time.
        let whole = self.holders(address, span).any(|it| it.0.covers(span));
        let endpoint = (!whole).then(|| subject.clone());
        holders.into_iter().chain(endpoint).collect()
    }

    fn is_shared(&self, address: IpAddr, span: Span) -> bool {
        self.shared.get(&address).into_iter().flatten().any(|it| it.overlaps(span))
    }

    fn holders(&self, address: IpAddr, span: Span) -> impl Iterator<Item = &(Span, EntityId)> {
        let leases = self.leases.get(&address).into_iter().flatten();
        leases.filter(move |(lease, _)| lease.overlaps(span))
    }
}

fn address(subject: &EntityId) -> Option<IpAddr> {
    if subject.kind() == EntityKind::Endpoint { subject.name().parse().ok() } else { None }
}
