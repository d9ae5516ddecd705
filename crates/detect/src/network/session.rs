//! How far a session went, and the findings that say so: one per client, pool, dialect and login,
//! however often the connection was made.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use minehound_model::{
    Arg, Because, Checksum, Dossier, Element, EntityId, Finding, Grade, LoginState, Nature,
    Observation, PoolSession, Provenance, ServerName, Sign, Span, is_tunnel,
};

use super::probe::probes;
use super::serving::{behind, serving};
use crate::detector::{MAX_PLACES, evidence, pool_session, with_names};
use crate::{Knowledge, Meta};

/// Dialects whose messages nobody checked against a specification or a capture: never an act.
pub(super) const UNVERIFIED: &[&str] = &["stratum-other", "nimiq"];

/// Frames that a finding points at besides its connection.
const FRAMES: [&str; 4] = ["login", "login_answer", "share", "accepted"];

/// How far a session was seen to go, and what was missing to more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// A dialect was spoken, and no more.
    Spoken,
    /// The miner introduced itself and went no further.
    Subscribed,
    /// Work was asked for.
    WorkRequested,
    /// Work was asked for and given, as monitors of nodes do too.
    WorkPolled,
    /// The pool refused the login.
    LoginRefused,
    /// A login was sent; no answer was seen.
    LoginUnanswered,
    /// Work was asked for and given.
    WorkServed,
    /// Jobs flowed; the login was not seen.
    JobsReceived,
    /// The pool accepted the login.
    LoginAccepted,
    /// Every share was rejected.
    AllRejected,
    /// Shares were handed in; no answer was seen.
    SharesUnanswered,
    /// Acceptances were seen, the shares that they answer were not, or nobody checked the dialect.
    AcceptanceUnsure,
    /// The pool accepted shares.
    Accepted,
}

impl Step {
    /// How far a session went; `fed` says whether work was fetched on connections beside it, as far
    /// as they are one act.
    pub(super) fn of(session: &PoolSession, fed: bool) -> Self {
        let step = Self::said(session, fed);
        let mut wallets = session.accounts.iter().flat_map(|it| &it.wallets);
        let words = session.because.contains(&Because::WordsAlone)
            && !wallets.any(|it| it.checksum == Checksum::Valid);
        // Another service may go by the same words; a wallet that proves itself it would not take.
        match step {
            Self::WorkServed | Self::JobsReceived if words => Self::WorkPolled,
            step if words && step > Self::WorkServed => Self::Spoken,
            step => step,
        }
    }

    /// How far a session went by its words.
    fn said(session: &PoolSession, fed: bool) -> Self {
        let because = |it| session.because.contains(&it);
        let login = |state| session.accounts.iter().any(|it| it.state == state);
        let shares = &session.shares;
        // Questions that were not heard may have been others; and what has neither work nor a wallet
        // may be another service that speaks of jobs.
        let mut wallets = session.accounts.iter().flat_map(|it| &it.wallets);
        let mines = session.jobs > 0 || fed || wallets.any(|it| it.checksum == Checksum::Valid);
        let sure = shares.submitted > 0
            && mines
            && !because(Because::OnlyPoolSeen)
            && !UNVERIFIED.contains(&session.dialect.as_str());
        // One end says shares and nobody takes them, or they may be another service's.
        let hollow = because(Because::OtherEndSilent) || because(Because::SharesAlone);
        match () {
            () if shares.submitted > 0 && hollow && session.jobs > 0 => Self::JobsReceived,
            () if shares.submitted > 0 && hollow => Self::Spoken,
            () if shares.accepted > 0 && sure => Self::Accepted,
            () if shares.accepted > 0 => Self::AcceptanceUnsure,
            () if shares.submitted > 0 && shares.rejected > 0 => Self::AllRejected,
            () if shares.submitted > 0 => Self::SharesUnanswered,
            () if login(LoginState::Accepted) || because(Because::LoginAccepted) => {
                Self::LoginAccepted
            }
            () if login(LoginState::Refused) || because(Because::LoginRefused) => {
                Self::LoginRefused
            }
            () if because(Because::WorkServed) => Self::WorkServed,
            () if because(Because::JobsSeen) => Self::JobsReceived,
            () if session.grade >= Grade::LoggedIn => Self::LoginAccepted,
            () if login(LoginState::Unanswered) || because(Because::LoginUnanswered) => {
                Self::LoginUnanswered
            }
            () if because(Because::WorkRequested) => Self::WorkRequested,
            () if because(Because::SubscribedOnly) => Self::Subscribed,
            () => Self::Spoken,
        }
    }
}

/// A session with how far it went.
#[derive(Clone, Copy)]
pub(super) struct Watched<'a> {
    pub(super) seen: &'a Observation,
    pub(super) session: &'a PoolSession,
    pub(super) step: Step,
    pub(super) probe: bool,
    /// Whether the machine gives work to others: then these are the shares of those behind it.
    pub(super) serves: bool,
}

/// The sessions of a dossier.
pub(super) fn watched(dossier: &Dossier) -> Vec<Watched<'_>> {
    let probes = probes(dossier);
    let fed = fed(dossier);
    let serving = serving(dossier);
    let places = dossier.observations.iter().enumerate();
    let sessions = places.filter_map(|(place, seen)| {
        let session = pool_session(seen)?;
        let fed = is_polled(session) && fed.contains(&act(seen, session));
        let (step, probe) = (Step::of(session, fed), probes.contains(&place));
        let serves = behind(&serving, session.client.ip(), session.server).is_some();
        Some(Watched { seen, session, step, probe, serves })
    });
    sessions.collect()
}

/// Whether a session is one of many connections that fetched work, one request each.
pub(super) fn is_polled(session: &PoolSession) -> bool {
    session.because.contains(&Because::Polled)
}

/// Who fetches work from which server in which dialect, over however many connections.
type Act<'a> = (&'a EntityId, IpAddr, ServerKey<'a>, &'a str);

fn act<'a>(seen: &'a Observation, session: &'a PoolSession) -> Act<'a> {
    (&seen.entity, session.client.ip(), server_key(session), session.dialect.as_str())
}

/// The acts of fetching work by which work was given.
fn fed(dossier: &Dossier) -> BTreeSet<Act<'_>> {
    let sessions = dossier.observations.iter().filter_map(|seen| Some((seen, pool_session(seen)?)));
    let served = sessions.filter(|(_, it)| is_polled(it) && it.jobs > 0);
    served.map(|(seen, it)| act(seen, it)).collect()
}

/// The name by which a server is shown: its surest name with the port, else its address. The port of
/// a proxy is not that of the name it was asked for.
pub(super) fn server(session: &PoolSession) -> String {
    match session.server_names.first() {
        Some(named) if is_tunnel(&session.carrier) => named.name.clone(),
        Some(named) => format!("{}:{}", named.name, session.server.port()),
        None => session.server.to_string(),
    }
}

/// What [`server`] shows, without making the text: name or address, and port.
type ServerKey<'a> = (Option<&'a str>, Option<IpAddr>, u16);

fn server_key(session: &PoolSession) -> ServerKey<'_> {
    let port = session.server.port();
    match session.server_names.first().map(|it| it.name.as_str()) {
        None => (None, Some(session.server.ip()), port),
        // A name that is an address is shown like one.
        Some(name) => match name.parse::<Ipv4Addr>() {
            Ok(address) => (None, Some(address.into()), port),
            Err(_) => (Some(name), None, port),
        },
    }
}

/// The servers of a group by what they show, in the order of their first session.
fn servers(group: &[Watched<'_>]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let fresh = group.iter().filter(|it| known.insert(server_key(it.session)));
    fresh.map(|it| server(it.session)).collect()
}

fn login(session: &PoolSession) -> Option<&str> {
    session.accounts.first().map(|it| it.login.as_str())
}

/// The findings of the sessions that `sign` gives a sign to. Sessions of a client on a tour of
/// pools share one finding per sign.
pub(super) fn findings(
    meta: &'static Meta,
    dossier: &Dossier,
    knowledge: &Knowledge,
    sign: impl Fn(&Watched<'_>) -> Option<(Sign, Nature)>,
) -> Vec<Finding> {
    // Whether a session belongs to a tour decides what its sign is, never whether it has one.
    let any = dossier.observations.iter().any(|seen| {
        let step = |session| Step::of(session, false);
        let watch =
            |session| Watched { seen, session, step: step(session), probe: false, serves: false };
        pool_session(seen).is_some_and(|it| sign(&watch(it)).is_some())
    });
    if any { findings_of(meta, &watched(dossier), knowledge, sign) } else { Vec::new() }
}

/// See [`findings`].
pub(super) fn findings_of(
    meta: &'static Meta,
    watched: &[Watched<'_>],
    knowledge: &Knowledge,
    sign: impl Fn(&Watched<'_>) -> Option<(Sign, Nature)>,
) -> Vec<Finding> {
    type Key<'a> = (&'a EntityId, Sign, IpAddr, Option<(ServerKey<'a>, &'a str, Option<&'a str>)>);
    let mut groups: Vec<((Sign, Nature), Vec<Watched<'_>>)> = Vec::new();
    let mut places = BTreeMap::<Key<'_>, usize>::new();
    for it in watched.iter().filter(|it| !it.session.repeated) {
        let Some(kind) = sign(it) else { continue };
        let apart = || (server_key(it.session), it.session.dialect.as_str(), login(it.session));
        let key = (&it.seen.entity, kind.0, it.session.client.ip(), (!it.probe).then(apart));
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(*it),
            None => groups.push((kind, vec![*it])),
        }
    }
    groups.iter().filter_map(|(kind, group)| finding(meta, *kind, group, knowledge)).collect()
}

fn finding(
    meta: &'static Meta,
    kind: (Sign, Nature),
    group: &[Watched<'_>],
    knowledge: &Knowledge,
) -> Option<Finding> {
    let first = group.first()?;
    let frames = group.iter().flat_map(places).filter(|it| *it != first.seen.provenance);
    // A group may be a hundred thousand connections.
    let frames: Vec<Provenance> = frames.take(MAX_PLACES).collect();
    let evidence = evidence(&first.seen.provenance, &frames);
    let sum = |of: fn(&PoolSession) -> u64| Arg::Count(group.iter().map(|it| of(it.session)).sum());
    let sessions = || group.iter().map(|it| it.session);
    let client = match group {
        [one] => one.session.client.to_string(),
        _ => first.session.client.ip().to_string(),
    };
    let watched_s = seconds(group);
    let servers = servers(group);
    let finding = meta
        .finding_at(kind, first.seen, evidence)
        .with("client", Arg::Text(client))
        .with("servers", Arg::Count(servers.len() as u64))
        .with("sessions", Arg::Count(group.len() as u64))
        .with("minutes", Arg::Number((watched_s / 6.0).round() / 10.0))
        .with("jobs", sum(|it| it.jobs))
        .with("submitted", sum(|it| it.shares.submitted))
        .with("accepted", sum(|it| it.shares.accepted))
        .with("rejected", sum(|it| it.shares.rejected));
    let finding = with_names(finding, "server", servers);
    let mut before: &[ServerName] = &[];
    let named = sessions().filter(|it| std::mem::replace(&mut before, &it.server_names) != before);
    let pools = named.filter_map(|it| pool_name(it, knowledge));
    let finding = with_names(finding, "pool", pools);
    let finding = with_names(finding, "dialect", sessions().map(|it| it.dialect.as_str()));
    let finding = with_names(finding, "carrier", sessions().map(|it| it.carrier.as_str()));
    let finding = with_names(finding, "login", sessions().filter_map(login));
    let reached = first.step >= Step::WorkServed;
    Some(if reached { finding.showing(Element::PoolAccess) } else { finding })
}

/// How long the sessions of a group were watched: of an act over many short connections, the time
/// from the first to the last.
fn seconds(group: &[Watched<'_>]) -> f64 {
    let (polled, alone): (Vec<&Watched<'_>>, Vec<_>) =
        group.iter().partition(|it| is_polled(it.session));
    let spans = polled.iter().map(|it| it.seen.span);
    let whole = spans.reduce(Span::hull);
    alone.iter().map(|it| it.seen.span.seconds()).sum::<f64>() + whole.map_or(0.0, Span::seconds)
}

/// Where a session is read: its flow, then the frames that tell most.
fn places(it: &Watched<'_>) -> Vec<Provenance> {
    let frame = |name| it.session.marks.get(name).copied();
    let artefact = it.seen.provenance.artefact;
    let frames = FRAMES.into_iter().filter_map(frame);
    let frames = frames.map(|it| Provenance::at(artefact, it, it));
    let flow = std::iter::once(&it.seen.provenance).chain(&it.session.continued);
    flow.cloned().chain(frames).collect()
}

/// The pool that one of the server's names belongs to.
pub(super) fn pool_name<'k>(session: &PoolSession, knowledge: &'k Knowledge) -> Option<&'k str> {
    let pool = session.server_names.iter().find_map(|it| knowledge.pool_for_host(&it.name))?;
    Some(&pool.pool.name)
}
