//! Time zones as people name them.

use jiff::tz::TimeZone;
use minehound_clues::offset_seconds;

use crate::usage::wrong;

/// `Asia/Shanghai`, `UTC`, `+08:00` or `+8`.
pub(crate) fn zone(text: &str) -> anyhow::Result<TimeZone> {
    if let Some(offset) = offset_seconds(text) {
        let offset = jiff::tz::Offset::from_seconds(offset);
        return Ok(TimeZone::fixed(offset.map_err(|_| wrong(&text, "bad-zone"))?));
    }
    TimeZone::get(text).map_err(|_| wrong(&text, "bad-zone"))
}

/// The zone that was named, else that of the system.
pub(crate) fn or_system(named: Option<&str>) -> anyhow::Result<TimeZone> {
    named.map_or_else(|| Ok(TimeZone::system()), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_names_or_offsets() {
        for good in ["Asia/Shanghai", "UTC", "+08:00", "+8", "-03:30"] {
            assert!(zone(good).is_ok(), "{good}");
        }
        for bad in ["Mars/Base", "+99:00", "8"] {
            assert!(zone(bad).is_err(), "{bad}");
        }
    }
}
