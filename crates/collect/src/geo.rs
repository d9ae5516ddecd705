//! Tables of addresses and countries, read from a file; nothing is ever asked of a network.

use std::net::IpAddr;

use thiserror::Error;

/// Most ranges a table may have.
const MAX_RANGES: usize = 4_000_000;

/// Which country an address is registered in.
#[derive(Debug, Default)]
pub struct GeoTable {
    v4: Vec<(u32, u32, [u8; 2])>,
    v6: Vec<(u128, u128, [u8; 2])>,
    mmdb: Vec<maxminddb::Reader<Vec<u8>>>,
}

/// Why a table was refused.
#[derive(Debug, Error)]
pub enum GeoError {
    /// A line does not follow the format.
    #[error("line {0} is not `first,last,COUNTRY`; give the CSV of tor-geoipdb or an MMDB file")]
    Line(u64),
    /// The file has more ranges than any table of the world.
    #[error("table has more than {MAX_RANGES} ranges")]
    TooLong,
    /// The database does not open.
    #[error("failed to read the MMDB database; give a country database")]
    Mmdb(#[from] maxminddb::MaxMindDbError),
}

/// The marker before the metadata of an MMDB file (`MaxMind` DB specification 2.0).
const MMDB_MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";

impl GeoTable {
    /// Adds a file to the table, told apart by its content.
    ///
    /// # Errors
    ///
    /// Returns [`GeoError`] with the line that is wrong.
    pub fn add(&mut self, bytes: Vec<u8>) -> Result<(), GeoError> {
        if memchr::memmem::find(&bytes, MMDB_MARKER).is_some() {
            self.mmdb.push(maxminddb::Reader::from_source(bytes)?);
            return Ok(());
        }
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if self.v4.len() + self.v6.len() >= MAX_RANGES {
                return Err(GeoError::TooLong);
            }
            self.range(line).ok_or(GeoError::Line(number))?;
        }
        self.v4.sort_unstable();
        self.v6.sort_unstable();
        Ok(())
    }

    fn range(&mut self, line: &str) -> Option<()> {
        let mut fields = line.split(',').map(|it| it.trim().trim_matches('"'));
        let (first, last, country) = (fields.next()?, fields.next()?, fields.next()?);
        let country: [u8; 2] = country.to_ascii_uppercase().as_bytes().try_into().ok()?;
        if let (Ok(first), Ok(last)) = (first.parse(), last.parse()) {
            self.v4.push((first, last, country));
            return Some(());
        }
        match (first.parse().ok()?, last.parse().ok()?) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                self.v4.push((first.into(), last.into(), country));
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                self.v6.push((first.into(), last.into(), country));
            }
            _ => return None,
        }
        Some(())
    }

    /// The country of an address: two letters, or nothing if no table lists it.
    #[must_use]
    pub fn country(&self, address: IpAddr) -> Option<String> {
        let listed = match address {
            IpAddr::V4(it) => lookup(&self.v4, u32::from(it)),
            IpAddr::V6(it) => lookup(&self.v6, u128::from(it)),
        };
        let letters = listed.map(|it| String::from_utf8_lossy(&it).into_owned());
        // Tor writes `??` for ranges without a country.
        letters.filter(|it| it != "??").or_else(|| self.in_databases(address))
    }

    fn in_databases(&self, address: IpAddr) -> Option<String> {
        self.mmdb.iter().find_map(|it| {
            let country: Option<maxminddb::geoip2::Country<'_>> =
                it.lookup(address).ok()?.decode().ok()?;
            country?.country.iso_code.map(str::to_owned)
        })
    }
}

fn lookup<A: Copy + Ord>(ranges: &[(A, A, [u8; 2])], address: A) -> Option<[u8; 2]> {
    let after = ranges.partition_point(|it| it.0 <= address);
    let range = ranges.get(after.checked_sub(1)?)?;
    (address <= range.1).then_some(range.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: &GeoTable, address: &str, country: Option<&str>) {
        assert_eq!(table.country(address.parse().unwrap()).as_deref(), country, "{address}");
    }

    #[test]
    fn both_versions_of_ip_are_looked_up_by_range() {
        let mut table = GeoTable::default();
        let text = "# note\n3221225984,3221226239,CN\n198.51.100.0,198.51.100.255,us\n";
        table.add(text.as_bytes().to_vec()).unwrap();
        table
            .add(b"2001:db8::,2001:db8:ffff::,JP\n203.0.113.0,203.0.113.255,??\n".to_vec())
            .unwrap();
        check(&table, "192.0.2.0", Some("CN"));
        check(&table, "192.0.2.255", Some("CN"));
        check(&table, "192.0.3.0", None);
        check(&table, "198.51.100.9", Some("US"));
        check(&table, "2001:db8::9", Some("JP"));
        check(&table, "203.0.113.1", None);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let wrong = GeoTable::default().add(b"1,2,CN\nhello\n".to_vec()).unwrap_err();
        assert!(wrong.to_string().starts_with("line 2 "), "{wrong}");
    }
}
