//! What people state in files: declared compute, the site, approved uses.
//!
//! These files only ever explain circumstances; nothing in them can accuse.

mod range;
mod register;

use std::net::IpAddr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use minehound_model::{
    AddressLease, Approved, ApprovedUse, ArtefactId, Clock, DeclaredUse, EntityId, EntityKind,
    Examined, Extent, Fact, FactKind, Observation, Provenance, Span, TranslatedAddress,
};
use serde::Deserialize;
use thiserror::Error;

pub use self::range::{Net, Range, RangeError};
pub use self::register::Register;
use self::register::Written;
use crate::Sink;

/// Why a statement was refused.
#[derive(Debug, Error)]
pub enum StatedError {
    /// The file does not follow the schema.
    #[error(
        "does not follow its schema; `minehound example site` and `minehound example declare` print files that are right"
    )]
    Schema(#[from] toml::de::Error),
    /// A day is not written as a day.
    #[error("`{0}` is not a day; write it like 2026-12-31")]
    Day(String),
    /// The last day lies before the first.
    #[error("what begins on `{from}` cannot end on `{to}`; correct one of the days")]
    Backwards {
        /// The first day, as far as it is stated.
        from: String,
        /// The last day, as far as it is stated.
        to: String,
    },
    /// An entry of the register of tunnels names neither an end nor a host.
    #[error(
        "the tunnel `{0}` names neither servers nor hosts; an approval of everything says nothing"
    )]
    Everything(String),
    /// An entry of that register names a protocol that is not told apart.
    #[error(
        "`{0}` is no protocol of the register; write ssh, wireguard, openvpn, ipsec, l2tp, socks4, socks5, http-connect or tor"
    )]
    Protocol(String),
}

/// From the first to the last moment that can be stated: 1970 to 2200.
const ALWAYS: Span = Span { from_ms: 0, to_ms: 7_258_118_400_000 };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declarations {
    #[serde(default)]
    declaration: Vec<Declaration>,
    tunnel: Option<Vec<Written>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    project: String,
    devices: Vec<String>,
    from: Option<String>,
    expiry: Option<String>,
    kw: Option<f64>,
    approver: Option<String>,
}

/// The described site, as far as it is not turned into observations.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Its area, in square metres.
    pub area_m2: Option<f64>,
    /// What is done there.
    pub industry: Option<String>,
    /// How many racks it has.
    pub racks: Option<u32>,
    /// Addresses that stand for many hosts.
    pub nat: Vec<Range>,
    /// Addresses of proxies.
    pub proxies: Vec<Range>,
    /// Addresses of resolvers.
    pub resolvers: Vec<Range>,
    /// Approved VPNs.
    pub vpn: Vec<Approval>,
    /// Approved research: honeypots, scanners, pool monitors.
    pub research: Vec<Approval>,
    /// Hosts and the addresses they hold.
    pub host: Vec<Holder>,
    /// Devices that translate addresses.
    pub translator: Vec<Translator>,
}

/// A device that translates addresses: trails lead through it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translator {
    /// What its logs call it.
    pub device: String,
    /// The addresses that it shows outside.
    pub outer: Vec<Net>,
    /// The addresses behind it.
    pub inner: Vec<Net>,
}

impl Site {
    /// Whether an address is one of its proxies.
    #[must_use]
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|it| it.contains(address))
    }
}

/// An approved use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The address it runs at.
    pub address: IpAddr,
    /// Who approved it, when, for what.
    pub note: String,
}

/// A host and an address it holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The name of the host.
    pub name: String,
    /// The address.
    pub address: IpAddr,
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// Reads a `--declare` file and gives its register of tunnels. `evidence_end_ms` is when the evidence
/// ends: a declaration that had ended by then is listed and explains nothing.
///
/// # Errors
///
/// Returns [`StatedError`] when the file does not follow the schema.
pub fn declarations(
    text: &str,
    artefact: ArtefactId,
    evidence_end_ms: Option<i64>,
    into: &mut dyn Sink,
) -> Result<Register, StatedError> {
    let file: Declarations = toml::from_str(text)?;
    let first = file.declaration.len() as u64 + 1;
    for (record, it) in (1..).zip(file.declaration) {
        let span = days(it.from.as_deref(), it.expiry.as_deref())?;
        let expired = it.expiry.is_some() && evidence_end_ms.is_some_and(|end| span.to_ms < end);
        for device in &it.devices {
            let fact = DeclaredUse {
                project: it.project.clone(),
                devices: it.devices.clone(),
                kw: it.kw,
                approver: it.approver.clone(),
                expiry: it.expiry.clone(),
                expired,
            };
            into.observe(stated(subject(device), span, artefact, record, fact));
        }
    }
    examined(FactKind::DeclaredUse, into);
    let Some(tunnels) = file.tunnel else { return Ok(Register::default()) };
    examined(FactKind::RegisteredTunnel, into);
    Register::of(tunnels, artefact, first)
}

/// Reads a `--site` file.
///
/// # Errors
///
/// Returns [`StatedError`] when the file does not follow the schema.
pub fn site(text: &str, artefact: ArtefactId, into: &mut dyn Sink) -> Result<Site, StatedError> {
    let site: Site = toml::from_str(text)?;
    let owner =
        EntityId::new(EntityKind::Site, if site.name.is_empty() { "site" } else { &site.name });
    let mut record = 0;
    let mut tell = |entity, span, fact: Fact| {
        record += 1;
        into.observe(stated(entity, span, artefact, record, fact));
    };
    let shared = site.nat.iter().flat_map(Range::addresses).map(|it| (it, false));
    let proxies = site.proxies.iter().flat_map(Range::addresses).map(|it| (it, true));
    for (address, proxy) in shared.chain(proxies) {
        tell(owner.clone(), ALWAYS, TranslatedAddress { address, proxy }.into());
    }
    for address in site.resolvers.iter().flat_map(Range::addresses) {
        let approved = ApprovedUse { what: Approved::Resolver, note: String::new() };
        tell(EntityId::endpoint(address), ALWAYS, approved.into());
    }
    let approved = site.vpn.iter().map(|it| (Approved::Vpn, it));
    for (what, it) in approved.chain(site.research.iter().map(|it| (Approved::Research, it))) {
        tell(
            EntityId::endpoint(it.address),
            ALWAYS,
            ApprovedUse { what, note: it.note.clone() }.into(),
        );
    }
    for it in &site.host {
        let span = days(it.from.as_deref(), it.to.as_deref())?;
        let host = EntityId::new(EntityKind::Host, it.name.as_str());
        tell(host, span, AddressLease { address: it.address }.into());
    }
    examined(FactKind::ApprovedUse, into);
    if !site.vpn.is_empty() {
        examined(FactKind::RegisteredTunnel, into);
    }
    Ok(site)
}

fn examined(kind: FactKind, into: &mut dyn Sink) {
    let extent = Extent { entities: None, records: 1 };
    into.examined(Examined {
        kind,
        span: ALWAYS,
        extent,
        sampling: 1,
        limit: None,
        gaps: [].into(),
    });
}

fn stated(
    entity: EntityId,
    span: Span,
    artefact: ArtefactId,
    record: u64,
    fact: impl Into<Fact>,
) -> Observation {
    let provenance = Provenance::at(artefact, record, record);
    Observation { entity, span, clock: Clock::Stated, provenance, fact: fact.into() }
}

/// A device is named by its address, by `kind:name`, or by its host name.
fn subject(device: &str) -> EntityId {
    match device.parse::<IpAddr>() {
        Ok(address) => EntityId::endpoint(address),
        Err(_) => EntityId::try_from(device.to_owned())
            .unwrap_or_else(|_| EntityId::new(EntityKind::Host, device)),
    }
}

/// From the beginning of the first day to the end of the last, UTC.
fn days(from: Option<&str>, to: Option<&str>) -> Result<Span, StatedError> {
    let from_ms = from.map(midnight_ms).transpose()?.unwrap_or(ALWAYS.from_ms);
    let to_ms = to.map(midnight_ms).transpose()?.map_or(ALWAYS.to_ms, |it| it + 86_399_999);
    if from_ms > to_ms {
        let said = |day: Option<&str>, open: &str| day.unwrap_or(open).to_owned();
        return Err(StatedError::Backwards {
            from: said(from, "1970-01-01"),
            to: said(to, "2200-01-01"),
        });
    }
    Ok(Span { from_ms, to_ms })
}

fn midnight_ms(day: &str) -> Result<i64, StatedError> {
    let wrong = || StatedError::Day(day.to_owned());
    let date: Date = day.trim().parse().map_err(|_| wrong())?;
    let midnight = date.to_zoned_datetime(TimeZone::UTC).map_err(|_| wrong())?;
    Ok(midnight.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Collected;

    const DECLARED: &str = r#"
        [[declaration]]
        project = "rendering"
        devices = ["192.0.2.7", "gpu-1"]
        expiry = "2026-06-30"
        kw = 4.5
        approver = "IT"
    "#;

    fn declared(evidence_end: &str) -> Vec<Observation> {
        let mut collected = Collected::default();
        let end = midnight_ms(evidence_end).unwrap();
        declarations(DECLARED, ArtefactId(0), Some(end), &mut collected).unwrap();
        collected.observations
    }

    #[test]
    fn a_declaration_speaks_for_each_of_its_devices() {
        let subjects: Vec<_> =
            declared("2026-06-30").iter().map(|it| it.entity.to_string()).collect();
        assert_eq!(subjects, ["endpoint:192.0.2.7", "host:gpu-1"]);
    }

    #[test]
    fn a_declaration_holds_to_the_end_of_its_last_day() {
        let expired = |end: &str| match &declared(end)[0].fact {
            Fact::DeclaredUse(it) => it.expired,
            other => panic!("{other:?}"),
        };
        assert!(!expired("2026-06-30"));
        assert!(expired("2026-07-01"));
    }

    #[test]
    fn a_declaration_that_ends_before_it_begins_is_refused() {
        let text = DECLARED.replace("expiry =", "from = \"2027-01-01\"\nexpiry =");
        let refused = declarations(&text, ArtefactId(0), None, &mut Collected::default());
        assert!(matches!(refused, Err(StatedError::Backwards { .. })));
    }

    #[test]
    fn a_site_names_shared_addresses_and_holders() {
        let text = r#"
            name = "campus"
            nat = ["203.0.113.5", "198.51.100.0/30"]
            resolvers = ["192.0.2.53"]
            research = [{ address = "192.0.2.99", note = "honeypot" }]
            host = [{ name = "lab-1", address = "192.0.2.8", from = "2026-01-01" }]
        "#;
        let mut collected = Collected::default();
        let site = site(text, ArtefactId(0), &mut collected).unwrap();
        assert_eq!((site.name.as_str(), collected.observations.len()), ("campus", 8));
        assert!(declarations("x = 1", ArtefactId(0), None, &mut collected).is_err());
    }
}
