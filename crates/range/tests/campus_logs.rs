//! A campus of logs: the same seed gives the same bytes, and the truth fits what was written.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use minehound_range::campus_logs::{Campus, LogsTruth};
use minehound_range::scenario_file::{LogsScenario, SHIPPED_LOGS};

type Files = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

struct Kept(Files, String);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().entry(self.1.clone()).or_default().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(name: &str, seed: u64) -> BTreeMap<String, Vec<u8>> {
    let (_, text) = SHIPPED_LOGS.iter().find(|it| it.0 == name).unwrap();
    let scenario = LogsScenario::parse(name, text).unwrap().scaled(0.1);
    let files = Files::default();
    let told = Campus::new(scenario, seed)
        .write(&mut |name| Ok(Box::new(Kept(Rc::clone(&files), name.to_owned()))))
        .unwrap();
    assert!(told.lines > 10_000 && told.rows == 30, "{told:?}");
    files.take()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let first = written("campus-logs", 1);
    assert!(first == written("campus-logs", 1));
    assert!(first != written("campus-logs", 2));
    for name in
        ["exit-east.log", "exit-west.log", "rooms.log", "list.csv", "site.toml", "portal.csv"]
    {
        assert!(first.get(name).is_some_and(|it| !it.is_empty()), "{name}");
    }
}

#[test]
fn holes_are_told_in_the_truth() {
    let truth = |name| -> LogsTruth {
        serde_json::from_slice(written(name, 3).get("truth.json").unwrap()).unwrap()
    };
    let whole = truth("campus-logs");
    assert!(whole.devices.iter().all(|it| it.silent_ms.is_none() && it.lost == 0.0));
    assert!(whole.rows.iter().filter(|it| it.complete).count() > 10);
    let holes = truth("campus-logs-holes");
    assert!(holes.devices.iter().any(|it| it.silent_ms.is_some()));
    assert!(holes.rows.iter().all(|it| !it.complete), "lines are lost everywhere");
}

#[test]
fn what_is_wrong_with_a_scenario_is_told() {
    for (text, says) in [
        ("kind = \"logs\"\ntitle = { zh = \"x\", en = \"x\" }\nterminals = 3", "100"),
        ("kind = \"logs\"\ntitle = { zh = \"x\", en = \"x\" }\nmissing_logs = 2", "missing_logs"),
        ("kind = \"logs\"\ntitle = { zh = \"x\", en = \"x\" }\nterminal = 300", "terminals"),
    ] {
        let told = LogsScenario::parse("x.toml", text).unwrap_err().to_string();
        assert!(told.contains(says) && told.contains("line 3"), "{told}");
    }
}
