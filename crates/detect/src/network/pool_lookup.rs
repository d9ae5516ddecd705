//! # Pool look-up
//!
//! A name of a mining server was looked up, and that is all: whether anyone connected is not shown.
//! Look-ups by an approved resolver, which asks for others, and look-ups of pools' web pages or of
//! coin networks' nodes are context.
//!
//! Source: questions in DNS, compared with the list of pools by whole labels.
//!
//! ## False positives
//!
//! A question is not mining: browsers look ahead, block lists and mail filters look up what they
//! filter, security products ask for every name they watch. A resolver asks for its clients; it
//! has to be named in the description of the site to be recognised.
//!
//! ## Response
//!
//! Ask the resolver's log for the host that asked. Look for connections after the look-up. Answer a
//! superior's clue that rests on a look-up alone as "looked up only".

use std::collections::BTreeMap;

use minehound_model::{
    Approved, ApprovedUse, Arg, DetectorId, Dimension, Dossier, EntityId, FactKind, NameLookup,
    Nature, Observation, Sign,
};

use crate::detector::evidence;
use crate::knowledge::PoolMatch;
use crate::knowledge::schema::PoolKind;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct PoolLookup;

const QUERIED: (Sign, Nature) = (Sign("pool-name-queried"), Nature::Circumstance);
const EXPIRED: (Sign, Nature) = (Sign("expired-name-queried"), Nature::Circumstance);
const WEB: (Sign, Nature) = (Sign("pool-web-queried"), Nature::Context);
const RESOLVER: (Sign, Nature) = (Sign("resolver-asked"), Nature::Context);
const NODE: (Sign, Nature) = (Sign("node-name-queried"), Nature::Context);

static META: Meta = Meta {
    id: DetectorId("MH-NET-005"),
    name: "pool-lookup",
    dimension: Dimension::Network,
    items: &["NET-2"],
    techniques: &[],
    since: "0.1.0",
    needs: &[FactKind::NameLookup],
    needs_any: &[],
    signs: &[QUERIED, EXPIRED, WEB, RESOLVER, NODE],
    source: include_str!("pool_lookup.rs"),
    chinese: include_str!("pool_lookup.zh.md"),
};

impl Detector for PoolLookup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let approved = dossier.facts::<ApprovedUse>().any(|it| it.1.what == Approved::Resolver);
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut places = BTreeMap::new();
        for (seen, lookup) in dossier.facts::<NameLookup>() {
            let Some(pool) = knowledge.pool_for_host(&lookup.name) else { continue };
            let kind = kind(&pool, approved);
            let key: (&EntityId, _, _, &str) = (&seen.entity, kind.0, lookup.client, &lookup.name);
            let place = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.lookups.push((seen, lookup)),
                None => groups.push(Group { kind, pool, lookups: vec![(seen, lookup)] }),
            }
        }
        groups.iter().filter_map(Group::finding).collect::<Vec<_>>().into()
    }
}

fn kind(pool: &PoolMatch<'_>, resolver: bool) -> (Sign, Nature) {
    match pool.pool.kind {
        PoolKind::NodeService => NODE,
        _ if resolver => RESOLVER,
        PoolKind::WebOnly | PoolKind::FarmManager => WEB,
        _ if !pool.stratum_host => WEB,
        _ if pool.expired => EXPIRED,
        _ => QUERIED,
    }
}

/// Look-ups of one name by one client.
struct Group<'a> {
    kind: (Sign, Nature),
    pool: PoolMatch<'a>,
    lookups: Vec<(&'a Observation, &'a NameLookup)>,
}

impl Group<'_> {
    fn finding(&self) -> Option<minehound_model::Finding> {
        let (seen, first) = self.lookups.first()?;
        let places = self.lookups.iter().map(|it| &it.0.provenance);
        let finding = META
            .finding_at(self.kind, seen, evidence(&seen.provenance, places))
            .with("client", Arg::Text(first.client.to_string()))
            .with("name", Arg::Text(first.name.clone()))
            .with("pool", Arg::Text(self.pool.pool.name.clone()))
            .with("resolver", Arg::Text(first.resolver.to_string()))
            .with("count", Arg::Count(self.lookups.iter().map(|it| it.1.count).sum()))
            .with("checked", Arg::Text(self.pool.group.checked.to_string()));
        Some(finding)
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a mining server, an old name, a page and a node were looked up",
        given: r#"
            [[name_lookup]]
            client = "10.0.0.5"
            resolver = "10.0.0.1"
            name = "stratum.pool.example"
            count = 3
            [[name_lookup]]
            client = "10.0.0.5"
            resolver = "10.0.0.1"
            name = "stratum.oldpool.example"
            count = 1
            [[name_lookup]]
            client = "10.0.0.5"
            resolver = "10.0.0.1"
            name = "www.pool.example"
            count = 1
            [[name_lookup]]
            client = "10.0.0.5"
            resolver = "10.0.0.1"
            name = "seed.nodes.example"
            count = 1
        "#,
        expect: Expect::Found(&[QUERIED.0, EXPIRED.0, WEB.0, NODE.0]),
    },
    Example {
        title: "the site's resolver asks for its clients",
        given: r#"
            [[name_lookup]]
            client = "10.0.0.1"
            resolver = "192.0.2.53"
            name = "stratum.pool.example"
            count = 3
            [[approved_use]]
            what = "resolver"
            note = "the resolver of the house"
        "#,
        expect: Expect::Found(&[RESOLVER.0]),
    },
    Example {
        title: "a name that ends alike",
        given: r#"
            [[name_lookup]]
            client = "10.0.0.5"
            resolver = "10.0.0.1"
            name = "carpool.example"
            count = 3
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of look-ups of other names",
        given: "name_lookup = []",
        expect: Expect::Silent,
    },
    Example { title: "no look-ups were captured", given: "", expect: Expect::NotExamined },
];
