//! A loopback address is another machine in every capture.

use std::fs;

use crate::program::{inspect, run, text};

/// A login on loopback, in raw IP, a moment after another.
fn capture(worker: &str, begin: u32) -> Vec<u8> {
    let words = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 101];
    let mut bytes: Vec<u8> = words.iter().flat_map(|it| it.to_le_bytes()).collect();
    let login = format!(
        "{{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"account.{worker}\",\"x\"]}}\n"
    );
    let said = [(true, login.as_str()), (false, "{\"id\":1,\"result\":true,\"error\":null}\n")];
    for (second, (from_client, payload)) in (0_u32..).zip(said) {
        let total = u16::try_from(40 + payload.len()).unwrap();
        let mut frame = vec![0x45, 0];
        frame.extend(total.to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
        let ports = if from_client { [40000_u16, 3333] } else { [3333, 40000] };
        frame.extend(ports.iter().flat_map(|it| it.to_be_bytes()));
        frame.extend(1_u32.to_be_bytes());
        frame.extend([0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
        frame.extend(payload.as_bytes());
        let length = u32::try_from(frame.len()).unwrap();
        let head = [1_700_000_000 + begin + 10 * second, 0, length, length];
        bytes.extend(head.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend(frame);
    }
    bytes
}

#[test]
fn two_captures_of_loopback_tell_of_two_machines_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    // Not the parts of one capture: these follow each other.
    let paths = [("one", 0), ("two", 1)].map(|(it, begin)| {
        let path = folder.path().join(format!("{it}.pcap"));
        fs::write(&path, capture(it, begin)).unwrap();
        path.display().to_string()
    });
    let [one, two] = [&*paths[0], &*paths[1]];
    let ids = |sources: &[&str]| {
        let (_, case) = inspect(sources);
        let entities = case["entities"].as_array().unwrap();
        let mut ids: Vec<_> =
            entities.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let both = ids(&[one, two]);
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.iter().all(|it| it.starts_with("endpoint:127.0.0.1@")), "{both:?}");
    assert_eq!(both, ids(&[two, one]));
    assert!(both.contains(&ids(&[one])[0]), "a machine keeps its name");
    let said = text(&run(&["inspect", one]));
    let capture = ids(&[one])[0].rsplit_once('@').unwrap().1.to_owned();
    assert!(said.contains(&capture) && !said.contains('@'), "{said}");
}
