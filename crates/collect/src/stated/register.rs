//! The register of approved tunnels, proxies and the like, held against those that were seen.

use std::net::IpAddr;

use minehound_model::{
    ArtefactId, Fact, Observation, Provenance, ProxyUse, QuietFlow, RegisteredTunnel, Span,
};
use serde::Deserialize;

use super::{Range, RangeError, StatedError, days};

/// What an entry may be limited to.
const PROTOCOLS: [&str; 9] =
    ["ssh", "wireguard", "openvpn", "ipsec", "l2tp", "socks4", "socks5", "http-connect", "tor"];

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    purpose: String,
    #[serde(default)]
    servers: Vec<Server>,
    #[serde(default)]
    hosts: Vec<Range>,
    #[serde(default)]
    protocols: Vec<String>,
    approver: Option<String>,
    from: Option<String>,
    expiry: Option<String>,
}

/// The other end of a tunnel: a range of addresses, or a name with everything below it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum Server {
    At(Range),
    Named(String),
}

impl TryFrom<String> for Server {
    type Error = RangeError;

    fn try_from(written: String) -> Result<Self, RangeError> {
        let name = written.trim().trim_end_matches('.').to_ascii_lowercase();
        let allowed = |it: u8| it.is_ascii_alphanumeric() || b"-_".contains(&it);
        let fits = |it: &str| (1..=63).contains(&it.len()) && it.bytes().all(allowed);
        // The last label of a name has a letter; addresses have none there.
        let last = name.rsplit('.').next().unwrap_or_default();
        if name.split('.').all(fits) && last.bytes().any(|it| it.is_ascii_alphabetic()) {
            return Ok(Self::Named(name));
        }
        Range::try_from(written).map(Self::At)
    }
}

/// What is approved, and for how long.
#[derive(Clone, Debug, Default)]
pub struct Register {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    servers: Vec<Server>,
    hosts: Vec<Range>,
    protocols: Vec<String>,
    span: Span,
    place: Provenance,
    purpose: String,
    approver: Option<String>,
    expiry: Option<String>,
}

/// A tunnel that was seen.
struct Seen<'a> {
    client: IpAddr,
    server: IpAddr,
    names: Vec<&'a str>,
    protocol: &'a str,
}

impl Register {
    pub(super) fn of(
        written: Vec<Written>,
        artefact: ArtefactId,
        first: u64,
    ) -> Result<Self, StatedError> {
        let entry = |(record, it): (u64, Written)| {
            if it.servers.is_empty() && it.hosts.is_empty() {
                return Err(StatedError::Everything(it.purpose));
            }
            let unknown = |it: &&String| !PROTOCOLS.contains(&it.as_str());
            if let Some(wrong) = it.protocols.iter().find(unknown) {
                return Err(StatedError::Protocol(wrong.clone()));
            }
            Ok(Entry {
                span: days(it.from.as_deref(), it.expiry.as_deref())?,
                place: Provenance::at(artefact, record, record),
                servers: it.servers,
                hosts: it.hosts,
                protocols: it.protocols,
                purpose: it.purpose,
                approver: it.approver,
                expiry: it.expiry,
            })
        };
        let entries = (first..).zip(written).map(entry).collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Says of every tunnel and proxy among these observations what the register has on it.
    #[must_use]
    pub fn held_against(&self, observations: &[Observation]) -> Vec<Observation> {
        if self.is_empty() {
            return Vec::new();
        }
        let found = observations.iter().filter_map(|it| Some((it, self.entry(it)?)));
        let told = found.map(|(seen, (entry, what))| Observation {
            provenance: entry.place.clone(),
            fact: Fact::RegisteredTunnel(RegisteredTunnel {
                server: what.server,
                protocol: what.protocol.to_owned(),
                purpose: entry.purpose.clone(),
                approver: entry.approver.clone(),
                expiry: entry.expiry.clone(),
                in_force: covers(entry.span, seen.span),
            }),
            ..seen.clone()
        });
        told.collect()
    }

    /// The entry that speaks of an observation: one that is in force before one that is not.
    fn entry<'s, 'o>(&'s self, seen: &'o Observation) -> Option<(&'s Entry, Seen<'o>)> {
        let what = Seen::of(&seen.fact)?;
        let mut entries = self.entries.iter().filter(|it| it.speaks_of(&what));
        let in_force = entries.clone().find(|it| covers(it.span, seen.span));
        in_force.or_else(|| entries.next()).map(|it| (it, what))
    }
}

fn covers(approved: Span, seen: Span) -> bool {
    approved.from_ms <= seen.from_ms && seen.to_ms <= approved.to_ms
}

impl<'a> Seen<'a> {
    fn of(fact: &'a Fact) -> Option<Self> {
        match fact {
            Fact::QuietFlow(it) => {
                let it: &QuietFlow = it;
                let protocol = it.wrap.as_deref().filter(|it| PROTOCOLS.contains(it))?;
                let names = it.server_names.iter().map(|it| it.name.as_str()).collect();
                Some(Self { client: it.client.ip(), server: it.server.ip(), names, protocol })
            }
            Fact::ProxyUse(ProxyUse { client, server, protocol, .. }) => {
                Some(Self { client: *client, server: server.ip(), names: Vec::new(), protocol })
            }
            _ => None,
        }
    }
}

impl Entry {
    fn speaks_of(&self, seen: &Seen<'_>) -> bool {
        let served = |it: &Server| match it {
            Server::At(range) => range.contains(seen.server),
            Server::Named(name) => seen.names.iter().any(|it| is_below(it, name)),
        };
        let any = |all: &[Range]| all.is_empty() || all.iter().any(|it| it.contains(seen.client));
        (self.servers.is_empty() || self.servers.iter().any(served))
            && any(&self.hosts)
            && (self.protocols.is_empty() || self.protocols.iter().any(|it| it == seen.protocol))
    }
}

/// Whether a name is this one or lies below it, by whole labels.
fn is_below(name: &str, above: &str) -> bool {
    let rest = name.strip_suffix(above);
    rest.is_some_and(|it| it.is_empty() || it.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use minehound_model::{Clock, EntityId, EntityKind};

    use super::super::{declarations, midnight_ms};
    use super::*;
    use crate::Collected;

    fn register(text: &str) -> Result<Register, StatedError> {
        declarations(text, ArtefactId(7), None, &mut Collected::default())
    }

    fn seen(client: &str, server: &str, protocol: &str, day: &str) -> Observation {
        let from_ms = midnight_ms(day).unwrap();
        Observation {
            entity: EntityId::new(EntityKind::Endpoint, client),
            span: Span { from_ms, to_ms: from_ms + 60_000 },
            clock: Clock::Sensor,
            provenance: Provenance::at(ArtefactId(0), 1, 9),
            fact: Fact::ProxyUse(ProxyUse {
                client: client.parse().unwrap(),
                server: server.parse().unwrap(),
                protocol: protocol.to_owned(),
                connections: 1,
                bytes: 0,
                open_s: 60.0,
                targets: Vec::new(),
            }),
        }
    }

    const REGISTER: &str = r#"
        [[tunnel]]
        purpose = "remote work"
        servers = ["198.51.100.0/28", "vpn.example.com"]
        hosts = ["192.0.2.40"]
        protocols = ["wireguard", "socks5"]
        approver = "IT centre"
        from = "2026-01-01"
        expiry = "2026-06-30"
    "#;

    #[track_caller]
    fn check(client: &str, server: &str, protocol: &str, day: &str, expected: Option<bool>) {
        let register = register(REGISTER).unwrap();
        let told = register.held_against(&[seen(client, server, protocol, day)]);
        let in_force = told.first().map(|it| match &it.fact {
            Fact::RegisteredTunnel(it) => it.in_force,
            other => panic!("{other:?}"),
        });
        assert_eq!(in_force, expected, "{client} {server} {protocol} {day}");
    }

    #[test]
    fn an_entry_speaks_of_its_hosts_servers_protocols_and_days() {
        check("192.0.2.40", "198.51.100.7:1080", "socks5", "2026-03-01", Some(true));
        check("192.0.2.40", "198.51.100.7:1080", "socks5", "2026-07-01", Some(false));
        check("192.0.2.41", "198.51.100.7:1080", "socks5", "2026-03-01", None);
        check("192.0.2.40", "198.51.100.16:1080", "socks5", "2026-03-01", None);
        check("192.0.2.40", "198.51.100.7:1080", "tor", "2026-03-01", None);
    }

    #[test]
    fn what_it_says_stands_at_its_place_in_the_file() {
        let register = register(REGISTER).unwrap();
        let seen = seen("192.0.2.40", "198.51.100.7:1080", "socks5", "2026-03-01");
        let told = register.held_against(std::slice::from_ref(&seen));
        let [told] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(told.provenance, Provenance::at(ArtefactId(7), 1, 1));
        assert_eq!((&told.entity, told.span), (&seen.entity, seen.span));
    }

    #[test]
    fn names_are_told_from_addresses_and_cover_what_is_below() {
        let server = |it: &str| Server::try_from(it.to_owned());
        assert_eq!(server("VPN.example.com."), Ok(Server::Named("vpn.example.com".to_owned())));
        assert!(matches!(server("192.0.2.7"), Ok(Server::At(_))));
        assert!(matches!(server("2001:db8::7"), Ok(Server::At(_))));
        assert!(matches!(server("192.0.2.256"), Err(RangeError::Unreadable(_))));
        assert!(is_below("de.vpn.example.com", "vpn.example.com"));
        assert!(!is_below("myvpn.example.com", "vpn.example.com"));
    }

    #[test]
    fn an_entry_that_approves_everything_or_an_unknown_protocol_is_refused() {
        let refused = register("[[tunnel]]\npurpose = \"all\"");
        assert!(matches!(refused, Err(StatedError::Everything(_))));
        let refused = register(&REGISTER.replace("socks5", "vpn"));
        assert!(matches!(refused, Err(StatedError::Protocol(it)) if it == "vpn"));
    }
}
