//! Time zones as people name them.

use jiff::tz::TimeZone;

use crate::usage::wrong;

/// `Asia/Shanghai`, `UTC`, `+08:00` or `+8`.
pub(crate) fn zone(text: &str) -> anyhow::Result<TimeZone> {
    if let Some(offset) = offset_seconds(text) {
        let offset = jiff::tz::Offset::from_seconds(offset);
        return Ok(TimeZone::fixed(offset.map_err(|_| wrong(&text, "bad-zone"))?));
    }
    TimeZone::get(text).map_err(|_| wrong(&text, "bad-zone"))
}

/// Seconds east of Greenwich of `+08:00`, `-03:30` or `+8`.
pub(crate) fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let fits = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    fits.then_some(sign * (hours * 3600 + minutes * 60))
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
