//! A clue of somebody's list, held against what logs say of the machine that it leads to.
//!
//! A clue is a claim. How far it is borne out is said by the furthest thing that a log shows: a name
//! that was asked for, a connection, a login, shares; what speaks against it stands beside that.

use std::net::{IpAddr, SocketAddr};

use minehound_model::{
    Answer, Behaviour, Clue, Fact, Graded, Log, Objection, SensorAlert, Span, Support,
};

use crate::Knowledge;
use crate::knowledge::schema::Sight;

/// Ports on which names are asked for.
const NAME_PORTS: [u16; 2] = [53, 853];
/// The reasons that are told.
const MAX_BECAUSE: usize = 12;

/// Something that a log says of a machine.
#[derive(Clone, Debug)]
pub struct Sighted {
    /// When, by the log's own clock.
    pub span: Span,
    /// What.
    pub fact: Fact,
}

impl Knowledge {
    /// How much the rule of an alert saw, if it is about mining.
    #[must_use]
    pub fn sight(&self, alert: &SensorAlert) -> Option<Sight> {
        let class = alert.class.as_deref().unwrap_or_default();
        let words = format!("{} {class}", alert.words).to_lowercase();
        let rules = self.tables().alert_rules.iter().flat_map(|it| &it.entries);
        rules.into_iter().find(|it| it.covers(&words)).map(|it| it.sight)
    }

    /// Who operates an address that serves many sites.
    #[must_use]
    pub fn shared_network(&self, address: IpAddr) -> Option<&str> {
        let all = self.tables().shared_networks.iter().flat_map(|it| &it.entries);
        all.into_iter().find(|it| it.covers(address)).map(|it| it.name.as_str())
    }
}

/// Grades a clue by the trail that leads to its likeliest machine and by what logs say of that.
#[must_use]
pub fn grade(
    clue: &Clue,
    answer: &Answer,
    logs: &[Log],
    sighted: &[Sighted],
    knowledge: &Knowledge,
) -> Graded {
    let matter = Matter { clue, knowledge };
    let looked_up = matter.looked_up(sighted);
    let mut because = trail(&matter, answer, logs, looked_up.as_deref());
    because.extend(sighted.iter().filter_map(|it| matter.seen(it)));
    because.sort_by(|a, b| b.behaviour.cmp(&a.behaviour).then_with(|| a.cmp(b)));
    because.dedup();
    because.truncate(MAX_BECAUSE);
    let found = because.first().map(|it| it.behaviour);
    let named = sighted.iter().any(|it| matter.names_it(&it.fact));
    let objections = matter.objections(found, named, answer);
    Graded { found, because, objections }
}

/// Lines of the trail that show the connection itself.
fn trail(
    matter: &Matter<'_>,
    answer: &Answer,
    logs: &[Log],
    looked_up: Option<&[IpAddr]>,
) -> Vec<Support> {
    let steps = answer.candidates.first().map_or(&[][..], |it| &it.steps);
    let told = |it: &minehound_model::Step| {
        let (far, line) = (it.tied.far()?, it.line?);
        let named = looked_up.and_then(|it| matter.far_by_name(far, it));
        let behaviour = matter.far(far.ip(), far.port()).or(named)?;
        let device = logs.iter().find(|log| log.id == line.log)?.device.clone();
        Some(Support { behaviour, device, what: far.to_string(), span: it.span })
    };
    steps.iter().filter_map(told).collect()
}

/// What a clue is about.
struct Matter<'a> {
    clue: &'a Clue,
    knowledge: &'a Knowledge,
}

impl Matter<'_> {
    /// What a connection to this end is.
    fn far(&self, address: IpAddr, port: u16) -> Option<Behaviour> {
        if self.clue.pool.address != Some(address) {
            return None;
        }
        if NAME_PORTS.contains(&port) {
            return Some(Behaviour::Queried);
        }
        // A connection to an address that serves many tells of none of them.
        self.knowledge.shared_network(address).is_none().then_some(Behaviour::Connected)
    }

    /// What a connection is to an end that the clue gives a name for only, when the machine asked for that name:
    /// one to an address that the name had, or to the port of the pool, which no web page has.
    fn far_by_name(&self, far: SocketAddr, answers: &[IpAddr]) -> Option<Behaviour> {
        let pool = &self.clue.pool;
        let own = answers.contains(&far.ip());
        let own_port = pool.port == Some(far.port()) && !Knowledge::is_web_port(far.port());
        let meant = pool.address.is_none()
            && (own || answers.is_empty() && own_port)
            && !NAME_PORTS.contains(&far.port())
            && self.knowledge.shared_network(far.ip()).is_none();
        meant.then_some(Behaviour::Connected)
    }

    /// The addresses that the clue's own name had, as far as logs say, if it was asked for.
    fn looked_up(&self, sighted: &[Sighted]) -> Option<Vec<IpAddr>> {
        let own = self.clue.pool.host.is_some();
        let of = |it: &Sighted| match &it.fact {
            Fact::NameLookup(it) if own && self.is_matter(&it.name) => Some(it.answers.clone()),
            _ => None,
        };
        let all: Vec<_> = sighted.iter().filter_map(of).collect();
        (!all.is_empty()).then(|| all.into_iter().flatten().collect())
    }

    fn is_matter(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        let below = |host: &str| {
            name == host || name.strip_suffix(host).is_some_and(|it| it.ends_with('.'))
        };
        let own = self.clue.pool.host.as_deref();
        own.map_or_else(|| self.knowledge.pool_for_host(name).is_some(), below)
    }

    fn seen(&self, sighted: &Sighted) -> Option<Support> {
        let (behaviour, device, what) = match &sighted.fact {
            Fact::NameLookup(it) if self.is_matter(&it.name) => {
                (Behaviour::Queried, it.resolver.to_string(), it.name.clone())
            }
            Fact::LoggedContact(it) if self.is_matter(&it.name) => {
                // What was refused never was a connection.
                let refused = it.refused >= it.connections;
                let behaviour = if refused { Behaviour::Queried } else { Behaviour::Connected };
                (behaviour, it.device.clone(), it.name.clone())
            }
            Fact::SensorAlert(it) => {
                let behaviour = match self.knowledge.sight(it)? {
                    Sight::Queried => Behaviour::Queried,
                    Sight::Connected => Behaviour::Connected,
                    Sight::Payload => Behaviour::LoggedIn,
                };
                (behaviour, it.sensor.clone(), it.words.clone())
            }
            _ => return None,
        };
        Some(Support { behaviour, device, what, span: sighted.span })
    }

    /// Whether a log names the pool.
    fn names_it(&self, fact: &Fact) -> bool {
        match fact {
            Fact::LoggedContact(it) => self.is_matter(&it.name),
            Fact::SensorAlert(it) => {
                self.knowledge.sight(it).is_some_and(|sight| sight > Sight::Queried)
            }
            _ => false,
        }
    }

    fn objections(&self, found: Option<Behaviour>, named: bool, answer: &Answer) -> Vec<Objection> {
        let Clue { pool, claimed, port, .. } = self.clue;
        let known = pool.host.as_deref().map(|it| self.knowledge.pool_for_host(it));
        let mut objections = Vec::new();
        let queried = found == Some(Behaviour::Queried)
            || (found.is_none() && *claimed == Some(Behaviour::Queried));
        let by_port = |port: Option<u16>| port.is_some_and(|it| NAME_PORTS.contains(&it));
        let asks = by_port(pool.port) || asks_names(answer) || by_port(*port);
        for (holds, objection) in [
            (queried && !asks, Objection::QueriedOnly),
            (known.flatten().is_some_and(|it| it.expired), Objection::ExpiredPool),
            (
                !named
                    && pool.address.is_some_and(|it| self.knowledge.shared_network(it).is_some()),
                Objection::SharedAddress,
            ),
            (asks, Objection::Resolver),
            (
                pool.port.is_some_and(Knowledge::is_web_port)
                    && known.flatten().is_some_and(|it| !it.stratum_host),
                Objection::WebSite,
            ),
            (matches!(known, Some(None)), Objection::UnknownPool),
        ] {
            if holds {
                objections.push(objection);
            }
        }
        objections
    }
}

/// Whether the trail shows that names were asked for: a resolver does that for others.
fn asks_names(answer: &Answer) -> bool {
    let steps = answer.candidates.first().map_or(&[][..], |it| &it.steps);
    steps.iter().filter_map(|it| it.tied.far()).any(|it| NAME_PORTS.contains(&it.port()))
}

#[cfg(test)]
mod tests;
