//! Sessions of several grades and dialects.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use minehound_model::*;

use super::{START, endpoint};

/// A placeholder that no wallet has.
pub const WALLET: &str = "4EXAMPLEwalletPlaceholder0000000000000000000000000000";
/// A wallet that no session names.
pub const GHOST: &str = "bc1qplaceholder0nobodyhas0this0one00";

const DIALECTS: [&str; 4] = ["stratum-v1", "cryptonote", "ethereum-stratum-1", "kawpow"];
const COINS: [&str; 4] = ["BTC", "XMR", "ETC", "RVN"];
const UNITS: [f64; 4] = [1.31e13, 5_400.0, 4.1e8, 2.2e7];

/// The session of a number: every third has no shares.
pub fn session(number: u32) -> SessionRow {
    let kind = (number % 4) as usize;
    let first = u64::from(number) * 50 + 12;
    let client = Ipv4Addr::from_bits(0x0a14_1e29 + number);
    let shares = if number % 3 == 2 { 0 } else { u64::from(number % 50) * 20 + 40 };
    let start = START + i64::from(number % 40) * 120_000;
    let value = UNITS[kind];
    SessionRow {
        about: endpoint(&client.to_string()),
        client: SocketAddr::from((client, 50_000)),
        server: "192.0.2.10:3333".parse().unwrap(),
        server_name: Some("pool.example".to_owned()),
        pool: None,
        dialect: DIALECTS[kind].to_owned(),
        carrier: "http-connect+websocket".to_owned(),
        coin: Some(COINS[kind].to_owned()),
        algorithm: Some("randomx".to_owned()),
        grade: if shares > 0 { Grade::SharesSubmitted } else { Grade::LoggedIn },
        because: vec![
            Because::LoginAccepted,
            if shares > 0 { Because::SharesAccepted } else { Because::NoShareSeen },
        ],
        probability: (number % 5 == 4).then_some(0.97),
        labels: if shares > 0 { vec![] } else { vec!["pool-probe".to_owned()] },
        agent: Some("=cmd|' /C calc'!A0".to_owned()),
        logins: vec![Login {
            login: format!("{WALLET}.rig-a{number}"),
            account: WALLET.to_owned(),
            worker: Some(format!("rig-a{number}")),
            state: LoginState::Accepted,
        }],
        logins_beyond: u64::from(number == 1) * 4,
        wallets: vec![WalletSeen {
            address: WALLET.to_owned(),
            coins: vec!["XMR".to_owned()],
            network: "mainnet".to_owned(),
            checksum: Checksum::Valid,
        }],
        jobs: 60,
        shares: Shares {
            submitted: shares,
            accepted: shares - shares / 20,
            rejected: shares / 20,
            stale: shares / 40,
        },
        share_times_ms: (0..shares.cast_signed())
            .map(|it| start + 15_000 + it * 9_700 % 3_500_000)
            .collect(),
        targets: vec![
            Target { since_ms: start, difficulty: 8192.0 },
            Target { since_ms: start + 600_000, difficulty: 65_536.0 },
        ],
        share_rate: None,
        hashrate: (shares > 0).then_some(Estimate {
            value,
            low: value * 0.82,
            high: value * 1.2,
            unit: "H/s",
        }),
        reported_hashrate: (shares > 0).then_some(value * 1.04),
        power_w: (shares > 0).then(|| PowerRange {
            low: 280.0,
            high: 1450.0,
            by_class: vec![("cpu".to_owned(), 900.0, 1450.0), ("gpu".to_owned(), 280.0, 610.0)],
        }),
        region: Region::Overseas("DE".to_owned()),
        first_ms: start,
        last_ms: start + 3_600_000,
        known_ms: None,
        frames: 1_204,
        marks: BTreeMap::from([("login".into(), first + 4), ("share".into(), first + 20)]),
        evidence: Evidence::at(Provenance::at(ArtefactId(0), first, first + 40)),
    }
}
