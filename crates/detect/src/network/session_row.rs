//! The line of a session in the report.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use minehound_model::{
    Because, DifficultyUnit, Evidence, Grade, Login, Observation, PoolContact, PoolSession, Region,
    Row, SessionRow, Shares, WalletSeen, pool_address,
};

use super::coin::{is_paid_in_bitcoin, mined};
use super::session::{UNVERIFIED, Watched};
use crate::Knowledge;
use crate::hashrate;
use crate::knowledge::schema::PoolKind;

/// A miner logs in once; a proxy for its workers. Two logins are a miner and its author's fee.
const WORKERS_OF_A_PROXY: u64 = 3;

/// The line of a session.
pub(super) fn of_session(it: &Watched<'_>, knowledge: &Knowledge) -> Row {
    let Watched { seen, session, .. } = *it;
    let mined = mined(session, seen.span.from_ms, knowledge);
    // What a pool's own difficulty counts hangs on the algorithm.
    let misread = mined.contradicted && mined.assumed;
    let scaled = session.difficulty_unit == DifficultyUnit::PoolDifficulty;
    let estimate = hashrate::of_session(session, mined.algorithm).filter(|_| !(misread && scaled));
    let names = &session.server_names;
    let pool = names.iter().find_map(|it| knowledge.pool_for_host(&it.name));
    let kind = pool.map(|it| it.pool.kind);
    let paid_otherwise = !mined.assumed && is_paid_in_bitcoin(session);
    let drawn = estimate.as_ref().filter(|_| !mined.contradicted || paid_otherwise);
    let drawn = drawn.filter(|_| !it.serves);
    let power = drawn.zip(mined.algorithm).and_then(|(it, algorithm)| {
        hashrate::power(it, &algorithm.name, in_page(session, kind), knowledge)
    });
    let mut labels = labels(it, kind);
    if mined.assumed && estimate.is_some() {
        labels.insert("algorithm-assumed");
    }
    if mined.contradicted {
        labels.insert("wallet-of-another-coin");
    }
    let differs = estimate.zip(session.reported_hashrate);
    if differs.is_some_and(|(estimate, said)| hashrate::contradicts(said, &estimate)) {
        labels.insert("reported-differs");
    }
    let coin = mined.coin;
    let wallets: BTreeSet<_> = session.accounts.iter().flat_map(|it| &it.wallets).collect();
    Row::Session(Box::new(SessionRow {
        about: seen.entity.clone(),
        client: session.client,
        server: session.server,
        server_name: names.first().map(|it| it.name.clone()),
        pool: pool.map(|it| it.pool.name.clone()),
        dialect: session.dialect.clone(),
        carrier: session.carrier.clone(),
        coin: coin.clone(),
        algorithm: mined.algorithm.map(|it| it.name.clone()),
        grade: session.grade,
        because: session.because.clone(),
        probability: None,
        labels: labels.into_iter().map(str::to_owned).collect(),
        agent: session.agent.clone(),
        logins: logins(session),
        logins_beyond: session.accounts_beyond,
        wallets: wallets.into_iter().map(|it| of_coin(it, coin.as_deref())).collect(),
        jobs: session.jobs,
        shares: session.shares,
        share_times_ms: session.share_times_ms.clone(),
        targets: session.targets.clone(),
        share_rate: None,
        hashrate: estimate,
        reported_hashrate: session.reported_hashrate,
        power_w: power,
        region: Region::NotAssessed,
        first_ms: seen.span.from_ms,
        last_ms: seen.span.to_ms,
        known_ms: None,
        frames: session.frames,
        marks: session.marks.clone(),
        evidence: flow(seen, session),
    }))
}

/// A wallet with the coin that was mined first among those that write addresses so.
fn of_coin(wallet: &WalletSeen, mined: Option<&str>) -> WalletSeen {
    let mut wallet = wallet.clone();
    wallet.coins.sort_by_key(|it| Some(it.as_str()) != mined);
    wallet
}

/// Where a flow was read, in every part of a rotated capture.
fn flow(seen: &Observation, session: &PoolSession) -> Evidence {
    let first = Evidence::at(seen.provenance.clone());
    session.continued.iter().fold(first, |held, it| held.and(it.clone()))
}

fn logins(session: &PoolSession) -> Vec<Login> {
    let login = |it: &minehound_model::Account| Login {
        login: it.login.clone(),
        account: it.account.clone(),
        worker: it.worker.clone(),
        state: it.state,
    };
    session.accounts.iter().map(login).collect()
}

fn labels(it: &Watched<'_>, kind: Option<PoolKind>) -> BTreeSet<&'static str> {
    let session = it.session;
    let because = |wanted: &[Because]| wanted.iter().any(|it| session.because.contains(it));
    let mut wallets = session.accounts.iter().flat_map(|it| &it.wallets);
    let workers = session.accounts.len() as u64 + session.accounts_beyond;
    let labels = [
        ("pool-probe", it.probe),
        ("repeated", session.repeated),
        ("same-connection", session.shared && !session.repeated),
        ("one-sided", because(&[Because::OnlyMinerSeen, Because::OnlyPoolSeen])),
        ("mid-session", because(&[Because::MidSession])),
        ("browser-mining", in_page(session, kind)),
        ("proxy-many-workers", workers >= WORKERS_OF_A_PROXY),
        ("author-fee", kind == Some(PoolKind::Donation)),
        ("nicehash", kind == Some(PoolKind::Marketplace)),
        ("unverified-dialect", UNVERIFIED.contains(&session.dialect.as_str())),
        ("test-network", wallets.any(|it| it.network.contains("test") || it.network == "stagenet")),
        ("private-pool", is_private(session)),
        ("proxy-upstream", it.serves),
    ];
    labels.into_iter().filter(|it| it.1).map(|it| it.0).collect()
}

/// Whether a web page mined: by the dialect of its scripts, by the carrier they have, or by the
/// service that they come from.
pub(super) fn in_page(session: &PoolSession, kind: Option<PoolKind>) -> bool {
    session.dialect == "coinhive"
        || session.carrier.contains("websocket") && session.dialect == "cryptonote"
        || kind == Some(PoolKind::Browser)
}

/// Whether the pool has an address of a network of one's own. Behind a proxy the proxy's own address
/// says nothing of it, and a name that the proxy was asked for neither.
fn is_private(session: &PoolSession) -> bool {
    let named = session.server_names.first().map(|it| it.name.as_str());
    pool_address(session.server, &session.carrier, named).is_some_and(is_inner)
}

/// Whether an address is of a network of one's own: a proxy for miners rather than a public pool.
fn is_inner(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

/// The line of a connection to a pool whose inside could not be read.
pub(super) fn of_contact(
    seen: &Observation,
    contact: &PoolContact,
    pool: &crate::knowledge::PoolMatch<'_>,
) -> Row {
    let mut labels = Vec::new();
    if pool.pool.kind == PoolKind::Browser {
        labels.push("browser-mining".to_owned());
    }
    if pool.pool.kind == PoolKind::Donation {
        labels.push("author-fee".to_owned());
    }
    if !contact.answered {
        labels.push("one-sided".to_owned());
    }
    let coin = match pool.pool.coins.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let base = unread(seen, (contact.client, contact.server), contact.carrier.clone());
    Row::Session(Box::new(SessionRow {
        server_name: Some(contact.name.name.clone()),
        pool: Some(pool.pool.name.clone()),
        coin,
        labels,
        frames: contact.frames,
        ..base
    }))
}

/// The line of a connection between these ends, client first, of which nothing could be read.
pub(super) fn unread(
    seen: &Observation,
    (client, server): (SocketAddr, SocketAddr),
    carrier: String,
) -> SessionRow {
    SessionRow {
        about: seen.entity.clone(),
        client,
        server,
        server_name: None,
        pool: None,
        dialect: String::new(),
        carrier,
        coin: None,
        algorithm: None,
        grade: Grade::Connected,
        because: Vec::new(),
        probability: None,
        labels: Vec::new(),
        agent: None,
        logins: Vec::new(),
        logins_beyond: 0,
        wallets: Vec::new(),
        jobs: 0,
        shares: Shares::default(),
        share_times_ms: Vec::new(),
        targets: Vec::new(),
        share_rate: None,
        hashrate: None,
        reported_hashrate: None,
        power_w: None,
        region: Region::NotAssessed,
        first_ms: seen.span.from_ms,
        last_ms: seen.span.to_ms,
        known_ms: None,
        frames: 0,
        marks: [].into(),
        evidence: Evidence::at(seen.provenance.clone()),
    }
}
