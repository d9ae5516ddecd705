//! Which coin a session mined.

use minehound_model::{Account, NameSource, ServerName};

use super::*;

const IN_2018: i64 = 1_520_000_000_000;
const IN_2025: i64 = 1_750_000_000_000;

fn session(dialect: &str, host: &str, coins: &[&str], algorithm: Option<&str>) -> PoolSession {
    let coins: Vec<String> = coins.iter().map(|it| (*it).to_owned()).collect();
    let wallet = WalletSeen {
        address: "address".into(),
        network: "mainnet".into(),
        checksum: Checksum::Valid,
        coins: coins.clone(),
    };
    let wallets = if coins.is_empty() { vec![] } else { vec![wallet] };
    let base = r#"
        client = "10.0.0.5:40000"
        server = "192.0.2.7:3333"
        dialect = ""
        carrier = "tcp"
        grade = "logged_in"
    "#;
    PoolSession {
        server_names: vec![ServerName { name: host.into(), by: NameSource::Host }],
        dialect: dialect.into(),
        algorithm: algorithm.map(str::to_owned),
        accounts: vec![Account { login: "address".into(), wallets, ..Account::default() }],
        ..toml::from_str(base).unwrap()
    }
}

#[track_caller]
fn check(session: &PoolSession, at_ms: i64, coin: Option<&str>, algorithm: Option<&str>) {
    let knowledge = Knowledge::built_in().unwrap();
    let mined = mined(session, at_ms, &knowledge);
    assert_eq!(mined.coin.as_deref(), coin);
    assert_eq!(mined.algorithm.map(|it| it.name.as_str()), algorithm);
}

#[test]
fn a_wallet_says_the_coin_unless_the_dialect_cannot_be_its() {
    let host = "stratum.example";
    check(&session("cryptonote", host, &["XMR"], None), IN_2025, Some("XMR"), Some("randomx"));
    check(&session("stratum-v1", host, &["LTC"], None), IN_2025, Some("LTC"), Some("scrypt"));
    check(&session("cryptonote", host, &["BTC"], None), IN_2025, Some("XMR-like"), Some("randomx"));
    let paid_in_bitcoin = session("stratum-v1", "scrypt.hash.example", &["BTC"], None);
    check(&paid_in_bitcoin, IN_2025, Some("BTC-like"), Some("scrypt"));
}

#[test]
fn a_coin_that_is_no_longer_mined_is_not_meant() {
    let coins = ["ETC", "ETH"];
    check(&session("ethproxy", "a.example", &coins, None), IN_2018, Some("ETH"), Some("ethash"));
    check(&session("ethproxy", "a.example", &coins, None), IN_2025, Some("ETC"), Some("etchash"));
}

#[test]
fn a_wallet_of_one_coin_alone_outranks_what_is_known_of_algorithms() {
    const IN_2019: i64 = 1_560_000_000_000;
    let knowledge = Knowledge::built_in().unwrap();
    let xmr = |dialect, algorithm| session(dialect, "a.example", &["XMR"], algorithm);
    for (session, at_ms, coin, algorithm, contradicted) in [
        (xmr("getblocktemplate", None), IN_2025, "XMR", "randomx", false),
        (xmr("getblocktemplate", Some("randomx")), IN_2025, "XMR", "randomx", false),
        // Monero's own, until RandomX came.
        (xmr("cryptonote", Some("cn/r")), IN_2019, "XMR", "cryptonight", false),
        (xmr("cryptonote", Some("cn/r")), IN_2025, "XMR", "cryptonight", true),
        (xmr("cryptonote", Some("cn")), IN_2025, "XMR", "cryptonight", true),
        (xmr("stratum-v1", None), IN_2025, "BTC-like", "sha256d", true),
        (session("cryptonote", "a.example", &["BTC"], None), IN_2025, "XMR-like", "randomx", true),
        (
            session("cryptonote", "a.example", &["BTC"], Some("cn")),
            IN_2025,
            "XMR-like",
            "cryptonight",
            true,
        ),
        (session("cryptonote", "a.example", &[], Some("cn")), IN_2025, "BCN", "cryptonight", false),
        (
            session("getblocktemplate", "a.example", &[], Some("randomx")),
            IN_2025,
            "XMR-like",
            "randomx",
            false,
        ),
        (
            session("getblocktemplate", "a.example", &[], None),
            IN_2025,
            "BTC-like",
            "sha256d",
            false,
        ),
        (
            session("equihash", "a.example", &["RVN", "VRSC"], Some("verushash")),
            IN_2025,
            "VRSC",
            "verushash",
            false,
        ),
    ] {
        let found = mined(&session, at_ms, &knowledge);
        let found =
            (found.coin.as_deref(), found.algorithm.map(|it| it.name.as_str()), found.contradicted);
        assert_eq!(found, (Some(coin), Some(algorithm), contradicted), "{session:?}");
    }
}

#[test]
fn the_name_of_the_server_says_the_coin_where_no_wallet_does() {
    let xmr = session("cryptonote", "xmr-eu1.pool.example", &[], None);
    check(&xmr, IN_2025, Some("XMR"), Some("randomx"));
    let etc = session("ethproxy", "etc.pool.example", &["ETH", "ETC"], None);
    check(&etc, IN_2018, Some("ETC"), Some("etchash"));
    let zec = session("equihash", "zec.pool.example", &[], None);
    check(&zec, IN_2018, Some("ZEC"), Some("equihash-200-9"));
}

#[test]
fn the_dialect_gives_a_family_and_nothing_gives_nothing() {
    check(
        &session("stratum-v1", "a.example", &[], None),
        IN_2025,
        Some("BTC-like"),
        Some("sha256d"),
    );
    check(&session("kaspa", "a.example", &[], None), IN_2025, Some("KAS"), Some("kheavyhash"));
    check(&session("stratum-other", "a.example", &[], None), IN_2025, None, None);
    let named = session("stratum-v1", "a.example", &[], Some("scrypt"));
    check(&named, IN_2025, Some("BTC-like"), Some("scrypt"));
}

#[test]
fn every_dialect_has_an_algorithm_that_is_known() {
    let knowledge = Knowledge::built_in().unwrap();
    for it in DIALECTS {
        let found = knowledge.algorithm(it.algorithm).map(|it| it.entry.name.as_str());
        assert_eq!(found, Some(it.algorithm), "{}", it.dialect);
        let known_coin = it.coin.ends_with("-like") || knowledge.coin(it.coin).is_some();
        assert!(known_coin, "{}", it.coin);
    }
}

#[test]
fn the_last_day_of_a_coin_is_counted_in() {
    let day = Day { year: 2022, month: 9, day: 15 };
    assert_eq!(day_after_ms(day), 1_663_286_400_000);
    assert_eq!(day_after_ms(Day { year: 1969, month: 12, day: 31 }), 0);
}
