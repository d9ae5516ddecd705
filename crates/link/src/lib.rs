//! Who is who: from observations as sources name their subjects to a dossier per entity.
//!
//! Invariant: an address becomes a host only where one lease covers the whole observation; behind
//! a shared address it becomes some host there, never the owner of the address. Every join is
//! handed on, so that a report can show it.

pub mod attribute;
pub mod clocks;
mod members;
mod rules;

use std::collections::BTreeMap;

use minehound_model::{Coverage, Dossier, EntityId, Examined, Fact, Observation, Span};

pub use members::captured;
use rules::Rules;

/// The rule by which a subject became another entity: a message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// One lease of the address covers the whole observation.
    AddressLease,
    /// The same, and the lease names a hardware address that one inspected machine has.
    HardwareAddress,
    /// The address stands for many hosts.
    SharedAddress,
}

impl Rule {
    /// Its message id.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::AddressLease => "join-address-lease",
            Self::HardwareAddress => "join-hardware-address",
            Self::SharedAddress => "join-shared-address",
        }
    }
}

/// A step by which observations came to be about an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The rule.
    pub rule: Rule,
    /// Whom the source spoke of.
    pub from: EntityId,
    /// The time of the observations it moved.
    pub span: Span,
    /// How many observations it moved.
    pub observations: u64,
}

/// A dossier and how it came together.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// Everything about one entity.
    pub dossier: Dossier,
    /// The steps, in the order of subjects.
    pub joins: Vec<Joined>,
}

/// Gathers a dossier per entity, in entity order.
pub fn dossiers(
    mut observations: Vec<Observation>,
    examined: &[Examined],
) -> impl Iterator<Item = Linked> + use<> {
    observations.sort_by(|a, b| a.provenance.cmp(&b.provenance));
    let rules = Rules::of(&observations);
    let mut linked = BTreeMap::<EntityId, Linked>::new();
    let views: Vec<_> = examined.iter().map(|it| (it, rules.in_view(it))).collect();
    for entity in views.iter().flat_map(|(_, in_view)| in_view) {
        open(&mut linked, entity.clone());
    }
    for mut seen in observations {
        if is_permission(&seen.fact) {
            // What is permitted to an address is permitted to whoever held it.
            for holder in rules.holders_of(&seen.entity, seen.span) {
                let told = Observation { entity: holder.clone(), ..seen.clone() };
                open(&mut linked, holder).dossier.observations.push(told);
            }
        }
        let (entity, rule) = rules.who(&seen.entity, seen.span);
        if members::concerns(&seen.fact) {
            let told = Observation { entity: entity.clone(), ..seen.clone() };
            open(&mut linked, captured()).dossier.observations.push(told);
        }
        let place = open(&mut linked, entity.clone());
        if let Some(rule) = rule {
            note(&mut place.joins, rule, &seen.entity, seen.span);
        }
        seen.entity = entity;
        place.dossier.observations.push(seen);
    }
    for it in linked.values_mut() {
        let entity = &it.dossier.entity;
        let covering = views.iter().filter(|(view, in_view)| {
            in_view.contains(entity) || view.extent.entities.is_none() || *entity == captured()
        });
        let narrowed = covering.map(|(view, _)| view.narrowed_to(entity));
        it.dossier.coverage = Coverage(narrowed.collect());
    }
    linked.into_values()
}

fn is_permission(fact: &Fact) -> bool {
    matches!(fact, Fact::DeclaredUse(_) | Fact::ApprovedUse(_))
}

fn open(linked: &mut BTreeMap<EntityId, Linked>, entity: EntityId) -> &mut Linked {
    linked.entry(entity.clone()).or_insert_with(|| Linked {
        dossier: Dossier { entity, coverage: Coverage::default(), observations: Vec::new() },
        joins: Vec::new(),
    })
}

fn note(joins: &mut Vec<Joined>, rule: Rule, from: &EntityId, span: Span) {
    match joins.iter_mut().find(|it| it.rule == rule && it.from == *from) {
        Some(join) => {
            join.span = join.span.hull(span);
            join.observations += 1;
        }
        None => joins.push(Joined { rule, from: from.clone(), span, observations: 1 }),
    }
}

#[cfg(test)]
mod tests;
