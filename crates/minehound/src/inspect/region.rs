//! Domestic or overseas: by an imported table, never by asking anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use minehound_collect::Collected;
use minehound_collect::geo::GeoTable;
use minehound_model::{
    AddressRegion, Examined, Extent, Fact, FactKind, Observation, Region, Row, Span, pool_address,
};

use crate::args::Inspect;

/// Reads the tables named on the command line; none if none is.
pub(crate) fn table(args: &Inspect) -> anyhow::Result<Option<GeoTable>> {
    if args.geo.is_empty() {
        return Ok(None);
    }
    let mut table = GeoTable::default();
    for path in &args.geo {
        table
            .add(super::read(path)?)
            .map_err(|it| anyhow::Error::from(it).context(path.display().to_string()))?;
    }
    Ok(Some(table))
}

/// Says beside every pool that was contacted where its address is registered.
pub(crate) fn observe(table: &GeoTable, home: &str, collected: &mut Collected) {
    let mut regions: Vec<Observation> = Vec::new();
    let mut gaps = BTreeSet::new();
    for seen in &collected.observations {
        let address = match &seen.fact {
            Fact::PoolSession(it) => {
                let named = it.server_names.first().map(|it| it.name.as_str());
                pool_address(it.server, &it.carrier, named)
            }
            Fact::PoolContact(it) => pool_address(it.server, &it.carrier, Some(&it.name.name)),
            _ => continue,
        };
        // A pool that a proxy was asked for by name stands nobody knows where.
        let found = address.and_then(|it| Some((it, table.country(it)?)));
        let Some((address, country)) = found else {
            gaps.insert("region-unknown".to_owned());
            continue;
        };
        let domestic = country.eq_ignore_ascii_case(home);
        let fact = AddressRegion { address, country, domestic };
        regions.push(Observation { fact: fact.into(), ..seen.clone() });
    }
    collected.observations.append(&mut regions);
    let whole = |span: Span| Examined {
        kind: FactKind::AddressRegion,
        span,
        extent: Extent { entities: None, records: 1 },
        sampling: 1,
        limit: None,
        gaps: gaps.clone(),
    };
    let sessions = collected.examined.iter().filter(|it| it.kind == FactKind::PoolSession);
    if let Some(span) = sessions.map(|it| it.span).reduce(Span::hull) {
        collected.examined.push(whole(span));
    }
}

/// Fills the region of every session.
pub(crate) fn fill(rows: &mut [Row], table: Option<&GeoTable>, home: &str) {
    let Some(table) = table else { return };
    let mut known: BTreeMap<IpAddr, Region> = BTreeMap::new();
    for row in rows {
        let Row::Session(session) = row else { continue };
        let named = session.server_name.as_deref();
        let Some(address) = pool_address(session.server, &session.carrier, named) else {
            session.region = Region::Unknown;
            continue;
        };
        let region = known.entry(address).or_insert_with(|| match table.country(address) {
            None => Region::Unknown,
            Some(it) if it.eq_ignore_ascii_case(home) => Region::Domestic,
            Some(it) => Region::Overseas(it),
        });
        session.region = region.clone();
    }
}
