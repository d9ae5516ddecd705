//! What people state in files, and tables of addresses.

use std::net::IpAddr;

use minehound_collect::geo::GeoTable;
use minehound_collect::{Collected, stated};
use minehound_model::ArtefactId;

/// Declared compute.
pub(crate) fn declarations(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut collected = Collected::default();
    if stated::declarations(&text, ArtefactId(0), Some(1_700_000_000_000), &mut collected).is_ok() {
        spans(&collected);
    }
}

/// The site.
pub(crate) fn site(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut collected = Collected::default();
    if stated::site(&text, ArtefactId(0), &mut collected).is_ok() {
        spans(&collected);
    }
}

fn spans(collected: &Collected) {
    for it in &collected.observations {
        assert!(it.span.from_ms <= it.span.to_ms, "ends before it begins: {it:?}");
    }
}

/// A table of countries answers for every address.
pub(crate) fn geo(bytes: &[u8]) {
    let mut table = GeoTable::default();
    let whole = table.add(bytes.to_vec()).is_ok();
    for index in (0..bytes.len().min(256)).step_by(4) {
        let Some(four) = bytes.get(index..).and_then(|it| it.first_chunk::<4>()) else { break };
        let _ = table.country(IpAddr::from(*four));
    }
    for address in [IpAddr::from([0; 4]), IpAddr::from([255; 4]), IpAddr::from([0xff_u8; 16])] {
        let country = table.country(address);
        assert!(!whole || country.is_none_or(|it| it.len() <= bytes.len()));
    }
}
