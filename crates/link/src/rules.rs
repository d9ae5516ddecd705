//! The identity rules: leases with their intervals, and addresses known to be shared.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_model::{EntityId, EntityKind, Examined, Fact, Observation, Span};

use crate::Rule;

/// An address that was held for a while.
struct Lease {
    span: Span,
    holder: EntityId,
    /// How its holder is known.
    rule: Rule,
}

/// Who held which address when.
#[derive(Default)]
pub(crate) struct Rules {
    leases: BTreeMap<IpAddr, Vec<Lease>>,
    shared: BTreeMap<IpAddr, Vec<Span>>,
}

impl Rules {
    /// Reads the rules off the observations that state them.
    pub(crate) fn of(observations: &[Observation]) -> Self {
        let mut rules = Self::default();
        let machines = machines(observations);
        for it in observations {
            match &it.fact {
                Fact::AddressLease(lease) => {
                    let machine = machines.get(&it.entity).cloned().flatten();
                    let rule =
                        if machine.is_some() { Rule::HardwareAddress } else { Rule::AddressLease };
                    let holder = machine.unwrap_or_else(|| it.entity.clone());
                    let leases = rules.leases.entry(lease.address).or_default();
                    leases.push(Lease { span: it.span, holder, rule });
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
        let Some(first) = holders.next() else { return (subject.clone(), None) };
        // Several sources may tell of the same machine; of another one none may.
        let mut covering = Some(first).filter(|it| it.span.covers(span));
        for it in holders {
            if it.holder != first.holder {
                return (subject.clone(), None);
            }
            covering = covering.or_else(|| it.span.covers(span).then_some(it));
        }
        match covering {
            Some(lease) => (lease.holder.clone(), Some(lease.rule)),
            None => (subject.clone(), None),
        }
    }

    /// Everyone else who held the address of `subject` at some time of `span`.
    pub(crate) fn holders_of(&self, subject: &EntityId, span: Span) -> Vec<EntityId> {
        let Some(address) = address(subject) else { return Vec::new() };
        let behind = self.is_shared(address, span);
        let behind = behind.then(|| EntityId::host_behind(subject.name()));
        let mut holders: Vec<_> = self.holders(address, span).map(|it| it.holder.clone()).collect();
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
        let holders: Vec<_> = self.holders(address, span).map(|it| it.holder.clone()).collect();
        // The address may also have been another's for part of the time.
        let whole = self.holders(address, span).any(|it| it.span.covers(span));
        let endpoint = (!whole).then(|| subject.clone());
        holders.into_iter().chain(endpoint).collect()
    }

    fn is_shared(&self, address: IpAddr, span: Span) -> bool {
        self.shared.get(&address).into_iter().flatten().any(|it| it.overlaps(span))
    }

    fn holders(&self, address: IpAddr, span: Span) -> impl Iterator<Item = &Lease> {
        let leases = self.leases.get(&address).into_iter().flatten();
        leases.filter(move |it| it.span.overlaps(span))
    }
}

/// Which inspected machine a hardware address belongs to, by the name that leases give it; none where
/// several machines say that it is theirs.
fn machines(observations: &[Observation]) -> BTreeMap<EntityId, Option<EntityId>> {
    let mut machines = BTreeMap::<EntityId, Option<EntityId>>::new();
    for it in observations {
        let Fact::HostProfile(profile) = &it.fact else { continue };
        for mac in &profile.hardware_addresses {
            let named = EntityId::new(EntityKind::Host, mac.to_string());
            machines
                .entry(named)
                .and_modify(|known| {
                    if known.as_ref() != Some(&it.entity) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(it.entity.clone()));
        }
    }
    machines
}

fn address(subject: &EntityId) -> Option<IpAddr> {
    if subject.kind() == EntityKind::Endpoint { subject.name().parse().ok() } else { None }
}
