//! Someone who tries pools without mining: a scanner, a researcher, a monitoring program.

use std::net::{IpAddr, SocketAddr};

use crate::dialogue::nanos;
use crate::packets::Shape;
use crate::rng::Rng;
use crate::scenario::{Dialect, Generated, Naming, Session};

/// One host that logs in to eight pools within ten minutes, looks at the first jobs and leaves.
#[must_use]
pub fn pool_probe(host: IpAddr, start_ns: u64, seed: u64) -> Generated {
    const SPOKEN: [Dialect; 8] = [
        Dialect::StratumV1,
        Dialect::CryptoNote,
        Dialect::StratumV1,
        Dialect::EthProxy,
        Dialect::Equihash,
        Dialect::CryptoNote,
        Dialect::KawPow,
        Dialect::EthereumStratum1,
    ];
    let mut rng = Rng::new(seed).fork("probe");
    let mut all = Vec::new();
    for (place, dialect) in (1..).zip(SPOKEN) {
        let session = Session {
            hashrate: 0.0,
            seconds: rng.between(4.0, 25.0),
            start_ns: start_ns + nanos(f64::from(place) * 45.0),
            client: host,
            server: SocketAddr::from(([203, 0, 113, 20 + place], dialect.usual_port())),
            host: format!("pool{place}.example"),
            naming: Naming::Account,
            ..Session::new(dialect, rng.next_u64())
        };
        all.extend(session.dialogues());
    }
    Generated::from_dialogues(&all, &Shape::default(), seed)
}
