//! The sample capture: ten minutes of a small office.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::dialogue::{Dialogue, nanos};
use crate::innocent::{Innocent, lookup};
use crate::packets::Shape;
use crate::rng::Rng;
use crate::scenario::session::MONDAY_NS;
use crate::scenario::{Dialect, Generated, Naming, Session};

/// Ten minutes of a small office with eight hosts.
///
/// 192.168.1.23 mines Monero at 6,400 H/s behind the worker name `accounting-pc`, after looking up
/// the pool's name. 192.168.1.31 logs in to a Bitcoin pool and never sends a share. 192.168.1.35
/// only looks up the name of a well-known pool. 192.168.1.40 to .44 live innocent lives, some of
/// which use the words of mining.
#[must_use]
pub fn sample_office(seed: u64) -> Generated {
    let mut rng = Rng::new(seed).fork("office");
    let start = MONDAY_NS;
    let mut all = miners(start, &mut rng);
    for (last, kinds) in CROWD {
        for kind in *kinds {
            let host = IpAddr::from([192, 168, 1, *last]);
            let late = nanos(rng.between(0.0, 90.0));
            let length = rng.between(220.0, 330.0);
            all.extend(kind.dialogues(host, start + late, length, rng.next_u64()));
        }
    }
    Generated::from_dialogues(&all, &Shape::default(), seed)
}

/// What each innocent host does.
const CROWD: &[(u8, &[Innocent])] = &[
    (
        40,
        &[
            Innocent::Lsp,
            Innocent::Mcp,
            Innocent::Dns,
            Innocent::BuildDashboard,
            Innocent::DatabaseDump,
        ],
    ),
    (
        41,
        &[
            Innocent::EthereumWallet,
            Innocent::EthereumSocket,
            Innocent::PriceTicker,
            Innocent::Electrum,
            Innocent::BitcoinWallet,
            Innocent::MoneroWallet,
        ],
    ),
    (42, &[Innocent::Mqtt, Innocent::Ntp, Innocent::Dns, Innocent::PlainRpc]),
    (
        43,
        &[
            Innocent::PoolArticle,
            Innocent::PoolWebSite,
            Innocent::Irc,
            Innocent::Dns,
            Innocent::Download,
        ],
    ),
    (44, &[Innocent::Kodi, Innocent::Aria2, Innocent::JobService, Innocent::Ntp, Innocent::Dns]),
];

fn miners(start: u64, rng: &mut Rng) -> Vec<Dialogue> {
    let monero_pool = Ipv4Addr::new(203, 0, 113, 7);
    let bitcoin_pool = Ipv4Addr::new(203, 0, 113, 9);
    let monero = Session {
        hashrate: 6_400.0,
        seconds: 570.0,
        start_ns: start + nanos(20.0),
        client: IpAddr::from([192, 168, 1, 23]),
        server: SocketAddr::from((monero_pool, 3333)),
        host: "xmr.pool.example".to_owned(),
        port: 3333,
        naming: Naming::Wallet,
        workers: vec!["accounting-pc".to_owned()],
        shares_per_minute: 5.0,
        ..Session::new(Dialect::CryptoNote, rng.next_u64())
    };
    let bitcoin = Session {
        hashrate: 0.0,
        seconds: 480.0,
        start_ns: start + nanos(75.0),
        client: IpAddr::from([192, 168, 1, 31]),
        server: SocketAddr::from((bitcoin_pool, 3333)),
        host: "btc.pool.example".to_owned(),
        port: 3333,
        naming: Naming::Account,
        workers: vec!["s9".to_owned()],
        ..Session::new(Dialect::StratumV1, rng.next_u64())
    };
    let host = |last: u8| IpAddr::from([192, 168, 1, last]);
    let mut all = vec![
        lookup(host(23), "xmr.pool.example", monero_pool, start + nanos(19.9), rng.next_u64()),
        lookup(host(31), "btc.pool.example", bitcoin_pool, start + nanos(74.9), rng.next_u64()),
        lookup(
            host(35),
            "pool.supportxmr.com",
            Ipv4Addr::new(203, 0, 113, 44),
            start + nanos(200.0),
            rng.next_u64(),
        ),
    ];
    all.extend(monero.dialogues());
    all.extend(bitcoin.dialogues());
    all
}
