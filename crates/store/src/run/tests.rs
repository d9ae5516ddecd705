//! Whatever is put into a case is found again, and only that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use minehound_model::{
    Ask, HardwareAddress, LineRef, LogId, LogKind, Place, Remembered, Span, Tie, Tied, Ties,
};
use proptest::prelude::*;

use crate::run::FAN_IN;
use crate::{Case, StoreError};

fn small_ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0u8..4).prop_map(|it| IpAddr::V4(Ipv4Addr::new(10, 0, 0, it))),
        (0u16..3).prop_map(|it| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, it))),
    ]
}

fn end() -> impl Strategy<Value = SocketAddr> {
    (small_ip(), 1u16..5).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

fn mac() -> impl Strategy<Value = HardwareAddress> {
    (0u8..4).prop_map(|it| HardwareAddress([2, 0, 0, 0, 0, it]))
}

fn tied() -> impl Strategy<Value = Tied> {
    let place = || Place { device: "sw".to_owned(), port: None };
    prop_oneof![
        (end(), end(), proptest::option::of(end()))
            .prop_map(|(outer, inner, far)| { Tied::Translation { outer, inner, far, proto: 6 } }),
        (small_ip(), 0u16..5, small_ip()).prop_map(|(outer, first, inner)| Tied::PortBlock {
            outer,
            ports: (first, first + 2),
            inner
        }),
        (end(), end()).prop_map(|(inner, far)| Tied::Session { inner, far, proto: 17 }),
        (small_ip(), mac()).prop_map(|(address, mac)| Tied::Lease {
            address,
            mac,
            host_name: None
        }),
        (proptest::option::of(small_ip()), proptest::option::of(mac())).prop_map(
            move |(address, mac)| Tied::Account {
                account: "a".to_owned(),
                address,
                mac,
                through: Some(place())
            }
        ),
        mac().prop_map(move |mac| Tied::Attachment { mac, place: place() }),
    ]
}

fn asks() -> impl Strategy<Value = Ask> {
    let port = || proptest::option::of(1u16..5);
    prop_oneof![
        (small_ip(), port()).prop_map(|(ip, port)| Ask::Outer { ip, port }),
        (small_ip(), port()).prop_map(|(ip, port)| Ask::Inner { ip, port }),
        (small_ip(), port()).prop_map(|(ip, port)| Ask::Far { ip, port }),
        small_ip().prop_map(Ask::Holder),
        (small_ip(), 0u32..40).prop_map(|(ip, log)| Ask::HolderIn(ip, LogId(log))),
        (small_ip(), 24u8..=128).prop_map(|(ip, length)| Ask::HoldersWithin(ip, length)),
        mac().prop_map(Ask::Machine),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_case_answers_as_memory_does(
        ties in proptest::collection::vec((tied(), 0i64..5_000, 0i64..900), 1..1_500),
        imports in 1usize..40,
        asked in proptest::collection::vec((asks(), 0i64..5_000, 0i64..2_000), 12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut case = Case::open(folder.path()).unwrap();
        let mut made = Vec::new();
        for (number, ties) in ties.chunks(ties.len().div_ceil(imports)).enumerate() {
            let mut import = case.import();
            let log = import.log("fw", LogKind::Translation);
            for (line, (what, from_ms, long)) in (1..).zip(ties) {
                let span = Span { from_ms: *from_ms, to_ms: from_ms + long };
                let tie = Tie { span, line: LineRef { log, line }, what: what.clone(), sighted: line % 2 == 0 };
                import.tie(tie.clone()).unwrap();
                made.push(tie);
            }
            import.finish(&number.to_string(), "fw.log", "{}").unwrap();
        }
        // Of each size fewer are left than make one: there are four sizes up to 1,500 ties.
        let files = || std::fs::read_dir(folder.path().join("runs")).unwrap().count();
        prop_assert!(files() <= 4 * (FAN_IN - 1), "{} files", files());
        for log in case.logs() {
            let of_log: Vec<_> = made.iter().filter(|it| it.line.log == log.id).collect();
            let sample = case.sample(log.id, 20);
            prop_assert!(sample.iter().all(|it| of_log.contains(&it)));
            prop_assert!(sample.len() >= of_log.len().min(10), "{} of {}", sample.len(), of_log.len());
        }
        drop(case);
        let case = Case::open_read_only(folder.path()).unwrap();
        let memory = Remembered::new(case.logs().to_vec(), made);
        for (ask, from_ms, long) in asked {
            let window = |_: LogId| Some(Span { from_ms, to_ms: from_ms + long });
            prop_assert_eq!(case.find(ask, &window, 10_000), memory.find(ask, &window, 10_000));
        }
        for last in 0..4 {
            let ip = IpAddr::V4(Ipv4Addr::new(10, 0, 0, last));
            prop_assert_eq!(case.translators(ip), memory.translators(ip));
        }
        prop_assert!(case.trouble().is_none());
    }
}

fn one(case: &mut Case, digest: &str) -> Result<(), StoreError> {
    let mut import = case.import();
    let log = import.log("dhcp", LogKind::Lease);
    let address = "10.0.0.1".parse().unwrap();
    let what = Tied::Lease { address, mac: HardwareAddress([2; 6]), host_name: None };
    let span = Span { from_ms: 0, to_ms: 10 };
    import.tie(Tie { span, line: LineRef { log, line: 1 }, what, sighted: false })?;
    import.finish(digest, "dhcp.log", "{}").map(|_| ())
}

#[test]
fn an_import_that_was_not_finished_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = Case::open(folder.path()).unwrap();
    one(&mut case, "01").unwrap();
    // As after a kill within an import: a run on disk that nobody speaks of, whole or not.
    std::fs::write(folder.path().join("runs/00000002.run"), b"MHRUN").unwrap();
    std::fs::write(folder.path().join("runs/notes.txt"), b"mine").unwrap();
    drop(case);
    let mut case = Case::open(folder.path()).unwrap();
    assert!(!folder.path().join("runs/00000002.run").exists());
    assert!(folder.path().join("runs/notes.txt").exists(), "what is not ours stays");
    one(&mut case, "02").unwrap();
    let window = |_: LogId| Some(Span { from_ms: 0, to_ms: 10 });
    let found = case.find(Ask::Holder("10.0.0.1".parse().unwrap()), &window, 10);
    assert_eq!(found.len(), 2);
    assert_eq!(case.logs().len(), 2);
    assert!(case.has("01").unwrap() && !case.has("03").unwrap());
    // The same artefact twice is refused by the database, and nothing changes.
    assert!(one(&mut case, "02").is_err());
    assert_eq!(case.find(Ask::Holder("10.0.0.1".parse().unwrap()), &window, 10).len(), 2);
    assert_eq!(std::fs::read_dir(folder.path().join("runs")).unwrap().count(), 3);
}

#[test]
fn what_was_worked_out_holds_until_a_log_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = Case::open(folder.path()).unwrap();
    one(&mut case, "01").unwrap();
    case.keep("sum/1", &vec![1.5, -0.1]).unwrap();
    assert_eq!(case.kept("sum/1").unwrap(), Some(vec![1.5, -0.1]));
    assert_eq!(case.kept::<Vec<f64>>("sum/2").unwrap(), None);
    one(&mut case, "02").unwrap();
    assert_eq!(case.kept::<Vec<f64>>("sum/1").unwrap(), None);
    case.keep("sum/1", &vec![2.5]).unwrap();
    drop(case);
    let case = Case::open_read_only(folder.path()).unwrap();
    assert_eq!(case.kept("sum/1").unwrap(), Some(vec![2.5]));
}

#[test]
fn two_writers_are_one_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Case::open(folder.path()).unwrap();
    assert!(matches!(Case::open(folder.path()), Err(StoreError::InUse(_))));
}

#[test]
fn a_damaged_run_is_told_and_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    one(&mut Case::open(folder.path()).unwrap(), "01").unwrap();
    let path = folder.path().join("runs/00000001.run");
    let whole = std::fs::read(&path).unwrap();
    for (cut, name) in [(whole.len() - 1, "cut"), (4, "short")] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let opened = Case::open_read_only(folder.path());
        assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{name}: {opened:?}");
    }
    // A flipped bit in a block is found when the block is read.
    let mut flipped = whole;
    flipped[20] ^= 0x40;
    std::fs::write(&path, &flipped).unwrap();
    let case = Case::open_read_only(folder.path()).unwrap();
    let window = |_: LogId| Some(Span { from_ms: 0, to_ms: 10 });
    case.find(Ask::Holder("10.0.0.1".parse().unwrap()), &window, 10);
    assert!(case.trouble().is_some());
}
