//! Properties of joining: never across a lease change, never on an address alone.

use minehound_model::{
    AddressLease, Approved, ApprovedUse, ArtefactId, Clock, CpuLoad, Extent, Fact, FactKind,
    Provenance, TranslatedAddress,
};

use super::*;

fn seen(entity: &str, from_ms: i64, to_ms: i64, fact: impl Into<Fact>) -> Observation {
    Observation {
        entity: EntityId::try_from(entity.to_owned()).unwrap(),
        span: Span { from_ms, to_ms },
        clock: Clock::Stated,
        provenance: Provenance::at(ArtefactId(0), 1, 1),
        fact: fact.into(),
    }
}

fn statements() -> Vec<Observation> {
    let lease = |address: &str| AddressLease { address: address.parse().unwrap() };
    let shared = TranslatedAddress { address: "203.0.113.5".parse().unwrap(), proxy: false };
    vec![
        seen("host:a", 0, 99, lease("10.0.0.7")),
        seen("host:b", 100, 199, lease("10.0.0.7")),
        seen("host:a", 0, 99, lease("2001:db8::7")),
        seen("organisation:o", 0, 199, shared),
    ]
}

#[track_caller]
fn check(address: &str, from_ms: i64, to_ms: i64, expected: &str) {
    let mut observations = statements();
    let subject = format!("endpoint:{address}");
    observations.push(seen(&subject, from_ms, to_ms, CpuLoad::default()));
    let holds =
        |it: &Linked| it.dossier.observations.iter().any(|it| matches!(it.fact, Fact::CpuLoad(_)));
    let found = dossiers(observations, &[]).find(holds).unwrap();
    assert_eq!(found.dossier.entity.to_string(), expected);
    assert_eq!(found.joins.len(), usize::from(expected != subject), "a join is shown");
}

#[test]
fn a_lease_names_the_host_while_it_lasts() {
    check("10.0.0.7", 5, 99, "host:a");
    check("10.0.0.7", 100, 100, "host:b");
    check("2001:db8::7", 1, 2, "host:a");
}

#[test]
fn a_lease_by_hardware_address_is_of_the_machine_that_has_it() {
    let mac = minehound_model::HardwareAddress([0, 0, 0x5e, 0, 0x53, 7]);
    let lease = || AddressLease { address: "10.0.0.9".parse().unwrap() };
    let profile = || minehound_model::HostProfile {
        hardware_addresses: vec![mac],
        ..minehound_model::HostProfile::default()
    };
    let joined = |more: Vec<Observation>| {
        let mut observations = vec![
            seen("host:00:00:5e:00:53:07", 0, 99, lease()),
            seen("host:pc-7", 50, 199, lease()),
            seen("host:pc-7", 60, 60, profile()),
            seen("endpoint:10.0.0.9", 5, 6, CpuLoad::default()),
        ];
        observations.extend(more);
        let found: Vec<_> = dossiers(observations, &[]).collect();
        let holds = |it: &&Linked| {
            it.dossier.observations.iter().any(|it| matches!(it.fact, Fact::CpuLoad(_)))
        };
        let it = found.iter().find(holds).unwrap();
        (it.dossier.entity.to_string(), it.joins.first().map(|it| it.rule))
    };
    assert_eq!(joined(vec![]), ("host:pc-7".to_owned(), Some(Rule::HardwareAddress)));
    // A card that two machines claim names neither.
    let two = joined(vec![seen("host:clone", 60, 60, profile())]);
    assert_eq!(two.0, "host:00:00:5e:00:53:07");
}

#[test]
fn nothing_is_joined_across_a_lease_change_or_outside_a_lease() {
    check("10.0.0.7", 90, 110, "endpoint:10.0.0.7");
    check("10.0.0.7", 150, 250, "endpoint:10.0.0.7");
    check("10.0.0.8", 5, 5, "endpoint:10.0.0.8");
}

#[test]
fn behind_a_shared_address_it_is_some_host_there() {
    check("203.0.113.5", 5, 6, "host:behind 203.0.113.5");
}

#[test]
fn whoever_held_an_address_in_view_was_in_view() {
    let view = Examined {
        kind: FactKind::PoolSession,
        span: Span { from_ms: 50, to_ms: 150 },
        extent: Extent {
            entities: Some([EntityId::try_from("endpoint:10.0.0.7".to_owned()).unwrap()].into()),
            records: 9,
        },
        sampling: 1,
        limit: None,
        gaps: [].into(),
    };
    let linked: Vec<_> = dossiers(statements(), &[view]).collect();
    let covered: Vec<_> = linked
        .iter()
        .filter(|it| it.dossier.coverage.has(FactKind::PoolSession))
        .map(|it| it.dossier.entity.to_string())
        .collect();
    assert_eq!(covered, ["host:a", "host:b", "endpoint:10.0.0.7"]);
}

#[test]
fn what_is_permitted_to_an_address_is_permitted_to_its_holders() {
    let mut observations = statements();
    let approved = ApprovedUse { what: Approved::Research, note: "honeypot".to_owned() };
    observations.push(seen("endpoint:10.0.0.7", 0, 9999, approved));
    let permitted = |it: &Linked| {
        it.dossier.observations.iter().any(|it| matches!(it.fact, Fact::ApprovedUse(_)))
    };
    let to: Vec<_> = dossiers(observations, &[])
        .filter(permitted)
        .map(|it| it.dossier.entity.to_string())
        .collect();
    assert_eq!(to, ["host:a", "host:b", "endpoint:10.0.0.7"]);
}
