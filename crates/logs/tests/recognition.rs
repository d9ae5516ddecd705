//! A file is recognised as what it is, and nothing else is recognised at all.

#[allow(dead_code, reason = "tests share the module")]
mod files;

use std::fs;
use std::path::{Path, PathBuf};

use minehound_logs::{Grammar, Grammars};

#[test]
fn every_sample_is_recognised_as_its_own() {
    let mut wrong = Vec::new();
    for sample in files::samples() {
        let found = Grammars::shipped().recognise(sample.text.as_bytes()).map(Grammar::id);
        if found != Some(sample.grammar.as_str()) {
            wrong.push(format!("{} as {found:?}: {}", sample.grammar, sample.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn samples_together_with_foreign_lines_are_recognised_as_before() {
    for sample in files::samples() {
        let text = format!("{}\nsome words that no device wrote\n", sample.text);
        let found = Grammars::shipped().recognise(text.as_bytes()).map(Grammar::id);
        if sample.says.len() > 1 {
            assert_eq!(found, Some(sample.grammar.as_str()), "{text}");
        }
    }
}

fn innocent(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let kept = |it: &str| {
            matches!(it, "rs" | "md" | "toml" | "pcap" | "pcapng" | "html" | "css" | "conf")
        };
        if path.is_dir() {
            innocent(&path, found);
        } else if path.extension().and_then(|it| it.to_str()).is_some_and(kept) {
            found.push(path);
        }
    }
}

#[test]
fn what_is_no_log_is_not_recognised() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["crates", "docs", "knowledge", "fuzz/seeds", "fixtures"] {
        innocent(&root.join(folder), &mut paths);
    }
    assert!(paths.len() > 100);
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let head = &bytes[..bytes.len().min(64 << 10)];
        let fitting = Grammars::shipped().fitting(head);
        // The grammars' own files hold their samples.
        if !path.starts_with(root.join("knowledge/logs")) {
            assert!(fitting.is_empty(), "{}: {:?}", path.display(), fitting[0].0.id());
        }
    }
}

#[test]
fn texts_of_other_kinds_are_not_recognised() {
    let texts = [
        "name,age,city\nzhang,20,Hefei\nli,21,Wuhu\n",
        "{\"a\":1}\n{\"a\":2}\n",
        "GET / HTTP/1.1\nHost: example.com\n\n",
        "10.1.2.3\n10.1.2.4\n10.1.2.5\n",
        "key=value other=thing\nkey=value other=thing\n",
        "Nov 25 10:00:00 gw sshd[7]: Accepted publickey for root from 10.1.2.3 port 51234 ssh2\n",
        "192.0.2.1\texample.com\n192.0.2.2\texample.org\n",
        "时间,温度\n2026-11-25 10:00:00,21\n",
        "",
        "\n\n\n",
        "a\0b\0c",
    ];
    for text in texts {
        let found = Grammars::shipped().recognise(text.as_bytes()).map(Grammar::id);
        assert_eq!(found, None, "{text}");
    }
}

#[test]
fn a_log_in_which_nothing_happened_yet_is_recognised_by_its_header() {
    for (id, text) in [
        (
            "windows-dhcp",
            "\t\tMicrosoft DHCP Service Activity Log\r\n\r\nEvent ID  Meaning\r\n00\tThe log was started.\r\n\r\n\
             ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, \
             CorrelationID,Dhcid,VendorClass(Hex),VendorClass(ASCII),UserClass(Hex),UserClass(ASCII),RelayAgentInformation,\
             DnsRegError.\r\n",
        ),
        (
            "mac-table",
            "# 2026-11-25 10:00:00 +0800\n<SW-3>display mac-address\n\
             MAC Address      VLAN ID    State            Port/Nickname            Aging\n",
        ),
    ] {
        let found = Grammars::shipped().recognise(text.as_bytes());
        assert_eq!(found.map(minehound_logs::Grammar::id), Some(id));
    }
    for text in ["# 2026-11-25 10:00:00 +0800\n", "2026-11-25 10:00:00\n", "\n\n"] {
        assert!(Grammars::shipped().recognise(text.as_bytes()).is_none(), "{text}");
    }
}
