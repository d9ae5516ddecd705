//! Two translators in a row, one of which is wrong about the time and forgets lines.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use minehound_model::{LineRef, Log, Remembered};

use super::*;

const HOUR_MS: i64 = 3_600_000;

fn end(last: u8, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port)
}

/// Sessions every seven seconds; the inner log is `ahead_ms` fast and lacks one line in `lost`.
fn campus(ahead_ms: i64, lost: u64) -> Remembered {
    let log = |id, device: &str| Log {
        id: LogId(id),
        device: device.to_owned(),
        kind: LogKind::Translation,
        sha256: String::new(),
        path: String::new(),
        span: Span { from_ms: -2 * HOUR_MS, to_ms: 4 * HOUR_MS },
        silent: Vec::new(),
        only_ends: false,
        ties: 0,
    };
    let mut ties = Vec::new();
    for number in 0..500_u64 {
        let from_ms = i64::try_from(number).unwrap() * 7_000;
        // As good as random, and the same each time.
        let dice = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let port = 40_000 + u16::try_from(dice % 60).unwrap();
        let far = Some(end(200 + u8::try_from(dice / 60 % 6).unwrap(), 443));
        let tie = |log: u32, from_ms: i64, outer: SocketAddr, inner: SocketAddr| Tie {
            span: Span { from_ms, to_ms: from_ms + 30_000 },
            line: LineRef { log: LogId(log), line: number + 1 },
            what: Tied::Translation { outer, inner, far, proto: 6 },
            sighted: false,
        };
        ties.push(tie(0, from_ms, end(1, port), end(2, port + 1_000)));
        if number % lost != 0 {
            let heard = from_ms + ahead_ms + i64::try_from(number % 2).unwrap() * 900;
            ties.push(tie(1, heard, end(2, port + 1_000), end(3, port)));
        }
    }
    Remembered::new(vec![log(0, "exit"), log(1, "building")], ties)
}

#[test]
fn the_offset_and_the_loss_of_a_log_are_read_off_its_neighbour() {
    for ahead_ms in [0, 184_000, -8 * HOUR_MS] {
        let clocks = Clocks::estimate(&campus(ahead_ms, 7));
        let apart = clocks.of(LogId(1)).offset_ms - clocks.of(LogId(0)).offset_ms;
        assert!((apart - ahead_ms).abs() < 1_500, "{ahead_ms}: {clocks:?}");
        let loss = clocks.loss(LogId(1));
        let reachable = ahead_ms.abs() < HOUR_MS;
        assert!(!reachable || (loss - 1.0 / 7.0).abs() < 0.03, "{loss}");
        assert!(clocks.loss(LogId(0)) < 0.02, "{clocks:?}");
    }
}
