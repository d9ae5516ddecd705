//! What a world promises: scenarios are checked, the same seed gives the same bytes, packets come
//! in order, and the truth names every flow.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what is not there fails the test"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use minehound_range::scenario_file::{SHIPPED, Scenario, shipped};
use minehound_range::score::{Sheet, Tool, read, score};
use minehound_range::truth::{Mining, Truth};
use minehound_range::world::{FlowAnswer, Heading, World};
use sha2::{Digest as _, Sha256};

/// Files in memory.
#[derive(Clone, Default)]
struct Folder(Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

struct Entry(Folder, String);

impl Write for Entry {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.borrow_mut().entry(self.1.clone()).or_default().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(scenario: Scenario, seed: u64) -> BTreeMap<String, Vec<u8>> {
    let folder = Folder::default();
    let world = World::new(scenario, seed);
    let mut open = |name: &str| -> io::Result<Box<dyn Write>> {
        Ok(Box::new(Entry(folder.clone(), name.to_owned())))
    };
    world.write(&mut open).unwrap();
    folder.0.take()
}

/// A shipped scenario, short and small enough for a test.
fn little(name: &str) -> Scenario {
    let scenario = shipped(name).unwrap().unwrap();
    let large = matches!(name, "farm" | "campus" | "look-alikes");
    World::hours(World::scaled(scenario, if large { 0.004 } else { 0.05 }), 0.1)
}

fn flows(files: &BTreeMap<String, Vec<u8>>) -> Vec<FlowAnswer> {
    #[derive(serde::Deserialize)]
    struct Sheet {
        flows: Vec<FlowAnswer>,
    }
    let sheet: Sheet = serde_json::from_slice(&files["truth.json"]).unwrap();
    sheet.flows
}

/// Time, kept and wire length of each packet of a pcapng file.
fn packets(bytes: &[u8]) -> Vec<(u64, usize, usize)> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let (mut at, mut all) = (0, Vec::new());
    while at < bytes.len() {
        let total = word(at + 4) as usize;
        assert_eq!(word(at + total - 4) as usize, total);
        if word(at) == 6 {
            let time = u64::from(word(at + 12)) << 32 | u64::from(word(at + 16));
            all.push((time, word(at + 20) as usize, word(at + 24) as usize));
        }
        at += total;
    }
    all
}

#[test]
fn every_shipped_scenario_is_accepted_and_named_as_it_is_called() {
    for (name, _) in SHIPPED {
        let scenario = shipped(name).unwrap().unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(scenario.name, name);
        assert!(!scenario.zh.is_empty() && !scenario.en.is_empty(), "{name}");
    }
}

#[test]
fn the_same_seed_gives_the_same_digests_and_another_seed_gives_others() {
    let digests = |seed: u64| -> Vec<(String, String)> {
        let files = written(World::hours(shipped("smoke").unwrap().unwrap(), 0.05), seed);
        files
            .into_iter()
            .map(|(name, bytes)| (name, format!("{:x?}", Sha256::digest(bytes))))
            .collect()
    };
    let first = digests(1);
    assert!(first.len() >= 2);
    assert_eq!(first, digests(1));
    assert_ne!(first, digests(2));
}

#[test]
fn every_scenario_is_written_in_order_of_time_and_truth_counts_its_packets() {
    for (name, _) in SHIPPED {
        let scenario = little(name);
        let (start, snap) = (scenario.start_ns, scenario.capture.snaplen);
        let mines = !scenario.miners.is_empty();
        let files = written(scenario, 3);
        let packets = packets(&files["capture.pcapng"]);
        assert!(packets.len() > 50, "{name}: {}", packets.len());
        assert!(packets.is_sorted_by_key(|packet| packet.0), "{name}");
        assert!(packets.iter().all(|it| it.0 >= start && it.1 <= it.2.min(snap)), "{name}");
        let flows = flows(&files);
        let counted: u64 = flows.iter().map(|flow| flow.packets).sum();
        assert_eq!(counted, packets.len() as u64, "{name}");
        assert_eq!(flows.iter().any(|flow| flow.flow.mining.is_some()), mines, "{name}");
        for flow in flows.iter().filter(|flow| flow.flow.kind == "mining") {
            let mining = flow.flow.mining.as_ref().unwrap();
            assert!(mining.jobs > 0 || flow.packets < 20, "{name}: {flow:?}");
            assert!(mining.hashrate > 0.0, "{name}");
        }
        let heading: Heading = serde_json::from_slice(&files["truth.json"]).unwrap();
        let hosts: Vec<_> = heading.hosts.iter().map(|host| host.address).collect();
        assert!(flows.iter().all(|flow| hosts.contains(&flow.flow.client.ip())), "{name}");
        // what reads the truth of a session reads that of a world
        assert_eq!(
            serde_json::from_slice::<Truth>(&files["truth.json"]).unwrap().flows.len(),
            flows.len()
        );
    }
}

#[test]
fn a_sensor_that_misses_and_samples_is_counted_and_its_clock_shows() {
    let text = "duration = \"5m\"\n[[miner]]\ndialect = \"stratum-v1\"\ncount = 20\n[capture]\n";
    let world = |more: &str| {
        let files = written(Scenario::parse("x.toml", &format!("{text}{more}")).unwrap(), 5);
        (packets(&files["capture.pcapng"]), flows(&files))
    };
    let (whole, truth) = world("");
    let (sampled, _) = world("sampling = 10\n");
    let (lossy, _) = world("loss = 0.5\n");
    let share = |part: usize| part * 100 / whole.len();
    assert!((7..=13).contains(&share(sampled.len())), "{}", sampled.len());
    assert!((45..=55).contains(&share(lossy.len())), "{}", lossy.len());
    let (early, right) = world("clock_offset_ms = -1500\n");
    assert_eq!(early[0].0 + 1_500_000_000, whole[0].0);
    assert_eq!(truth[0].flow.start_ns, right[0].flow.start_ns);
}

#[track_caller]
fn check_problem(text: &str, expected: &str) {
    let problem = Scenario::parse("bad.toml", text).unwrap_err().to_string();
    assert!(problem.starts_with("`bad.toml`"), "{problem}");
    assert!(problem.contains(expected), "{problem}");
}

#[test]
fn a_bad_scenario_is_told_with_file_line_key_and_what_is_allowed() {
    check_problem("name = \"x\"\n", "key `duration`: it is missing; give a time such as `90s`");
    check_problem(
        "duration = \"90\"\n",
        "line 1, key `duration`: `90` is wrong; allowed: a time such as",
    );
    check_problem(
        "duration = \"1h\"\ncolour = 1\n",
        "line 2, key `colour`: there is no such key here; allowed: `block_times`, `capture`, `duration`",
    );
    let miner = "duration = \"1h\"\n[[miner]]\n";
    check_problem(
        miner,
        "line 2, key `miner.dialect`: it is missing; give one of `stratum-v1`, `cryptonote`",
    );
    check_problem(
        &format!("{miner}dialect = \"straum\"\n"),
        "line 3, key `miner.dialect`: `straum` is wrong; allowed: one of `stratum-v1`",
    );
    let miner = format!("{miner}dialect = \"stratum-v1\"\n");
    check_problem(
        &format!("{miner}hashrate = [3, 1]\n"),
        "line 4, key `miner.hashrate`: `[3, 1]` is wrong; allowed: a number from 0",
    );
    check_problem(
        &format!("{miner}carrier = \"noise\"\n"),
        "key `miner.carrier`: `noise` is wrong; allowed: one of `plain`",
    );
    for (line, expected) in [
        ("sni = \"own\"", "`miner.sni`: `own` is wrong; allowed: one of `named`, `none`, `fake`"),
        (
            "sni = \"none\"",
            "`miner.sni`: `none` is wrong; allowed: only beside one of `carrier = \"tls\"`",
        ),
        ("carrier = \"tls\"\ntls = \"1.1\"", "`miner.tls`: `1.1` is wrong; allowed: one of `1.2`"),
        ("carrier = \"pigeon\"", "allowed: one of `plain`, `http-connect`, `socks5`, `websocket`"),
        (
            "refresh = \"often\"",
            "`miner.refresh`: `often` is wrong; allowed: one of the forms `{ after-job = 22 }`",
        ),
        (
            "refresh = { after-job = 0 }",
            "`miner.refresh.after-job`: `0` is wrong; allowed: a number",
        ),
        ("refresh = { steady = 30, after-job = 9 }", "allowed: one of the forms `{ after-job"),
        ("refresh = { sometimes = 3 }", "`miner.refresh.sometimes`: there is no such key here"),
        ("refresh = { between = [60, 30] }", "`miner.refresh.between`: `[60, 30]` is wrong"),
        ("keepalive = \"none\"", "`none` is wrong; allowed: a number from 1 to 3600, or `never`"),
        (
            "padding = { random = 0 }",
            "`miner.padding.random`: `0` is wrong; allowed: a whole number",
        ),
        ("padding = 256", "`miner.padding`: `256` is wrong; allowed: one of the forms `{ random"),
        ("jitter = -1", "`miner.jitter`: `-1` is wrong; allowed: a number from 0 to 60"),
        ("throttle = 2", "`miner.throttle`: `2` is wrong; allowed: a number from 0 to 1"),
        (
            "job_after_share = 2",
            "`miner.job_after_share`: `2` is wrong; allowed: a number from 0 to 1",
        ),
        ("tunnel = \"ssh\"", "`miner.tunnel`: `ssh` is wrong; allowed: a table"),
        (
            "tunnel = { kind = \"gre\" }",
            "`miner.tunnel.kind`: `gre` is wrong; allowed: one of `ssh`",
        ),
        ("fail_over = { host = \"x\" }", "`miner.fail_over`: `{ host"),
        ("proxy = true\nschedule = \"nights\"", "only beside one of `schedule = \"always\"`"),
    ] {
        check_problem(&format!("{miner}{line}\n"), expected);
    }
    check_problem(
        &format!("{miner}network = \"moon\"\n"),
        "key `miner.network`: `moon` is wrong; allowed: one of `lan`",
    );
    check_problem(
        &format!("{miner}pool = {{ port = 0 }}\n"),
        "line 4, key `miner.pool.port`: `0` is wrong; allowed: a whole number from 1 to 65535",
    );
    check_problem(
        "duration = \"1h\"\n[[innocent]]\nkind = \"mqtt\"\ncount = 5000\n",
        "`/24 for 5000 hosts` is wrong; allowed: a network of /19 or larger",
    );
    check_problem(
        "duration = \"1h\"\n[capture]\nloss = 2.0\n",
        "line 3, key `capture.loss`: `2.0` is wrong; allowed: a number from 0 to 0.9",
    );
    check_problem(
        "duration = \"1h\"\nstart = \"now\"\n",
        "line 2, key `start`: `now` is wrong; allowed: a moment such as",
    );
    check_problem("duration = \n", "line 1: this is no TOML");
}

fn mined(files: &BTreeMap<String, Vec<u8>>) -> Vec<(FlowAnswer, Mining)> {
    let mining = |flow: FlowAnswer| flow.flow.mining.clone().map(|mining| (flow, mining));
    flows(files).into_iter().filter_map(mining).collect()
}

/// Every job that came with a block, and the blocks of the coin.
fn blocks_of(files: &BTreeMap<String, Vec<u8>>, coin: &str) -> Vec<u64> {
    let heading: Heading = serde_json::from_slice(&files["truth.json"]).unwrap();
    heading.blocks[coin].clone()
}

#[test]
fn all_who_mine_a_coin_hear_of_the_same_blocks_whatever_carries_them() {
    let carriers = ["plain", "tls", "wss", "socks5+wss", "http-connect+tls", "websocket-deflate"];
    let carriers = carriers.map(|it| format!("lookup = false\ncarrier = \"{it}\""));
    let tunnels = ["ssh", "wireguard", "openvpn-udp", "openvpn-tcp", "shadowsocks", "tor"];
    let tunnels = tunnels.map(|it| format!("tunnel = {{ kind = \"{it}\", background = 0.1 }}"));
    let miners = [carriers, tunnels].concat();
    let miners = miners.iter().map(|it| format!("[[miner]]\ndialect = \"cryptonote\"\n{it}\n"));
    let text = format!("duration = \"40m\"\n{}", miners.collect::<String>());
    let files = written(Scenario::parse("x.toml", &text).unwrap(), 11);
    let blocks = blocks_of(&files, "XMR");
    assert!(blocks.len() > 8, "{}", blocks.len());
    let mined = mined(&files);
    assert_eq!(mined.len(), 12);
    for (flow, mining) in mined {
        let name = mining.tunnel.clone().unwrap_or_else(|| mining.carrier.clone());
        assert_eq!(flow.mixed, mining.tunnel.is_some() && name != "shadowsocks", "{name}");
        for told in &mining.block_times {
            let near = blocks.iter().any(|it| (*it..it + 4_000_000_000).contains(told));
            assert!(near, "{name}");
        }
        let heard =
            |it: &&u64| **it > mining.logged_in_ns && **it + 4_000_000_000 < mining.ended_ns;
        let expected = blocks.iter().filter(heard).count();
        assert!(mining.block_times.len() >= expected, "{name}");
    }
}

#[test]
fn blocks_come_from_a_file_moved_to_where_the_scenario_is() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("arrivals.csv"), "# seen\n100,7\n160,8\n200,9\n900,10\n").unwrap();
    std::fs::write(folder.join("broken.csv"), "100\nnoon\n").unwrap();
    let parse = |name: &str, duration: &str| {
        let text = format!(
            "duration = \"{duration}\"\nblock_times = {{ XMR = \"{name}\" }}\n\
             [[miner]]\ndialect = \"cryptonote\"\nrefresh = \"never\"\n"
        );
        Scenario::parse(folder.join("x.toml").to_str().unwrap(), &text)
    };
    let scenario = parse("arrivals.csv", "11m").unwrap();
    let start = scenario.start_ns;
    let files = written(scenario, 1);
    // the third lies at the start, the next 700 seconds later: beyond the end
    assert_eq!(blocks_of(&files, "XMR"), [start]);
    for (name, duration, expected) in [
        (
            "arrivals.csv",
            "12m",
            "line 2, key `block_times.XMR`: `arrivals.csv: it ends too soon` is",
        ),
        ("broken.csv", "1m", "`broken.csv: line 2 is neither a Unix time nor `time,height`"),
        ("absent.csv", "1m", "allowed: a file with a Unix time or `time,height` a line"),
    ] {
        let problem = parse(name, duration).unwrap_err().to_string();
        assert!(problem.contains(expected), "{problem}");
    }
    let coin = "duration = \"1m\"\nblock_times = { DOGGE = \"x\" }\n";
    check_problem(coin, "key `block_times.DOGGE`: `DOGGE` is wrong; allowed: one of `BTC`");
    check_problem("duration = \"1m\"\nblock_times = \"x\"\n", "one of the forms `{ XMR =");
}

#[test]
fn what_a_scenario_says_of_pool_and_disguise_stands_in_the_truth() {
    let miner = "duration = \"30m\"\n[[miner]]\ndialect = \"cryptonote\"\ncarrier = \"tls\"\n";
    let only = |more: &str| {
        let files = written(Scenario::parse("x.toml", &format!("{miner}{more}")).unwrap(), 2);
        mined(&files)
    };
    let (_, mining) =
        only("sni = \"fake\"\ntls = \"1.2\"\nrefresh = { after-job = 22 }\n").remove(0);
    let tls = mining.tls.unwrap();
    assert_eq!((tls.version.as_str(), mining.refresh.as_str()), ("1.2", "after-job"));
    assert_eq!((mining.refresh_seconds, mining.evasion), (Some(22.0), vec!["fake-sni".to_owned()]));
    assert!(tls.sni.unwrap().contains("example") && mining.jobs > 70);
    let disguised = "sni = \"none\"\npadding = { block = 64 }\njitter = 2\nthrottle = [0.1, 0.5]\n";
    let (_, mining) = only(disguised).remove(0);
    assert_eq!(mining.evasion, ["no-sni", "padding", "jitter", "throttled"]);
    assert!(mining.rates.len() > 1 && mining.hashrate < 0.5 * 9_000.0);
    let moving = "reconnect_hours = 0.1\nfail_over = [{ host = \"other.example\", port = 700 }]\n";
    let flows = only(moving);
    assert!(flows.len() >= 4, "{}", flows.len());
    for (place, (flow, _)) in flows.iter().enumerate() {
        assert_eq!(flow.flow.server.port() == 700, place % 2 == 1);
    }
}

#[test]
fn what_a_proxy_sends_to_the_pool_is_what_its_miners_send_to_it() {
    let text = "duration = \"20m\"\n[[miner]]\ndialect = \"cryptonote\"\ncount = 5\n\
                carrier = \"tls\"\nproxy = true\n";
    let files = written(Scenario::parse("x.toml", text).unwrap(), 3);
    let (upstream, behind): (Vec<_>, Vec<_>) =
        mined(&files).into_iter().partition(|(_, it)| it.role == "proxy-upstream");
    assert_eq!((upstream.len(), behind.len()), (1, 5));
    let sent: u64 = behind.iter().map(|(_, it)| it.shares.submitted).sum();
    let passed = upstream[0].1.shares.submitted;
    assert!(sent > 200 && passed <= sent && passed + 20 > sent, "{passed} of {sent}");
    assert!(behind.iter().all(|(flow, it)| {
        it.carrier == "tcp" && flow.flow.server.ip() == upstream[0].0.flow.client.ip()
    }));
}

#[test]
fn a_score_counts_what_was_found_what_was_missed_and_who_was_accused_in_vain() {
    let files = written(little("office"), 4);
    let sheet = Sheet::read(&files["truth.json"]).unwrap();
    let alert = |flow: &FlowAnswer| {
        let (client, server) = (flow.flow.client, flow.flow.server);
        let ends = [client.ip(), server.ip()];
        format!(
            r#"{{"timestamp":{},"src_ip":"{}","src_port":{},"dest_ip":"{}","dest_port":{},"alert":{{"signature":"COINMINER"}}}}"#,
            flow.flow.end_ns / 1_000_000_000,
            ends[1],
            server.port(),
            ends[0],
            client.port()
        )
    };
    let (mining, innocent): (Vec<_>, Vec<_>) =
        sheet.flows.iter().partition(|flow| flow.flow.mining.is_some());
    let accused = [mining[0], innocent[0]];
    let text = accused.map(alert).join("\n");
    let claims = read(Tool::SuricataEve, &text).unwrap();
    let score = score(&sheet, &claims, 0.0);
    assert_eq!((score.mining, score.found), (mining.len() as u64, 1));
    assert_eq!((score.false_alarms, score.lost_claims), (1, 0));
    assert_eq!(score.precision, Some(0.5));
    assert_eq!(score.by_kind.values().sum::<u64>(), 1);
    let sum = |counts: &BTreeMap<String, (u64, u64)>| counts.values().map(|it| it.1).sum::<u64>();
    assert_eq!(sum(&score.by_carrier), score.mining);
    assert!(sum(&score.by_evasion) >= score.mining);
}
