//! Pool sessions, nodes, devices and programs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use minehound_model::{
    Because, Checksum, DeviceRow, EntityId, Estimate, Grade, LoginState, NodeRow, PowerRange,
    ProgramRow, Region, SessionRow, Shares, WalletSeen,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{EvidenceRecord, Maker, Shown};

#[derive(Serialize)]
pub(super) struct SessionRecord<'c> {
    artefact: &'c str,
    input: u32,
    entity: Shown<'c, EntityId>,
    client: SocketAddr,
    server: SocketAddr,
    server_name: Option<&'c str>,
    pool: Option<&'c str>,
    region: RegionRecord<'c>,
    dialect: Option<&'c str>,
    carrier: &'c str,
    coin: Option<&'c str>,
    algorithm: Option<&'c str>,
    grade: Grade,
    because: &'c [Because],
    probability: Option<f64>,
    labels: &'c [String],
    agent: Option<&'c str>,
    account: Option<&'c str>,
    worker: Option<&'c str>,
    logins: Vec<LoginRecord<'c>>,
    logins_beyond: u64,
    wallets: Vec<WalletRecord<'c>>,
    jobs: u64,
    shares: Shares,
    difficulty: Vec<DifficultyRecord>,
    share_rate: Option<Estimate>,
    hashrate: Option<Estimate>,
    reported_hashrate: Option<f64>,
    power_w: Option<PowerRecord<'c>>,
    kwh_per_day: Option<RangeRecord>,
    first_seen: Option<String>,
    last_seen: Option<String>,
    known_at: Option<String>,
    frames: Vec<u64>,
    frame_count: u64,
    marks: &'c BTreeMap<Cow<'static, str>, u64>,
    evidence: Vec<EvidenceRecord<'c>>,
}

#[derive(Serialize)]
struct RegionRecord<'c> {
    state: Shown<'c, Region>,
    country: Option<&'c str>,
}

#[derive(Serialize)]
struct LoginRecord<'c> {
    login: &'c str,
    account: &'c str,
    worker: Option<&'c str>,
    state: LoginState,
}

/// A wallet; `coin` is the likeliest of `coins`.
#[derive(Serialize)]
struct WalletRecord<'c> {
    address: &'c str,
    coin: Option<&'c str>,
    coins: &'c [String],
    network: &'c str,
    checksum: Checksum,
}

#[derive(Serialize)]
struct DifficultyRecord {
    since: Option<String>,
    value: f64,
}

#[derive(Serialize)]
struct RangeRecord {
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct PowerRecord<'c> {
    low: f64,
    high: f64,
    by_class: Vec<ClassRecord<'c>>,
}

#[derive(Serialize)]
struct ClassRecord<'c> {
    class: &'c str,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
pub(super) struct NodeRecord<'c> {
    artefact: &'c str,
    input: u32,
    entity: Shown<'c, EntityId>,
    client: SocketAddr,
    server: SocketAddr,
    network: &'c str,
    frame_count: u64,
    evidence: Vec<EvidenceRecord<'c>>,
}

impl<'c> Maker<'c, '_> {
    pub(super) fn session(&self, it: &'c SessionRow) -> SessionRecord<'c> {
        let first_login = it.logins.first();
        let account = first_login.map(|it| it.account.as_str());
        let (artefact, input) = self.source(&it.evidence);
        SessionRecord {
            artefact,
            input,
            entity: Shown(&it.about),
            client: it.client,
            server: it.server,
            server_name: it.server_name.as_deref(),
            pool: it.pool.as_deref(),
            region: region(&it.region),
            dialect: Some(it.dialect.as_str()).filter(|it| !it.is_empty()),
            carrier: &it.carrier,
            coin: it.coin.as_deref(),
            algorithm: it.algorithm.as_deref(),
            grade: it.grade,
            because: &it.because,
            probability: it.probability,
            labels: &it.labels,
            agent: it.agent.as_deref(),
            account: account.filter(|it| !it.is_empty()),
            worker: first_login.and_then(|it| it.worker.as_deref()),
            logins: it.logins.iter().map(login).collect(),
            logins_beyond: it.logins_beyond,
            wallets: it.wallets.iter().map(wallet).collect(),
            jobs: it.jobs,
            shares: it.shares,
            difficulty: it
                .targets
                .iter()
                .map(|it| DifficultyRecord { since: self.time(it.since_ms), value: it.difficulty })
                .collect(),
            share_rate: it.share_rate,
            hashrate: it.hashrate,
            reported_hashrate: it.reported_hashrate,
            power_w: it.power_w.as_ref().map(power),
            kwh_per_day: it.power_w.as_ref().map(|it| RangeRecord {
                low: crate::reader::session::kwh(it.low),
                high: crate::reader::session::kwh(it.high),
            }),
            first_seen: self.time(it.first_ms),
            last_seen: self.time(it.last_ms),
            known_at: it.known_ms.and_then(|it| self.time(it)),
            frames: notable_frames(it),
            frame_count: it.frames,
            marks: &it.marks,
            evidence: it.evidence.places().map(|it| self.numbered(it)).collect(),
        }
    }

    pub(super) fn node(&self, it: &'c NodeRow) -> NodeRecord<'c> {
        let (artefact, input) = self.source(&it.evidence);
        NodeRecord {
            artefact,
            input,
            entity: Shown(&it.about),
            client: it.client,
            server: it.server,
            network: &it.network,
            frame_count: it.frames,
            evidence: it.evidence.places().map(|it| self.numbered(it)).collect(),
        }
    }

    pub(super) fn device(&self, it: &'c DeviceRow) -> Value {
        let evidence: Vec<_> = it.evidence.places().map(|it| self.numbered(it)).collect();
        json!({
            "entity": it.about.to_string(),
            "address": it.address,
            "name": it.name,
            "known_as": it.known_as,
            "evidence": evidence,
        })
    }

    pub(super) fn program(&self, it: &'c ProgramRow) -> Value {
        let evidence: Vec<_> = it.evidence.places().map(|it| self.numbered(it)).collect();
        json!({
            "entity": it.about.to_string(),
            "pid": it.pid,
            "name": it.name,
            "exe": it.exe,
            "cpu_percent": it.cpu_percent,
            "why": it.why,
            "evidence": evidence,
        })
    }

    /// The digest and the number of the input that something was read from.
    fn source(&self, evidence: &'c minehound_model::Evidence) -> (&'c str, u32) {
        let place = evidence.places().next();
        place.map_or(("", 0), |it| (self.sealed(it), it.artefact.0))
    }
}

/// The frames worth finding again, the first and the last of the flow included, ascending.
fn notable_frames(it: &SessionRow) -> Vec<u64> {
    let ends = it.evidence.places().flat_map(|it| [it.records.first, it.records.last]);
    let mut frames: Vec<_> = ends.chain(it.marks.values().copied()).collect();
    frames.sort_unstable();
    frames.dedup();
    frames
}

fn region(region: &Region) -> RegionRecord<'_> {
    let country = match region {
        Region::Overseas(country) => Some(country.as_str()),
        _ => None,
    };
    RegionRecord { state: Shown(region), country }
}

fn login(it: &minehound_model::Login) -> LoginRecord<'_> {
    LoginRecord {
        login: &it.login,
        account: &it.account,
        worker: it.worker.as_deref(),
        state: it.state,
    }
}

fn wallet(it: &WalletSeen) -> WalletRecord<'_> {
    WalletRecord {
        address: &it.address,
        coin: it.coins.first().map(String::as_str),
        coins: &it.coins,
        network: &it.network,
        checksum: it.checksum,
    }
}

fn power(it: &PowerRange) -> PowerRecord<'_> {
    PowerRecord {
        low: it.low,
        high: it.high,
        by_class: it
            .by_class
            .iter()
            .map(|(class, low, high)| ClassRecord { class, low: *low, high: *high })
            .collect(),
    }
}
