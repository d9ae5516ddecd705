//! Properties of the shipped knowledge and of its look-ups.

mod overlay;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::schema::{Day, MinerKind};
use super::{Knowledge, NameMatch};

static SHIPPED: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::built_in().unwrap());

fn shipped() -> &'static Knowledge {
    &SHIPPED
}

/// For tests that overlay.
fn own() -> Knowledge {
    Knowledge::built_in().unwrap()
}

#[track_caller]
fn check(host: &str, pool: Option<&str>, exact: bool, stratum_host: bool) {
    let knowledge = shipped();
    let found = knowledge.pool_for_host(host);
    assert_eq!(found.map(|it| it.pool.name.as_str()), pool, "{host}");
    if let Some(found) = found {
        assert_eq!((found.exact, found.stratum_host), (exact, stratum_host), "{host}");
    }
}

#[test]
fn a_pool_is_known_by_whole_labels() {
    check("supportxmr.com", Some("SupportXMR"), true, false);
    check("pool.supportxmr.com", Some("SupportXMR"), true, true);
    check("Pool.SupportXMR.com.", Some("SupportXMR"), true, true);
    check("notsupportxmr.com", None, false, false);
    check("supportxmr.com.example", None, false, false);
    check("com", None, false, false);
    check("", None, false, false);
    check("..", None, false, false);
}

#[test]
fn a_mining_server_is_told_from_a_web_page() {
    check("www.f2pool.com", Some("F2Pool"), false, false);
    check("f2pool.com", Some("F2Pool"), true, false);
    check("btc.f2pool.com", Some("F2Pool"), false, true);
    check("xmr-eu9.nanopool.org", Some("Nanopool"), false, true);
    check("api.nanopool.org", Some("Nanopool"), false, false);
    check("us-kas.2miners.com", Some("2Miners"), false, false);
    check("api2.nicehash.com", Some("NiceHash"), false, false);
    check("daggerhashimoto.eu.nicehash.com", Some("NiceHash"), true, true);
    check("the.hiveos.farm", Some("HiveOS"), false, false);
}

#[test]
fn names_that_everybody_uses_are_no_pools() {
    let hosts = "pool.ntp.org cn.pool.ntp.org github.com cloudflare.com duckdns.org binance.com btc.com bitcoin.com \
                 www.okx.com adminer.com ddns.net bitcointalk.org xmrig.com api.xmrig.com emercoin.com";
    for host in hosts.split_whitespace() {
        check(host, None, false, false);
    }
}

#[test]
fn an_old_name_says_that_it_expired() {
    let knowledge = shipped();
    assert!(knowledge.pool_for_host("eu1.ethermine.org").unwrap().expired);
    assert!(knowledge.pool_for_host("ws001.coinhive.com").unwrap().expired);
    assert!(!knowledge.pool_for_host("ss.antpool.com").unwrap().expired);
}

#[test]
fn there_are_several_hundred_pools_and_every_name_leads_to_one() {
    let knowledge = shipped();
    assert!(knowledge.tables().pools.iter().map(|it| it.entries.len()).sum::<usize>() >= 400);
    for name in knowledge.names() {
        assert!(knowledge.pool_for_host(name).is_some_and(|it| it.exact), "{name}");
    }
}

#[track_caller]
fn check_miner(name: &str, expected: Option<(&str, NameMatch)>) {
    let knowledge = shipped();
    let found = knowledge.miner_named(name).map(|it| (it.miner.name.as_str(), it.by));
    assert_eq!(found, expected, "{name}");
}

#[test]
fn a_miner_is_known_by_name_alias_and_one_letter() {
    check_miner("xmrig", Some(("XMRig", NameMatch::Exact)));
    check_miner("XMRig.exe", Some(("XMRig", NameMatch::Exact)));
    check_miner("minerd", Some(("cpuminer", NameMatch::Alias)));
    check_miner("ethmlner", Some(("ethminer", NameMatch::NearMiss)));
    check_miner("miner", Some(("EWBF", NameMatch::Generic)));
    check_miner("xmri", None);
    check_miner("bash", None);
}

#[test]
fn ordinary_programs_are_no_miners() {
    let names = "tracker-miner-fs-3 rapidminer minetest python3 java chrome rustc cargo nginx sshd systemd kworker \
                 proxy pool-master node containerd dockerd postgres zoom code";
    for name in names.split_whitespace() {
        check_miner(name, None);
    }
}

#[test]
fn what_is_named_as_not_mining_is_no_miner() {
    let knowledge = shipped();
    for innocent in knowledge.tables().not_mining.iter().flat_map(|it| &it.entries) {
        for program in &innocent.programs {
            assert!(knowledge.miner_named(program).is_none(), "{program}");
            assert!(knowledge.masquerade(program).is_none(), "{program}");
        }
        for domain in &innocent.domains {
            assert!(knowledge.pool_for_host(domain).is_none(), "{domain}");
        }
    }
}

#[test]
fn agents_lead_to_their_programs() {
    let knowledge = shipped();
    let named = |agent| knowledge.miner_by_agent(agent).map(|it| it.entry.name.as_str());
    assert_eq!(named("XMRig/6.26.0 (Linux x86_64) libuv/1.48.0"), Some("XMRig"));
    assert_eq!(named("cgminer/4.12.1"), Some("cgminer"));
    assert_eq!(named("Mozilla/5.0"), None);
    assert_eq!(named(""), None);
}

#[test]
fn algorithms_are_known_as_miners_write_them() {
    let knowledge = shipped();
    for (written, name) in [
        ("rx/0", "randomx"),
        ("RandomX", "randomx"),
        ("cn/r", "cryptonight"),
        ("KawPow", "kawpow"),
        ("equihash 200,9", "equihash-200-9"),
        ("125_4", "equihash-125-4"),
        ("SHA-256", "sha256d"),
        ("kHeavyHash", "kheavyhash"),
        ("autolykos2", "autolykos2"),
    ] {
        assert_eq!(
            knowledge.algorithm(written).map(|it| it.entry.name.as_str()),
            Some(name),
            "{written}"
        );
        assert!(knowledge.device_classes(written).next().is_some(), "{written}");
    }
    assert!(knowledge.algorithm("").is_none());
}

#[test]
fn coins_answer_to_symbol_and_name_and_ethereum_has_ended() {
    let knowledge = shipped();
    assert_eq!(knowledge.coin("xmr").unwrap().entry.en, "Monero");
    assert_eq!(knowledge.coin("门罗币").unwrap().entry.symbol, "XMR");
    let ended = knowledge.coin("ETH").unwrap().entry.ended;
    assert_eq!(ended, Some(Day { year: 2022, month: 9, day: 15 }));
}

#[test]
fn hardware_is_known_by_its_identifiers() {
    let knowledge = shipped();
    assert!(knowledge.pci(0x10de, 0x1e09).unwrap().entry.mining_only);
    assert!(!knowledge.pci(0x1002, 0x7360).unwrap().entry.mining_only);
    assert!(knowledge.usb(0x4254, 0x4153).unwrap().entry.specific);
    assert!(!knowledge.usb(0x0403, 0x6001).unwrap().entry.specific);
    assert_eq!(
        knowledge.oui([0xe0, 0xa5, 0x09, 1, 2, 3]).unwrap().entry.maker,
        "Bitmain Technologies Inc"
    );
    assert_eq!(knowledge.oui([0x70, 0x06, 0x92, 0x51, 2, 3]).unwrap().entry.prefix, "7006925");
    assert!(knowledge.oui([0xe2, 0xa5, 0x09, 1, 2, 3]).is_none(), "locally administered");
}

#[test]
fn machines_are_known_by_their_plates() {
    let knowledge = shipped();
    let named = |text: &str| {
        knowledge.asic_model(text).map(|it| format!("{} {}", it.model.maker, it.model.model))
    };
    assert_eq!(named("Antminer S19 Pro").as_deref(), Some("Bitmain S19 Pro"));
    assert_eq!(named("蚂蚁S19 Pro 矿机").as_deref(), Some("Bitmain S19 Pro"));
    assert_eq!(named("Dell PowerEdge R740"), None);
    assert_eq!(named("Apollo GraphQL server"), None, "a word that is a model too");
    assert_eq!(named("S19"), None, "a bare short name is a part number of anything");
    assert_eq!(named(""), None);
}

#[test]
fn a_hiding_name_is_known_as_it_is_written() {
    let knowledge = shipped();
    assert!(knowledge.masquerade("kdevtmpfsi").is_some());
    assert!(knowledge.masquerade("kdevtmpfs").is_none(), "the genuine kernel thread");
    assert!(knowledge.masquerade("bash").is_none(), "a genuine name");
    assert!(knowledge.borrowed_name("bash").is_some());
    assert!(knowledge.family_by_path("/usr/share/.LQvKibDTq4/python-dev").is_some());
    assert!(knowledge.family_by_path("/usr/share/.LQvKibDTq4x").is_none());
}

#[test]
fn the_tables_refer_to_each_other() {
    let knowledge = shipped();
    let tables = knowledge.tables();
    let algorithms: BTreeSet<&str> =
        tables.algorithms.iter().flat_map(|it| &it.entries).map(|it| it.name.as_str()).collect();
    let used = (tables
        .coins
        .iter()
        .flat_map(|it| &it.entries)
        .filter_map(|it| it.algorithm.as_deref()))
    .chain(tables.device_classes.iter().flat_map(|it| &it.entries).map(|it| it.algorithm.as_str()))
    .chain(
        tables
            .asic_models
            .iter()
            .flat_map(|it| &it.entries)
            .filter_map(|it| it.algorithm.as_deref()),
    )
    .chain(
        tables
            .miners
            .iter()
            .flat_map(|it| &it.entries)
            .flat_map(|it| &it.algorithms)
            .map(String::as_str),
    );
    for algorithm in used {
        assert!(algorithms.contains(algorithm), "{algorithm} is no entry of algorithms.toml");
    }
    let families: BTreeSet<&str> = (tables.families.iter().flat_map(|it| &it.entries))
        .flat_map(|it| it.aliases.iter().chain([&it.name]))
        .map(String::as_str)
        .collect();
    for masquerade in tables.masquerades.iter().flat_map(|it| &it.entries) {
        for family in &masquerade.families {
            assert!(families.contains(family.as_str()), "{}: {family}", masquerade.name);
        }
    }
}

#[test]
fn no_alias_belongs_to_two() {
    let knowledge = shipped();
    let mut seen = BTreeSet::new();
    for miner in knowledge.tables().miners.iter().flat_map(|it| &it.entries) {
        for alias in miner.aliases.iter().chain([&miner.name.to_lowercase()]) {
            assert!(seen.insert(alias.clone()), "{alias}");
        }
    }
    let mut seen = BTreeSet::new();
    for algorithm in knowledge.tables().algorithms.iter().flat_map(|it| &it.entries) {
        let names: BTreeSet<String> = algorithm
            .aliases
            .iter()
            .chain([&algorithm.name])
            .map(|it| super::devices::algorithm_key(it))
            .collect();
        for name in names {
            assert!(seen.insert(name.clone()), "{name}");
        }
    }
}

#[test]
fn a_method_of_a_pool_is_never_listed_as_innocent() {
    let knowledge = shipped();
    let methods = "mining.subscribe mining.authorize mining.submit mining.notify mining.hello login submit job getjob \
                   keepalived eth_getWork eth_submitWork eth_submitLogin eth_submitHashrate getwork getblocktemplate \
                   submitblock submitblocklight get_block_template getjobtemplate solution client.reconnect";
    for method in methods.split_whitespace() {
        assert!(knowledge.not_mining_method(method).is_none(), "{method}");
    }
    assert!(knowledge.not_mining_method("textDocument/hover").is_some());
    assert!(knowledge.not_mining_method("server.version").is_some());
}

#[test]
fn the_inspection_table_has_rows_in_all_five_dimensions() {
    let knowledge = shipped();
    let rows: Vec<_> = knowledge.tables().checklist.iter().flat_map(|it| &it.entries).collect();
    for (prefix, dimension) in [
        ("HW", "hardware"),
        ("NET", "network"),
        ("SYS", "system"),
        ("RES", "resources"),
        ("BIZ", "business"),
    ] {
        let of_dimension = rows.iter().filter(|it| it.dimension == dimension);
        assert!(of_dimension.clone().count() >= 5, "{dimension}");
        for row in of_dimension {
            assert!(row.id.starts_with(prefix), "{}", row.id);
            assert!(!row.needs.is_empty() && !row.requirements.is_empty(), "{}", row.id);
        }
    }
    assert_eq!(knowledge.tables().scenarios.iter().map(|it| it.entries.len()).sum::<usize>(), 4);
}

#[test]
fn storage_is_never_given_a_hashrate() {
    let knowledge = shipped();
    for miner in knowledge.tables().miners.iter().flat_map(|it| &it.entries) {
        assert!(miner.kind != MinerKind::Storage || miner.algorithms.is_empty(), "{}", miner.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_host_name_makes_the_look_ups_fail(host in "\\PC{0,300}") {
        let knowledge = shipped();
        let _ = knowledge.pool_for_host(&host);
        let _ = knowledge.miner_named(&host);
        let _ = knowledge.algorithm(&host);
        let _ = knowledge.asic_model(&host);
    }

    #[test]
    fn no_overlay_text_panics(text in "\\PC{0,400}") {
        let _ = own().overlay("any.toml", &text);
    }
}
