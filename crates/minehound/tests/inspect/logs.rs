//! Logs: imported, asked, inspected. All of them written by hand.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{inspect, run, text};

const FIREWALL: &str = "\
<189>date=2026-11-25 time=10:00:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.3 srcport=51234 dstip=203.0.113.9 dstport=3333 sessionid=4711 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=51234 duration=120 sentbyte=1500 rcvdbyte=90000 sentpkt=12 rcvdpkt=80
<189>date=2026-11-25 time=10:01:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.4 srcport=40000 dstip=203.0.113.9 dstport=443 sessionid=4712 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=40000 duration=20 sentbyte=1500 rcvdbyte=90000 sentpkt=12 rcvdpkt=80
not a line of that
";
const LEASES: &str = "\
Nov 25 09:00:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.3 to 00:00:5e:00:53:07 (pc-7) via 10.1.2.1
Nov 25 09:10:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.4 to 00:00:5e:00:53:08 (pc-8) via 10.1.2.1
Nov 25 10:30:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.3 to 00:00:5e:00:53:07 (pc-7) via 10.1.2.1
";
const ALERT: &str = r#"{"timestamp":"2026-11-25T10:00:02.000000+0800","flow_id":1,"event_type":"alert","src_ip":"10.1.2.3","src_port":51234,"dest_ip":"203.0.113.9","dest_port":3333,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":1,"rev":1,"signature":"Cryptocurrency Miner Checkin","category":"policy","severity":1}}
"#;
const ZONE: [&str; 4] = ["--log-tz", "+8", "--latest", "2026-11-26"];

fn logs(folder: &Path) -> String {
    let logs = folder.join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("fw.log"), FIREWALL).unwrap();
    fs::write(logs.join("dhcpd.log"), LEASES).unwrap();
    logs.display().to_string()
}

fn asked(folder: &str, port: &str) -> (i32, Value) {
    let question = ["attribute", "--case", folder, "--ip", "198.51.100.1", "--tz", "+8"];
    let at = ["--port", port, "--at", "2026-11-25 09:59:30", "--format", "json"];
    let output = run(&[&question[..], &at].concat());
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn imported_logs_lead_from_an_outer_address_to_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case").display().to_string();
    let sources = logs(folder.path());
    let import = || run(&[&["import", "--case", &case, &sources, "--json"][..], &ZONE].concat());
    let first: Value = serde_json::from_slice(&import().stdout).unwrap();
    let files = first["files"].as_array().unwrap();
    let lines: Vec<_> = files.iter().map(|it| it["read"]["refused"].clone()).collect();
    assert_eq!(lines, [0, 1], "one line of the firewall's is none");
    let refused = files[1]["refused_in"].as_str().unwrap();
    assert_eq!(fs::read_to_string(refused).unwrap(), "3\tnot a line of that\n");
    let again: Value = serde_json::from_slice(&import().stdout).unwrap();
    assert!(again["files"].as_array().unwrap().iter().all(|it| it["outcome"] == "known"));

    let (code, told) = asked(&case, "51234");
    let best = &told["attributions"][0]["candidates"][0];
    assert_eq!((code, &best["name"]), (0, &Value::from("00:00:5e:00:53:07")));
    assert!(best["probability"].as_f64().unwrap() > 0.98);
    assert_eq!(best["steps"].as_array().unwrap().len(), 2);
    // Nobody had this port, so it may have been anyone behind the firewall.
    let (code, told) = asked(&case, "60000");
    assert_eq!(code, 30, "{told}");
}

#[test]
fn the_proof_sheet_quotes_the_lines_and_a_changed_file_is_not_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let sources = logs(folder.path());
    let sheet = |extra: &[&str]| {
        let question = ["attribute", "--ip", "198.51.100.1", "--port", "51234", "--tz", "+8"];
        let at = ["--at", "2026-11-25 09:59:30", "--format", "html"];
        text(&run(&[&question[..], &at, extra].concat()))
    };
    assert!(sheet(&[&["--logs", &sources][..], &ZONE].concat()).contains("sessionid=4711"));
    let case = folder.path().join("case").display().to_string();
    assert!(run(&[&["import", "--case", &case, &sources][..], &ZONE].concat()).status.success());
    fs::write(folder.path().join("logs/fw.log"), FIREWALL.replace("4711", "4713")).unwrap();
    let sheet = sheet(&["--case", &case]);
    assert!(!sheet.contains("sessionid=471"), "only what was imported is quoted");
    assert!(sheet.contains("DHCPACK on 10.1.2.3"));
    // Lists write address and port in one word.
    let at = ["--at", "2026-11-25 09:59:30", "--tz", "+8", "--case", &case];
    let apart = run(&[&["attribute", "--ip", "198.51.100.1", "--port", "51234"], &at[..]].concat());
    let together = run(&[&["attribute", "--ip", "198.51.100.1:51234"], &at[..]].concat());
    assert_eq!(apart.stdout, together.stdout);
}

#[test]
fn alerts_and_leases_are_evidence_about_one_machine() {
    let folder = tempfile::tempdir().unwrap();
    let sources = logs(folder.path());
    fs::write(folder.path().join("logs/eve.json"), ALERT).unwrap();
    let (code, case) = inspect(&[&[&sources[..]][..], &ZONE].concat());
    assert_eq!(case["verdict"], "clue", "another sensor's word is a circumstance");
    assert_ne!(code, 0);
    let entities = case["entities"].as_array().unwrap();
    let machine = entities.iter().find(|it| it["id"] == "host:00:00:5e:00:53:07").unwrap();
    assert_eq!(machine["findings"][0]["sign"], "alert-payload");
    let (_, masked) = inspect(&[&["--mask", &sources[..]][..], &ZONE].concat());
    assert!(!masked["entities"].to_string().contains("00:00:5e:00:53:07"));
}

#[test]
fn a_log_that_names_no_servers_clears_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let sources = logs(folder.path());
    let (code, case) = inspect(&[&[&sources[..]][..], &ZONE].concat());
    assert_eq!(code, 30, "{}", case["verdict"]);
    assert!(case["coverage"].to_string().contains("names-unsaid"));
}

#[test]
fn a_wrong_question_and_a_wrong_folder_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("none").display().to_string();
    let ask =
        |at: &str| run(&["attribute", "--case", &nowhere, "--ip", "198.51.100.1", "--at", at]);
    for (at, said) in [("2026-11-25", "is no case folder"), ("soon", "is no moment")] {
        let output = ask(at);
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output).contains(said), "{}", text(&output));
    }
    let note = folder.path().join("note.txt");
    fs::write(&note, "no log\n").unwrap();
    let note = note.display().to_string();
    let output = run(&["import", "--case", &nowhere, &note]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("no known log format"), "{}", text(&output));
}

#[test]
fn the_example_of_a_map_reads_a_log_of_that_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("map.toml"), run(&["example", "map"]).stdout).unwrap();
    let log = "时间,内网地址,内网端口,外网地址,外网端口,目的地址,目的端口,协议\n\
               2026-11-25 10:00:00,10.1.2.3,51234,198.51.100.1,60000,203.0.113.9,3333,TCP\n";
    fs::write(path("nat.csv"), log).unwrap();
    let import = ["import", "--case", &path("case"), &path("nat.csv"), "--map", &path("map.toml")];
    let output = run(&[&import[..], &["--json"], &ZONE].concat());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["files"][0]["read"]["formats"][0]["format"], "my-nat-csv", "{told}");
    assert_eq!(told["files"][0]["read"]["ties"], 1);
}

/// Lines that come over the wire are files of the case, imported like any other.
#[test]
fn syslog_is_taken_over_udp_and_tcp_and_ends_up_in_the_case() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case").display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_minehound"))
        .args(["import", "--case", &case, "--listen", "127.0.0.1:0", "--log-tz", "+8"])
        .args(["--latest", "2026-11-26", "--minutes", "1"])
        .env("LC_ALL", "en_US.UTF-8")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut told).unwrap();
    let address = told.split_whitespace().find(|it| it.starts_with("127.0.0.1:")).unwrap();
    let line = |port: u16| {
        format!(
            "<189>date=2026-11-25 time=10:00:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" \
             logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" \
             srcip=10.1.2.3 srcport={port} dstip=203.0.113.9 dstport=3333 sessionid=1 proto=6 action=\"close\" \
             policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport={port} duration=120 sentbyte=1500 \
             rcvdbyte=90000 sentpkt=12 rcvdpkt=80"
        )
    };
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.send_to(line(50_001).as_bytes(), address).unwrap();
    let mut tcp = std::net::TcpStream::connect(address).unwrap();
    tcp.write_all(format!("{}\n", line(50_002)).as_bytes()).unwrap();
    let counted = line(50_003);
    tcp.write_all(format!("{} {counted}", counted.len()).as_bytes()).unwrap();
    drop(tcp);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    let kept: Vec<_> = fs::read_dir(folder.path().join("case/syslog")).unwrap().collect();
    assert_eq!(kept.len(), 1, "{}", String::from_utf8_lossy(&done.stdout));
    for port in ["50001", "50002", "50003"] {
        let asked = ["attribute", "--case", &case, "--ip", "198.51.100.1", "--port", port];
        let at = ["--at", "2026-11-25 09:59:30", "--tz", "+8", "--format", "json"];
        let output = run(&[&asked[..], &at].concat());
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let first = &answer["attributions"][0]["candidates"][0];
        assert_eq!(first["name"], "10.1.2.3", "{port}: {answer}");
    }
}

/// Killed at any moment, an import leaves a case that is whole, with every file that was done, and goes on.
#[test]
fn an_import_that_is_killed_is_taken_up_again_and_nothing_is_lost_or_twice() {
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let (first, _) = FIREWALL.split_once('\n').unwrap();
    for file in 0..30_u16 {
        let lines = (0..600_u16).map(|line| {
            let port = 1_024 + file * 600 + line;
            first
                .replace("srcport=51234", &format!("srcport={port}"))
                .replace("transport=51234", &format!("transport={port}"))
                + "\n"
        });
        fs::write(logs.join(format!("fw-{file:02}.log")), lines.collect::<String>()).unwrap();
    }
    let (case, logs) =
        (folder.path().join("case").display().to_string(), logs.display().to_string());
    let arguments = [&["import", "--case", &case, &logs, "--json"][..], &ZONE].concat();
    for after_ms in [40, 120, 300] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_minehound"))
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(after_ms));
        let _ = child.kill();
        child.wait().unwrap();
    }
    let told: Value = serde_json::from_slice(&run(&arguments).stdout).unwrap();
    let files = told["files"].as_array().unwrap();
    assert_eq!(files.len(), 30);
    assert!(
        files.iter().all(|it| it["outcome"] == "imported" || it["outcome"] == "known"),
        "{told}"
    );
    // Every line is there once: the first of the first file, the last of the last.
    for port in ["1024", "19023"] {
        let (code, answer) = asked(&case, port);
        let first = &answer["attributions"][0]["candidates"][0];
        assert_eq!((code, &first["name"]), (0, &Value::from("10.1.2.3")), "{answer}");
    }
    let known: Value = serde_json::from_slice(&run(&arguments).stdout).unwrap();
    assert!(known["files"].as_array().unwrap().iter().all(|it| it["outcome"] == "known"));
}

#[test]
fn a_table_of_neighbours_tells_who_had_an_address_when_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("nd.txt");
    let rows = "<CORE-1>display ipv6 neighbors all\n2001:db8::7  0000-5e00-5307 100  GE1/0/7  REACH D  14\n";
    fs::write(&table, rows).unwrap();
    let table = table.display().to_string();
    let told = |case: &str, extra: &[&str]| {
        let case = folder.path().join(case).display().to_string();
        let import = ["import", "--lang", "en", "--log-tz", "+8", "--case", &case, &table];
        let said = text(&run(&[&import[..], extra].concat()));
        let question = ["attribute", "--case", &case, "--ip", "2001:db8::7", "--tz", "+8"];
        let at = ["--at", "2026-11-25 10:03:07", "--format", "json"];
        let answer = run(&[&question[..], &at].concat());
        (said, serde_json::from_slice::<Value>(&answer.stdout).unwrap())
    };
    let (said, answer) = told("untold", &[]);
    assert!(said.contains("--taken-at"), "{said}");
    assert!(!answer.to_string().contains("53:07"), "nothing says when that was: {answer}");
    let (said, answer) = told("told", &["--taken-at", "2026-11-25 10:00"]);
    assert!(!said.contains("--taken-at"), "{said}");
    let best = &answer["attributions"][0]["candidates"][0];
    assert_eq!(best["name"], "00:00:5e:00:53:07", "{answer}");
    assert!(best["probability"].as_f64().unwrap() > 0.9);
}
