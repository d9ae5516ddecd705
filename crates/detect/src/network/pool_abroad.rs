//! # Pool abroad
//!
//! The address of a pool that was contacted is registered in another country. It says where the
//! revenue may go, not that anybody mines: context, and weighs nothing.
//!
//! Source: an imported table of addresses and countries; nobody is asked. Without one this is not
//! assessed.
//!
//! ## False positives
//!
//! A table says where an address is registered, not where the server stands. Content networks and
//! relays hide the real one.
//!
//! ## Response
//!
//! With a session that mines: record account and wallet, which lead to the revenue.

use std::collections::{BTreeMap, BTreeSet};

use minehound_model::{
    AddressRegion, Arg, DetectorId, Dimension, Dossier, FactKind, Nature, Observation, Sign,
};

use crate::detector::{evidence, with_names};
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PoolAbroad;

const ABROAD: (Sign, Nature) = (Sign("pool-abroad"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-008"),
    name: "pool-abroad",
    dimension: Dimension::Network,
    items: &["NET-4"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::AddressRegion],
    needs_any: &[],
    signs: &[ABROAD],
    source: include_str!("pool_abroad.rs"),
    chinese: include_str!("pool_abroad.zh.md"),
};

impl Detector for PoolAbroad {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let mut countries = BTreeMap::<_, Vec<(&Observation, &AddressRegion)>>::new();
        for (seen, it) in dossier.facts::<AddressRegion>().filter(|it| !it.1.domestic) {
            countries.entry((&seen.entity, it.country.as_str())).or_default().push((seen, it));
        }
        let findings = countries.into_iter().filter_map(|((_, country), group)| {
            let (seen, _) = group.first()?;
            let places = evidence(&seen.provenance, group.iter().map(|it| &it.0.provenance));
            let addresses: BTreeSet<_> = group.iter().map(|it| it.1.address).collect();
            let finding = META.finding_at(ABROAD, seen, places);
            let finding = finding.with("country", Arg::Text(country.to_owned()));
            let finding = finding.with("count", Arg::Count(addresses.len() as u64));
            let addresses = addresses.into_iter().map(|it| it.to_string());
            Some(with_names(finding, "addresses", addresses))
        });
        findings.collect::<Vec<_>>().into()
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a pool's address in another country",
        given: r#"
            [[address_region]]
            address = "192.0.2.7"
            country = "XX"
            domestic = false
        "#,
        expect: Expect::Found(&[ABROAD.0]),
    },
    Example {
        title: "a pool's address in the home country",
        given: r#"
            [[address_region]]
            address = "192.0.2.7"
            country = "CN"
            domestic = true
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a table, and no pool to look up in it",
        given: "address_region = []",
        expect: Expect::Silent,
    },
    Example { title: "no table was given", given: "", expect: Expect::NotExamined },
];
