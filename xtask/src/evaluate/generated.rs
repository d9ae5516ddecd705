//! Captures of the range as labelled captures: every dialect, ways to carry and to spoil it, and
//! innocent life.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use minehound_range::capture::PcapStyle;
use minehound_range::carrier::Carrier;
use minehound_range::dialogue::Side;
use minehound_range::innocent::Innocent;
use minehound_range::scenario::{Dialect, Generated, Session};

use super::labels::{Flow, Labels, base};

/// Sessions per dialect for the intervals of the hashrate.
const INTERVAL_SESSIONS: u64 = 300;

/// Writes the captures and their labels.
pub(crate) fn write(folder: &Path) -> anyhow::Result<Labels> {
    let mut labels = Labels::default();
    for (name, generated) in mining().into_iter().chain(innocent()) {
        let path = folder.join(format!("{name}.pcap"));
        fs::write(&path, generated.to_pcap(PcapStyle::default()))?;
        let file = base(&path.display().to_string());
        for (flow, mining) in generated.truth.mining() {
            let flow = Flow::new(&file, &flow.client.to_string(), &flow.server.to_string());
            labels.flows.insert(flow, mining.dialect.clone());
        }
        if generated.truth.mining().next().is_none() {
            labels.negative.push(path);
        } else {
            labels.mining.push(path);
        }
    }
    Ok(labels)
}

/// Every dialect as it is, in pieces of one byte, and begun before the capture.
fn mining() -> Vec<(String, Generated)> {
    let mut captures = Vec::new();
    for (number, dialect) in (0..).zip(Dialect::ALL) {
        let session = |variant: u64| {
            let mut session = Session::new(dialect, 1000 + 10 * number + variant);
            // Captures may not look like parts of one another.
            session.start_ns += (10 * number + variant) * 3_600_000_000_000;
            session
        };
        let name = |what: &str| format!("{}-{what}", dialect.name());
        captures.push((name("plain"), session(0).generate()));
        let mut pieces = session(1);
        pieces.shape.segment = 1;
        pieces.seconds = 120.0;
        captures.push((name("pieces"), pieces.generate()));
        let mut late = session(2);
        late.seconds = 1800.0;
        late.shares_per_minute = 10.0;
        captures.push((name("late"), late.generate().start_late(300.0)));
        captures.push((name("spoilt"), session(3).generate().reorder(0.05, 7).duplicate(0.05, 8)));
        for (variant, carrier) in [(4, Carrier::HttpConnect), (5, Carrier::Socks5)] {
            let mut carried = session(variant);
            carried.carrier = carrier;
            captures
                .push((name(if variant == 4 { "connect" } else { "socks" }), carried.generate()));
        }
        if dialect.over_http() {
            let script = session(6);
            let agent = "Python-urllib/3.12".to_owned();
            let script = Session { by_script: true, poll_seconds: 5.0, agent, ..script };
            captures.push((name("script"), script.generate()));
        } else {
            let sides = [(6, Side::Client, "miner"), (7, Side::Server, "pool")];
            for (variant, side, what) in sides {
                captures.push((name(what), session(variant).generate().one_sided(side)));
            }
        }
    }
    captures
}

fn innocent() -> Vec<(String, Generated)> {
    let generate = |(number, kind): (u64, Innocent)| {
        let client = Ipv4Addr::new(192, 168, 9, u8::try_from(number).unwrap_or(1));
        let start_ns = 1_768_000_000_000_000_000 + number * 3_600_000_000_000;
        let name = format!("innocent-{}", kind.name());
        (name, kind.generate(IpAddr::V4(client), start_ns, 600.0, 50 + number))
    };
    let whole = (1..).zip(Innocent::ALL).map(generate);
    // Others of the same kinds, begun before the capture.
    let late = (101..).zip(Innocent::ALL).map(generate).map(|(name, made)| {
        let late = made.start_late(30.0);
        (format!("{name}-late"), late)
    });
    whole.chain(late).filter(|it| !it.1.frames.is_empty()).collect()
}

/// Sessions of one dialect from as many hosts, for the intervals of the hashrate, with the truth.
pub(crate) fn sessions(dialect: Dialect) -> Vec<Generated> {
    let session = |number: u64| {
        let mut session = Session::new(dialect, 7000 + number);
        let [high, low] = u16::try_from(number).unwrap_or(0).to_be_bytes();
        session.client = IpAddr::V4(Ipv4Addr::new(10, 20, high, low.max(1)));
        session.start_ns += number * 1_000_000_007;
        session.seconds = 900.0 + 30.0 * f64::from(u32::try_from(number % 60).unwrap_or(0));
        session.generate()
    };
    (1..=INTERVAL_SESSIONS).map(session).collect()
}
