//! From a decoded session to a fact.

use std::borrow::Cow;
use std::net::SocketAddr;

use minehound_model::{
    Account, Because, Checksum, DifficultyUnit, Grade, LoginState, NameSource, PoolSession,
    ServerName, Shares, Target, WalletSeen,
};
use minehound_wire::End;
use minehound_wire::flow::Flow;
use minehound_wire::session::{self as heard, Login, Mark, Session};
use minehound_wire::wallet;

use super::places::{Places, ms};

/// What a session comes to, with the names that the capture gave its server.
pub(super) fn fact(
    flow: &Flow,
    session: &Session,
    polled: bool,
    names: &[ServerName],
    places: &Places<'_>,
) -> PoolSession {
    let (client, server) = match session.miner {
        End::Opener => (flow.opener, flow.answerer),
        End::Answerer => (flow.answerer, flow.opener),
    };
    let last = session.marks.values().max().copied().unwrap_or(flow.since).max(flow.since);
    let (part, _) = Places::split(flow.since);
    let here = session.marks.iter().filter(|it| Places::split(*it.1).0 == part);
    let grade = grade(session);
    PoolSession {
        client,
        server,
        server_names: server_names(session, server, names),
        dialect: session.dialect.to_string(),
        carrier: carrier(session),
        grade,
        because: because(session, polled),
        agent: session.agent.clone(),
        algorithm: session.algorithm.clone(),
        accounts: session.accounts.iter().map(account).collect(),
        accounts_beyond: session.accounts_beyond,
        jobs: session.jobs,
        first_job_ms: session.marks.get(&Mark::Job).map(|it| ms(*it)),
        shares: Shares {
            submitted: session.submitted,
            accepted: session.accepted,
            rejected: session.rejected,
            stale: session.stale,
        },
        share_times_ms: session.share_times_ns.iter().map(|it| it.div_euclid(1_000_000)).collect(),
        block_times_ms: Vec::new(),
        targets: session.targets.iter().map(target).collect(),
        difficulty_unit: match session.difficulty_unit {
            heard::DifficultyUnit::Hashes => DifficultyUnit::Hashes,
            heard::DifficultyUnit::PoolDifficulty => DifficultyUnit::PoolDifficulty,
        },
        // Of shares that were only overheard no hashrate is made.
        exposure: if session.overheard { 0.0 } else { session.exposure },
        exposed_shares: session.exposed_shares,
        exposed_s: session.exposed_s,
        reported_hashrate: session.reported_hashrate,
        frames: session.frames,
        marks: here.map(|(mark, at)| (named(*mark), Places::split(*at).1)).collect(),
        continued: places.after(flow.since, last),
        repeated: false,
        shared: false,
    }
}

fn named(mark: Mark) -> Cow<'static, str> {
    Cow::Borrowed(mark.into())
}

/// How far a session was seen to go.
///
/// Jobs are pushed, and work is served, to miners that are logged in; so either stands for the
/// login where its answer was not captured.
fn grade(session: &Session) -> Grade {
    let logged_in = session.accounts.iter().any(|it| it.state == Login::Accepted);
    let served = session.work_answers > 0 || session.jobs > 0;
    match () {
        () if session.submitted > 0 => Grade::SharesSubmitted,
        () if logged_in || served => Grade::LoggedIn,
        () => Grade::Connected,
    }
}

fn because(session: &Session, polled: bool) -> Vec<Because> {
    let states = |state| session.accounts.iter().any(|it| it.state == state);
    let asked = session.subscribed || !session.accounts.is_empty() || session.submitted > 0;
    let answered = session.jobs > 0 || session.accepted + session.rejected > 0;
    let nothing_further = session.accounts.is_empty() && session.jobs == 0;
    let requests = session.work_requests > 0;
    let unanswered = session.submitted > 0 && session.accepted + session.rejected == 0;
    let rules = [
        (Because::MidSession, !session.from_start),
        (Because::OnlyPoolSeen, session.overheard || !asked && !requests && answered),
        (Because::OnlyMinerSeen, session.pool_unheard && !session.unanswered),
        (Because::OtherEndSilent, session.unanswered),
        (Because::SharesAlone, session.shares_alone),
        (Because::WordsAlone, session.words_alone),
        (Because::SubscribedOnly, session.subscribed && nothing_further),
        (Because::LoginAccepted, states(Login::Accepted)),
        (Because::LoginRefused, states(Login::Refused)),
        (Because::LoginUnanswered, states(Login::Unanswered) && !states(Login::Accepted)),
        (Because::JobsSeen, session.jobs > 0),
        (Because::WorkServed, session.work_answers > 0),
        (Because::WorkRequested, requests && session.work_answers == 0),
        (Because::Polled, polled),
        (Because::NoShareSeen, session.submitted == 0),
        (Because::SharesUnanswered, unanswered),
        (Because::SharesRejected, session.accepted == 0 && session.rejected > 0),
        (Because::SharesAccepted, session.accepted > 0),
    ];
    rules.into_iter().filter(|it| it.1).map(|it| it.0).collect()
}

fn carrier(session: &Session) -> String {
    let names: Vec<_> = session.carriers.iter().map(ToString::to_string).collect();
    if names.is_empty() { "tcp".to_owned() } else { names.join("+") }
}

/// The name the miner itself gave comes first: a proxy's own name is not the pool's.
fn server_names(session: &Session, server: SocketAddr, names: &[ServerName]) -> Vec<ServerName> {
    let said = session.named_host.as_deref().map(host_of).filter(|it| !it.is_empty());
    let said = said.filter(|it| it.parse() != Ok(server.ip()));
    let said = said.map(|it| ServerName { name: it.to_lowercase(), by: NameSource::Host });
    let mut all: Vec<_> = said.into_iter().collect();
    for name in names {
        if all.iter().all(|it| it.name != name.name) {
            all.push(name.clone());
        }
    }
    all
}

/// The host in `host:port` or `[address]:port`.
fn host_of(named: &str) -> &str {
    match named.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((address, _)) => address,
        None if named.matches(':').count() == 1 => named.split(':').next().unwrap_or(named),
        None => named,
    }
}

fn account(heard: &heard::Account) -> Account {
    let wallets: Vec<_> = wallet::find_in_login(&heard.login).iter().map(wallet_seen).collect();
    let (account, worker) = split(&heard.login, wallets.first());
    Account {
        account,
        worker: heard.worker.clone().or(worker),
        state: match heard.state {
            Login::Unanswered => LoginState::Unanswered,
            Login::Accepted => LoginState::Accepted,
            Login::Refused => LoginState::Refused,
        },
        wallets,
        login: heard.login.clone(),
    }
}

/// `account.worker`, `wallet/worker`, `wallet+difficulty.worker`, each with `/e-mail` behind it:
/// pools differ, so the wallet decides where there is one.
fn split(login: &str, wallet: Option<&WalletSeen>) -> (String, Option<String>) {
    let rest = wallet.and_then(|it| login.split_once(it.address.as_str()));
    if let (Some(wallet), Some((_, rest))) = (wallet, rest) {
        let before_mail = rest.rsplit_once('/').filter(|it| it.1.contains('@')).map(|it| it.0);
        let rest = before_mail.filter(|it| it.contains(['.', '/'])).unwrap_or(rest);
        let worker = rest.rsplit_once('/').or_else(|| rest.rsplit_once('.')).map(|it| it.1);
        let worker = worker.map(|it| it.split('@').next().unwrap_or(it));
        return (wallet.address.clone(), worker.filter(|it| !it.is_empty()).map(str::to_owned));
    }
    if let Some((user, domain)) = login.split_once('@') {
        let (domain, worker) = of_domain(domain);
        let worker = worker.filter(|it| !it.is_empty()).map(str::to_owned);
        let account = if worker.is_some() { format!("{user}@{domain}") } else { login.to_owned() };
        return (account, worker);
    }
    match login.split_once(['.', '/']) {
        Some((account, worker)) if !account.is_empty() && !worker.is_empty() => {
            (account.to_owned(), Some(worker.to_owned()))
        }
        _ => (login.to_owned(), None),
    }
}

/// The domain of an e-mail address and the worker after it: at a slash, or at the first dot after
/// which no domain goes on. A label with a digit ends none, whatever stands before it.
fn of_domain(text: &str) -> (&str, Option<&str>) {
    if let Some((domain, worker)) = text.split_once('/') {
        return (domain, Some(worker));
    }
    let dots = text.match_indices('.').map(|it| it.0).skip(1);
    let parts = dots.filter_map(|dot| Some((text.get(..dot)?, text.get(dot + 1..)?)));
    let mut ended = parts.filter(|(domain, worker)| {
        let last = domain.rsplit('.').next().unwrap_or_default();
        let next = worker.split('.').next().unwrap_or_default();
        let letters = last.len() > 1 && last.bytes().all(|it| it.is_ascii_alphabetic());
        let odd = next.bytes().any(|it| !it.is_ascii_alphabetic());
        !ends_domains(next) && (ends_domains(last) || letters && odd)
    });
    ended.next().map_or((text, None), |(domain, worker)| (domain, Some(worker)))
}

/// Whether domains end with this label: a country's, or one of the common others.
fn ends_domains(label: &str) -> bool {
    const COMMON: [&str; 18] = [
        "app", "biz", "com", "dev", "edu", "email", "example", "gov", "info", "mail", "mobi",
        "name", "net", "online", "org", "pro", "site", "xyz",
    ];
    let label = label.to_ascii_lowercase();
    label.len() == 2 && label.bytes().all(|it| it.is_ascii_alphabetic())
        || COMMON.contains(&label.as_str())
}

/// A wallet as the model knows it.
pub(crate) fn wallet_seen(found: &wallet::Wallet) -> WalletSeen {
    WalletSeen {
        address: found.address.clone(),
        coins: found.coins.iter().map(ToString::to_string).collect(),
        network: found.chain.to_string(),
        checksum: match found.checksum {
            wallet::Checksum::Valid => Checksum::Valid,
            wallet::Checksum::Invalid => Checksum::Invalid,
            wallet::Checksum::Absent => Checksum::None,
        },
    }
}

fn target(heard: &heard::Target) -> Target {
    Target { since_ms: ms(heard.since), difficulty: heard.difficulty }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(login: &str, account: &str, worker: Option<&str>) {
        let expected = (account.to_owned(), worker.map(str::to_owned));
        assert_eq!(split(login, None), expected, "{login}");
    }

    #[test]
    fn accounts_and_workers_part_at_the_first_dot() {
        check("someone.rig1", "someone", Some("rig1"));
        check("someone.rig.1", "someone", Some("rig.1"));
        check("someone", "someone", None);
        check("someone.", "someone.", None);
        check("me@mail.example", "me@mail.example", None);
        check("bob@example.com.w1", "bob@example.com", Some("w1"));
        check("bob@example.com.rig.1", "bob@example.com", Some("rig.1"));
        check("bob@mail.example.com", "bob@mail.example.com", None);
        check("bob@example.com.cn", "bob@example.com.cn", None);
        check("bob@example.com.cn.rig", "bob@example.com.cn", Some("rig"));
        check("bob@example.co.uk", "bob@example.co.uk", None);
        check("bob.miller@example.com.w1", "bob.miller@example.com", Some("w1"));
        check("bob@example.com/w1", "bob@example.com", Some("w1"));
        check("bob@example.museum.w1", "bob@example.museum", Some("w1"));
        check("bob@example.com.", "bob@example.com.", None);
    }

    #[test]
    fn behind_a_wallet_the_worker_comes_before_the_mail() {
        let address = format!("0x{}", "9c".repeat(20));
        let wallet = WalletSeen {
            address: address.clone(),
            coins: Vec::new(),
            network: String::new(),
            checksum: Checksum::None,
        };
        for (rest, worker) in [
            ("/kvetak.worker1/ivesely@mailinator", Some("kvetak.worker1")),
            (".rig/me@mail.example", Some("rig")),
            ("/rig/me@mail.example", Some("rig")),
            ("/rig", Some("rig")),
            (".rig", Some("rig")),
            ("+5000.rig", Some("rig")),
            (".payment.rig", Some("rig")),
            (".payment/rig", Some("rig")),
            (".rig@x", Some("rig")),
            ("/rig@x", Some("rig")),
            ("+5000", None),
            ("/", None),
            ("", None),
        ] {
            let expected = (address.clone(), worker.map(str::to_owned));
            assert_eq!(split(&format!("{address}{rest}"), Some(&wallet)), expected, "{rest}");
        }
    }

    #[test]
    fn hosts_part_from_their_ports() {
        for (named, host) in [
            ("pool.example:3333", "pool.example"),
            ("pool.example", "pool.example"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(host_of(named), host);
        }
    }
}
